"""What a purchase is: the one definition that every analysis of buying uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import narwhals.stable.v2 as nw

from crmkit._frames import check_alike, day_literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from crmkit._frames import Lazy, Table
    from crmkit.periods import Period

__all__ = ["Purchase", "less_reversals", "purchase_rows", "purchases", "sale_documents"]

Purchase = Literal["document", "day", "line"]
"""What counts as one purchase: a document, a day of a customer, or a line."""


_NO_PURCHASE = ("down_payment", "pro_forma")


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
    rows = purchase_rows(sales, as_of=as_of, by=by).filter(nw.col("is_purchase"))  # by `lines` engines would have to count them
    return rows.select("customer_id", *sales.currency, *_further(sales, by), "purchased_on", "lines")


def purchase_rows(
    sales: Table[Any], *, as_of: date | None, by: tuple[str, ...] = (), further: Mapping[str, nw.Expr] | None = None, net: str | None = None
) -> Lazy:
    """
    The documents of known customers with what `purchases` tells of them, in one pass with the sums of *further* amounts.

    With *net*, their whole net revenue is one of those, under this name. Where not `is_purchase`, `purchased_on` is null and `lines` is 0;
    without further amounts such documents may be missing.
    """
    sales.require("customer_id", "issued_on", "revenue")
    lines = sales.frame if as_of is None else sales.frame.filter(nw.col("issued_on") <= day_literal(as_of))
    lines = lines.filter(~nw.col("customer_id").is_null())
    groups, counts = _further(sales, by), _counts(sales)
    if counts is not None and not further and net is None:
        lines, counts = lines.filter(counts), None
    amounts, bought = dict(further or {}), nw.col("_bought")
    if net is not None and counts is not None:
        amounts[net] = sales.amount("revenue")
    left = _documents(sales, _marked(sales, lines, counts, amounts), groups, tuple(amounts))
    if net is not None and counts is None:  # every line counts, so the two sums are one
        left, amounts[net] = left.with_columns(bought.alias(net)), bought
    if groups and "document_id" in sales.dtypes:
        whole = bought.sum().over("customer_id", *sales.currency, "document_id", "_day")
        left = left.with_columns(nw.when(bought > 0).then(whole).otherwise(bought).alias("_bought"))
    is_purchase = bought > 0
    if {"document_id", "reverses_document_id"} <= set(sales.dtypes):
        is_purchase = is_purchase & (nw.col("_positive") > 0)  # else some line is above zero where their sum is
        reversals = sales.frame if as_of is None else sales.frame.filter(nw.col("issued_on") <= day_literal(as_of))
        left = less_reversals(sales, left, _posted(sales, reversals), "_bought")
    result = left.with_columns(
        is_purchase.alias("is_purchase"),
        nw.when(is_purchase).then(nw.col("purchased_on")).alias("purchased_on"),
        nw.when(is_purchase).then(nw.col("_positive")).otherwise(nw.lit(0)).cast(nw.Int64).alias("lines"),
    )
    return result.select("customer_id", *sales.currency, *groups, "is_purchase", "purchased_on", "lines", *amounts)


def _further(sales: Table[Any], by: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in by if name not in {"customer_id", *sales.currency})


def _counts(sales: Table[Any]) -> nw.Expr | None:
    """Which lines can make a purchase: those of invoices, but for down-payments and pro-forma invoices; None for all."""
    tests = []
    if "document_kind" in sales.dtypes:
        tests.append(nw.col("document_kind") == "invoice")
    if "document_subtype" in sales.dtypes:
        tests.append(~nw.col("document_subtype").fill_null("normal").is_in(_NO_PURCHASE))
    return nw.all_horizontal(*tests, ignore_nulls=False) if tests else None


def _posted(sales: Table[Any], lines: Lazy) -> Lazy:
    if "document_subtype" not in sales.dtypes:
        return lines
    return lines.filter(~nw.col("document_subtype").fill_null("normal").is_in(_NO_PURCHASE))


def _marked(sales: Table[Any], lines: Lazy, counts: nw.Expr | None, further: Mapping[str, nw.Expr]) -> Lazy:
    """Add what each line brings to a purchase, and the further amounts."""
    revenue, day = sales.amount("revenue"), nw.col("issued_on")
    bought = revenue if counts is None else nw.when(counts).then(revenue)
    marked = lines.with_columns(
        bought.alias("_bought"),
        (day if counts is None else nw.when(counts).then(day)).alias("purchased_on"),
        *(amount.alias(name) for name, amount in further.items()),
    )
    return marked.with_columns(nw.when(nw.col("_bought") > 0).then(nw.lit(1)).otherwise(nw.lit(0)).alias("_positive"))


def _documents(sales: Table[Any], lines: Lazy, groups: tuple[str, ...], further: tuple[str, ...]) -> Lazy:
    """Sums of each document; lines without one count as one invoice for each day of a customer."""
    columns = ("customer_id", *sales.currency, *groups)
    sums = [nw.col("_bought", "_positive", *further).sum(), nw.col("purchased_on").min()]
    values = ("_bought", "_positive", "purchased_on", *further)
    of_day = lines.with_columns(nw.col("issued_on").alias("_day"))
    if "document_id" not in sales.dtypes:
        return of_day.select(*columns, "_day", *values).group_by(*columns, "_day").agg(*sums)
    keys = tuple(dict.fromkeys((*columns, "document_id")))
    named = lines.filter(~nw.col("document_id").is_null()).select(*keys, *values).group_by(*keys).agg(*sums)
    unnamed = of_day.filter(nw.col("document_id").is_null()).select(*keys, "_day", *values).group_by(*keys, "_day").agg(*sums)
    shown = (*keys, "_day", *values)
    return nw.concat([named.with_columns(day_literal(None).alias("_day")).select(*shown), unnamed.select(*shown)])


def less_reversals(sales: Table[Any], invoices: Lazy, lines: Lazy, of: str = "revenue") -> Lazy:
    """Take off what credit notes and cancellations give back of each invoice."""
    if not sales.engine.is_pandas_like():  # where a column of nothing is one of numbers
        ids = ("document_id", "reverses_document_id")
        check_alike(ids[1], *(sales.dtypes[name] for name in ids), where=ids)
    keys = ["document_id", *sales.currency_key]
    reversed_by = (
        sales.keyed(lines.filter(~nw.col("reverses_document_id").is_null()))
        .select(*keys[1:], nw.col("reverses_document_id").alias("document_id"), sales.amount("revenue"))
        .group_by(*keys)
        .agg(nw.col("revenue").sum().alias("_reversed"))
    )
    left = sales.keyed(invoices).join(reversed_by, on=keys, how="left")
    return left.with_columns((nw.col(of) + nw.col("_reversed").fill_null(0)).alias(of))


def sale_documents(sales: Table[Any], groups: tuple[str, ...], period: Period | None) -> Lazy:
    """
    One row for each group and invoice of a period that is a sale, as `purchases` has it; of known and of unknown customers.

    Credit notes count up to the end of the period. An invoice whose lines are in several groups is a sale of each of them.
    """
    sales.require("document_id", *(("issued_on",) if period else ()))
    lines = sales.frame if period is None else sales.frame.filter(nw.col("issued_on") < day_literal(period.end))
    lines = lines.filter(~nw.col("document_id").is_null())
    if "document_subtype" in sales.dtypes:
        lines = lines.filter(~nw.col("document_subtype").fill_null("normal").is_in(_NO_PURCHASE))
    invoiced = lines.filter(nw.col("document_kind") == "invoice") if "document_kind" in sales.dtypes else lines
    keys = ("document_id", *sales.currency)
    nets = invoiced.select(*keys, sales.amount("revenue")).group_by(*keys).agg(nw.col("revenue").sum())
    if "reverses_document_id" in sales.dtypes:
        nets = less_reversals(sales, nets, lines)
    sold = sales.keyed(nets.filter(nw.col("revenue") > 0).select(*keys)).select("document_id", *sales.currency_key)
    within = invoiced if period is None else invoiced.filter(nw.col("issued_on") >= period.start)
    named = sales.keyed(within.select(*dict.fromkeys((*groups, *keys))).unique())
    return named.join(sold, on=["document_id", *sales.currency_key], how="inner").select(*dict.fromkeys((*groups, "document_id")))
