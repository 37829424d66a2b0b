"""Dunning: how often a party was reminded of what is overdue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit._checks import refused
from crmkit.desks.document_reading import found_open_items
from crmkit.desks.party_work import saved_if_changed
from crmkit.entities import Party

if TYPE_CHECKING:
    from crmkit.desks.work import Work


def reminded(work: Work, party_id: str) -> Party:
    """Raise the dunning level of a party that owes something overdue."""
    party = work.get(Party, party_id)
    if "dunning" in party.blocks:
        raise refused("party_id", party.id, "a party without a dunning block; lift it first")
    if not _owes_overdue(work, party):
        raise refused("party_id", party.id, "a party that owes something overdue")
    level = party.dunning_level + 1
    return saved_if_changed(work, party, attrs.evolve(party, dunning_level=level), f"dunning level {level}")


def forgive_paid(work: Work, party_id: str) -> None:
    """Set the dunning level to 0 once nothing is overdue any more."""
    party = work.get(Party, party_id)
    if party.dunning_level and not _owes_overdue(work, party):
        saved_if_changed(work, party, attrs.evolve(party, dunning_level=0), "dunning level 0")


def _owes_overdue(work: Work, party: Party) -> bool:
    return any(item.overdue_days for item in found_open_items(work.transaction, [party.id], as_of=work.moment.today))
