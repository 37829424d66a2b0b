"""
Days in frames, by whole numbers.

Engines differ in what they can subtract from or add to a day, and none adds a different number of months in each row. Whole
numbers behave alike everywhere, so a day is counted from 1 January 1970 (day 0), calculated, and made a day again.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

if TYPE_CHECKING:
    from narwhals.stable.v2 import Expr, Implementation

_MONTHS_A_YEAR = 12
_MICROSECONDS_A_DAY = 86_400_000_000
_YEARS_AN_ERA = 400
_DAYS_AN_ERA = 146_097
_EPOCH = date(1970, 1, 1).toordinal()


def day_literal(day: date | None) -> Expr:
    """One day for every row."""
    return nw.lit(day, dtype=nw.Date).cast(nw.Date)


def day_number(day: Expr) -> Expr:
    """Days since 1 January 1970; null stays null."""
    before = day.dt.year().cast(nw.Int64) - 1
    return before * 365 + before // 4 - before // 100 + before // 400 + day.dt.ordinal_day().cast(nw.Int64) - _EPOCH


def date_from_number(number: Expr, engine: Implementation) -> Expr:
    """Turn days since 1 January 1970 into the day."""
    if engine.is_polars() or engine.is_pandas_like():
        return (number.cast(nw.Int64) * _MICROSECONDS_A_DAY).cast(nw.Datetime("us")).cast(nw.Date)
    year, month, day = _civil(number)
    return (year * 10_000 + month * 100 + day).cast(nw.String).str.zfill(8).str.to_date(format="%Y%m%d")


def added(day: Expr, *, months: Expr, days: Expr) -> Expr:
    """The number of the day so many whole months, then days, after *day*; a day that the month lacks becomes its last."""
    month = day.dt.year().cast(nw.Int64) * _MONTHS_A_YEAR + day.dt.month().cast(nw.Int64) - 1 + months
    first = _first_of_month(month)
    longest = _first_of_month(month + 1) - first
    in_month = day.dt.day().cast(nw.Int64)
    return first + nw.when(in_month > longest).then(longest).otherwise(in_month) - 1 + days


def _first_of_month(month: Expr) -> Expr:
    """Day number of the first day of a month that is counted from the year 0; years begin in March, so that February is last."""
    shifted = month - 2
    year = shifted // _MONTHS_A_YEAR
    of_year = shifted % _MONTHS_A_YEAR
    return year * 365 + year // 4 - year // 100 + year // 400 + (153 * of_year + 2) // 5 - _MARCH_OF_YEAR_0


_MARCH_OF_YEAR_0 = 719_468


def _civil(number: Expr) -> tuple[Expr, Expr, Expr]:
    """Year, month and day of a day number, after Howard Hinnant, "chrono-compatible low-level date algorithms"."""
    shifted = number + _MARCH_OF_YEAR_0
    era = shifted // _DAYS_AN_ERA
    of_era = shifted - era * _DAYS_AN_ERA
    year_of_era = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    march_month = (5 * of_year + 2) // 153
    day = of_year - (153 * march_month + 2) // 5 + 1
    month = nw.when(march_month < 10).then(march_month + 3).otherwise(march_month - 9)  # noqa: PLR2004  # March is 0
    year = year_of_era + era * _YEARS_AN_ERA + nw.when(month <= 2).then(nw.lit(1)).otherwise(nw.lit(0))  # noqa: PLR2004
    return year, month, day
