"""Scores for recency, frequency and monetary value, by every convention in use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import attrs
import narwhals.stable.v2 as nw

from crmkit._checks import Exact, check_choice, check_each, check_exact, check_int, check_kind, check_text, refused
from crmkit._frames import Asked, F, Table, compared, opened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmkit._frames import Lazy

__all__ = ["Binning", "Limits", "Quantiles", "add_rfm_scores"]

_HIGHEST_DIGIT = 9
_SCORED = {"r_score": "recency_days", "f_score": "frequency", "m_score": "monetary"}


@attrs.frozen
class Quantiles:
    """
    Bins with about equally many rows.

    With ties="together" equal values are in one bin, so that bins may differ in size or stay empty; with "by_order" they are told apart
    by another column, so that sizes are as equal as they can be. `Quantiles(5)` is the `qcut` of pandas (without its error for limits
    that coincide); with closed="left" it is the binning of the R package rfm; `Quantiles(5, ties="by_order")` is `qcut` over
    `rank(method="first")`; `Quantiles(5, ties="by_order", interpolate=False)` is NTILE of SQL and `ntile` of dplyr.

    Attributes:
        parts: How many bins, at least two.
        ties: What happens to equal values.
        interpolate: Whether limits are interpolated between two values (Hyndman and Fan's type 7); otherwise they are values that occur
            (type 1) or, by order, the first bins are one larger where the rows do not divide evenly.
        closed: To which bin a value on a limit belongs: "right" is the lower one.
        counted_from: From which end bins are counted; it matters where they differ in size.
        order: The column that tells equal values apart, in ascending order; None is the first column of the frame.
    """

    parts: int = 5
    ties: Literal["together", "by_order"] = "together"
    interpolate: bool = True
    closed: Literal["left", "right"] = "right"
    counted_from: Literal["lowest", "highest"] = "lowest"
    order: str | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse what makes no bins."""
        check_int("parts", self.parts, at_least=2)
        check_choice("ties", self.ties, Literal["together", "by_order"])
        check_kind("interpolate", self.interpolate, bool)
        check_choice("closed", self.closed, Literal["left", "right"])
        check_choice("counted_from", self.counted_from, Literal["lowest", "highest"])
        if self.order is not None:
            check_text("order", self.order)


def _limits(at: Iterable[Exact]) -> tuple[Exact, ...]:
    return check_each("at", at, check_exact)


@attrs.frozen
class Limits:
    """
    Bins with fixed limits.

    >>> Limits(at=(30, 90, 180)).parts
    4

    Attributes:
        at: The limits between bins, ascending.
        closed: To which bin a value on a limit belongs: "right" is the lower one (up to and including 30 days), "left" the upper one
            (30 days and more).
    """

    at: tuple[Exact, ...] = attrs.field(converter=_limits)
    closed: Literal["left", "right"] = "right"

    def __attrs_post_init__(self) -> None:
        """Refuse limits that are not in order."""
        check_choice("closed", self.closed, Literal["left", "right"])
        if not self.at or any(left >= right for left, right in zip(self.at, self.at[1:], strict=False)):
            raise refused("at", self.at, "at least one limit, ascending")

    @property
    def parts(self) -> int:
        """How many bins the limits make."""
        return len(self.at) + 1


Binning: TypeAlias = Quantiles | Limits


def add_rfm_scores(
    frame: F, *, recency: Binning, frequency: Binning, monetary: Binning, best: Literal["highest", "lowest"] = "highest"
) -> F:
    """
    Score recency, frequency and monetary value, each by its own bins; per currency where the frame has one.

    Source: Hughes, "Strategic Database Marketing", Probus 1994, for fifths of customers; Hyndman, Fan, "Sample Quantiles in Statistical
        Packages", The American Statistician 50 (1996) 4, for quantiles.

    >>> import polars as pl
    >>> figures = {"customer_id": ["a", "b", "c"], "recency_days": [5, 30, 31], "frequency": [9, 1, 2], "monetary": [100, 20, 30]}
    >>> thirds, days = Quantiles(3), Limits(at=(30, 90))
    >>> scored = add_rfm_scores(pl.DataFrame(figures), recency=days, frequency=thirds, monetary=thirds)
    >>> scored.sort("customer_id")["rfm_score"].to_list()
    ['333', '311', '222']

    Args:
        frame: The result of `rfm_by`, or any frame with `recency_days`, `frequency` and `monetary` (numbers).
        recency: Bins of `recency_days`; fewer days are better.
        frequency: Bins of `frequency`; more is better.
        monetary: Bins of `monetary`; more is better.
        best: Whether the best have the highest score, or 1.

    Returns:
        All rows with `r_score`, `f_score`, `m_score` (counts from 1 to the number of bins) and `rfm_score` (String: the three digits,
        or three numbers with hyphens where a score may have two digits); null where a figure is unknown. Columns of these names are
        replaced.

    Raises:
        MissingColumnError: For a frame without the figures.
    """
    (table,) = opened(Asked(frame, "frame", amounts=tuple(_SCORED.values())))
    check_choice("best", best, Literal["highest", "lowest"])
    binnings = dict(zip(_SCORED, (recency, frequency, monetary), strict=True))
    rows = table.frame
    for score, binning in binnings.items():
        if not isinstance(binning, Quantiles | Limits):
            raise refused(_SCORED[score].removesuffix("_days"), type(binning).__name__, "Quantiles or Limits")
        rows = _binned(table, rows, _SCORED[score], binning, into=score)
        low_is_best = (score == "r_score") != (best == "lowest")
        if low_is_best != (isinstance(binning, Quantiles) and binning.counted_from == "highest"):
            rows = rows.with_columns((nw.lit(binning.parts + 1) - nw.col(score)).cast(nw.Int64).alias(score))
    separator = "" if max(binning.parts for binning in binnings.values()) <= _HIGHEST_DIGIT else "-"
    written = nw.concat_str(*(nw.col(score).cast(nw.String) for score in _SCORED), separator=separator)
    known = {score: ~table.amount(_SCORED[score]).is_null() for score in _SCORED}
    rows = rows.with_columns(nw.when(*known.values()).then(written).alias("rfm_score"))
    rows = rows.with_columns(nw.when(known[score]).then(nw.col(score)).alias(score) for score in _SCORED)
    kept = [name for name in table.columns if name not in (*_SCORED, "rfm_score")]
    return table.back(rows.select(*kept, *_SCORED, "rfm_score"))


def _binned(table: Table[Any], rows: Lazy, name: str, binning: Binning, *, into: str) -> Lazy:
    """Add the bin of each row, counted from 1; any number where the value is unknown."""
    rows = rows.with_columns(table.amount(name).alias("_value"))
    if isinstance(binning, Limits):
        test: Literal["more_than", "at_least"] = "more_than" if binning.closed == "right" else "at_least"
        beyond = (compared(nw.col("_value"), table.dtypes[name], test, limit) for limit in binning.at)
        above = [nw.when(is_beyond).then(nw.lit(1)).otherwise(nw.lit(0)) for is_beyond in beyond]
        return rows.with_columns((sum(above, nw.lit(1))).cast(nw.Int64).alias(into)).drop("_value")
    groups, known = table.currency, ~nw.col("_value").is_null()
    rows = rows.with_columns(nw.when(known).then(nw.lit(1)).otherwise(nw.lit(0)).alias("_one"))
    count = nw.col("_one").sum()
    rows = rows.with_columns((count.over(*groups) if groups else count).cast(nw.Int64).alias("_count"))
    rows = _placed(table, rows, binning).with_columns(_bin(binning).alias(into))
    return rows.drop("_value", "_one", "_count", "_place")


def _placed(table: Table[Any], rows: Lazy, binning: Quantiles) -> Lazy:
    """Add the place of each value among all, counted from 0; of equals that are kept together the first or the last place."""
    groups, from_highest = table.currency, binning.counted_from == "highest"
    if binning.ties == "together":
        method: Literal["min", "max"] = "min" if binning.closed == "right" else "max"
        rank = nw.col("_value").rank(method, descending=from_highest)
        place = (rank.over(*groups) if groups else rank).fill_null(1)
        return rows.with_columns((place.cast(nw.Int64) - 1).alias("_place"))
    order = binning.order or table.columns[0]
    table.require(order)
    key = nw.lit(0) - nw.col("_value") if from_highest else nw.col("_value")
    place = nw.col("_one").cum_sum().over(*groups, order_by=["_key", order])
    return rows.with_columns(key.alias("_key")).with_columns((place.cast(nw.Int64) - 1).alias("_place")).drop("_key")


def _bin(binning: Quantiles) -> nw.Expr:
    """
    The bin of a place, in whole numbers.

    A value lies above the k-th of p limits among n values when its place is above (n − 1)·k/p, since no value lies between the two that
    a limit is interpolated between.
    """
    place, count, parts = nw.col("_place"), nw.col("_count"), binning.parts
    if binning.interpolate:
        whole = nw.when(count > 1).then(count - 1).otherwise(nw.lit(1))
        number = (place * parts + whole - 1) // whole if binning.closed == "right" else place * parts // whole + 1
    elif binning.ties == "together":
        number = (place if binning.closed == "right" else place + 1) * parts // count + 1
    else:
        small, larger = count // parts, count % parts
        in_larger = place < larger * (small + 1)
        at_least_one = nw.when(small > 0).then(small).otherwise(nw.lit(1))
        number = nw.when(in_larger).then(place // (small + 1) + 1).otherwise(larger + (place - larger * (small + 1)) // at_least_one + 1)
    return nw.when(number < 1).then(nw.lit(1)).when(number > parts).then(nw.lit(parts)).otherwise(number).cast(nw.Int64)
