"""Figures of selling, over single exact numbers. The same over frames stands in `opportunity_tables` and `selling_tables`."""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, overload

from crmkit._checks import check_exact, check_int
from crmkit.errors import UndefinedMetricError
from crmkit.money import Money

if TYPE_CHECKING:
    from crmkit._checks import Exact

__all__ = ["calls_to_sales", "count_ratio", "deal_size", "per_piece", "win_rate"]

_RATIO = Context(prec=28)


@overload
def deal_size(*, revenue: Money, sales: int) -> Money: ...
@overload
def deal_size(*, revenue: Exact, sales: int) -> Decimal: ...
def deal_size(*, revenue: Money | Exact, sales: int) -> Money | Decimal:
    """
    Average amount of a sale.

    Definition: amount of all sales of a period / number of sales of the same period, net of credit notes; wholly reversed ones not counted.
    Unit: that of the amount; Money is rounded to its minor unit, half away from zero.
    Undefined when: there are no sales.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 6 ("Sales Force Effectiveness").

    >>> deal_size(revenue=Money.of(1_000, "EUR"), sales=3)
    Money.of('333.33', 'EUR')

    Raises:
        UndefinedMetricError: If there are no sales.
        InvalidValueError: For a float, and for a negative number of sales.
    """
    return per_piece("deal_size", revenue, sales, names=("revenue", "sales"))


def win_rate(*, won: int, lost: int) -> Decimal:
    """
    Share of the decided opportunities that were won (German: Abschlussquote, in one text "Schlusskurs").

    Definition: won / (won + lost), both by number and closing date. Disqualified and superseded ones count in neither.
    Unit: ratio; 0.25 means 25 %.
    Undefined when: nothing was decided.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 6 ("Pipeline Analysis").

    >>> win_rate(won=3, lost=1)
    Decimal('0.75')

    Raises:
        UndefinedMetricError: If nothing was decided.
        InvalidValueError: For a negative number.
    """
    check_int("lost", lost, at_least=0)
    return count_ratio("win_rate", check_int("won", won, at_least=0), won + lost, "won + lost")


def calls_to_sales(*, sales: int, calls: int) -> Decimal:
    """
    Sales that a call brings.

    Definition: number of sales / number of calls. By amount, divide the revenue by the calls: `deal_size(revenue=…, sales=calls)`.
    Unit: ratio; 0.25 means one sale in four calls.
    Undefined when: there were no calls.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 6 ("Sales Force Effectiveness").

    >>> calls_to_sales(sales=5, calls=40)
    Decimal('0.125')

    Raises:
        UndefinedMetricError: If there were no calls.
        InvalidValueError: For a negative number.
    """
    return count_ratio("calls_to_sales", check_int("sales", sales, at_least=0), check_int("calls", calls, at_least=0), "calls")


def count_ratio(metric: str, part: int, whole: int, name: str) -> Decimal:
    """One count by another."""
    if not whole:
        raise UndefinedMetricError(metric, f"{name} is zero")
    return _RATIO.divide(Decimal(part), Decimal(whole))


def per_piece(metric: str, amount: Money | Exact, count: int, *, names: tuple[str, str]) -> Money | Decimal:
    """An amount by a count."""
    if not check_int(names[1], count, at_least=0):
        raise UndefinedMetricError(metric, f"{names[1]} is zero")
    if isinstance(amount, Money):
        share = Fraction(abs(amount.minor), count)
        minor = (2 * share.numerator + share.denominator) // (2 * share.denominator)
        return Money(minor=-minor if amount.minor < 0 else minor, currency=amount.currency)
    return _RATIO.divide(Decimal(check_exact(names[0], amount)), Decimal(count))
