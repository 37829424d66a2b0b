"""What the verbs of the parties desk do, once they are at work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit._checks import refused
from crmkit.conditions import Condition
from crmkit.desks.handing_over import carry_out
from crmkit.entities import ContactPlan, Departure, Handover, Interaction, Party
from crmkit.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from crmkit.desks.work import Work
    from crmkit.entities import AbcClass


def replanned(work: Work, parties: Sequence[Party]) -> list[ContactPlan]:
    """List the contact plans that change because their parties did."""
    by_id = {party.id: party for party in parties}
    plans = work.find_each(ContactPlan, "id", by_id)
    return [after for plan in plans if (after := work.planned(plan, by_id[plan.party_id])) != plan]


def save_parties(work: Work, changed: Sequence[tuple[Party, str | None]]) -> None:
    """Write changed parties with a few words about each, and bring their contact plans up to date."""
    parties = {party.id: party for party, _ in changed}
    work.save(*parties.values(), *replanned(work, list(parties.values())))
    work.log_all([(party, party.id, None, summary) for party, summary in changed])


def saved_if_changed(work: Work, before: Party, after: Party, summary: str | None) -> Party:
    """Write a party if it is another one now; a verb that changes nothing leaves nothing."""
    if after == before:
        return before
    save_parties(work, [(after, summary)])
    return work.stored(after)


def categorised(work: Work, party_id: str, *, add: tuple[str, ...], remove: tuple[str, ...]) -> Party:
    """Change the groups of a party, and tell which came and which went."""
    before = work.get(Party, party_id)
    after = before.categorised(add=add, remove=remove)
    came = [f"+{name}" for name in sorted(after.categories - before.categories)]
    went = [f"-{name}" for name in sorted(before.categories - after.categories)]
    return saved_if_changed(work, before, after, " ".join(["category", *came, *went]))


def save_departure(work: Work, party_id: str, *, because: str, interaction_id: str | None) -> Departure:
    """Write why a party left."""
    party = work.get(Party, party_id, lock=False)
    if interaction_id is not None and work.get(Interaction, interaction_id, lock=False).party_id != party.id:
        raise refused("interaction_id", interaction_id, f"an interaction with {party.id!r}")
    departure = Departure(id=new_id(), party_id=party.id, left_on=work.moment.on, because=because, interaction_id=interaction_id)
    return work.record(departure, summary=because)


def save_classes(work: Work, classes: Mapping[str, AbcClass | None]) -> None:
    """Write computed classes where they are others than before."""
    parties = work.find_each(Party, "id", classes)
    known = {party.id for party in parties}
    for party_id in classes:
        if party_id not in known:
            work.get(Party, party_id, lock=False)  # refuses what is not stored; a merged one is classed under its new id only
    changed = [
        (attrs.evolve(party, computed_class=found), f"class {party.computed_class or 'none'} to {found or 'none'}")
        for party in parties
        if party.id in classes and (found := classes[party.id]) != party.computed_class
    ]
    if changed:
        save_parties(work, changed)


def save_handover(work: Work, *, from_owner: str, to_owner: str, on: date | None) -> Handover:
    """Carry a handover out, or plan it for a day to come."""
    handover = Handover(id=new_id(), from_owner=from_owner, to_owner=to_owner, starts_on=on or work.moment.today)
    if handover.starts_on > work.moment.today:
        return work.record(handover, summary=f"from {from_owner} to {to_owner}, planned for {handover.starts_on}")
    return carry_out(work, handover)


def carry_out_due(work: Work) -> None:
    """Carry out the planned handovers whose day has come, in the order of their days."""
    due = Condition("starts_on", "at_most", work.moment.today)
    for handover in work.find(Handover, Condition("state", "equal", "planned"), due, order_by=["starts_on"]):
        carry_out(work, handover)
