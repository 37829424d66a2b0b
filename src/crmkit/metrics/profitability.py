"""Gross profit, margin and return, over single exact numbers. The same over frames stands in `profit_tables`."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import TYPE_CHECKING, overload

from crmkit._checks import check_exact, refused
from crmkit.errors import CurrencyMismatchError, UndefinedMetricError
from crmkit.money import Money

if TYPE_CHECKING:
    from crmkit._checks import Exact

__all__ = [
    "alike",
    "benefit_cost_ratio",
    "check_cost",
    "contribution_margin",
    "gross_margin",
    "gross_profit",
    "markup",
    "net_margin",
    "net_profit",
    "quotient",
    "roi",
]

_RATIO = Context(prec=28)
_EXACT = Context(prec=60)


@overload
def roi(*, gain: Money, cost: Money) -> Decimal: ...
@overload
def roi(*, gain: Exact, cost: Exact) -> Decimal: ...
def roi(*, gain: Money | Exact, cost: Money | Exact) -> Decimal:
    """
    Return on investment: what came back per unit spent, net of the spending.

    Definition: (gain − cost) / cost. *gain* is what the investment brought before its cost, *cost* the sum of everything spent on it
        (licence, set-up, training, running). The gain of a CRM or of a campaign is the increase in gross profit, not revenue.
    Unit: ratio; 0.25 means 25 %. 0 is break-even, −1 is nothing back.
    Undefined when: *cost* is zero.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 10 ("Return on Investment").

    >>> roi(gain=Money.of(75_000, "EUR"), cost=Money.of(12_000, "EUR"))
    Decimal('5.25')

    Raises:
        UndefinedMetricError: If *cost* is zero.
        InvalidValueError: For a negative cost, a float, and money beside a number.
        CurrencyMismatchError: If the currencies differ.
    """
    came_back, spent = alike(gain=gain, cost=check_cost(cost))
    return quotient("roi", _EXACT.subtract(came_back, spent), spent, "cost")


@overload
def benefit_cost_ratio(*, gain: Money, cost: Money) -> Decimal: ...
@overload
def benefit_cost_ratio(*, gain: Exact, cost: Exact) -> Decimal: ...
def benefit_cost_ratio(*, gain: Money | Exact, cost: Money | Exact) -> Decimal:
    """
    What came back per unit spent.

    Definition: gain / cost; the return on investment plus 1.
    Unit: ratio; 1 is break-even.
    Undefined when: *cost* is zero.
    Source: Boardman, Greenberg, Vining, Weimer, "Cost-Benefit Analysis", 5th ed., Cambridge University Press 2018, chapter 2.

    >>> benefit_cost_ratio(gain=12_000, cost=12_000)
    Decimal('1')

    Raises:
        UndefinedMetricError: If *cost* is zero.
        InvalidValueError: For a negative cost, a float, and money beside a number.
        CurrencyMismatchError: If the currencies differ.
    """
    came_back, spent = alike(gain=gain, cost=check_cost(cost))
    return quotient("benefit_cost_ratio", came_back, spent, "cost")


@overload
def gross_profit(*, revenue: Money, cost: Money) -> Money: ...
@overload
def gross_profit(*, revenue: Decimal, cost: Exact) -> Decimal: ...
@overload
def gross_profit(*, revenue: Exact, cost: Decimal) -> Decimal: ...
@overload
def gross_profit(*, revenue: int, cost: int) -> int: ...
def gross_profit(*, revenue: Money | Exact, cost: Money | Exact) -> Money | Exact:
    """
    Revenue less the cost of the goods sold (German: Rohertrag).

    Definition: revenue − cost, both net of tax.
    Unit: that of the arguments; may be negative.
    Undefined when: never.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 3 ("Margins and Profits").

    >>> gross_profit(revenue=Money.of("19.90", "EUR"), cost=Money.of("12.40", "EUR"))
    Money.of('7.50', 'EUR')

    Raises:
        InvalidValueError: For a float, and money beside a number.
        CurrencyMismatchError: If the currencies differ.
    """
    return _difference(revenue=revenue, cost=cost)


@overload
def contribution_margin(*, revenue: Money, variable_cost: Money) -> Money: ...
@overload
def contribution_margin(*, revenue: Decimal, variable_cost: Exact) -> Decimal: ...
@overload
def contribution_margin(*, revenue: Exact, variable_cost: Decimal) -> Decimal: ...
@overload
def contribution_margin(*, revenue: int, variable_cost: int) -> int: ...
def contribution_margin(*, revenue: Money | Exact, variable_cost: Money | Exact) -> Money | Exact:
    """
    Revenue less all variable costs (German: Deckungsbeitrag).

    Definition: revenue − variable cost; equal to gross profit where the goods are the only variable cost.
    Unit: that of the arguments; may be negative.
    Undefined when: never.
    Source: Horngren, Datar, Rajan, "Cost Accounting: A Managerial Emphasis", 15th ed., Pearson 2015, chapter 3.

    >>> contribution_margin(revenue=100, variable_cost=65)
    35

    Raises:
        InvalidValueError: For a float, and money beside a number.
        CurrencyMismatchError: If the currencies differ.
    """
    return _difference(revenue=revenue, variable_cost=variable_cost)


@overload
def net_profit(*, revenue: Money, all_cost: Money) -> Money: ...
@overload
def net_profit(*, revenue: Decimal, all_cost: Exact) -> Decimal: ...
@overload
def net_profit(*, revenue: Exact, all_cost: Decimal) -> Decimal: ...
@overload
def net_profit(*, revenue: int, all_cost: int) -> int: ...
def net_profit(*, revenue: Money | Exact, all_cost: Money | Exact) -> Money | Exact:
    """
    Revenue less every cost, fixed ones too.

    Definition: revenue − all cost.
    Unit: that of the arguments; may be negative.
    Undefined when: never.
    Source: Horngren, Datar, Rajan, "Cost Accounting: A Managerial Emphasis", 15th ed., Pearson 2015, chapter 3.

    >>> net_profit(revenue=100, all_cost=120)
    -20

    Raises:
        InvalidValueError: For a float, and money beside a number.
        CurrencyMismatchError: If the currencies differ.
    """
    return _difference(revenue=revenue, all_cost=all_cost)


@overload
def gross_margin(*, gross_profit: Money, revenue: Money) -> Decimal: ...
@overload
def gross_margin(*, gross_profit: Exact, revenue: Exact) -> Decimal: ...
def gross_margin(*, gross_profit: Money | Exact, revenue: Money | Exact) -> Decimal:
    """
    Share of revenue that remains after the cost of the goods.

    Definition: gross profit / revenue; over the revenue whose cost is known.
    Unit: ratio; 0.25 means 25 %.
    Undefined when: *revenue* is zero or negative.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 3 ("Margins and Profits").

    >>> gross_margin(gross_profit=Money.of(40, "EUR"), revenue=Money.of(100, "EUR"))
    Decimal('0.4')

    Raises:
        UndefinedMetricError: If *revenue* is zero or negative.
        InvalidValueError: For a float, and money beside a number.
        CurrencyMismatchError: If the currencies differ.
    """
    profit, whole = alike(gross_profit=gross_profit, revenue=revenue)
    return _share("gross_margin", profit, whole, "revenue")


@overload
def net_margin(*, net_profit: Money, revenue: Money) -> Decimal: ...
@overload
def net_margin(*, net_profit: Exact, revenue: Exact) -> Decimal: ...
def net_margin(*, net_profit: Money | Exact, revenue: Money | Exact) -> Decimal:
    """
    Share of revenue that remains after every cost.

    Definition: net profit / revenue.
    Unit: ratio; 0.25 means 25 %.
    Undefined when: *revenue* is zero or negative.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 10 ("Net Profit and Return on Sales").

    >>> net_margin(net_profit=-5, revenue=100)
    Decimal('-0.05')

    Raises:
        UndefinedMetricError: If *revenue* is zero or negative.
        InvalidValueError: For a float, and money beside a number.
        CurrencyMismatchError: If the currencies differ.
    """
    profit, whole = alike(net_profit=net_profit, revenue=revenue)
    return _share("net_margin", profit, whole, "revenue")


@overload
def markup(*, gross_profit: Money, cost: Money) -> Decimal: ...
@overload
def markup(*, gross_profit: Exact, cost: Exact) -> Decimal: ...
def markup(*, gross_profit: Money | Exact, cost: Money | Exact) -> Decimal:
    """
    Gross profit on top of what the goods cost.

    Definition: gross profit / cost.
    Unit: ratio; 0.25 means 25 % on top of cost, which is a gross margin of 20 %.
    Undefined when: *cost* is zero or negative.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 3 ("Margins and Profits").

    >>> markup(gross_profit=25, cost=100)
    Decimal('0.25')

    Raises:
        UndefinedMetricError: If *cost* is zero or negative.
        InvalidValueError: For a float, and money beside a number.
        CurrencyMismatchError: If the currencies differ.
    """
    profit, spent = alike(gross_profit=gross_profit, cost=cost)
    return _share("markup", profit, spent, "cost")


def alike(**amounts: Money | Exact) -> tuple[Decimal, Decimal]:
    """Give the two arguments as numbers, once they are of one kind and one currency."""
    (left_name, left), (right_name, right) = ((name, _one(name, amount)) for name, amount in amounts.items())
    if isinstance(left, Money) and isinstance(right, Money):
        if left.currency != right.currency:
            raise CurrencyMismatchError(left.currency, right.currency)
        return left.amount, right.amount
    if isinstance(left, Money) or isinstance(right, Money):
        raise refused(f"{left_name}, {right_name}", (left, right), "both as Money, or both as Decimal or int")
    return Decimal(check_exact(left_name, left)), Decimal(check_exact(right_name, right))


def _one(name: str, amount: Money | Exact) -> Money | Exact:
    """Tell whoever gives several amounts how to add them up."""
    if isinstance(amount, list | tuple):
        raise refused(name, amount, "one amount; add several up with total(amounts, currency=…) or, for numbers, sum(…)")
    return amount


def check_cost(cost: Money | Exact) -> Money | Exact:
    """Accept a cost that is not negative."""
    one = _one("cost", cost)
    check_exact("cost", one.amount if isinstance(one, Money) else one, at_least=0)
    return one


def _difference(**amounts: Money | Exact) -> Money | Exact:
    whole, less = amounts.values()
    left, right = alike(**amounts)
    if isinstance(whole, Money) and isinstance(less, Money):
        return whole - less
    return int(left) - int(right) if isinstance(whole, int) and isinstance(less, int) else _EXACT.subtract(left, right)


def quotient(metric: str, part: Decimal, whole: Decimal, name: str) -> Decimal:
    """Divide, unless the whole is zero."""
    if not whole:
        raise UndefinedMetricError(metric, f"{name} is zero")
    return _RATIO.divide(part, whole)


def _share(metric: str, part: Decimal, whole: Decimal, name: str) -> Decimal:
    if whole <= 0:
        raise UndefinedMetricError(metric, f"{name} is {whole}, which is not above zero")
    return _RATIO.divide(part, whole)
