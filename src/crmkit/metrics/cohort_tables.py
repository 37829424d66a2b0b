"""What became of the customers of each month, and how long customers stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from crmkit._checks import check_date, check_kind
from crmkit._frames import Asked, F, day_number, day_ordinal, known_rows, one_where, opened, ratio, stacked, with_added
from crmkit.facts.purchases import purchases
from crmkit.metrics.retention import bought_by
from crmkit.periods import Interval, Period

if TYPE_CHECKING:
    from datetime import date

    from crmkit._frames import Lazy, Table

__all__ = ["cohorts", "survival"]

_COHORT = ("cohort", "months_later")
_MONTHS_A_YEAR = 12


def cohorts(sales: F, *, period: Period) -> F:
    """
    What became of the customers of each month, month by month.

    Definition: a cohort are the customers whose first purchase is in a month. customers = those of them with a purchase so many months
        later; revenue and gross profit are theirs of that month; retention_rate = customers / size of the cohort.
    Unit: counts, amounts in the frame's own numeric type, and a ratio (Float64).
    Undefined when: gross profit where something was sold and no cost is known: null.
    Source: Fader, Hardie, "Probability Models for Customer-Base Analysis", Journal of Interactive Marketing 23 (2009) 1.

    >>> import polars as pl
    >>> from datetime import date
    >>> from crmkit import Period
    >>> days = [date(2026, 1, 5), date(2026, 1, 9), date(2026, 3, 1)]
    >>> sales = pl.DataFrame({"customer_id": ["C-1", "C-2", "C-1"], "issued_on": days, "revenue": [100, 50, 70], "cost": [60, 20, 30]})
    >>> cohorts(sales, period=Period.quarter(2026, 1)).select("months_later", "customers", "revenue", "retention_rate").rows()
    [(0, 2, 150, 1.0), (1, 0, 0, 0.0), (2, 1, 70, 0.5)]

    Args:
        sales: Lines with `customer_id`, `issued_on` (Date), `revenue` and `cost`; otherwise as for `retention_by`.
        period: Months of the cohorts, and of what they bought; months that it only touches count in full.

    Returns:
        `cohort` (Date, first day of the month), `currency` where there is one, `months_later`, `customers` (Int64), `revenue`,
        `revenue_without_cost`, `gross_profit`, `retention_rate` (Float64); every month up to the end of the period, sorted.

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    months = check_kind("period", period, Period).months()
    (table,) = opened(Asked(sales, "sales", needs=("customer_id", "issued_on"), amounts=("revenue", "cost")))
    keys = ("customer_id", *table.currency)
    bought = bought_by(table, keys)
    first = (
        bought.group_by(*keys)
        .agg(nw.col("purchased_on").min())
        .with_columns(nw.col("purchased_on").dt.truncate("1mo").cast(nw.Date).alias("cohort"))
    )
    first = first.filter(nw.col("cohort") >= months[0].start, nw.col("cohort") < months[-1].end)
    joined = table.keyed(first.select(*keys, "cohort", _month("cohort").alias("_first"))).drop(*table.currency)
    groups = (*_COHORT, *table.currency)
    sizes = (
        table.keyed(first).group_by("cohort", *table.currency).agg(nw.len().alias("_size")).with_columns(_month("cohort").alias("_first"))
    )
    last = _number(months[-1].start)
    months_later = known_rows(table, {"months_later": range(len(months))})
    grid = sizes.join(months_later, how="cross").filter(nw.col("_first") + nw.col("months_later") <= last)
    active = _later(table, bought, joined, "purchased_on", last)
    # By groups, since `unique` is a window over all rows on some engines.
    active = active.group_by("customer_id", *groups).agg(nw.len().alias("_purchases"))
    lines = _later(table, table.frame.select(*keys, "issued_on", table.amount("revenue"), table.amount("cost")), joined, "issued_on", last)
    known = ~nw.col("revenue").is_null() & ~nw.col("cost").is_null()
    lines = lines.with_columns(
        *(nw.when(known).then(nw.col(name)).alias(f"_{name}") for name in ("revenue", "cost")), one_where(known).alias("_costed")
    )
    added = lines.group_by(*groups).agg(nw.col("revenue", "_revenue", "_cost", "_costed").sum(), nw.len().alias("_lines"))
    counted = active.group_by(*groups).agg(nw.len().alias("customers"))
    revenue, cost = (table.total_dtype(name) or nw.Float64() for name in ("revenue", "cost"))
    counts = {name: nw.Int64() for name in ("_size", "customers", "_costed", "_lines")}
    sums = stacked([grid, counted, added], groups, {**counts, "revenue": revenue, "_revenue": revenue, "_cost": cost})
    profit = table.total(nw.col("_revenue") - nw.col("_cost"), "revenue", "cost")
    made = sums.with_columns(
        nw.when((nw.col("_costed") > 0) | (nw.col("_lines") == 0)).then(profit).alias("gross_profit"),
        table.total(nw.col("revenue") - nw.col("_revenue"), "revenue").alias("revenue_without_cost"),
        ratio(nw.col("customers"), nw.col("_size")).alias("retention_rate"),
    )
    order = ("cohort", *table.currency, "months_later")
    shown = ("customers", "revenue", "revenue_without_cost", "gross_profit", "retention_rate")
    return table.back(made.select(*order, *shown).sort(*order, nulls_last=True))


def survival(customers: F, sales: F, *, as_of: date, lost_after: Interval) -> F:
    """
    Share of buyers who are still there so many days after their first purchase (Kaplan–Meier).

    Definition: a buyer is lost *lost_after* his last purchase if that day has come, else he is still there (censored) on *as_of*. At each
        number of days at which someone was lost, survival = product of (1 − lost / at_risk) so far; at_risk were there until then.
    Unit: days and counts (Int64), survival is a ratio (Float64).
    Undefined when: never; where nobody was lost there are no rows.
    Source: Kaplan, Meier, "Nonparametric Estimation from Incomplete Observations", Journal of the American Statistical Association 53
        (1958) 282.

    >>> import polars as pl
    >>> from datetime import date
    >>> from crmkit import days
    >>> customers = pl.DataFrame({"customer_id": ["C-1", "C-2"]})
    >>> sales = pl.DataFrame({"customer_id": ["C-1", "C-2"], "issued_on": [date(2026, 1, 1), date(2026, 3, 1)], "revenue": [100, 50]})
    >>> survival(customers, sales, as_of=date(2026, 3, 31), lost_after=days(30)).rows()
    [(30, 2, 2, 0.0)]

    Args:
        customers: Those who count, with `customer_id`.
        sales: As for `retention_by`.
        as_of: Today; what is dated later is not known yet.
        lost_after: How long after the last purchase a customer counts as lost.

    Returns:
        `days`, `at_risk`, `lost` (Int64) and `survival` (Float64), sorted by days.

    Raises:
        MissingColumnError: For a frame without one of these columns.
        MixedFramesError: For frames of two kinds.
    """
    check_kind("lost_after", lost_after, Interval)
    last_day = day_ordinal(check_date("as_of", as_of))
    people, table = opened(
        Asked(customers, "customers", needs=("customer_id",)),
        Asked(sales, "sales", needs=("customer_id", "issued_on"), amounts=("revenue",)),
    )
    spans = (
        purchases(table, as_of=as_of)
        .group_by("customer_id")
        .agg(nw.col("purchased_on").min().alias("_first"), nw.col("purchased_on").max().alias("_last"))
    )
    counted = spans.join(people.frame.select("customer_id").unique(), on="customer_id", how="inner")
    timed = with_added(
        counted.with_columns(nw.lit(lost_after.months).alias("_months")),
        "_last",
        months="_months",
        days=nw.lit(lost_after.days),
        into="_lost",
    )
    timed = timed.with_columns(day_number(nw.col("_first")).alias("_start"))
    gone = nw.col("_lost") <= last_day
    ended = timed.with_columns(one_where(gone).alias("lost"), nw.when(gone).then(nw.col("_lost")).otherwise(nw.lit(last_day)).alias("_end"))
    each = ended.with_columns((nw.col("_end") - nw.col("_start")).cast(nw.Int64).alias("days"))
    daily = each.group_by("days").agg(nw.col("lost").sum(), nw.len().alias("_leave"))
    daily = daily.with_columns(nw.col("_leave").cast(nw.Int64), nw.col("lost").cast(nw.Int64))
    risked = daily.with_columns(nw.col("_leave").sum().alias("_all"), nw.col("_leave").cum_sum().over(order_by="days").alias("_left"))
    risked = risked.with_columns((nw.col("_all") - nw.col("_left") + nw.col("_leave")).cast(nw.Int64).alias("at_risk")).filter(
        nw.col("lost") > 0
    )
    stay = nw.col("at_risk") - nw.col("lost")
    chance = risked.with_columns(nw.when(stay > 0).then(stay).otherwise(nw.lit(1)).cast(nw.Float64).alias("_stay"))
    logs = chance.with_columns((nw.col("_stay").log() - nw.col("at_risk").cast(nw.Float64).log()).alias("_log"))
    summed_up = logs.with_columns(nw.col("_log").cum_sum().over(order_by="days").exp().alias("survival"))
    result = summed_up.with_columns(nw.when(stay > 0).then(nw.col("survival")).otherwise(nw.lit(0).cast(nw.Float64)).alias("survival"))
    return table.back(result.select("days", "at_risk", "lost", "survival").sort("days"))


def _later(table: Table[Any], rows: Lazy, first: Lazy, on: str, last: int) -> Lazy:
    """Rows of the customers of a cohort, with how many months later they are."""
    joined = table.keyed(rows).join(first, on=["customer_id", *table.currency_key], how="inner")
    numbered = joined.with_columns((_month(on) - nw.col("_first")).alias("months_later"))
    # Both of two tables, else engines test it before they join, and then take one side for another table than where it is read without.
    return numbered.filter(nw.col("months_later") >= 0, nw.col("_first") + nw.col("months_later") <= last)


def _month(name: str) -> nw.Expr:
    return nw.col(name).dt.year().cast(nw.Int64) * _MONTHS_A_YEAR + nw.col(name).dt.month().cast(nw.Int64) - 1


def _number(day: date) -> int:
    return day.year * _MONTHS_A_YEAR + day.month - 1
