"""Sales by periods of one's own: ISO weeks, quarters, fiscal years, 4-4-5."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

from crmkit._checks import check_date, check_each, check_kind, refused
from crmkit._frames import F, day_literal, known_rows
from crmkit.facts.measures import measured, unit_of
from crmkit.periods import Period

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

__all__ = ["sales_by_period"]

_MADE = ("start", "end", "previous", "change_ratio", "partial")


def sales_by_period(sales: F, *by: str, periods: Sequence[Period], as_of: date, value: str = "revenue") -> F:
    """
    Add up sales by periods that follow one another, and compare each with the one before; otherwise as `sales_by_month`.

    >>> import polars as pl
    >>> from datetime import date
    >>> sales = pl.DataFrame({"issued_on": [date(2026, 1, 2), date(2026, 1, 5)], "revenue": [100, 125]})
    >>> weeks = Period.month(2026, 1).weeks()[:2]
    >>> sales_by_period(sales, periods=weeks, as_of=date(2026, 1, 31)).select("start", "revenue", "change_ratio").rows()
    [(datetime.date(2025, 12, 29), 100, None), (datetime.date(2026, 1, 5), 125, 0.25)]

    Args:
        sales: As for `sales_by_month`.
        by: Columns that make a group.
        periods: One after the other, each beginning when the one before ends: `Period.weeks`, `Period.split`, fiscal years.
        as_of: Today; what is dated later is not known yet.
        value: Column to add up; quantities of different units stay apart.

    Returns:
        The columns of *by*, `currency` where there is one, `unit` for quantities, `start` and `end` (Date, the end excluded), the value
        under its own name and in its own numeric type, zero where nothing was sold, `previous` (of the period before, null for the
        first), `change_ratio` (Float64; null when that is zero, negative or unknown) and `partial` (Boolean: not over at the end of
        *as_of*); one row for each group and period, sorted.

    Raises:
        MissingColumnError: For a frame without one of these columns.
        InvalidValueError: For periods that do not follow one another.
    """
    spans = check_each("periods", periods, lambda name, period: check_kind(name, period, Period))
    if not spans or any(left.end != right.start for left, right in pairwise(spans)):
        raise refused("periods", spans, "at least one period, each beginning when the one before ends")
    table = measured(sales, "issued_on", value=value)
    groups = table.groups((*by, *unit_of(table, value)), made=(value, *_MADE))
    place = nw.lit(-1)
    for number, span in enumerate(spans):
        place = nw.when(nw.col("issued_on") >= day_literal(span.start)).then(nw.lit(number)).otherwise(place)
    last = min(spans[-1].end, check_date("as_of", as_of) + timedelta(days=1))
    lines = table.frame.filter(nw.col("issued_on") <= day_literal(as_of))
    added = lines.with_columns(
        nw.when(nw.col("issued_on") < day_literal(spans[-1].end)).then(place).otherwise(nw.lit(-1)).cast(nw.Int64).alias("_at"),
        table.amount(value).alias("_value"),
    )
    is_known = nw.when(~nw.col("_value").is_null()).then(nw.lit(1)).otherwise(nw.lit(0)).alias("_known")
    added = added.with_columns(is_known, nw.lit(1).alias("_lines")).select(*groups, "_at", "_value", "_known", "_lines")
    known: dict[str, Sequence[int] | Sequence[date]] = {
        "_at": range(len(spans)),
        "start": [span.start for span in spans],
        "end": [span.end for span in spans],
        "_partial": [int(span.end > last) for span in spans],
    }
    rows = known_rows(table, known)
    places = rows.select("_at")
    grid = added.select(*groups).unique().join(places, how="cross") if groups else places
    empty = grid.with_columns(nw.lit(0).alias(name) for name in ("_value", "_known", "_lines"))
    sums = nw.col("_value", "_known", "_lines").sum()
    typed = [
        part.with_columns(table.total(nw.col("_value").fill_null(0), value).alias("_value"), nw.col("_known", "_lines").cast(nw.Int64))
        for part in (added.group_by(*groups, "_at").agg(sums), empty)
    ]
    columns = (*groups, "_at", "_value", "_known", "_lines")
    series = nw.concat([part.select(*columns) for part in typed]).group_by(*groups, "_at").agg(sums)
    total = table.total(nw.col("_value"), value)
    if value not in {"revenue", "quantity"}:
        total = nw.when((nw.col("_lines") == 0) | (nw.col("_known") > 0)).then(total)
    series = series.filter(nw.col("_at") >= 0).with_columns(total.alias(value))
    series = series.with_columns(nw.col(value).shift(1).over(*groups, order_by="_at").alias("previous"))
    before = nw.col("previous").cast(nw.Float64)
    change = nw.when(before > 0).then((nw.col(value).cast(nw.Float64) - before) / before)
    result = series.join(rows, on="_at", how="inner").with_columns(change.alias("change_ratio"), (nw.col("_partial") == 1).alias("partial"))
    shown = (*groups, "start", "end", value, "previous", "change_ratio", "partial")
    return table.back(result.select(*shown).sort(*groups, "start", nulls_last=True))
