"""What a customer may see of himself: never a cost, a margin, an internal note, a rating, or who else is concerned."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from crmkit.entities.appointments import Appointment, AppointmentState
from crmkit.entities.cases import Case, CaseKind, CaseState
from crmkit.entities.contracts import Contract, ContractState
from crmkit.entities.documents import Document, DocumentKind, DocumentState, DocumentSubtype
from crmkit.entities.loyalty import LoyaltyBalance
from crmkit.entities.payments import OpenItem, payment_due_on
from crmkit.entities.portal_data import PortalData
from crmkit.entities.portal_requests import PortalRequest
from crmkit.money import Money

if TYPE_CHECKING:
    from crmkit.entities.document_lines import Line

PORTAL_CHANNEL = "portal"
"""The channel of cases that customers open by themselves."""


@attrs.frozen(kw_only=True)
class PortalLine:
    """
    A line of a document, without its cost.

    Attributes:
        item_id: What is sold.
        description: Text on the document.
        quantity: How much.
        unit: Unit of the quantity.
        unit_price: Net price per *price_unit* units.
        price_unit: Prices are per 1, 100 or 1000 units.
        discount_ratio: Discount of the line.
        tax_ratio: Tax rate.
        net: The net amount of the line.
    """

    item_id: str
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    price_unit: int
    discount_ratio: Decimal
    tax_ratio: Decimal
    net: Money

    @classmethod
    def of(cls, line: Line, net: Money) -> PortalLine:
        """Show a line."""
        return cls(**{name: getattr(line, name) for name in attrs.fields_dict(cls) if name != "net"}, net=net)


@attrs.frozen(kw_only=True)
class PortalDocument:
    """
    A document as the customer has it.

    Attributes:
        id: Its id.
        kind: Which document.
        subtype: For example "down_payment".
        number: The number that people know.
        issued_on: Its date.
        state: "open", "accepted", "lost" or "cancelled".
        valid_until: The last day on which a quote can be accepted.
        due_on: The last day on which an invoice is to be paid.
        net: Sum without tax.
        tax: The tax.
        payable: What is to be paid.
        lines: Its lines.
    """

    id: str
    kind: DocumentKind
    subtype: DocumentSubtype
    number: str | None
    issued_on: date
    state: DocumentState
    valid_until: date | None
    due_on: date | None
    net: Money
    tax: Money
    payable: Money
    lines: tuple[PortalLine, ...] = attrs.field(repr=lambda lines: f"<{len(lines)} lines>")

    @classmethod
    def of(cls, document: Document) -> PortalDocument:
        """Show a document."""
        return cls(
            id=document.id,
            kind=document.kind,
            subtype=document.subtype,
            number=document.number,
            issued_on=document.issued_on,
            state=document.state,
            valid_until=document.valid_until,
            due_on=payment_due_on(document) if document.kind == "invoice" else None,
            net=document.net(),
            tax=document.tax(),
            payable=document.payable(),
            lines=tuple(PortalLine.of(line, net) for line, net in zip(document.lines, document.line_amounts(), strict=True)),
        )


@attrs.frozen(kw_only=True)
class PortalAppointment:
    """
    An appointment with the customer; not what came of it.

    Attributes:
        id: Its id.
        start_at: When it begins.
        minutes: How long it takes.
        subject: What it is about.
        place: Where.
        state: "planned", "held" or "cancelled".
    """

    id: str
    start_at: datetime
    minutes: int
    subject: str = attrs.field(repr=False)
    place: str | None = attrs.field(repr=False)
    state: AppointmentState

    @classmethod
    def of(cls, appointment: Appointment) -> PortalAppointment:
        """Show an appointment."""
        return cls(**{name: getattr(appointment, name) for name in attrs.fields_dict(cls)})


@attrs.frozen(kw_only=True)
class PortalCase:
    """
    A case of the customer and how far it is.

    Attributes:
        id: Its id.
        kind: "complaint", "question" or "request".
        opened_at: When it was captured.
        state: "captured", "in_progress", "closed" or "reopened".
        closed_at: When it was closed.
        text: His own words where he opened it by himself; None where an employee wrote it down.
    """

    id: str
    kind: CaseKind
    opened_at: datetime
    state: CaseState
    closed_at: datetime | None
    text: str | None = attrs.field(repr=False)

    @classmethod
    def of(cls, case: Case) -> PortalCase:
        """Show a case."""
        shown = {name: getattr(case, name) for name in attrs.fields_dict(cls) if name != "text"}
        return cls(**shown, text=case.text if case.channel == PORTAL_CHANNEL else None)


@attrs.frozen(kw_only=True)
class PortalContract:
    """
    A contract with the customer.

    Attributes:
        id: Its id.
        kind: For example "maintenance".
        number: The number that people know.
        title: About what.
        starts_on: The first day.
        last_day: The last day on which it runs as things are.
        notice_by: The last day on which notice still ends it with the current term.
        automatic: True where it renews itself unless notice is given.
        amount: What it is worth per term, net.
        state: "active" or "cancelled".
    """

    id: str
    kind: str
    number: str | None
    title: str = attrs.field(repr=False)
    starts_on: date
    last_day: date | None
    notice_by: date | None
    automatic: bool
    amount: Money | None
    state: ContractState

    @classmethod
    def of(cls, contract: Contract) -> PortalContract:
        """Show a contract."""
        return cls(**{name: getattr(contract, name) for name in attrs.fields_dict(cls)})


@attrs.frozen(kw_only=True)
class PortalView:
    """
    Everything that a customer may see of himself on a day; what the policy does not show is empty.

    Attributes:
        party_id: Who.
        data: The own master data.
        documents: The documents, the newest first.
        open_items: What is to be paid, the earliest due first.
        appointments: The appointments, the latest first.
        cases: The cases, the newest first.
        contracts: The contracts.
        loyalty: The balance of the loyalty card; None without a card.
        requests: What was asked for here, the newest first.
    """

    party_id: str
    data: PortalData
    documents: tuple[PortalDocument, ...] = ()
    open_items: tuple[OpenItem, ...] = ()
    appointments: tuple[PortalAppointment, ...] = ()
    cases: tuple[PortalCase, ...] = ()
    contracts: tuple[PortalContract, ...] = ()
    loyalty: LoyaltyBalance | None = None
    requests: tuple[PortalRequest, ...] = ()
