"""Corrections of what was recorded: the trace stays, counts are taken from the entries anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit._checks import refused
from crmkit.conditions import Condition
from crmkit.desks.interactions import completed_recalls, plans_of
from crmkit.entities import ContactPlan, Interaction, OpeningBalance, Party, Recall
from crmkit.errors import NotStoredError
from crmkit.scheduling.contact_counts import after_opening, recounted
from crmkit.scheduling.contact_policy import NO_POLICY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmkit.desks.work import Work

_OPEN = Condition("state", "equal", "open")
_DONE = Condition("state", "equal", "done")


def void_interaction(work: Work, interaction: Interaction, *, because: str) -> Interaction:
    """
    Take a wrong interaction out of the count: it stays as a trace, and the recalls that only it completed are open again.

    Raises:
        StateMoveError: When it is void already.
        NotStoredError: When there is none.
    """
    stored = work.get(Interaction, interaction.id)
    plan = work.get(ContactPlan, stored.party_id)
    voided = stored.voided(because)
    work.save(voided)
    _recount(work, plan, before=stored)
    work.log(voided, party_id=voided.party_id, summary=f"void: {because}")
    return work.stored(voided)


def save_opening_balances(work: Work, balances: Sequence[OpeningBalance]) -> None:
    """
    Write what an old system knew, and count it.

    Raises:
        NotStoredError: When a party is not stored.
        InvalidValueError: For a day in the future, and where a party has one already.
    """
    balances = work.at_home(balances)
    party_ids = sorted({balance.party_id for balance in balances})
    plans = {plan.party_id: plan for plan in plans_of(work, party_ids)}
    parties = {party.id: party for party in work.find_each(Party, "id", party_ids)}
    taken = {known.party_id for known in work.find_each(OpeningBalance, "party_id", party_ids) if known.voided_because is None}
    for balance in balances:
        if balance.party_id not in parties:
            raise NotStoredError("party", balance.party_id)
        _check_opening(work, balance, taken)
        taken |= {balance.party_id} if balance.voided_because is None else set()
        plans[balance.party_id] = work.planned(after_opening(plans[balance.party_id], balance), parties[balance.party_id])
    work.save(*balances, *plans.values())
    work.log_all([(balance, balance.party_id, None, f"{balance.contact_count} contacts before") for balance in balances])


def _check_opening(work: Work, balance: OpeningBalance, taken: set[str]) -> None:
    if balance.last_contact_on is not None and balance.last_contact_on > work.moment.today:
        raise refused("last_contact_on", balance.last_contact_on, f"a day up to today ({work.moment.today})")
    if balance.party_id in taken and balance.voided_because is None:
        raise refused("party_id", balance.party_id, "a party without an opening balance; void the first one before")


def void_opening_balance(work: Work, balance: OpeningBalance, *, because: str) -> OpeningBalance:
    """
    Take a wrong opening balance out of the count; it stays as a trace.

    Raises:
        StateMoveError: When it is void already.
        NotStoredError: When there is none.
    """
    stored = work.get(OpeningBalance, balance.id)
    plan = work.get(ContactPlan, stored.party_id)
    voided = stored.voided(because)
    work.save(voided)
    _recount(work, plan)
    work.log(voided, party_id=voided.party_id, summary=f"void: {because}")
    return work.stored(voided)


def reassign_interaction(work: Work, interaction_id: str, *, party_id: str, because: str | None = None) -> Interaction:
    """
    Move an interaction to the party that it was really with; both are counted anew, both keep an entry.

    Raises:
        NotStoredError: When interaction or party is not stored.
        StateMoveError: When it is void.
        InvalidValueError: When it is that party's already.
    """
    stored = work.get(Interaction, interaction_id)
    party_id = work.get(Party, party_id, lock=False).id
    moved = stored.with_party(party_id)
    plans = {plan_of: work.get(ContactPlan, plan_of) for plan_of in sorted({stored.party_id, party_id})}
    work.save(moved)
    _recount(work, plans[stored.party_id], before=stored)
    _recount(work, plans[party_id])
    on = moved.happened_at.astimezone(work.moment.zone).date()
    work.save(*completed_recalls(work, moved, work.find(Recall, _with(party_id), _OPEN), on=on).values())
    reason = "" if because is None else f": {because}"
    work.log_all(
        [
            (moved, stored.party_id, None, f"{moved.kind} was with {party_id}{reason}"),
            (moved, party_id, moved.happened_at, f"{moved.kind}, first recorded with {stored.party_id}{reason}"),
        ]
    )
    return work.stored(moved)


def _recount(work: Work, plan: ContactPlan, *, before: Interaction | None = None) -> None:
    """Take count and last contact of a party from its entries; reopen the recalls that an interaction completed which is gone now."""
    own = _with(plan.party_id)
    party = work.get(Party, plan.party_id, lock=False)
    interactions = work.find(Interaction, own)
    counted = recounted(plan, interactions, work.find(OpeningBalance, own), zone=work.moment.zone, policy=work.settings.policy)
    recalls = [] if before is None else list(_recalls_after(work, before, interactions))
    work.save(*(changed for changed in [work.planned(counted, party)] if changed != plan), *recalls)


def _recalls_after(work: Work, gone: Interaction, remaining: Sequence[Interaction]) -> Iterable[Recall]:
    """Reopen what it completed, unless a later contact would have completed it too."""
    counts = (work.settings.policy or NO_POLICY).counts
    later = [one for one in remaining if one.happened_at >= gone.happened_at and one.id != gone.id and counts.is_contact(one)]
    heir = min(later, key=lambda one: one.happened_at, default=None)
    for recall in work.find(Recall, _with(gone.party_id), _DONE):
        if recall.done_by_id == gone.id:
            yield attrs.evolve(recall, state="open", done_by_id=None) if heir is None else attrs.evolve(recall, done_by_id=heir.id)


def _with(party_id: str) -> Condition:
    return Condition("party_id", "equal", party_id)
