"""DocumentTotals of a document as the host states them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_kind, refused
from crmkit.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal


@attrs.frozen(kw_only=True)
class DocumentTotals:
    """
    What a document comes to as its issuer states it; it wins over the sum of the lines.

    Attributes:
        net: Sum without tax.
        tax: The tax.
        payable: What is to be paid, where it is not net and tax together, for example after cash rounding.

    >>> DocumentTotals(net=Money.of("100.00", "EUR"), tax=Money.of("19.00", "EUR")).gross
    Money.of('119.00', 'EUR')
    """

    net: Money
    tax: Money
    payable: Money | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse amounts in different currencies."""
        for name in ("net", "tax", "payable"):
            amount = getattr(self, name)
            if amount is not None and check_kind(name, amount, Money).currency != self.net.currency:
                raise refused(name, amount, f"an amount in {self.net.currency}, as the net is")

    @property
    def gross(self) -> Money:
        """Net and tax together."""
        return self.net + self.tax


def parts_of(whole: Money, amounts: Sequence[Money], *, sizes: Sequence[Decimal]) -> tuple[Money, ...]:
    """Change amounts so that they add up to a given whole: what they differ by is spread in proportion to sizes."""
    difference = whole - Money(minor=sum(amount.minor for amount in amounts), currency=whole.currency)
    if not difference:
        return tuple(amounts)
    spread = difference.allocate([abs(size) for size in sizes])
    return tuple(amount + part for amount, part in zip(amounts, spread, strict=True))
