from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crmkit import facts
from crmkit.classification import add_abc_class, customers_with_revenue
from crmkit.errors import InvalidDataError, InvalidValueError
from crmkit.history import customer_card, customer_cards, purchased_items
from crmkit.metrics import gross_profit_by
from crmkit.reporting import sales_overview
from tests.engines import by_id, day, dicts, on, on_every_engine, rows, sales, schema_of

DAY = day("2026-01-31")
INFINITE, NAN = float("inf"), float("nan")
LAZY = pytest.mark.parametrize("engine", ["polars-lazy", "duckdb"])
IN_MEMORY = pytest.mark.parametrize("engine", ["polars", "pandas", "pandas-arrow", "pyarrow"])


def _nothing(engine: str, **columns: list[Any]) -> Any:
    """A frame in which columns of nulls have the type that the engine itself gives them."""
    match engine:
        case "pandas":
            return pd.DataFrame(columns)
        case "pandas-arrow":
            return pd.DataFrame({name: pd.Series(values, dtype=pd.ArrowDtype(pa.array(values).type)) for name, values in columns.items()})
        case "pyarrow":
            return pa.table(columns)
        case "duckdb":
            return duckdb.connect().from_arrow(pa.table(columns))
        case _:
            frame = pl.DataFrame(columns)
            return frame if engine == "polars" else frame.lazy()


@on_every_engine
def test_whole_numbers_of_which_ten_leave_64_bits_are_added_alike(engine: str) -> None:
    huge = 10**18
    lines = sales([("C-1", DAY, "R-1", "I-1", 1, huge, huge // 2)] * 10, *facts_columns())

    table = facts.sales(on(engine, lines))

    assert rows(gross_profit_by(table), "revenue", "cost", "gross_profit") == [(10 * huge, 5 * huge, 5 * huge)]
    assert rows(customers_with_revenue(table, since=DAY), "revenue", "purchases") == [(10 * huge, 1)]
    assert rows(customer_cards(table, as_of=DAY), "revenue", "gross_profit") == [(10 * huge, 5 * huge)]
    assert customer_card(table, customer_id="C-1", as_of=DAY).yearly[2026].revenue == 10 * huge
    assert rows(purchased_items(table), "quantity", "revenue") == [(10, 10 * huge)]


def facts_columns() -> tuple[str, ...]:
    return ("customer_id", "issued_on", "document_id", "item_id", "quantity", "revenue", "cost")


@on_every_engine
def test_whole_numbers_of_which_ten_leave_64_bits_are_classed_alike(engine: str) -> None:
    values = sales([(f"C-{place}", 10**18) for place in range(10)], "customer_id", "revenue")

    assert set(by_id(add_abc_class(on(engine, values), value="revenue"), "abc_class").values()) == {"A"}


@on_every_engine
def test_whole_numbers_without_a_sign_may_make_a_loss(engine: str) -> None:
    lines = sales([("C-1", 10, 15)], "customer_id", "revenue", "cost").with_columns(pl.col("revenue", "cost").cast(pl.UInt64))

    assert rows(gross_profit_by(on(engine, lines)), "gross_profit") == [(-5,)]


@LAZY
def test_sums_of_whole_numbers_of_a_lazy_frame_are_decimals(engine: str) -> None:
    result = gross_profit_by(on(engine, sales([("C-1", 100, 60)], "customer_id", "revenue", "cost")))

    assert rows(result, "revenue", "gross_profit") == [(Decimal(100), Decimal(40))]


def test_an_overview_adds_whole_numbers_beyond_64_bits() -> None:
    lines = pl.DataFrame(
        {"customer_id": [None] * 10, "issued_on": [DAY] * 10, "revenue": [10**18] * 10}, schema_overrides={"customer_id": pl.String}
    )

    assert sales_overview(lines, as_of=DAY).currencies[0].totals.revenue_without_customer == 10**19


@on_every_engine
@pytest.mark.parametrize("name", ["cost", "quantity", "discount", "variable_cost"])
def test_a_number_of_which_none_is_known_is_unknown(engine: str, name: str) -> None:
    frame = _nothing(engine, customer_id=["C-1"], issued_on=[DAY], revenue=[100], **{name: [None]})

    assert rows(facts.sales(frame), "revenue", name) == [(100, None)]


@on_every_engine
def test_if_no_cost_is_known_the_result_is_null(engine: str) -> None:
    frame = _nothing(engine, customer_id=["C-1"], revenue=[100], cost=[None])

    assert rows(gross_profit_by(frame, "customer_id")) == [("C-1", 100, None, None, 100, None)]


def test_an_unknown_cost_beside_decimals_leaves_decimals() -> None:
    result = gross_profit_by(pa.table({"revenue": [Decimal("1.50")], "cost": pa.nulls(1)}))

    assert str(schema_of(result)["gross_profit"]).startswith("Decimal")


@on_every_engine
def test_an_unknown_value_has_no_class(engine: str) -> None:
    frame = _nothing(engine, customer_id=["C-1"], revenue=[None])

    assert rows(add_abc_class(frame, value="revenue"), "abc_class", "loss_making") == [(None, None)]


@on_every_engine
def test_days_of_which_none_is_known_are_unknown(engine: str) -> None:
    plans = facts.contact_plans(_nothing(engine, customer_id=["C-1"], frequency_days=[30], planned_on=[None], last_contact_on=[None]))
    customers = facts.customers(_nothing(engine, customer_id=["C-1"], created_on=[None], active=[None], region=[None]))

    assert rows(plans, "planned_on", "last_contact_on") == [(None, None)]
    assert rows(customers, "created_on", "active", "region") == [(None, None, None)]


def test_a_frame_in_which_nothing_at_all_is_known_keeps_its_rows() -> None:
    assert len(dicts(facts.customers(pl.DataFrame({"customer_id": [None, None]})))) == 2


def test_an_unknown_type_with_values_is_no_column_of_nulls() -> None:
    with pytest.raises(InvalidValueError, match="cost"):
        facts.sales(duckdb.connect().sql("SELECT 'C' AS customer_id, DATE '2026-01-31' AS issued_on, 1 AS revenue, '101'::BIT AS cost"))


@on_every_engine
def test_infinity_and_nan_are_unknown_in_every_figure(engine: str) -> None:
    lines = sales(
        [("C-1", 10.0, 4.0), ("C-1", INFINITE, 1.0), ("C-1", NAN, 1.0), ("C-1", 5.0, -INFINITE)], "customer_id", "revenue", "cost"
    )

    assert rows(gross_profit_by(on(engine, lines))) == [(15, 4, 6, 5, 0.6)]


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")  # NumPy's own
@on_every_engine
def test_a_sum_that_leaves_the_range_of_floats_is_unknown(engine: str) -> None:
    if engine == "ibis-postgresql":
        pytest.skip("PostgreSQL refuses such a sum by itself")
    lines = sales([("C-1", 1.7e308, 4.0)] * 2, "customer_id", "revenue", "cost")

    assert rows(gross_profit_by(on(engine, lines)), "revenue", "cost", "gross_profit", "gross_margin") == [(None, 8, None, None)]


def test_an_overview_takes_what_is_no_number_as_unknown() -> None:
    lines = {"customer_id": ["C-1", None], "issued_on": [DAY, DAY], "revenue": [INFINITE, NAN], "document_kind": ["invoice"] * 2}
    totals = sales_overview(pl.DataFrame(lines), as_of=DAY).currencies[0].totals

    assert totals.revenue == 0
    assert totals.revenue_without_customer == 0


@on_every_engine
def test_infinity_has_no_class(engine: str) -> None:
    values = sales([("C-1", 80.0), ("C-2", 20.0), ("C-3", INFINITE), ("C-4", NAN)], "customer_id", "revenue")

    assert by_id(add_abc_class(on(engine, values), value="revenue"), "abc_class") == {"C-1": "A", "C-2": "B", "C-3": None, "C-4": None}


UNKNOWN = sales([("C-1", DAY, 10.0), ("C-2", None, INFINITE), ("C-3", DAY, None), ("C-4", DAY, NAN)], "customer_id", "issued_on", "revenue")
UNKNOWN = UNKNOWN.with_columns(issued_on=pl.col("issued_on").cast(pl.Date))


@IN_MEMORY
def test_infinite_revenue_is_refused(engine: str) -> None:
    with pytest.raises(InvalidDataError) as raised:
        facts.sales(on(engine, UNKNOWN))

    assert [(problem.line, problem.column, problem.value) for problem in raised.value.problems] == [(2, "revenue", "inf")]


@LAZY
def test_problems_of_sales_name_what_is_infinite_and_what_is_unknown(engine: str) -> None:
    problems = facts.sales_problems(facts.sales(on(engine, UNKNOWN)))

    assert [(problem.line, problem.column, problem.value) for problem in problems] == [
        (2, "revenue", "inf"),
        (2, "issued_on", None),
        (3, "revenue", None),
        (4, "revenue", None),
    ]


@IN_MEMORY
def test_unknown_revenue_and_days_travel_along(engine: str) -> None:
    table = facts.sales(on(engine, UNKNOWN.filter(pl.col("customer_id") != "C-2")))

    assert rows(table, "revenue") == [(10,), (None,), (None,)]
    assert [problem.line for problem in facts.sales_problems(table)] == [2, 3]


def test_two_columns_of_one_name_are_refused() -> None:
    frame = pd.DataFrame([["C-1", date(2026, 1, 1), 1, 2]], columns=["customer_id", "issued_on", "revenue", "revenue"])

    with pytest.raises(InvalidValueError, match="several columns named 'revenue'"):
        facts.sales(frame)
