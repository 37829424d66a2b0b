"""Voiding what was recorded by mistake: it stays readable with the reason, and everything derived from it is as if it were not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, cast

import attrs

from crmkit._checks import refused
from crmkit.conditions import Condition
from crmkit.desks.corrections import void_interaction, void_opening_balance
from crmkit.desks.document_credits import check_not_invoiced_again
from crmkit.desks.document_verbs import cancelled, check_nothing_in_the_way, issued_here
from crmkit.desks.loyalty_booking import book_documents, cancellation_of, entry_id, in_short
from crmkit.entities import (
    Attachment,
    Consent,
    Departure,
    Document,
    Event,
    Interaction,
    KeptApart,
    LoyaltyCard,
    LoyaltyEntry,
    Note,
    Objection,
    OpeningBalance,
    Payment,
    Quota,
    Rating,
    Ref,
    Spend,
    Touch,
)
from crmkit.errors import StateMoveError
from crmkit.records import kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit.desks.work import Work
    from crmkit.records import Stored

Marked: TypeAlias = Attachment | Consent | Departure | Event | KeptApart | Note | Objection | Payment | Quota | Rating | Spend | Touch
MARKED = (Attachment, Consent, Departure, Event, KeptApart, Note, Objection, Payment, Quota, Rating, Spend, Touch)
"""The kinds of record that are marked as void, and passed over by whatever adds up or lists them."""

VOIDABLE = (*MARKED, Document, Interaction, LoyaltyEntry, OpeningBalance)
"""All kinds of record that can be void."""

_VERBS: Mapping[str, str] = {
    "appointment": "appointments.cancel",
    "campaign": "change",
    "campaign_member": "campaigns.record_response",
    "case": "cases.close",
    "case_event": "cases.reopen",
    "contact_plan": "contact.plan",
    "contract": "contracts.cancel",
    "follow_up": "tasks.complete_follow_up",
    "loyalty_card": "loyalty.give_back",
    "marketing_plan": "change",
    "opportunity": "opportunities.disqualify",
    "party": "parties.deactivate",
    "pipeline": "change",
    "portal_request": "requests.refuse",
    "recall": "contact.cancel_recall",
    "stage_move": "opportunities.reopen",
    "task": "tasks.cancel",
    "unassigned": "emails.dismiss",
}
"""By which verb the other kinds end."""


def check_voidable(entity: Stored) -> Ref:
    """
    Accept a record that can be void, and name it.

    Raises:
        InvalidValueError: For other kinds, with the verb by which they end.
    """
    kind = kind_of(type(entity)).name
    if not isinstance(entity, VOIDABLE):
        known = ", ".join(sorted(known.__name__ for known in VOIDABLE))
        own = f"; for a {kind} there is crm.{_VERBS[kind]}()" if kind in _VERBS else ""
        raise refused("entity", type(entity).__name__, f"one of {known}{own}")
    return Ref(kind, entity.id)


def save_void(work: Work, entity: Stored, *, because: str) -> None:
    """
    Void one record, whatever of it was changed since.

    Raises:
        NotStoredError: When there is none.
        StateMoveError: When it is void already, or something that came from it stands in the way.
    """
    match entity:
        case Interaction():
            void_interaction(work, entity, because=because)
        case OpeningBalance():
            void_opening_balance(work, entity, because=because)
        case Document():
            _void_document(work, work.get(Document, entity.id), because)
        case LoyaltyEntry():
            _void_booking(work, work.get(LoyaltyEntry, entity.id), because)
        case Payment():
            _void_payment(work, work.get(Payment, entity.id), because)
        case _:
            _mark(work, cast("Marked", work.get(type(entity), entity.id)), because)


def _mark(work: Work, stored: Marked, because: str) -> None:
    _check_valid(stored)
    work.record(attrs.evolve(cast("Any", stored), voided_because=because), summary=f"void: {because}")


def _void_payment(work: Work, payment: Payment, because: str) -> None:
    """What was taken off for paying early goes with it."""
    _mark(work, payment, because)
    if payment.discount_document_id is not None:
        _take_off_the_card(work, _mark_document(work, work.get(Document, payment.discount_document_id), because), because)


def _mark_document(work: Work, document: Document, because: str, *, number_free: bool = True) -> Document:
    voided_because = because if number_free else None
    marked = attrs.evolve(document, state="cancelled", decided_on=work.moment.on, reason=because, voided_because=voided_because)
    return work.record(marked, summary=f"void: {because}")


def _check_valid(stored: Marked | Document) -> None:
    if stored.voided_because is not None:
        raise StateMoveError(kind_of(type(stored)).name, stored.id, "voided", "voided", ())


def _void_document(work: Work, document: Document, because: str) -> None:
    """
    Cancel what was issued here, an invoice by a document of its own; mark what the host added by mistake.

    A credit note that was issued here keeps its number, as whatever was sent does, and so is cancelled, not marked.
    """
    _check_valid(document)
    own = issued_here(work, document)
    if own and document.kind != "credit_note":
        if cancelled(work, document.id, because).id != document.id:
            work.log(document, party_id=document.party_id, summary=f"void: {because}")
        return
    if document.state in ("superseded", "cancelled"):
        raise StateMoveError("document", document.id, document.state, "voided", ())
    if own and document.subtype == "cash_discount":
        raise StateMoveError("document", document.id, document.state, "voided", (), "It was booked with its payment: void that")
    check_nothing_in_the_way(work, document, "voided")
    check_not_invoiced_again(work, document, "voided")
    _take_off_the_card(work, _mark_document(work, document, because, number_free=not own), because)


def _take_off_the_card(work: Work, document: Document, because: str) -> None:
    """Bring what a void document did to a loyalty card back to nothing."""
    booked = work.find(LoyaltyEntry, Condition("party_id", "equal", document.party_id))
    for entry in booked:
        if entry.document_id == document.id and entry.kind == "return":
            _reverse(work, entry, because)
    if any(entry.id == entry_id(document) and entry.invoice_id is not None for entry in booked):
        book_documents(work, [document])


def _void_booking(work: Work, entry: LoyaltyEntry, because: str) -> None:
    """Book the opposite: the balance stays the sum of the entries."""
    if entry.invoice_id is not None:
        hint = f"It was booked for document {entry.document_id}: void that"
        raise StateMoveError("loyalty_entry", entry.id, entry.kind, "voided", (), hint)
    if entry.kind == "cancellation" or work.find_each(LoyaltyEntry, "id", [cancellation_of(entry).id]):
        raise StateMoveError("loyalty_entry", entry.id, "voided", "voided", ())
    _reverse(work, entry, because)


def _reverse(work: Work, entry: LoyaltyEntry, because: str) -> None:
    work.get(LoyaltyCard, entry.card_id)
    opposite = attrs.evolve(cancellation_of(entry), booked_on=work.moment.on, because=because)
    if not work.find_each(LoyaltyEntry, "id", [opposite.id]):
        work.record(opposite, summary=f"{in_short(opposite)}: {because}")
