"""When a party is due: the rules over one plan."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

import attrs

from crmkit._checks import check_date, check_each, check_kind, check_zone
from crmkit.entities import ContactPlan, Recall
from crmkit.scheduling.contact_policy import NO_POLICY, ContactPolicy
from crmkit.scheduling.due_days import due_after
from crmkit.scheduling.quiet_times import quiet_on
from crmkit.scheduling.reasons import Reason, ReasonFact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmkit.entities import AbcClass, Appointment, Interaction, Party
    from crmkit.periods import Interval
    from crmkit.scheduling.contact_policy import Gap

Light = Literal["green", "amber", "red"]

_DAY = timedelta(days=1)


@attrs.frozen
class Due:
    """
    To be contacted.

    Attributes:
        reason: Why.
        since_on: The first day on the list.
    """

    reason: Reason
    since_on: date


@attrs.frozen
class NotDue:
    """
    Not to be contacted.

    Attributes:
        reason: Why not.
    """

    reason: Reason


def next_contact_on(
    plan: ContactPlan,
    *,
    policy: ContactPolicy | None = None,
    abc_class: AbcClass | None = None,
    created_on: date | None = None,
    party: Party | None = None,
) -> date | None:
    """
    First day on the list: the day after last contact + frequency, or the next day that a rule names.

    Never contacted: the day on which it was planned, else created; with `measure_from_creation` one gap later. None: no
    frequency, the plan has ended before, or neither day is known. A rule that has ended is none any more.

    >>> from datetime import date
    >>> from crmkit import days
    >>> from crmkit.entities import ContactPlan, Recurrence
    >>> next_contact_on(ContactPlan(party_id="C-17", frequency=days(30), last_contact_on=date(2026, 1, 1))).isoformat()
    '2026-02-01'
    >>> mondays = Recurrence("FREQ=WEEKLY;BYDAY=MO", date(2026, 1, 5))
    >>> next_contact_on(ContactPlan(party_id="C-17", frequency=mondays, last_contact_on=date(2026, 1, 6))).isoformat()
    '2026-01-12'

    Args:
        plan: Whose.
        policy: The gaps of those without a frequency of their own.
        abc_class: The class; by default that of *party*.
        created_on: The day of creation; by default that of *party*.
        party: The party itself, for policies by tag, role and owner.
    """
    policy = policy or NO_POLICY
    check_kind("plan", plan, ContactPlan)
    gap = _gap_of(plan, policy, party, abc_class)
    first = _first_on(plan, plan.series_on(), gap, policy=policy, created_on=created_on or (party.created_on if party else None))
    return None if plan.ends_on is not None and first is not None and first > plan.ends_on else _postponed(plan, first)


def _first_on(plan: ContactPlan, series_on: date | None, gap: Gap | None, *, policy: ContactPolicy, created_on: date | None) -> date | None:
    """First day that the rule or the gap names, whether the plan has ended by then or is postponed."""
    if series_on is not None or gap is None:
        return series_on
    return _first_day(plan, gap.longest, policy=policy, created_on=created_on)


def _postponed(plan: ContactPlan, first: date | None) -> date | None:
    return first if first is None or plan.postponed_to is None else max(first, plan.postponed_to)


def _gap_of(plan: ContactPlan, policy: ContactPolicy, party: Party | None, abc_class: AbcClass | None) -> Gap | None:
    if party is None:
        return policy.gap_for(plan, abc_class=abc_class)
    return policy.gap_for(plan, abc_class=abc_class or party.effective_class, tags=party.tags, roles=party.roles, owner_id=party.owner_id)


def _first_day(plan: ContactPlan, longest: Interval, *, policy: ContactPolicy, created_on: date | None) -> date | None:
    if plan.last_contact_on is None:
        known_since = (created_on or plan.planned_on) if policy.measure_from_creation else (plan.planned_on or created_on)
        return due_after(known_since, longest) if policy.measure_from_creation and known_since else known_since
    if plan.counted_from == "deadline" and plan.planned_on is not None:
        return _deadline_after(plan.last_contact_on, longest, plan.planned_on) + _DAY
    return due_after(plan.last_contact_on, longest)


def _deadline_after(day: date, frequency: Interval, anchor: date) -> date:
    """Find the first deadline of the series after *day*; each is counted from the anchor, so that the 31st stays the 31st."""
    longest_days = 31 * frequency.months + frequency.days
    times = max(1, (day - anchor).days // longest_days)
    while frequency.after(anchor, times=times) <= day:
        times += 1
    return frequency.after(anchor, times=times)


def contact_light(
    plan: ContactPlan,
    *,
    policy: ContactPolicy,
    as_of: date,
    abc_class: AbcClass | None = None,
    created_on: date | None = None,
    party: Party | None = None,
) -> Light:
    """
    Traffic light of one party: amber after the ideal gap, red after the longest.

    Recalls and postponing do not silence it; it is never amber after the last day of the plan.

    >>> from datetime import date
    >>> from crmkit import days
    >>> from crmkit.entities import ContactPlan
    >>> plan = ContactPlan(party_id="C-17", frequency=days(30), last_contact_on=date(2026, 1, 1))
    >>> contact_light(plan, policy=ContactPolicy(), as_of=date(2026, 2, 1))
    'red'
    """
    check_date("as_of", as_of)
    check_kind("plan", plan, ContactPlan)
    gap, series_on = _gap_of(plan, policy, party, abc_class), plan.series_on()
    if gap is None and series_on is None:
        return "green"
    unsilenced = attrs.evolve(plan, postponed_to=None, ends_on=None)
    first = next_contact_on(unsilenced, policy=policy, abc_class=abc_class, created_on=created_on, party=party) or as_of
    red_from = first if series_on is None else first + _DAY
    if as_of >= red_from and (plan.ends_on is None or first <= plan.ends_on):
        return "red"
    since = plan.last_contact_on
    if since is None or gap is None or gap.ideal is None or (plan.ends_on is not None and as_of > plan.ends_on):
        return "green"
    return "amber" if as_of > gap.ideal.after(since) else "green"


def suggestion(
    plan: ContactPlan,
    recalls: Iterable[Recall],
    *,
    as_of: date,
    policy: ContactPolicy | None = None,
    abc_class: AbcClass | None = None,
    created_on: date | None = None,
    appointments: Iterable[Appointment] = (),
    zone: str = "UTC",
    party: Party | None = None,
) -> Due | NotDue:
    """
    Tell whether a party is to be contacted on a day, and why or why not. Recalls and appointments of others do not matter.

    A due recall is listed once, as a recall; a future one silences the suggestion, and so does an appointment that is planned for
    the day or later. So do holidays of the policy, and the days on which the party wishes to be left alone; they do not silence a
    recall, which somebody promised.

    >>> from datetime import date
    >>> from crmkit import days
    >>> from crmkit.entities import ContactPlan
    >>> plan = ContactPlan(party_id="C-17", frequency=days(30), last_contact_on=date(2026, 1, 1))
    >>> print(suggestion(plan, [], as_of=date(2026, 2, 1)).reason)
    last contact on 2026-01-01, more than 30 days ago
    """
    check_date("as_of", as_of)
    check_kind("plan", plan, ContactPlan)
    policy = policy or NO_POLICY
    given = check_each("recalls", recalls, lambda name, item: check_kind(name, item, Recall))
    own = (recall for recall in given if recall.state == "open" and recall.party_id == plan.party_id)
    first = min(own, key=lambda recall: recall.due_on, default=None)
    if first is not None:
        return recalled(first, as_of=as_of)
    meetings = (one for one in appointments if one.party_id == plan.party_id)
    planned = appointment_from(meetings, as_of, zone=ZoneInfo(check_zone("zone", zone)))
    if planned is not None:
        return NotDue(Reason("appointment_planned", {"due_on": planned.date(), "due_time": planned.time()}))
    return suggested(plan, as_of=as_of, policy=policy, abc_class=abc_class, created_on=created_on, party=party)


def suggested(
    plan: ContactPlan,
    *,
    as_of: date,
    policy: ContactPolicy,
    abc_class: AbcClass | None = None,
    created_on: date | None = None,
    party: Party | None = None,
) -> Due | NotDue:
    """Tell what frequency or rule say of a day, whatever is planned with the party."""
    series_on, gap = plan.series_on(), _gap_of(plan, policy, party, abc_class)
    if gap is None and series_on is None:
        return NotDue(Reason("no_frequency"))
    if plan.ends_on is not None and plan.ends_on < as_of:
        return NotDue(Reason("plan_ended", {"ends_on": plan.ends_on}))
    since_on = _postponed(
        plan, _first_on(plan, series_on, gap, policy=policy, created_on=created_on or (party.created_on if party else None))
    )
    found = _told(plan, series_on, gap, since_on or as_of, as_of=as_of)
    quiet = quiet_on(plan, as_of, policy=policy) if isinstance(found, Due) else None
    return found if quiet is None else NotDue(quiet)


def appointment_from(appointments: Iterable[Appointment], day: date, *, zone: ZoneInfo) -> datetime | None:
    """Find the earliest planned appointment from a day on, in local time; one of a day before does not count, whether held or not."""
    local = (one.start_at.astimezone(zone) for one in appointments if one.state == "planned")
    return min((at for at in local if at.date() >= day), default=None)


def recalled(recall: Recall, *, as_of: date) -> Due | NotDue:
    """Tell whether an open recall is due."""
    facts: dict[str, ReasonFact] = {"due_on": recall.due_on}
    if recall.due_on > as_of:
        return NotDue(Reason("recall_planned", facts))
    if recall.due_on < as_of:
        return Due(Reason("recall_overdue", facts), recall.due_on)
    if recall.due_time is not None:
        return Due(Reason("recall_due_at", facts | {"due_time": recall.due_time}), recall.due_on)
    return Due(Reason("recall_due", facts), recall.due_on)


def _told(plan: ContactPlan, series_on: date | None, gap: Gap | None, since_on: date, *, as_of: date) -> Due | NotDue:
    if series_on is not None and plan.frequency is not None:
        if since_on <= as_of:
            return Due(Reason("series_due", {"series_on": series_on, "frequency": plan.frequency}), since_on)
        return NotDue(Reason("not_before", {"next_contact_on": since_on}))
    frequency: dict[str, ReasonFact] = {} if gap is None else {"frequency": gap.longest}
    if plan.last_contact_on is None:
        reason = Reason("never_contacted", frequency)
        return Due(reason, since_on) if since_on <= as_of else NotDue(Reason("not_before", {"next_contact_on": since_on}))
    last: dict[str, ReasonFact] = {"last_contact_on": plan.last_contact_on}
    if since_on <= as_of:
        return Due(Reason("frequency_passed", last | frequency), since_on)
    if since_on == plan.postponed_to:
        return NotDue(Reason("not_before", {"next_contact_on": since_on}))
    return NotDue(Reason("contacted_recently", last | {"next_contact_on": since_on}))


def after_interaction(plan: ContactPlan, interaction: Interaction, *, on: date, policy: ContactPolicy | None = None) -> ContactPlan:
    """
    Count an interaction that happened on a local day.

    A contact moves the last contact forward, never back, and ends a postponement; an attempt only counts. The next
    contact is left to the caller, who knows class and creation day. After an attempt the suggestion rests as the policy says.
    """
    policy = policy or NO_POLICY
    if policy.counts.is_contact(interaction):
        counted = attrs.evolve(plan, contact_count=plan.contact_count + 1)
        is_last = plan.last_contact_on is None or on >= plan.last_contact_on
        return attrs.evolve(counted, last_contact_on=on, postponed_to=None) if is_last else counted
    if not interaction.reached and interaction.voided_because is None:
        rests = [plan.postponed_to, policy.retry_after.after(on) if policy.retry_after else None]
        return attrs.evolve(plan, attempt_count=plan.attempt_count + 1, postponed_to=max((day for day in rests if day), default=None))
    return plan
