"""From lead to repeat buyer: how far somebody has come, told by what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import narwhals.stable.v2 as nw

from crmkit._checks import check_date, check_int, check_kind, check_text, refused
from crmkit._frames import Asked, F, Table, check_same, day_literal, opened
from crmkit.facts.purchases import purchases

if TYPE_CHECKING:
    from datetime import date

    from crmkit._frames import Lazy

__all__ = ["LifecycleStage", "add_lifecycle_stage", "lifecycle_stage", "quote_only_customers"]

LifecycleStage = Literal["lead", "contacted", "quoted", "buyer", "repeat_buyer", "lapsed"]

_ORDERED = ("order", "delivery_note", "invoice")
_NOT_SENT = ("cancelled",)


def lifecycle_stage(*, contacts: int, quotes: int, purchases: int, bought_since: bool) -> LifecycleStage:
    """
    Tell how far somebody has come; everyone is in exactly one stage.

    Who bought is a buyer, from the second purchase on a repeat buyer, or lapsed when the last purchase is before the day that counts.
    Who did not is quoted, else contacted, else a lead.

    >>> lifecycle_stage(contacts=3, quotes=1, purchases=0, bought_since=False)
    'quoted'
    >>> lifecycle_stage(contacts=3, quotes=1, purchases=2, bought_since=False)
    'lapsed'

    Args:
        contacts: How many contacts there were.
        quotes: How many quotes, orders, delivery notes or invoices went to him.
        purchases: How many purchases he made.
        bought_since: Whether the last one is recent enough.

    Raises:
        InvalidValueError: For negative numbers, and for a recent purchase of somebody who made none.
    """
    for name, count in (("contacts", contacts), ("quotes", quotes), ("purchases", purchases)):
        check_int(name, count, at_least=0)
    if check_kind("bought_since", bought_since, bool) and not purchases:
        raise refused("bought_since", bought_since, "False for somebody without a purchase")
    if purchases:
        return "lapsed" if not bought_since else "buyer" if purchases == 1 else "repeat_buyer"
    return "quoted" if quotes else "contacted" if contacts else "lead"


def add_lifecycle_stage(customers: F, sales: F, documents: F, interactions: F, *, since: date, into: str = "lifecycle_stage") -> F:
    """
    Tell of each party how far it has come, as `lifecycle_stage` does.

    Purchases are those of `lost_customers`, in whatever currency. A quote, an order, a delivery note or an invoice counts unless it is
    cancelled. An interaction counts as a contact unless nobody was reached or it was filed automatically.

    >>> import polars as pl
    >>> from datetime import date
    >>> customers, day = pl.DataFrame({"customer_id": ["C-1", "L-1", "L-2"]}), date(2026, 1, 5)
    >>> sales = pl.DataFrame({"customer_id": ["C-1"], "issued_on": [day], "revenue": [100]})
    >>> documents = pl.DataFrame({"customer_id": ["C-1"], "document_kind": ["invoice"]})
    >>> interactions = pl.DataFrame({"customer_id": ["L-1"]})
    >>> staged = add_lifecycle_stage(customers, sales, documents, interactions, since=date(2025, 7, 1))
    >>> staged.sort("customer_id")["lifecycle_stage"].to_list()
    ['buyer', 'contacted', 'lead']

    Args:
        customers: One row per party with `customer_id`, leads among them.
        sales: Lines with `customer_id`, `issued_on` (Date), `revenue` (amount), and what tells a purchase where it is.
        documents: One row per document with `customer_id` and `document_kind` (String); `state` (String) is used where there is one.
        interactions: One row each with `customer_id`; `reached` and `automatic` (Boolean) are used where they are.
        since: The first day on which a purchase counts as recent.
        into: Name of the new column; a column of this name is replaced.

    Returns:
        The columns of *customers* and *into* (String: lead, contacted, quoted, buyer, repeat_buyer or lapsed).

    Raises:
        MissingColumnError: For a frame without one of these columns.
        MixedFramesError: For frames of several kinds.
    """
    check_date("since", since)
    if check_text("into", into) == "customer_id":
        raise refused("into", into, "another name than customer_id")
    parties, lines, papers, talks = opened(
        Asked(customers, "customers", needs=("customer_id",)),
        Asked(sales, "sales", needs=("customer_id", "issued_on"), amounts=("revenue",)),
        Asked(documents, "documents", needs=("customer_id", "document_kind")),
        Asked(interactions, "interactions", needs=("customer_id",)),
    )
    for table in (lines, papers, talks):
        check_same("customer_id", parties.dtypes["customer_id"], table.dtypes["customer_id"], where=("customers", table.name))
    bought = (
        purchases(lines, as_of=None).group_by("customer_id").agg(nw.len().alias("_purchases"), nw.col("purchased_on").max().alias("_last"))
    )
    quoted = _counted(papers.frame.filter(_counts(papers)), "_quotes")
    contacted = _counted(talks.frame.filter(_is_contact(talks)), "_contacts")
    rows = parties.frame
    for counts in (bought, quoted, contacted):
        rows = rows.join(counts, on="customer_id", how="left")
    has = {name: nw.col(name).fill_null(0) for name in ("_purchases", "_quotes", "_contacts")}
    recent = ~nw.col("_last").is_null() & (nw.col("_last") >= day_literal(since))
    stage = (
        nw.when((has["_purchases"] > 0) & ~recent)
        .then(nw.lit("lapsed"))
        .when(has["_purchases"] > 1)
        .then(nw.lit("repeat_buyer"))
        .when(has["_purchases"] == 1)
        .then(nw.lit("buyer"))
        .when(has["_quotes"] > 0)
        .then(nw.lit("quoted"))
        .when(has["_contacts"] > 0)
        .then(nw.lit("contacted"))
        .otherwise(nw.lit("lead"))
    )
    return parties.back(rows.with_columns(stage.alias(into)).drop("_purchases", "_last", "_quotes", "_contacts"))


def quote_only_customers(documents: F, *, since: date, quotes_at_least: int = 1) -> F:
    """
    Customers who ask for quotes and order nothing: since a day they have quotes, and no order, delivery note or invoice.

    >>> import polars as pl
    >>> from datetime import date
    >>> lines = [("C-1", "quote", date(2026, 1, 5)), ("C-2", "quote", date(2026, 1, 5)), ("C-2", "order", date(2026, 1, 9))]
    >>> documents = pl.DataFrame(lines, schema=["customer_id", "document_kind", "issued_on"], orient="row")
    >>> quote_only_customers(documents, since=date(2026, 1, 1)).rows()
    [('C-1', 1, datetime.date(2026, 1, 5))]

    Args:
        documents: One row per document with `customer_id`, `document_kind` (String) and `issued_on` (Date); cancelled ones do not count
            where there is `state` (String).
        since: The first day on which a document counts.
        quotes_at_least: How many quotes somebody must have.

    Returns:
        `customer_id`, `quotes` (count) and `last_quote_on` (Date), in no particular order.

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    check_date("since", since)
    check_int("quotes_at_least", quotes_at_least, at_least=1)
    (table,) = opened(Asked(documents, "documents", needs=("customer_id", "document_kind", "issued_on")))
    counted = table.frame.filter(_counts(table), nw.col("issued_on") >= day_literal(since), ~nw.col("customer_id").is_null())
    is_quote = nw.col("document_kind") == "quote"
    marked = counted.with_columns(
        nw.when(is_quote).then(nw.lit(1)).otherwise(nw.lit(0)).alias("quotes"),
        nw.when(is_quote).then(nw.lit(0)).otherwise(nw.lit(1)).alias("_orders"),
        nw.when(is_quote).then(nw.col("issued_on")).alias("last_quote_on"),
    )
    sums = [nw.col("quotes", "_orders").sum(), nw.col("last_quote_on").max()]
    only = marked.group_by("customer_id").agg(*sums).filter(nw.col("_orders") == 0, nw.col("quotes") >= quotes_at_least)
    return table.back(only.select("customer_id", nw.col("quotes").cast(nw.Int64), "last_quote_on"))


def _counts(documents: Table[Any]) -> nw.Expr:
    """Whether a document is one of a sale and was not cancelled."""
    counts = nw.col("document_kind").is_in(("quote", *_ORDERED))
    return counts & ~nw.col("state").fill_null("open").is_in(_NOT_SENT) if "state" in documents.dtypes else counts


def _is_contact(interactions: Table[Any]) -> nw.Expr:
    """Whether somebody recorded that somebody was reached."""
    counts = ~nw.col("customer_id").is_null()
    # Compared, not taken as they are: in pandas a column of flags with gaps holds objects.
    for name, wrong in (("reached", False), ("automatic", True)):
        if name in interactions.dtypes:
            interactions.require(name)
            counts &= nw.when(nw.col(name) == nw.lit(wrong)).then(nw.lit(0)).otherwise(nw.lit(1)) == 1
    return counts


def _counted(rows: Lazy, into: str) -> Lazy:
    return rows.filter(~nw.col("customer_id").is_null()).group_by("customer_id").agg(nw.len().alias(into))
