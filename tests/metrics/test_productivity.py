from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from crmkit import Money, Period
from crmkit.errors import InvalidValueError, UndefinedMetricError
from crmkit.metrics import activity_by, campaign_roi, revenue_uplift_by, saved_cost
from tests.engines import day, numbered, on, on_every_engine, rows, rows_in_order, sales, with_every_number

LINES = sales(
    [
        *[("anna", day("2025-01-31"), 90), ("anna", day("2025-02-01"), 110), ("ben", day("2025-02-28"), 10)],
        *[
            ("anna", day("2025-03-10"), 999),
            ("anna", day("2026-01-01"), 200),
            ("anna", day("2026-02-28"), 300),
            ("cleo", day("2026-02-01"), 8),
        ],
    ],
    *("salesperson_id", "issued_on", "revenue"),
)
BEFORE, AFTER = Period(date(2025, 1, 1), date(2025, 3, 1)), Period(date(2026, 1, 1), date(2026, 3, 1))


@on_every_engine
@with_every_number
def test_uplift_compares_the_average_month_before_and_after(engine: str, number: str) -> None:
    frame = on(engine, numbered(LINES, number, "revenue"))

    assert rows(revenue_uplift_by(frame, before=BEFORE, after=AFTER)) == [(105, 254, 149, pytest.approx(149 / 105), True)]


@on_every_engine
def test_uplift_per_employee_knows_those_who_came_and_went(engine: str) -> None:
    result = revenue_uplift_by(on(engine, LINES), "salesperson_id", before=BEFORE, after=AFTER)

    assert rows_in_order(result, "salesperson_id", "before_monthly", "after_monthly", "uplift_ratio") == [
        ("anna", 100, 250, 1.5),
        ("ben", 5, 0, -1),
        ("cleo", 0, 4, None),
    ]


@on_every_engine
@pytest.mark.parametrize("live_on", ["2025-03-02", "2025-03-31"])
def test_the_month_of_the_go_live_is_out(engine: str, live_on: str) -> None:
    before, after = Period(date(2025, 1, 1), day(live_on)), Period(day(live_on), date(2026, 3, 1))

    assert rows(revenue_uplift_by(on(engine, LINES), before=before, after=after), "before_monthly", "after_monthly", "same_months") == [
        (105, pytest.approx(508 / 11), False)
    ]


def test_a_period_has_at_least_one_whole_month() -> None:
    with pytest.raises(InvalidValueError, match="whole calendar month"):
        revenue_uplift_by(LINES, before=Period(date(2025, 1, 2), date(2025, 2, 1)), after=AFTER)


def test_uplift_of_gross_profit_leaves_out_what_has_no_cost() -> None:
    frame = sales(
        [(day("2025-01-05"), 100, 40), (day("2025-01-06"), 100, None), (day("2026-01-05"), 100, 10)], "issued_on", "revenue", "cost"
    )

    result = revenue_uplift_by(frame, before=Period.month(2025, 1), after=Period.month(2026, 1), value="gross_profit")

    assert rows(result, "before_monthly", "after_monthly", "uplift_ratio") == [(60, 90, 0.5)]


def test_saved_hours_are_worth_their_rate() -> None:
    assert saved_cost(hours_before=40, hours_after=Decimal("32.5"), hourly_rate=Money.of(60, "EUR")) == Money.of(450, "EUR")
    assert saved_cost(hours_before=8, hours_after=10, hourly_rate=50) == -100


@pytest.mark.parametrize("wrong", [{"hours_before": -1}, {"hours_after": 0.5}, {"hourly_rate": -1}])
def test_hours_and_rates_are_exact_and_not_negative(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        saved_cost(**{"hours_before": 1, "hours_after": 1, "hourly_rate": 1, **wrong})


def test_the_gain_of_a_campaign_is_the_increase_in_gross_profit() -> None:
    assert campaign_roi(profit_before=400_000, profit_after=475_000, cost=12_000) == Decimal("5.25")
    assert campaign_roi(profit_before=Money.of(5, "EUR"), profit_after=Money.of(16, "EUR"), cost=Money.of(1, "EUR")) == 10


def test_no_increase_at_all_is_minus_one() -> None:
    assert campaign_roi(profit_before=7, profit_after=7, cost=3) == -1


def test_a_campaign_without_cost_has_no_return() -> None:
    with pytest.raises(UndefinedMetricError):
        campaign_roi(profit_before=7, profit_after=8, cost=0)


def test_money_beside_numbers_is_refused() -> None:
    wrong: Any = Money.of(1, "EUR")

    with pytest.raises(InvalidValueError):
        campaign_roi(profit_before=7, profit_after=8, cost=wrong)
    with pytest.raises(InvalidValueError):
        campaign_roi(profit_before=wrong, profit_after=wrong, cost=1)


TALKS = sales(
    [
        ("anna", "phone", "out", True, False, day("2026-01-01")),
        ("anna", "phone", "out", False, False, day("2026-01-31")),
        ("anna", "phone", "in", True, False, day("2026-01-31")),
        ("anna", "email", "out", True, True, day("2026-01-31")),
        ("anna", "email", "out", True, False, day("2026-01-31")),
        ("ben", "visit", "out", True, False, day("2026-01-31")),
        ("ben", "visit", "out", True, False, day("2026-02-01")),
    ],
    *("salesperson_id", "kind", "direction", "reached", "automatic", "happened_on"),
)
PAPERS = sales(
    [("cleo", "quote", day("2026-01-31")), ("anna", "order", day("2026-01-31")), ("ben", "quote", day("2026-02-01"))],
    *("salesperson_id", "document_kind", "issued_on"),
)


@on_every_engine
def test_leading_indicators_count_what_people_did(engine: str) -> None:
    result = activity_by(*on(engine, TALKS, PAPERS), "salesperson_id", period=Period.month(2026, 1))

    assert rows_in_order(result, "salesperson_id", "emails", "calls", "meetings", "quotes") == [
        ("anna", 1, 1, 0, 0),
        ("ben", 0, 0, 1, 0),
        ("cleo", 0, 0, 0, 1),
    ]


@on_every_engine
def test_without_groups_leading_indicators_are_one_row(engine: str) -> None:
    assert rows(activity_by(*on(engine, TALKS, PAPERS))) == [(1, 1, 2, 2)]
