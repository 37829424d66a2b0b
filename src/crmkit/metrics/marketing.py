"""Figures of marketing, over single exact numbers. The same over frames stands in `marketing_tables`."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

from crmkit._checks import check_exact
from crmkit.metrics.profitability import alike, check_cost, quotient
from crmkit.metrics.selling import per_piece
from crmkit.money import Money

if TYPE_CHECKING:
    from decimal import Decimal

    from crmkit._checks import Exact

__all__ = ["cac_ratio", "cost_per_customer", "cost_per_lead"]


@overload
def cost_per_lead(*, spend: Money, leads: int) -> Money: ...
@overload
def cost_per_lead(*, spend: Exact, leads: int) -> Decimal: ...
def cost_per_lead(*, spend: Money | Exact, leads: int) -> Money | Decimal:
    """
    What a new lead costs.

    Definition: total marketing spend / total new leads of the same period.
    Unit: that of the spend; Money is rounded to its minor unit, half away from zero.
    Undefined when: there are no leads.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 9 ("Cost per Customer Acquired").

    >>> cost_per_lead(spend=Money.of(1_200, "EUR"), leads=80)
    Money.of('15.00', 'EUR')

    Raises:
        UndefinedMetricError: If there are no leads.
        InvalidValueError: For a float, for negative spend or leads.
    """
    return per_piece("cost_per_lead", _spend(spend), leads, names=("spend", "leads"))


@overload
def cost_per_customer(*, spend: Money, customers: int) -> Money: ...
@overload
def cost_per_customer(*, spend: Exact, customers: int) -> Decimal: ...
def cost_per_customer(*, spend: Money | Exact, customers: int) -> Money | Decimal:
    """
    What a new customer costs (customer acquisition cost, CAC).

    Definition: total marketing spend / new buyers of the same period.
    Unit: that of the spend; Money is rounded to its minor unit, half away from zero.
    Undefined when: there are no new buyers.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 5 ("Acquisition versus Retention").

    >>> cost_per_customer(spend=1_200, customers=16)
    Decimal('75')

    Raises:
        UndefinedMetricError: If there are no new buyers.
        InvalidValueError: For a float, for negative spend or customers.
    """
    return per_piece("cost_per_customer", _spend(spend), customers, names=("spend", "customers"))


@overload
def cac_ratio(*, lifetime_value: Money, cost: Money) -> Decimal: ...
@overload
def cac_ratio(*, lifetime_value: Exact, cost: Exact) -> Decimal: ...
def cac_ratio(*, lifetime_value: Money | Exact, cost: Money | Exact) -> Decimal:
    """
    What a customer brings over his life, per unit that winning him cost (LTV to CAC).

    Definition: lifetime value (gross profit) / cost per customer.
    Unit: ratio; 3 means three times the cost.
    Undefined when: *cost* is zero.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 5 ("Customer Lifetime Value").

    >>> cac_ratio(lifetime_value=Money.of(450, "EUR"), cost=Money.of(75, "EUR"))
    Decimal('6')

    Raises:
        UndefinedMetricError: If *cost* is zero.
        InvalidValueError: For a negative cost, a float, and money beside a number.
        CurrencyMismatchError: If the currencies differ.
    """
    value, spent = alike(lifetime_value=lifetime_value, cost=check_cost(cost))
    return quotient("cac_ratio", value, spent, "cost")


def _spend(spend: Money | Exact) -> Money | Exact:
    check_exact("spend", spend.amount if isinstance(spend, Money) else spend, at_least=0)
    return spend
