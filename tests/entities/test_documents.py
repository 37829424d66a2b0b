"""Documents: exact sums under a named rounding, gross profit over what is known."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Money, total
from crmkit.entities import Document, Line, RoundingPolicy
from crmkit.errors import InvalidValueError

prices = st.decimals(-1000, 1000, places=4)
quantities = st.decimals(-100, 100, places=2)
ratios = st.sampled_from([Decimal(0), Decimal("0.05"), Decimal("0.333")])
lines = st.builds(
    Line,
    item_id=st.just("I-1"),
    quantity=quantities,
    unit_price=prices,
    discount_ratio=ratios,
    tax_ratio=ratios,
    unit_cost=st.none() | prices,
)


def a_line(**fields: Any) -> Line:
    defaults: dict[str, Any] = {"item_id": "I-1", "quantity": 1, "unit_price": "0.33", "tax_ratio": "0.19"}
    return Line(**defaults | fields)


def an_invoice(*lines: Line, **fields: Any) -> Document:
    defaults: dict[str, Any] = {"id": "R-1", "kind": "invoice", "party_id": "C-17", "issued_on": date(2026, 1, 31), "lines": lines}
    return Document(**defaults | fields)


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def test_three_times_33_cents_bear_18_cents_of_tax_per_line_and_19_on_the_total() -> None:
    three = [a_line()] * 3

    assert an_invoice(*three).tax() == eur("0.18")
    assert an_invoice(*three, rounding=RoundingPolicy(per="total")).tax() == eur("0.19")
    assert an_invoice(*three).gross() == eur("1.17")


def test_each_tax_rate_is_rounded_by_itself() -> None:
    mixed = an_invoice(a_line(), a_line(), a_line(tax_ratio="0.07"), rounding=RoundingPolicy(per="total"))

    assert mixed.tax() == eur("0.13") + eur("0.02")


@pytest.mark.parametrize(("mode", "net"), [("half_up", "0.13"), ("half_even", "0.12")])
def test_the_rounding_of_halves_is_named(mode: Any, net: str) -> None:
    assert an_invoice(a_line(unit_price="0.125"), rounding=RoundingPolicy(mode=mode)).net() == eur(net)


def test_a_price_can_be_per_hundred() -> None:
    assert an_invoice(a_line(quantity=250, unit_price="1.37", price_unit=100, unit_cost="1")).net() == eur("3.43")


def test_a_discount_is_off_the_line() -> None:
    assert an_invoice(a_line(unit_price=100, discount_ratio="0.125")).net() == eur("87.50")


def test_unknown_cost_is_not_zero() -> None:
    half_known = an_invoice(a_line(unit_price=100, unit_cost=60), a_line(unit_price=100))

    assert half_known.gross_profit() == eur("40")
    assert half_known.revenue_without_cost() == eur("100")
    assert an_invoice(a_line()).gross_profit() is None
    assert an_invoice(a_line(unit_price=100, unit_cost=0)).gross_profit() == eur("100")


def test_gross_profit_may_be_negative() -> None:
    assert an_invoice(a_line(unit_price=10, unit_cost=12)).gross_profit() == eur("-2")


def test_a_document_without_lines_is_worth_nothing() -> None:
    for per in ("line", "total"):
        empty = an_invoice(rounding=RoundingPolicy(per=per))
        assert empty.net() == empty.tax() == empty.gross() == empty.revenue_without_cost() == eur("0")
        assert empty.gross_profit() is None


@given(st.lists(lines, max_size=8), st.sampled_from(["line", "total"]), st.sampled_from(["half_up", "half_even"]))
def test_amounts_of_lines_add_up_to_the_net_of_the_document(some: list[Line], per: Any, mode: Any) -> None:
    document = an_invoice(*some, rounding=RoundingPolicy(per=per, mode=mode))

    assert total(document.line_amounts(), currency="EUR") == document.net()
    for line, amount in zip(some, document.line_amounts(), strict=True):
        assert abs(Fraction(amount.amount) - Fraction(line.net_amount())) < Fraction(1, 100)


@given(st.lists(lines, max_size=8))
def test_the_net_on_the_total_is_the_exact_sum_rounded_once(some: list[Line]) -> None:
    document = an_invoice(*some, rounding=RoundingPolicy(per="total"))
    exact = sum((Fraction(line.quantity) * Fraction(line.unit_price) * (1 - Fraction(line.discount_ratio)) for line in some), Fraction(0))

    assert document.net().minor == int(abs(exact) * 100 + Fraction(1, 2)) * (1 if exact >= 0 else -1)


@given(st.lists(lines, max_size=8))
def test_the_negative_of_a_document_is_its_mirror(some: list[Line]) -> None:
    turned = [
        Line(
            item_id=line.item_id,
            quantity=-line.quantity,
            unit_price=line.unit_price,
            discount_ratio=line.discount_ratio,
            tax_ratio=line.tax_ratio,
        )
        for line in some
    ]

    assert an_invoice(*turned).net() == -an_invoice(*some).net()
    assert an_invoice(*turned).tax() == -an_invoice(*some).tax()


@pytest.mark.parametrize("currency", ["JPY", "KWD", "CLF"])
def test_sums_have_the_decimals_of_the_currency(currency: str) -> None:
    assert an_invoice(a_line(unit_price="1.23456"), currency=currency).net() in {
        Money.of("1", "JPY"),
        Money.of("1.235", "KWD"),
        Money.of("1.2346", "CLF"),
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"item_id": ""},
        {"quantity": 1.5},
        {"quantity": "many"},
        {"unit_price": float("nan")},
        {"unit_price": None},
        {"price_unit": 0},
        {"discount_ratio": 10},
        {"tax_ratio": "19"},
        {"unit": ""},
    ],
)
def test_a_line_that_cannot_be_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        a_line(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"id": ""},
        {"kind": "receipt"},
        {"party_id": ""},
        {"issued_on": "2026-01-31"},
        {"currency": "Euro"},
        {"state": "paid"},
        {"lines": [1]},
    ],
)
def test_a_document_that_cannot_be_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        an_invoice(**fields)


@pytest.mark.parametrize("fields", [{"per": "page"}, {"mode": "up"}])
def test_an_unknown_rounding_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        RoundingPolicy(**fields)


def test_the_repr_counts_the_lines() -> None:
    assert "<2 lines>" in repr(an_invoice(a_line(), a_line()))
