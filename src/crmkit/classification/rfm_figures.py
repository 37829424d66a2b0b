"""Recency, frequency and monetary value: when somebody bought last, how often, and for how much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from crmkit._checks import check_choice, check_date, check_kind
from crmkit._frames import F, Table, day_literal, day_number, day_ordinal
from crmkit.facts.measures import measured
from crmkit.facts.purchases import Purchase, purchase_rows
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

    Source: Bult, Wansbeek, "Optimal Selection for Direct Mail", Marketing Science 14 (1995) 4.

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
    sums = ("_value",) if value == "revenue" else ("_value", "_known")
    rows = _rows(table, groups, as_of=as_of, value=value, period=period, sums=sums)
    if purchase == "day":
        keys = tuple(dict.fromkeys(("customer_id", *_keys(groups), "purchased_on")))
        rows = rows.group_by(*keys).agg(nw.col("_once").max(), nw.col(*sums).sum())
    often = nw.col("lines" if purchase == "line" else "_once").sum().alias("frequency")
    day = nw.col("purchased_on")
    figures = [day.min().alias(_DAYS[0]), day.max().alias(_DAYS[1]), often, nw.col(*sums).sum()]
    result = rows.group_by(*_keys(groups)).agg(*figures).filter(nw.col("frequency") > 0)
    monetary = table.total(nw.col("_value").fill_null(0), value)
    result = result.with_columns(
        (nw.lit(day_ordinal(as_of)) - day_number(nw.col("last_purchase_on"))).cast(nw.Int64).alias("recency_days"),
        nw.col("frequency").cast(nw.Int64),
        (monetary if value == "revenue" else nw.when(nw.col("_known") > 0).then(monetary)).alias("monetary"),
    )
    return table.back(result.select(*groups, *_FIGURES))


def _keys(groups: tuple[str, ...]) -> tuple[str, ...]:
    """Columns to group by; all rows are one group where none is asked for."""
    return groups or ("_all",)


def _rows(table: Table[Any], groups: tuple[str, ...], *, as_of: date, value: str, period: Period | None, sums: tuple[str, ...]) -> Lazy:
    """The documents with their purchase, if they are one in the period, and the amount of their lines in the period."""
    amount, issued, bought = table.amount(value), nw.col("issued_on"), nw.col("purchased_on")
    if period is not None:
        amount = nw.when(issued >= day_literal(period.start), issued < day_literal(period.end)).then(amount)
    further = {"_value": amount, "_known": nw.when(~amount.is_null()).then(nw.lit(1)).otherwise(nw.lit(0))}
    is_net = value == "revenue" and period is None
    rows = purchase_rows(
        table,
        as_of=as_of,
        by=groups,
        further=None if is_net else {name: further[name] for name in sums},
        net="_value" if is_net else None,
    )
    counts = ~bought.is_null()  # engines then need not count the lines where nobody asks for them
    if period is not None:
        counts = counts & (bought >= day_literal(period.start)) & (bought < day_literal(period.end))
    return rows.with_columns(
        nw.when(counts).then(nw.lit(1)).otherwise(nw.lit(0)).alias("_once"),
        nw.when(counts).then(nw.col("lines")).otherwise(nw.lit(0)).alias("lines"),
        nw.when(counts).then(bought).alias("purchased_on"),
        nw.lit(1).alias("_all"),
    )
