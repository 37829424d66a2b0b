"""The open pipeline and how quickly it turns into revenue, by group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from crmkit._checks import check_date, check_kind
from crmkit._frames import Asked, F, day_literal, one_where, opened, ratio, stacked, summed
from crmkit.metrics.opportunity_tables import cycles, decided
from crmkit.periods import Period

if TYPE_CHECKING:
    from datetime import date

    from crmkit._frames import Lazy, Table

__all__ = ["pipeline_by", "pipeline_velocity_by"]

_PIPELINE = ("opportunities", "amount", "weighted_amount", "commit", "best_case", "without_amount")
_VELOCITY = ("won", "lost", "win_rate", "won_amount", "deal_size", "total_days", "mean_days", "velocity_per_day")


def pipeline_by(opportunities: F, *by: str, as_of: date, period: Period | None = None) -> F:
    """
    What is open, and what is expected of it.

    Definition: opportunities that were open on a day: opened by then, and not closed or closed later. weighted_amount = sum of amount ×
        probability; commit and best_case = the amounts of these two categories, each without the other.
    Unit: counts, amounts in the frame's own numeric type, and weighted_amount (an estimate) as Float64. Never two currencies in one row.
    Undefined when: never; nothing open is 0. What has no amount is counted, and adds nothing.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 6 ("Pipeline Analysis").

    >>> import polars as pl
    >>> from datetime import date
    >>> day = date(2026, 1, 5)
    >>> rows = [(day, "open", 100, 0.5, "commit"), (day, "open", 40, 0.25, "best_case"), (day, "won", 70, 1.0, "commit")]
    >>> opportunities = pl.DataFrame(rows, schema=["opened_on", "state", "amount", "probability", "category"], orient="row")
    >>> pipeline_by(opportunities, as_of=date(2026, 2, 1)).rows()
    [(2, 140, 60.0, 100, 40, 0)]

    Args:
        opportunities: With `opened_on` (Date), `state`, `amount`, the columns of *by*, and `expected_on` (Date) where a period is given;
            `closed_on` (Date), `probability` (ratio) and `category` are used where they are.
        by: Columns that make a group, for example the month in which they are expected.
        as_of: The day of the picture.
        period: Only those expected to close in it, by `expected_on`.

    Returns:
        The columns of *by*, `currency` where there is one, `opportunities` (Int64), `amount`, `weighted_amount` where there is a
        probability, `commit` and `best_case` where there is a category, `without_amount` (Int64).

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    needs = ("opened_on", "state")
    (table,) = opened(Asked(opportunities, "opportunities", needs=needs, amounts=("amount",), optional_amounts=("probability",)))
    table.require(*({"closed_on"} & {*table.dtypes}))
    groups = table.groups(by, made=_PIPELINE)
    rows = _open_on(table.within(period, on="expected_on"), check_date("as_of", as_of))
    amount = table.amount("amount")
    parts = {"amount": amount}
    if "probability" in table.dtypes:
        parts["weighted_amount"] = amount.cast(nw.Float64) * table.amount("probability").cast(nw.Float64)
    if "category" in table.dtypes:
        parts |= {name: nw.when(nw.col("category") == name).then(amount) for name in ("commit", "best_case")}
    named = rows.select(*groups, *(part.alias(name) for name, part in parts.items()))
    counted = named.with_columns(
        one_where(nw.col("amount").is_null()).alias("without_amount"), nw.lit(1).cast(nw.Int64).alias("opportunities")
    )
    sums = summed(counted, groups, nw.col("opportunities", *parts, "without_amount").sum())
    typed = [nw.col("opportunities", "without_amount").cast(nw.Int64)]
    typed += [table.total(nw.col(name), "amount") for name in parts if name != "weighted_amount"]
    made = sums.with_columns(*typed)
    return table.back(made.select(*groups, *(name for name in _PIPELINE if name in {"opportunities", *parts, "without_amount"})))


def _open_on(table: Table[Any], as_of: date) -> Lazy:
    """Opportunities that were open at the end of a day."""
    day = day_literal(as_of)
    known = ~(nw.col("opened_on") > day).fill_null(value=False)
    still = nw.col("state") == "open"
    if "closed_on" in table.dtypes:
        still = still | (nw.col("closed_on") > day).fill_null(value=False)
    return table.frame.filter(known, still)


def pipeline_velocity_by(opportunities: F, *by: str, period: Period) -> F:
    """
    Revenue that the pipeline turns out per day.

    Definition: opportunities × win rate × deal size / mean days to win. Counted over the opportunities decided in the period,
        opportunities × win rate is the number won, so velocity = won × deal_size / mean_days. The cycle begins with `opened_on`.
    Unit: amount per day (Float64); deal_size is an amount per sale (Float64), win_rate a ratio, mean_days are days.
    Undefined when: nothing was won, or the mean is 0 days: null.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 6 ("Pipeline Analysis").

    >>> import polars as pl
    >>> from datetime import date
    >>> start, end = date(2026, 1, 1), date(2026, 1, 21)
    >>> rows = [("won", start, end, 100), ("won", start, end, 300), ("lost", start, end, 50)]
    >>> opportunities = pl.DataFrame(rows, schema=["state", "opened_on", "closed_on", "amount"], orient="row")
    >>> pipeline_velocity_by(opportunities, period=Period.month(2026, 1)).select("won", "deal_size", "mean_days", "velocity_per_day").rows()
    [(2, 200.0, 20.0, 20.0)]

    Args:
        opportunities: With `state`, `opened_on`, `closed_on` (Date), `amount` and the columns of *by*.
        by: Columns that make a group.
        period: Only those closed in it, by `closed_on`.

    Returns:
        The columns of *by*, `currency` where there is one, `won`, `lost` (Int64), `win_rate`, `won_amount`, `deal_size`,
        `total_days` (Int64), `mean_days` and `velocity_per_day` (Float64).

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    check_kind("period", period, Period)
    (table,) = opened(Asked(opportunities, "opportunities", needs=("state", "opened_on", "closed_on"), amounts=("amount",)))
    groups = table.groups(by, made=_VELOCITY)
    counts = {"won": nw.Int64(), "lost": nw.Int64(), "total_days": nw.Int64(), "timed": nw.Int64()}
    columns = {**counts, "won_amount": table.total_dtype("amount") or nw.Float64(), "won_sized": nw.Int64()}
    sized = decided(table, groups, period).with_columns(one_where(~nw.col("won_amount").is_null()).alias("won_sized"))
    timed = cycles(table, groups, "opened_on", period).select(*groups, "total_days", nw.col("won").alias("timed"))
    sums = stacked([sized, timed.with_columns(nw.col("total_days").fill_null(0))], groups, columns)
    made = sums.with_columns(
        ratio(nw.col("won"), nw.col("won") + nw.col("lost")).alias("win_rate"),
        ratio(nw.col("won_amount"), nw.col("won_sized")).alias("deal_size"),
        ratio(nw.col("total_days"), nw.col("timed")).alias("mean_days"),
    )
    velocity = ratio(nw.col("won").cast(nw.Float64) * nw.col("deal_size"), nw.col("mean_days")).alias("velocity_per_day")
    return table.back(made.with_columns(velocity).select(*groups, *_VELOCITY))
