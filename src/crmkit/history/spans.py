"""The months or years of a period: what is known of each of them before any sale is read."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from datetime import date, timedelta
from typing import Any

import attrs
import narwhals.stable.v2 as nw

from crmkit._checks import check_each, check_int, refused
from crmkit._frames import Lazy, Table, known_rows
from crmkit.periods import Period

__all__ = ["BY_MONTH", "BY_YEAR", "MONDAY_TO_FRIDAY", "Span", "WorkingDays", "span_rows", "working_days"]

MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)
_MONTHS_A_YEAR = 12


@attrs.frozen
class Span:
    """
    Months, or years.

    Attributes:
        name: Column that names one.
        a_year: How many make a year.
        touched: Those that a period touches.
        number: Counts them by a day.
        cut: To what a day is cut off for its first day.
    """

    name: str
    a_year: int
    touched: Callable[[Period], tuple[Period, ...]]
    number: Callable[[nw.Expr], nw.Expr]
    cut: str

    @property
    def lags(self) -> dict[str, int]:
        """How many spans before lies what each column compares with."""
        return {"previous": 1, "year_before": self.a_year}

    def count(self, day: date) -> int:
        """Number of the span in which a day lies."""
        return day.year * _MONTHS_A_YEAR + day.month - 1 if self.a_year == _MONTHS_A_YEAR else day.year

    def cuts(self, period: Period) -> bool:
        """Whether the period begins or ends within one."""
        spans = self.touched(period)
        return spans[0].start < period.start or spans[-1].end > period.end


def _year(day: nw.Expr) -> nw.Expr:
    return day.dt.year().cast(nw.Int64)


def _month(day: nw.Expr) -> nw.Expr:
    return _year(day) * _MONTHS_A_YEAR + day.dt.month().cast(nw.Int64) - 1


BY_MONTH = Span("month", _MONTHS_A_YEAR, Period.months, _month, "1mo")
BY_YEAR = Span("year", 1, Period.years, _year, "1y")


@attrs.frozen
class WorkingDays:
    """
    Which days are worked on.

    Attributes:
        weekdays: Days of the week; Monday is 0.
        holidays: Days on which nobody works.
    """

    weekdays: tuple[int, ...]
    holidays: Container[date]

    def within(self, start: date, end: date) -> int:
        """How many there are from a day to before another."""
        days = (start + timedelta(days=place) for place in range((end - start).days))
        return sum(day.weekday() in self.weekdays and day not in self.holidays for day in days)


def working_days(holidays: Container[date] | None, weekdays: Sequence[int]) -> WorkingDays | None:
    """Check what was asked for; None where nobody asked."""
    days = check_each("weekdays", weekdays, check_int)
    if not days or not set(days) <= set(range(7)):
        raise refused("weekdays", days, "weekdays from 0 (Monday) to 6")
    return None if holidays is None else WorkingDays(days, holidays)


def span_rows(table: Table[Any], span: Span, *, period: Period, as_of: date, working: WorkingDays | None) -> Lazy:
    """One row for each span of the period and of the year before it, with everything that is known of it without any line."""
    shown = span.touched(period)
    first = span.count(shown[0].start)
    end = min(period.end, as_of + timedelta(days=1))
    at = range(first - span.a_year, first + len(shown))
    before = [0] * span.a_year
    known: dict[str, Sequence[int] | Sequence[date]] = {
        "_at": at,
        "_shown": before + [1] * len(shown),
        "_partial": before + [int(one.start < period.start or one.end > end) for one in shown],
        span.name: [_first_day(span, number) for number in at] if span is BY_MONTH else at,
    }
    if working is not None:
        earlier = span.touched(Period(_first_day(span, first - span.a_year), shown[0].start))
        whole = [working.within(one.start, one.end) for one in (*earlier, *shown)]
        known["working_days"] = before + [working.within(max(one.start, period.start), min(one.end, end)) for one in shown]
        known["_previous_days"] = [0, *whole[:-1]]
        known["_year_before_days"] = before + whole[: len(shown)]
    return known_rows(table, known)


def _first_day(span: Span, number: int) -> date:
    return date(number // _MONTHS_A_YEAR, number % _MONTHS_A_YEAR + 1, 1) if span is BY_MONTH else date(number, 1, 1)
