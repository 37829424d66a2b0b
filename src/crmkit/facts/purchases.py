"""What a purchase is: the one definition that every analysis of buying uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import narwhals.stable.v2 as nw

from crmkit._frames import day_literal

if TYPE_CHECKING:
    from datetime import date

    from crmkit._frames import Lazy, Table
    from crmkit.periods import Period

__all__ = ["Purchase", "less_reversals", "purchases", "sale_documents"]

Purchase = Literal["document", "day", "line"]
"""What counts as one purchase: a document, a day of a customer, or a line."""


def purchases(sales: Table[Any], *, as_of: date | None) -> Lazy:
    """
    One row for each purchase up to *as_of* (None: whenever): customer_id, currency where there is one, purchased_on.

    A purchase is an invoice with net revenue above zero that is not wholly reversed by credit notes or cancellations which name it in
    `reverses_document_id`; several add up. A credit note that names no invoice reverses nothing. Where there is `document_subtype`, rows
    of down-payments and pro-forma invoices are no purchase; so a final invoice is one, however much was paid down. Lines without a
    document, and frames without documents, count all lines of a customer's day as one invoice. Rows without a customer are left out.
    """
    sales.require("customer_id", "issued_on")
    lines = sales.frame if as_of is None else sales.frame.filter(nw.col("issued_on") <= day_literal(as_of))
    if "document_subtype" in sales.dtypes:
        lines = lines.filter(~nw.col("document_subtype").fill_null("normal").is_in(("down_payment", "pro_forma")))
    invoices = _invoices(sales, lines)
    if {"document_id", "reverses_document_id"} <= set(sales.dtypes):
        invoices = less_reversals(sales, invoices, lines)
    return invoices.filter(nw.col("revenue") > 0).select("customer_id", *sales.currency, "purchased_on")


def _invoices(sales: Table[Any], lines: Lazy) -> Lazy:
    """Net revenue of each invoice with its day."""
    documents = [name for name in ("document_id",) if name in sales.dtypes]
    wanted = ~nw.col("customer_id").is_null()
    if "document_kind" in sales.dtypes:
        wanted &= nw.col("document_kind") == "invoice"
    named = lines.filter(wanted).select("customer_id", *sales.currency, *documents, "issued_on", sales.amount("revenue"))
    day = nw.col("issued_on")
    of_day = nw.when(nw.col("document_id").is_null()).then(day) if documents else day
    return (
        named.with_columns(of_day.alias("_day"))
        .group_by("customer_id", *sales.currency, *documents, "_day")
        .agg(nw.col("revenue").sum(), nw.col("issued_on").min().alias("purchased_on"))
    )


def less_reversals(sales: Table[Any], invoices: Lazy, lines: Lazy) -> Lazy:
    """Take off what credit notes and cancellations give back of each invoice."""
    keys = ["document_id", *sales.currency_key]
    reversed_by = (
        sales.keyed(lines.filter(~nw.col("reverses_document_id").is_null()))
        .select(*keys[1:], nw.col("reverses_document_id").alias("document_id"), sales.amount("revenue"))
        .group_by(*keys)
        .agg(nw.col("revenue").sum().alias("_reversed"))
    )
    left = sales.keyed(invoices).join(reversed_by, on=keys, how="left")
    return left.with_columns((nw.col("revenue") + nw.col("_reversed").fill_null(0)).alias("revenue"))


def sale_documents(sales: Table[Any], groups: tuple[str, ...], period: Period | None) -> Lazy:
    """
    One row for each group and invoice of a period that is a sale, as `purchases` has it; of known and of unknown customers.

    Credit notes count up to the end of the period. An invoice whose lines are in several groups is a sale of each of them.
    """
    sales.require("document_id", *(("issued_on",) if period else ()))
    lines = sales.frame if period is None else sales.frame.filter(nw.col("issued_on") < day_literal(period.end))
    lines = lines.filter(~nw.col("document_id").is_null())
    if "document_subtype" in sales.dtypes:
        lines = lines.filter(~nw.col("document_subtype").fill_null("normal").is_in(("down_payment", "pro_forma")))
    invoiced = lines.filter(nw.col("document_kind") == "invoice") if "document_kind" in sales.dtypes else lines
    keys = ("document_id", *sales.currency)
    nets = invoiced.select(*keys, sales.amount("revenue")).group_by(*keys).agg(nw.col("revenue").sum())
    if "reverses_document_id" in sales.dtypes:
        nets = less_reversals(sales, nets, lines)
    sold = sales.keyed(nets.filter(nw.col("revenue") > 0).select(*keys)).select("document_id", *sales.currency_key)
    within = invoiced if period is None else invoiced.filter(nw.col("issued_on") >= period.start)
    named = sales.keyed(within.select(*dict.fromkeys((*groups, *keys))).unique())
    return named.join(sold, on=["document_id", *sales.currency_key], how="inner").select(*dict.fromkeys((*groups, "document_id")))
