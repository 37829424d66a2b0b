from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from crmkit import Money
from crmkit.errors import CurrencyMismatchError, InvalidValueError, UndefinedMetricError
from crmkit.metrics import cac_ratio, calls_to_sales, cost_per_customer, cost_per_lead, deal_size, win_rate


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def test_deal_size_is_the_amount_of_all_sales_by_their_number() -> None:
    assert deal_size(revenue=1_000, sales=4) == 250
    assert deal_size(revenue=eur("0.05"), sales=2) == eur("0.03")
    assert deal_size(revenue=eur("-0.05"), sales=2) == eur("-0.03")


def test_win_rate_is_won_by_won_and_lost() -> None:
    assert win_rate(won=4_238, lost=2_473) == Decimal(4_238) / Decimal(6_711)
    assert win_rate(won=0, lost=1) == 0


def test_calls_to_sales_is_sales_per_call() -> None:
    assert calls_to_sales(sales=5, calls=40) == Decimal("0.125")


def test_cost_per_lead_is_spend_by_new_leads() -> None:
    assert cost_per_lead(spend=eur("1200"), leads=80) == eur("15")
    assert cost_per_customer(spend=0, customers=3) == 0


def test_lifetime_value_is_held_against_the_cost_of_a_customer() -> None:
    assert cac_ratio(lifetime_value=eur("450"), cost=eur("75")) == 6
    assert cac_ratio(lifetime_value=-1, cost=4) == Decimal("-0.25")


UNDEFINED: list[tuple[Any, dict[str, Any], str]] = [
    (deal_size, {"revenue": 5, "sales": 0}, "sales is zero"),
    (win_rate, {"won": 0, "lost": 0}, r"won \+ lost is zero"),
    (calls_to_sales, {"sales": 1, "calls": 0}, "calls is zero"),
    (cost_per_lead, {"spend": 5, "leads": 0}, "leads is zero"),
    (cost_per_customer, {"spend": 5, "customers": 0}, "customers is zero"),
    (cac_ratio, {"lifetime_value": 5, "cost": 0}, "cost is zero"),
]
WRONG: list[tuple[Any, dict[str, Any]]] = [
    (deal_size, {"revenue": 5.0, "sales": 1}),
    (deal_size, {"revenue": 5, "sales": -1}),
    (win_rate, {"won": -1, "lost": 2}),
    (win_rate, {"won": 1, "lost": -1}),
    (calls_to_sales, {"sales": True, "calls": 1}),
    (cost_per_lead, {"spend": -1, "leads": 1}),
    (cost_per_lead, {"spend": eur("-1"), "leads": 1}),
    (cac_ratio, {"lifetime_value": 1, "cost": -1}),
    (cac_ratio, {"lifetime_value": eur("1"), "cost": 1}),
]


@pytest.mark.parametrize(("figure", "arguments", "because"), UNDEFINED)
def test_a_figure_of_nothing_is_undefined_with_the_reason(figure: Any, arguments: dict[str, Any], because: str) -> None:
    with pytest.raises(UndefinedMetricError, match=because) as raised:
        figure(**arguments)

    assert raised.value.metric == figure.__name__


@pytest.mark.parametrize(("figure", "arguments"), WRONG)
def test_wrong_numbers_are_refused(figure: Any, arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        figure(**arguments)


def test_two_currencies_have_no_ratio() -> None:
    with pytest.raises(CurrencyMismatchError):
        cac_ratio(lifetime_value=eur("1"), cost=Money.of(1, "CHF"))
