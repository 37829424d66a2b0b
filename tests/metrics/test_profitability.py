from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Money
from crmkit.errors import CurrencyMismatchError, InvalidValueError, UndefinedMetricError
from crmkit.metrics import (
    benefit_cost_ratio,
    contribution_margin,
    gross_margin,
    gross_profit,
    markup,
    net_margin,
    net_profit,
    roi,
)

RATIOS: list[tuple[Any, tuple[str, str]]] = [
    (roi, ("gain", "cost")),
    (benefit_cost_ratio, ("gain", "cost")),
    (gross_margin, ("gross_profit", "revenue")),
    (net_margin, ("net_profit", "revenue")),
    (markup, ("gross_profit", "cost")),
]
DIFFERENCES: list[tuple[Any, tuple[str, str]]] = [
    (gross_profit, ("revenue", "cost")),
    (contribution_margin, ("revenue", "variable_cost")),
    (net_profit, ("revenue", "all_cost")),
]
on_all = pytest.mark.parametrize(("figure", "names"), RATIOS + DIFFERENCES, ids=lambda value: getattr(value, "__name__", ""))


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def test_75000_back_for_12000_spent_is_a_return_of_5_25() -> None:
    assert roi(gain=eur("75000"), cost=eur("12000")) == Decimal("5.25")


def test_11000_back_for_1000_spent_is_a_return_of_10() -> None:
    assert roi(gain=11_000, cost=1_000) == 10


def test_break_even_is_a_return_of_zero() -> None:
    assert roi(gain=12_000, cost=12_000) == 0


def test_break_even_is_a_benefit_cost_ratio_of_one() -> None:
    assert benefit_cost_ratio(gain=12_000, cost=12_000) == 1


def test_nothing_back_is_a_return_of_minus_one() -> None:
    assert roi(gain=0, cost=1) == -1


@pytest.mark.parametrize("figure", [roi, benefit_cost_ratio])
def test_a_return_on_nothing_is_undefined(figure: Any) -> None:
    with pytest.raises(UndefinedMetricError, match="cost is zero"):
        figure(gain=1, cost=0)


@pytest.mark.parametrize("figure", [roi, benefit_cost_ratio])
@pytest.mark.parametrize("cost", [-1, Decimal("-0.01"), Money.of("-0.01", "EUR")])
def test_a_negative_cost_is_refused(figure: Any, cost: Any) -> None:
    gain = eur("1") if isinstance(cost, Money) else 1

    with pytest.raises(InvalidValueError, match="cost"):
        figure(gain=gain, cost=cost)


@pytest.mark.parametrize("whole", [-1, 0])
def test_a_margin_of_no_revenue_is_undefined(whole: int) -> None:
    with pytest.raises(UndefinedMetricError, match="revenue"):
        gross_margin(gross_profit=1, revenue=whole)
    with pytest.raises(UndefinedMetricError, match="revenue"):
        net_margin(net_profit=1, revenue=whole)
    with pytest.raises(UndefinedMetricError, match="cost"):
        markup(gross_profit=1, cost=whole)


def test_a_margin_is_a_ratio_not_a_percentage() -> None:
    assert gross_margin(gross_profit=eur("40"), revenue=eur("100")) == Decimal("0.4")


def test_a_loss_is_a_negative_margin() -> None:
    assert net_margin(net_profit=-5, revenue=100) == Decimal("-0.05")


def test_gross_profit_may_be_negative() -> None:
    assert gross_profit(revenue=eur("10"), cost=eur("12.50")) == eur("-2.50")


def test_whole_numbers_stay_whole() -> None:
    assert isinstance(gross_profit(revenue=10, cost=3), int)


def test_a_difference_of_huge_numbers_is_exact() -> None:
    assert gross_profit(revenue=Decimal("1000000000000000000000000000000.01"), cost=1) == Decimal("999999999999999999999999999999.01")


@on_all
def test_money_beside_a_number_is_refused(figure: Any, names: tuple[str, str]) -> None:
    for left, right in ((eur("1"), 1), (1, eur("1"))):
        with pytest.raises(InvalidValueError, match="both as Money"):
            figure(**{names[0]: left, names[1]: right})


@on_all
def test_a_float_is_refused_with_the_number_to_write(figure: Any, names: tuple[str, str]) -> None:
    for left, right in ((0.5, 1), (1, 0.5)):
        with pytest.raises(InvalidValueError, match=r"Decimal\('0.5'\)"):
            figure(**{names[0]: left, names[1]: right})


@on_all
def test_two_currencies_never_meet(figure: Any, names: tuple[str, str]) -> None:
    with pytest.raises(CurrencyMismatchError, match="EUR and CHF"):
        figure(**{names[0]: eur("1"), names[1]: Money.of("1", "CHF")})


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**12))
def test_the_return_is_one_less_than_benefit_over_cost(gain: int, cost: int) -> None:
    assert abs(benefit_cost_ratio(gain=gain, cost=cost) - roi(gain=gain, cost=cost) - 1) < Decimal("1e-14")


def test_ratios_do_not_depend_on_the_callers_decimal_context() -> None:
    with localcontext() as context:
        context.prec = 3

        assert len(str(roi(gain=2, cost=3))) > 20


@pytest.mark.parametrize("several", [[Money.of("10000", "EUR"), Money.of("2000", "EUR")], (10_000, 2_000)])
def test_whoever_gives_a_list_of_costs_is_told_how_to_add_them_up(several: Any) -> None:
    with pytest.raises(InvalidValueError, match=r"add several up with total"):
        roi(gain=75_000, cost=several)
