from __future__ import annotations

import polars as pl
import pytest

from crmkit import Period
from crmkit.errors import MissingColumnError
from crmkit.history import purchased_items, sales_history
from tests.engines import day, dicts, numbered, on, on_every_engine, rows, rows_in_order, sales, with_every_number

LINES = sales(
    [
        ("C-1", day("2026-01-31"), "R-1", "I-1", 2, "kg", 20),
        ("C-1", day("2026-02-01"), "R-2", "I-1", 1, "piece", 15),
        ("C-2", day("2026-02-01"), "R-3", "I-2", 5, "kg", 50),
        ("C-2", day("2026-02-03"), "G-1", "I-2", -1, "kg", -10),
        (None, day("2026-02-03"), None, "I-2", 1, None, 10),
    ],
    *("customer_id", "issued_on", "document_id", "item_id", "quantity", "unit", "revenue"),
)


@on_every_engine
def test_the_newest_line_comes_first(engine: str) -> None:
    shown = rows(sales_history(on(engine, LINES)), "issued_on", "customer_id", "document_id")

    assert shown == [
        (day("2026-02-03"), "C-2", "G-1"),
        (day("2026-02-03"), None, None),
        (day("2026-02-01"), "C-1", "R-2"),
        (day("2026-02-01"), "C-2", "R-3"),
        (day("2026-01-31"), "C-1", "R-1"),
    ]


@on_every_engine
def test_the_history_shows_only_what_it_promises(engine: str) -> None:
    frame = on(engine, LINES.with_columns(secret=pl.lit("x")).drop("unit"))

    assert list(dicts(sales_history(frame))[0]) == ["customer_id", "issued_on", "document_id", "item_id", "quantity", "revenue"]


@on_every_engine
def test_a_period_counts_its_first_day_but_not_its_end(engine: str) -> None:
    period = Period(day("2026-02-01"), day("2026-02-03"))

    assert rows_in_order(sales_history(on(engine, LINES), period=period), "document_id") == [("R-2",), ("R-3",)]


@on_every_engine
@with_every_number
def test_different_units_are_not_added(engine: str, number: str) -> None:
    frame = on(engine, numbered(LINES, number, "quantity", "revenue"))

    assert rows_in_order(purchased_items(frame, "customer_id")) == [
        ("C-1", "I-1", "kg", 2, 20, 1),
        ("C-1", "I-1", "piece", 1, 15, 1),
        ("C-2", "I-2", "kg", 4, 40, 2),
        (None, "I-2", None, 1, 10, 0),
    ]


@on_every_engine
def test_without_groups_and_units_items_are_added_up_in_all(engine: str) -> None:
    frame = on(engine, LINES.drop("unit", "customer_id"))

    assert rows_in_order(purchased_items(frame)) == [("I-1", 3, 35, 2), ("I-2", 5, 50, 2)]


@on_every_engine
def test_two_currencies_stay_apart(engine: str) -> None:
    frame = on(engine, LINES.with_columns(currency=pl.Series(["EUR", "CHF", "EUR", "EUR", "EUR"])))

    assert rows_in_order(purchased_items(frame), "currency", "item_id", "unit", "revenue")[:2] == [
        ("CHF", "I-1", "piece", 15),
        ("EUR", "I-1", "kg", 20),
    ]


@on_every_engine
def test_an_empty_frame_has_no_items(engine: str) -> None:
    assert dicts(purchased_items(on(engine, LINES.clear()), "customer_id")) == []


def test_what_is_counted_must_be_there() -> None:
    with pytest.raises(MissingColumnError, match="'document_id'"):
        purchased_items(LINES.drop("document_id"))
