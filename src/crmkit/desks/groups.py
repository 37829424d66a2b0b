"""Company groups: a party with all parties below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit._checks import refused
from crmkit.conditions import Condition
from crmkit.entities import Party
from crmkit.errors import NotStoredError
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmkit.desks.work import Work
    from crmkit.store import Transaction


def members_of(transaction: Transaction, party_id: str) -> tuple[Party, ...]:
    """List the parties below one, level by level; one query for each level."""
    return with_those_below(transaction, party_id, transaction.find(Query(Party, [Condition("parent_id", "equal", party_id)])))


def with_those_below(transaction: Transaction, party_id: str, below: Sequence[Party]) -> tuple[Party, ...]:
    """List parties, and those below them, level by level."""
    members: dict[str, Party] = {}
    while below := [party for party in below if party.id not in members and party.id != party_id]:
        members |= {party.id: party for party in below}
        below = transaction.find(Query(Party, [Condition("parent_id", "one_of", tuple(party.id for party in below))]))
    return tuple(members.values())


def with_heads(transaction: Transaction, parties: Iterable[Party]) -> list[Party]:
    """Add the parties above some, up to the heads of their groups; one query for each level."""
    known = {party.id: party for party in parties}
    wanted = {party.parent_id for party in known.values() if party.parent_id is not None} - known.keys()
    while wanted:
        found = {party.id: party for party in transaction.find(Query(Party, [Condition("id", "one_of", tuple(sorted(wanted)))]))}
        known |= found
        wanted = {party.parent_id for party in found.values() if party.parent_id is not None} - known.keys()
    return list(known.values())


def check_groups(work: Work, moved: Sequence[Party]) -> None:
    """
    Accept parties below others.

    Raises:
        NotStoredError: When the party above is not stored.
        InvalidValueError: When a party would be above itself.
    """
    parents = {party.id: party.parent_id for party in moved}
    wanted = {parent for parent in parents.values() if parent is not None} - parents.keys()
    while wanted:
        found = {party.id: party.parent_id for party in work.transaction.find(Query(Party, [Condition("id", "one_of", tuple(wanted))]))}
        missing = sorted(wanted - found.keys())
        if missing:
            raise NotStoredError("party", missing[0])
        parents |= found
        wanted = {parent for parent in found.values() if parent is not None} - parents.keys()
    for party in moved:
        above = party.parent_id
        seen = {party.id}
        while above is not None and above not in seen:
            seen.add(above)
            above = parents[above]
        if above is not None:
            raise refused("parent_id", party.parent_id, f"a party that is not {party.id!r} itself nor below it")
