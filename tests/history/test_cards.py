from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from crmkit.errors import CurrencyMismatchError, InvalidValueError
from crmkit.history import CustomerCard, customer_card, customer_cards
from tests.engines import by_id, day, dicts, numbered, on, on_every_engine, rows, sales, with_every_number

AS_OF = day("2026-06-30")
LINES = sales(
    [
        ("C-1", day("2024-12-31"), 10, 4, "R-0"),
        ("C-1", day("2025-01-01"), 100, 60, "R-1"),
        ("C-1", day("2025-12-31"), 50, None, "R-2"),
        ("C-1", day("2026-01-01"), 30, 20, "R-3"),
        ("C-1", day("2026-01-01"), 5, 1, "R-4"),
        ("C-1", day("2026-07-01"), 999, 1, "R-5"),
        ("C-2", day("2026-06-30"), 7, None, "R-6"),
        (None, day("2026-06-30"), 7, None, "R-7"),
    ],
    *("customer_id", "issued_on", "revenue", "cost", "document_id"),
)


@on_every_engine
@with_every_number
def test_a_card_tells_what_is_known_on_the_day(engine: str, number: str) -> None:
    frame = on(engine, numbered(LINES, number, "revenue", "cost"))

    first, second = sorted(dicts(customer_cards(frame, as_of=AS_OF)), key=lambda row: row["customer_id"])

    assert first == {
        "customer_id": "C-1",
        "revenue_this_year": 35,
        "revenue_last_year": 150,
        "revenue": 195,
        "gross_profit": 60,
        "revenue_without_cost": 50,
        "gross_margin": pytest.approx(60 / 145),
        "purchases": 5,
        "first_purchase_on": day("2024-12-31"),
        "last_purchase_on": day("2026-01-01"),
        "rhythm_days": 1,
        "overdue_days": 179,
    }
    assert (second["gross_profit"], second["rhythm_days"], second["overdue_days"]) == (None, None, None)


@on_every_engine
@pytest.mark.parametrize(("as_of", "overdue"), [("2026-01-30", 0), ("2026-01-31", 0), ("2026-02-01", 1)])
def test_a_customer_is_overdue_the_day_after_his_rhythm(engine: str, as_of: str, overdue: int) -> None:
    bought = sales([("C-1", day("2025-12-02"), 1), ("C-1", day("2026-01-01"), 1)], "customer_id", "issued_on", "revenue")

    assert by_id(customer_cards(on(engine, bought), as_of=day(as_of)), "overdue_days") == {"C-1": overdue}


@on_every_engine
@with_every_number
def test_without_any_cost_gross_profit_is_unknown(engine: str, number: str) -> None:
    frame = on(engine, numbered(LINES.drop("cost"), number, "revenue"))

    assert by_id(customer_cards(frame, as_of=AS_OF), "gross_profit") == {"C-1": None, "C-2": None}
    assert by_id(customer_cards(frame, as_of=AS_OF), "revenue_without_cost") == {"C-1": 195, "C-2": 7}


@on_every_engine
def test_each_currency_has_a_card_of_its_own(engine: str) -> None:
    frame = on(engine, LINES.with_columns(currency=pl.Series(["EUR"] * 3 + ["CHF"] * 5)))

    found = {(row["customer_id"], row["currency"]): (row["revenue"], row["purchases"]) for row in dicts(customer_cards(frame, as_of=AS_OF))}

    assert found == {("C-1", "EUR"): (160, 3), ("C-1", "CHF"): (35, 2), ("C-2", "CHF"): (7, 1)}


@on_every_engine
def test_the_card_of_one_customer_is_a_row_of_all_cards(engine: str) -> None:
    frame = on(engine, LINES)
    (row,) = (row for row in dicts(customer_cards(frame, as_of=AS_OF)) if row["customer_id"] == "C-1")

    card = customer_card(frame, customer_id="C-1", as_of=AS_OF)

    assert {name: getattr(card, name) for name in row} == row
    assert {year: (figures.revenue, figures.gross_profit) for year, figures in card.yearly.items()} == {
        2024: (10, 6),
        2025: (150, 40),
        2026: (35, 14),
    }


@on_every_engine
def test_what_is_unknown_on_a_card_is_none(engine: str) -> None:
    card = customer_card(on(engine, LINES), customer_id="C-2", as_of=AS_OF)

    assert (card.gross_profit, card.gross_margin, card.rhythm_days, card.overdue_days, card.yearly[2026].gross_profit) == (None,) * 5


@on_every_engine
def test_a_customer_without_sales_has_a_card_of_zeros(engine: str) -> None:
    assert customer_card(on(engine, LINES), customer_id="C-9", as_of=AS_OF) == CustomerCard(customer_id="C-9", as_of=AS_OF)


def test_ids_may_be_numbers() -> None:
    frame = sales([(17, AS_OF, 5)], "customer_id", "issued_on", "revenue")

    assert customer_card(frame, customer_id="17", as_of=AS_OF).revenue == 5


def test_a_card_names_its_currency() -> None:
    frame = LINES.with_columns(currency=pl.lit("EUR"))

    assert customer_card(frame, customer_id="C-1", as_of=AS_OF).currency == "EUR"


def test_two_currencies_do_not_fit_on_one_card() -> None:
    frame = LINES.with_columns(currency=pl.Series(["EUR"] * 3 + ["CHF"] * 5))

    with pytest.raises(CurrencyMismatchError, match="CHF and EUR"):
        customer_card(frame, customer_id="C-1", as_of=AS_OF)


def test_the_repr_of_a_card_shows_no_figures() -> None:
    assert repr(customer_card(LINES, customer_id="C-1", as_of=AS_OF)) == "CustomerCard(customer_id='C-1', as_of=datetime.date(2026, 6, 30))"


@pytest.mark.parametrize("customer_id", ["", 17])
def test_an_id_is_text(customer_id: Any) -> None:
    with pytest.raises(InvalidValueError, match="customer_id"):
        customer_card(LINES, customer_id=customer_id, as_of=AS_OF)


@on_every_engine
def test_a_wholly_reversed_purchase_counts_neither_as_purchase_nor_as_day(engine: str) -> None:
    lines = sales(
        [("C-1", day("2026-01-01"), 10, "R-1", "invoice", None), ("C-1", day("2026-02-01"), -10, "G-1", "credit_note", "R-1")],
        *("customer_id", "issued_on", "revenue", "document_id", "document_kind", "reverses_document_id"),
    )

    shown = rows(customer_cards(on(engine, lines), as_of=AS_OF), "revenue", "purchases", "last_purchase_on")

    assert shown == [(0, 0, None)]


@on_every_engine
@with_every_number
def test_the_contribution_margin_takes_off_variable_cost_or_else_the_cost_of_the_goods(engine: str, number: str) -> None:
    lines = sales(
        [("C-1", AS_OF, 100, 60, 70), ("C-1", AS_OF, 50, 20, None), ("C-1", AS_OF, 9, None, None), ("C-2", AS_OF, 5, None, None)],
        *("customer_id", "issued_on", "revenue", "cost", "variable_cost"),
    )
    frame = on(engine, numbered(lines, number, "revenue", "cost", "variable_cost"))

    assert by_id(customer_cards(frame, as_of=AS_OF), "contribution_margin") == {"C-1": 60, "C-2": None}
    assert customer_card(frame, customer_id="C-1", as_of=AS_OF).contribution_margin == 60


@on_every_engine
def test_without_variable_costs_the_contribution_margin_is_the_gross_profit(engine: str) -> None:
    card = customer_card(on(engine, LINES), customer_id="C-1", as_of=AS_OF)

    assert card.contribution_margin == card.gross_profit == 60
