"""Lines of documents: prices are exact Decimals of any precision, only amounts are money."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import Literal

import attrs

from crmkit._checks import check_choice, check_decimal, check_int, check_kind, check_ratio, check_text, check_texts, refused
from crmkit.money import Rounding

_EXACT = Context(prec=60)


def _cash_step(value: Decimal | int | str | None) -> Decimal | None:
    return None if value is None else check_decimal("cash_step", value)


@attrs.frozen(kw_only=True)
class RoundingPolicy:
    """
    Where a document rounds to the minor unit.

    Attributes:
        per: "line" rounds each line and its tax, "total" rounds the sums of each tax rate.
        mode: "half_up" (away from zero) or "half_even".
        cash_step: The smallest coin to which the amount to be paid is rounded, for example 0.05 in CHF; None leaves it exact.
    """

    per: Literal["line", "total"] = "line"
    mode: Rounding = "half_up"
    cash_step: Decimal | None = attrs.field(default=None, converter=_cash_step)

    def __attrs_post_init__(self) -> None:
        """Refuse unknown names, and a coin that is worth nothing."""
        check_choice("per", self.per, Literal["line", "total"])
        check_choice("mode", self.mode, Rounding)
        if self.cash_step is not None and self.cash_step <= 0:
            raise refused("cash_step", self.cash_step, "a coin above zero, for example Decimal('0.05')")


def _quantity(value: Decimal | int | str) -> Decimal:
    return check_decimal("quantity", value)


def _unit_price(value: Decimal | int | str) -> Decimal:
    return check_decimal("unit_price", value)


def _discount_ratio(value: Decimal | int | str) -> Decimal:
    return check_ratio("discount_ratio", value)


def _tax_ratio(value: Decimal | int | str) -> Decimal:
    return check_ratio("tax_ratio", value)


def _unit_cost(value: Decimal | int | str | None) -> Decimal | None:
    return None if value is None else check_decimal("unit_cost", value)


@attrs.frozen(kw_only=True)
class Line:
    """
    One line of a document. Prices are exact Decimals of any precision; only amounts are money.

    Attributes:
        item_id: What is sold.
        quantity: How much; positive in a credit note too.
        unit_price: Net price per *price_unit* units.
        unit: Unit of the quantity, for example "piece", "kg".
        description: Text on the document.
        item_group: Group of the item.
        unit_cost: Cost of goods per *price_unit* units; None is unknown, which is not zero.
        price_unit: Prices and costs are per 1, 100 or 1000 units.
        discount_ratio: Discount of the line, 0.1 for 10 %.
        tax_ratio: Tax rate, 0.19 for 19 %.
        predecessor_line: Which line of the predecessor it comes from, the first is 1; where it is not said, the item and its unit tell.
        predecessor_id: The document it comes from, where that is another one than its document's predecessor, as in a collective invoice.
        additional: True for what the predecessor does not have: it is delivered or invoiced beyond it.
        deducts_id: The down-payment invoice that this line of a final invoice takes off again.
    """

    item_id: str
    quantity: Decimal = attrs.field(converter=_quantity)
    unit_price: Decimal = attrs.field(converter=_unit_price)
    unit: str = "piece"
    description: str = ""
    item_group: str | None = None
    unit_cost: Decimal | None = attrs.field(default=None, converter=_unit_cost)
    price_unit: int = 1
    discount_ratio: Decimal = attrs.field(default=Decimal(0), converter=_discount_ratio)
    tax_ratio: Decimal = attrs.field(default=Decimal(0), converter=_tax_ratio)
    predecessor_line: int | None = None
    predecessor_id: str | None = None
    additional: bool = False
    deducts_id: str | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse an empty item, a price per nothing, and a line that is both from the predecessor and beyond it."""
        check_texts(self, "description", "item_group")
        check_text("item_id", self.item_id)
        check_text("unit", self.unit)
        check_int("price_unit", self.price_unit, at_least=1)
        check_kind("additional", self.additional, bool)
        for name in ("deducts_id", "predecessor_id"):
            if getattr(self, name) is not None:
                check_text(name, getattr(self, name))
        if self.predecessor_line is not None:
            check_int("predecessor_line", self.predecessor_line, at_least=1)
        if self.additional and (self.predecessor_line is not None or self.predecessor_id is not None):
            place = self.predecessor_id if self.predecessor_line is None else self.predecessor_line
            raise refused("predecessor_line", place, "None for an additional line, which the predecessor does not have")

    def list_amount(self) -> Decimal:
        """Quantity × price before the discount, not rounded."""
        return self._per_unit(self.unit_price)

    def net_amount(self) -> Decimal:
        """Quantity × price less discount, not rounded."""
        amount = self.list_amount()
        return _EXACT.multiply(amount, 1 - self.discount_ratio) if self.discount_ratio else amount

    def cost_amount(self) -> Decimal | None:
        """Quantity × cost, not rounded; None where the cost is unknown."""
        return None if self.unit_cost is None else self._per_unit(self.unit_cost)

    def _per_unit(self, price: Decimal) -> Decimal:
        amount = _EXACT.multiply(self.quantity, price)
        return amount if self.price_unit == 1 else _EXACT.divide(amount, self.price_unit)
