"""When an investment has paid for itself, from dated flows of money."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any, overload

from crmkit._checks import check_date, check_each, check_exact, refused
from crmkit.errors import UndefinedMetricError
from crmkit.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from crmkit._checks import Exact

__all__ = ["cumulated_flows", "payback_days", "payback_on"]

_EXACT = Context(prec=60)


@overload
def cumulated_flows(flows: Iterable[tuple[date, Money]]) -> tuple[tuple[date, Money], ...]: ...
@overload
def cumulated_flows(flows: Iterable[tuple[date, Exact]]) -> tuple[tuple[date, Decimal], ...]: ...
def cumulated_flows(
    flows: Iterable[tuple[date, Money]] | Iterable[tuple[date, Exact]],
) -> tuple[tuple[date, Money], ...] | tuple[tuple[date, Decimal], ...]:
    """
    Running sum of a schedule of costs and gains, day by day.

    Definition: for each day with a flow the sum of all flows up to and including it; costs are negative, gains positive.
    Unit: that of the flows.
    Undefined when: never; without flows there are no days.
    Source: Brealey, Myers, Allen, "Principles of Corporate Finance", 13th ed., McGraw-Hill 2020, chapter 5 ("Payback").

    >>> from datetime import date
    >>> cumulated_flows([(date(2026, 1, 1), -900), (date(2026, 2, 1), 500), (date(2026, 3, 1), 500)])[-1]
    (datetime.date(2026, 3, 1), Decimal('100'))

    Args:
        flows: Days with amounts in any order, all Money of one currency or all Decimal or int.

    Raises:
        InvalidValueError: For a float, for money beside numbers, and for what is no day.
        CurrencyMismatchError: If the currencies differ.
    """
    given = list(check_each("flows", flows, _flow))
    given.sort(key=lambda flow: flow[0])
    if any(isinstance(amount, Money) for _, amount in given):
        return _running_money([(day, _money(amount)) for day, amount in given])
    running: dict[date, Decimal] = {}
    balance = Decimal(0)
    for day, amount in given:
        balance = running[day] = _EXACT.add(balance, Decimal(check_exact("flows", amount)))
    return tuple(running.items())


def _flow(name: str, flow: object) -> tuple[date, Any]:
    if not isinstance(flow, tuple) or len(flow) != 2:  # noqa: PLR2004  # a day and an amount
        raise refused(name, type(flow).__name__, "pairs of a day and an amount, such as (date(2026, 1, 31), -900)")
    return check_date(name, flow[0]), flow[1]


@overload
def payback_on(flows: Iterable[tuple[date, Money]]) -> date | None: ...
@overload
def payback_on(flows: Iterable[tuple[date, Exact]]) -> date | None: ...
def payback_on(flows: Iterable[tuple[date, Money]] | Iterable[tuple[date, Exact]]) -> date | None:
    """
    Day of break-even: the first on which everything so far has brought at least what it cost.

    Definition: the first day on which the running sum of all flows is not negative; flows of one day count together.
    Unit: day.
    Undefined when: the sum stays negative, or there are no flows: None.
    Source: Brealey, Myers, Allen, "Principles of Corporate Finance", 13th ed., McGraw-Hill 2020, chapter 5 ("Payback").

    >>> from datetime import date
    >>> payback_on([(date(2026, 1, 1), -900), (date(2026, 2, 1), 500), (date(2026, 3, 1), 500)])
    datetime.date(2026, 3, 1)

    Args:
        flows: Days with amounts in any order, costs negative; all Money of one currency or all Decimal or int.

    Raises:
        InvalidValueError: For a float, for money beside numbers, and for what is no day.
        CurrencyMismatchError: If the currencies differ.
    """
    return next((day for day, balance in cumulated_flows(flows) if _size(balance) >= 0), None)


@overload
def payback_days(flows: Iterable[tuple[date, Money]]) -> int: ...
@overload
def payback_days(flows: Iterable[tuple[date, Exact]]) -> int: ...
def payback_days(flows: Iterable[tuple[date, Money]] | Iterable[tuple[date, Exact]]) -> int:
    """
    Payback period: how long it takes until everything has brought at least what it cost.

    Definition: days from the first flow to `payback_on`.
    Unit: days.
    Undefined when: the running sum stays negative, or there are no flows.
    Source: Brealey, Myers, Allen, "Principles of Corporate Finance", 13th ed., McGraw-Hill 2020, chapter 5 ("Payback").

    >>> from datetime import date
    >>> payback_days([(date(2026, 1, 1), -900), (date(2026, 2, 1), 500), (date(2026, 3, 1), 500)])
    59

    Args:
        flows: Days with amounts in any order, costs negative; all Money of one currency or all Decimal or int.

    Raises:
        UndefinedMetricError: If it never pays back.
        InvalidValueError: For a float, for money beside numbers, and for what is no day.
        CurrencyMismatchError: If the currencies differ.
    """
    running = cumulated_flows(flows)
    for day, balance in running:
        if _size(balance) >= 0:
            return (day - running[0][0]).days
    raise UndefinedMetricError("payback_days", f"the sum is {running[-1][1]} after the last flow" if running else "there are no flows")


def _running_money(flows: list[tuple[date, Money]]) -> tuple[tuple[date, Money], ...]:
    running: dict[date, Money] = {}
    balance = Money(minor=0, currency=flows[0][1].currency)
    for day, amount in flows:
        balance = running[day] = balance + amount
    return tuple(running.items())


def _money(amount: object) -> Money:
    if not isinstance(amount, Money):
        raise refused("flows", amount, "all amounts as Money, or all as Decimal or int")
    return amount


def _size(balance: Money | Decimal) -> Exact:
    return balance.minor if isinstance(balance, Money) else balance
