"""ABC classes of a mapping."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from crmkit._checks import check_choice, check_exact, check_mapping, refused
from crmkit.classification.abc_analysis import A_BELOW, B_BELOW, Share, checked_limits
from crmkit.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from crmkit._checks import Exact
    from crmkit.entities import AbcClass

K = TypeVar("K", bound=Hashable)


def abc_classes(
    values: Mapping[K, Money | Exact], *, a_below: Decimal = A_BELOW, b_below: Decimal = B_BELOW, share: Share = "before"
) -> dict[K, AbcClass]:
    """
    Class each key by its value: A for the largest that together make up most of the whole, then B, then C.

    The whole is the sum of the positive values, per currency. Before a value lies the share of all values strictly greater than it:
    below *a_below* it is A, below *b_below* B, else C. Equal values get equal classes, and order does not matter. Zero and negative
    values are C.

    >>> abc_classes({"C-1": 80, "C-2": 15, "C-3": 5})
    {'C-1': 'A', 'C-2': 'B', 'C-3': 'C'}
    >>> abc_classes({"C-1": 60, "C-2": 20, "C-3": 20})
    {'C-1': 'A', 'C-2': 'A', 'C-3': 'A'}

    Args:
        values: All Money (classed per currency), or all Decimal or int.
        a_below: Limit of A.
        b_below: Limit of B.
        share: "including" counts a value's own share and its equals', and lets it reach the limit: the textbook's cumulative share.

    Raises:
        InvalidValueError: For floats, for money beside numbers, and for limits that are not in order.
    """
    limits = [Fraction(limit) for limit in checked_limits(a_below, b_below)]
    check_choice("share", share, Share)
    classes: dict[K, AbcClass] = {}
    for numbers in _per_currency(values).values():
        a_from, b_from = (_cut(numbers.values(), limit, share) for limit in limits)
        classes.update({key: _class_of(number, a_from, b_from) for key, number in numbers.items()})
    return {key: classes[key] for key in values}


def _per_currency(values: Mapping[K, Money | Exact]) -> dict[str | None, dict[K, Exact]]:
    numbers: dict[str | None, dict[K, Exact]] = {}
    for key, amount in check_mapping("values", values).items():
        if isinstance(amount, Money):
            numbers.setdefault(amount.currency, {})[key] = amount.minor
        else:
            numbers.setdefault(None, {})[key] = check_exact("values", amount)
    if None in numbers and len(numbers) > 1:
        raise refused("values", "money beside numbers", "all values as Money, or all as Decimal or int")
    return numbers


def _cut(numbers: Iterable[Exact], limit: Fraction, share: Share) -> Fraction | None:
    """The smallest value within the limit, or None where there is none."""
    sums: dict[Fraction, Fraction] = {}
    for number in map(Fraction, numbers):
        if number > 0:
            sums[number] = sums.get(number, Fraction(0)) + number
    base, before, cut = sum(sums.values()), Fraction(0), None
    for number in sorted(sums, reverse=True):
        including = before + sums[number]
        if not (including <= limit * base if share == "including" else before < limit * base):
            break
        cut, before = number, including
    return cut


def _class_of(number: Exact, a_from: Fraction | None, b_from: Fraction | None) -> AbcClass:
    if a_from is not None and number >= a_from:
        return "A"
    return "B" if b_from is not None and number >= b_from else "C"
