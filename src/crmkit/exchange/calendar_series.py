"""The times of an event that comes again, by the clock of its own zone."""

from __future__ import annotations

from datetime import date, datetime, time
from itertools import takewhile
from typing import TYPE_CHECKING, Any, cast

from dateutil.rrule import rrule, rruleset, rrulestr

from crmkit._checks import refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit.exchange.calendar_fields import Component

_MOST = 10_000
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}


def occurrences(event: Component, *, before: date | None) -> Iterator[date | datetime]:
    """
    List every time of a series: its rule and the times it adds, without those it leaves out.

    Raises:
        InvalidValueError: For a rule of hours, minutes or seconds, and for more than 10,000 times.
    """
    start: date | datetime = event["DTSTART"].dt
    zone = start.tzinfo if isinstance(start, datetime) else None
    first = start.replace(tzinfo=None) if isinstance(start, datetime) else datetime.combine(start, time(0))

    def by_clock(value: date | datetime) -> datetime:
        if not isinstance(value, datetime):
            return datetime.combine(value, time(0))
        return (value.astimezone(zone) if zone is not None and value.tzinfo is not None else value).replace(tzinfo=None)

    every = rruleset()
    every.rdate(first)
    if "RRULE" in event:
        rule = event["RRULE"]
        if not _FREQUENCIES.issuperset(rule.get("FREQ", ())):
            raise refused("RRULE", rule.to_ical().decode(), "a series that comes at most once a day, as far as FREQ says")
        # Its end may be a moment in UTC, although the series goes by the clock.
        ends = [by_clock(value) for value in rule.get("UNTIL", ())]
        endless = type(rule)({name: value for name, value in rule.items() if name != "UNTIL"}).to_ical().decode()
        every.rrule(cast("rrule", rrulestr(endless, dtstart=first)).replace(until=ends[0] if ends else None))
    for name, add in (("RDATE", every.rdate), ("EXDATE", every.exdate)):
        for listed in _several(event.get(name)):
            for value in listed.dts:
                add(by_clock(value.dt))
    for count, moment in enumerate(takewhile(lambda one: before is None or one.date() < before, every)):
        if count == _MOST:
            raise refused("RRULE", f"more than {_MOST} times", "a shorter series, or within=Period(…)")
        yield moment.replace(tzinfo=zone) if isinstance(start, datetime) else moment.date()


def _several(value: Any) -> list[Any]:  # noqa: ANN401  # of icalendar: one, several or none
    return value if isinstance(value, list) else [] if value is None else [value]
