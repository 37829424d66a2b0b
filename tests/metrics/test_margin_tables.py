from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Period
from crmkit.errors import InvalidValueError
from crmkit.metrics import contribution_margin_by, gross_profit_by, margin_bridge_by, net_margin, net_margin_by, net_profit
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


NET = ("revenue", "all_cost", "net_profit", "revenue_without_all_cost", "net_margin")


def net(*lines: tuple[Any, ...], engine: str = "polars", number: str = "int") -> list[tuple[Any, ...]]:
    frame = numbered(sales(list(lines), "team", "revenue", "all_cost"), number, "revenue", "all_cost")
    return rows_in_order(net_margin_by(on(engine, frame), "team"), "team", *NET)


@on_every_engine
@with_every_number
def test_net_margin_is_what_remains_of_revenue_after_every_cost(engine: str, number: str) -> None:
    lines = [("a", 100, 90), ("a", 300, 210), ("b", 80, 100), ("b", -40, -50)]

    assert net(*lines, engine=engine, number=number) == [("a", 400, 300, 100, 0, 0.25), ("b", 40, 50, -10, 0, -0.25)]


@on_every_engine
def test_net_margin_is_taken_over_the_rows_whose_cost_is_wholly_known(engine: str) -> None:
    assert net(("a", 100, 60), ("a", 100, None), ("b", 5, None), engine=engine) == [
        ("a", 200, 60, 40, 100, 0.4),
        ("b", 5, None, None, 5, None),
    ]


@on_every_engine
@pytest.mark.parametrize(("revenue", "margin"), [(-1, None), (0, None), (1, -9.0)])
def test_net_margin_is_undefined_for_no_revenue(engine: str, revenue: int, margin: float | None) -> None:
    assert net(("a", revenue, 10), engine=engine) == [("a", revenue, 10, revenue - 10, 0, margin)]


@on_every_engine
@pytest.mark.parametrize(("issued_on", "counted"), [("2025-12-31", 0), ("2026-01-01", 1), ("2026-01-31", 1), ("2026-02-01", 0)])
def test_net_margin_of_a_period_has_its_days(engine: str, issued_on: str, counted: int) -> None:
    frame = sales([("a", day("2026-01-15"), 3, 1), ("a", day(issued_on), 5, 1)], "site", "issued_on", "revenue", "all_cost")

    assert rows(net_margin_by(on(engine, frame), "site", period=BEFORE), "net_profit") == [(2 + 4 * counted,)]


@on_every_engine
def test_net_margin_adds_no_two_currencies(engine: str) -> None:
    frame = sales([("EUR", 10, 5), ("CHF", 10, 8)], "currency", "revenue", "all_cost")

    assert rows_in_order(net_margin_by(on(engine, frame)), "currency", "net_profit") == [("CHF", 2), ("EUR", 5)]


@on_every_engine
def test_cost_of_goods_beside_all_cost_changes_nothing(engine: str) -> None:
    frame = sales([("a", 10, 5, 9)], "cost", "revenue", "gross_margin", "all_cost")

    assert rows(net_margin_by(on(engine, frame)), "net_profit") == [(1,)]


def test_the_net_margin_of_all_is_the_scalar() -> None:
    frame = sales([("a", 100, 60), ("b", 50, 65)], "team", "revenue", "all_cost")

    (row,) = dicts(net_margin_by(frame))

    assert row["net_margin"] == pytest.approx(float(net_margin(net_profit=net_profit(revenue=150, all_cost=125), revenue=150)))


@on_every_engine
@pytest.mark.parametrize("number", ["int", "decimal"])
def test_effects_of_amounts_that_no_float_holds_are_exact(engine: str, number: str) -> None:
    large = 90_071_992_547_409_931  # above 2 ** 53
    lines = sales(
        [(JANUARY, "I-1", 3, large, 0), (FEBRUARY, "I-1", 6, large * 2 + 1, 0)],
        "issued_on", "item_id", "quantity", "revenue", "cost",
    )  # fmt: skip

    (row,) = dicts(margin_bridge_by(on(engine, numbered(lines, number, "revenue", "cost")), before=BEFORE, after=AFTER))

    assert {name: int(row[name]) for name in ("before", "price", "volume", "mix", "cost", "after")} == {
        "before": large, "price": 1, "volume": large, "mix": 0, "cost": 0, "after": large * 2 + 1,
    }  # fmt: skip


@pytest.mark.parametrize("quantity", [0.5, Decimal("0.5")])
def test_parts_of_a_unit_count_as_such(quantity: float | Decimal) -> None:
    lines = pl.DataFrame(
        {
            "issued_on": [JANUARY, FEBRUARY],
            "item_id": ["I-1", "I-1"],
            "quantity": [quantity, quantity * 3],
            "revenue": [Decimal("10.01"), Decimal("33.04")],
            "cost": [Decimal("0.00"), Decimal("0.00")],
        }
    )

    (row,) = dicts(margin_bridge_by(lines, before=BEFORE, after=AFTER))

    assert (row["price"], row["volume"], row["mix"]) == (Decimal("3.01"), Decimal("20.02"), 0)
