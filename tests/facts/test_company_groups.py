"""Company groups roll up in every figure (rule 17), on every engine."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import facts
from crmkit.classification import add_abc_class, lost_customers
from crmkit.entities import Party
from crmkit.errors import InvalidValueError, MissingColumnError
from crmkit.history import customer_cards
from crmkit.metrics import gross_profit_by
from tests.engines import by_id, day, on, on_every_engine, rows, rows_in_order, sales

CUSTOMERS = pl.DataFrame(
    {"customer_id": ["C-1", "C-2", "C-3", "C-4"], "parent_id": [None, "C-1", "C-2", None], "created_on": [day("2020-01-01")] * 4}
)
SALES = sales(
    [
        ("C-1", day("2025-03-01"), 10, 5, "R-1"),
        ("C-2", day("2026-03-01"), 20, 5, "R-2"),
        ("C-3", day("2026-02-01"), 30, 5, "R-3"),
        ("C-4", day("2025-03-01"), 3, 1, "R-4"),
        ("C-9", day("2025-03-01"), 4, 1, "R-5"),
        (None, day("2025-03-01"), 5, 1, "R-6"),
    ],
    *("customer_id", "issued_on", "revenue", "cost", "document_id"),
)


@on_every_engine
def test_every_row_goes_to_the_head_of_its_group(engine: str) -> None:
    rolled = facts.by_group(*on(engine, SALES, CUSTOMERS))

    assert rows_in_order(rolled, "document_id", "customer_id", "member_id") == [
        ("R-1", "C-1", "C-1"),
        ("R-2", "C-1", "C-2"),
        ("R-3", "C-1", "C-3"),
        ("R-4", "C-4", "C-4"),
        ("R-5", "C-9", "C-9"),
        ("R-6", None, None),
    ]


@on_every_engine
def test_figures_and_classes_are_those_of_groups(engine: str) -> None:
    frame, customers = on(engine, SALES, CUSTOMERS)
    rolled = facts.by_group(frame, customers)

    classed = add_abc_class(gross_profit_by(rolled, "customer_id"))

    assert by_id(classed, "gross_profit") == {"C-1": 45, "C-4": 2, "C-9": 3, None: 4}
    assert by_id(classed, "abc_class")["C-1"] == "A"
    assert by_id(customer_cards(rolled, as_of=day("2026-06-30")), "purchases") == {"C-1": 3, "C-4": 1, "C-9": 1}


def test_a_group_is_lost_when_none_of_it_bought() -> None:
    heads = CUSTOMERS.filter(pl.col("parent_id").is_null())

    lost = lost_customers(heads, facts.by_group(SALES, CUSTOMERS), since=day("2026-01-01"), as_of=day("2026-06-30"), active=True)

    assert rows(lost, "customer_id") == [("C-4",)]


@on_every_engine
def test_nobody_in_a_group_is_nobody_moved(engine: str) -> None:
    alone = CUSTOMERS.with_columns(pl.lit(None, dtype=pl.String).alias("parent_id"))

    assert rows_in_order(facts.by_group(*on(engine, SALES, alone)), "customer_id") == rows_in_order(on(engine, SALES), "customer_id")


@pytest.mark.parametrize("engine", ["polars", "pandas", "duckdb"])
def test_ids_may_be_numbers(engine: str) -> None:
    customers = pl.DataFrame({"customer_id": [1, 2], "parent_id": [None, 1]})
    lines = pl.DataFrame({"customer_id": [1, 2, 3], "revenue": [10, 20, 30]})

    assert rows_in_order(facts.by_group(*on(engine, lines, customers)), "revenue", "customer_id") == [(10, 1), (20, 1), (30, 3)]


@pytest.mark.parametrize(("levels", "head"), [(2, "C-1"), (3, "C-0"), (4, "C-0")])
def test_as_many_levels_as_are_asked_for(levels: int, head: str) -> None:
    chain = pl.DataFrame({"customer_id": ["C-0", "C-1", "C-2", "C-3"], "parent_id": [None, "C-0", "C-1", "C-2"]})

    assert rows(facts.by_group(pl.DataFrame({"customer_id": ["C-3"]}), chain, levels=levels), "customer_id") == [(head,)]


@given(st.lists(st.none() | st.integers(0, 7), min_size=1, max_size=8))
def test_it_is_the_head_that_stepping_up_finds(drawn: list[int | None]) -> None:
    parents = [None if above is None or above >= place else above for place, above in enumerate(drawn)]
    customers = pl.DataFrame(
        {"customer_id": range(len(parents)), "parent_id": parents}, schema={"customer_id": pl.Int64, "parent_id": pl.Int64}
    )

    def head(of: int) -> int:
        above = parents[of]
        return of if above is None else head(above)

    found = facts.by_group(customers.select("customer_id"), customers)

    assert dict(rows(found, "member_id", "customer_id")) == {of: head(of) for of in range(len(parents))}


def test_what_is_needed_is_asked_for() -> None:
    with pytest.raises(MissingColumnError, match="parent_id"):
        facts.by_group(SALES, CUSTOMERS.drop("parent_id"))
    with pytest.raises(InvalidValueError, match="member_id"):
        facts.by_group(SALES.with_columns(pl.lit("x").alias("member_id")), CUSTOMERS)
    with pytest.raises(InvalidValueError, match="levels="):
        facts.by_group(SALES, CUSTOMERS, levels=0)


def test_the_table_of_customers_names_the_parent() -> None:
    party: Any = Party(id="C-2", name="x", created_on=day("2026-01-01"), parent_id="C-1")

    assert rows(facts.customers_from([party]), "customer_id", "parent_id") == [("C-2", "C-1")]
    assert facts.customers(pl.DataFrame({"customer_id": ["C-2"], "Mutter": ["C-1"]}), parent_id="Mutter").columns == [
        "customer_id",
        "parent_id",
    ]


@on_every_engine
def test_a_circle_of_parents_ends_and_loses_no_sale(engine: str) -> None:
    circle = sales([("a", "b"), ("b", "a")], "customer_id", "parent_id")
    lines = sales([("a", 1), ("b", 2), ("c", 4)], "customer_id", "revenue")

    rolled = facts.by_group(*on(engine, lines, circle))

    assert sorted(rows_in_order(rolled, "revenue")) == [(1,), (2,), (4,)]
