from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Period
from crmkit.errors import InvalidValueError
from crmkit.metrics import contribution_margin_by, gross_profit_by, margin_bridge_by
from tests.engines import day, dicts, numbered, on, on_every_engine, rows, rows_in_order, sales, with_every_number

BEFORE, AFTER = Period.month(2026, 1), Period.month(2026, 2)
JANUARY, FEBRUARY = day("2026-01-05"), day("2026-02-05")
LINE = ("issued_on", "item_id", "quantity", "revenue", "cost")


def bridge(*lines: tuple[Any, ...], columns: tuple[str, ...] = LINE, engine: str = "polars", number: str = "int") -> list[tuple[Any, ...]]:
    frame = numbered(sales(list(lines), *columns), number, "revenue", "cost")
    return rows(margin_bridge_by(on(engine, frame), before=BEFORE, after=AFTER), "before", "price", "volume", "mix", "cost", "after")


@on_every_engine
@with_every_number
def test_one_item_that_sells_more_at_another_price_and_cost(engine: str, number: str) -> None:
    lines = [(JANUARY, "I-1", 10, 100, 60), (FEBRUARY, "I-1", 12, 132, 78)]

    assert bridge(*lines, engine=engine, number=number) == [pytest.approx((40, 12, 8, 0, -6, 54))]


@on_every_engine
def test_a_shift_to_the_better_item_is_mix(engine: str) -> None:
    lines = [(JANUARY, "good", 10, 100, 50), (JANUARY, "poor", 10, 100, 90), (FEBRUARY, "good", 15, 150, 75), (FEBRUARY, "poor", 5, 50, 45)]

    assert bridge(*lines, engine=engine) == [(60, 0, 0, 20, 0, 80)]


@on_every_engine
def test_an_item_that_is_new_is_mix(engine: str) -> None:
    lines = [(JANUARY, "old", 10, 100, 60), (FEBRUARY, "old", 10, 100, 60), (FEBRUARY, "new", 10, 50, 20)]

    assert bridge(*lines, engine=engine) == [(40, 0, 40, -10, 0, 70)]


@on_every_engine
def test_quantities_of_different_units_are_not_added_up(engine: str) -> None:
    lines = [
        (JANUARY, "a", 1, 100, 60, "t"),
        (JANUARY, "b", 1000, 100, 60, "kg"),
        (FEBRUARY, "a", 2, 200, 120, "t"),
        (FEBRUARY, "b", 1000, 100, 60, "kg"),
    ]

    assert bridge(*lines, columns=(*LINE, "unit"), engine=engine) == [(80, 0, 40, 0, 0, 120)]


@on_every_engine
def test_a_line_of_unknown_cost_is_in_neither_gross_profit(engine: str) -> None:
    lines = [(JANUARY, "a", 1, 100, 60), (FEBRUARY, "a", 1, 100, 60), (FEBRUARY, "a", 1, 100, None)]

    assert bridge(*lines, engine=engine) == [(40, 0, 0, 0, 0, 40)]


def test_a_price_reduction_without_a_quantity_is_price() -> None:
    lines = [(JANUARY, "a", 10, 100, 60), (FEBRUARY, "a", 10, 100, 60), (FEBRUARY, "a", None, -15, 0)]

    assert bridge(*lines) == [(40, -15, 0, 0, 0, 25)]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([JANUARY, FEBRUARY]), st.sampled_from("abc"), st.integers(-3, 9), st.integers(-99, 999), st.integers(-99, 999)
        )
    )
)
def test_before_and_the_effects_are_after_exactly(lines: list[Any]) -> None:
    frame = pl.DataFrame(lines, schema=dict(zip(LINE, [pl.Date, pl.String, pl.Int64, pl.Int64, pl.Int64], strict=True)), orient="row")

    (row,) = dicts(margin_bridge_by(frame, before=BEFORE, after=AFTER))
    (was,), (is_,) = (dicts(gross_profit_by(frame, period=period)) for period in (BEFORE, AFTER))

    assert row["before"] + row["price"] + row["volume"] + row["mix"] + row["cost"] == row["after"]
    assert (row["before"], row["after"]) == (was["gross_profit"] or 0, is_["gross_profit"] or 0)


def test_the_period_after_begins_when_the_one_before_has_ended() -> None:
    with pytest.raises(InvalidValueError, match="2026-02-01 or later"):
        margin_bridge_by(sales([(JANUARY, "a", 1, 1, 1)], *LINE), before=BEFORE, after=BEFORE)


VARIABLE = sales(
    [("a", 100, 60, 70), ("a", 50, 20, None), ("b", 40, None, 30), ("c", 30, None, None)], "customer_id", "revenue", "cost", "variable_cost"
)


@on_every_engine
@with_every_number
def test_contribution_margin_is_gross_profit_where_no_other_variable_cost_is_known(engine: str, number: str) -> None:
    frame = on(engine, numbered(VARIABLE, number, "revenue", "cost", "variable_cost"))

    result = contribution_margin_by(frame, "customer_id")

    columns = (
        "customer_id",
        "gross_profit",
        "variable_cost",
        "contribution_margin",
        "revenue_without_variable_cost",
        "contribution_margin_ratio",
    )
    assert rows_in_order(result, *columns) == [
        ("a", 70, 90, 60, 0, 0.4),
        ("b", None, 30, 10, 0, 0.25),
        ("c", None, None, None, 30, None),
    ]


@on_every_engine
def test_without_a_column_of_variable_cost_both_are_equal(engine: str) -> None:
    frame = on(engine, VARIABLE.drop("variable_cost"))

    for row in dicts(contribution_margin_by(frame, "customer_id")):
        assert (row["contribution_margin"], row["contribution_margin_ratio"]) == (row["gross_profit"], row["gross_margin"])
