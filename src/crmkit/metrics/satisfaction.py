"""What customers answered: CSAT, NPS and CES, with how sure one can be of them."""

from __future__ import annotations

from decimal import Decimal
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal

import narwhals.stable.v2 as nw

from crmkit._checks import check_choice, check_ratio, refused
from crmkit._frames import Asked, F, one_where, opened, ratio, summed

if TYPE_CHECKING:
    from crmkit._frames import Lazy
    from crmkit.periods import Period

__all__ = ["SatisfactionKind", "satisfaction_by"]

SatisfactionKind = Literal["csat", "nps", "ces"]

_SCALES = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7)}
_SATISFIED, _PROMOTER, _DETRACTOR = 4, 9, 6


def satisfaction_by(ratings: F, *by: str, kind: SatisfactionKind, period: Period | None = None, confidence: Decimal = Decimal("0.95")) -> F:
    """
    Customer satisfaction, net promoter score or customer effort score, with a confidence interval.

    Definition: csat = share of answers of 4 and 5, of 1 to 5. nps = share of answers of 9 and 10 − share of 0 to 6, of 0 to 10. ces = mean
        answer, of 1 to 7. Intervals: Wilson for csat; normal for nps and ces, within the scale.
    Unit: csat is a ratio, nps a ratio from −1 to 1, ces a point of its scale (all Float64).
    Undefined when: nobody answered (score null); for nps and ces with one answer low and high are null.
    Source: Reichheld, "The One Number You Need to Grow", Harvard Business Review 81 (2003) 12; Dixon, Freeman, Toman, "Stop Trying to
        Delight Your Customers", Harvard Business Review 88 (2010) 7; Wilson, "Probable Inference", Journal of the American Statistical
        Association 22 (1927) 158.

    >>> import polars as pl
    >>> satisfaction_by(pl.DataFrame({"score": [10, 9, 8, 3]}), kind="nps").select("answers", "score").rows()
    [(4, 0.25)]

    Args:
        ratings: With `score` (count), the columns of *by*, and `rated_on` (Date) where a period is given; where there is `kind`, only rows
            of *kind* count.
        by: Columns that make a group, for example "employee_id".
        kind: Which of the three.
        period: Only answers given in it.
        confidence: How sure the interval is, above 0 and below 1.

    Returns:
        The columns of *by*, `answers` (Int64), `score`, `low`, `high` (Float64), and what they come from: `satisfied` for csat, `promoters`
        and `detractors` for nps, `total` for ces; `out_of_range` counts scores beyond the scale, which are in none of these.

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    check_choice("kind", kind, SatisfactionKind)
    if check_ratio("confidence", confidence) in {0, 1}:
        raise refused("confidence", confidence, "above 0 and below 1")
    (table,) = opened(Asked(ratings, "ratings", amounts=("score",)))
    parts = {"csat": ("satisfied",), "nps": ("promoters", "detractors"), "ces": ("total",)}[kind]
    groups = table.groups(by, made=("answers", "low", "high", "out_of_range", *parts))
    rows = table.within(period, on="rated_on").frame
    if "kind" in table.dtypes:
        rows = rows.filter(nw.col("kind") == kind)
    least, most = _SCALES[kind]
    score = table.amount("score").cast(nw.Float64)
    fits = (score >= least) & (score <= most)
    named = rows.select(*groups, nw.when(fits).then(score).alias("_score"), one_where(score.is_null() | fits).alias("_fits"))
    given = nw.col("_score")
    flags = {"satisfied": given >= _SATISFIED, "promoters": given >= _PROMOTER, "detractors": given <= _DETRACTOR}
    counts = {name: one_where(flags[name]) for name in parts if name in flags}
    counted = named.with_columns(
        one_where(~given.is_null()).alias("answers"),
        one_where(nw.col("_fits") == 0).alias("out_of_range"),
        (given * given).alias("_squares"),
        given.alias("total"),
        *(flag.alias(name) for name, flag in counts.items()),
    )
    sums = summed(counted, groups, nw.col("answers", "out_of_range", "_squares", *({"total", *parts})).sum())
    typed = sums.with_columns(nw.col("answers", "out_of_range", *counts).cast(nw.Int64))
    made = _scored(typed, kind, NormalDist().inv_cdf((1 + float(confidence)) / 2))
    return table.back(made.select(*groups, "answers", "score", "low", "high", *parts, "out_of_range"))


def _scored(sums: Lazy, kind: SatisfactionKind, z: float) -> Lazy:
    """Score and interval from the sums."""
    n = nw.col("answers").cast(nw.Float64)
    least, most = {"csat": (0, 1), "nps": (-1, 1), "ces": _SCALES["ces"]}[kind]
    if kind == "csat":
        p = ratio(nw.col("satisfied"), nw.col("answers"))
        rows = sums.with_columns(p.alias("score"))
        p, spread = nw.col("score"), z * z / n
        margin = z * ((nw.col("score") * (1 - p) + spread / 4) / n).sqrt() / (1 + spread)
        return rows.with_columns(
            ((p + spread / 2) / (1 + spread) - margin).alias("low"), ((p + spread / 2) / (1 + spread) + margin).alias("high")
        )
    if kind == "nps":
        balance = nw.col("promoters") - nw.col("detractors")
        rows = sums.with_columns(ratio(balance, nw.col("answers")).alias("score"))
        spread = ratio(nw.col("promoters") + nw.col("detractors"), nw.col("answers")) - nw.col("score") * nw.col("score")
        variance: nw.Expr = nw.when(n > 1).then(spread / n)
    else:
        rows = sums.with_columns(ratio(nw.col("total"), nw.col("answers")).alias("score"))
        variance = ratio(nw.col("_squares") - nw.col("score") * nw.col("total"), nw.col("answers") - 1) / n
    rows = rows.with_columns(variance.alias("_variance"))
    margin = z * nw.when(nw.col("_variance") > 0).then(nw.col("_variance")).otherwise(nw.col("_variance") * 0).sqrt()
    ends = rows.with_columns((nw.col("score") - margin).alias("low"), (nw.col("score") + margin).alias("high"))
    low, high = nw.col("low"), nw.col("high")
    return ends.with_columns(
        nw.when(low < least).then(nw.lit(least).cast(nw.Float64)).otherwise(low).alias("low"),
        nw.when(high > most).then(nw.lit(most).cast(nw.Float64)).otherwise(high).alias("high"),
    )
