"""Spans of days: half-open periods, and intervals that are added to a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import attrs
from dateutil.relativedelta import relativedelta

from crmkit._checks import check_date, check_each, check_int, refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Interval", "Period", "days", "months", "weeks"]

_MONTHS_A_YEAR = 12
_MONTHS_A_QUARTER = 3
_DAYS_A_WEEK = 7


def _month_shifted(day: date, count: int) -> date:
    """So many months later or earlier, clamped at the end of the month."""
    if not count:
        return day
    try:
        return day + relativedelta(months=count)
    except (OverflowError, ValueError):
        raise refused("months", count, f"a span that stays within the years {date.min.year} to {date.max.year}") from None


@attrs.frozen
class Period:
    """
    Days from *start* up to but not including *end*.

    Attributes:
        start: The first day.
        end: The day after the last.

    >>> date(2026, 3, 31) in Period.quarter(2026, 1), date(2026, 4, 1) in Period.quarter(2026, 1)
    (True, False)
    """

    start: date
    end: date

    def __attrs_post_init__(self) -> None:
        """Refuse a period without a day."""
        check_date("start", self.start)
        if check_date("end", self.end) <= self.start:
            raise refused("end", self.end, f"a day after the start {self.start}; the end is the first day that is not in the period")

    @classmethod
    def month(cls, year: int, month: int) -> Period:
        """
        One calendar month.

        >>> Period.month(2026, 2)
        Period(start=datetime.date(2026, 2, 1), end=datetime.date(2026, 3, 1))
        """
        return cls._of_months(year, month, 1)

    @classmethod
    def quarter(cls, year: int, quarter: int) -> Period:
        """One calendar quarter, 1 to 4."""
        if check_int("quarter", quarter) not in range(1, 5):
            raise refused("quarter", quarter, "1, 2, 3 or 4")
        return cls._of_months(year, (quarter - 1) * _MONTHS_A_QUARTER + 1, _MONTHS_A_QUARTER)

    @classmethod
    def year(cls, year: int) -> Period:
        """One calendar year."""
        return cls._of_months(year, 1, _MONTHS_A_YEAR)

    @classmethod
    def fiscal_year(cls, year: int, *, first_month: int) -> Period:
        """
        A fiscal year of twelve months, named after the calendar year in which it begins.

        >>> Period.fiscal_year(2025, first_month=10)
        Period(start=datetime.date(2025, 10, 1), end=datetime.date(2026, 10, 1))
        """
        return cls._of_months(year, first_month, _MONTHS_A_YEAR)

    @classmethod
    def iso_week(cls, year: int, week: int) -> Period:
        """
        One week from Monday to Sunday, numbered by ISO 8601.

        >>> Period.iso_week(2026, 53)
        Period(start=datetime.date(2026, 12, 28), end=datetime.date(2027, 1, 4))
        """
        try:
            monday = date.fromisocalendar(check_int("year", year), check_int("week", week), 1)
            return cls(monday, monday + timedelta(days=_DAYS_A_WEEK))
        except (ValueError, OverflowError):
            raise refused("week", week, f"a week of the year {year}; 1 to 52, or 53 in some years") from None

    @classmethod
    def last_months(cls, count: int, *, as_of: date) -> Period:
        """
        The full months before the one in which *as_of* lies.

        >>> Period.last_months(3, as_of=date(2026, 4, 15)) == Period.quarter(2026, 1)
        True
        """
        end = check_date("as_of", as_of).replace(day=1)
        return cls(_month_shifted(end, -check_int("count", count, at_least=1)), end)

    @classmethod
    def _of_months(cls, year: int, month: int, count: int) -> Period:
        if check_int("year", year) not in range(date.min.year, date.max.year):
            raise refused("year", year, f"a year from {date.min.year} to {date.max.year - 1}")
        if check_int("month", month) not in range(1, _MONTHS_A_YEAR + 1):
            raise refused("month", month, "1 to 12")
        start = date(year, month, 1)
        return cls(start, _month_shifted(start, count))

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days

    def __contains__(self, day: object) -> bool:
        """Tell whether a day lies in it."""
        return self.start <= check_date("day", day) < self.end

    def months(self) -> tuple[Period, ...]:
        """
        The calendar months that it touches, each in full.

        >>> len(Period(date(2026, 1, 31), date(2026, 3, 2)).months())
        3
        """
        return tuple(self._touched(1))

    def years(self) -> tuple[Period, ...]:
        """The calendar years that it touches, each in full."""
        return tuple(self._touched(_MONTHS_A_YEAR))

    def weeks(self) -> tuple[Period, ...]:
        """
        The ISO weeks, Monday to Sunday, that it touches, each in full.

        >>> [week.start.day for week in Period(date(2026, 1, 4), date(2026, 1, 6)).weeks()]
        [29, 5]
        """
        first = self.start - timedelta(days=self.start.weekday())
        count = -(-(self.end - first).days // _DAYS_A_WEEK)
        return Period(first, first + timedelta(days=count * _DAYS_A_WEEK)).split([1] * count)

    def split(self, weeks: Sequence[int]) -> tuple[Period, ...]:
        """
        Parts of so many weeks, one after the other; what is left over belongs to the last, as in the year of 53 weeks.

        >>> quarter = Period(date(2025, 12, 29), date(2026, 3, 30))
        >>> [part.days // 7 for part in quarter.split((4, 4, 5))]
        [4, 4, 5]

        Raises:
            InvalidValueError: For more weeks than there are.
        """
        lengths = check_each("weeks", weeks, lambda name, count: check_int(name, count, at_least=1))
        starts = [self.start + timedelta(days=_DAYS_A_WEEK * sum(lengths[:place])) for place in range(len(lengths))]
        if not starts or self.end < self.start + timedelta(days=_DAYS_A_WEEK * sum(lengths)):
            raise refused("weeks", tuple(lengths), f"at least one part, and no more weeks than the {self.days} days have")
        return tuple(Period(start, end) for start, end in zip(starts, (*starts[1:], self.end), strict=True))

    def _touched(self, count: int) -> Iterator[Period]:
        start = self.start.replace(day=1) if count == 1 else date(self.start.year, 1, 1)
        while start < self.end:
            following = _month_shifted(start, count)
            yield Period(start, following)
            start = following

    def previous(self) -> Period:
        """
        As many whole months before, where it is whole months; else as many days before.

        >>> Period.month(2026, 3).previous() == Period.month(2026, 2)
        True
        """
        if self.start.day == self.end.day == 1:
            count = (self.end.year - self.start.year) * _MONTHS_A_YEAR + self.end.month - self.start.month
            return Period(_month_shifted(self.start, -count), self.start)
        return Period(self.start - timedelta(days=self.days), self.start)

    def year_before(self) -> Period:
        """
        The same days one year earlier; 29 February becomes 28 February.

        A whole month stays a whole month.

        >>> Period(date(2024, 1, 1), date(2024, 3, 1)).year_before()
        Period(start=datetime.date(2023, 1, 1), end=datetime.date(2023, 3, 1))
        """
        return Period(_month_shifted(self.start, -_MONTHS_A_YEAR), self._day_after_last_a_year_before())

    def _day_after_last_a_year_before(self) -> date:
        last = self.end - timedelta(days=1)
        if self.end.day == 1:
            return _month_shifted(self.end, -_MONTHS_A_YEAR)
        return _month_shifted(last, -_MONTHS_A_YEAR) + timedelta(days=1)

    def up_to(self, as_of: date) -> Period:
        """
        Cut after *as_of*, for comparing like with like.

        Raises:
            InvalidValueError: When it begins after *as_of*.

        >>> Period.year(2026).up_to(date(2026, 1, 31)) == Period.month(2026, 1)
        True
        """
        if check_date("as_of", as_of) < self.start:
            raise refused("as_of", as_of, f"a day from the start {self.start} on")
        return Period(self.start, min(self.end, as_of + timedelta(days=1)))


@attrs.frozen
class Interval:
    """
    A span to add to a day: whole months first, then days. Made by `days`, `weeks` and `months`.

    Attributes:
        months: Whole months.
        days: Days beside them.
    """

    months: int = 0
    days: int = 0

    def __attrs_post_init__(self) -> None:
        """Refuse a span that does not lead into the future."""
        check_int("months", self.months, at_least=0)
        check_int("days", self.days, at_least=0)
        if not self.months and not self.days:
            raise refused("days", self.days, "a span of at least one day; for none at all pass None")

    def after(self, day: date, *, times: int = 1) -> date:
        """
        Add it to a day, *times* over, counted from the anchor and clamped at month ends.

        >>> january = date(2026, 1, 31)
        >>> months(1).after(january).isoformat(), months(1).after(january, times=2).isoformat()
        ('2026-02-28', '2026-03-31')
        """
        check_int("times", times, at_least=0)
        shifted = _month_shifted(check_date("day", day), self.months * times)
        try:
            return shifted + timedelta(days=self.days * times)
        except OverflowError:
            raise refused("days", self.days, f"a span that stays before the year {date.max.year + 1}") from None


def days(count: int, /) -> Interval:
    """
    So many days.

    >>> days(30).after(date(2026, 1, 1)).isoformat()
    '2026-01-31'
    """
    return Interval(days=check_int("count", count, at_least=1))


def weeks(count: int, /) -> Interval:
    """So many weeks of seven days."""
    return Interval(days=check_int("count", count, at_least=1) * _DAYS_A_WEEK)


def months(count: int, /) -> Interval:
    """So many months, clamped at month ends."""
    return Interval(months=check_int("count", count, at_least=1))
