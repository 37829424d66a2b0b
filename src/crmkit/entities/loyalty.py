"""The loyalty card: a ledger whose entries add up to credit, revenue and points."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_DOWN, Context, Decimal
from typing import TYPE_CHECKING, Literal

import attrs

from crmkit._checks import (
    check_choice,
    check_currency,
    check_date,
    check_decimal,
    check_int,
    check_kind,
    check_ratio,
    check_text,
    check_texts,
    refused,
)
from crmkit.entities._fields import kept
from crmkit.errors import CurrencyMismatchError
from crmkit.money import Money, total

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmkit.entities.documents import Document

LoyaltyBase = Literal["net", "gross"]
LoyaltyEntryKind = Literal["invoice", "credit_note", "return", "cancellation", "redemption", "opening", "expiry", "reset"]

_EXACT = Context(prec=60)


def _ratio(value: Decimal | int | str) -> Decimal:
    return check_ratio("ratio", value)


def _points_per_unit(value: Decimal | int | str) -> Decimal:
    return check_decimal("points_per_unit", value, at_least=0)


@attrs.frozen(kw_only=True)
class LoyaltyRate:
    """
    What share of an invoice is credited, from a day on.

    Attributes:
        ratio: 0.02 for 2 %.
        since: The first day on which it holds.
    """

    ratio: Decimal = attrs.field(converter=_ratio)
    since: date

    def __attrs_post_init__(self) -> None:
        """Refuse what is no day."""
        check_date("since", self.since)


def _rates(values: Iterable[LoyaltyRate]) -> tuple[LoyaltyRate, ...]:
    return tuple(sorted(kept("rates", LoyaltyRate, values), key=lambda rate: rate.since))


@attrs.frozen(kw_only=True)
class LoyaltyCard:
    """
    The loyalty card of a party.

    Attributes:
        id: Its number.
        party_id: Whose.
        rates: What is credited from which day on; before the first day nothing is.
        currency: ISO 4217 code of credit and revenue.
        active: False once it was given back; a party has one active card at most.
        version: Raised by each stored change; 0 is not stored yet.

    >>> card = LoyaltyCard(id="K-1", party_id="C-17", rates=[LoyaltyRate(ratio="0.02", since=date(2026, 1, 1))])
    >>> card.rate_on(date(2025, 12, 31)), card.rate_on(date(2026, 1, 1))
    (None, Decimal('0.02'))
    """

    id: str
    party_id: str
    rates: tuple[LoyaltyRate, ...] = attrs.field(default=(), converter=_rates)
    currency: str = "EUR"
    active: bool = True
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse two rates for one day."""
        check_text("id", self.id)
        check_text("party_id", self.party_id)
        check_currency("currency", self.currency)
        if len({rate.since for rate in self.rates}) < len(self.rates):
            raise refused("rates", f"<{len(self.rates)} rates>", "at most one rate from the same day on")

    def rate_on(self, day: date) -> Decimal | None:
        """Find the rate that holds on a day; None before the first."""
        return next((rate.ratio for rate in reversed(self.rates) if rate.since <= day), None)

    def with_rate(self, ratio: Decimal | int | str, *, since: date) -> LoyaltyCard:
        """Set the rate from a day on, in place of the one that began that day."""
        others = (rate for rate in self.rates if rate.since != since)
        return attrs.evolve(self, rates=(*others, LoyaltyRate(ratio=ratio, since=since)))


@attrs.frozen(kw_only=True)
class LoyaltyEntry:
    """
    One entry of the ledger. Nothing else changes a balance.

    Attributes:
        id: Its id; that of a document's entry is made of the document, so that none is booked twice.
        card_id: Of which card.
        party_id: Whose.
        kind: "invoice", "credit_note" (of an invoice), "return" (without one), "cancellation" (of what was booked), "redemption",
            "opening", "expiry" or "reset".
        booked_on: The day.
        credit: What it adds to the credit.
        revenue: What it adds to the revenue.
        points: What it adds to the points.
        rate: The rate at which a document was booked.
        document_id: The document that was booked.
        invoice_id: The invoice that was credited, or taken back from.
        flagged: True for a return without an invoice, whose rate somebody named.
        because: Why, in words.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    card_id: str
    party_id: str
    kind: LoyaltyEntryKind
    booked_on: date
    credit: Money
    revenue: Money
    points: int = 0
    rate: Decimal | None = None
    document_id: str | None = None
    invoice_id: str | None = None
    flagged: bool = False
    because: str | None = attrs.field(default=None, repr=False)
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_texts(self, "document_id", "invoice_id", "because")
        for name in ("id", "card_id", "party_id"):
            check_text(name, getattr(self, name))
        check_choice("kind", self.kind, LoyaltyEntryKind)
        check_date("booked_on", self.booked_on)
        check_int("points", self.points)
        if check_kind("credit", self.credit, Money).currency != check_kind("revenue", self.revenue, Money).currency:
            raise CurrencyMismatchError(self.credit.currency, self.revenue.currency)


@attrs.frozen(kw_only=True)
class LoyaltyBalance:
    """
    The sums of a ledger. They may be negative: goods may come back after the credit was spent.

    Attributes:
        credit: The credit (Gutschriftstand).
        revenue: The revenue since the last reset.
        points: The points since the last reset.
    """

    credit: Money
    revenue: Money
    points: int

    @classmethod
    def of(cls, entries: Iterable[LoyaltyEntry], *, currency: str) -> LoyaltyBalance:
        """Add entries up."""
        kept_entries = tuple(entries)
        return cls(
            credit=total((entry.credit for entry in kept_entries), currency=currency),
            revenue=total((entry.revenue for entry in kept_entries), currency=currency),
            points=sum(entry.points for entry in kept_entries),
        )


@attrs.frozen(kw_only=True)
class LoyaltyPolicy:
    """
    How documents are credited.

    Attributes:
        base: "net" or "gross": of which amount.
        points_per_unit: Points for one unit of the currency; only whole points count.
        automatic: True books every invoice and credit note in the transaction in which it is stored.

    >>> LoyaltyPolicy(points_per_unit="0.1").points_for(Money.of("99.90", "EUR"))
    9
    """

    base: LoyaltyBase = "net"
    points_per_unit: Decimal = attrs.field(default=Decimal(1), converter=_points_per_unit)
    automatic: bool = True

    def __attrs_post_init__(self) -> None:
        """Refuse an unknown base."""
        check_choice("base", self.base, LoyaltyBase)

    def amount_of(self, document: Document) -> Money:
        """The amount of a document that counts."""
        return document.net() if self.base == "net" else document.gross()

    def points_for(self, revenue: Money) -> int:
        """Points for an amount, cut to whole points; a negative amount mirrors the positive one."""
        exact = _EXACT.multiply(revenue.amount, self.points_per_unit)
        return int(exact.to_integral_value(rounding=ROUND_DOWN))
