"""Rule 24: invoices credit the loyalty card exactly once, credit notes take back by running total at the invoice's rate."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import attrs

from crmkit._checks import refused
from crmkit.entities import Document, LoyaltyBalance, LoyaltyCard, LoyaltyEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from crmkit.desks.work import Work
    from crmkit.money import Money

_NOT_EARNING = ("pro_forma", "down_payment")


def book_documents(work: Work, documents: Iterable[Document]) -> list[LoyaltyEntry]:
    """
    Book invoices, and what takes back from invoices, on the cards of their parties; what is booked already is passed over.

    With an invoice all that takes back from it is booked too, and with a credit note its invoice, so that the order in which they come
    does not matter. Nothing is booked without a card in the currency of the invoice and a rate on its day.
    """
    wanted = [document for document in documents if document.kind in ("invoice", "credit_note") and invoice_of(document) is not None]
    cards = active_cards(work, (document.party_id for document in wanted))
    wanted = [document for document in wanted if document.party_id in cards]
    if not wanted:
        return []
    _hold(work, list(cards.values()))
    found = work.find_each(Document, "id", (str(invoice_of(document)) for document in wanted))
    invoices = [invoice for invoice in found if is_invoice(invoice) and invoice.party_id in cards]
    notes = _by_invoice(work.find_each(Document, "predecessor_id", (invoice.id for invoice in invoices)))
    booked: dict[str | None, list[LoyaltyEntry]] = defaultdict(list)
    for entry in work.find_each(LoyaltyEntry, "invoice_id", (invoice.id for invoice in invoices)):
        booked[entry.invoice_id].append(entry)
    made = [
        entry for invoice in invoices for entry in _missing(work, invoice, notes[invoice.id], cards[invoice.party_id], booked[invoice.id])
    ]
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
    holders = {party_id: card.id for party_id, card in active_cards(work, (card.party_id for card in cards)).items()}
    for card in cards:
        if card.active and holders.setdefault(card.party_id, card.id) != card.id:
            raise refused("party_id", card.party_id, f"a party without an active card; this one has {holders[card.party_id]!r}")
    if cards:
        work.save(*cards)
        work.log_all([(card, card.party_id, None, None) for card in cards])


def entry_id(document: Document) -> str:
    """The id of a document's entry: the same whoever books it, so that it exists once."""
    return f"{document.kind} {document.id}"


def free_entry_id(work: Work, document: Document) -> tuple[str, Sequence[LoyaltyEntry]]:
    """Find the entry of a document, or the id that it will have: a return whose entry is void can be booked once more."""
    id, times = entry_id(document), 1
    while found := work.find_each(LoyaltyEntry, "id", [id, f"cancelled {id}"]):
        if len(found) == 1 or all(entry.kind != "return" for entry in found):
            break
        times += 1
        id = f"{entry_id(document)} {times}"
    return id, [entry for entry in found if entry.id == id]


def is_invoice(document: Document) -> bool:
    """Tell whether a document is an invoice that is credited, and does not itself take back."""
    return document.kind == "invoice" and document.subtype not in (*_NOT_EARNING, "cancellation")


def invoice_of(document: Document) -> str | None:
    """The invoice that a document is, or takes back from; None for a return without one."""
    return document.id if is_invoice(document) or document.subtype in _NOT_EARNING else document.predecessor_id


def return_entry(work: Work, note: Document, *, card: LoyaltyCard, rate: Decimal) -> LoyaltyEntry:
    """Take back for a return without an invoice, at a rate that somebody named; flagged for that."""
    revenue = _taken_back(work, note)
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


def cancellation_of(entry: LoyaltyEntry) -> LoyaltyEntry:
    """The entry that brings what another one did back to nothing; there is one at most."""
    return attrs.evolve(
        entry,
        id=f"cancelled {entry.id}",
        kind="cancellation",
        credit=-entry.credit,
        revenue=-entry.revenue,
        points=-entry.points,
        flagged=False,
        version=0,
    )


def in_short(entry: LoyaltyEntry) -> str:
    """An entry in a few words."""
    return f"{entry.kind}, {entry.credit} credit, {entry.points} points"


def _hold(work: Work, cards: Sequence[LoyaltyCard]) -> None:
    """Entries of one card are written one after the other: one card is locked, of many whoever comes second is refused."""
    if len(cards) == 1:
        work.get(LoyaltyCard, cards[0].id)
    else:
        work.transaction.save(cards)


def _by_invoice(documents: Iterable[Document]) -> dict[str | None, list[Document]]:
    found: dict[str | None, list[Document]] = defaultdict(list)
    for document in sorted(documents, key=lambda document: (document.issued_on, document.id)):
        if document.kind == "credit_note" or (document.kind == "invoice" and document.subtype == "cancellation"):
            found[document.predecessor_id].append(document)
    return found


def _missing(
    work: Work, invoice: Document, notes: Sequence[Document], card: LoyaltyCard, booked: Sequence[LoyaltyEntry]
) -> Iterator[LoyaltyEntry]:
    """Make the entries of one invoice that are not there yet: its own, those of what takes back from it, those of what was cancelled."""
    known = {entry.id: entry for entry in booked}
    first = known.get(entry_id(invoice)) or _invoice_entry(work, invoice, card)
    if first is None:
        return
    if first.id not in known:
        yield first
    taken = [entry for entry in booked if entry.document_id != invoice.id]
    for note in notes:
        entry = known.get(entry_id(note))
        if entry is None and note.state != "cancelled":
            taken.append(_note_entry(work, note, invoice=first, taken=taken))
            yield taken[-1]
        elif entry is not None and note.state == "cancelled" and _cancelled_id(note) not in known:
            taken.append(_reversal(work, note, [entry]))
            yield taken[-1]
    if invoice.state == "cancelled" and _cancelled_id(invoice) not in known:
        yield _reversal(work, invoice, [first, *taken])


def _cancelled_id(document: Document) -> str:
    return f"cancelled {entry_id(document)}"


def _invoice_entry(work: Work, invoice: Document, card: LoyaltyCard) -> LoyaltyEntry | None:
    rate = card.rate_on(invoice.issued_on)
    if rate is None or invoice.state == "cancelled" or invoice.currency != card.currency:
        return None
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
    Take back what brings the sum of all that was taken back to the invoice's rate × all that came back.

    Points are those of what is left of the invoice, cut to whole points, less what the card still has of it.
    """
    before = LoyaltyBalance.of(taken, currency=invoice.credit.currency)
    revenue = _taken_back(work, note)
    returned = revenue - before.revenue
    return LoyaltyEntry(
        id=entry_id(note),
        card_id=invoice.card_id,
        party_id=invoice.party_id,
        kind="credit_note",
        booked_on=note.issued_on,
        credit=-returned.times(invoice.rate or 0) - before.credit,
        revenue=-revenue,
        points=work.settings.loyalty.points_for(invoice.revenue - returned) - invoice.points - before.points,
        rate=invoice.rate,
        document_id=note.id,
        invoice_id=invoice.invoice_id,
    )


def _reversal(work: Work, document: Document, entries: Sequence[LoyaltyEntry]) -> LoyaltyEntry:
    """Bring what a cancelled document did to the card back to nothing."""
    sums = LoyaltyBalance.of(entries, currency=document.currency)
    return attrs.evolve(
        entries[0],
        id=_cancelled_id(document),
        kind="cancellation",
        booked_on=work.moment.on,
        credit=-sums.credit,
        revenue=-sums.revenue,
        points=-sums.points,
        document_id=document.id,
        version=0,
    )


def _taken_back(work: Work, note: Document) -> Money:
    """What came back: the amount of a credit note, or that of a cancelling invoice, which is negative."""
    amount = work.settings.loyalty.amount_of(note)
    return amount if note.kind == "credit_note" else -amount
