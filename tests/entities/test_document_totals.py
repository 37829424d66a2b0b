"""What a document comes to: as the host says, as its lines add up to, and to the coin (rule 23)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Money, total
from crmkit.entities import Document, DocumentTotals, Line, RoundingPolicy
from crmkit.errors import InvalidValueError


def an_invoice(*lines: Line, **fields: Any) -> Document:
    defaults: dict[str, Any] = {"id": "R-1", "kind": "invoice", "party_id": "C-17", "issued_on": date(2026, 1, 31), "lines": lines}
    return Document(**defaults | fields)


def a_line(unit_price: int | str | Decimal, **fields: Any) -> Line:
    defaults: dict[str, Any] = {"item_id": "I-1", "quantity": 1, "unit_price": unit_price}
    return Line(**defaults | fields)


def chf(amount: str) -> Money:
    return Money.of(amount, "CHF")


@pytest.mark.parametrize(
    ("price", "payable"), [("1.01", "1.00"), ("1.02", "1.00"), ("1.03", "1.05"), ("1.05", "1.05"), ("1.07", "1.05"), ("1.08", "1.10")]
)
def test_what_is_to_be_paid_is_rounded_to_the_coin_and_the_total_stays(price: str, payable: str) -> None:
    for sign in (1, -1):
        invoice = an_invoice(a_line(price, quantity=sign), currency="CHF", rounding=RoundingPolicy(cash_step="0.05"))

        assert (invoice.gross(), invoice.payable()) == (chf(price) * sign, chf(payable) * sign)


def test_without_a_coin_the_total_is_to_be_paid() -> None:
    assert an_invoice(a_line("1.01")).payable() == Money.of("1.01", "EUR")


def test_the_host_says_what_is_to_be_paid() -> None:
    stated = DocumentTotals(net=chf("1.01"), tax=chf("0"), payable=chf("1.00"))

    assert an_invoice(a_line("1.01"), currency="CHF", totals=stated).payable() == chf("1.00")


@given(st.lists(st.decimals(-100, 100, places=2), min_size=1, max_size=6), st.integers(-100_000, 100_000))
def test_amounts_of_lines_add_up_to_the_net_that_the_host_says(prices: list[Decimal], net: int) -> None:
    stated = DocumentTotals(net=Money(minor=net, currency="EUR"), tax=Money.of(0, "EUR"))
    if not any(prices) and net:
        with pytest.raises(InvalidValueError, match="a line that is worth something"):
            an_invoice(*map(a_line, prices), totals=stated)
        return

    invoice = an_invoice(*map(a_line, prices), totals=stated)

    assert total(invoice.line_amounts(), currency="EUR") == invoice.net() == stated.net
    assert invoice.lines_net() == Money.of(sum(prices, Decimal(0)), "EUR")


def test_a_net_that_the_lines_have_already_changes_no_line() -> None:
    invoice = an_invoice(a_line("1.10"), a_line("2.20"), totals=DocumentTotals(net=Money.of("3.30", "EUR"), tax=Money.of("0.62", "EUR")))

    assert invoice.line_amounts() == (Money.of("1.10", "EUR"), Money.of("2.20", "EUR"))
    assert (invoice.gross(), invoice.lines_tax()) == (Money.of("3.92", "EUR"), Money.of("0", "EUR"))


@pytest.mark.parametrize(
    ("kind", "subtype", "code"),
    [
        ("quote", "normal", "310"),
        ("order", "normal", "220"),
        ("delivery_note", "normal", "270"),
        ("invoice", "normal", "380"),
        ("invoice", "final", "380"),
        ("invoice", "down_payment", "386"),
        ("invoice", "pro_forma", "325"),
        ("credit_note", "normal", "381"),
        ("credit_note", "bonus", "83"),
        ("credit_note", "cancellation", "457"),
        ("request_for_quotation", "normal", "311"),
        ("purchase_order", "normal", "220"),
    ],
)
def test_a_document_has_its_code_of_untdid_1001(kind: Any, subtype: Any, code: str) -> None:
    assert an_invoice(kind=kind, subtype=subtype).type_code == code


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "quote", "subtype": "final"},
        {"kind": "invoice", "subtype": "bonus"},
        {"subtype": "storno"},
        {"revision": 0},
        {"predecessor_id": "R-1"},
        {"revision_of": "R-1"},
        {"due_on": "2026-01-31"},
        {"totals": 1},
        {"totals": DocumentTotals(net=chf("0"), tax=chf("0"))},
        {"totals": DocumentTotals(net=Money.of(1, "EUR"), tax=Money.of(0, "EUR"))},
    ],
)
def test_a_document_that_cannot_be_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        an_invoice(**fields)


@pytest.mark.parametrize(("field", "value"), [("tax", Money.of(1, "EUR")), ("payable", Money.of(1, "EUR")), ("net", 1)])
def test_totals_are_of_one_currency(field: str, value: Any) -> None:
    with pytest.raises(InvalidValueError):
        DocumentTotals(**{"net": chf("1"), "tax": chf("0"), field: value})


@pytest.mark.parametrize("step", [0, "-0.05", "x", 0.05])
def test_a_coin_is_worth_something(step: Any) -> None:
    with pytest.raises(InvalidValueError):
        RoundingPolicy(cash_step=step)


@pytest.mark.parametrize(
    "fields", [{"predecessor_line": 0}, {"predecessor_line": 1, "additional": True}, {"additional": 1}, {"deducts_id": ""}]
)
def test_a_line_comes_from_one_place(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        a_line(1, **fields)


def test_the_repr_shows_no_personal_data() -> None:
    shown = repr(an_invoice(recipient="Müller", accepted_by="Huber", reason="Huber was ill"))

    assert "Müller" not in shown
    assert "Huber" not in shown
