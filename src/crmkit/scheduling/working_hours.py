"""Who works when: hours by weekday in a time zone, and minutes counted within them."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import cast
from zoneinfo import ZoneInfo

import attrs

from crmkit._checks import check_each, check_instant, check_int, check_kind, check_local_time, check_zone, refused
from crmkit.entities._fields import FrozenMapping
from crmkit.periods import Period

Span = tuple[int, int]
"""Whole seconds since 1970, the end excluded."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY = _EPOCH.date().toordinal()
_DAY = 86_400
_MINUTE = 60
_WEEKDAYS = range(7)
_OFFICE = {weekday: ((time(9), time(17)),) for weekday in range(5)}
_LONGEST_SEARCH = 3_660  # days without an open minute, after which nobody is expected to come back


def _weekdays(values: Mapping[int, object]) -> Mapping[int, tuple[tuple[time, time], ...]]:
    if not isinstance(values, Mapping):
        raise refused("weekdays", type(values).__name__, "a mapping of weekdays (0 is Monday) to hours")
    for weekday in values:
        if weekday not in _WEEKDAYS:
            raise refused("weekdays", weekday, "weekdays from 0 (Monday) to 6 (Sunday)")
    return FrozenMapping({weekday: _hours(hours) for weekday, hours in sorted(values.items())})


def _hours(values: object) -> tuple[tuple[time, time], ...]:
    """Sorted hours of one day, which may touch but not overlap."""
    hours = tuple(sorted(check_each("weekdays", values, _from_to)))
    for (_, end), (start, _) in pairwise(hours):
        if _of_day(end, at_end=True) > _of_day(start):
            raise refused("weekdays", f"{start} before {end}", "hours of one day that do not overlap")
    return hours


def _from_to(name: str, value: object) -> tuple[time, time]:
    try:
        start, end = (check_local_time(name, part) for part in cast("tuple[object, object]", value))
    except (TypeError, ValueError):
        raise refused(name, value, "pairs of times without tzinfo, for example (time(9), time(17))") from None
    if _of_day(start) >= _of_day(end, at_end=True):
        raise refused(name, f"{start} to {end}", "hours that end after they start; midnight at the end is time(0), a night is two parts")
    return start, end


def _of_day(at: time, *, at_end: bool = False) -> int:
    """Seconds since the day began; midnight at the end of hours is that of the next day."""
    if at.microsecond:
        raise refused("weekdays", at, "times of whole seconds")
    seconds = at.hour * 3600 + at.minute * _MINUTE + at.second
    return _DAY if at_end and not seconds else seconds


def _no_days(value: object) -> Container[date]:
    if not hasattr(value, "__contains__"):
        raise refused("holidays", type(value).__name__, "any container of dates")
    return value


@attrs.frozen
class WorkingHours:
    """
    Hours of work by weekday: whatever the clock on the wall shows, on both daylight-saving days too.

    Attributes:
        zone: IANA time zone of the clock.
        weekdays: Hours by weekday, 0 is Monday, each from a time up to but not including another; `time(0)` at the end is midnight.
        holidays: Local days without work: any container of dates, for example `PublicHolidays`.

    >>> hours = WorkingHours("Europe/Berlin", {0: [(time(9), time(12)), (time(13), time(17))]})
    >>> monday = datetime(2026, 3, 2, tzinfo=ZoneInfo("Europe/Berlin"))
    >>> hours.minutes_between(monday, monday + timedelta(days=1))
    420
    """

    zone: str = "UTC"
    weekdays: Mapping[int, tuple[tuple[time, time], ...]] = attrs.field(default=_OFFICE, converter=_weekdays)
    holidays: Container[date] = attrs.field(default=(), converter=_no_days)

    def __attrs_post_init__(self) -> None:
        """Refuse an unknown zone."""
        check_zone("zone", self.zone)

    def is_open(self, at: datetime) -> bool:
        """
        Tell whether a moment lies in the hours.

        Raises:
            InvalidValueError: For a naive time.
        """
        second = seconds_of("at", at)
        return any(start <= second < end for start, end in self.open_from(second))

    def working_days(self, within: Period, *, holidays: Container[date] = ()) -> tuple[date, ...]:
        """
        List the days with hours of work, as `spread_over_days` and `load_by_day` take them.

        >>> from crmkit import Period
        >>> [day.day for day in WorkingHours(holidays=[date(2026, 1, 6)]).working_days(Period(date(2026, 1, 2), date(2026, 1, 9)))]
        [2, 5, 7, 8]

        Args:
            within: The local days to look at.
            holidays: Further days without work.
        """
        given = map(date.fromordinal, range(check_kind("within", within, Period).start.toordinal(), within.end.toordinal()))
        return tuple(day for day in given if self._hours_on(day, holidays))

    def minutes_between(self, start_at: datetime, end_at: datetime) -> int:
        """
        Count the minutes of work from one moment to another; what is left of a minute does not count.

        Raises:
            InvalidValueError: For naive times, and for an end before the start.
        """
        start, end = seconds_of("start_at", start_at), seconds_of("end_at", end_at)
        if end < start:
            raise refused("end_at", end_at, f"a moment from the start ({start_at.isoformat()}) on")
        open_seconds = 0
        for begin, over in self.open_from(start):
            if begin >= end:
                break
            open_seconds += min(over, end) - max(begin, start)
        return open_seconds // _MINUTE

    def after(self, start_at: datetime, *, minutes: int) -> datetime:
        """
        Find the moment at which so many minutes of work have passed, for example until when a case is to be answered.

        >>> hours = WorkingHours("Europe/Berlin")
        >>> friday = datetime(2026, 3, 6, 16, tzinfo=ZoneInfo("Europe/Berlin"))
        >>> hours.after(friday, minutes=90).astimezone(ZoneInfo("Europe/Berlin")).isoformat()
        '2026-03-09T09:30:00+01:00'

        Args:
            start_at: From when on.
            minutes: How many; zero is the next moment of work.

        Returns:
            The moment, in UTC.

        Raises:
            InvalidValueError: For a naive time, and where there is no work within ten years.
        """
        left = check_int("minutes", minutes, at_least=0) * _MINUTE
        start = seconds_of("start_at", start_at)
        for begin, over in self.open_from(start):
            first = max(begin, start)
            if over - first > left or (left and over - first == left):
                return moment_of(first + left)
            left -= over - first
        raise refused("minutes", minutes, f"as many as there are within the hours of {_LONGEST_SEARCH} days")

    def open_from(self, second: int) -> Iterator[Span]:
        """List the hours that are not over at a second, for ten years, earliest first."""
        first = moment_of(second).astimezone(ZoneInfo(self.zone)).toordinal()
        for span in self.spans(first, min(first + _LONGEST_SEARCH, date.max.toordinal())):
            if span[1] > second:
                yield span

    def spans(self, first: int, end: int, *, holidays: Container[date] = ()) -> Iterator[Span]:
        """List the hours of local days, numbered as `date.toordinal` does, the end excluded: apart and earliest first."""
        zone = ZoneInfo(self.zone)
        last: Span | None = None
        for ordinal in range(first, end):
            day = date.fromordinal(ordinal)
            for span in _of_local_day(day, hours, zone) if (hours := self._hours_on(day, holidays)) else ():
                if last is not None and last[1] >= span[0]:
                    last = (last[0], span[1])
                    continue
                if last is not None:
                    yield last
                last = span
        if last is not None:
            yield last

    def _hours_on(self, day: date, holidays: Container[date]) -> tuple[tuple[time, time], ...]:
        hours = self.weekdays.get(day.weekday(), ())
        return () if not hours or day in holidays or day in self.holidays else hours


def _of_local_day(day: date, hours: tuple[tuple[time, time], ...], zone: ZoneInfo) -> list[Span]:
    """The spans in which the clock on the wall shows these hours of this day."""
    ordinal = day.toordinal()
    midnight = (ordinal - _FIRST_DAY) * _DAY
    before = _offset(datetime.combine(day, time(0), zone))
    after = _offset(datetime.combine(date.fromordinal(ordinal + 1), time(0), zone)) if ordinal < date.max.toordinal() else before
    asked = [(midnight + _of_day(start), midnight + _of_day(end, at_end=True)) for start, end in hours]
    if before == after:
        return [(start - before, end - before) for start, end in asked]
    begin, over = midnight - before, midnight + _DAY - after
    turn = _turn(begin, over, zone)
    shown = [(max(start - before, begin), min(end - before, turn)) for start, end in asked]
    shown += [(max(start - after, turn), min(end - after, over)) for start, end in asked]
    return sorted((start, end) for start, end in shown if start < end)


def _turn(begin: int, over: int, zone: ZoneInfo) -> int:
    """The first second of a day at which its last offset holds."""
    last = _offset(moment_of(over).astimezone(zone))
    while begin < over:
        middle = (begin + over) // 2
        if _offset(moment_of(middle).astimezone(zone)) == last:
            over = middle
        else:
            begin = middle + 1
    return begin


def _offset(local: datetime) -> int:
    offset = local.utcoffset()
    return 0 if offset is None else offset.days * _DAY + offset.seconds


def seconds_of(name: str, at: datetime) -> int:
    """Whole seconds since 1970; a part of a second is cut off."""
    passed = check_instant(name, at) - _EPOCH
    return passed.days * _DAY + passed.seconds


def moment_of(second: int) -> datetime:
    """The moment, in UTC, so many seconds after 1970 began."""
    return _EPOCH + timedelta(seconds=second)
