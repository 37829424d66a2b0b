from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from crmkit import Period
from crmkit.errors import InvalidValueError, MissingColumnError
from crmkit.metrics import amount_win_rate_by, cohort_win_rate_by, pipeline_by, pipeline_velocity_by, sales_cycle_by, win_rate_by
from tests.engines import day, numbered, on, on_every_engine, rows, rows_in_order, sales, schema_of, with_every_number

COLUMNS = ("salesperson_id", "state", "opened_on", "closed_on", "amount")
DEALS = sales(
    [
        ("anna", "won", day("2026-01-01"), day("2026-01-31"), 300),
        ("anna", "won", day("2025-12-01"), day("2026-01-01"), 100),
        ("anna", "lost", day("2026-01-05"), day("2026-01-31"), 900),
        ("anna", "won", day("2026-01-05"), day("2026-02-01"), 70),
        ("ben", "open", day("2026-01-09"), None, 50),
        ("ben", "disqualified", day("2026-01-09"), day("2026-01-20"), 10),
        ("ben", "lost", day("2026-01-09"), day("2026-01-20"), None),
        ("cleo", "open", day("2026-01-09"), None, 60),
    ],
    *COLUMNS,
)
JANUARY = Period.month(2026, 1)


@on_every_engine
@with_every_number
def test_the_win_rate_goes_by_closing_date_and_number(engine: str, number: str) -> None:
    result = win_rate_by(on(engine, numbered(DEALS, number, "amount")), "salesperson_id", period=JANUARY)

    assert rows_in_order(result) == [("anna", 2, 1, pytest.approx(2 / 3), 400), ("ben", 0, 1, 0, 0)]


@on_every_engine
def test_disqualified_and_superseded_ones_count_in_neither(engine: str) -> None:
    assert rows(win_rate_by(on(engine, DEALS)), "won", "lost") == [(3, 2)]


@on_every_engine
def test_nothing_decided_has_no_win_rate(engine: str) -> None:
    assert rows(win_rate_by(on(engine, DEALS), period=Period.month(2027, 1))) == [(0, 0, None, 0)]


def test_a_win_rate_needs_no_amounts() -> None:
    assert win_rate_by(DEALS.drop("amount")).columns == ["won", "lost", "win_rate"]


@on_every_engine
def test_the_win_rate_by_amount_has_a_name_of_its_own(engine: str) -> None:
    assert rows(amount_win_rate_by(on(engine, DEALS), period=JANUARY)) == [(400, 900, pytest.approx(4 / 13), 1)]


@on_every_engine
def test_the_win_rate_by_cohort_goes_by_the_day_of_opening(engine: str) -> None:
    result = cohort_win_rate_by(on(engine, DEALS), "salesperson_id", period=JANUARY)

    assert rows_in_order(result) == [("anna", 3, 2, 1, 0, pytest.approx(2 / 3)), ("ben", 2, 0, 1, 1, 0), ("cleo", 1, 0, 0, 1, 0)]


@on_every_engine
@pytest.mark.parametrize(("closed", "counted"), [("2025-12-31", 0), ("2026-01-01", 1), ("2026-01-31", 1), ("2026-02-01", 0)])
def test_a_period_counts_its_first_day_but_not_its_end(engine: str, closed: str, counted: int) -> None:
    frame = on(engine, sales([("a", "won", day("2025-01-01"), day(closed), 5)], *COLUMNS))

    assert rows(win_rate_by(frame, period=JANUARY), "won") == [(counted,)]


@on_every_engine
def test_two_currencies_have_win_rates_apart(engine: str) -> None:
    frame = on(engine, sales([("won", 5, "EUR"), ("won", 5, "CHF"), ("lost", 5, "CHF")], "state", "amount", "currency"))

    assert rows_in_order(win_rate_by(frame)) == [("CHF", 1, 1, 0.5, 5), ("EUR", 1, 0, 1, 5)]


@on_every_engine
def test_the_cycle_runs_from_opening_to_the_win_by_the_month_of_the_win(engine: str) -> None:
    result = sales_cycle_by(on(engine, DEALS), "salesperson_id", start="opened_on", period=JANUARY)

    assert rows_in_order(result) == [("anna", 2, 61, 30.5, 30.5, 0, 0)]


@on_every_engine
def test_a_first_contact_after_the_win_is_a_data_error_and_counted(engine: str) -> None:
    starts = ["2026-01-30", "2026-01-31", "2026-02-01", None]
    lines = [("won", start and day(start), day("2026-01-31")) for start in starts]
    frame = on(engine, sales(lines, "state", "first_contact_on", "closed_on"))

    assert rows(sales_cycle_by(frame, start="first_contact_on")) == [(2, 1, 0.5, 0.5, 1, 1)]


@on_every_engine
def test_nothing_won_has_no_cycle(engine: str) -> None:
    assert rows(sales_cycle_by(on(engine, DEALS), start="opened_on", period=Period.month(2027, 1))) == [(0, 0, None, None, 0, 0)]


def test_the_start_of_the_cycle_is_chosen() -> None:
    wrong: Any = "quoted_on"

    with pytest.raises(InvalidValueError, match="'opened_on', 'first_contact_on'"):
        sales_cycle_by(DEALS, start=wrong)
    with pytest.raises(MissingColumnError, match="first_contact_on"):
        sales_cycle_by(DEALS, start="first_contact_on")


PIPELINE = sales(
    [
        ("o-1", "open", day("2026-01-05"), None, day("2026-03-31"), 100, 0.5, "commit"),
        ("o-2", "open", day("2026-01-05"), None, day("2026-04-01"), 40, 0.25, "best_case"),
        ("o-3", "open", day("2026-01-05"), None, day("2026-03-01"), None, 0.9, "pipeline"),
        ("o-4", "won", day("2026-01-05"), day("2026-02-01"), day("2026-03-01"), 70, 1.0, "commit"),
        ("o-5", "won", day("2026-01-05"), day("2026-02-02"), day("2026-03-01"), 30, 1.0, "pipeline"),
        ("o-6", "open", day("2026-02-02"), None, day("2026-03-01"), 999, 0.5, "commit"),
    ],
    *("opportunity_id", "state", "opened_on", "closed_on", "expected_on", "amount", "probability", "category"),
)


@on_every_engine
@with_every_number
def test_the_pipeline_is_what_was_open_on_the_day(engine: str, number: str) -> None:
    frame = on(engine, numbered(PIPELINE, number, "amount"))

    assert rows(pipeline_by(frame, as_of=day("2026-02-01"))) == [(4, 170, 90, 100, 40, 1)]


@on_every_engine
def test_the_pipeline_of_a_quarter_goes_by_the_expected_day(engine: str) -> None:
    result = pipeline_by(on(engine, PIPELINE), as_of=day("2026-02-01"), period=Period.quarter(2026, 1))

    assert rows(result, "opportunities", "amount", "best_case") == [(3, 130, 0)]


def test_without_probability_or_category_these_sums_are_missing() -> None:
    result = pipeline_by(PIPELINE.drop("probability", "category"), as_of=day("2026-02-01"))

    assert result.columns == ["opportunities", "amount", "without_amount"]


def test_amounts_keep_their_type() -> None:
    frame = numbered(PIPELINE, "decimal", "amount")

    assert schema_of(pipeline_by(frame, as_of=day("2026-02-01")))["commit"] == schema_of(frame)["amount"]


@on_every_engine
@with_every_number
def test_velocity_is_won_by_deal_size_by_days(engine: str, number: str) -> None:
    result = pipeline_velocity_by(on(engine, numbered(DEALS, number, "amount")), "salesperson_id", period=JANUARY)

    assert rows_in_order(result, "salesperson_id", "won", "deal_size", "mean_days", "velocity_per_day") == [
        ("anna", 2, 200, 30.5, pytest.approx(400 / 30.5)),
        ("ben", 0, None, None, None),
    ]


@on_every_engine
def test_of_an_empty_frame_everything_is_zero_or_undefined(engine: str) -> None:
    frame = on(engine, DEALS.clear())

    assert rows(win_rate_by(frame)) == [(0, 0, None, 0)]
    assert rows(cohort_win_rate_by(frame)) == [(0, 0, 0, 0, None)]
    assert rows(sales_cycle_by(frame, start="opened_on")) == [(0, 0, None, None, 0, 0)]
    assert rows(pipeline_by(frame, as_of=day("2026-01-01"))) == [(0, 0, 0)]
    assert rows(pipeline_velocity_by(frame, period=JANUARY), "won", "velocity_per_day") == [(0, None)]


@on_every_engine
def test_a_row_without_a_group_keeps_its_place(engine: str) -> None:
    frame = on(engine, DEALS.with_columns(pl.when(pl.col("salesperson_id") != "anna").then(pl.col("salesperson_id"))))

    assert rows_in_order(pipeline_velocity_by(frame, "salesperson_id", period=JANUARY), "salesperson_id", "won") == [("ben", 0), (None, 2)]


def test_without_closing_days_what_is_open_today_was_open_before() -> None:
    frame = PIPELINE.drop("closed_on", strict=False)

    assert rows(pipeline_by(frame, as_of=day("2026-02-01")), "opportunities") == [
        (frame.filter(pl.col("state") == "open", pl.col("opened_on") <= day("2026-02-01")).height,)
    ]
