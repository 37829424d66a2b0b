"""What of a document is still open, derived from the documents that came from it: nothing of it is stored twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

import attrs

from crmkit._checks import refused
from crmkit.entities import Document
from crmkit.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from crmkit.entities import DocumentKind, Line

Taken: TypeAlias = "tuple[Line, Decimal]"

# What uses up the quantities of a document, by what is to be made of it.
_TAKERS: Mapping[tuple[DocumentKind, DocumentKind], tuple[DocumentKind, ...]] = {
    ("quote", "order"): ("order", "invoice"),
    ("quote", "invoice"): ("order", "invoice"),
    ("order", "delivery_note"): ("delivery_note",),
    ("order", "invoice"): ("invoice",),
    ("delivery_note", "invoice"): ("invoice",),
    ("invoice", "credit_note"): ("credit_note",),
    ("request_for_quotation", "purchase_order"): ("purchase_order",),
}
TAKES_NOTHING = ("down_payment", "pro_forma", "bonus", "cash_discount")


_DEPTH = 4  # from a quote: orders, delivery notes, their invoices, and what takes these back


@attrs.frozen
class Chain:
    """
    The documents that came from one, by the id of their predecessor.

    Attributes:
        successors: Those of each document that has any.
    """

    successors: Mapping[str, Sequence[Document]]

    def live(self, document: Document, *kinds: DocumentKind) -> list[Document]:
        """List the successors of some kinds that are not cancelled."""
        found = self.successors.get(document.id, ())
        return [successor for successor in found if successor.kind in kinds and successor.state != "cancelled"]

    def is_reversed(self, invoice: Document) -> bool:
        """Tell whether a cancellation took it back."""
        return any(note.subtype == "cancellation" for note in self.live(invoice, "invoice", "credit_note"))

    def deducted(self) -> frozenset[str]:
        """Name the down-payments that a final invoice has taken off already."""
        every = (document for found in self.successors.values() for document in found if document.is_posted)
        invoices = (document for document in every if document.kind == "invoice" and not self.is_reversed(document))
        return frozenset(line.deducts_id for invoice in invoices for line in invoice.lines if line.deducts_id is not None)


def chain_below(documents: Iterable[Document], find: Callable[[Sequence[str]], Sequence[Document]]) -> Chain:
    """Collect what came from some documents, one query for each generation; *find* lists the successors of some ids."""
    successors: dict[str, list[Document]] = {}
    generation = [document.id for document in documents]
    for _ in range(_DEPTH):
        found = find(generation) if generation else ()
        for document in found:
            for id in document.predecessor_ids:
                known = successors.setdefault(id, [])
                if document.id not in {one.id for one in known}:
                    known.append(_part_from(document, id))
        generation = [document.id for document in found if document.id not in successors]
    return Chain(successors)


def chain_of(documents: Iterable[Document]) -> Chain:
    """Collect what came from what among some documents."""
    successors: dict[str, list[Document]] = {}
    for document in documents:
        for id in document.predecessor_ids:
            successors.setdefault(id, []).append(_part_from(document, id))
    return Chain(successors)


def _part_from(document: Document, id: str) -> Document:
    """Show a document as the successor of one of those it came from: what it took from others takes nothing from that one."""
    if document.predecessor_ids == (id,):
        return document
    lines = [
        attrs.evolve(line, predecessor_id=None)
        if (line.predecessor_id or document.predecessor_id) == id
        else attrs.evolve(line, predecessor_id=None, predecessor_line=None, additional=True)
        for line in document.lines
    ]
    return attrs.evolve(document, predecessor_id=id, lines=lines)


def allowed_successors(document: Document) -> tuple[DocumentKind, ...]:
    """List what can be made of a document."""
    return tuple(to for kind, to in _TAKERS if kind == document.kind)


def open_quantities(document: Document, to: DocumentKind, chain: Chain, *, ordered: Document | None = None) -> tuple[Decimal, ...]:
    """
    Tell how much of each line is still to be ordered, delivered, invoiced or credited.

    A cancelled document and a reversed invoice use nothing up; down-payments, pro-forma invoices and bonuses neither. What a
    delivery note delivered can be invoiced from it or from its order, but once.

    Args:
        document: The predecessor.
        to: What is to be made of it.
        chain: What came from it, and from its order.
        ordered: The order of a delivery note.
    """
    taken = _spread(document.lines, _taken(document, to, chain))
    left = tuple(_left(line.quantity, used) for line, used in zip(document.lines, taken, strict=True))
    if document.kind == "delivery_note" and to == "invoice" and ordered is not None:
        return _at_most(left, document.lines, ordered, open_quantities(ordered, to, chain))
    return left


def placed_lines(lines: Iterable[Line], document: Document, left: Sequence[Decimal]) -> tuple[Line, ...]:
    """
    Tie given lines to the lines of the predecessor, and refuse what goes beyond them; a line over several of them is split.

    Raises:
        InvalidValueError: For more than is open, unless the line says that it is additional.
    """
    rest = list(left)
    return tuple(part for line in lines for part in _placed(line, document, rest))


def fits_again(invoice: Document, cancellation: Document, predecessor: Document, chain: Chain, *, ordered: Document | None = None) -> bool:
    """
    Tell whether an invoice could stand again without its cancellation: what that gave back was not invoiced since.

    Args:
        invoice: What was cancelled.
        cancellation: The credit note, or the invoice with negative quantities, that still stands.
        predecessor: What the invoice came from.
        chain: What came from that, and from its order.
        ordered: The order of a delivery note.
    """
    if not chain.deducted().isdisjoint(line.deducts_id for line in invoice.lines):
        return False
    sign = 1 if cancellation.kind == "credit_note" else -1
    own = _part_from(invoice, predecessor.id)
    back = _spread(own.lines, [(line, sign * line.quantity) for line in cancellation.lines])
    lines = [attrs.evolve(line, quantity=quantity) for line, quantity in zip(own.lines, back, strict=True) if quantity]
    try:
        placed_lines(lines, predecessor, open_quantities(predecessor, "invoice", chain, ordered=ordered))
    except InvalidValueError:
        return False
    return True


def remaining_lines(document: Document, left: Sequence[Decimal]) -> tuple[Line, ...]:
    """Make the lines of a successor over all that is open."""
    return tuple(
        attrs.evolve(line, quantity=quantity, predecessor_line=place, predecessor_id=None, additional=False)
        for place, (line, quantity) in enumerate(zip(document.lines, left, strict=True), start=1)
        if quantity
    )


def _taken(document: Document, to: DocumentKind, chain: Chain) -> list[Taken]:
    takers = [
        successor
        for successor in chain.live(document, *_TAKERS[document.kind, to])
        if successor.subtype not in TAKES_NOTHING and not (successor.kind == "invoice" and successor.subtype == "cancellation")
    ]
    taken = [pair for successor in takers for pair in zip(successor.lines, _kept(successor, chain), strict=True)]
    if to == "credit_note":
        reversals = (invoice for invoice in chain.live(document, "invoice") if invoice.subtype == "cancellation")
        taken += [(line, -line.quantity) for invoice in reversals for line in invoice.lines]
    if document.kind == "order" and to == "invoice":
        for note in chain.live(document, "delivery_note"):
            invoiced = _spread(note.lines, _taken(note, to, chain))
            taken += zip(note.lines, invoiced, strict=True)
    return taken


def _kept(document: Document, chain: Chain) -> Sequence[Decimal]:
    """The quantities that a document still stands for after cancellations."""
    quantities = [line.quantity for line in document.lines]
    if document.kind != "invoice":
        return quantities
    cancellations = [note for note in chain.live(document, "invoice", "credit_note") if note.subtype == "cancellation"]
    back = [(line, line.quantity if note.kind == "credit_note" else -line.quantity) for note in cancellations for line in note.lines]
    returned = _spread(document.lines, back)
    return [quantity - taken for quantity, taken in zip(quantities, returned, strict=True)]


def _spread(lines: Sequence[Line], taken: Iterable[Taken]) -> list[Decimal]:
    """Count quantities to the lines they came from: by the line that is named, else by item and unit, the first line first."""
    counted = [Decimal(0)] * len(lines)
    unnamed: list[Taken] = []
    for line, quantity in taken:
        if _comes_from_elsewhere(line):
            continue
        if line.predecessor_line is not None and line.predecessor_line <= len(lines):
            counted[line.predecessor_line - 1] += quantity
        else:
            unnamed.append((line, quantity))
    for line, quantity in unnamed:
        rest = quantity
        for place, own in _matching(line, lines):
            part = _smaller(own.quantity - counted[place], rest)
            counted[place] += part
            rest -= part
    return counted


def _placed(line: Line, document: Document, rest: list[Decimal]) -> Iterable[Line]:
    if _comes_from_elsewhere(line) or not line.quantity:
        yield line
        return
    named = line.predecessor_line
    if named is not None and named > len(document.lines):
        raise refused("predecessor_line", named, f"at most {len(document.lines)}, the number of lines of {document.kind} {document.id!r}")
    places = [place for place, _ in _matching(line, document.lines)] if named is None else [named - 1]
    whole = [place for place in places if _smaller(rest[place], line.quantity) == line.quantity][:1]
    wanted = line.quantity
    for place in whole or places:
        part = _smaller(rest[place], wanted)
        rest[place] -= part
        wanted -= part
        if part:
            own = document.lines[place]
            cost, group = (own.unit_cost if line.unit_cost is None else line.unit_cost), line.item_group or own.item_group
            yield attrs.evolve(line, quantity=part, predecessor_line=place + 1, predecessor_id=None, unit_cost=cost, item_group=group)
    if wanted:
        expected = f"at most {line.quantity - wanted} {line.unit} of it, which is all that is open; more needs a line with additional=True"
        raise refused("lines", f"{line.quantity} of {line.item_id}", expected)


def _at_most(left: Sequence[Decimal], lines: Sequence[Line], ordered: Document, open_: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """What is open of a delivery note cannot be more than what is open of its order, where it came from there."""
    rest = list(open_)
    found = []
    for line, quantity in zip(lines, left, strict=True):
        if line.additional:
            found.append(quantity)
            continue
        place = line.predecessor_line
        places = [place - 1] if place is not None and place <= len(rest) else [at for at, _ in _matching(line, ordered.lines)]
        wanted = quantity
        for at in places:
            part = _smaller(rest[at], wanted)
            rest[at] -= part
            wanted -= part
        found.append(quantity - wanted if places else quantity)
    return tuple(found)


def _matching(line: Line, lines: Sequence[Line]) -> list[tuple[int, Line]]:
    return [(place, own) for place, own in enumerate(lines) if (own.item_id, own.unit) == (line.item_id, line.unit)]


def _comes_from_elsewhere(line: Line) -> bool:
    return line.additional or (line.deducts_id is not None and line.predecessor_line is None)


def _left(quantity: Decimal, used: Decimal) -> Decimal:
    """What is left of a quantity; of one that was exceeded nothing."""
    left = quantity - used
    return left if left * quantity > 0 else Decimal(0)


def _smaller(one: Decimal, other: Decimal) -> Decimal:
    """The smaller of two quantities of one sign; nothing of two that differ in it."""
    return min(one, other, key=abs) if one * other > 0 else Decimal(0)
