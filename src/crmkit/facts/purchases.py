"""What a purchase is: the one definition that every analysis of buying uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import narwhals.stable.v2 as nw

from crmkit._frames import day_literal

if TYPE_CHECKING:
    from datetime import date

    from crmkit._frames import Lazy, Table

__all__ = ["Purchase", "less_reversals", "purchases"]

Purchase = Literal["document", "day", "line"]
"""What counts as one purchase: a document, a day of a customer, or a line."""


def purchases(sales: Table[Any], *, as_of: date | None, by: tuple[str, ...] = ()) -> Lazy:
    """
    One row for each purchase up to *as_of* (None: whenever): customer_id, currency where there is one, purchased_on, lines.

    A purchase is an invoice with net revenue above zero that is not wholly reversed by credit notes or cancellations which name it in
    `reverses_document_id`; several add up. A credit note that names no invoice reverses nothing. Where there is `document_subtype`, rows
    of down-payments and pro-forma invoices are no purchase; so a final invoice is one, however much was paid down. Lines without a
    document, and frames without documents, count all lines of a customer's day as one invoice. Rows without a customer are left out.

    With *by*, a purchase has one row, with these columns too, for each of their values in which its revenue is above zero. `lines`
    counts the lines with revenue above zero.
    """
    sales.require("customer_id", "issued_on", "revenue")
    lines = sales.frame if as_of is None else sales.frame.filter(nw.col("issued_on") <= day_literal(as_of))
    if "document_subtype" in sales.dtypes:
        lines = lines.filter(~nw.col("document_subtype").fill_null("normal").is_in(("down_payment", "pro_forma")))
    further = tuple(name for name in by if name not in {"customer_id", *sales.currency})
    invoices = _invoices(sales, lines, further)
    key = ("customer_id", *sales.currency, *_documents(sales), "_day")
    left = invoices.with_columns(nw.col("revenue").sum().over(*key).alias("_left")) if further else invoices
    if {"document_id", "reverses_document_id"} <= set(sales.dtypes):
        left = less_reversals(sales, left, lines, "_left" if further else "revenue")
    kept = left.filter(nw.col("_left") > 0, nw.col("revenue") > 0) if further else left.filter(nw.col("revenue") > 0)
    return kept.select("customer_id", *sales.currency, *further, "purchased_on", nw.col("lines").cast(nw.Int64))


def _documents(sales: Table[Any]) -> list[str]:
    return [name for name in ("document_id",) if name in sales.dtypes]


def _invoices(sales: Table[Any], lines: Lazy, further: tuple[str, ...]) -> Lazy:
    """Net revenue of each invoice with its day."""
    documents = [name for name in _documents(sales) if name not in further]
    wanted = ~nw.col("customer_id").is_null()
    if "document_kind" in sales.dtypes:
        wanted &= nw.col("document_kind") == "invoice"
    named = lines.filter(wanted).select("customer_id", *sales.currency, *further, *documents, "issued_on", sales.amount("revenue"))
    day = nw.col("issued_on")
    of_day = nw.when(nw.col("document_id").is_null()).then(day) if "document_id" in sales.dtypes else day
    positive = nw.when(nw.col("revenue") > 0).then(nw.lit(1)).otherwise(nw.lit(0))
    return (
        named.with_columns(of_day.alias("_day"), positive.alias("lines"))
        .group_by("customer_id", *sales.currency, *further, *documents, "_day")
        .agg(nw.col("revenue", "lines").sum(), nw.col("issued_on").min().alias("purchased_on"))
    )


def less_reversals(sales: Table[Any], invoices: Lazy, lines: Lazy, of: str = "revenue") -> Lazy:
    """Take off what credit notes and cancellations give back of each invoice."""
    keys = ["document_id", *sales.currency_key]
    reversed_by = (
        sales.keyed(lines.filter(~nw.col("reverses_document_id").is_null()))
        .select(*keys[1:], nw.col("reverses_document_id").alias("document_id"), sales.amount("revenue"))
        .group_by(*keys)
        .agg(nw.col("revenue").sum().alias("_reversed"))
    )
    left = sales.keyed(invoices).join(reversed_by, on=keys, how="left")
    return left.with_columns((nw.col(of) + nw.col("_reversed").fill_null(0)).alias(of))
