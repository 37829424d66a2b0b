"""A clock that tests move."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from crmkit._checks import check_date, check_instant

_START = datetime(2026, 1, 1, 9, tzinfo=UTC)


class Clock:
    """
    The time of a `Crm` under test: it stands still until it is moved.

    >>> clock = Clock()
    >>> clock.move_to(date(2026, 2, 1))
    >>> clock().isoformat()
    '2026-02-01T09:00:00+00:00'
    """

    def __init__(self, start: datetime = _START) -> None:
        """Stand at *start*."""
        self._now = check_instant("start", start)

    def __call__(self) -> datetime:
        """Tell the time."""
        return self._now

    def move_to(self, moment: date) -> None:
        """Stand at a moment, or at 9:00 UTC of a day; back is allowed too."""
        if isinstance(moment, datetime):
            self._now = check_instant("moment", moment)
        else:
            self._now = datetime.combine(check_date("moment", moment), time(9), tzinfo=UTC)
