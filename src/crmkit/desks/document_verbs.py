"""What the verbs of the documents desk do within their transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit._checks import refused
from crmkit.conditions import Condition
from crmkit.desks.document_credits import check_credits, check_not_deducted, credit_note_for
from crmkit.desks.document_issue import (
    costless,
    deductions,
    issued,
    open_lines,
    share_of_totals,
    successor_lines,
    successor_of,
    successors_of,
    usable,
    with_accepted,
)
from crmkit.desks.document_moves import check_valid, in_short, moved
from crmkit.desks.loyalty_booking import entry_id
from crmkit.desks.numbering import check_number, number_of
from crmkit.entities import Document, Line, LoyaltyEntry, Party, Payment, Ref
from crmkit.errors import StateMoveError
from crmkit.ids import new_id
from crmkit.records import JournalChange, JournalEntry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from crmkit.desks.work import Work
    from crmkit.entities import DocumentKind, DocumentSubtype, DocumentTotals


def succeeded(
    work: Work,
    id: str,
    to: DocumentKind,
    *,
    lines: tuple[Line, ...] | None,
    number: str | None,
    totals: DocumentTotals | None,
    subtype: DocumentSubtype = "normal",
) -> Document:
    """Make an order, a delivery note, an invoice or a purchase order of what came before."""
    before = usable(work, id, to)
    if to == "delivery_note" and "delivery" in work.get(Party, before.party_id, lock=False).blocks:
        raise refused("order_id", id, "an order of a party without a delivery block; lift it first")
    own, left = _lines_for(work, before, to, lines, subtype)
    totals = share_of_totals(before, own, left) if totals is None else totals
    document = successor_of(work, before, to, lines=own, number=number, totals=totals, subtype=subtype)
    return issued(work, document, *(() if subtype == "pro_forma" else with_accepted(work, before)))


def _lines_for(
    work: Work, before: Document, to: DocumentKind, lines: tuple[Line, ...] | None, subtype: DocumentSubtype
) -> tuple[tuple[Line, ...], Sequence[Decimal]]:
    """Choose the lines, with what was open of the predecessor before them."""
    if subtype != "down_payment":
        taken, left = open_lines(work, before, to, lines)
        return ((*taken, *deductions(work, before)) if subtype == "final" else taken), left
    if not lines:
        raise refused("lines", lines, "the lines of the down-payment, for example Line(item_id='down-payment', quantity=1, unit_price=300)")
    return costless(lines), ()


def invoiced_together(work: Work, ids: Sequence[str], *, number: str | None, totals: DocumentTotals | None) -> Document:
    """Make one invoice of all that is open of several documents; the first one's addresses and conditions are those of the invoice."""
    befores = [usable(work, id, "invoice") for id in dict.fromkeys(ids)]
    first = befores[0]
    for before in befores:
        if (before.party_id, before.currency) != (first.party_id, first.currency):
            raise refused("document_id", before.id, f"documents of one party in one currency, here {first.party_id!r} in {first.currency}")
    draft = attrs.evolve(first, kind="invoice", subtype="normal", state="open", predecessor_id=first.id, id=new_id(), lines=(), totals=None)
    for before in befores:
        taken = successor_lines(work, before, "invoice", None, drafts=[draft])
        origin = None if before is first else before.id
        draft = attrs.evolve(draft, lines=(*draft.lines, *(attrs.evolve(line, predecessor_id=origin) for line in taken)))
    invoice = successor_of(work, first, "invoice", lines=draft.lines, number=number, totals=totals)
    return issued(work, invoice, *(quote for before in befores for quote in with_accepted(work, before)))


def accepted(work: Work, quote_id: str, by: str | None) -> Document:
    """Note that a quote was accepted."""
    quote = work.get(Document, quote_id)
    changed = attrs.evolve(moved(quote, "accepted", on=work.moment.on), accepted_by=by)
    check_valid(quote, on=work.moment.on)
    return work.record(changed, summary=in_short(quote))


def lost(work: Work, quote_id: str, because: str) -> Document:
    """Note that a quote was lost."""
    changed = moved(work.get(Document, quote_id), "lost", on=work.moment.on, reason=because)
    return work.record(changed, summary=in_short(changed))


def revised(
    work: Work, quote_id: str, *, lines: tuple[Line, ...], valid_until: date | None, number: str | None, totals: DocumentTotals | None
) -> Document:
    """Write a quote anew; the old one is superseded."""
    old = work.get(Document, quote_id)
    superseded = moved(old, "superseded", on=work.moment.on)
    _check_nothing_follows(work, old, "superseded")
    revision = old.revision + 1
    if number is None and old.number is not None:
        base = old.number.removesuffix(f"-{old.revision}") if old.revision > 1 else old.number
        number = f"{base}-{revision}"
    new = attrs.evolve(
        old,
        id=new_id(),
        issued_on=work.moment.on,
        lines=lines,
        number=number_of(work, "quote", given=number, on=work.moment.on),
        revision_of=old.id,
        revision=revision,
        totals=totals,
        valid_until=valid_until,
        state="open",
        decided_on=None,
        accepted_by=None,
        version=0,
    )
    return issued(work, new, superseded)


def credited(
    work: Work, invoice_id: str, *, lines: tuple[Line, ...] | None, because: str, subtype: DocumentSubtype, number: str | None
) -> Document:
    """Credit an invoice, whole or in part."""
    invoice = work.get(Document, invoice_id)
    return issued(work, credit_note_for(work, invoice, lines=lines, because=because, subtype=subtype, number=number))


def cancelled(work: Work, document_id: str, because: str) -> Document:
    """Cancel a document, or take an invoice back."""
    document = work.get(Document, document_id)
    if document.kind == "invoice" and document.is_posted and document.subtype != "cancellation":
        return issued(work, credit_note_for(work, document, lines=None, because=because, subtype="cancellation", number=None))
    if document.is_posted:
        raise StateMoveError("document", document.id, document.state, "cancelled", (), "It is issued; crm.void() takes it back")
    changed = moved(document, "cancelled", on=work.moment.on, reason=because)
    _check_nothing_follows(work, document, "cancelled")
    return work.record(changed, summary=f"{in_short(changed)}: {because}")


def check_nothing_in_the_way(work: Work, document: Document, to: str) -> None:
    """
    Accept a document that can be taken back as if it had never been.

    Raises:
        StateMoveError: When another one came from it that still stands, a final invoice took off it or what it credits, or it was paid.
    """
    _check_nothing_follows(work, document, to)
    credited = document.predecessor_id if document.kind == "credit_note" else None
    check_not_deducted(work, document if credited is None else work.transaction.get(Document, credited) or document, to)
    for payment in work.find(Payment, Condition("document_id", "equal", document.id)):
        if payment.voided_because is None:
            hint = f"It was paid by payment {payment.id}: void that first"
            raise StateMoveError("document", document.id, document.state, to, (), hint)


def _check_nothing_follows(work: Work, document: Document, to: str) -> None:
    """Refuse to take back a document from which another one came that still stands."""
    for successor in successors_of(work, [document.id]):
        reversed_by = successors_of(work, [successor.id]) if successor.kind == "invoice" else ()
        if successor.state != "cancelled" and not any(note.subtype == "cancellation" for note in reversed_by):
            hint = f"It is followed by {successor.kind} {successor.number or successor.id}: take that back first"
            raise StateMoveError("document", document.id, document.state, to, (), hint)


def check_predecessors(work: Work, documents: Sequence[Document]) -> None:
    """
    Accept documents that fit those they came from, and those that came from them, as far as these are stored.

    Raises:
        InvalidValueError: For another currency, for a credit note of anything but an invoice, and for a credit note or a cancellation of
            another party's invoice, or for more than that was.
    """
    own = {document.id: document for document in documents}
    named = {id for document in documents for id in document.predecessor_ids} - own.keys()
    before = {document.id: document for document in work.find_each(Document, "id", sorted(named))} | own
    after = [one for one in successors_of(work, sorted(own)) if one.id not in own]
    for document in (*after, *documents):
        for id in document.predecessor_ids:
            if id in before:
                _check_predecessor(document, before[id])
    check_credits(work, documents, [*before.values(), *after])


def _check_predecessor(document: Document, before: Document) -> None:
    if before.currency != document.currency:
        raise refused("currency", document.currency, f"{before.currency!r}, in which document {before.id!r} is")
    if document.kind == "credit_note" and before.kind != "invoice":
        raise refused("predecessor_id", f"{before.kind} {before.id}", "an invoice, or None for a credit note without one")
    takes_back = document.kind == "credit_note" or document.subtype == "cancellation"
    if takes_back and before.party_id != document.party_id:
        raise refused("predecessor_id", before.id, f"an invoice of {document.party_id!r}; this one is of {before.party_id!r}")


_SENT = ("state", "lines", "totals", "currency", "rounding", "issued_on", "number")
_BOOKED = frozenset({"lines", "totals", "currency", "rounding", "issued_on"})


def issued_here(work: Work, document: Document) -> bool:
    """Tell by the journal whether a verb of ours issued a document, or the host added it."""
    first = work.find(JournalChange, Condition("subject", "equal", Ref("document", document.id).key), limit=1)
    entry = work.transaction.get(JournalEntry, first[0].id.partition(".")[0]) if first else None
    return entry is not None and entry.verb.startswith(("documents.", "purchases.", "requests.", "void"))


def check_document_change(work: Work, before: Document, after: Document) -> None:
    """
    Accept a change of plain fields: the state along its moves, lines and totals as long as no other document came from them.

    Raises:
        StateMoveError: For a move that its state does not allow.
        InvalidValueError: For what was issued here and counts in the books, for the amount or day of what was booked to a loyalty card,
            for lines, totals or a currency on which another document was built, for another currency than that of its predecessor, for
            more than was invoiced, and for a number that another one has.
    """
    if before.is_posted and (changed := [name for name in _SENT if getattr(after, name) != getattr(before, name)]):
        if issued_here(work, before):
            raise refused(changed[0], f"<another {changed[0]}>", "what was issued; crm.documents.cancel() or crm.void() take it back")
        if set(changed) & _BOOKED and work.find_each(LoyaltyEntry, "id", [entry_id(before)]):
            raise refused(changed[0], f"<another {changed[0]}>", "what is on the loyalty card; crm.void() it and add it anew")
    if after.state != before.state:
        moved(before, after.state, on=work.moment.on)
    if after.currency != before.currency and work.find(Payment, Condition("document_id", "equal", before.id), limit=1):
        raise refused("currency", after.currency, f"{before.currency!r}, in which it was paid")
    if any(getattr(after, name) != getattr(before, name) for name in ("lines", "totals", "currency", "rounding")):
        check_predecessors(work, [after])
    if after.number is not None and after.number != before.number:
        check_number(work, after.number_series, after.number)
    for name in ("lines", "totals", "currency", "rounding"):
        if getattr(after, name) != getattr(before, name) and successors_of(work, [before.id]):
            raise refused(name, getattr(after, name), "what is stored, because another document came from it")
