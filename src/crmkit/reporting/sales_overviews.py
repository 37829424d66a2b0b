"""The sales overview: it only puts the rules of other rooms together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import narwhals.stable.v2 as nw
import polars as pl

from crmkit import facts
from crmkit._checks import check_choice, check_date, check_int, check_kind, check_mapping, refused
from crmkit._frames import Asked, opened
from crmkit.classification import add_abc_class, lost_customers
from crmkit.entities import AbcClass
from crmkit.entities._fields import FrozenMapping
from crmkit.errors import MissingColumnError
from crmkit.facts.purchases import purchases
from crmkit.metrics import gross_profit_by
from crmkit.periods import Interval, days
from crmkit.reporting.call_lists import due_calls
from crmkit.reporting.overview_values import CurrencyOverview, SalesOverview
from crmkit.reporting.rows import calls_of, class_cells, customers_of, totals_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from narwhals.stable.v2.typing import IntoFrame

CALL_EVERY: Mapping[AbcClass, Interval] = FrozenMapping({"A": days(30), "B": days(60), "C": days(90)})
"""Contact frequency by class, unless given."""
_CLASSES: tuple[AbcClass, ...] = ("A", "B", "C")


def sales_overview(
    sales: IntoFrame,
    *,
    as_of: date,
    lost_since: date | None = None,
    customers: IntoFrame | None = None,
    call_every: Mapping[AbcClass, Interval] = CALL_EVERY,
    most: int = 10,
) -> SalesOverview:
    """
    Put together what sales say about customers, on a day.

    Amounts of different currencies are never added: each currency has its own part. A customer with several currencies
    is on the call list of the one in which his class is best. The last purchase stands for the last contact.

    Args:
        sales: The table of `crmkit.facts.sales`, of any engine. Without `cost` all cost is unknown.
        as_of: Today; lines dated later are counted and left out.
        lost_since: Who bought before this day and not since is lost; twelve months before *as_of* unless given.
        customers: The table of `crmkit.facts.customers`: names, and who is active since when. Without it all customers
            of *sales* are active, and created with their first purchase.
        call_every: Contact frequency by class; a class that is not named is not called.
        most: How many rows a list has at most.

    >>> from datetime import date
    >>> lines = pl.DataFrame({"customer_id": ["C-1", "C-2"], "issued_on": [date(2026, 1, 5)] * 2, "revenue": [100, 80], "cost": [60, 90]})
    >>> overview = sales_overview(lines, as_of=date(2026, 3, 1))
    >>> overview.currencies[0].loss_makers, overview.currencies[0].totals.gross_profit
    (1, Decimal('30'))
    """
    check_date("as_of", as_of)
    check_int("most", most, at_least=0)
    since = _a_year_before(as_of) if lost_since is None else check_date("lost_since", lost_since)
    if since > as_of:
        raise refused("lost_since", since, f"a day up to as_of={as_of}")
    given_gaps = {check_choice("call_every", name, AbcClass): gap for name, gap in check_mapping("call_every", call_every).items()}
    every = FrozenMapping({name: check_kind("call_every", given_gaps[name], Interval) for name in _CLASSES if name in given_gaps})
    given = _with_all_columns(_in_polars(sales))
    lines = given.filter(pl.col("issued_on") <= as_of)
    parties = None if customers is None else _in_polars(customers)
    profits = gross_profit_by(lines, "customer_id")
    per_customer = _per_customer(profits.filter(pl.col("customer_id").is_not_null()), lines, parties, since=since, as_of=as_of)
    calls = due_calls(per_customer, as_of=as_of, every=every)
    return SalesOverview(
        as_of=as_of,
        lost_since=since,
        call_every=every,
        lines_after=given.height - lines.height,
        currencies=tuple(
            _of_currency(
                totals, _only(per_customer, totals["currency"]), _only(calls, totals["currency"]), as_of=as_of, every=every, most=most
            )
            for totals in _totals(lines, profits).iter_rows(named=True)
        ),
    )


def _a_year_before(as_of: date) -> date:
    """The same day of the year before; of 29 February the 28th."""
    is_leap_day = (as_of.month, as_of.day) == (2, 29)
    return as_of.replace(year=as_of.year - 1, day=28 if is_leap_day else as_of.day)


def _in_polars(frame: IntoFrame) -> pl.DataFrame:
    if isinstance(frame, pl.DataFrame):
        return frame
    return cast("pl.DataFrame", nw.from_native(frame).lazy().collect("polars").to_native())


def _with_all_columns(sales: pl.DataFrame) -> pl.DataFrame:
    """The standard table, with columns of nothing for those that are missing."""
    table = sales if "document_kind" in sales.columns else facts.sales(sales)
    if "revenue" not in table.columns:
        raise MissingColumnError(("revenue",), tuple(table.columns), "sales")
    absent: dict[str, Any] = {"cost": table.schema["revenue"], "currency": pl.String, "document_id": pl.String}
    kinds = {name: table.schema[name] for name in ("revenue", "cost") if name in table.columns}
    return table.with_columns(
        *(pl.lit(None, dtype=dtype).alias(name) for name, dtype in absent.items() if name not in table.columns),
        # A sum of whole numbers may leave 64 bits; what is no number is unknown.
        *(pl.col(name).cast(pl.Decimal(38, 0)) for name, dtype in kinds.items() if dtype.is_integer()),
        *(pl.when(pl.col(name).is_finite()).then(pl.col(name)).alias(name) for name, dtype in kinds.items() if dtype.is_float()),
    )


def _only(frame: pl.DataFrame, currency: str | None) -> pl.DataFrame:
    return frame.filter(pl.col("currency").eq_missing(pl.lit(currency)))


def _totals(lines: pl.DataFrame, profits: pl.DataFrame) -> pl.DataFrame:
    """Counts and sums of each currency; those of profit are the sums over customers and over nobody."""
    nobody, credited = pl.col("customer_id").is_null(), pl.col("document_kind") == "credit_note"
    revenue, document, day = pl.col("revenue"), pl.col("document_id"), pl.col("issued_on")
    counts = lines.group_by("currency").agg(
        pl.len().alias("lines"),
        document.drop_nulls().n_unique().alias("documents"),
        pl.col("customer_id").drop_nulls().n_unique().alias("customers"),
        day.min().alias("first_on"),
        day.max().alias("last_on"),
        nobody.sum().alias("lines_without_customer"),
        revenue.filter(nobody).sum().alias("revenue_without_customer"),
        document.filter(credited).drop_nulls().n_unique().alias("credit_notes"),
        credited.sum().alias("credit_note_lines"),
        revenue.filter(credited).sum().alias("credited"),
    )
    sums = profits.group_by("currency").agg(
        pl.col("revenue", "revenue_without_cost").sum(),
        pl.when(pl.col("gross_profit").count() > 0).then(pl.col("gross_profit").sum()).alias("gross_profit"),
    )
    return counts.join(sums, on="currency", how="left", nulls_equal=True).sort(
        "lines", "currency", descending=[True, False], nulls_last=True
    )


def _per_customer(profits: pl.DataFrame, lines: pl.DataFrame, parties: pl.DataFrame | None, *, since: date, as_of: date) -> pl.DataFrame:
    """One row per customer and currency: figures, both classes, last purchase, whether lost."""
    known = lines.lazy().filter(pl.col("customer_id").is_not_null())
    everyone = profits.lazy().select("customer_id").unique()
    if parties is None:
        about = everyone
    else:
        about = everyone.join(parties.lazy().cast({"customer_id": profits.schema["customer_id"]}), on="customer_id", how="left")
    lost = lost_customers(about, known, since=since, as_of=as_of, active=True, created_on="first_purchase")
    (table,) = opened(Asked(known, "sales", needs=("customer_id",), amounts=("revenue",)))
    last = table.back(purchases(table, as_of=as_of).group_by("customer_id").agg(nw.col("purchased_on").max().alias("last_purchase_on")))
    there = () if parties is None else parties.columns
    absent = {"name": pl.lit(None, dtype=pl.String), "active": pl.lit(value=True)}
    shown = about.select("customer_id", *(pl.col(name) if name in there else unknown.alias(name) for name, unknown in absent.items()))
    classed = add_abc_class(add_abc_class(profits.lazy(), value="revenue", into="by_revenue"), value="gross_profit", into="by_profit")
    return (
        classed.join(last, on="customer_id", how="left")
        .join(lost.select("customer_id", "never_bought"), on="customer_id", how="left")
        .join(shown, on="customer_id", how="left")
        .with_columns(pl.coalesce("gross_profit", "revenue").alias("value"), pl.col("customer_id").cast(pl.String))
        .collect()
    )


def _of_currency(
    totals: Mapping[str, Any], customers: pl.DataFrame, calls: pl.DataFrame, *, as_of: date, every: Mapping[AbcClass, Interval], most: int
) -> CurrencyOverview:
    losing = customers.filter("loss_making").sort("revenue", "customer_id", descending=[True, False])
    lost = customers.filter(~pl.col("never_bought")).sort("value", "customer_id", descending=[True, False])
    counted = dict(calls.group_by("abc_class").len().iter_rows())
    return CurrencyOverview(
        currency=totals["currency"],
        totals=totals_of(totals),
        classes=class_cells(customers),
        loss_makers=losing.height,
        largest_loss_makers=customers_of(losing.head(most)),
        lost=lost.height,
        never_bought=customers.filter("never_bought").height,
        most_valuable_lost=customers_of(lost.head(most)),
        calls_due=FrozenMapping({name: counted.get(name, 0) for name in every}),
        calls=calls_of(calls.head(most), as_of=as_of, every=every),
    )
