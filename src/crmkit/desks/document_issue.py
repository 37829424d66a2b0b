"""Issuing documents: with number, snapshot of the party and history entry, all in the transaction of the verb."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from crmkit._checks import refused
from crmkit.desks.document_chains import (
    Chain,
    allowed_successors,
    chain_below,
    open_quantities,
    placed_lines,
    remaining_lines,
)
from crmkit.desks.document_moves import check_usable, in_short, moved, with_roles_by
from crmkit.desks.numbering import number_of
from crmkit.desks.party_work import replanned
from crmkit.entities import Document, DocumentTotals, Line, Party, payment_due_on
from crmkit.errors import StateMoveError
from crmkit.ids import new_id
from crmkit.records import DocumentLink

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from crmkit.desks.work import Work
    from crmkit.entities import DocumentKind, DocumentSubtype
    from crmkit.money import Money

_USED_UP: dict[DocumentKind, str] = {
    "order": "wholly ordered",
    "delivery_note": "wholly delivered",
    "invoice": "wholly invoiced",
    "credit_note": "wholly credited",
    "purchase_order": "wholly ordered",
}


def first_document(
    work: Work,
    party_id: str,
    *,
    kind: DocumentKind,
    lines: Iterable[Line],
    number: str | None = None,
    totals: DocumentTotals | None = None,
    currency: str | None = None,
    valid_until: date | None = None,
    salesperson_id: str | None = None,
) -> Document:
    """Issue a document without predecessor: it takes name, addresses, conditions and language of the party over as they are now."""
    party = work.get(Party, party_id, lock=False)
    document = Document(
        id=new_id(),
        kind=kind,
        party_id=party.id,
        issued_on=work.moment.on,
        lines=lines,
        currency=currency or work.settings.currency,
        number=number_of(work, kind, given=number, on=work.moment.on),
        salesperson_id=salesperson_id or work.scope.actor,
        rounding=work.settings.rounding,
        totals=totals,
        valid_until=valid_until,
        recipient=party.name,
        billing_address=party.address("billing"),
        delivery_address=party.address("delivery"),
        conditions=party.conditions,
        language=party.language,
    )
    return issued(work, document)


def successor_of(
    work: Work,
    predecessor: Document,
    kind: DocumentKind,
    *,
    lines: Iterable[Line],
    number: str | None = None,
    totals: DocumentTotals | None = None,
    subtype: DocumentSubtype = "normal",
    reason: str | None = None,
) -> Document:
    """Make a document of another one, not stored yet: it keeps the other's snapshot, currency, rounding and salesperson."""
    document = attrs.evolve(
        predecessor,
        id=new_id(),
        kind=kind,
        subtype=subtype,
        issued_on=work.moment.on,
        lines=lines,
        number=number_of(work, "pro_forma" if subtype == "pro_forma" else kind, given=number, on=work.moment.on),
        predecessor_id=predecessor.id,
        totals=totals,
        reason=reason,
        state="open",
        revision=1,
        revision_of=None,
        valid_until=None,
        due_on=None,
        decided_on=None,
        accepted_by=None,
        version=0,
    )
    return attrs.evolve(document, due_on=payment_due_on(document)) if kind == "invoice" and subtype != "pro_forma" else document


def issued(work: Work, document: Document, *changed: Document) -> Document:
    """
    Write a new document, what it changes of others, and the role that the party has from now on.

    Raises:
        InvalidValueError: For a document without lines, and for a quote that was never valid.
    """
    if not document.lines:
        raise refused("lines", (), f"at least one line for the {document.kind}")
    if document.kind == "quote" and document.valid_until is not None and document.valid_until < document.issued_on:
        raise refused("valid_until", document.valid_until, f"a day from {document.issued_on} on, the day of the quote")
    party = work.get(Party, document.party_id)
    promoted = with_roles_by(party, [document.kind])
    parties = [] if promoted == party else [promoted]
    work.save(*parties, *replanned(work, parties), document, *changed)
    work.log_all(
        [
            *((party, party.id, None, None) for party in parties),
            *((other, other.party_id, None, in_short(other)) for other in (document, *changed)),
        ]
    )
    return work.stored(document)


def usable(work: Work, id: str, to: DocumentKind) -> Document:
    """
    Get a document from which another can be made, locked so that nobody uses it up at the same time.

    Raises:
        NotStoredError: When there is none.
        InvalidValueError: For a kind of document from which it cannot be made, and for a quote that is not valid any more.
        StateMoveError: For a document that is lost, cancelled or superseded.
    """
    document = work.get(Document, id)
    if to not in allowed_successors(document):
        raise refused("document_id", f"{document.kind} {id}", f"a document from which a {to} can be made")
    check_usable(document, to, on=work.moment.on)
    return document


def chain_of(work: Work, document: Document, drafts: Sequence[Document] = ()) -> tuple[Chain, Document | None]:
    """
    Collect what came from a document; for a delivery note also its order, locked, and what came from that.

    Drafts are documents that are not stored yet, and take as if they were.
    """
    ordered = None
    if document.kind == "delivery_note" and document.predecessor_id is not None:
        ordered = work.transaction.get(Document, document.predecessor_id, lock=True)
        ordered = ordered if ordered is not None and ordered.kind == "order" else None

    def find(ids: Sequence[str]) -> Sequence[Document]:
        return [*successors_of(work, ids), *(draft for draft in drafts if not set(ids).isdisjoint(draft.predecessor_ids))]

    return chain_below([document] if ordered is None else [ordered, document], find), ordered


def successors_of(work: Work, ids: Sequence[str]) -> Sequence[Document]:
    """List the documents that came from some others."""
    direct = work.find_each(Document, "predecessor_id", ids)
    links = work.find_each(DocumentLink, "predecessor_id", ids)
    known = {document.id for document in direct}
    return [*direct, *work.find_each(Document, "id", (link.document_id for link in links if link.document_id not in known))]


def successor_lines(
    work: Work, document: Document, to: DocumentKind, lines: Iterable[Line] | None, *, drafts: Sequence[Document] = ()
) -> tuple[Line, ...]:
    """
    Take the given lines, or all that is still open.

    Raises:
        InvalidValueError: For more than is open, unless a line says that it is additional.
        StateMoveError: When nothing is open.
    """
    return open_lines(work, document, to, lines, drafts=drafts)[0]


def open_lines(
    work: Work, document: Document, to: DocumentKind, lines: Iterable[Line] | None, *, drafts: Sequence[Document] = ()
) -> tuple[tuple[Line, ...], Sequence[Decimal]]:
    """Take the given lines, or all that is still open, as `successor_lines` does; and tell how much of each line was open before."""
    chain, ordered = chain_of(work, document, drafts)
    left = open_quantities(document, to, chain, ordered=ordered)
    if lines is not None:
        return placed_lines(lines, document, left), left
    remaining = remaining_lines(document, left)
    if not remaining:
        raise StateMoveError("document", document.id, document.state, to, (), f"It is {_USED_UP[to]} already")
    return remaining, left


def share_of_totals(document: Document, lines: Sequence[Line], left: Sequence[Decimal]) -> DocumentTotals | None:
    """
    Give a successor its share of totals that the host stated; all successors together come to them, to the last cent.

    None where there are none, and for lines at other prices or beyond the document, which count as they are.

    Args:
        document: The predecessor.
        lines: Those of the successor.
        left: How much of each line of the predecessor was open before.
    """
    totals = document.totals
    if totals is None or not left or not all(_is_of(line, document) for line in lines):
        return None
    worth = [line.net_amount() for line in document.lines]
    before = sum((_worth_of(line, line.quantity - open_) for line, open_ in zip(document.lines, left, strict=True)), Decimal(0))
    after = before + sum((line.net_amount() for line in lines), Decimal(0))
    whole = sum(worth, Decimal(0))
    if min(worth) < 0 or not 0 <= before < after <= whole:
        return None

    def part(amount: Money) -> Money:
        return amount.allocate([after, whole - after])[0] - amount.allocate([before, whole - before])[0]

    payable = totals.payable if after - before == whole else None
    return DocumentTotals(net=part(totals.net), tax=part(totals.tax), payable=payable)


def _is_of(line: Line, document: Document) -> bool:
    """Tell whether a line comes from a document, at its price."""
    place = line.predecessor_line
    return place is not None and line.net_amount() == _worth_of(document.lines[place - 1], line.quantity)


def _worth_of(line: Line, quantity: Decimal) -> Decimal:
    return attrs.evolve(line, quantity=quantity).net_amount()


def deductions(work: Work, document: Document) -> tuple[Line, ...]:
    """Make the lines by which a final invoice takes off what was invoiced as down-payment for the same order or quote."""
    roots = [document]
    while len(roots) <= 2 and (before := roots[-1].predecessor_id) is not None:  # noqa: PLR2004  # delivery note, order, quote
        found = work.transaction.get(Document, before)
        if found is None:
            break
        roots.append(found)
    chain = chain_below(roots, lambda ids: successors_of(work, ids))
    paid_down = [invoice for root in roots for invoice in chain.live(root, "invoice") if invoice.subtype == "down_payment"]
    return tuple(
        attrs.evolve(line, quantity=-line.quantity, unit_cost=Decimal(0), predecessor_line=None, additional=False, deducts_id=invoice.id)
        for invoice in paid_down
        if invoice.id not in chain.deducted()
        for line in remaining_lines(invoice, open_quantities(invoice, "credit_note", chain))
    )


def with_accepted(work: Work, document: Document) -> tuple[Document, ...]:
    """Accept the quote from which an order or an invoice is made, unless it is accepted already."""
    if document.kind != "quote" or document.state != "open":
        return ()
    return (moved(document, "accepted", on=work.moment.on),)


def costless(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines beyond the predecessor that cost nothing, and that is known: a down-payment, a bonus."""
    return tuple(
        attrs.evolve(
            line,
            additional=True,
            predecessor_line=None,
            predecessor_id=None,
            unit_cost=Decimal(0) if line.unit_cost is None else line.unit_cost,
        )
        for line in lines
    )
