"""Documents of a sale: quote, order, delivery note, invoice, credit note."""

from __future__ import annotations

from datetime import date
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Literal

import attrs

from crmkit._checks import check_choice, check_currency, check_date, check_decimal, check_int, check_ratio, check_text
from crmkit.entities._fields import kept
from crmkit.money import Money, Rounding, minor_digits, rounded, total

if TYPE_CHECKING:
    from collections.abc import Iterable

DocumentKind = Literal["quote", "order", "delivery_note", "invoice", "credit_note"]
DocumentState = Literal["open", "accepted", "lost", "cancelled"]

_EXACT = Context(prec=60)


@attrs.frozen(kw_only=True)
class RoundingPolicy:
    """
    Where a document rounds to the minor unit.

    Attributes:
        per: "line" rounds each line and its tax, "total" rounds the sums of each tax rate.
        mode: "half_up" (away from zero) or "half_even".
    """

    per: Literal["line", "total"] = "line"
    mode: Rounding = "half_up"

    def __attrs_post_init__(self) -> None:
        """Refuse unknown names."""
        check_choice("per", self.per, Literal["line", "total"])
        check_choice("mode", self.mode, Rounding)


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

    def __attrs_post_init__(self) -> None:
        """Refuse an empty item and a price per nothing."""
        check_text("item_id", self.item_id)
        check_text("unit", self.unit)
        check_int("price_unit", self.price_unit, at_least=1)

    def list_amount(self) -> Decimal:
        """Quantity × price before the discount, not rounded."""
        return self._per_unit(self.unit_price)

    def net_amount(self) -> Decimal:
        """Quantity × price less discount, not rounded."""
        return _EXACT.multiply(self.list_amount(), 1 - self.discount_ratio)

    def cost_amount(self) -> Decimal | None:
        """Quantity × cost, not rounded; None where the cost is unknown."""
        return None if self.unit_cost is None else self._per_unit(self.unit_cost)

    def _per_unit(self, price: Decimal) -> Decimal:
        return _EXACT.divide(_EXACT.multiply(self.quantity, price), self.price_unit)


def _count_shown(lines: tuple[Line, ...]) -> str:
    return f"<{len(lines)} lines>"


def _lines(values: Iterable[Line]) -> tuple[Line, ...]:
    return kept(Line, values)


@attrs.frozen(kw_only=True)
class Document:
    """
    A document of a sale. It knows its predecessor: quote, order, delivery note, invoice, credit note.

    Attributes:
        id: The host's own id.
        kind: Which document.
        party_id: To whom.
        issued_on: Its date.
        lines: Its lines; those of a credit note are positive here and negative in `crmkit.facts`.
        currency: ISO 4217 code.
        number: The number that people know.
        predecessor_id: The document it came from; of a credit note its invoice.
        salesperson_id: Who sold it.
        state: "open", "accepted", "lost" or "cancelled".
        rounding: Where it rounds.
        version: Raised by each stored change; 0 is not stored yet.

    >>> line = Line(item_id="I-1", quantity=3, unit_price="0.33", unit_cost="0.20", tax_ratio="0.19")
    >>> invoice = Document(id="R-1", kind="invoice", party_id="C-17", issued_on=date(2026, 1, 31), lines=[line])
    >>> invoice.net(), invoice.tax(), invoice.gross(), invoice.gross_profit()
    (Money.of('0.99', 'EUR'), Money.of('0.19', 'EUR'), Money.of('1.18', 'EUR'), Money.of('0.39', 'EUR'))
    """

    id: str
    kind: DocumentKind
    party_id: str
    issued_on: date
    lines: tuple[Line, ...] = attrs.field(converter=_lines, repr=_count_shown)
    currency: str = "EUR"
    number: str | None = None
    predecessor_id: str | None = None
    salesperson_id: str | None = None
    state: DocumentState = "open"
    rounding: RoundingPolicy = RoundingPolicy()
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_text("id", self.id)
        check_choice("kind", self.kind, DocumentKind)
        check_text("party_id", self.party_id)
        check_date("issued_on", self.issued_on)
        check_currency("currency", self.currency)
        check_choice("state", self.state, DocumentState)

    def net(self) -> Money:
        """Sum without tax."""
        return self._sum(self.line_amounts())

    def tax(self) -> Money:
        """Tax, rounded per line or per tax rate as the rounding policy says."""
        taxed: dict[object, list[tuple[Line, Money]]] = {}
        for place, (line, amount) in enumerate(zip(self.lines, self.line_amounts(), strict=True)):
            taxed.setdefault(line.tax_ratio if self.rounding.per == "total" else place, []).append((line, amount))
        return self._sum(
            self._sum(amount for _, amount in part).times(part[0][0].tax_ratio, rounding=self.rounding.mode) for part in taxed.values()
        )

    def gross(self) -> Money:
        """Sum with tax."""
        return self.net() + self.tax()

    def gross_profit(self) -> Money | None:
        """Net less cost over the lines whose cost is known; None when none is."""
        known = [amount - cost for amount, cost in zip(self.line_amounts(), self.line_costs(), strict=True) if cost is not None]
        return self._sum(known) if known else None

    def revenue_without_cost(self) -> Money:
        """Net of the lines whose cost is unknown."""
        return self._sum(amount for amount, cost in zip(self.line_amounts(), self.line_costs(), strict=True) if cost is None)

    def line_amounts(self) -> tuple[Money, ...]:
        """Net of each line; they add up to `net` under either rounding policy, the largest remainders taking the difference."""
        exact = [line.net_amount() for line in self.lines]
        if self.rounding.per == "line":
            return tuple(self._rounded(amount) for amount in exact)
        step = Decimal(1).scaleb(-minor_digits(self.currency))
        floors = [amount // step - (amount % step < 0) for amount in exact]
        left = self._rounded(sum(exact, Decimal(0))).minor - int(sum(floors))
        by_remainder = sorted(range(len(exact)), key=lambda place: (floors[place] * step - exact[place], place))
        extra = set(by_remainder[:left])
        return tuple(Money(minor=int(floor) + (place in extra), currency=self.currency) for place, floor in enumerate(floors))

    def line_costs(self) -> tuple[Money | None, ...]:
        """Cost of each line, rounded per line; None where it is unknown."""
        return tuple(None if cost is None else self._rounded(cost) for cost in (line.cost_amount() for line in self.lines))

    def _rounded(self, amount: Decimal) -> Money:
        return Money.of(rounded(amount, minor_digits(self.currency), rounding=self.rounding.mode), self.currency)

    def _sum(self, amounts: Iterable[Money]) -> Money:
        return total(amounts, currency=self.currency)
