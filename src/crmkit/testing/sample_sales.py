"""The documents of the sample company: quotes that become orders, invoices and some credit notes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from crmkit.entities import Document, Line
from crmkit.testing.sample_chance import happens
from crmkit.testing.sample_words import ITEMS, SEASONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

    from crmkit.entities import DocumentKind

_LOSING_DISCOUNTS = ("0.43", "0.45", "0.50")
_USUAL_DISCOUNTS = ("0", "0", "0", "0.02", "0.03", "0.05", "0.10")
_CREDITED = 0.06
_QUOTED = 0.6
_LOST_QUOTES = 0.25
_VAT = Decimal("0.19")


@attrs.frozen(kw_only=True)
class Trade:
    """
    How one customer buys.

    Attributes:
        customer_id: Who.
        salesperson_id: Who sells to him.
        days: The days of his invoices.
        size: How much he buys at a time: 1 is little.
        loses: High discounts: every invoice with a known cost loses money.
    """

    customer_id: str
    salesperson_id: str
    days: tuple[date, ...]
    size: int
    loses: bool


def seasonal_days(random: Random, *, first: date, last: date, count: int) -> tuple[date, ...]:
    """Days of purchase: more of them in the months in which more is sold."""
    weights = [sum(months[month] for months in SEASONS.values()) for month in range(12)]
    days: list[date] = []
    while len(days) < count:
        day = first + timedelta(days=random.randrange((last - first).days + 1))
        if day.weekday() < 5 and random.random() * max(weights) < weights[day.month - 1]:  # noqa: PLR2004  Monday to Friday
            days.append(day)
    return tuple(sorted(days))


def documents_of(random: Random, trade: Trade) -> Iterator[Document]:
    """All documents of one customer."""
    for number, day in enumerate(trade.days, start=1):
        key = f"{trade.customer_id[2:]}-{number}"
        lines = _lines(random, day, trade)
        order = None
        if happens(random, _QUOTED):
            quote = _document(trade, "quote", f"Q-{key}", max(day - timedelta(days=14), date(day.year, 1, 1)), lines, state="accepted")
            order = _document(trade, "order", f"O-{key}", day - timedelta(days=min(5, (day - quote.issued_on).days)), lines, after=quote.id)
            yield quote
            yield order
        yield _document(trade, "invoice", f"R-{key}", day, lines, after=order.id if order else None)
    if happens(random, _LOST_QUOTES) and trade.days:
        yield _document(
            trade, "quote", f"Q-{trade.customer_id[2:]}-lost", trade.days[-1], _lines(random, trade.days[-1], trade), state="lost"
        )


def only_quote(random: Random, trade: Trade, day: date) -> Document:
    """A quote that nothing came of."""
    return _document(trade, "quote", f"Q-{trade.customer_id[2:]}-1", day, _lines(random, day, trade), state="lost")


def credit_notes(random: Random, invoices: Sequence[Document], *, as_of: date) -> Iterator[Document]:
    """Credit notes over a part of some invoices: never the whole, so that the purchase stays one."""
    for invoice in invoices:
        day = invoice.issued_on + timedelta(days=random.randrange(3, 20))
        if happens(random, _CREDITED) and day <= as_of and invoice.lines[0].quantity > 1:
            yield credited(invoice, [attrs.evolve(invoice.lines[0], quantity=Decimal(1))], on=day)


def credited(invoice: Document, lines: Sequence[Line], *, on: date) -> Document:
    """A credit note over some lines of an invoice."""
    return Document(
        id=f"G{invoice.id[1:]}",
        kind="credit_note",
        party_id=invoice.party_id,
        issued_on=on,
        lines=lines,
        predecessor_id=invoice.id,
        salesperson_id=invoice.salesperson_id,
        number=f"G{invoice.id[1:]}",
    )


def _document(
    trade: Trade, kind: DocumentKind, id: str, day: date, lines: Sequence[Line], *, after: str | None = None, state: str = "open"
) -> Document:
    return Document(
        id=id,
        kind=kind,
        party_id=trade.customer_id,
        issued_on=day,
        lines=lines,
        predecessor_id=after,
        salesperson_id=trade.salesperson_id,
        number=id,
        state=state,  # type: ignore[arg-type]  # checked by Document
    )


def _lines(random: Random, day: date, trade: Trade) -> list[Line]:
    """One to four lines by season; the first one has a known cost, so that every invoice has a gross profit."""
    weights = [0 if cost is None else SEASONS[group][day.month - 1] for group, _, _, cost in ITEMS]
    with_special = [weight or 1 for weight in weights]
    first = random.choices(range(len(ITEMS)), weights)
    others = random.choices(range(len(ITEMS)), with_special, k=random.randrange(4))
    return [_line(random, number, trade) for number in dict.fromkeys(first + others)]


def _line(random: Random, number: int, trade: Trade) -> Line:
    group, description, price, cost = ITEMS[number]
    quantity = random.randrange(1, 6) * trade.size if cost is not None else 1
    return Line(
        item_id=f"I-{number + 1:02}",
        quantity=Decimal(quantity),
        unit_price=Decimal(price).scaleb(-2),
        unit_cost=None if cost is None else Decimal(cost).scaleb(-2),
        description=description,
        item_group=group,
        discount_ratio=Decimal(random.choice(_LOSING_DISCOUNTS if trade.loses else _USUAL_DISCOUNTS)),
        tax_ratio=_VAT,
    )
