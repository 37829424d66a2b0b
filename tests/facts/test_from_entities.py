from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from crmkit import Money, days, facts, months
from crmkit.entities import ContactPlan, Document, Line, Party, Recall, RoundingPolicy
from crmkit.errors import InvalidValueError, MissingExtraError
from crmkit.metrics import gross_profit_by
from tests.engines import by_id, day, dicts, rows

DAY = day("2026-01-31")


def document(*lines: Line, kind: Any = "invoice", **fields: Any) -> Document:
    return Document(id=fields.pop("id", "R-1"), kind=kind, party_id="C-1", issued_on=DAY, lines=lines, **fields)


def line(quantity: str = "3", unit_price: str = "0.33", **fields: Any) -> Line:
    return Line(item_id="I-1", quantity=Decimal(quantity), unit_price=Decimal(unit_price), **fields)


def test_an_invoice_line_becomes_a_row_with_exact_amounts() -> None:
    sold = document(line(unit_cost="0.20", discount_ratio="0.1", item_group="G"), salesperson_id="anna")

    table = facts.sales_from([sold])

    assert dicts(table) == [
        {
            "customer_id": "C-1",
            "issued_on": DAY,
            "revenue": Decimal("0.89"),
            "document_id": "R-1",
            "document_kind": "invoice",
            "document_subtype": "normal",
            "reverses_document_id": None,
            "item_id": "I-1",
            "item_group": "G",
            "salesperson_id": "anna",
            "quantity": 3,
            "unit": "piece",
            "unit_price": Decimal("0.33"),
            "discount": Decimal("0.10"),
            "cost": Decimal("0.60"),
            "currency": "EUR",
        }
    ]
    assert table.schema["revenue"] == pl.Decimal(28, 3)


def test_a_credit_note_is_negative_and_names_its_invoice() -> None:
    (row,) = dicts(facts.sales_from([document(line(unit_cost="0.20"), kind="credit_note", predecessor_id="R-0")]))

    assert (row["quantity"], row["revenue"], row["cost"], row["reverses_document_id"]) == (-3, Decimal("-0.99"), Decimal("-0.60"), "R-0")


def test_the_order_an_invoice_came_from_is_not_reversed_by_it() -> None:
    assert rows(facts.sales_from([document(line(), predecessor_id="A-1")]), "reverses_document_id") == [(None,)]


@pytest.mark.parametrize("kind", ["quote", "order", "delivery_note"])
def test_quotes_and_orders_are_never_revenue(kind: str) -> None:
    assert dicts(facts.sales_from([document(line(), kind=kind)])) == []


def test_the_lines_of_a_document_add_up_to_its_net() -> None:
    sold = document(*(line(quantity="1", unit_price="0.335") for _ in range(3)), rounding=RoundingPolicy(per="total"))

    assert rows(gross_profit_by(facts.sales_from([sold])), "revenue") == [(sold.net().amount,)]


def test_unknown_cost_stays_unknown() -> None:
    assert rows(facts.sales_from([document(line())]), "cost") == [(None,)]


@pytest.mark.parametrize(("subtype", "cost", "profit"), [("bonus", Decimal(0), 30), ("normal", None, 40)])
def test_a_bonus_has_cost_zero_known(subtype: str, cost: Decimal | None, profit: int) -> None:
    invoice = document(line(quantity="1", unit_price="100", unit_cost="60"))
    credit = document(
        line(quantity="1", unit_price="10", unit_cost=None), id="G-1", kind="credit_note", subtype=subtype, predecessor_id=invoice.id
    )
    table = facts.sales_from([invoice, credit])

    assert rows(table, "cost")[1] == (cost,)
    assert rows(gross_profit_by(table), "gross_profit", "revenue_without_cost") == [(profit, 0 if cost == 0 else -10)]
    assert credit.gross_profit() == (None if cost is None else Money.of(10, "EUR"))
    assert credit.revenue_without_cost() == Money.of(10 if cost is None else 0, "EUR")


def test_an_amount_beyond_64_bits_is_refused_as_an_amount() -> None:
    with pytest.raises(InvalidValueError, match=r"amount='1000000000000000000.00 EUR'"):
        facts.sales_from([document(line(quantity="1", unit_price=str(10**18)))])


def test_prices_are_per_one_unit() -> None:
    assert rows(facts.sales_from([document(line(unit_price="13.70", price_unit=1000))]), "unit_price") == [(Decimal("0.0137"),)]


def test_an_amount_with_four_decimals_is_refused_with_the_reason() -> None:
    with pytest.raises(InvalidValueError, match=r"0.0001 CLF.*at most 3 decimals"):
        facts.sales_from([document(line(quantity="1", unit_price="0.0001"), currency="CLF")])


def test_a_quantity_that_tables_cannot_hold_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="at most 6 decimals"):
        facts.sales_from([document(line(quantity="0.1234567"))])


def test_without_documents_the_table_has_its_columns() -> None:
    assert facts.sales_from([]).columns[:3] == ["customer_id", "issued_on", "revenue"]


def test_leads_stand_among_the_customers_and_are_told_apart() -> None:
    parties = [
        Party(id="C-1", name="Müller", created_on=DAY, roles="customer", region="Nord"),
        Party(id="L-1", name="Maier", created_on=DAY),
    ]

    table = facts.customers_from(parties)

    assert by_id(table, "is_customer") == {"C-1": True, "L-1": False}
    assert by_id(table, "region") == {"C-1": "Nord", "L-1": None}


def test_a_plan_brings_its_frequency_and_the_earliest_open_recall() -> None:
    plans = [
        ContactPlan(party_id="C-1", frequency=days(30), last_contact_on=DAY, contact_count=4),
        ContactPlan(party_id="C-2", frequency=months(2)),
    ]
    recalls = [
        Recall(id="1", party_id="C-1", due_on=day("2026-03-01")),
        Recall(id="2", party_id="C-1", due_on=day("2026-02-01")),
        Recall(id="3", party_id="C-1", due_on=day("2026-01-01"), state="done"),
        Recall(id="4", party_id="C-3", due_on=day("2026-02-02")),
    ]

    table = facts.contact_plans_from(plans, recalls)

    assert rows(table, "customer_id", "frequency_days", "frequency_months", "recall_on", "contact_count") == [
        ("C-1", 30, 0, day("2026-02-01"), 4),
        ("C-2", 0, 2, None, 0),
        ("C-3", None, None, day("2026-02-02"), 0),
    ]


def test_given_parties_bring_class_owner_and_creation() -> None:
    party = Party(id="C-1", name="Müller", created_on=DAY, manual_class="A", owner_id="anna")

    assert rows(facts.contact_plans_from([], parties=[party]), "customer_id", "abc_class", "owner_id", "created_on") == [
        ("C-1", "A", "anna", DAY)
    ]


@pytest.mark.parametrize("field", [{"active": False}, {"excluded": "walk-in"}])
def test_who_is_switched_off_or_excluded_is_not_called(field: dict[str, Any]) -> None:
    party = Party(id="C-1", name="Müller", created_on=DAY, **field)

    assert dicts(facts.contact_plans_from([ContactPlan(party_id="C-1", frequency=days(1))], parties=[party])) == []


def test_without_polars_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> object:
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr("crmkit.facts.from_entities.import_module", absent)

    with pytest.raises(MissingExtraError, match=r"crmkit\[analytics\]"):
        facts.sales_from([])


def test_a_polars_that_breaks_says_so_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> object:
        raise ModuleNotFoundError(name=f"{name}_runtime")

    monkeypatch.setattr("crmkit.facts.from_entities.import_module", broken)

    with pytest.raises(ModuleNotFoundError) as raised:
        facts.customers_from([])

    assert raised.value.name == "polars_runtime"
