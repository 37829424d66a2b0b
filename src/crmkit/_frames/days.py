"""
Days in frames, by whole numbers.

Engines differ in what they can subtract from or add to a day, and none adds a different number of months in each row. Whole
numbers behave alike everywhere, so a day is counted from 1 January 1970 (day 0), calculated, and made a day again.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

from crmkit.errors import UnsupportedEngineError

if TYPE_CHECKING:
    from narwhals.stable.v2 import Expr, Implementation

    from crmkit._frames.tables import Lazy

_MONTHS_A_YEAR = 12
_MICROSECONDS_A_DAY = 86_400_000_000
_YEARS_AN_ERA = 400
_DAYS_AN_ERA = 146_097
_JANUARY = 10  # counted from March
_MARCH_OF_YEAR_0 = 719_468  # days from 1 March of the year 0 to 1 January 1970
_EPOCH = date(1970, 1, 1).toordinal()


def day_ordinal(day: date) -> int:
    """Days since 1 January 1970."""
    return day.toordinal() - _EPOCH


def day_literal(day: date | None) -> Expr:
    """One day for every row."""
    return nw.lit(day, dtype=nw.Date).cast(nw.Date)


def day_number(day: Expr) -> Expr:
    """Days since 1 January 1970; null stays null."""
    before = day.dt.year().cast(nw.Int64) - 1
    leap_days = (before / 4).floor() - (before / 100).floor() + (before / 400).floor()  # DuckDB takes ten times as long over //
    return before * 365 + leap_days.cast(nw.Int64) + day.dt.ordinal_day().cast(nw.Int64) - _EPOCH


def microseconds_between(start: str, end: str, rows: Lazy) -> Expr:
    """
    Time between two columns of moments.

    Raises:
        UnsupportedEngineError: Where Narwhals cannot take moments from each other; their parts are those of the session's time zone there.
    """
    if rows.implementation.is_ibis() or rows.implementation.is_spark_like():
        engine = rows.implementation.name.lower()
        raise UnsupportedEngineError("the time between two moments", engine, ("Polars", "pandas", "PyArrow", "DuckDB"))
    return (nw.col(end) - nw.col(start)).dt.total_microseconds()


def with_day(rows: Lazy, number: str, engine: Implementation, *, into: str) -> Lazy:
    """Add the day for a column of days since 1 January 1970."""
    if engine.is_polars() or engine.is_pandas_like():
        return rows.with_columns((nw.col(number) * _MICROSECONDS_A_DAY).cast(nw.Datetime("us")).cast(nw.Date).alias(into))
    return _with_written_day(rows, number, into)


def with_added(rows: Lazy, day: str, *, months: str, days: Expr, into: str) -> Lazy:
    """
    Add the number of the day so many whole months (a column), then days, after *day*; a day that the month lacks becomes its last.

    Step by step: an expression that stands in several places is written out, and computed, in each of them.
    """
    date_ = nw.col(day)
    month = date_.dt.year().cast(nw.Int64) * _MONTHS_A_YEAR + date_.dt.month().cast(nw.Int64) - 1 + nw.col(months)
    # Counted from March, so that a leap day comes last in its year.
    counted = rows.with_columns((month - 2).alias("_month"), date_.dt.day().cast(nw.Int64).alias("_in_month"))
    years = counted.with_columns(
        (nw.col("_month") // _MONTHS_A_YEAR).alias("_year"), ((nw.col("_month") + 1) // _MONTHS_A_YEAR).alias("_year_after")
    )
    firsts = years.with_columns(
        _first_of_month(nw.col("_year"), nw.col("_month")).alias("_begin"),
        _first_of_month(nw.col("_year_after"), nw.col("_month") + 1).alias("_end"),
    )
    clamped = firsts.with_columns((nw.col("_end") - nw.col("_begin")).alias("_length"))
    in_month = nw.when(nw.col("_in_month") > nw.col("_length")).then(nw.col("_length")).otherwise(nw.col("_in_month"))
    result = clamped.with_columns((nw.col("_begin") + in_month - 1 + days).alias(into))
    return result.drop("_month", "_in_month", "_year", "_year_after", "_begin", "_end", "_length")


def _first_of_month(year: Expr, month: Expr) -> Expr:
    """Day number of the first day of a month; both are counted from March of the year 0."""
    of_year = month - year * _MONTHS_A_YEAR
    return year * 365 + year // 4 - year // 100 + year // 400 + (153 * of_year + 2) // 5 - _MARCH_OF_YEAR_0


def _with_written_day(rows: Lazy, number: str, into: str) -> Lazy:
    """
    Add the day where an engine makes none from a number, by writing it out as a text.

    Source: Howard Hinnant, "chrono-compatible low-level date algorithms", civil_from_days.
    """
    era, of_era, year, of_year, month = (nw.col(name) for name in ("_era", "_of_era", "_year", "_of_year", "_month"))
    shifted = nw.col(number).cast(nw.Int64) + _MARCH_OF_YEAR_0
    rows = rows.with_columns(shifted.alias("_shifted"))
    rows = rows.with_columns((nw.col("_shifted") // _DAYS_AN_ERA).alias("_era"))
    rows = rows.with_columns((nw.col("_shifted") - era * _DAYS_AN_ERA).alias("_of_era"))
    rows = rows.with_columns(((of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365).alias("_year"))
    rows = rows.with_columns((of_era - (365 * year + year // 4 - year // 100)).alias("_of_year"))
    rows = rows.with_columns(((5 * of_year + 2) // 153).alias("_month"))
    civil_month = nw.when(month < _JANUARY).then(month + 3).otherwise(month - 9)
    rows = rows.with_columns((of_year - (153 * month + 2) // 5 + 1).alias("_day"), civil_month.alias("_month"))
    january_or_february = nw.when(month <= 2).then(nw.lit(1)).otherwise(nw.lit(0))  # noqa: PLR2004
    written = ((year + era * _YEARS_AN_ERA + january_or_february) * 10_000 + month * 100 + nw.col("_day")).cast(nw.String).str.zfill(8)
    return rows.with_columns(written.str.to_date(format="%Y%m%d").alias(into)).drop(
        "_shifted", "_era", "_of_era", "_year", "_of_year", "_month", "_day"
    )
