from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Period
from crmkit.errors import InvalidValueError
from crmkit.metrics import (
    backlog_by,
    cases_by,
    reopen_rate_by,
    resolution_time_by,
    response_time_by,
    same_day_closure_rate_by,
    satisfaction_by,
    sla_rate_by,
)
from tests.engines import day, dicts, on, on_every_engine, rows, rows_in_order, sales

BERLIN = ZoneInfo("Europe/Berlin")
JANUARY = Period.month(2026, 1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


COLUMNS = ("case_id", "employee_id", "opened_at", "closed_at", "reopened")
CASES = sales(
    [
        ("F-1", "anna", at("2026-01-05T09:00"), at("2026-01-05T12:00"), 0),
        ("F-2", "anna", at("2026-01-05T23:30"), at("2026-01-06T00:30"), 1),
        ("F-3", "anna", at("2026-01-31T09:00"), at("2026-02-01T09:00"), 0),
        ("F-4", "ben", at("2026-01-05T09:00"), None, 2),
        ("F-5", "ben", at("2026-01-07T09:00"), None, 0),
        ("F-6", None, at("2026-01-05T09:00"), at("2026-01-05T08:00"), 0),
    ],
    *COLUMNS,
    opened_at=pl.Datetime("us", "Europe/Berlin"),
    closed_at=pl.Datetime("us", "Europe/Berlin"),
).with_columns(opened_on=pl.col("opened_at").dt.date(), closed_on=pl.col("closed_at").dt.date())


@on_every_engine
def test_cases_are_counted_by_agent_and_day(engine: str) -> None:
    assert rows_in_order(cases_by(on(engine, CASES), "employee_id", period=JANUARY)) == [
        ("anna", day("2026-01-05"), 2, 1),
        ("anna", day("2026-01-06"), 0, 1),
        ("anna", day("2026-01-31"), 1, 0),
        ("ben", day("2026-01-05"), 1, 0),
        ("ben", day("2026-01-07"), 1, 0),
        (None, day("2026-01-05"), 1, 1),
    ]


@on_every_engine
def test_same_day_closure_is_on_the_local_day_of_opening_by_opened(engine: str) -> None:
    result = same_day_closure_rate_by(on(engine, CASES), "employee_id", period=JANUARY)

    assert rows_in_order(result) == [("anna", 3, 3, 1, pytest.approx(1 / 3)), ("ben", 2, 0, 0, 0), (None, 1, 1, 1, 1)]


@on_every_engine
@pytest.mark.parametrize(
    ("as_of", "expected"),
    [("2026-01-04", (0, None)), ("2026-01-05", (2, 0)), ("2026-01-06", (1, 1)), ("2026-01-31", (3, 26)), ("2026-02-01", (2, 27))],
)
def test_the_backlog_is_what_is_open_at_the_end_of_a_day(engine: str, as_of: str, expected: tuple[int, int | None]) -> None:
    frame = on(engine, CASES.filter(pl.col("case_id") != "F-6"))

    assert rows(backlog_by(frame, as_of=day(as_of))) == [expected]


@on_every_engine
def test_a_case_that_was_opened_again_was_closed_once(engine: str) -> None:
    assert rows_in_order(reopen_rate_by(on(engine, CASES), "employee_id")) == [
        ("anna", 3, 1, pytest.approx(1 / 3)),
        ("ben", 1, 1, 1),
        (None, 1, 0, 0),
    ]


@on_every_engine
@pytest.mark.parametrize(("late", "kept"), [(-1, 1), (0, 1), (1, 0)])
def test_a_case_is_kept_in_time_up_to_its_due_moment(engine: str, late: int, kept: int) -> None:
    due = at("2026-01-05T12:00") - timedelta(microseconds=late)
    frame = CASES.head(1).with_columns(due_at=pl.lit(due).dt.convert_time_zone("Europe/Berlin").cast(pl.Datetime("us", "Europe/Berlin")))

    assert rows(sla_rate_by(on(engine, frame), period=JANUARY)) == [(1, kept, kept, 0)]


@on_every_engine
def test_time_to_resolution_is_over_closed_cases_only(engine: str) -> None:
    result = resolution_time_by(on(engine, CASES), "employee_id")

    assert rows_in_order(result) == [
        ("anna", 3, 28, pytest.approx(28 / 3), 3, pytest.approx(3 + 0.8 * 21), 0),
        (None, 0, 0, None, None, None, 1),
    ]


EVENTS = sales(
    [
        ("F-1", at("2026-01-05T09:00"), "open"),
        ("F-1", at("2026-01-05T10:00"), "waiting"),
        ("F-1", at("2026-01-05T11:00"), "closed"),
        ("F-1", at("2026-01-06T09:00"), "open"),
        ("F-1", at("2026-01-06T09:30"), "closed"),
        ("F-2", at("2026-01-05T23:30"), "open"),
        ("F-2", at("2026-01-06T00:00"), "closed"),
        ("F-2", at("2026-01-06T01:00"), "open"),
    ],
    *("case_id", "happened_at", "state"),
    happened_at=pl.Datetime("us", "Europe/Berlin"),
)


@on_every_engine
def test_events_leave_out_the_time_between_closing_and_reopening(engine: str) -> None:
    frames = on(engine, CASES, EVENTS)

    assert rows_in_order(resolution_time_by(frames[0], "case_id", events=frames[1]), "case_id", "closed", "total_hours") == [
        ("F-1", 1, 2.5),
        ("F-3", 1, 24),
        ("F-6", 0, 0),
    ]


@attrs.frozen
class Hours:
    zone: str = "Europe/Berlin"
    weekdays: Mapping[int, tuple[tuple[time, time], ...]] = dict.fromkeys(
        range(5), ((time(9), time(12)), (time(13), time(17)))
    )  # never changed
    holidays: Container[date] = frozenset({date(2026, 1, 6)})


@on_every_engine
@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-01-05T09:00", "2026-01-05T17:00", 7),
        ("2026-01-05T08:59", "2026-01-05T12:30", 3),
        ("2026-01-05T12:30", "2026-01-05T13:30", 0.5),
        ("2026-01-05T16:00", "2026-01-07T10:00", 2),
        ("2026-01-09T16:00", "2026-01-12T10:00", 2),
        ("2026-01-10T09:00", "2026-01-11T10:00", 0),
        ("2026-03-27T16:00", "2026-03-30T10:00", 2),
    ],
)
def test_working_hours_leave_out_nights_weekends_and_holidays(engine: str, start: str, end: str, hours: float) -> None:
    frame = sales(
        [(at(start), at(end)), (at(start), None)],
        *("opened_at", "first_response_at"),
        opened_at=pl.Datetime("us", "Europe/Berlin"),
        first_response_at=pl.Datetime("us", "Europe/Berlin"),
    )

    assert rows(response_time_by(on(engine, frame), hours=Hours()), "answered", "total_hours") == [(1, hours)]


def test_events_and_working_hours_go_together() -> None:
    result = resolution_time_by(CASES, "case_id", events=EVENTS, hours=Hours())

    assert rows_in_order(result, "case_id", "closed", "total_hours") == [("F-1", 1, 2), ("F-3", 1, 0), ("F-6", 0, 0)]


def test_midnight_ends_a_day_of_work() -> None:
    frame = sales([(at("2026-01-05T00:00"), at("2026-01-06T06:00"))], "opened_at", "first_response_at").cast(
        {pl.Datetime: pl.Datetime("us", "Europe/Berlin")}
    )

    found = response_time_by(frame, hours=Hours(weekdays={0: ((time(20), time(0)),)}))

    assert rows(found, "total_hours") == [(4,)]


MOMENTS = st.datetimes(datetime(2026, 3, 20), datetime(2026, 4, 5)).map(lambda moment: moment.replace(tzinfo=BERLIN))  # noqa: DTZ001  # made aware


@given(st.lists(MOMENTS, min_size=3, max_size=3))
def test_working_hours_of_the_parts_add_up_to_those_of_the_whole(moments: list[datetime]) -> None:
    moments.sort(key=lambda moment: moment.timestamp())

    def hours(start: datetime, end: datetime) -> float:
        frame = pl.DataFrame(
            {"opened_at": [start], "first_response_at": [end]},
            schema=dict.fromkeys(("opened_at", "first_response_at"), pl.Datetime("us", "Europe/Berlin")),
        )
        (row,) = dicts(response_time_by(frame, hours=Hours()))
        return float(row["total_hours"])

    assert sum(hours(*pair) for pair in pairwise(moments)) == pytest.approx(hours(moments[0], moments[-1]))


def ratings(*scores: float | None, kind: str = "csat") -> pl.DataFrame:
    return pl.DataFrame(
        {"score": scores, "kind": [kind] * len(scores), "rated_on": [date(2026, 1, 5)] * len(scores)}, schema_overrides={"score": pl.Int64}
    )


@on_every_engine
def test_csat_is_the_share_of_fours_and_fives_with_the_interval_of_wilson(engine: str) -> None:
    """Newcombe, Statistics in Medicine 17 (1998) 8, table I: 81 of 263 is 0.2553 to 0.3662."""
    frame = on(engine, ratings(*[5] * 40, *[4] * 41, *[1] * 182))

    ((answers, score, low, high, satisfied, beyond),) = rows(satisfaction_by(frame, kind="csat"))

    assert (answers, score, satisfied, beyond) == (263, pytest.approx(81 / 263), 81, 0)
    assert (low, high) == (pytest.approx(0.2553, abs=5e-5), pytest.approx(0.3662, abs=5e-5))


@on_every_engine
def test_nps_is_promoters_less_detractors(engine: str) -> None:
    frame = on(engine, ratings(10, 9, 8, 7, 6, 0, 11, None, kind="nps"))

    ((answers, score, low, high, *parts),) = rows(satisfaction_by(frame, kind="nps"))

    assert (answers, score, parts) == (6, 0, [2, 2, 1])
    assert (low, high) == (pytest.approx(-high), pytest.approx(1.959964 * (4 / 6 / 6) ** 0.5))


@on_every_engine
def test_ces_is_the_mean_answer(engine: str) -> None:
    frame = on(engine, ratings(7, 5, 6, kind="ces"))

    ((answers, score, low, high, total, beyond),) = rows(satisfaction_by(frame, kind="ces", confidence=Decimal("0.5")))

    assert (answers, score, total, beyond) == (3, 6, 18, 0)
    assert (low, high) == (pytest.approx(6 - 0.6744898 / 3**0.5), pytest.approx(6 + 0.6744898 / 3**0.5))


@on_every_engine
@pytest.mark.parametrize(("kind", "low"), [("csat", None), ("nps", None), ("ces", None)])
def test_nobody_answered_has_no_score(engine: str, kind: Any, low: None) -> None:
    assert rows(satisfaction_by(on(engine, ratings()), kind=kind), "answers", "score", "low", "high") == [(0, None, low, None)]


@pytest.mark.parametrize("kind", ["nps", "ces"])
def test_one_answer_has_no_interval(kind: Any) -> None:
    assert rows(satisfaction_by(ratings(5, kind=kind), kind=kind), "low", "high") == [(None, None)]


def test_an_interval_stays_within_the_scale() -> None:
    assert rows(satisfaction_by(ratings(10, 10, 0, kind="nps"), kind="nps"), "high") == [(1,)]


@pytest.mark.parametrize("confidence", [Decimal(0), Decimal(1), Decimal("1.5")])
def test_an_interval_is_sure_to_a_degree(confidence: Decimal) -> None:
    with pytest.raises(InvalidValueError):
        satisfaction_by(ratings(5), kind="csat", confidence=confidence)


def test_a_column_that_the_reopen_rate_makes_is_no_group() -> None:
    cases = pl.DataFrame({"closed_on": [None], "reopened": [1]}, schema={"closed_on": pl.Date, "reopened": pl.Int64})

    with pytest.raises(InvalidValueError, match="reopened"):
        reopen_rate_by(cases, "reopened")


@pytest.mark.parametrize("cases", [CASES.head(0), CASES.filter(pl.col("closed_at").is_null())], ids=["no case", "none closed"])
def test_where_no_case_was_closed_no_hours_were_worked(cases: pl.DataFrame) -> None:
    assert rows(resolution_time_by(cases, hours=Hours()), "closed", "total_hours", "mean_hours") == [(0, 0, None)]


def test_ratings_of_one_kind_need_not_name_it() -> None:
    ratings = pl.DataFrame({"score": [5, 4, 1], "kind": ["csat"] * 3})

    assert rows(satisfaction_by(ratings.drop("kind"), kind="csat")) == rows(satisfaction_by(ratings, kind="csat"))


def test_an_open_case_makes_nobody_count_the_days_since_1970() -> None:
    asked: list[object] = []

    class Noted:
        def __contains__(self, day: object) -> bool:
            asked.append(day)
            return False

    start = pl.Series(["2026-01-05T09:00:00Z"] * 2).str.to_datetime(time_unit="us", time_zone="UTC")
    cases = pl.DataFrame({"case_id": ["F-1", "F-2"], "opened_at": start, "closed_at": [start[0] + timedelta(hours=26), None]})

    assert [count for (count,) in rows(resolution_time_by(cases, hours=Hours(holidays=Noted())), "closed")] == [1]
    assert asked == [date(2026, 1, 5), date(2026, 1, 6)]
