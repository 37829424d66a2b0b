"""Walk-in, one-time and internal customers can be left out of analyses, with the reason (rule 17, row 159)."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from crmkit.classification import add_abc_class
from crmkit.entities import Document, Line, Party
from crmkit.errors import MissingColumnError, MixedFramesError
from crmkit.facts import customers_from, excluded_customers, sales_from, without_excluded
from crmkit.metrics import gross_profit_by
from tests.engines import on, on_every_engine, rows_in_order

PARTIES = [
    Party(id="C-1", name="Müller", created_on=date(2026, 1, 1), industry="press"),
    Party(id="C-2", name="Meier", created_on=date(2026, 1, 1), industry="tools"),
    Party(id="C-3", name="Huber", created_on=date(2026, 1, 1), industry="press"),
    Party(id="TILL", name="walk-in", created_on=date(2026, 1, 1), excluded="walk-in"),
    Party(id="US", name="we", created_on=date(2026, 1, 1), excluded="internal"),
]


def a_sale(party_id: str, amount: int) -> Document:
    line = Line(item_id="I-1", quantity=1, unit_price=amount, unit_cost=0)
    return Document(id=f"R-{party_id}", kind="invoice", party_id=party_id, issued_on=date(2026, 1, 1), lines=[line])


@on_every_engine
def test_sales_of_excluded_customers_are_left_out_and_those_of_nobody_stay(engine: str) -> None:
    sales = pl.DataFrame({"customer_id": ["C-1", "TILL", None, "C-9", "TILL"], "revenue": [1, 2, 3, 4, 5]})
    customers = pl.DataFrame({"customer_id": ["C-1", "TILL", "C-2"], "excluded": [None, "walk-in", None]})
    rows, parties = on(engine, sales, customers)

    assert rows_in_order(without_excluded(rows, parties), "revenue") == [(1,), (3,), (4,)]
    assert rows_in_order(excluded_customers(parties)) == [("TILL", "walk-in")]


@on_every_engine
def test_where_nobody_is_excluded_everything_stays(engine: str) -> None:
    customers = pl.DataFrame({"customer_id": ["C-1"], "excluded": [None]}, schema={"customer_id": pl.String, "excluded": pl.String})
    rows, parties = on(engine, pl.DataFrame({"customer_id": ["C-1", "C-2"]}), customers)

    assert rows_in_order(without_excluded(rows, parties)) == [("C-1",), ("C-2",)]


def test_a_walk_in_customer_takes_no_class_from_the_others() -> None:
    sales = sales_from(a_sale(party.id, amount) for party, amount in zip(PARTIES, (80, 15, 5, 10_000, 500), strict=True))

    profits = gross_profit_by(without_excluded(sales, customers_from(PARTIES)), "customer_id")

    assert add_abc_class(profits).sort("customer_id").select("customer_id", "abc_class").rows() == [
        ("C-1", "A"),
        ("C-2", "B"),
        ("C-3", "C"),
    ]


def test_gross_profit_can_be_told_by_industry() -> None:
    sales = sales_from([a_sale("C-1", 80), a_sale("C-2", 15), a_sale("C-3", 5)])

    by_industry = gross_profit_by(sales.join(customers_from(PARTIES).select("customer_id", "industry"), on="customer_id"), "industry")

    assert by_industry.sort("industry").select("industry", "gross_profit").rows() == [("press", 85), ("tools", 15)]


@pytest.mark.parametrize(
    ("frame", "customers", "error"),
    [
        (pl.DataFrame({"x": [1]}), pl.DataFrame({"customer_id": ["1"], "excluded": ["x"]}), MissingColumnError),
        (pl.DataFrame({"customer_id": ["1"]}), pl.DataFrame({"customer_id": ["1"]}), MissingColumnError),
        (pl.DataFrame({"customer_id": ["1"]}), pl.LazyFrame({"customer_id": ["1"], "excluded": ["x"]}), MixedFramesError),
    ],
    ids=["no customer", "no reason", "two kinds"],
)
def test_frames_that_do_not_fit_are_refused(frame: Any, customers: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        without_excluded(frame, customers)
