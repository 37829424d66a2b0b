"""The states of documents, and who becomes what by which document."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import attrs

from crmkit._checks import refused
from crmkit.entities import DocumentKind
from crmkit.errors import StateMoveError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from crmkit.entities import Document, DocumentState, Party, Role

PURCHASE_KINDS: tuple[DocumentKind, ...] = ("request_for_quotation", "purchase_order")
SALES_KINDS: tuple[DocumentKind, ...] = tuple(kind for kind in get_args(DocumentKind) if kind not in PURCHASE_KINDS)

_MOVES: Mapping[DocumentState, tuple[DocumentState, ...]] = {
    "open": ("accepted", "lost", "cancelled", "superseded"),
    "accepted": ("cancelled", "superseded"),
    "lost": (),
    "cancelled": (),
    "superseded": (),
}


def moves_of(document: Document) -> tuple[DocumentState, ...]:
    """List the states that a document can move to; only quotes are accepted, lost or superseded."""
    allowed = _MOVES[document.state]
    return allowed if document.kind == "quote" else tuple(state for state in allowed if state == "cancelled")


def moved(document: Document, to: DocumentState, *, on: date, reason: str | None = None) -> Document:
    """
    Move a document to another state.

    Raises:
        StateMoveError: When its state does not allow it.
        InvalidValueError: For a day before that of the document.
    """
    if to not in moves_of(document):
        raise StateMoveError("document", document.id, document.state, to, moves_of(document))
    check_day(document, on=on)
    return attrs.evolve(document, state=to, decided_on=on, reason=document.reason if reason is None else reason)


def check_day(document: Document, *, on: date) -> None:
    """
    Accept the day of what is done to a document, or made of it.

    Raises:
        InvalidValueError: When that day is before the document's own.
    """
    if on < document.issued_on:
        raise refused("at", on, f"a day from {document.issued_on} on, the day of {document.kind} {document.number or document.id}")


def check_usable(document: Document, to: str, *, on: date) -> None:
    """
    Accept a document from which another one can be made.

    Raises:
        StateMoveError: For one that is lost, cancelled or superseded.
        InvalidValueError: For a quote that was not accepted while it was valid, and for a day before that of the document.
    """
    if document.state not in ("open", "accepted"):
        raise StateMoveError("document", document.id, document.state, to, ())
    check_day(document, on=on)
    if document.kind == "quote" and document.state == "open":
        check_valid(document, on=on)


def check_valid(quote: Document, *, on: date) -> None:
    """
    Accept a quote that can be accepted on a day.

    Raises:
        InvalidValueError: When that day is after its last one.
    """
    if quote.valid_until is not None and on > quote.valid_until:
        raise refused("valid_until", quote.valid_until, f"a day from {on} on; revise the quote to make it valid again")


def role_by(kind: DocumentKind) -> Role:
    """Tell what a party becomes by its first document of a kind."""
    return "supplier" if kind in PURCHASE_KINDS else "customer"


def with_roles_by(party: Party, kinds: Iterable[DocumentKind]) -> Party:
    """Give a party the roles that its documents make it have: the first one of a sale makes a lead a customer."""
    for role in sorted({role_by(kind) for kind in kinds} - party.roles):
        party = party.with_role(role)
    return party


def is_quote_only(documents: Iterable[Document]) -> bool:
    """Tell whether a party asks for quotes and never orders: it has quotes, and no other document of a sale that still stands."""
    kinds = {document.kind for document in documents if document.state != "cancelled" and document.subtype != "pro_forma"}
    return "quote" in kinds and not kinds & {"order", "delivery_note", "invoice"}


def in_short(document: Document) -> str:
    """Say in a few words what it is."""
    return f"{document.kind} {document.number or document.id}, {document.net()}"
