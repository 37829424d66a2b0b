from __future__ import annotations

import polars as pl
import pytest

from crmkit import Period
from crmkit.errors import InvalidValueError
from crmkit.history import sales_to_date
from crmkit.metrics import loss_sources_by, ranked
from tests.engines import day, dicts, numbered, on, on_every_engine, rows, sales, with_every_number

LINES = sales(
    [
        ("C-1", day("2026-01-05"), "bike", 100, 130, 40),
        ("C-1", day("2026-01-05"), "bike", 50, None, 7),
        ("C-1", day("2026-02-05"), "bell", 10, 5, None),
        ("C-1", day("2026-02-05"), "lamp", 9, None, 1),
        ("C-2", day("2026-02-05"), "bike", 140, 130, 0),
        ("C-3", day("2026-02-05"), "bike", 100, 200, 0),
        (None, day("2026-02-05"), "bike", 1, 2, 0),
    ],
    *("customer_id", "issued_on", "item_id", "revenue", "cost", "discount"),
)


@on_every_engine
@with_every_number
def test_who_loses_money_does_so_through_these_items_and_discounts(engine: str, number: str) -> None:
    frame = on(engine, numbered(LINES, number, "revenue", "cost", "discount"))

    sources = loss_sources_by(frame, "customer_id")

    shown = ("customer_id", "item_id", "gross_profit", "revenue_without_cost", "discount", "profit_before_discount", "group_gross_profit")
    assert rows(sources, *shown) == [
        ("C-3", "bike", -100, 0, 0, -100, -100),
        ("C-1", "bike", -30, 50, 47, 10, -25),
        ("C-1", "bell", 5, 0, 0, 5, -25),
        ("C-1", "lamp", None, 9, 1, None, -25),
        (None, "bike", -1, 0, 0, -1, -1),
    ]


@on_every_engine
def test_without_discounts_there_are_no_figures_of_them(engine: str) -> None:
    (row, *_) = dicts(loss_sources_by(on(engine, LINES.drop("discount")), "customer_id"))

    assert list(row) == [
        *("customer_id", "item_id", "revenue", "cost", "gross_profit", "revenue_without_cost", "gross_margin", "group_gross_profit")
    ]


@on_every_engine
def test_without_groups_the_whole_is_one(engine: str) -> None:
    sources = loss_sources_by(on(engine, LINES), period=Period.month(2026, 2))

    assert rows(sources, "item_id", "gross_profit", "group_gross_profit") == [("bike", -91, -86), ("bell", 5, -86), ("lamp", None, -86)]
    assert dicts(loss_sources_by(on(engine, LINES.filter(pl.col("customer_id") == "C-2")))) == []


@on_every_engine
def test_a_profit_in_one_currency_does_not_hide_a_loss_in_another(engine: str) -> None:
    lines = sales([("C-1", "a", "EUR", 100, 1), ("C-1", "b", None, 1, 2)], "customer_id", "item_id", "currency", "revenue", "cost")

    assert rows(loss_sources_by(on(engine, lines), "customer_id"), "currency", "item_id", "group_gross_profit") == [(None, "b", -1)]


def test_the_item_is_no_group() -> None:
    with pytest.raises(InvalidValueError, match="another column than those of the groups"):
        loss_sources_by(LINES, "customer_id", item="customer_id")


@on_every_engine
@with_every_number
def test_the_bottom_can_come_first(engine: str, number: str) -> None:
    frame = on(engine, numbered(sales([("a", 5), ("b", -9), ("c", None), ("d", 5)], "item_id", "revenue"), number, "revenue"))

    assert rows(ranked(frame, value="revenue", first="smallest"), "item_id", "rank") == [("b", 1), ("a", 2), ("d", 2), ("c", None)]


@on_every_engine
def test_customers_are_ranked_by_growth(engine: str) -> None:
    lines = [("a", "2025-02-01", 10), ("a", "2026-02-01", 15), ("b", "2025-02-01", 100), ("b", "2026-02-01", 110), ("c", "2026-02-01", 1)]
    frame = on(engine, sales([(who, day(date), amount) for who, date, amount in lines], "customer_id", "issued_on", "revenue"))

    growing = ranked(sales_to_date(frame, "customer_id", as_of=day("2026-06-30")), value="change_ratio")

    assert rows(growing, "customer_id", "rank") == [("a", 1), ("b", 2), ("c", None)]
