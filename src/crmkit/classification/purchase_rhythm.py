"""Who buys in a rhythm of his own: who is late by it, and who came back after a long time."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

from crmkit._checks import check_date, check_decimal, check_int, check_kind, refused
from crmkit._frames import Asked, F, day_literal, day_number, day_ordinal, opened, with_added
from crmkit.facts.purchases import purchases
from crmkit.periods import Interval, Period

if TYPE_CHECKING:
    from datetime import date

    from crmkit._frames import Lazy, Table

__all__ = ["customers_at_risk", "won_back_customers"]

_OVERDUE = Decimal("1.5")
_PURCHASES = 3


def customers_at_risk(sales: F, *, as_of: date, overdue_at_least: Decimal = _OVERDUE, purchases_at_least: int = _PURCHASES) -> F:
    """
    Customers who have not bought for longer than their own rhythm lets expect.

    The rhythm is the median number of days between two purchase days, in whatever currency. A customer is at risk when the days since
    his last purchase are at least *overdue_at_least* times his rhythm. Who bought on a single day has no rhythm and is not listed.

    >>> import polars as pl
    >>> from datetime import date
    >>> days = [date(2026, 1, 1), date(2026, 1, 31), date(2026, 3, 2)]
    >>> sales = pl.DataFrame({"customer_id": ["C-1"] * 3, "issued_on": days, "revenue": [100] * 3})
    >>> customers_at_risk(sales, as_of=date(2026, 4, 16)).select("rhythm_days", "days_since", "overdue_ratio").rows()
    [(30.0, 45, 1.5)]

    Args:
        sales: Lines with `customer_id`, `issued_on` (Date), `revenue` (amount); `document_id`, `document_kind`, `document_subtype` and
            `reverses_document_id` are used where they are. Lines without a customer are left out.
        as_of: Today; what is dated later is not known yet.
        overdue_at_least: How many times his rhythm somebody must be late; above zero.
        purchases_at_least: How many purchases make a rhythm.

    Returns:
        `customer_id`, `last_purchase_on` (Date), `rhythm_days` (Float64), `days_since` (count) and `overdue_ratio` (Float64: days since
        the last purchase / rhythm); one row for each customer at risk, in no particular order.

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    today = check_date("as_of", as_of)
    at_least = check_decimal("overdue_at_least", overdue_at_least)
    if at_least <= 0:
        raise refused("overdue_at_least", overdue_at_least, "a number above zero; 1.5 is half a rhythm late")
    check_int("purchases_at_least", purchases_at_least, at_least=2)
    table, days = _purchase_days(sales, as_of=today)
    gaps = days.with_columns((nw.col("_day") - nw.col("_before")).cast(nw.Float64).alias("_gap"))
    figures = gaps.group_by("customer_id").agg(
        nw.col("_purchases").sum(),
        nw.col("_gap").median().alias("rhythm_days"),
        nw.col("_day").max().alias("_last"),
        nw.col("purchased_on").max().alias("last_purchase_on"),
    )
    since = (nw.lit(day_ordinal(today)) - nw.col("_last")).cast(nw.Int64)
    figures = figures.with_columns(since.alias("days_since"), (since.cast(nw.Float64) / nw.col("rhythm_days")).alias("overdue_ratio"))
    at_risk = figures.filter(nw.col("_purchases") >= purchases_at_least, nw.col("overdue_ratio") >= float(at_least))
    return table.back(at_risk.select("customer_id", "last_purchase_on", "rhythm_days", "days_since", "overdue_ratio"))


def won_back_customers(sales: F, *, period: Period, gap: Interval) -> F:
    """
    Customers who bought again, in a period, after a long time without a purchase.

    >>> import polars as pl
    >>> from datetime import date
    >>> from crmkit import months
    >>> sales = pl.DataFrame({"customer_id": ["C-1"] * 2, "issued_on": [date(2025, 1, 31), date(2026, 2, 1)], "revenue": [100] * 2})
    >>> won_back_customers(sales, period=Period.year(2026), gap=months(12)).rows()
    [('C-1', datetime.date(2026, 2, 1), datetime.date(2025, 1, 31), 366)]

    Args:
        sales: As for `customers_at_risk`; all of it is taken as known.
        period: When they came back.
        gap: How long, at least, they had bought nothing: the purchase lies on or after the day of the last one before plus the gap.

    Returns:
        `customer_id`, `back_on` (Date, the first such purchase of the period), `last_before_on` (Date) and `gap_days` (count); one row
        for each customer, in no particular order.

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    check_kind("period", period, Period)
    check_kind("gap", gap, Interval)
    table, days = _purchase_days(sales, as_of=None)
    day = nw.col("purchased_on")
    again = days.filter(day >= day_literal(period.start), day < day_literal(period.end), ~nw.col("_before").is_null())
    earliest = again.with_columns(nw.lit(gap.months).cast(nw.Int64).alias("_months"))
    earliest = with_added(earliest, "last_before_on", months="_months", days=nw.lit(gap.days), into="_earliest")
    back = earliest.filter(nw.col("_day") >= nw.col("_earliest"))
    # Who came back twice: of the first return both days are the smaller ones.
    first = back.group_by("customer_id").agg(
        day.min().alias("back_on"), nw.col("last_before_on").min(), nw.col("_day").min(), nw.col("_before").min()
    )
    days_between = (nw.col("_day") - nw.col("_before")).cast(nw.Int64).alias("gap_days")
    return table.back(first.select("customer_id", "back_on", "last_before_on", days_between))


def _purchase_days(sales: F, *, as_of: date | None) -> tuple[Table[F], Lazy]:
    """Each day on which a customer bought, with the one before and how many purchases there were."""
    (table,) = opened(Asked(sales, "sales", needs=("customer_id", "issued_on"), amounts=("revenue",)))
    bought = purchases(table, as_of=as_of).group_by("customer_id", "purchased_on").agg(nw.len().alias("_purchases"))
    days = bought.with_columns(day_number(nw.col("purchased_on")).alias("_day"), nw.col("_purchases").cast(nw.Int64))
    earlier = {"last_before_on": nw.col("purchased_on"), "_before": nw.col("_day")}
    return table, days.with_columns(column.shift(1).over("customer_id", order_by="_day").alias(name) for name, column in earlier.items())
