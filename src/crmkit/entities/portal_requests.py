"""What a customer asks for by himself, and the policy of the portal."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, cast, get_args

import attrs

from crmkit._checks import check_choice, check_date, check_decimal, check_each, check_kind, check_text, check_texts, refused
from crmkit.entities._fields import in_utc, kept
from crmkit.entities.portal_data import ProposedChange
from crmkit.errors import StateMoveError

if TYPE_CHECKING:
    from collections.abc import Iterable

PortalSection = Literal["documents", "open_items", "appointments", "cases", "contracts", "loyalty", "requests"]
PortalField = Literal["name", "addresses", "emails", "phones", "profiles", "language", "person"]
PortalRequestKind = Literal["order", "change"]
PortalRequestState = Literal["open", "accepted", "refused"]


def _changes(values: Iterable[ProposedChange]) -> tuple[ProposedChange, ...]:
    return kept("changes", ProposedChange, values)


def _quantity(value: Decimal | int | str) -> Decimal:
    return check_decimal("quantity", value)


@attrs.frozen(kw_only=True)
class OrderedItem:
    """
    What a customer orders: he names no price.

    Attributes:
        item_id: What.
        quantity: How much.
        unit: Unit of the quantity.
        text: What he wants to say about it.
    """

    item_id: str
    quantity: Decimal = attrs.field(converter=_quantity)
    unit: str = "piece"
    text: str = attrs.field(default="", repr=False)

    def __attrs_post_init__(self) -> None:
        """Refuse an order of nothing."""
        check_text("item_id", self.item_id)
        check_text("unit", self.unit)
        check_text("text", self.text, empty=True)
        if self.quantity <= 0:
            raise refused("quantity", self.quantity, "a quantity above zero")


def _items(values: Iterable[OrderedItem]) -> tuple[OrderedItem, ...]:
    return kept("items", OrderedItem, values)


def _placed_at(value: datetime) -> datetime:
    return in_utc("placed_at", value)


@attrs.frozen(kw_only=True)
class PortalRequest:
    """
    What a customer asked for by himself. It is no document and changes nothing until an employee accepts it.

    Attributes:
        id: Its id.
        party_id: Who asked.
        kind: "order", or "change" of the own data.
        placed_at: When; kept in UTC.
        person_id: Which contact person asked.
        items: What is ordered.
        quote_id: The quote that is ordered.
        changes: What is to be changed.
        text: What he said about it.
        state: "open", then "accepted" or "refused".
        decided_on: The local day on which it was accepted or refused.
        document_id: The document that came of it.
        answer: Why it was refused; the customer reads it.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    party_id: str
    kind: PortalRequestKind
    placed_at: datetime = attrs.field(converter=_placed_at)
    person_id: str | None = None
    items: tuple[OrderedItem, ...] = attrs.field(default=(), converter=_items)
    quote_id: str | None = None
    changes: tuple[ProposedChange, ...] = attrs.field(default=(), converter=_changes)
    text: str = attrs.field(default="", repr=False)
    state: PortalRequestState = "open"
    decided_on: date | None = None
    document_id: str | None = None
    answer: str | None = attrs.field(default=None, repr=False)
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse a request for nothing."""
        check_texts(self, "person_id", "quote_id", "document_id", "answer")
        check_text("id", self.id)
        check_text("party_id", self.party_id)
        check_choice("kind", self.kind, PortalRequestKind)
        check_choice("state", self.state, PortalRequestState)
        check_text("text", self.text, empty=True)
        if self.decided_on is not None:
            check_date("decided_on", self.decided_on)
        if self.kind == "order" and not self.items and self.quote_id is None:
            raise refused("items", self.items, "at least one item, or the quote that is ordered")
        if self.kind == "change" and not self.changes:
            raise refused("changes", self.changes, "data that differ from what is stored")

    def accepted(self, *, on: date, document_id: str | None = None) -> PortalRequest:
        """
        Grant it.

        Raises:
            StateMoveError: When it is decided already.
        """
        self._check_open("accepted")
        return attrs.evolve(self, state="accepted", decided_on=on, document_id=document_id)

    def refused(self, *, on: date, because: str) -> PortalRequest:
        """
        Turn it down.

        Raises:
            StateMoveError: When it is decided already.
        """
        self._check_open("refused")
        return attrs.evolve(self, state="refused", decided_on=on, answer=check_text("because", because))

    def _check_open(self, to: PortalRequestState) -> None:
        if self.state != "open":
            raise StateMoveError("portal_request", self.id, self.state, to, ())


def _sections(values: PortalSection | Iterable[PortalSection]) -> frozenset[PortalSection]:
    return cast(
        "frozenset[PortalSection]", frozenset(check_each("shows", values, lambda name, one: check_choice(name, one, PortalSection)))
    )


def _portal_fields(values: PortalField | Iterable[PortalField]) -> frozenset[PortalField]:
    return cast(
        "frozenset[PortalField]", frozenset(check_each("changeable", values, lambda name, one: check_choice(name, one, PortalField)))
    )


@attrs.frozen(kw_only=True)
class PortalPolicy:
    """
    What customers see in the portal, and what they may ask for there.

    Attributes:
        shows: The sections beside the own data; all by default.
        changeable: The own data of which a change may be proposed; all by default, none where it is empty.
        orders: True where orders may be placed.
        cases: True where cases may be opened.
        department_id: The department that decides where a party has no owner.
    """

    shows: frozenset[PortalSection] = attrs.field(default=frozenset(get_args(PortalSection)), converter=_sections)
    changeable: frozenset[PortalField] = attrs.field(default=frozenset(get_args(PortalField)), converter=_portal_fields)
    orders: bool = True
    cases: bool = True
    department_id: str = "sales"

    def __attrs_post_init__(self) -> None:
        """Refuse a department without a name."""
        check_kind("orders", self.orders, bool)
        check_kind("cases", self.cases, bool)
        check_text("department_id", self.department_id)
