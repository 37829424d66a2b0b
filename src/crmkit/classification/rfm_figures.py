"""Recency, frequency and monetary value: when somebody bought last, how often, and for how much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from crmkit._checks import check_choice, check_date, check_kind
from crmkit._frames import F, Table, day_literal, day_number, day_ordinal
from crmkit.facts.measures import measured
from crmkit.facts.purchases import Purchase, purchases
from crmkit.periods import Period

if TYPE_CHECKING:
    from datetime import date

    from crmkit._frames import Lazy

__all__ = ["rfm_by"]

_FIGURES = ("first_purchase_on", "last_purchase_on", "recency_days", "frequency", "monetary")
_DAYS = ("first_purchase_on", "last_purchase_on")


def rfm_by(sales: F, *by: str, as_of: date, purchase: Purchase, value: str = "revenue", period: Period | None = None) -> F:
    """
    When each customer bought last, how often, and for how much.

    A purchase is an invoice with net revenue above zero that is not wholly reversed; what is counted is chosen: the invoices, the days
    on which there were some, or their lines with revenue above zero. Credit notes are no purchases, but lower the monetary value.
    Recency is counted in days from the last purchase to *as_of*, so a purchase on that day has recency 0; packages that take the day
    after the last line as their snapshot get the same with that day as *as_of*.

    >>> import polars as pl
    >>> from datetime import date
    >>> days = [date(2026, 1, 5), date(2026, 1, 5), date(2026, 1, 20)]
    >>> sales = pl.DataFrame({"customer_id": ["C-1"] * 3, "document_id": ["1", "2", "3"], "issued_on": days, "revenue": [100, 50, 30]})
    >>> rfm_by(sales, "customer_id", as_of=date(2026, 1, 31), purchase="day").select("recency_days", "frequency", "monetary").rows()
    [(11, 2, 180)]

    Args:
        sales: Lines with `customer_id`, `issued_on` (Date), `revenue` (amount), the value and the columns of *by*; `document_id`,
            `document_kind`, `document_subtype` and `reverses_document_id` are used where they are.
        by: Columns that make a group, usually "customer_id".
        as_of: The snapshot; what is dated later is not known yet.
        purchase: "document", "day" (of a customer) or "line".
        value: Column (amount) to add up; "gross_profit" is revenue less known cost where the frame has no such column.
        period: Only purchases and lines issued in it.

    Returns:
        The columns of *by*, `currency` where there is one, `first_purchase_on` and `last_purchase_on` (Date), `recency_days` and
        `frequency` (counts), `monetary` (in the value's own numeric type; null where none of it is known); one row for each group with a
        purchase, in no particular order. Lines without a customer are left out.

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    check_date("as_of", as_of)
    check_choice("purchase", purchase, Purchase)
    if period is not None:
        check_kind("period", period, Period)
    table = measured(sales, "customer_id", "issued_on", value=value)
    groups = table.groups(by, made=_FIGURES)
    counted = _counted(table, groups, as_of=as_of, purchase=purchase, period=period)
    spent = _spent(table.within(period), groups, as_of=as_of, value=value)
    # One after the other and added again: a join finds no group whose name is unknown.
    figures = [nw.col(_DAYS[0]).min(), nw.col(_DAYS[1]).max(), nw.col("frequency", "monetary", "_known").sum()]
    columns = (*_keys(groups), *_DAYS, "frequency", "monetary", "_known")
    both = nw.concat([_typed(table, rows, value).select(*columns) for rows in (counted, spent)])
    result = _typed(table, both.group_by(*_keys(groups)).agg(*figures), value).filter(nw.col("frequency") > 0)
    result = result.with_columns(
        (nw.lit(day_ordinal(as_of)) - day_number(nw.col("last_purchase_on"))).cast(nw.Int64).alias("recency_days"),
        nw.when(nw.col("_known") > 0).then(nw.col("monetary")).alias("monetary"),
    )
    return table.back(result.select(*groups, *_FIGURES))


def _keys(groups: tuple[str, ...]) -> tuple[str, ...]:
    """Columns to group by; all rows are one group where none is asked for."""
    return groups or ("_all",)


def _counted(table: Table[Any], groups: tuple[str, ...], *, as_of: date, purchase: Purchase, period: Period | None) -> Lazy:
    """First and last day of each group, and how often; no amount yet."""
    bought = purchases(table, as_of=as_of, by=groups).with_columns(nw.lit(1).alias("_all"))
    day = nw.col("purchased_on")
    if period is not None:
        bought = bought.filter(day >= day_literal(period.start), day < day_literal(period.end))
    if purchase == "day":
        bought = bought.group_by(*dict.fromkeys(("customer_id", *_keys(groups), "purchased_on"))).agg(nw.col("lines").sum())
    often = nw.col("lines").sum() if purchase == "line" else nw.len()
    figures = bought.group_by(*_keys(groups)).agg(day.min().alias(_DAYS[0]), day.max().alias(_DAYS[1]), often.alias("frequency"))
    return figures.with_columns(nw.lit(0).alias("monetary"), nw.lit(0).alias("_known"))


def _spent(table: Table[Any], groups: tuple[str, ...], *, as_of: date, value: str) -> Lazy:
    """The amount of each group, and of how many lines it is known; no purchase yet."""
    lines = table.frame.filter(~nw.col("customer_id").is_null(), nw.col("issued_on") <= day_literal(as_of))
    amounts = lines.with_columns(nw.lit(1).alias("_all")).select(*_keys(groups), table.amount(value).alias("monetary"))
    known = nw.when(~nw.col("monetary").is_null()).then(nw.lit(1)).otherwise(nw.lit(0)).alias("_known")
    sums = amounts.with_columns(known).group_by(*_keys(groups)).agg(nw.col("monetary", "_known").sum())
    return sums.with_columns(*(day_literal(None).alias(name) for name in _DAYS), nw.lit(0).alias("frequency"))


def _typed(table: Table[Any], rows: Lazy, value: str) -> Lazy:
    """Sums in the types of what was added, whatever type an engine gives them."""
    amount = table.total(nw.col("monetary").fill_null(0), value).alias("monetary")
    return rows.with_columns(amount, nw.col("frequency", "_known").cast(nw.Int64))
