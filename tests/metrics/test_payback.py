from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Money
from crmkit.errors import CurrencyMismatchError, InvalidValueError, UndefinedMetricError
from crmkit.metrics import cumulated_flows, payback_days, payback_on

if TYPE_CHECKING:
    from decimal import Decimal

START, FEBRUARY, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


def eur(amount: int) -> Money:
    return Money.of(amount, "EUR")


@pytest.mark.parametrize(("gain", "expected"), [(499, None), (500, MARCH), (501, MARCH)])
def test_it_is_paid_back_on_the_first_day_on_which_the_sum_is_not_negative(gain: int, expected: date | None) -> None:
    assert payback_on([(START, -1_000), (FEBRUARY, 500), (MARCH, gain)]) == expected


def test_the_order_of_the_flows_does_not_matter() -> None:
    assert payback_on([(MARCH, 500), (START, -1_000), (FEBRUARY, 500)]) == MARCH


def test_flows_of_one_day_count_together() -> None:
    assert payback_on([(START, 900), (START, -1_000), (FEBRUARY, 100)]) == FEBRUARY


def test_money_pays_back_like_numbers() -> None:
    assert payback_on([(START, eur(-1_000)), (FEBRUARY, eur(1_000))]) == FEBRUARY


def test_nothing_invested_has_no_day_of_payback() -> None:
    assert payback_on([]) is None


def test_the_payback_period_counts_from_the_first_flow() -> None:
    assert payback_days([(START, -1_000), (FEBRUARY, 1_000)]) == 31


@pytest.mark.parametrize("flows", [[], [(START, -1)]])
def test_a_payback_period_that_does_not_end_is_undefined(flows: list[Any]) -> None:
    with pytest.raises(UndefinedMetricError, match="payback_days"):
        payback_days(flows)


@pytest.mark.parametrize("flows", [[(START, 0.5)], [(START, eur(1)), (FEBRUARY, 1)], [("2026", 1)]])
def test_floats_mixed_amounts_and_texts_are_refused(flows: list[Any]) -> None:
    with pytest.raises(InvalidValueError):
        payback_on(flows)


def test_two_currencies_never_add() -> None:
    with pytest.raises(CurrencyMismatchError):
        payback_on([(START, eur(-1)), (FEBRUARY, Money.of(1, "CHF"))])


@given(st.lists(st.tuples(st.dates(), st.decimals(-1000, 1000, places=2))))
def test_the_last_running_sum_is_the_sum_of_all(flows: list[tuple[date, Decimal]]) -> None:
    running = cumulated_flows(flows)

    assert (running[-1][1] if running else 0) == sum(amount for _, amount in flows)
    assert [day for day, _ in running] == sorted({day for day, _ in flows})


@pytest.mark.parametrize("flows", [None, [3], [(date(2026, 1, 1),)]])
def test_flows_are_pairs_of_a_day_and_an_amount(flows: Any) -> None:
    with pytest.raises(InvalidValueError, match="flows"):
        payback_on(flows)
