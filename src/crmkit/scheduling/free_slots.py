"""When several people are free: hours of work, without what is busy, holidays and buffers."""

from __future__ import annotations

from datetime import date, datetime
from itertools import chain
from math import ceil, floor
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import attrs

from crmkit._checks import check_int, check_kind, check_zone, refused
from crmkit.entities._fields import end_at, start_at
from crmkit.periods import Period
from crmkit.scheduling.working_hours import WorkingHours, moment_of, seconds_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from crmkit.entities import Appointment
    from crmkit.scheduling.working_hours import Span

_MINUTE = 60


@attrs.frozen
class Busy:
    """
    A time at which somebody is taken, from its start up to but not including its end.

    Attributes:
        start_at: When it begins; kept in UTC.
        end_at: When it is over; kept in UTC.
    """

    start_at: datetime = attrs.field(converter=start_at)
    end_at: datetime = attrs.field(converter=end_at)

    def __attrs_post_init__(self) -> None:
        """Refuse what takes no time."""
        if self.end_at <= self.start_at:
            raise refused("end_at", self.end_at, f"a moment after the start ({self.start_at.isoformat()})")


@attrs.frozen
class Slot:
    """
    A free time, as long as it lasts: from its start up to but not including its end.

    Attributes:
        start_at: When it begins, in UTC.
        end_at: When it is over, in UTC.
    """

    start_at: datetime
    end_at: datetime

    @property
    def minutes(self) -> int:
        """Its whole minutes."""
        return (seconds_of("end_at", self.end_at) - seconds_of("start_at", self.start_at)) // _MINUTE

    def parts(self, minutes: int) -> Iterator[Slot]:
        """
        Cut it into parts of so many minutes, one after the other; what is left at its end is too short.

        >>> from datetime import UTC
        >>> morning = Slot(datetime(2026, 3, 2, 8, tzinfo=UTC), datetime(2026, 3, 2, 9, 30, tzinfo=UTC))
        >>> [part.start_at.strftime("%H:%M") for part in morning.parts(40)]
        ['08:00', '08:40']
        """
        step = check_int("minutes", minutes, at_least=1) * _MINUTE
        begin, over = seconds_of("start_at", self.start_at), seconds_of("end_at", self.end_at)
        for second in range(begin, over - step + 1, step):
            yield Slot(moment_of(second), moment_of(second + step))


def free_slots(
    busy: Mapping[str, Iterable[Busy | Appointment]],
    *,
    within: Period,
    minutes: int,
    hours: Mapping[str, WorkingHours],
    zone: str,
    buffer_minutes: int = 0,
    holidays: Container[date] = (),
) -> Iterator[Slot]:
    """
    List the times at which all attendees are free, each as long as it lasts, the earliest first.

    Free is what lies within everybody's hours and is not busy for anybody. All times are half-open, so that slots and
    appointments may touch, and right on both daylight-saving days.

    >>> from datetime import UTC, time
    >>> hours = WorkingHours("Europe/Vienna", {0: [(time(9), time(12))]})
    >>> call = Busy(datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 10, tzinfo=UTC))
    >>> monday = Period(date(2026, 3, 2), date(2026, 3, 3))
    >>> found = free_slots({"anna": [call]}, within=monday, minutes=30, hours={"anna": hours}, zone="Europe/Vienna")
    >>> [(slot.start_at.strftime("%H:%M"), slot.minutes) for slot in found]
    [('08:00', 60), ('10:00', 60)]

    Args:
        busy: When each attendee is taken, in any order, overlapping or not; a cancelled appointment takes no time.
        within: The local days of *zone* to search.
        minutes: The shortest slot that is of use.
        hours: The hours of each attendee; who is in *hours* alone has nothing planned.
        zone: IANA time zone in which the days of *within* begin.
        buffer_minutes: Kept free before and after whatever is busy.
        holidays: Local days without work for everybody, beside those of each one's hours.

    Yields:
        The slots. `Slot.parts` cuts one into parts of equal length.

    Raises:
        InvalidValueError: For an attendee without hours, for nobody at all, and for lengths below one minute.
    """
    shortest = check_int("minutes", minutes, at_least=1) * _MINUTE
    buffer = check_int("buffer_minutes", buffer_minutes, at_least=0) * _MINUTE
    check_kind("within", within, Period)
    day_zone = ZoneInfo(check_zone("zone", zone))
    attendees = dict.fromkeys([*busy, *hours])
    if not attendees:
        raise refused("busy", dict(busy), "at least one attendee")
    for attendee in attendees:
        if attendee not in hours:
            raise refused("hours", sorted(hours), f"the working hours of every attendee, of {attendee!r} too")
        check_kind("hours", hours[attendee], WorkingHours)
    bounds = _start_of(within.start, day_zone), _start_of(within.end, day_zone)
    taken = _taken(chain.from_iterable(busy.values()), buffer)
    return _cut(_shared_hours([hours[attendee] for attendee in attendees], within, bounds, holidays), taken, shortest)


def _start_of(day: date, zone: ZoneInfo) -> int:
    return seconds_of("within", datetime(day.year, day.month, day.day, tzinfo=zone))


def _taken(busy: Iterable[Busy | Appointment], buffer: int) -> list[Span]:
    """When anybody is taken, by start; a part of a second counts as a whole one."""
    spans = [
        (floor(one.start_at.timestamp()) - buffer, ceil(one.end_at.timestamp()) + buffer)
        for one in busy
        if isinstance(one, Busy) or one.takes_time
    ]
    spans.sort()
    return spans


def _shared_hours(each: list[WorkingHours], within: Period, bounds: Span, holidays: Container[date]) -> Iterable[Span]:
    """The hours that all have in common; a day more on both sides, for other zones have other days."""
    first, end = max(within.start.toordinal() - 1, 1), min(within.end.toordinal() + 1, date.max.toordinal())
    shared: Iterable[Span] = [bounds]
    for hours in {id(one): one for one in each}.values():
        shared = _common(shared, hours.spans(first, end, holidays=holidays))
    return shared


def _common(left: Iterable[Span], right: Iterable[Span]) -> Iterator[Span]:
    """What lies in both; each of them is sorted and does not overlap."""
    others = iter(right)
    other = next(others, None)
    for start, end in left:
        while other is not None and other[1] <= start:
            other = next(others, None)
        while other is not None and other[0] < end:
            yield max(start, other[0]), min(end, other[1])
            if other[1] > end:
                break
            other = next(others, None)


def _cut(hours: Iterable[Span], taken: list[Span], shortest: int) -> Iterator[Slot]:
    """What is left of the hours between what is taken, where it is long enough."""
    place, free_from, count = 0, 0, len(taken)
    for start, end in hours:
        free_from = max(free_from, start)
        while place < count and taken[place][0] < end:
            begin, over = taken[place]
            if begin - free_from >= shortest:
                yield Slot(moment_of(free_from), moment_of(begin))
            free_from = max(free_from, over)
            place += 1
        if end - free_from >= shortest:
            yield Slot(moment_of(free_from), moment_of(end))
