"""Time that passed while somebody worked, for many spans at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from crmkit.metrics.arrays import np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit.metrics.service_times import BusinessHours

__all__ = ["np", "worked"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def worked(hours: BusinessHours, starts: Any, ends: Any) -> Any:  # noqa: ANN401  # arrays
    """Microseconds within working hours from each start to its end, both in microseconds since 1970 (UTC)."""
    if not len(starts):
        return np.zeros(0, np.int64)
    first, last = (_EPOCH + int(moment) * _MICROSECOND for moment in (np.min([starts, ends]), np.max([starts, ends])))
    spans = np.array(list(_spans(hours, first, last)), np.int64).reshape(-1, 2)
    before = np.concatenate([[0], np.cumsum(spans[:, 1] - spans[:, 0])])

    def passed(moments: Any) -> Any:  # noqa: ANN401
        which = np.searchsorted(spans[:, 0], moments, side="right")
        begun = np.maximum(which - 1, 0)
        if not len(spans):
            return np.zeros(len(moments), np.int64)
        within = np.clip(moments - spans[begun, 0], 0, spans[begun, 1] - spans[begun, 0])
        return np.where(which > 0, before[begun] + within, 0)

    return passed(ends) - passed(starts)


def _spans(hours: BusinessHours, first: datetime, last: datetime) -> Iterator[tuple[int, int]]:
    """Working spans of every local day that the moments touch, on both daylight-saving days too."""
    zone = ZoneInfo(hours.zone)
    day, end = first.astimezone(zone).date(), last.astimezone(zone).date()
    while day <= end:
        if day not in hours.holidays:
            for opens, closes in hours.weekdays.get(day.weekday(), ()):
                until = day + timedelta(days=1) if closes == time(0) else day
                yield _moment(day, opens, zone), _moment(until, closes, zone)
        day += timedelta(days=1)


def _moment(day: date, at: time, zone: ZoneInfo) -> int:
    return (datetime.combine(day, at, tzinfo=zone) - _EPOCH) // _MICROSECOND
