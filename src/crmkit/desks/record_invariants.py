"""What must hold over documents, payments, bookings and what is remembered of the past: each rule names what breaks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from crmkit.desks.document_chains import chain_of
from crmkit.desks.document_credits import over_credited
from crmkit.desks.journal_invariants import told_by
from crmkit.desks.numbering import document_numbers
from crmkit.entities import Document, HistoryEntry, LoyaltyCard, LoyaltyEntry, Party, PartyChange, Payment, SingleField
from crmkit.records import KINDS, DocumentNumber, JournalChange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmkit.desks.invariants import Everything

_TOLD = (
    "payment",
    "departure",
    "segment",
    "segment_member",
    "handover",
    "deputy",
    "case",
    "rating",
    "loyalty_card",
    "loyalty_entry",
    "opportunity",
    "contract",
    "quota",
    "pipeline",
    "campaign",
    "campaign_member",
    "marketing_plan",
    "spend",
    "touch",
)
_MAY_CHANGE = ("party_id", "voided_because")


def _numbers_of_documents_are_unique(everything: Everything) -> Iterator[tuple[str, str]]:
    seen: dict[tuple[str, str], str] = {}
    for document in everything.of(Document):
        if document.number is not None and document.voided_because is None:
            first = seen.setdefault((document.kind, document.number), document.id)
            if first != document.id:
                yield f"document {document.id}", f"has the number of {document.kind} {first}"
    kept = {(one.id, one.document_id) for one in everything.of(DocumentNumber)}
    for _, id in kept ^ {(one.id, one.document_id) for document in everything.of(Document) for one in document_numbers(document)}:
        yield f"document {id}", "has another number than is kept beside it"


def _credit_notes_come_to_no_more_than_their_invoice(everything: Everything) -> Iterator[tuple[str, str]]:
    documents = everything.of(Document)
    invoices = (document for document in documents if document.kind == "invoice")
    for invoice, left in over_credited(invoices, chain_of(documents)):
        yield f"document {invoice.id}", f"was credited {-left} more than it comes to"


def _payments_are_made_by_the_party_and_in_the_currency_of_their_document(everything: Everything) -> Iterator[tuple[str, str]]:
    documents = everything.by_id(Document)
    for payment in everything.of(Payment):
        document = documents.get(payment.document_id)
        if document is not None and (payment.party_id, payment.amount.currency) != (document.party_id, document.currency):
            yield f"payment {payment.id}", f"is of {payment.party_id} in {payment.amount.currency}, its document is not"


def _bookings_are_made_on_the_card_of_their_party_and_in_its_currency(everything: Everything) -> Iterator[tuple[str, str]]:
    cards = everything.by_id(LoyaltyCard)
    for entry in everything.of(LoyaltyEntry):
        card = cards.get(entry.card_id)
        if card is not None and (entry.party_id, entry.credit.currency) != (card.party_id, card.currency):
            yield f"loyalty_entry {entry.id}", f"is of {entry.party_id} in {entry.credit.currency}, its card is not"


def _what_was_decided_and_booked_has_a_history(everything: Everything) -> Iterator[tuple[str, str]]:
    told = {(entry.about.kind, entry.about.id) for entry in everything.of(HistoryEntry)}
    for name in _TOLD:
        for record in everything.by_class[KINDS[name].entity]:
            if (name, record.id) not in told:
                yield f"{name} {record.id}", "has no history entry"


def _parties_are_as_their_last_changes_say(everything: Everything) -> Iterator[tuple[str, str]]:
    last = {(change.party_id, change.field): change for change in sorted(everything.of(PartyChange), key=_in_order)}
    for party in everything.of(Party):
        for field in get_args(SingleField):
            change = last.get((party.id, field))
            value = getattr(party, field)
            is_now = ("yes" if value else "no") if field == "active" else value
            if change is not None and change.after != is_now:
                yield f"party {party.id}", f"has another {field} than its last change says"


def _in_order(change: PartyChange) -> tuple[Any, ...]:
    return change.changed_on, change.id


def _sources_and_touches_are_never_overwritten(everything: Everything) -> Iterator[tuple[str, str]]:
    known: dict[str, dict[str, Any]] = {}
    for change in sorted(everything.of(JournalChange), key=lambda change: change.id.partition(".")[0]):
        kind = change.subject.partition(" ")[0]
        after = told_by(change.after)
        if kind not in ("party", "touch") or not isinstance(after, dict):
            continue
        kept = (after.get("source") or {}) if kind == "party" else {name: after[name] for name in after if name not in _MAY_CHANGE}
        before = known.setdefault(change.subject, kept)
        if any(kept.get(name) != value for name, value in before.items()):
            yield change.subject, "was recorded first as coming from elsewhere" if kind == "party" else "was changed"
        known[change.subject] = {**kept, **before}


RECORD_RULES: tuple[Callable[[Everything], Iterator[tuple[str, str]]], ...] = (
    _numbers_of_documents_are_unique,
    _credit_notes_come_to_no_more_than_their_invoice,
    _payments_are_made_by_the_party_and_in_the_currency_of_their_document,
    _bookings_are_made_on_the_card_of_their_party_and_in_its_currency,
    _what_was_decided_and_booked_has_a_history,
    _parties_are_as_their_last_changes_say,
    _sources_and_touches_are_never_overwritten,
)
