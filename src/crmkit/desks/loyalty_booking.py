"""Rule 24: invoices credit the loyalty card exactly once, credit notes take back by running total at the invoice's rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit._checks import refused
from crmkit.conditions import Condition
from crmkit.entities import Document, LoyaltyBalance, LoyaltyCard, LoyaltyEntry
from crmkit.errors import CurrencyMismatchError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from crmkit.desks.work import Work

_NOT_EARNING = ("pro_forma", "down_payment")


def book_documents(work: Work, documents: Sequence[Document]) -> list[LoyaltyEntry]:
    """
    Book invoices, and credit notes of invoices, on the cards of their parties. What is booked already is passed over.

    A document of a party without a card, or dated before the card's first rate, earns nothing. With an invoice its credit notes are
    booked too, and with a credit note its invoice, so that the order in which they come does not matter.
    """
    documents = [document for document in documents if document.kind in ("invoice", "credit_note")]
    cards = active_cards(work, (document.party_id for document in documents)) if documents else {}
    documents = [document for document in documents if document.party_id in cards]
    if not documents:
        return []
    for card in cards.values():
        work.get(LoyaltyCard, card.id)  # locked: entries of one card are written one after the other
    invoice_ids = {invoice_id for document in documents if (invoice_id := invoice_of(document)) is not None}
    invoices = {invoice.id: invoice for invoice in work.find_each(Document, "id", invoice_ids) if earns(invoice)}
    notes = work.find_each(Document, "predecessor_id", invoices, Condition("kind", "equal", "credit_note"))
    booked = {entry.id: entry for entry in work.find_each(LoyaltyEntry, "invoice_id", invoices)}
    made: list[LoyaltyEntry] = []
    for invoice in invoices.values():
        if invoice.party_id not in cards:
            continue
        card = cards[invoice.party_id]
        own = [entry for entry in booked.values() if entry.invoice_id == invoice.id]
        first = next((entry for entry in own if entry.kind == "invoice"), None) or _invoice_entry(work, invoice, card)
        if first is None:
            continue
        if first.id not in booked:
            made.append(first)
        taken = [entry for entry in own if entry.kind == "credit_note"]
        for note in sorted((note for note in notes if note.predecessor_id == invoice.id), key=lambda note: (note.issued_on, note.id)):
            if note.state != "cancelled" and entry_id(note) not in booked:
                taken.append(_note_entry(work, note, invoice=first, taken=taken))
                made.append(taken[-1])
    if made:
        work.save(*made)
        work.log_all([(entry, entry.party_id, work.moment.start_of(entry.booked_on), in_short(entry)) for entry in made])
    return made


def active_cards(work: Work, party_ids: Iterable[str]) -> dict[str, LoyaltyCard]:
    """Find the active card of each party, by party."""
    return {card.party_id: card for card in work.find_each(LoyaltyCard, "party_id", party_ids) if card.active}


def save_cards(work: Work, cards: Sequence[LoyaltyCard]) -> None:
    """
    Write new cards.

    Raises:
        InvalidValueError: For a party that would have two active ones.
    """
    holders = {card.party_id: card.id for card in work.find_each(LoyaltyCard, "party_id", (card.party_id for card in cards)) if card.active}
    for card in cards:
        if card.active and holders.setdefault(card.party_id, card.id) != card.id:
            raise refused("party_id", card.party_id, f"a party without an active card; this one has {holders[card.party_id]!r}")
    if cards:
        work.save(*cards)
        work.log_all([(card, card.party_id, None, None) for card in cards])


def entry_id(document: Document) -> str:
    """The id of a document's entry: the same whoever books it, so that it exists once."""
    return f"{document.kind} {document.id}"


def earns(document: Document) -> bool:
    """Tell whether a document is an invoice that is credited."""
    return document.kind == "invoice" and document.subtype not in _NOT_EARNING and document.state != "cancelled"


def invoice_of(document: Document) -> str | None:
    """The invoice that a document is, or takes back from."""
    return document.id if document.kind == "invoice" else document.predecessor_id


def return_entry(work: Work, note: Document, *, card: LoyaltyCard, rate: Decimal) -> LoyaltyEntry:
    """Take back for a return without an invoice, at a rate that somebody named; flagged for that."""
    revenue = work.settings.loyalty.amount_of(note)
    _check_currency(note, card)
    return LoyaltyEntry(
        id=entry_id(note),
        card_id=card.id,
        party_id=card.party_id,
        kind="return",
        booked_on=note.issued_on,
        credit=-revenue.times(rate),
        revenue=-revenue,
        points=-work.settings.loyalty.points_for(revenue),
        rate=rate,
        document_id=note.id,
        flagged=True,
    )


def in_short(entry: LoyaltyEntry) -> str:
    """An entry in a few words."""
    return f"{entry.kind}, {entry.credit} credit, {entry.points} points"


def _invoice_entry(work: Work, invoice: Document, card: LoyaltyCard) -> LoyaltyEntry | None:
    rate = card.rate_on(invoice.issued_on)
    if rate is None:
        return None
    _check_currency(invoice, card)
    revenue = work.settings.loyalty.amount_of(invoice)
    return LoyaltyEntry(
        id=entry_id(invoice),
        card_id=card.id,
        party_id=card.party_id,
        kind="invoice",
        booked_on=invoice.issued_on,
        credit=revenue.times(rate),
        revenue=revenue,
        points=work.settings.loyalty.points_for(revenue),
        rate=rate,
        document_id=invoice.id,
        invoice_id=invoice.id,
    )


def _note_entry(work: Work, note: Document, *, invoice: LoyaltyEntry, taken: Sequence[LoyaltyEntry]) -> LoyaltyEntry:
    """
    Take back what brings the sum of all credit notes of an invoice to its rate × all that came back.

    Points are what is left of the invoice, cut to whole points, less what the card still has of it.
    """
    policy = work.settings.loyalty
    before = LoyaltyBalance.of(taken, currency=invoice.credit.currency)
    returned = policy.amount_of(note) - before.revenue
    rate = invoice.rate or 0
    return LoyaltyEntry(
        id=entry_id(note),
        card_id=invoice.card_id,
        party_id=invoice.party_id,
        kind="credit_note",
        booked_on=note.issued_on,
        credit=-returned.times(rate) - before.credit,
        revenue=-policy.amount_of(note),
        points=policy.points_for(invoice.revenue - returned) - invoice.points - before.points,
        rate=invoice.rate,
        document_id=note.id,
        invoice_id=invoice.document_id,
    )


def _check_currency(document: Document, card: LoyaltyCard) -> None:
    if document.currency != card.currency:
        raise CurrencyMismatchError(card.currency, document.currency)
