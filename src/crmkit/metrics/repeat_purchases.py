"""What models of repeat purchase read: how often and how recently customers bought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from crmkit._checks import check_choice, check_date
from crmkit._frames import Asked, F, day_literal, day_number, day_ordinal, opened, ratio
from crmkit.facts.purchases import Purchase
from crmkit.metrics.values import VALUE, with_value

if TYPE_CHECKING:
    from datetime import date

    from crmkit._frames import Lazy, Table

__all__ = ["repeat_purchases_by"]

_MADE = ("repeats", "span_days", "age_days", "mean_value")


def repeat_purchases_by(sales: F, *by: str, as_of: date, purchase: Purchase, value: str = "revenue") -> F:
    """
    What models of repeat purchase read: how often, how recently and for how long a customer has been buying.

    Definition: repeats = purchases after the first, up to a day; span_days = first to last purchase; age_days = first purchase to that day;
        mean_value = value of the repeats / repeats. A purchase is an invoice, all invoices of a day, or a line; net of the credit notes
        that name its invoice, and above zero: the orders of nothing that published models count are none.
    Unit: counts and days (Int64); mean_value is an amount (Float64).
    Undefined when: there are no repeats: mean_value is null. Who never bought has no row.
    Source: Fader, Hardie, Lee, "RFM and CLV: Using Iso-Value Curves for Customer Base Analysis", Journal of Marketing Research 42 (2005) 4.

    >>> import polars as pl
    >>> from datetime import date
    >>> days = [date(2026, 1, 1), date(2026, 1, 11), date(2026, 1, 31)]
    >>> sales = pl.DataFrame({"customer_id": ["C-1"] * 3, "issued_on": days, "revenue": [10, 30, 50]})
    >>> repeat_purchases_by(sales, "customer_id", as_of=date(2026, 2, 10), purchase="day").rows()
    [('C-1', 2, 30, 40, 40.0)]

    Args:
        sales: Lines with `issued_on` (Date), `revenue`, *value* and the columns of *by*; `document_id` for purchase="document";
            `document_kind`, `document_subtype` and `reverses_document_id` are used where they are.
        by: Columns that make a group, usually "customer_id".
        as_of: The last day that counts.
        purchase: What counts as one purchase.
        value: Column (amount) to average; "gross_profit" is revenue − cost.

    Returns:
        The columns of *by*, `currency` where there is one, `repeats`, `span_days`, `age_days` (Int64), `mean_value` (Float64).

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    check_choice("purchase", purchase, Purchase)
    needs = ("issued_on", *(("document_id",) if purchase == "document" else ()))
    (given,) = opened(Asked(sales, "sales", needs=needs, amounts=("revenue",), optional_amounts=(value, "cost")))
    table = with_value(given, value)
    groups = table.groups(by, made=_MADE)
    known = table.frame.filter(nw.col("issued_on") <= day_literal(check_date("as_of", as_of)), *(~nw.col(name).is_null() for name in by))
    each = _purchases(table, known, groups, purchase)
    dated = each.with_columns(day_number(nw.col("_on")).alias("_day"))
    # The first purchase of each is left out of the mean, and where several fall on the first day, one of them.
    place = nw.col("_day").rank("ordinal").over(*groups) if groups else nw.col("_day").rank("ordinal")
    repeated = dated.with_columns(place.alias("_place"))
    later = repeated.with_columns(nw.when(nw.col("_place") > 1).then(nw.col(VALUE)).cast(nw.Float64).alias("_repeat"))
    ends = [nw.col("_day").min().alias("_first"), nw.col("_day").max().alias("_last"), nw.len().alias("_count"), nw.col("_repeat").sum()]
    named = later.select(*groups, "_day", "_repeat")
    sums = named.group_by(*groups).agg(*ends) if groups else named.select(*ends)
    made = sums.with_columns(
        (nw.col("_count").cast(nw.Int64) - 1).alias("repeats"),
        (nw.col("_last") - nw.col("_first")).cast(nw.Int64).alias("span_days"),
        (day_ordinal(as_of) - nw.col("_first")).cast(nw.Int64).alias("age_days"),
    )
    return table.back(made.with_columns(ratio(nw.col("_repeat"), nw.col("repeats")).alias("mean_value")).select(*groups, *_MADE))


def _purchases(table: Table[Any], lines: Lazy, groups: tuple[str, ...], purchase: Purchase) -> Lazy:
    """One row for each purchase, with its day and value."""
    if "document_subtype" in table.dtypes:
        lines = lines.filter(~nw.col("document_subtype").fill_null("normal").is_in(("down_payment", "pro_forma")))
    invoiced = nw.col("document_kind") == "invoice" if "document_kind" in table.dtypes else nw.col("revenue") > nw.lit(0)
    amounts = [table.amount("revenue").alias("_revenue"), table.amount(VALUE).alias(VALUE)]
    if purchase == "line":
        kept = lines.filter(invoiced, nw.col("revenue") > 0)
        return kept.select(*groups, nw.col("issued_on").alias("_on"), *amounts)
    document = [nw.col("document_id")] if "document_id" in table.dtypes else []
    if document and "reverses_document_id" in table.dtypes:
        reverses = nw.col("reverses_document_id")
        document = [nw.when(reverses.is_null()).then(nw.col("document_id")).otherwise(reverses).alias("document_id")]
    elif "document_kind" in table.dtypes:
        lines = lines.filter(nw.col("document_kind") == "invoice")
    bought = invoiced if "reverses_document_id" not in table.dtypes else invoiced & nw.col("reverses_document_id").is_null()
    day = nw.when(bought.fill_null(value=False)).then(nw.col("issued_on")).alias("_on")
    named = lines.select(*groups, *document, day, nw.col("issued_on").alias("_issued"), *amounts)
    # Without a document, all lines of a day are one invoice.
    apart = nw.when(nw.col("document_id").is_null()).then(nw.col("_issued")).alias("_day") if document else nw.col("_issued").alias("_day")
    keys = (*groups, *(("document_id",) if document else ()), "_day")
    unique = tuple(dict.fromkeys(keys))
    sums = (
        named.with_columns(apart)
        .select(*unique, "_on", "_revenue", VALUE)
        .group_by(*unique)
        .agg(nw.col("_on").min(), nw.col("_revenue", VALUE).sum())
    )
    real = sums.filter(nw.col("_revenue") > 0, ~nw.col("_on").is_null())
    if purchase == "document":
        return real
    dates = tuple(dict.fromkeys((*groups, "_on")))
    return real.select(*dates, "_revenue", VALUE).group_by(*dates).agg(nw.col("_revenue", VALUE).sum())
