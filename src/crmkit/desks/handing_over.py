"""Owners of parties: who takes over from whom, who stands in, and whose a party was on a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from crmkit.conditions import Condition
from crmkit.entities import Case, ContactPlan, Deputy, FollowUp, Party, PartyChange, Recall, Task
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from crmkit.desks.work import Work
    from crmkit.entities import Handover, SingleField
    from crmkit.store import Transaction

_OPEN = Condition("state", "equal", "open")
_OPEN_WORK: Sequence[tuple[type[Any], Condition]] = (
    (Recall, _OPEN),
    (Task, _OPEN),
    (FollowUp, _OPEN),
    (Case, Condition("pending_since", "missing", value=False)),
)


def carry_out(work: Work, handover: Handover) -> Handover:
    """Give all parties of one employee to another, with the work that is open on them."""
    parties = work.find(Party, Condition("owner_id", "equal", handover.from_owner), Condition("merged_into", "missing"))
    ids = [party.id for party in parties]
    handed = [attrs.evolve(party, owner_id=handover.to_owner) for party in parties]
    plans = {plan.party_id: plan for plan in work.find_each(ContactPlan, "id", ids)}
    replanned = [work.planned(plans[party.id], party) for party in handed]
    mine = Condition("employee_id", "equal", handover.from_owner)
    open_work = [one for kind, is_open in _OPEN_WORK for one in work.find_each(kind, "party_id", ids, is_open, mine)]
    work.save(*handed, since=handover.starts_on)
    work.save(*(plan for plan in replanned if plan != plans[plan.party_id]))
    work.save(*(attrs.evolve(one, employee_id=handover.to_owner) for one in open_work))
    done = attrs.evolve(handover, state="done", party_ids=ids)
    work.save(done)
    summary = f"from {handover.from_owner} to {handover.to_owner}, from {handover.starts_on} on"
    work.log_all([*((party, party.id, None, summary) for party in handed), (done, None, None, f"{len(handed)} parties {summary}")])
    return work.stored(done)


def deputies_on(transaction: Transaction, day: date) -> Mapping[str, frozenset[str]]:
    """Tell for whom each deputy stands in on a day: the owners by the id of their deputy."""
    found: dict[str, frozenset[str]] = {}
    for deputy in standing_in(transaction, day):
        found[deputy.deputy_id] = found.get(deputy.deputy_id, frozenset()) | {deputy.owner_id}
    return found


def standing_in(transaction: Transaction, day: date) -> tuple[Deputy, ...]:
    """List who stands in on a day."""
    return tuple(one for one in transaction.find(Query(Deputy, [Condition("ends_before", "more_than", day)])) if day in one.period)


def value_on(transaction: Transaction, party: Party, field: SingleField, day: date) -> str | None:
    """
    Tell a single value of a party as it was at the end of a day.

    What was never changed is as it is today; before the first change it is what that change replaced.
    """
    of_field = (Condition("party_id", "equal", party.id), Condition("field", "equal", field))
    changes = transaction.find(Query(PartyChange, of_field, order_by="changed_on"))
    if not changes:
        current: str | None = getattr(party, field)
        return ("yes" if current else "no") if field == "active" else current
    past = [change for change in changes if change.changed_on <= day]
    return past[-1].after if past else changes[0].before
