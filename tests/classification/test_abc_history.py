from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Period
from crmkit.classification import abc_history, add_abc_class
from crmkit.errors import InvalidValueError
from crmkit.metrics import gross_profit_by
from tests.engines import day, dicts, numbered, on, on_every_engine, rows, rows_in_order, sales, schema_of, with_every_number

YEARS = (Period.year(2024), Period.year(2025), Period.year(2026))
LINES = sales(
    [
        ("C-1", day("2024-12-31"), 80, 0),
        ("C-2", day("2024-01-01"), 15, 0),
        ("C-3", day("2024-05-05"), 5, None),
        ("C-1", day("2025-01-01"), 10, 30),
        ("C-2", day("2025-06-06"), 70, 10),
        ("C-2", day("2026-06-06"), 70, 10),
        (None, day("2026-06-06"), 1000, 10),
    ],
    *("customer_id", "issued_on", "revenue", "cost"),
)


@on_every_engine
@with_every_number
def test_each_period_has_its_classes_and_says_what_changed(engine: str, number: str) -> None:
    frame = on(engine, numbered(LINES, number, "revenue", "cost"))

    history = abc_history(frame, "customer_id", periods=YEARS)

    start = [period.start for period in YEARS]
    assert rows(history, "start", "customer_id", "gross_profit", "abc_class", "loss_making", "previous_class", "changed") == [
        (start[0], "C-1", 80, "A", False, None, False),
        (start[0], "C-2", 15, "B", False, None, False),
        (start[0], "C-3", None, None, None, None, False),
        (start[1], "C-1", -20, "C", True, "A", True),
        (start[1], "C-2", 60, "A", False, "B", True),
        (start[1], "C-3", None, None, None, None, False),
        (start[2], "C-1", None, None, None, "C", True),
        (start[2], "C-2", 60, "A", False, "A", False),
    ]
    assert type(history) is type(frame)


@on_every_engine
def test_periods_may_overlap(engine: str) -> None:
    rolling = [Period(day("2024-01-01"), day("2025-02-01")), Period(day("2024-02-01"), day("2025-07-01"))]

    history = abc_history(on(engine, LINES), "customer_id", periods=rolling, value="revenue")

    assert rows_in_order(history, "customer_id", "end", "revenue")[:4] == [
        ("C-1", day("2025-02-01"), 90),
        ("C-1", day("2025-07-01"), 90),
        ("C-2", day("2025-02-01"), 15),
        ("C-2", day("2025-07-01"), 70),
    ]


@on_every_engine
def test_each_currency_has_classes_of_its_own(engine: str) -> None:
    frame = on(engine, LINES.filter(pl.col("issued_on") < day("2025-01-01")).with_columns(currency=pl.Series(["EUR", "CHF", None])))

    history = abc_history(frame, "customer_id", periods=YEARS[:2], value="revenue")

    assert rows_in_order(history, "currency", "abc_class", "previous_class") == [
        ("CHF", "A", None),
        ("CHF", None, "A"),
        ("EUR", "A", None),
        ("EUR", None, "A"),
        (None, "A", None),
        (None, None, "A"),
    ]


@on_every_engine
def test_items_without_a_name_are_classed_too_but_lines_without_a_customer_are_left_out_by_customer(engine: str) -> None:
    frame = on(engine, LINES.with_columns(item_id=pl.col("customer_id")))

    (period,) = YEARS[2:]
    assert rows_in_order(abc_history(frame, "item_id", periods=[period], value="revenue"), "item_id") == [("C-2",), (None,)]
    assert rows_in_order(abc_history(frame, "customer_id", periods=[period], value="revenue"), "customer_id") == [("C-2",)]


DAYS = st.dates(min_value=day("2024-01-01"), max_value=day("2026-12-31"))
SOLD = st.lists(st.tuples(st.sampled_from("abcdef"), DAYS, st.integers(-50, 100), st.none() | st.integers(0, 60)), min_size=1)


@given(SOLD)
def test_the_classes_of_a_period_are_those_of_its_gross_profits(lines: list[tuple[Any, ...]]) -> None:
    frame = sales(lines, "customer_id", "issued_on", "revenue", "cost", cost=pl.Int64)

    history = abc_history(frame, "customer_id", periods=YEARS)

    for period in YEARS:
        wanted = rows_in_order(
            add_abc_class(gross_profit_by(frame, "customer_id", period=period)), "customer_id", "gross_profit", "abc_class"
        )
        found = history.filter(pl.col("start") == period.start).join(
            frame.filter(pl.col("issued_on").is_between(period.start, period.end, closed="left")), on="customer_id", how="semi"
        )
        assert rows_in_order(found, "customer_id", "gross_profit", "abc_class") == wanted


@on_every_engine
def test_of_nothing_there_is_no_history(engine: str) -> None:
    history = abc_history(on(engine, LINES.clear()), "customer_id", periods=YEARS)

    assert dicts(history) == []
    assert list(schema_of(history)) == [
        *("customer_id", "start", "end", "gross_profit", "abc_class", "loss_making", "previous_class", "changed")
    ]


def test_there_is_something_to_class_and_a_period() -> None:
    with pytest.raises(InvalidValueError, match="at least one period"):
        abc_history(LINES, "customer_id", periods=())
    with pytest.raises(InvalidValueError, match="at least one column"):
        abc_history(LINES, periods=YEARS)
