"""When nobody is to be contacted: holidays, days that a party wishes for itself, and hours outside its office hours."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crmkit._checks import check_date, check_instant, check_zone
from crmkit.scheduling.contact_policy import NO_POLICY, ContactPolicy
from crmkit.scheduling.reasons import Reason

if TYPE_CHECKING:
    from crmkit.entities import ContactPlan


def quiet_on(plan: ContactPlan, day: date, *, policy: ContactPolicy | None = None) -> Reason | None:
    """
    Say why a party is left alone on a day, where it is.

    >>> from crmkit import Period
    >>> from crmkit.entities import ContactPlan
    >>> plan = ContactPlan(party_id="C-17", quiet=Period.month(2026, 8))
    >>> print(quiet_on(plan, date(2026, 8, 31)), quiet_on(plan, date(2026, 9, 1)), sep=" | ")
    wishes no contact up to 2026-08-31 | None
    """
    if plan.quiet is not None and check_date("day", day) in plan.quiet:
        return Reason("quiet_time", {"up_to": plan.quiet.end - timedelta(days=1)})
    if day in (policy or NO_POLICY).holidays:
        return Reason("holiday", {"on": day})
    return None


def quiet_at(plan: ContactPlan, at: datetime, *, zone: str, policy: ContactPolicy | None = None) -> Reason | None:
    """
    Say why a party is not to be contacted at a moment, where it is not: its office hours hold in its own time zone.

    >>> from datetime import UTC
    >>> from crmkit.entities import ContactPlan, OpenHours
    >>> plan = ContactPlan(party_id="C-17", reachable=[OpenHours(0, time(9), time(12))], zone="America/New_York")
    >>> print(quiet_at(plan, datetime(2026, 3, 2, 13, 59, tzinfo=UTC), zone="Europe/Berlin"))
    to be reached on this day from 09:00 to 12:00, there it is 08:59

    Args:
        plan: Whose.
        at: The moment.
        zone: IANA time zone in which days begin, and hours are meant that name no other.
        policy: With its holidays.

    Raises:
        InvalidValueError: For a naive time, and an unknown zone.
    """
    moment = check_instant("at", at)
    reason = quiet_on(plan, moment.astimezone(ZoneInfo(check_zone("zone", zone))).date(), policy=policy)
    if reason is not None or not plan.reachable:
        return reason
    local = moment.astimezone(ZoneInfo(plan.zone or zone))
    clock = local.time()
    today = sorted(hours for hours in plan.reachable if hours.weekday == local.weekday())
    if not today:
        return Reason("not_this_weekday", {"on": local.date()})
    if any(hours.start <= clock and (clock < hours.end or hours.end == time(0)) for hours in today):
        return None
    following = next((hours for hours in today if clock < hours.start), today[-1])
    return Reason("outside_hours", {"start": following.start, "end": following.end, "local_time": clock.replace(second=0, microsecond=0)})
