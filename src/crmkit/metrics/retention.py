"""Who stayed: retention and repeat purchases of buyers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from crmkit._checks import check_int, refused
from crmkit._frames import Asked, F, one_where, opened, ratio, stacked, summed
from crmkit.facts.purchases import purchases
from crmkit.metrics.margin_tables import check_after
from crmkit.metrics.selling import count_ratio

if TYPE_CHECKING:
    from decimal import Decimal

    from crmkit._frames import Lazy, Table
    from crmkit.periods import Period

__all__ = ["bought_by", "churn_rate", "repeat_rate_by", "retention_by", "retention_rate"]

_RETENTION = (
    *("at_start", "kept", "retention_rate", "churn_rate"),
    *("revenue_at_start", "revenue_kept", "revenue_after", "gross_retention", "net_retention"),
)


def retention_rate(*, at_start: int, kept: int) -> Decimal:
    """
    Share of the buyers of one time who bought again in another.

    Definition: customers who bought in both times / customers who bought in the first; new and returning buyers of the later one do not
        count.
    Unit: ratio; 0.25 means 25 %.
    Undefined when: nobody bought before.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 5 ("Customers, Recency, and Retention").

    >>> retention_rate(at_start=200, kept=150)
    Decimal('0.75')

    Raises:
        UndefinedMetricError: If nobody bought before.
        InvalidValueError: For more that were kept than there were, and for negative numbers.
    """
    return count_ratio("retention_rate", _kept(at_start, kept), at_start, "at_start")


def churn_rate(*, at_start: int, kept: int) -> Decimal:
    """
    Share of the buyers of one time who did not buy again in another.

    Definition: 1 − retention rate.
    Unit: ratio; 0.25 means 25 %.
    Undefined when: nobody bought before.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 5 ("Customers, Recency, and Retention").

    >>> churn_rate(at_start=200, kept=150)
    Decimal('0.25')

    Raises:
        UndefinedMetricError: If nobody bought before.
        InvalidValueError: For more that were kept than there were, and for negative numbers.
    """
    return count_ratio("churn_rate", at_start - _kept(at_start, kept), at_start, "at_start")


def _kept(at_start: int, kept: int) -> int:
    check_int("at_start", at_start, at_least=0)
    if check_int("kept", kept, at_least=0) > at_start:
        raise refused("kept", kept, f"at most at_start={at_start}; new and returning buyers do not count")
    return kept


def retention_by(sales: F, *by: str, before: Period, after: Period) -> F:
    """
    Buyers and revenue that stayed from one time to another.

    Definition: at_start = customers with a purchase in *before*; kept = those of them with one in *after*. Of the same customers,
        revenue_at_start and revenue_after are their net revenue in the two times, and revenue_kept is no more than each had before:
        gross_retention = revenue_kept / revenue_at_start, net_retention = revenue_after / revenue_at_start.
    Unit: counts, amounts in the frame's own numeric type, ratios (Float64). Times of different length are compared as they are.
    Undefined when: nobody bought before, or brought no revenue: null.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 5 ("Customers, Recency, and Retention").

    >>> import polars as pl
    >>> from datetime import date
    >>> from crmkit import Period
    >>> days = [date(2025, 3, 1), date(2025, 4, 1), date(2026, 3, 1), date(2026, 4, 1)]
    >>> sales = pl.DataFrame({"customer_id": ["C-1", "C-2", "C-1", "C-3"], "issued_on": days, "revenue": [100, 300, 150, 90]})
    >>> retained = retention_by(sales, before=Period.year(2025), after=Period.year(2026))
    >>> retained.select("at_start", "kept", "retention_rate", "gross_retention", "net_retention").rows()
    [(2, 1, 0.5, 0.25, 0.375)]

    Args:
        sales: Lines with `customer_id`, `issued_on` (Date), `revenue` and the columns of *by*; `document_id`, `document_kind`,
            `document_subtype` and `reverses_document_id` are used where they are.
        by: Columns that make a group; a customer counts in each group in which he bought.
        before: The earlier time.
        after: The later one; it begins when the earlier has ended.

    Returns:
        The columns of *by*, `currency` where there is one, `at_start`, `kept` (Int64), `retention_rate`, `churn_rate`, `revenue_at_start`,
        `revenue_kept`, `revenue_after`, `gross_retention` and `net_retention`.

    Raises:
        MissingColumnError: For a frame without one of these columns.
        InvalidValueError: For periods that overlap or are in the wrong order.
    """
    check_after(before, after)
    (table,) = opened(Asked(sales, "sales", needs=("customer_id", "issued_on"), amounts=("revenue",)))
    groups = table.groups(by, made=_RETENTION)
    keys = tuple(dict.fromkeys((*groups, "customer_id")))
    bought = bought_by(table, keys)
    columns = {name: nw.Int64() for name in ("_first", "_second")} | {
        name: table.total_dtype("revenue") or nw.Float64() for name in ("_before", "_after")
    }
    parts = []
    for flag, amount, period in (("_first", "_before", before), ("_second", "_after", after)):
        parts.append(_in(bought, "purchased_on", period).select(*keys).unique().with_columns(_one().alias(flag)))
        lines = table.within(period).frame.filter(~nw.col("customer_id").is_null())
        parts.append(lines.select(*keys, table.amount("revenue").alias(amount)))
    each = stacked(parts, keys, columns).filter(nw.col("_first") == 1)
    was, is_ = nw.col("_before"), nw.col("_after")
    smaller = nw.when(is_ < was).then(is_).otherwise(was)
    capped = each.with_columns(
        nw.when((is_ > 0) & (was > 0)).then(smaller).otherwise(nw.lit(0) * was).cast(columns["_before"]).alias("_kept")
    )
    sums = summed(capped, groups, nw.col("_first", "_second", "_before", "_after", "_kept").sum())
    named = {"at_start": "_first", "kept": "_second", "revenue_at_start": "_before", "revenue_kept": "_kept", "revenue_after": "_after"}
    typed = sums.with_columns(nw.col(old).cast(columns.get(old, columns["_before"])).alias(new) for new, old in named.items())
    rates = {
        "retention_rate": ("kept", "at_start"),
        "gross_retention": ("revenue_kept", "revenue_at_start"),
        "net_retention": ("revenue_after", "revenue_at_start"),
    }
    made = typed.with_columns(
        *(ratio(nw.col(part), nw.col(whole)).alias(name) for name, (part, whole) in rates.items()),
        ratio(nw.col("at_start") - nw.col("kept"), nw.col("at_start")).alias("churn_rate"),
    )
    return table.back(made.select(*groups, *_RETENTION))


def repeat_rate_by(sales: F, *by: str, period: Period | None = None) -> F:
    """
    Share of the buyers who bought more than once.

    Definition: repeat_buyers = customers with at least two purchases in the period; repeat_rate = repeat_buyers / buyers.
    Unit: counts and a ratio (Float64).
    Undefined when: nobody bought: null.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 2 ("Repeat Rate").

    >>> import polars as pl
    >>> from datetime import date
    >>> days = [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
    >>> repeat_rate_by(pl.DataFrame({"customer_id": ["C-1", "C-1", "C-2"], "issued_on": days, "revenue": [1, 2, 3]})).rows()
    [(2, 1, 0.5)]

    Args:
        sales: As for `retention_by`.
        by: Columns that make a group.
        period: Only purchases in it.

    Returns:
        The columns of *by*, `currency` where there is one, `buyers`, `repeat_buyers` (Int64) and `repeat_rate` (Float64).

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    (table,) = opened(Asked(sales, "sales", needs=("customer_id", "issued_on"), amounts=("revenue",)))
    groups = table.groups(by, made=("buyers", "repeat_buyers", "repeat_rate"))
    keys = tuple(dict.fromkeys((*groups, "customer_id")))
    counted = _in(bought_by(table, keys), "purchased_on", period).group_by(*keys).agg(nw.len().alias("_purchases"))
    flagged = counted.with_columns(_one().alias("buyers"), one_where(nw.col("_purchases") > 1).alias("repeat_buyers"))
    sums = summed(flagged, groups, nw.col("buyers", "repeat_buyers").sum()).with_columns(nw.col("buyers", "repeat_buyers").cast(nw.Int64))
    return table.back(sums.with_columns(ratio(nw.col("repeat_buyers"), nw.col("buyers")).alias("repeat_rate")))


def bought_by(table: Table[Any], keys: tuple[str, ...]) -> Lazy:
    """Purchases with the groups in which the customer bought that day."""
    bought = purchases(table, as_of=None)
    further = [name for name in keys if name not in {"customer_id", *table.currency}]
    if not further:
        return bought.select("customer_id", *table.currency, "purchased_on")
    lines = table.frame.filter(~nw.col("customer_id").is_null()).select(*keys, nw.col("issued_on").alias("purchased_on")).unique()
    on = ["customer_id", "purchased_on", *table.currency_key]
    found = table.keyed(bought).select(*on).join(table.keyed(lines), on=on, how="inner")
    return found.select(*keys, "purchased_on")


def _in(rows: Lazy, on: str, period: Period | None) -> Lazy:
    return rows if period is None else rows.filter(nw.col(on) >= period.start, nw.col(on) < period.end)


def _one() -> nw.Expr:
    return nw.lit(1).cast(nw.Int64)
