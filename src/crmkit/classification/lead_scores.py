"""Hot leads: points by named rules, every point explained, fading with time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from crmkit._checks import check_date, check_each, check_exact, check_int, check_kind, check_text, refused
from crmkit._frames import Asked, F, Table, compared, day_number, day_ordinal, opened
from crmkit.classification.segments import Segment, holds
from crmkit.conditions import Condition
from crmkit.periods import Interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from crmkit._checks import Exact

__all__ = ["ScoreRule", "account_scores_by", "add_lead_score", "hot_leads"]

_TENTHS = 10


def _conditions(conditions: Condition | Iterable[Condition]) -> tuple[Condition, ...]:
    given = (conditions,) if isinstance(conditions, Condition) else conditions
    return check_each("when", given, lambda name, item: check_kind(name, item, Condition))


@attrs.frozen
class ScoreRule:
    """
    Points for what is known of a lead.

    Attributes:
        name: What stands in the reasons.
        points: How many; may be negative.
        when: What must hold, all of it.
        half_life: After how many days half of the points are left; None: they stay. An interval of days.
        dated: Column (Date) from which the half-life counts; without a day, or with a later one, there are no points.
    """

    name: str
    points: int
    when: tuple[Condition, ...] = attrs.field(converter=_conditions)
    half_life: Interval | None = None
    dated: str | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse points that fade from no day, and half-lives in months."""
        check_text("name", self.name)
        check_int("points", self.points)
        if (self.half_life is None) != (self.dated is None):
            raise refused("dated", self.dated, "a column of days together with half_life, or neither")
        if self.half_life is not None and (check_kind("half_life", self.half_life, Interval).months or not self.half_life.days):
            raise refused("half_life", self.half_life, "an interval of days, for example days(30)")


def add_lead_score(frame: F, *, rules: Sequence[ScoreRule], as_of: date, into: str = "lead_score") -> F:
    """
    Score each row by rules, and tell why.

    The points of a rule that fades are rounded to a tenth, half up, so that the reasons add up to the score.

    >>> import polars as pl
    >>> from datetime import date
    >>> from crmkit import days
    >>> fair = ScoreRule(name="visited the fair", points=20, when=Condition("source", "equal", "fair"), half_life=days(30), dated="met_on")
    >>> big = ScoreRule(name="many employees", points=10, when=Condition("employees", "at_least", 100))
    >>> leads = pl.DataFrame({"source": ["fair", "web"], "met_on": [date(2026, 1, 1), None], "employees": [500, 5]})
    >>> add_lead_score(leads, rules=[fair, big], as_of=date(2026, 1, 31)).select("lead_score", "lead_score_reasons").rows()
    [(20.0, 'visited the fair +10; many employees +10'), (0.0, '')]

    Args:
        frame: One row for each lead with the columns of the rules.
        rules: The rules, each with a name of its own.
        as_of: Today.
        into: Name of the column for the score; the reasons stand in that name with `_reasons`.

    Returns:
        All rows with the score (Float64) and the reasons (String, empty where no rule gave points); columns of these names are replaced.

    Raises:
        MissingColumnError: For a frame without a column of a rule.
        InvalidValueError: For two rules of one name.
    """
    asked = check_each("rules", rules, lambda name, item: check_kind(name, item, ScoreRule))
    if not asked or len({rule.name for rule in asked}) < len(asked):
        raise refused("rules", [rule.name for rule in asked], "at least one rule, each with a name of its own")
    dated = [rule.dated for rule in asked if rule.dated is not None]
    read = tuple(dict.fromkeys([*(condition.column for rule in asked for condition in rule.when), *dated]))
    if check_text("into", into) in read or f"{into}_reasons" in read:
        raise refused("into", into, "another name than those of the columns that the rules read")
    (table,) = opened(Asked(frame, "frame", needs=read))
    for name in dated:
        if table.dtypes[name] != nw.Date:
            raise refused(name, f"a column of type {table.dtypes[name]}", "days (Date)")
    today = day_ordinal(check_date("as_of", as_of))
    parts = [f"_points_{number}" for number in range(len(asked))]
    rows = table.frame.with_columns(_points(table, rule, today).alias(part) for rule, part in zip(asked, parts, strict=True))
    total = nw.sum_horizontal(*parts).cast(nw.Float64) / _TENTHS
    reasons = [_reason(rule, part) for rule, part in zip(asked, parts, strict=True)]
    told = nw.concat_str(*reasons, separator="", ignore_nulls=True)
    rows = rows.with_columns(total.alias(into), told.alias("_told"))
    kept = [name for name in table.columns if name not in {into, f"{into}_reasons"}]
    return table.back(rows.select(*kept, into, nw.col("_told").str.slice(2).alias(f"{into}_reasons")))


def _points(table: Table[Any], rule: ScoreRule, today: int) -> nw.Expr:
    """Tenths of points, whole numbers, so that every engine adds up the same."""
    whole = nw.lit(rule.points * _TENTHS)
    passes = holds(table, Segment(rule.name, rule.when))
    if rule.half_life is None or rule.dated is None:
        return nw.when(passes).then(whole).otherwise(nw.lit(0)).cast(nw.Int64)
    since = nw.lit(today) - day_number(nw.col(rule.dated))
    faded = (since.cast(nw.Float64) * (math.log(0.5) / rule.half_life.days)).exp() * (rule.points * _TENTHS)
    rounded = ((faded * 2 + 1) / 2).floor()
    return nw.when(passes, ~since.is_null(), since >= 0).then(rounded).otherwise(nw.lit(0)).cast(nw.Int64)


def _reason(rule: ScoreRule, part: str) -> nw.Expr:
    tenths = nw.col(part)
    size = nw.when(tenths < 0).then(nw.lit(0) - tenths).otherwise(tenths)
    sign = nw.when(tenths < 0).then(nw.lit("−")).otherwise(nw.lit("+"))
    last = size - size // _TENTHS * _TENTHS  # pandas has no remainder for whole numbers of Arrow
    digit = nw.when(last != 0).then(nw.concat_str(nw.lit("."), last.cast(nw.String))).otherwise(nw.lit(""))
    written = nw.concat_str(nw.lit(f"; {rule.name} "), sign, (size // _TENTHS).cast(nw.String), digit)
    return nw.when(tenths != 0).then(written).otherwise(nw.lit(""))


def hot_leads(frame: F, *, score: str = "lead_score", at_least: Exact) -> F:
    """
    Keep the leads with so many points, the best first.

    >>> import polars as pl
    >>> leads = pl.DataFrame({"customer_id": ["L-1", "L-2", "L-3"], "lead_score": [20.0, 50.0, 49.9]})
    >>> hot_leads(leads, at_least=50)["customer_id"].to_list()
    ['L-2']

    Args:
        frame: One row for each lead.
        score: Column (number) with the score.
        at_least: How many points make a lead hot.

    Returns:
        The rows of hot leads, sorted by score, then by the first column.

    Raises:
        MissingColumnError: For a frame without the score.
    """
    (table,) = opened(Asked(frame, "frame", amounts=(score,)))
    hot = compared(table.amount(score), table.dtypes[score], "at_least", check_exact("at_least", at_least))
    order = list(dict.fromkeys((score, table.columns[0])))
    return table.back(table.frame.filter(hot).sort(*order, descending=[name == score for name in order], nulls_last=True))


def account_scores_by(frame: F, *by: str, score: str = "lead_score") -> F:
    """
    Roll scores up to accounts: several people of one company are one chance to sell.

    >>> import polars as pl
    >>> leads = pl.DataFrame({"parent_id": ["A", "A", "B"], "lead_score": [20.0, 50.0, 30.0]})
    >>> account_scores_by(leads, "parent_id").sort("parent_id").rows()
    [('A', 2, 50.0, 70.0), ('B', 1, 30.0, 30.0)]

    Args:
        frame: One row for each lead.
        by: Columns that make an account.
        score: Column (number) with the score.

    Returns:
        The columns of *by*, `leads` (count), `best_score` and `total_score` (Float64, null where no score is known), one row for each
        account, in no particular order.

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    (table,) = opened(Asked(frame, "frame", amounts=(score,)))
    made = ("leads", "best_score", "total_score")
    for name in by:
        if name in made:
            raise refused("by", name, f"another column than those of the result: {', '.join(made)}")
    if not by:
        raise refused("by", by, "at least one column that makes an account")
    table.require(*by)
    scores = table.frame.select(*by, table.amount(score).cast(nw.Float64).alias("best_score"))
    known = nw.when(~nw.col("best_score").is_null()).then(nw.lit(1)).otherwise(nw.lit(0)).alias("_known")
    scores = scores.with_columns(nw.col("best_score").alias("total_score"), known)
    added = scores.group_by(*by).agg(nw.len().alias("leads"), nw.col("best_score").max(), nw.col("total_score", "_known").sum())
    total = nw.when(nw.col("_known") > 0).then(nw.col("total_score")).alias("total_score")
    return table.back(added.with_columns(total, nw.col("leads").cast(nw.Int64)).select(*by, *made))
