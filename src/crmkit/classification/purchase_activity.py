"""Who buys, and who stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import narwhals.stable.v2 as nw

from crmkit._checks import check_choice, check_date, check_kind, check_text, refused
from crmkit._frames import Asked, F, Table, check_same, day_literal, opened
from crmkit.facts.purchases import purchases

if TYPE_CHECKING:
    from datetime import date

    from crmkit._frames import Lazy

__all__ = ["CreatedOn", "PurchaseActivity", "add_purchase_activity", "customers_with_revenue", "lost_customers"]

PurchaseActivity = Literal["active", "lost", "never_bought", "inactive"]
CreatedOn = Literal["first_purchase"]


def lost_customers(
    customers: F, sales: F, *, since: date, as_of: date, active: bool | None = None, created_on: CreatedOn | None = None
) -> F:
    """
    Customers who were there before a day and have bought nothing from that day on.

    A row is kept when it is a customer, is active, was created strictly before *since*, and has no purchase dated from *since* to
    *as_of*. A purchase is an invoice with net revenue above zero that is not wholly reversed by credit notes or cancellations dated up
    to *as_of*; without `reverses_document_id` in sales an invoice counts. Customers who never bought are kept and flagged. What is not
    known to be true (a null in `active` or `created_on`) is not. It is not the complement of `customers_with_revenue`.

    >>> import polars as pl
    >>> from datetime import date
    >>> customers = pl.DataFrame({"customer_id": ["C-1", "C-2", "C-3"], "created_on": [date(2020, 1, 1)] * 3, "active": [True] * 3})
    >>> sales = pl.DataFrame({"customer_id": ["C-1", "C-2"], "issued_on": [date(2025, 3, 1), date(2026, 3, 1)], "revenue": [100, 100]})
    >>> lost = lost_customers(customers, sales, since=date(2026, 1, 1), as_of=date(2026, 6, 30))
    >>> lost.sort("customer_id").select("customer_id", "last_purchase_on", "never_bought").rows()
    [('C-1', datetime.date(2025, 3, 1), False), ('C-3', None, True)]

    Args:
        customers: One row per party with `customer_id`, `created_on` (Date) and `active` (Boolean); where there is `is_customer`
            (Boolean), rows in which it is not true are left out.
        sales: Lines with `customer_id`, `issued_on` (Date), `revenue` (amount); `document_id`, `document_kind` and
            `reverses_document_id` are used where they are.
        since: The first day on which a purchase counts.
        as_of: Today; what is dated later is not known yet.
        active: For customers without that column: what holds for all of them.
        created_on: For customers without that column: "first_purchase" takes the day of the first purchase; who never bought is kept.

    Returns:
        The columns of *customers*, `last_purchase_on` (Date, null for never) and `never_bought` (Boolean); where something was stated
        for all customers, `active` or `created_on` hold it and `assumption` (String) names it.

    Raises:
        MissingColumnError: For a frame without one of these columns.
        MixedFramesError: For frames of two kinds.
        InvalidValueError: For *since* after *as_of*, and for columns of another type.
    """
    if check_date("since", since) > check_date("as_of", as_of):
        raise refused("since", since, f"a day up to as_of={as_of}")
    parties, lines = _opened(customers, sales)
    stated = _stated(parties, active=active, created_on=created_on)
    instead = ', or say what holds for all of them: active=True, created_on="first_purchase"'
    parties.require(*(name for name in ("active", "created_on") if name not in stated), otherwise=instead)
    bought = _with_purchases(parties, lines, as_of=as_of).with_columns(value.alias(name) for name, value in stated.items())
    early = nw.col("created_on") < day_literal(since)
    if "created_on" in stated:
        early |= nw.col("created_on").is_null()
    lost = bought.filter(_is_customer(parties), _is_true("active"), early, ~_bought_since(since))
    made = {"last_purchase_on": nw.col("_last"), "never_bought": nw.col("_last").is_null()}
    if stated:
        named = (f"active={active}" if name == "active" else f"created_on={created_on}" for name in stated)
        made["assumption"] = nw.lit("; ".join(named))
    kept = [name for name in (*parties.columns, *stated) if name not in made]
    return parties.back(lost.select(*kept, *(value.alias(name) for name, value in made.items())))


def customers_with_revenue(sales: F, *, since: date) -> F:
    """
    Customers whose net revenue from a day on is above zero, in any currency, whatever their flags.

    Net revenue is invoices less credit notes. It is not the complement of `lost_customers`: an invoice with a larger bonus makes a
    purchase without revenue, and a customer who is switched off may have revenue.

    >>> import polars as pl
    >>> from datetime import date
    >>> sales = pl.DataFrame({"customer_id": ["C-1", "C-2"], "issued_on": [date(2025, 3, 1), date(2026, 3, 1)], "revenue": [100, 80]})
    >>> customers_with_revenue(sales, since=date(2026, 1, 1)).rows()
    [('C-2', 80, 1)]

    Args:
        sales: Lines with `customer_id`, `issued_on` (Date), `revenue` (amount); `document_id`, `document_kind` and
            `reverses_document_id` are used where they are.
        since: The first day that counts.

    Returns:
        `customer_id`, `currency` where there is one, `revenue` (amount) and `purchases` (count), one row per customer and currency.

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    (table,) = opened(Asked(sales, "sales", needs=("customer_id", "issued_on"), amounts=("revenue",)))
    first = day_literal(check_date("since", since))
    groups = ("customer_id", *table.currency)
    known = table.frame.filter(nw.col("issued_on") >= first, ~nw.col("customer_id").is_null())
    revenue = known.select(*groups, table.amount("revenue")).group_by(*groups).agg(nw.col("revenue").sum())
    positive = table.keyed(revenue.with_columns(table.total(nw.col("revenue"), "revenue"))).filter(nw.col("revenue") > 0)
    counted = table.keyed(purchases(table, as_of=None).filter(nw.col("purchased_on") >= first))
    keys = ["customer_id", *table.currency_key]
    counts = counted.group_by(*keys).agg(nw.len().alias("purchases"))
    joined = positive.join(counts, on=keys, how="left")
    return table.back(joined.select(*groups, "revenue", nw.col("purchases").fill_null(0).cast(nw.Int64)))


def add_purchase_activity(customers: F, sales: F, *, since: date, into: str = "purchase_activity") -> F:
    """
    Say of each row whether it buys: a partition into active, lost, never_bought and inactive.

    "active" has a purchase from *since* on; "lost" and "never_bought" are the rows of `lost_customers`; "inactive" is everyone else:
    switched off, no customer, or created too late to be lost, and without a purchase from *since* on.

    >>> import polars as pl
    >>> from datetime import date
    >>> customers = pl.DataFrame({"customer_id": ["C-1", "C-2"], "created_on": [date(2020, 1, 1)] * 2, "active": [True, False]})
    >>> sales = pl.DataFrame({"customer_id": ["C-1"], "issued_on": [date(2025, 3, 1)], "revenue": [100]})
    >>> add_purchase_activity(customers, sales, since=date(2026, 1, 1)).sort("customer_id")["purchase_activity"].to_list()
    ['lost', 'inactive']

    Args:
        customers: As for `lost_customers`.
        sales: As for `lost_customers`; all of it is taken as known.
        since: The first day on which a purchase counts.
        into: Name of the new column; a column of this name is replaced.

    Returns:
        The columns of *customers* and *into* (String).

    Raises:
        MissingColumnError: For a frame without one of these columns.
        MixedFramesError: For frames of two kinds.
    """
    check_date("since", since)
    if check_text("into", into) == "customer_id":
        raise refused("into", into, "another name than customer_id")
    parties, lines = _opened(customers, sales)
    parties.require("active", "created_on")
    may_be_lost = _is_customer(parties) & _is_true("active") & (nw.col("created_on") < day_literal(since))
    activity = (
        nw.when(_bought_since(since))
        .then(nw.lit("active"))
        .when(may_be_lost & nw.col("_last").is_null())
        .then(nw.lit("never_bought"))
        .when(may_be_lost)
        .then(nw.lit("lost"))
        .otherwise(nw.lit("inactive"))
    )
    said = _with_purchases(parties, lines, as_of=None).with_columns(activity.alias(into))
    return parties.back(said.drop("_first", "_last"))


def _opened(customers: F, sales: F) -> tuple[Table[F], Table[F]]:
    parties, lines = opened(
        Asked(customers, "customers", needs=("customer_id",)),
        Asked(sales, "sales", needs=("customer_id", "issued_on"), amounts=("revenue",)),
    )
    check_same("customer_id", parties.dtypes["customer_id"], lines.dtypes["customer_id"], where=("customers", "sales"))
    return parties, lines


def _stated(parties: Table[Any], *, active: bool | None, created_on: CreatedOn | None) -> dict[str, nw.Expr]:
    """What the caller says of all customers where the frame has no column for it."""
    stated = {}
    if active is not None and "active" not in parties.dtypes:
        stated["active"] = nw.lit(check_kind("active", active, bool))
    if created_on is not None:
        check_choice("created_on", created_on, CreatedOn)
        if "created_on" not in parties.dtypes:
            stated["created_on"] = nw.col("_first")
    return stated


def _with_purchases(parties: Table[Any], lines: Table[Any], *, as_of: date | None) -> Lazy:
    """The parties with the days of their first and last purchase."""
    day = nw.col("purchased_on")
    per_customer = purchases(lines, as_of=as_of).group_by("customer_id").agg(day.min().alias("_first"), day.max().alias("_last"))
    return parties.frame.join(per_customer, on="customer_id", how="left")


def _is_customer(parties: Table[Any]) -> nw.Expr:
    if "is_customer" not in parties.dtypes:
        return nw.lit(value=True)
    parties.require("is_customer")
    return _is_true("is_customer")


def _is_true(name: str) -> nw.Expr:
    """Whether it is known to be true; a bare column with nulls is no condition in pandas."""
    return nw.col(name) == nw.lit(value=True)


def _bought_since(since: date) -> nw.Expr:
    return ~nw.col("_last").is_null() & (nw.col("_last") >= day_literal(since))
