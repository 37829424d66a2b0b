from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Period, days
from crmkit.classification import drop_outs_by, stage_conversion_by, time_in_stage_by
from crmkit.errors import InvalidValueError, MissingColumnError
from tests.engines import day, dicts, on, on_every_engine, rows, rows_in_order

STAGES = ("lead", "offer", "won")
JANUARY = Period.month(2026, 1)
LATER = day("2026-12-31")
SCHEMA: dict[str, Any] = {
    "subject_id": pl.String,
    "happened_at": pl.Datetime("us", "UTC"),
    "happened_on": pl.Date,
    "from_stage": pl.String,
    "to_stage": pl.String,
    "reason": pl.String,
    "pipeline": pl.String,
}


def moves(*lines: tuple[Any, ...]) -> pl.DataFrame:
    """Moves by subject, day or moment, and stage; the stage before is found."""
    now: dict[str, str] = {}
    made = []
    for subject, at, stage, *more in lines:
        moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
        made.append((subject, moment, moment.date(), now.get(subject), stage, *(more or [None]), "main"))
        now[subject] = stage
    return pl.DataFrame(made, schema=SCHEMA, orient="row")


MOVES = moves(
    ("O-1", "2026-01-01", "lead"),
    ("O-2", "2026-01-31", "lead"),
    ("O-3", "2026-01-05", "lead"),
    ("O-4", "2025-12-31", "lead"),
    ("O-5", "2026-02-01", "lead"),
    ("O-1", "2026-01-10", "offer"),
    ("O-1", "2026-03-01", "lost", "price"),
    ("O-2", "2026-04-01", "won"),
    ("O-3", "2026-02-01", "lost", "price"),
    ("O-4", "2026-01-20", "offer"),
)


@on_every_engine
def test_conversion_follows_those_that_entered_a_stage_in_the_period(engine: str) -> None:
    funnel = stage_conversion_by(on(engine, MOVES), period=JANUARY, stages=STAGES)

    assert rows(funnel) == [("lead", 3, 2, pytest.approx(2 / 3), 1, 0), ("offer", 2, 0, 0, 1, 1), ("won", 0, 0, None, 0, 0)]


@on_every_engine
def test_deals_lost_later_still_entered_and_converted(engine: str) -> None:
    funnel = stage_conversion_by(on(engine, MOVES.filter(pl.col("subject_id") == "O-1")), period=JANUARY, stages=STAGES)

    assert rows(funnel, "stage", "entered", "reached_next", "lost")[0] == ("lead", 1, 1, 0)


@on_every_engine
def test_skipping_a_stage_reaches_a_later_one(engine: str) -> None:
    funnel = stage_conversion_by(on(engine, MOVES.filter(pl.col("subject_id") == "O-2")), period=JANUARY, stages=STAGES)

    assert rows(funnel, "stage", "entered", "reached_next") == [("lead", 1, 1), ("offer", 0, 0), ("won", 0, 0)]


@on_every_engine
def test_what_was_reached_before_moving_back_does_not_count(engine: str) -> None:
    back = moves(("O-1", "2026-01-01", "offer"), ("O-1", "2026-01-02", "lead"), ("O-1", "2026-01-03", "lead"))

    assert rows(stage_conversion_by(on(engine, back), period=JANUARY, stages=STAGES), "entered", "reached_next")[0] == (1, 0)


@on_every_engine
def test_entering_again_is_no_new_cohort(engine: str) -> None:
    again = moves(("O-1", "2025-12-01", "lead"), ("O-1", "2025-12-09", "offer"), ("O-1", "2026-01-02", "lead"))

    assert rows(stage_conversion_by(on(engine, again), period=JANUARY, stages=STAGES), "entered") == [(0,), (0,), (0,)]


@on_every_engine
def test_what_was_opened_again_is_not_lost(engine: str) -> None:
    again = moves(("O-1", "2026-01-01", "lead"), ("O-1", "2026-01-02", "lost"), ("O-1", "2026-01-03", "lead"))

    assert rows(stage_conversion_by(on(engine, again), period=JANUARY, stages=STAGES), "lost", "still_in")[0] == (0, 1)


@on_every_engine
@pytest.mark.parametrize(("within", "reached"), [(8, 0), (9, 1), (10, 1)])
def test_within_so_many_days_the_last_day_counts(engine: str, within: int, reached: int) -> None:
    one = on(engine, MOVES.filter(pl.col("subject_id") == "O-1"))

    funnel = stage_conversion_by(one, period=JANUARY, stages=STAGES, within=days(within), as_of=LATER)

    assert rows(funnel, "reached_next")[0] == (reached,)


@on_every_engine
@pytest.mark.parametrize(("as_of", "young"), [("2026-01-30", 1), ("2026-01-31", 0), ("2026-02-01", 0)])
def test_young_cohorts_are_flagged(engine: str, as_of: str, young: int) -> None:
    entered = on(engine, moves(("O-1", "2026-01-01", "lead")))

    funnel = stage_conversion_by(entered, period=JANUARY, stages=STAGES, within=days(30), as_of=day(as_of))

    assert rows(funnel, "stage", "entered", "young") == [("lead", 1, young), ("offer", 0, 0), ("won", 0, 0)]


@on_every_engine
def test_groups_are_those_of_the_move_that_entered(engine: str) -> None:
    frame = MOVES.with_columns(pipeline=pl.when(pl.col("subject_id") == "O-1").then(pl.lit("north")))

    funnel = stage_conversion_by(on(engine, frame), "pipeline", period=JANUARY, stages=STAGES)

    assert rows(funnel, "pipeline", "stage", "entered") == [
        *(("north", "lead", 1), ("north", "offer", 1), ("north", "won", 0)),
        *((None, "lead", 2), (None, "offer", 1), (None, "won", 0)),
    ]


@on_every_engine
def test_data_by_the_day_may_enter_and_end_in_one_moment(engine: str) -> None:
    at_once = on(engine, moves(("O-1", "2026-01-01", "lead"), ("O-1", "2026-01-01", "lost", "price")))

    assert rows(stage_conversion_by(at_once, period=JANUARY, stages=STAGES), "entered", "lost")[0] == (1, 1)
    assert rows(time_in_stage_by(at_once, as_of=LATER)) == [("lead", 1, 0, 0, 0)]


EVENTS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from([*STAGES, "lost"]), st.integers(0, 60)),
    max_size=14,
    unique_by=lambda e: (e[0], e[2]),
)


@given(EVENTS)
def test_every_entry_got_on_was_lost_or_is_still_in(events: list[tuple[str, str, int]]) -> None:
    made = sorted(events, key=lambda event: event[2])
    frame = moves(*((subject, str(day("2026-01-01") + timedelta(days=at)), stage) for subject, stage, at in made))
    period = Period(day("2026-01-01"), day("2027-01-01"))

    for number, row in enumerate(dicts(stage_conversion_by(frame, period=period, stages=STAGES))):
        first: dict[str, int] = {}
        for subject, stage, at in made:
            if stage == STAGES[number]:
                first.setdefault(subject, at)
        got_on = {who for who, stage, at in made if who in first and at >= first[who] and stage in STAGES[number + 1 :]}
        last = {who: stage for who, stage, _ in made}
        lost = {who for who in first if who not in got_on and last[who] == "lost"}
        assert (row["entered"], row["reached_next"], row["lost"]) == (len(first), len(got_on), len(lost))
        assert row["still_in"] == len(first) - len(got_on) - len(lost)


@on_every_engine
def test_nothing_entered_is_zero(engine: str) -> None:
    nothing = on(engine, MOVES.clear())

    assert rows(stage_conversion_by(nothing, period=JANUARY, stages=STAGES), "stage", "entered", "conversion_rate") == [
        (stage, 0, None) for stage in STAGES
    ]
    assert dicts(time_in_stage_by(nothing, as_of=LATER)) == []
    assert dicts(drop_outs_by(nothing, period=JANUARY)) == []


@pytest.mark.parametrize("stages", [("won",), ("lead", "lead"), ()])
def test_stages_are_an_order_of_at_least_two(stages: Any) -> None:
    with pytest.raises(InvalidValueError, match="at least two stages"):
        stage_conversion_by(MOVES, period=JANUARY, stages=stages)


def test_within_needs_a_day_of_asking() -> None:
    with pytest.raises(InvalidValueError, match="together with within"):
        stage_conversion_by(MOVES, period=JANUARY, stages=STAGES, within=days(3))
    with pytest.raises(MissingColumnError, match="'to_stage'"):
        stage_conversion_by(MOVES.drop("to_stage"), period=JANUARY, stages=STAGES)


@on_every_engine
def test_time_in_stage_is_from_entering_to_the_next_move(engine: str) -> None:
    frame = moves(
        ("O-1", "2026-01-01T00:00", "lead"),
        ("O-1", "2026-01-02T12:00", "offer"),
        ("O-2", "2026-01-01T00:00", "lead"),
        ("O-2", "2026-01-05T00:00", "lost"),
        ("O-1", "2026-01-03T12:00", "lead"),
        ("O-1", "2026-01-04T00:00", "won"),
    )

    assert rows_in_order(time_in_stage_by(on(engine, frame), as_of=LATER)) == [("lead", 3, 2, 1.5, 0), ("offer", 1, 1, 1, 0)]


@on_every_engine
@pytest.mark.parametrize(("as_of", "row"), [("2026-01-04", ("lead", 0, None, None, 1)), ("2026-01-05", ("lead", 1, 4, 4, 0))])
def test_what_is_not_over_yet_is_running(engine: str, as_of: str, row: tuple[Any, ...]) -> None:
    frame = on(engine, moves(("O-1", "2026-01-01", "lead"), ("O-1", "2026-01-05", "won")))

    assert rows(time_in_stage_by(frame, as_of=day(as_of))) == [row]


@on_every_engine
def test_time_in_stage_can_be_grouped(engine: str) -> None:
    assert rows(time_in_stage_by(on(engine, MOVES.head(1)), "pipeline", as_of=LATER), "pipeline", "stage", "running") == [
        ("main", "lead", 1)
    ]


@on_every_engine
def test_drop_outs_are_counted_by_stage_and_reason(engine: str) -> None:
    frame = on(
        engine,
        pl.concat([MOVES, moves(("O-9", "2026-02-28", "lead"), ("O-9", "2026-02-28", "lost", "price"), ("O-8", "2026-02-01", "lost"))]),
    )

    assert rows(drop_outs_by(frame, period=Period(day("2026-02-01"), day("2026-04-01")))) == [
        ("lead", "price", 2),
        ("offer", "price", 1),
        (None, None, 1),
    ]


@on_every_engine
def test_the_stage_left_is_found_where_it_is_not_given(engine: str) -> None:
    frame = on(engine, MOVES.drop("from_stage", "reason"))

    assert rows(drop_outs_by(frame, "pipeline", period=Period.year(2026))) == [("main", "lead", None, 1), ("main", "offer", None, 1)]


@on_every_engine
@pytest.mark.parametrize(("period", "count"), [(JANUARY, 0), (Period.month(2026, 2), 1), (Period(day("2026-02-02"), LATER), 1)])
def test_a_drop_out_belongs_to_the_period_of_its_move(engine: str, period: Period, count: int) -> None:
    assert sum(row["count"] for row in dicts(drop_outs_by(on(engine, MOVES), period=period))) == count
