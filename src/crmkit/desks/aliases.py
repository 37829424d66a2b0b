"""Parties that turned out to be another one: their ids stay, as aliases of the party that they were merged into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.conditions import Condition
from crmkit.entities import Party
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmkit.store import Transaction


def resolved(transaction: Transaction, party: Party) -> Party:
    """Follow a merged party to the one that it was merged into."""
    while party.merged_into is not None:
        target = transaction.get(Party, party.merged_into)
        if target is None:
            break
        party = target
    return party


def aliases_of(transaction: Transaction, party_ids: Iterable[str]) -> tuple[str, ...]:
    """List the ids under which parties were known before they were merged into these."""
    found: list[str] = []
    wanted = tuple(dict.fromkeys(party_ids))
    while wanted:
        wanted = tuple(party.id for party in transaction.find(Query(Party, [Condition("merged_into", "one_of", wanted)])))
        found += wanted
    return tuple(found)
