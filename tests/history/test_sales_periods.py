from __future__ import annotations

from typing import Any

import pytest

from crmkit import Period
from crmkit.errors import InvalidValueError
from crmkit.history import sales_by_month, sales_by_period
from tests.engines import day, dicts, numbered, on, on_every_engine, rows, sales, with_every_number

LINES = sales(
    [
        ("C-1", day("2025-12-28"), 1),
        ("C-1", day("2025-12-29"), 10),
        ("C-1", day("2026-01-04"), 10),
        ("C-1", day("2026-01-05"), 25),
        ("C-1", day("2026-01-19"), 3),
        (None, day("2026-01-19"), 4),
    ],
    *("customer_id", "issued_on", "revenue"),
)
WEEKS = Period(day("2025-12-29"), day("2026-01-19")).weeks()


@on_every_engine
@with_every_number
def test_iso_weeks_begin_on_monday(engine: str, number: str) -> None:
    frame = on(engine, numbered(LINES, number, "revenue"))

    series = sales_by_period(frame, "customer_id", periods=WEEKS, as_of=day("2026-12-31"))

    assert rows(series, "customer_id", "start", "end", "revenue", "previous", "change_ratio", "partial") == [
        ("C-1", day("2025-12-29"), day("2026-01-05"), 20, None, None, False),
        ("C-1", day("2026-01-05"), day("2026-01-12"), 25, 20, 0.25, False),
        ("C-1", day("2026-01-12"), day("2026-01-19"), 0, 25, -1, False),
        (None, day("2025-12-29"), day("2026-01-05"), 0, None, None, False),
        (None, day("2026-01-05"), day("2026-01-12"), 0, 0, None, False),
        (None, day("2026-01-12"), day("2026-01-19"), 0, 0, None, False),
    ]
    assert type(series) is type(frame)


@on_every_engine
@pytest.mark.parametrize(("as_of", "partial"), [("2026-01-17", True), ("2026-01-18", False), ("2026-01-19", False)])
def test_a_period_is_partial_until_its_last_day_is_over(engine: str, as_of: str, partial: bool) -> None:
    series = sales_by_period(on(engine, LINES), periods=WEEKS, as_of=day(as_of))

    assert rows(series, "partial")[-1] == (partial,)


@on_every_engine
def test_quantities_keep_their_units_and_unknown_profit_is_null(engine: str) -> None:
    lines = sales(
        [(day("2026-01-05"), 1, "kg", 10, None), (day("2026-01-06"), 2, "piece", 5, 1)], "issued_on", "quantity", "unit", "revenue", "cost"
    )
    week = [Period.iso_week(2026, 2)]
    frame = on(engine, lines)

    assert rows(sales_by_period(frame, periods=week, as_of=day("2026-12-31"), value="quantity"), "unit", "quantity") == [
        ("kg", 1),
        ("piece", 2),
    ]
    profits = sales_by_period(frame, "unit", periods=week, as_of=day("2026-12-31"), value="gross_profit")
    assert rows(profits, "unit", "gross_profit") == [("kg", None), ("piece", 4)]


@on_every_engine
def test_calendar_months_are_those_of_sales_by_month(engine: str) -> None:
    quarter, frame = Period.quarter(2026, 1), on(engine, LINES)

    own = sales_by_period(frame, "customer_id", periods=quarter.months(), as_of=day("2026-02-15"))
    months = sales_by_month(frame, "customer_id", period=quarter, as_of=day("2026-02-15"))

    shown = ("customer_id", "revenue", "partial")
    assert rows(own, *shown) == rows(months, *shown)


@on_every_engine
def test_without_lines_one_series_is_zero(engine: str) -> None:
    assert [row["revenue"] for row in dicts(sales_by_period(on(engine, LINES.clear()), periods=WEEKS, as_of=day("2026-12-31")))] == [0] * 3


@pytest.mark.parametrize("periods", [(), (Period.month(2026, 1), Period.month(2026, 3)), (Period.month(2026, 2), Period.month(2026, 1))])
def test_periods_follow_one_another(periods: Any) -> None:
    with pytest.raises(InvalidValueError, match="each beginning when the one before ends"):
        sales_by_period(LINES, periods=periods, as_of=day("2026-12-31"))
