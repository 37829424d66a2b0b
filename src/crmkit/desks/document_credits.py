"""Credit notes and cancellations: an invoice is taken back to the last cent, and never by more than it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit._checks import refused
from crmkit.desks.document_chains import TAKES_NOTHING, allowed_successors, chain_below, fits_again, open_quantities
from crmkit.desks.document_chains import chain_of as chain_among
from crmkit.desks.document_issue import chain_of, costless, successor_lines, successor_of, successors_of
from crmkit.desks.document_moves import check_day
from crmkit.entities import Document, DocumentTotals, Line
from crmkit.errors import StateMoveError
from crmkit.money import total

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from crmkit.desks.document_chains import Chain
    from crmkit.desks.work import Work
    from crmkit.entities import DocumentSubtype
    from crmkit.money import Money


def credit_note_for(
    work: Work, invoice: Document, *, lines: Iterable[Line] | None, because: str, subtype: DocumentSubtype, number: str | None
) -> Document:
    """
    Make a credit note for an invoice, over given lines or all that was not credited yet; not stored yet.

    Raises:
        InvalidValueError: For what is no invoice, for more than is left to credit, for a bonus without lines, and before the invoice's day.
        StateMoveError: For an invoice that is cancelled or wholly credited, and for a down-payment that a final invoice took off.
    """
    if invoice.kind != "invoice" or invoice.subtype in ("pro_forma", "cancellation"):
        raise refused("invoice_id", f"{invoice.kind} {invoice.id}", "an invoice that counts in the books")
    if not invoice.is_posted:
        raise StateMoveError("document", invoice.id, invoice.state, "credit_note", ())
    check_day(invoice, on=work.moment.on)
    if subtype == "bonus" and lines is None:
        raise refused("lines", None, "the lines of the bonus")
    check_not_deducted(work, invoice, "credit_note")
    chain, _ = chain_of(work, invoice)
    left = _left_of(invoice, chain)
    if subtype == "bonus" and lines is not None:
        own = costless(lines)
    elif subtype == "normal" and lines is None and left.net.minor > 0 and not any(open_quantities(invoice, "credit_note", chain)):
        own = costless([Line(item_id="rest", quantity=1, unit_price=left.net.amount)])
    else:
        own = successor_lines(work, invoice, "credit_note", lines)
    note = successor_of(work, invoice, "credit_note", lines=own, subtype=subtype, reason=because, number=number)
    return _with_totals(note, left) if lines is None else _to_the_cent(note, invoice, chain, left)


def check_not_deducted(work: Work, invoice: Document, to: str) -> None:
    """
    Accept an invoice that no final invoice took off.

    Raises:
        StateMoveError: For a down-payment that one did.
    """
    if invoice.subtype != "down_payment" or invoice.predecessor_id is None:
        return
    before = work.transaction.get(Document, invoice.predecessor_id)
    if before is not None and invoice.id in chain_below([before], lambda ids: successors_of(work, ids)).deducted():
        raise StateMoveError("document", invoice.id, invoice.state, to, (), "It was taken off by a final invoice: take that back first")


def check_not_invoiced_again(work: Work, document: Document, to: str) -> None:
    """
    Accept a document whose end brings no invoice back of which something was invoiced again.

    Raises:
        StateMoveError: For a cancellation after which the predecessor of its invoice was invoiced anew.
    """
    if document.subtype != "cancellation" or document.predecessor_id is None:
        return
    invoice = work.get(Document, document.predecessor_id)
    if invoice.subtype in TAKES_NOTHING:
        return
    for before in work.find_each(Document, "id", invoice.predecessor_ids):
        chain, ordered = chain_of(work, before)
        if "invoice" in allowed_successors(before) and not fits_again(invoice, document, before, chain, ordered=ordered):
            hint = f"The {before.kind} {before.number or before.id} was invoiced again: take that invoice back first"
            raise StateMoveError("document", document.id, document.state, to, (), hint)


def check_credits(work: Work, documents: Sequence[Document], known: Iterable[Document]) -> None:
    """
    Accept documents whose credit notes come to no more than the invoices that they take back, whichever of them is new.

    Args:
        work: The verb at work.
        documents: What is written.
        known: What these came from, and what came from these, as far as it is stored.

    Raises:
        InvalidValueError: For more.
    """
    every = {document.id: document for document in (*known, *documents)}
    credited = {id for one in documents if one.kind == "credit_note" or one.subtype == "cancellation" for id in one.predecessor_ids}
    elsewhere = credited - {document.id for document in documents}
    every |= {one.id: one for one in successors_of(work, sorted(elsewhere)) if one.id not in every}
    invoices = (one for one in every.values() if one.kind == "invoice")
    for invoice, left in over_credited(invoices, chain_among(every.values())):
        most = f"credit notes that come to {invoice.net()} at most, the net of {invoice.number or invoice.id}"
        raise refused("net", f"{-left} more", most)


def over_credited(invoices: Iterable[Document], chain: Chain) -> Iterator[tuple[Document, Money]]:
    """Name the invoices that were credited by more than they were, with what is left of them: less than nothing."""
    for invoice in invoices:
        if invoice.is_posted and chain.live(invoice, "invoice", "credit_note") and invoice.net().minor > 0:
            left = _left_of(invoice, chain).net
            if left.minor < 0:
                yield invoice, left


def _left_of(invoice: Document, chain: Chain) -> DocumentTotals:
    """What is left of an invoice after its credit notes and cancellations."""
    notes = chain.live(invoice, "credit_note")
    reversals = [other for other in chain.live(invoice, "invoice") if other.subtype == "cancellation"]
    return DocumentTotals(
        net=_less(invoice.net(), [*(other.net() for other in notes), *(-other.net() for other in reversals)]),
        tax=_less(invoice.tax(), [*(other.tax() for other in notes), *(-other.tax() for other in reversals)]),
        payable=_less(invoice.payable(), [*(other.payable() for other in notes), *(-other.payable() for other in reversals)]),
    )


def _to_the_cent(note: Document, invoice: Document, chain: Chain, left: DocumentTotals) -> Document:
    """
    Give a credit note over given lines the totals that make all credit notes of an invoice add up to it.

    While everything comes back at the invoiced prices, the one that credits the last quantities takes what is left, whatever rounding
    did before; so does one that only by rounding, or after a bonus, comes to more than that. At other prices the lines count as they
    are. One of an invoice whose totals the host states takes its share of them.

    Raises:
        InvalidValueError: For more than is left.
    """
    returned = [other for other in (note, *chain.live(invoice, "credit_note")) if other.subtype not in ("bonus", "cash_discount")]
    as_invoiced = note.subtype != "bonus" and all(_is_at_invoiced_prices(other, invoice) for other in returned)
    if as_invoiced and _takes_the_rest(note, open_quantities(invoice, "credit_note", chain)):
        note = _with_totals(note, left)
    elif invoice.totals is not None and 0 < note.lines_net().minor <= invoice.lines_net().minor:
        weights = [note.lines_net().minor, (invoice.lines_net() - note.lines_net()).minor]
        note = _with_totals(note, DocumentTotals(net=invoice.net().allocate(weights)[0], tax=invoice.tax().allocate(weights)[0]))
    if invoice.net().minor < 0 or note.net() <= left.net:
        return note
    if as_invoiced:
        return _with_totals(note, DocumentTotals(net=left.net, tax=min(note.tax(), left.tax)))
    raise refused("lines", f"{note.net()} net", f"at most {left.net}, which is what is left of {invoice.number or invoice.id}")


def _takes_the_rest(note: Document, left: Iterable[Decimal]) -> bool:
    taken: dict[int, Decimal] = {}
    for line in note.lines:
        if line.predecessor_line is not None:
            taken[line.predecessor_line - 1] = taken.get(line.predecessor_line - 1, line.quantity * 0) + line.quantity
    return all(quantity == taken.get(place, quantity * 0) for place, quantity in enumerate(left))


def _is_at_invoiced_prices(note: Document, invoice: Document) -> bool:
    """Tell whether each line is credited at the price, less discount, at which it was invoiced."""
    for line in note.lines:
        place = line.predecessor_line
        same = [own for own in invoice.lines if (own.item_id, own.unit) == (line.item_id, line.unit)]
        origins = same if place is None else list(invoice.lines[place - 1 : place])
        if line.additional or not any(line.net_amount() == attrs.evolve(own, quantity=line.quantity).net_amount() for own in origins):
            return False
    return True


def _with_totals(note: Document, totals: DocumentTotals) -> Document:
    """State totals only where the lines say something else."""
    plain = attrs.evolve(note, totals=None)
    if not any(line.net_amount() for line in note.lines) or (plain.net(), plain.tax(), plain.payable()) == (
        totals.net,
        totals.tax,
        totals.payable or totals.gross,
    ):
        return plain
    payable = None if totals.payable == attrs.evolve(totals, payable=None).gross else totals.payable
    return attrs.evolve(note, totals=attrs.evolve(totals, payable=payable))


def _less(whole: Money, parts: Iterable[Money]) -> Money:
    return whole - total(parts, currency=whole.currency)
