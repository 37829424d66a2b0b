"""When a verb runs, and what day that is."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TypeAlias
from zoneinfo import ZoneInfo

import attrs

from crmkit._checks import check_instant, refused
from crmkit.periods import Interval

When: TypeAlias = date | Interval


@attrs.frozen(kw_only=True)
class Moment:
    """
    When a verb runs.

    Attributes:
        now: The clock's time.
        at: The time it is about: given by the caller, else now.
        zone: The time zone in which days begin.
    """

    now: datetime
    at: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The local day of the clock."""
        return self.now.astimezone(self.zone).date()

    @property
    def on(self) -> date:
        """The local day it is about."""
        return self.at.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        """The moment at which a local day begins."""
        return self.local(day, time(0))

    def local(self, day: date, at: time) -> datetime:
        """A local day and time as a moment; of two, in the hour that daylight saving repeats, the first."""
        return datetime.combine(day, at, self.zone)

    def day_of(self, when: When, *, name: str) -> date:
        """Turn a day, a moment or a span from today on into a local day."""
        if isinstance(when, Interval):
            return when.after(self.today)
        if isinstance(when, datetime):
            try:
                return check_instant(name, when).astimezone(self.zone).date()
            except OverflowError:
                raise refused(name, when, "a moment whose local day has a date") from None
        if not isinstance(when, date):
            raise refused(name, when, "a date, an aware datetime, or a span from today on such as weeks(3)")
        return when

    def time_of(self, when: When) -> time | None:
        """The local time of a moment; a day and a span have none."""
        return when.astimezone(self.zone).time().replace(tzinfo=None) if isinstance(when, datetime) else None
