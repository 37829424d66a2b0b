from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from crmkit import Period
from crmkit.classification import abc_cross_table, add_abc_class, add_xyz_class
from crmkit.errors import InvalidValueError
from crmkit.history import sales_by_month
from crmkit.metrics import gross_profit_by
from tests.engines import by_id, day, numbered, on, on_every_engine, rows, rows_in_order, sales, with_every_number

MONTHLY = sales(
    [
        *(("steady", amount) for amount in (10, 10, 10, 10)),
        *(("half", amount) for amount in (5, 15, 5, 15)),
        *(("as much as the mean", amount) for amount in (0, 20, 0, 20)),
        *(("once", amount) for amount in (0, 0, 0, 40)),
        *(("nothing", amount) for amount in (0, 0, 0, 0)),
        *(("returned", amount) for amount in (0, 0, 0, -1)),
    ],
    *("item_id", "revenue"),
)


@on_every_engine
@with_every_number
def test_what_varies_little_is_x_more_is_y_and_most_is_z(engine: str, number: str) -> None:
    classed = add_xyz_class(on(engine, numbered(MONTHLY, number, "revenue")), "item_id")

    assert by_id(classed, "variation", id_="item_id") == {
        "steady": 0,
        "half": 0.5,
        "as much as the mean": 1,
        "once": pytest.approx(3**0.5),
        "nothing": None,
        "returned": None,
    }
    assert by_id(classed, "xyz_class", id_="item_id") == {
        "steady": "X",
        "half": "X",
        "as much as the mean": "Y",
        "once": "Z",
        "nothing": None,
        "returned": None,
    }


@on_every_engine
def test_the_spread_of_a_sample_divides_by_one_less(engine: str) -> None:
    monthly = on(engine, MONTHLY.filter(pl.col("item_id") == "half"))

    ((mean, deviation),) = rows(add_xyz_class(monthly, "item_id", spread="sample"), "mean", "deviation")

    assert (mean, deviation) == (10, pytest.approx((100 / 3) ** 0.5))


@on_every_engine
def test_partial_months_are_left_out(engine: str) -> None:
    lines = sales([(day("2026-01-05"), 10), (day("2026-02-05"), 10), (day("2026-03-05"), 1)], "issued_on", "revenue")
    monthly = sales_by_month(on(engine, lines), period=Period.quarter(2026, 1), as_of=day("2026-03-10"))

    assert rows(add_xyz_class(monthly)) == [(10, 0, 0, "X")]


@on_every_engine
def test_currencies_and_units_are_classed_apart(engine: str) -> None:
    monthly = sales([("EUR", "kg", 1), ("EUR", "kg", 9), ("EUR", None, 5), (None, "kg", 5)], "currency", "unit", "quantity")

    classed = add_xyz_class(on(engine, monthly), value="quantity")

    assert rows_in_order(classed, "currency", "unit", "xyz_class") == [("EUR", "kg", "Y"), ("EUR", None, "X"), (None, "kg", "X")]


@on_every_engine
def test_abc_and_xyz_stand_in_one_table(engine: str) -> None:
    lines = sales(
        [("a", day(f"2026-0{month}-05"), 90, 0) for month in (1, 2, 3)] + [("b", day("2026-01-05"), 10, 0)],
        *("item_id", "issued_on", "revenue", "cost"),
    )
    frame = on(engine, lines)
    monthly = sales_by_month(frame, "item_id", period=Period.quarter(2026, 1), as_of=day("2026-12-31"))

    steady = by_id(add_xyz_class(monthly, "item_id"), "xyz_class", id_="item_id")
    worth = by_id(add_abc_class(gross_profit_by(frame, "item_id")), "abc_class", id_="item_id")
    both = on(engine, pl.DataFrame({"abc": [worth["a"], worth["b"]], "xyz": [steady["a"], steady["b"]]}))

    assert rows(abc_cross_table(both, rows="abc", columns="xyz")) == [("A", "X", 1), ("C", "Z", 1)]


@pytest.mark.parametrize(("x", "y"), [("-0.1", "1"), ("1.1", "1")])
def test_limits_are_in_order(x: Any, y: Any) -> None:
    with pytest.raises(InvalidValueError, match="at most y_at_most"):
        add_xyz_class(MONTHLY, "item_id", x_at_most=Decimal(x), y_at_most=Decimal(y))
