"""
What a type checker tells a user of crmkit: checked by mypy and pyright, never executed.

A line that must be refused carries the checkers' own comments; both complain about a comment that is not needed.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import assert_type

from crmkit import Interval, Money, Period, days, total, totals
from crmkit.entities import Party
from crmkit.metrics import gross_profit, roi


def money_stays_money(price: Money) -> None:
    assert_type(price + price, Money)
    assert_type(price * 3, Money)
    assert_type(price.times(Decimal("0.19")), Money)
    assert_type(price.amount, Decimal)
    assert_type(price.allocate([1, 2]), tuple[Money, ...])
    assert_type(total([price], currency="EUR"), Money)
    assert_type(totals([price]), dict[str, Money])


def money_refuses_floats_and_positions(price: Money) -> None:
    Money.of(19.90, "EUR")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Money(1990, "EUR")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    _ = price * 1.5  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = price + 1  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]


def spans_have_one_type(day: date) -> None:
    assert_type(days(30), Interval)
    assert_type(days(30).after(day), date)
    assert_type(Period.month(2026, 1).months(), tuple[Period, ...])


def a_figure_is_as_exact_as_its_arguments(amount: Money) -> None:
    assert_type(roi(gain=amount, cost=amount), Decimal)
    assert_type(gross_profit(revenue=amount, cost=amount), Money)
    assert_type(gross_profit(revenue=Decimal(3), cost=2), Decimal)
    assert_type(gross_profit(revenue=3, cost=2), int)


def money_does_not_mix_with_numbers(amount: Money) -> None:
    roi(gain=amount, cost=3)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]


def roles_are_checked(day: date) -> None:
    Party(id="C-1", name="Müller", created_on=day, roles="customer")
    Party(id="C-1", name="Müller", created_on=day, roles=["customer", "supplier"])
    Party(id="C-1", name="Müller", created_on=day, roles="custommer")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
