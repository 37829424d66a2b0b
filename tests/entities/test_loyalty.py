"""Cards, entries and balances as values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from crmkit import Money
from crmkit.entities import Document, Line, LoyaltyBalance, LoyaltyCard, LoyaltyEntry, LoyaltyPolicy, LoyaltyRate
from crmkit.errors import CurrencyMismatchError, InvalidValueError

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)


def a_card(**fields: Any) -> LoyaltyCard:
    rates = [LoyaltyRate(ratio="0.05", since=FEBRUARY), LoyaltyRate(ratio="0.02", since=JANUARY)]
    return LoyaltyCard(**{"id": "K-1", "party_id": "C-17", "rates": rates} | fields)


def an_entry(credit: str, points: int = 0, **fields: Any) -> LoyaltyEntry:
    own: dict[str, Any] = {"id": "1", "card_id": "K-1", "party_id": "C-17", "kind": "opening", "booked_on": JANUARY}
    return LoyaltyEntry(**own | {"credit": Money.of(credit, "EUR"), "revenue": Money.of(0, "EUR"), "points": points} | fields)


@pytest.mark.parametrize(
    ("day", "rate"),
    [(date(2025, 12, 31), None), (JANUARY, "0.02"), (date(2026, 1, 31), "0.02"), (FEBRUARY, "0.05"), (date(2030, 1, 1), "0.05")],
)
def test_a_rate_holds_from_its_day_on(day: date, rate: str | None) -> None:
    assert a_card().rate_on(day) == (None if rate is None else Decimal(rate))


def test_a_rate_takes_the_place_of_the_one_of_its_day() -> None:
    assert a_card().with_rate("0.03", since=JANUARY).rate_on(JANUARY) == Decimal("0.03")
    assert a_card().with_rate("0.03", since=date(2026, 1, 15)).rate_on(FEBRUARY) == Decimal("0.05")


def test_a_balance_is_the_sum_of_its_entries_and_may_be_negative() -> None:
    balance = LoyaltyBalance.of([an_entry("1.50", 3), an_entry("-2.00", -5)], currency="EUR")

    assert (balance.credit, balance.points) == (Money.of("-0.50", "EUR"), -2)
    assert LoyaltyBalance.of([], currency="EUR").credit == Money.of(0, "EUR")


@pytest.mark.parametrize(("amount", "points"), [("9.99", 9), ("10.00", 10), ("-9.99", -9), ("0.99", 0), ("-0.99", 0)])
def test_points_are_cut_to_whole_ones_on_either_side_of_zero(amount: str, points: int) -> None:
    assert LoyaltyPolicy().points_for(Money.of(amount, "EUR")) == points
    assert LoyaltyPolicy(points_per_unit=0).points_for(Money.of(amount, "EUR")) == 0


@pytest.mark.parametrize(("base", "amount"), [("net", "100"), ("gross", "119")])
def test_net_or_gross_of_a_document_counts(base: Any, amount: str) -> None:
    line = Line(item_id="I-1", quantity=1, unit_price=100, tax_ratio="0.19")
    document = Document(id="R-1", kind="invoice", party_id="C-17", issued_on=JANUARY, lines=[line])

    assert LoyaltyPolicy(base=base).amount_of(document) == Money.of(amount, "EUR")


@pytest.mark.parametrize(
    "make",
    [
        lambda: a_card(rates=[LoyaltyRate(ratio="0.1", since=JANUARY), LoyaltyRate(ratio="0.2", since=JANUARY)]),
        lambda: a_card(currency="Euro"),
        lambda: a_card(id=""),
        lambda: LoyaltyRate(ratio="2", since=JANUARY),
        lambda: LoyaltyRate(ratio="0.1", since="2026"),  # type: ignore[arg-type]
        lambda: an_entry("1", kind="gift"),
        lambda: an_entry("1", points=1.5),  # type: ignore[arg-type]
        lambda: an_entry("1", revenue=1),
        lambda: LoyaltyPolicy(base="both"),  # type: ignore[arg-type]
        lambda: LoyaltyPolicy(points_per_unit=-1),
    ],
)
def test_what_cannot_be_is_refused(make: Any) -> None:
    with pytest.raises(InvalidValueError):
        make()


def test_an_entry_is_in_one_currency() -> None:
    with pytest.raises(CurrencyMismatchError):
        an_entry("1", revenue=Money.of(1, "CHF"))
