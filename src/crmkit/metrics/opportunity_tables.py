"""Win rates and sales cycle of opportunities, by group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import narwhals.stable.v2 as nw

from crmkit._checks import check_choice
from crmkit._frames import Asked, F, day_number, one_where, opened, ratio, summed

if TYPE_CHECKING:
    from crmkit._frames import Lazy, Table
    from crmkit.periods import Period

__all__ = ["CycleStart", "amount_win_rate_by", "cohort_win_rate_by", "cycles", "decided", "sales_cycle_by", "win_rate_by"]

CycleStart = Literal["opened_on", "first_contact_on"]

_STATES = ("open", "won", "lost")


def win_rate_by(opportunities: F, *by: str, period: Period | None = None) -> F:
    """
    Share of the decided opportunities that were won, by their number.

    Definition: won / (won + lost), of those closed in the period. Open ones and any other state (disqualified, superseded) count in
        neither.
    Unit: ratio (Float64), counts, and an amount in the frame's own numeric type.
    Undefined when: nothing was decided: null.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 6 ("Pipeline Analysis").

    >>> import polars as pl
    >>> opportunities = pl.DataFrame({"state": ["won", "won", "won", "lost", "open"], "amount": [50, 20, 30, 80, 10]})
    >>> win_rate_by(opportunities).rows()
    [(3, 1, 0.75, 100)]

    Args:
        opportunities: With `state`, the columns of *by*, and `closed_on` (Date) where a period is given; `amount` where there is one.
        by: Columns that make a group, for example "salesperson_id".
        period: Only those closed in it.

    Returns:
        The columns of *by*, `currency` where there is one, `won`, `lost` (Int64), `win_rate` (Float64), `won_amount` where there are
        amounts.

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    (table,) = opened(Asked(opportunities, "opportunities", needs=("state",), optional_amounts=("amount",)))
    groups = table.groups(by, made=("won", "lost", "win_rate", "won_amount"))
    sums = summed(decided(table, groups, period), groups, nw.col("won", "lost", *_won(table)).sum())
    made = sums.with_columns(nw.col("won", "lost").cast(nw.Int64), ratio(nw.col("won"), nw.col("won") + nw.col("lost")).alias("win_rate"))
    amounts = [table.total(nw.col(name), "amount") for name in _won(table)]
    return table.back(made.select(*groups, "won", "lost", "win_rate", *amounts))


def amount_win_rate_by(opportunities: F, *by: str, period: Period | None = None) -> F:
    """
    Share of the decided opportunities that were won, by their amount.

    Definition: won amount / (won amount + lost amount), of those closed in the period. Those without an amount are counted apart.
    Unit: ratio (Float64), and amounts in the frame's own numeric type.
    Undefined when: nothing with an amount was decided: null.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 6 ("Pipeline Analysis").

    >>> import polars as pl
    >>> opportunities = pl.DataFrame({"state": ["won", "won", "lost", "lost"], "amount": [50, 50, 300, None]})
    >>> amount_win_rate_by(opportunities).rows()
    [(100, 300, 0.25, 1)]

    Args:
        opportunities: With `state`, `amount`, the columns of *by*, and `closed_on` (Date) where a period is given.
        by: Columns that make a group.
        period: Only those closed in it.

    Returns:
        The columns of *by*, `currency` where there is one, `won_amount`, `lost_amount`, `amount_win_rate` (Float64), `without_amount`
        (Int64).

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    (table,) = opened(Asked(opportunities, "opportunities", needs=("state",), amounts=("amount",)))
    groups = table.groups(by, made=("won_amount", "lost_amount", "amount_win_rate", "without_amount"))
    rows = decided(table, groups, period)
    sums = summed(rows, groups, nw.col("won_amount", "lost_amount", "without_amount").sum())
    amounts = [table.total(nw.col(name), "amount") for name in ("won_amount", "lost_amount")]
    rate = ratio(nw.col("won_amount"), nw.col("won_amount") + nw.col("lost_amount")).alias("amount_win_rate")
    return table.back(sums.with_columns(rate).select(*groups, *amounts, "amount_win_rate", nw.col("without_amount").cast(nw.Int64)))


def cohort_win_rate_by(opportunities: F, *by: str, period: Period | None = None) -> F:
    """
    Share of the opportunities opened in a period that have been won so far.

    Definition: won / opened, where opened = won + lost + still open; any other state (disqualified, superseded) is not counted. Of a young
        cohort many are still open, so its rate will rise: `still_open` tells.
    Unit: ratio (Float64) and counts.
    Undefined when: nothing was opened: null.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 6 ("Pipeline Analysis").

    >>> import polars as pl
    >>> cohort_win_rate_by(pl.DataFrame({"state": ["won", "lost", "open", "open"]})).rows()
    [(4, 1, 1, 2, 0.25)]

    Args:
        opportunities: With `state`, the columns of *by*, and `opened_on` (Date) where a period is given.
        by: Columns that make a group.
        period: Only those opened in it.

    Returns:
        The columns of *by*, `currency` where there is one, `opened`, `won`, `lost`, `still_open` (Int64), `cohort_win_rate` (Float64).

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    (table,) = opened(Asked(opportunities, "opportunities", needs=("state",)))
    groups = table.groups(by, made=("opened", "won", "lost", "still_open", "cohort_win_rate"))
    cohort = table.within(period, on="opened_on").frame.filter(nw.col("state").is_in(_STATES))
    counted = cohort.select(*groups, "state").with_columns(one_where(nw.col("state") == state).alias(f"_{state}") for state in _STATES)
    sums = summed(counted, groups, nw.col("_open", "_won", "_lost").sum())
    counts = {
        "opened": nw.col("_open") + nw.col("_won") + nw.col("_lost"),
        "won": nw.col("_won"),
        "lost": nw.col("_lost"),
        "still_open": nw.col("_open"),
    }
    made = sums.with_columns(count.cast(nw.Int64).alias(name) for name, count in counts.items())
    return table.back(
        made.with_columns(ratio(nw.col("won"), nw.col("opened")).alias("cohort_win_rate")).select(*groups, *counts, "cohort_win_rate")
    )


def sales_cycle_by(opportunities: F, *by: str, start: CycleStart, period: Period | None = None) -> F:
    """
    How long it takes to win an opportunity.

    Definition: local days from *start* to the day of the win, over those won in the period; mean = total days / won. A start after the win
        is a data error: such rows are counted apart, as are those whose start is unknown.
    Unit: days; the total is a count (Int64), mean and median are Float64.
    Undefined when: none was won with a known start: mean and median are null.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 6 ("Pipeline Analysis").

    >>> import polars as pl
    >>> from datetime import date
    >>> rows = [("won", date(2026, 1, 1), date(2026, 1, 31)), ("won", date(2026, 1, 5), date(2026, 1, 15))]
    >>> won = pl.DataFrame(rows, schema=["state", "opened_on", "closed_on"], orient="row")
    >>> sales_cycle_by(won, start="opened_on").rows()
    [(2, 40, 20.0, 20.0, 0, 0)]

    Args:
        opportunities: With `state`, `closed_on` (Date), *start* (Date) and the columns of *by*.
        by: Columns that make a group.
        start: Where the cycle begins.
        period: Only those won in it, by `closed_on`.

    Returns:
        The columns of *by*, `currency` where there is one, `won`, `total_days` (Int64), `mean_days`, `median_days` (Float64),
        `start_after_win` and `start_unknown` (Int64: rows that are not in `won`).

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    check_choice("start", start, CycleStart)
    (table,) = opened(Asked(opportunities, "opportunities", needs=("state", "closed_on", start)))
    groups = table.groups(by, made=("won", "total_days", "mean_days", "median_days", "start_after_win", "start_unknown"))
    rows = cycles(table, groups, start, period)
    counts = ("won", "total_days", "start_after_win", "start_unknown")
    sums = summed(rows, groups, nw.col(*counts).sum(), nw.col("_days").median().alias("median_days"))
    typed = sums.with_columns(nw.col(*counts).cast(nw.Int64))
    made = typed.with_columns(ratio(nw.col("total_days"), nw.col("won")).alias("mean_days"))
    return table.back(made.select(*groups, "won", "total_days", "mean_days", "median_days", "start_after_win", "start_unknown"))


def decided(table: Table[Any], groups: tuple[str, ...], period: Period | None) -> Lazy:
    """Opportunities that were won or lost in a period, with what is to be counted and added up."""
    closed = table.within(period, on="closed_on").frame.filter(nw.col("state").is_in(_STATES[1:]))
    amount = [table.amount("amount").alias("_amount")] if "amount" in table.dtypes else []
    rows = closed.select(*groups, "state", *amount)
    flags = {state: nw.col("state") == state for state in _STATES[1:]}
    counted = rows.with_columns(one_where(flag).alias(state) for state, flag in flags.items())
    if not amount:
        return counted
    parts = [nw.when(flag).then(nw.col("_amount")).alias(f"{state}_amount") for state, flag in flags.items()]
    return counted.with_columns(*parts, one_where(nw.col("_amount").is_null()).alias("without_amount"))


def cycles(table: Table[Any], groups: tuple[str, ...], start: CycleStart, period: Period | None) -> Lazy:
    """Won opportunities with the days that they took."""
    won = table.within(period, on="closed_on").frame.filter(nw.col("state") == "won")
    numbered = won.select(*groups, day_number(nw.col(start)).alias("_start"), day_number(nw.col("closed_on")).alias("_end"))
    days = nw.col("_end") - nw.col("_start")
    unknown = nw.col("_start").is_null() | nw.col("_end").is_null()
    timed = numbered.with_columns(
        nw.when(days >= 0).then(days).cast(nw.Float64).alias("_days"),
        one_where(days < 0).alias("start_after_win"),
        one_where(unknown).alias("start_unknown"),
    )
    return timed.with_columns(nw.col("_days").alias("total_days"), one_where(~nw.col("_days").is_null()).alias("won"))


def _won(table: Table[Any]) -> tuple[str, ...]:
    return ("won_amount",) if "amount" in table.dtypes else ()
