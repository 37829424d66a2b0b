"""How ABC classes went from period to period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from crmkit._checks import check_each, check_kind, refused
from crmkit._frames import F, Lazy, Table, day_literal
from crmkit.classification.abc_analysis import A_BELOW, B_BELOW, Share, classed
from crmkit.facts.measures import measured
from crmkit.periods import Period

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

__all__ = ["abc_history"]

_MADE = ("start", "end", "abc_class", "loss_making", "previous_class", "changed")


def abc_history(
    sales: F,
    *by: str,
    periods: Sequence[Period],
    value: str = "gross_profit",
    a_below: Decimal = A_BELOW,
    b_below: Decimal = B_BELOW,
    share: Share = "before",
) -> F:
    """
    Class each group in each of several periods, as `add_abc_class` does, and tell where the class changed.

    >>> import polars as pl
    >>> from datetime import date
    >>> lines = [("C-1", date(2025, 5, 1), 80), ("C-2", date(2025, 5, 1), 20), ("C-2", date(2026, 5, 1), 30)]
    >>> sales = pl.DataFrame(lines, schema=["customer_id", "issued_on", "revenue"], orient="row")
    >>> history = abc_history(sales, "customer_id", periods=[Period.year(2025), Period.year(2026)], value="revenue")
    >>> history.filter("changed").select("customer_id", "start", "previous_class", "abc_class").rows()
    [('C-1', datetime.date(2026, 1, 1), 'A', None), ('C-2', datetime.date(2026, 1, 1), 'B', 'A')]

    Args:
        sales: Lines with `issued_on` (Date), the value and the columns of *by*.
        by: Columns that make what is classed, usually "customer_id", or "item_id".
        periods: In their order; they may overlap, as the twelve months up to each month's end do.
        value: Column (amount) to class by; "gross_profit" is revenue less known cost where the frame has no such column.
        a_below: Limit of A.
        b_below: Limit of B.
        share: "including" counts a value's own share and its equals', and lets it reach the limit.

    Returns:
        The columns of *by*, `currency` where there is one, `start` and `end` of the period (Date, the end excluded), the value under its
        own name (null where none of it is known, and where there are no lines), `abc_class` (String?), `loss_making` (Boolean?),
        `previous_class` (String?, of the period before) and `changed` (Boolean; of the first period false), one row for each group with
        lines in the period or in the one before it; sorted by period and group. Where there is `customer_id`, lines without one are left
        out if it is among *by*.

    Raises:
        MissingColumnError: For a frame without one of these columns.
        InvalidValueError: Without periods or groups.
    """
    spans = check_each("periods", periods, lambda name, period: check_kind(name, period, Period))
    if not spans:
        raise refused("periods", periods, "at least one period")
    table = measured(sales, "issued_on", value=value)
    groups = table.groups(by, made=(value, *_MADE))
    if not by:
        raise refused("by", by, "at least one column that makes what is classed")
    shown = (value, "abc_class", "loss_making")
    parts, before = [], None
    for period in spans:
        sums = attrs.evolve(table, frame=_sums(table.within(period), groups, value))
        now = classed(sums, value, into="abc_class", a_below=a_below, b_below=b_below, share=share).select(*groups, *shown)
        days = [day_literal(day).alias(name) for name, day in (("start", period.start), ("end", period.end))]
        parts.append(_beside(table, now, before, groups, value).with_columns(*days))
        before = now
    result = nw.concat(parts).select(*groups, "start", "end", value, "abc_class", "loss_making", "previous_class", "changed")
    return table.back(result.sort("start", "end", *groups, nulls_last=True))


def _sums(table: Table[Any], groups: tuple[str, ...], value: str) -> Lazy:
    """The value of each group; unknown where none of it is known."""
    rows = table.frame.filter(~nw.col("customer_id").is_null()) if "customer_id" in groups else table.frame
    lines = rows.select(*groups, table.amount(value).alias(value))
    added = lines.group_by(*groups).agg(nw.col(value).sum(), nw.col(value).count().alias("_known"))
    return added.with_columns(nw.when(nw.col("_known") > 0).then(table.total(nw.col(value), value)).alias(value)).drop("_known")


def _beside(table: Table[Any], now: Lazy, before: Lazy | None, groups: tuple[str, ...], value: str) -> Lazy:
    """The classes of a period beside those of the one before; one after the other and put together, since a join finds no null."""
    nothing = nw.lit(None, dtype=nw.String).cast(nw.String)
    if before is None:
        return now.with_columns(nothing.alias("previous_class"), nw.lit(value=False).alias("changed"))
    figures = (value, "_loss", "abc_class", "previous_class")
    loss = nw.when(nw.col("loss_making")).then(nw.lit(1)).when(~nw.col("loss_making")).then(nw.lit(0)).cast(nw.Float64)
    newer = now.with_columns(loss.alias("_loss"), nothing.alias("previous_class"))
    older = before.with_columns(nw.col("abc_class").alias("previous_class")).with_columns(
        table.unknown(value), nw.lit(None, dtype=nw.Float64).cast(nw.Float64).alias("_loss"), nothing.alias("abc_class")
    )
    both = nw.concat([part.select(*groups, *figures) for part in (newer, older)]).group_by(*groups).agg(nw.col(*figures).max())
    same = nw.col("abc_class").fill_null("") == nw.col("previous_class").fill_null("")
    flags = [nw.when(~nw.col("_loss").is_null()).then(nw.col("_loss") > 0).alias("loss_making"), (~same).alias("changed")]
    return both.with_columns(*flags).select(*groups, value, "abc_class", "loss_making", "previous_class", "changed")
