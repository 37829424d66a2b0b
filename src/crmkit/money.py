"""
Exact money: whole minor units and an ISO 4217 currency.

Amounts are `Money`. Unit prices and unit costs are plain Decimals of any precision, because a screw may cost 0.0137 EUR.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import cache, partial
from math import lcm
from typing import TYPE_CHECKING, Literal

import attrs

from crmkit._checks import (
    LARGEST_INT,
    check_choice,
    check_currency,
    check_decimal,
    check_each,
    check_exact,
    check_int,
    check_kind,
    refused,
)
from crmkit._currencies import OTHER_DIGITS, USUAL_DIGITS
from crmkit.errors import CurrencyMismatchError, InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmkit._checks import Exact

__all__ = ["Money", "Rounding", "minor_digits", "rounded", "total", "totals"]

Rounding = Literal["half_up", "half_even"]

_MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN}
_EXACT = Context(prec=60)


def minor_digits(currency: str) -> int:
    """
    Decimals of a currency's minor unit after ISO 4217: 0, 2, 3 or 4.

    >>> minor_digits("EUR"), minor_digits("JPY"), minor_digits("KWD"), minor_digits("CLF")
    (2, 0, 3, 4)
    """
    return OTHER_DIGITS.get(currency, USUAL_DIGITS)


def rounded(amount: Exact, digits: int, *, rounding: Rounding = "half_up") -> Decimal:
    """
    Round to so many decimals; half up rounds halves away from zero, so that a credit note mirrors its invoice.

    >>> rounded(Decimal("2.675"), 2), rounded(Decimal("-2.675"), 2), rounded(Decimal("0.125"), 2, rounding="half_even")
    (Decimal('2.68'), Decimal('-2.68'), Decimal('0.12'))
    """
    mode = _MODES[check_choice("rounding", rounding, Rounding)]
    try:
        return Decimal(amount).quantize(_step(digits), mode, _EXACT)
    except InvalidOperation:
        raise refused("amount", amount, f"a number of at most {_EXACT.prec} digits") from None


@cache
def _step(digits: int) -> Decimal:
    return Decimal(1).scaleb(-digits)


def _largest(currency: str) -> Decimal:
    return Decimal(LARGEST_INT).scaleb(-minor_digits(currency))


def _too_large(amount: Decimal, currency: str) -> InvalidValueError:
    """Say it in the words of the caller, who knows no minor units."""
    return refused("amount", f"{amount} {currency}", f"at most {_largest(currency):,} {currency}, above zero or below")


@attrs.frozen(kw_only=True, repr=False)
class Money:
    """
    An exact amount in one currency.

    The fields go by keyword only, so that 20 never silently means 20 cents; `Money.of` takes the usual notation.

    Attributes:
        minor: Whole minor units, cents for EUR.
        currency: ISO 4217 code.

    >>> Money.of("19.90", "EUR") + Money(minor=10, currency="EUR")
    Money.of('20.00', 'EUR')
    """

    minor: int
    currency: str

    def __attrs_post_init__(self) -> None:
        """Refuse what is not whole minor units of a currency."""
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise refused("minor", self.minor, "whole minor units, such as 1990 cents; an amount is Money.of('19.90', 'EUR')")
        if abs(self.minor) > LARGEST_INT:
            check_int("minor", self.minor)
        check_currency("currency", self.currency)

    @classmethod
    def of(cls, amount: Exact | str, currency: str) -> Money:
        """
        Make money from an exact amount; more decimals than the currency has are refused.

        Raises:
            InvalidValueError: For a float, for text that is no number, for too many decimals, for an amount of more than 64 bits of minor
                units, and for what is no currency.

        >>> Money.of(3, "JPY")
        Money.of('3', 'JPY')
        """
        exact = check_decimal("amount", amount)
        if exact.copy_abs() > _largest(check_currency("currency", currency)):
            raise _too_large(exact, currency)
        scaled = exact.scaleb(minor_digits(currency), _EXACT)
        if scaled != scaled.to_integral_value():
            raise refused(
                "amount", amount, f"at most {minor_digits(currency)} decimals in {currency}; round it first, with Decimal.quantize"
            )
        return cls(minor=int(scaled), currency=currency)

    @property
    def amount(self) -> Decimal:
        """The amount in the usual notation, with all decimals of the currency."""
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))

    def __repr__(self) -> str:
        """Show the call that makes it."""
        return f"Money.of('{self.amount:f}', {self.currency!r})"

    def __str__(self) -> str:
        """Amount and code, with the decimal point of code; for people use Babel."""
        return f"{self.amount:f} {self.currency}"

    def __bool__(self) -> bool:
        """Tell whether it is anything at all."""
        return self.minor != 0

    def __add__(self, other: Money) -> Money:
        """Add within one currency."""
        return self._of_minor(self.minor + self._minor_of("other", other))

    def __sub__(self, other: Money) -> Money:
        """Subtract within one currency."""
        return self._of_minor(self.minor - self._minor_of("other", other))

    def __mul__(self, factor: int) -> Money:
        """Multiply by a whole number; any other factor needs a rounding, so it goes through `times`."""
        if isinstance(factor, bool) or not isinstance(factor, int):
            raise refused("factor", factor, 'a whole number; by any other it is rounded: money.times(Decimal("1.5"))')
        return self._of_minor(self.minor * factor)

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        """Turn the sign."""
        return self._of_minor(-self.minor)

    def __abs__(self) -> Money:
        """Drop the sign."""
        return self._of_minor(abs(self.minor))

    def __lt__(self, other: Money) -> bool:
        """Compare within one currency."""
        return self.minor < self._minor_of("other", other)

    def __le__(self, other: Money) -> bool:
        """Compare within one currency."""
        return self.minor <= self._minor_of("other", other)

    def __gt__(self, other: Money) -> bool:
        """Compare within one currency."""
        return self.minor > self._minor_of("other", other)

    def __ge__(self, other: Money) -> bool:
        """Compare within one currency."""
        return self.minor >= self._minor_of("other", other)

    def times(self, factor: Exact, *, rounding: Rounding = "half_up") -> Money:
        """
        Multiply by any exact number and round to the minor unit.

        >>> Money.of("0.33", "EUR").times(Decimal("0.19"))
        Money.of('0.06', 'EUR')
        """
        product = _EXACT.multiply(self.minor, Decimal(check_exact("factor", factor)))
        return self._of_minor(int(rounded(product, 0, rounding=rounding)))

    def allocate(self, weights: Sequence[Exact]) -> tuple[Money, ...]:
        """
        Split by weights into parts that add up exactly; what rounding leaves goes to the largest remainders, ties to the earlier.

        Raises:
            InvalidValueError: For a negative weight, and when all weights are zero.

        >>> Money.of("0.10", "EUR").allocate([1, 1, 1])
        (Money.of('0.04', 'EUR'), Money.of('0.03', 'EUR'), Money.of('0.03', 'EUR'))
        """
        exact = [weight.as_integer_ratio() for weight in check_each("weights", weights, partial(check_exact, at_least=0))]
        finest = lcm(*(denominator for _, denominator in exact))
        whole = [numerator * finest // denominator for numerator, denominator in exact]
        if not any(whole):
            raise refused("weights", tuple(weights), "at least one weight above zero")
        sign = -1 if self.minor < 0 else 1
        parts, remainders = map(list, zip(*(divmod(abs(self.minor) * weight, sum(whole)) for weight in whole), strict=True))
        by_remainder = sorted(range(len(parts)), key=lambda place: (-remainders[place], place))
        for place in by_remainder[: abs(self.minor) - sum(parts)]:
            parts[place] += 1
        return tuple(self._of_minor(sign * part) for part in parts)

    def _of_minor(self, minor: int) -> Money:
        if abs(minor) > LARGEST_INT:
            raise _too_large(Decimal(minor).scaleb(-minor_digits(self.currency), _EXACT), self.currency)
        return Money(minor=minor, currency=self.currency)

    def _minor_of(self, name: str, other: object) -> int:
        money = check_kind(name, other, Money)
        if money.currency != self.currency:
            raise CurrencyMismatchError(self.currency, money.currency)
        return money.minor


def total(amounts: Iterable[Money], *, currency: str) -> Money:
    """
    Sum in one currency; the sum of nothing is zero of that currency.

    >>> total([], currency="EUR")
    Money.of('0.00', 'EUR')
    """
    nothing = Money(minor=0, currency=currency)
    return nothing._of_minor(sum(nothing._minor_of("other", amount) for amount in amounts))  # noqa: SLF001  # its own module


def totals(amounts: Iterable[Money]) -> dict[str, Money]:
    """
    One sum per currency, in the order in which the currencies first occur.

    >>> totals([Money.of(1, "EUR"), Money.of(2, "CHF"), Money.of(3, "EUR")])
    {'EUR': Money.of('4.00', 'EUR'), 'CHF': Money.of('2.00', 'CHF')}
    """
    sums: dict[str, Money] = {}
    for amount in check_each("amounts", amounts, lambda name, item: check_kind(name, item, Money)):
        sums[amount.currency] = sums[amount.currency] + amount if amount.currency in sums else amount
    return sums
