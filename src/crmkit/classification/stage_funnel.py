"""The funnel of a pipeline: how many get on, how long they stay, and where and why they drop out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from crmkit._checks import check_date, check_each, check_kind, check_text, refused
from crmkit._frames import Asked, F, Lazy, Table, day_literal, day_number, day_ordinal, known_rows, microseconds_between, opened, with_added
from crmkit.periods import Interval, Period

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

__all__ = ["DROPPED", "drop_outs_by", "stage_conversion_by", "time_in_stage_by"]

DROPPED = ("lost", "disqualified", "superseded")
"""Ends of an opportunity or a lead that lead no further."""

_MICROSECONDS_A_DAY = 86_400_000_000
_ORDER = ("happened_at", "_place", "to_stage")
_NEEDS = ("subject_id", "happened_at", "happened_on", "to_stage")


def stage_conversion_by(
    stage_moves: F,
    *by: str,
    period: Period,
    stages: Sequence[str],
    dropped: Sequence[str] = DROPPED,
    within: Interval | None = None,
    as_of: date | None = None,
) -> F:
    """
    Follow those that entered a stage in a period: how many reached the next one, or any later one.

    What moved is counted once in each stage, on the day on which it entered it first. It converted when it entered a later stage at that
    moment or after it, whether or not it was lost later; skipping stages counts. With *within*, only what it reached in that time counts.

    >>> import polars as pl
    >>> from datetime import datetime, timezone
    >>> moves = [("O-1", 1, "offer"), ("O-2", 2, "offer"), ("O-1", 3, "won"), ("O-2", 4, "lost")]
    >>> rows = [(id, datetime(2026, 1, day, tzinfo=timezone.utc), stage) for id, day, stage in moves]
    >>> frame = pl.DataFrame(rows, schema=["subject_id", "happened_at", "to_stage"], orient="row")
    >>> frame = frame.with_columns(pl.col("happened_at").dt.date().alias("happened_on"))
    >>> funnel = stage_conversion_by(frame, period=Period.month(2026, 1), stages=["offer", "won"])
    >>> funnel.select("stage", "entered", "reached_next", "conversion_rate", "lost").rows()
    [('offer', 2, 1, 0.5, 1), ('won', 1, 0, None, 0)]

    Args:
        stage_moves: One row per move with `subject_id`, `happened_at` (Instant), `happened_on` (Date, its local day) and `to_stage`
            (String); the columns of *by* are those of the move that entered.
        by: Columns that make a group, for example "pipeline" or "salesperson_id".
        period: When the stage was entered.
        stages: The stages in their order, the last one being what is aimed at, usually "won".
        dropped: What a move out of the pipeline leads to.
        within: In which time a later stage must have been reached.
        as_of: Today; needed with *within*: what is dated later is not known yet, and young cohorts are marked.

    Returns:
        The columns of *by*, `stage` (String), `entered`, `reached_next` (counts), `conversion_rate` (Float64: reached_next / entered;
        null when none entered, and for the last stage), `lost` and `still_in` (counts of those that did not convert, by where they are
        now), with *within* also `young` (count of those whose time is not over yet); one row for each stage and group, in their order.

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    check_kind("period", period, Period)
    names = check_each("stages", stages, check_text)
    if len(set(names)) < max(len(names), 2):
        raise refused("stages", stages, "at least two stages in their order, each once")
    if within is not None and as_of is None:
        raise refused("as_of", as_of, "a day together with within")
    table = _opened(stage_moves, as_of)
    made = ("stage", "entered", "reached_next", "conversion_rate", "lost", "still_in", *(() if within is None else ("young",)))
    groups = table.groups(by, made=made)
    moves = _placed(table, names, check_each("dropped", dropped, check_text))
    entries = _first(moves.filter(nw.col("_place") >= 0), "_place").filter(
        nw.col("happened_on") >= day_literal(period.start), nw.col("happened_on") < day_literal(period.end)
    )
    followed = _followed(entries, moves, groups, within, as_of)
    sums = _with_every_stage(table, followed, groups, len(names))
    entered, reached = nw.col("entered"), nw.col("reached_next")
    rate = nw.when((entered > 0) & (nw.col("_place") < len(names) - 1)).then(reached.cast(nw.Float64) / entered.cast(nw.Float64))
    figures = sums.with_columns(
        _named(names).alias("stage"), rate.alias("conversion_rate"), (entered - reached - nw.col("lost")).alias("still_in")
    )
    return table.back(figures.sort(*groups, "_place", nulls_last=True).select(*groups, *made))


def time_in_stage_by(stage_moves: F, *by: str, as_of: date, ends: Sequence[str] = ("won", *DROPPED)) -> F:
    """
    How long what moves stays in each stage, from entering it to the next move.

    >>> import polars as pl
    >>> from datetime import date, datetime, timezone
    >>> moves = [("O-1", 1, "offer"), ("O-2", 2, "offer"), ("O-1", 3, "won")]
    >>> rows = [(id, datetime(2026, 1, day, tzinfo=timezone.utc), stage) for id, day, stage in moves]
    >>> frame = pl.DataFrame(rows, schema=["subject_id", "happened_at", "to_stage"], orient="row")
    >>> frame = frame.with_columns(pl.col("happened_at").dt.date().alias("happened_on"))
    >>> time_in_stage_by(frame, as_of=date(2026, 1, 31)).rows()
    [('offer', 1, 2.0, 2.0, 1)]

    Args:
        stage_moves: As for `stage_conversion_by`; the columns of *by* are those of the move that entered.
        by: Columns that make a group.
        as_of: Today; what is dated later is not known yet.
        ends: Stages in which nothing stays.

    Returns:
        The columns of *by*, `stage` (String), `passages` (count of those that are over), `mean_days` and `median_days` (Float64, of those;
        null where there are none; hours count as parts of a day) and `running` (count of those that are not over); in no particular order.

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    table = _opened(stage_moves, check_date("as_of", as_of))
    groups = table.groups(by, made=("stage", "passages", "mean_days", "median_days", "running"))
    over_by = check_each("ends", ends, check_text)
    left = nw.col("happened_at").shift(-1).over("subject_id", order_by=_ORDER)
    moves = _in_order(table, over_by).with_columns(left.alias("_left_at"))
    stays = moves.filter(~nw.col("to_stage").is_in(over_by))
    spent = microseconds_between("happened_at", "_left_at", stays).cast(nw.Float64)
    over = ~nw.col("_left_at").is_null()
    stays = stays.with_columns(
        (spent / _MICROSECONDS_A_DAY).alias("mean_days"),
        nw.when(over).then(nw.lit(1)).otherwise(nw.lit(0)).alias("passages"),
        nw.when(over).then(nw.lit(0)).otherwise(nw.lit(1)).alias("running"),
        nw.col("to_stage").alias("stage"),
    )
    stays = stays.select(*groups, "stage", "passages", "running", "mean_days", nw.col("mean_days").alias("median_days"))
    figures = [nw.col("passages", "running").sum(), nw.col("mean_days").mean(), nw.col("median_days").median()]
    added = stays.group_by(*groups, "stage").agg(*figures).with_columns(nw.col("passages", "running").cast(nw.Int64))
    return table.back(added.select(*groups, "stage", "passages", "mean_days", "median_days", "running"))


def drop_outs_by(stage_moves: F, *by: str, period: Period, dropped: Sequence[str] = DROPPED) -> F:
    """
    Where and why things drop out: the moves out of the pipeline in a period, by the stage they left and the reason given.

    >>> import polars as pl
    >>> from datetime import date, datetime, timezone
    >>> moves = {"subject_id": ["O-1"], "happened_at": [datetime(2026, 1, 5, tzinfo=timezone.utc)], "happened_on": [date(2026, 1, 5)]}
    >>> frame = pl.DataFrame({**moves, "from_stage": ["offer"], "to_stage": ["lost"], "reason": ["price"]})
    >>> drop_outs_by(frame, period=Period.month(2026, 1)).rows()
    [('offer', 'price', 1)]

    Args:
        stage_moves: As for `stage_conversion_by`, with `from_stage` (String; without it the stage entered before) and `reason` (String;
            without it all reasons are unknown).
        by: Columns that make a group.
        period: When it dropped out.
        dropped: What a move out of the pipeline leads to.

    Returns:
        The columns of *by*, `stage` (String, null where it entered by dropping out), `reason` (String, null where none was given) and
        `count`; the most frequent first.

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    check_kind("period", period, Period)
    table = _opened(stage_moves, None)
    groups = table.groups(by, made=("stage", "count"))
    ends = check_each("dropped", dropped, check_text)
    before = nw.col("to_stage").shift(1).over("subject_id", order_by=_ORDER)
    rows = _in_order(table, ends).with_columns((nw.col("from_stage") if "from_stage" in table.dtypes else before).alias("stage"))
    if "reason" not in table.dtypes:
        rows = rows.with_columns(nw.lit(None, dtype=nw.String).cast(nw.String).alias("reason"))
    out = rows.filter(
        nw.col("to_stage").is_in(ends),
        nw.col("happened_on") >= day_literal(period.start),
        nw.col("happened_on") < day_literal(period.end),
    )
    keys = tuple(dict.fromkeys((*groups, "stage", "reason")))
    counts = out.group_by(*keys).agg(nw.len().alias("count")).with_columns(nw.col("count").cast(nw.Int64))
    order = [*groups, "count", "stage", "reason"]
    result = counts.sort(*dict.fromkeys(order), descending=[name == "count" for name in dict.fromkeys(order)], nulls_last=True)
    return table.back(result.select(*keys, "count"))


def _opened(stage_moves: F, as_of: date | None) -> Table[F]:
    """Moves up to a day, of something."""
    (table,) = opened(Asked(stage_moves, "stage_moves", needs=_NEEDS))
    rows = table.frame.filter(~nw.col("subject_id").is_null())
    return attrs.evolve(
        table, frame=rows if as_of is None else rows.filter(nw.col("happened_on") <= day_literal(check_date("as_of", as_of)))
    )


def _in_order(table: Table[Any], ends: tuple[str, ...]) -> Lazy:
    """Tell moves of one moment apart, as data by the day have them: what enters comes first, what ends last."""
    entering = nw.col("from_stage").is_null() if "from_stage" in table.dtypes else nw.lit(value=False)
    place = nw.when(nw.col("to_stage").is_in(ends)).then(nw.lit(2)).when(entering).then(nw.lit(0)).otherwise(nw.lit(1))
    return table.frame.with_columns(place.alias("_place"))


def _placed(table: Table[Any], names: tuple[str, ...], dropped: tuple[str, ...]) -> Lazy:
    """Add the place of each stage, −1 for any other, and whether what moved has dropped out by now."""
    place = nw.lit(-1)
    for number, name in enumerate(names):
        place = nw.when(nw.col("to_stage") == name).then(nw.lit(number)).otherwise(place)
    moves = table.frame.with_columns(place.cast(nw.Int64).alias("_place"))
    last = nw.col("happened_at").max().over("subject_id")
    out = nw.when(nw.col("to_stage").is_in(dropped), nw.col("happened_at") == last).then(nw.lit(1)).otherwise(nw.lit(0))
    return moves.with_columns(out.alias("_out"), nw.lit(1).alias("_one"))


def _first(moves: Lazy, stage: str) -> Lazy:
    """The move with which each thing entered each stage first."""
    order = nw.col("_one").cum_sum().over("subject_id", stage, order_by="happened_at")
    return moves.with_columns(order.alias("_order")).filter(nw.col("_order") == 1)


def _followed(entries: Lazy, moves: Lazy, groups: tuple[str, ...], within: Interval | None, as_of: date | None) -> Lazy:
    """One row for each entry: whether it got on, where it ended, and whether its time is not over yet."""
    shown = entries.select(*groups, *(name for name in ("subject_id",) if name not in groups), "_place", "happened_at", "happened_on")
    if within is None:
        limited = shown.with_columns(nw.lit(0).alias("_until"))
    else:
        months = shown.with_columns(nw.lit(within.months).cast(nw.Int64).alias("_months"))
        limited = with_added(months, "happened_on", months="_months", days=nw.lit(within.days), into="_until").drop("_months")
    later = moves.select(
        "subject_id", "_out", nw.col("_place").alias("_to"), nw.col("happened_at").alias("_at"), nw.col("happened_on").alias("_on")
    )
    pairs = limited.join(later, on="subject_id", how="inner")
    got_on = (nw.col("_to") > nw.col("_place")) & (nw.col("_at") >= nw.col("happened_at"))
    if within is not None:
        got_on &= day_number(nw.col("_on")) <= nw.col("_until")
    pairs = pairs.with_columns(nw.when(got_on).then(nw.lit(1)).otherwise(nw.lit(0)).alias("reached_next"))
    keys = tuple(dict.fromkeys((*groups, "subject_id", "_place")))
    rows = pairs.group_by(*keys).agg(nw.col("reached_next", "_until", "_out").max())
    is_lost = (nw.col("reached_next") == 0) & (nw.col("_out") == 1)
    is_young = nw.col("_until") > day_ordinal(as_of) if within is not None and as_of is not None else nw.col("_until") > 0
    flags = {"lost": is_lost, "young": is_young & (nw.col("reached_next") == 0)}
    return rows.with_columns(
        nw.lit(1).alias("entered"), *(nw.when(flag).then(nw.lit(1)).otherwise(nw.lit(0)).alias(name) for name, flag in flags.items())
    )


def _with_every_stage(table: Table[Any], followed: Lazy, groups: tuple[str, ...], count: int) -> Lazy:
    """Sums of each group and stage, with zeros for the stages that none entered."""
    sums = ("entered", "reached_next", "lost", "young")
    places = known_rows(table, {"_place": range(count)})
    grid = followed.select(*groups).unique().join(places, how="cross") if groups else places
    parts = [followed, grid.with_columns(nw.lit(0).alias(name) for name in sums)]
    typed = [part.select(*groups, nw.col("_place").cast(nw.Int64), *(nw.col(name).cast(nw.Int64) for name in sums)) for part in parts]
    added = nw.concat(typed).group_by(*groups, "_place").agg(nw.col(*sums).sum())
    return added.with_columns(nw.col(*sums).cast(nw.Int64))


def _named(names: tuple[str, ...]) -> nw.Expr:
    stage = nw.lit(names[-1])
    for number, name in enumerate(names[:-1]):
        stage = nw.when(nw.col("_place") == number).then(nw.lit(name)).otherwise(stage)
    return stage
