"""Payments, and what is taken off for paying early: that lowers revenue, as a credit note that goes to nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_date, check_kind, refused
from crmkit.desks.document_issue import issued, successors_of
from crmkit.desks.party_dunning import forgive_paid
from crmkit.entities import Document, DocumentTotals, Line, Payment, cash_discount_until, open_items
from crmkit.ids import new_id
from crmkit.money import Money

if TYPE_CHECKING:
    from datetime import date

    from crmkit.desks.work import Work


def recorded_payment(
    work: Work, id: str, *, amount: Money, paid_on: date | None, cash_discount: Money | None, reference: str | None
) -> Payment:
    """Note a payment, and book its cash discount."""
    document = work.get(Document, id)
    if not document.is_posted or document.subtype == "cash_discount":
        raise refused("invoice_id", f"{document.kind} {id}", "an invoice or a credit note that counts in the books")
    if check_kind("amount", amount, Money).currency != document.currency:
        raise refused("amount", amount, f"an amount in {document.currency}, the currency of the document")
    if not amount:
        raise refused("amount", amount, "what was paid, or negative what was paid back")
    day = work.moment.on if paid_on is None else check_date("paid_on", paid_on)
    if day > work.moment.today:
        raise refused("paid_on", day, f"a day up to today ({work.moment.today})")
    payment = Payment(
        id=new_id(),
        document_id=document.id,
        party_id=document.party_id,
        amount=amount,
        paid_on=day,
        cash_discount=_taken_off(work, document, amount, on=day) if cash_discount is None else cash_discount,
        reference=reference,
    )
    if payment.cash_discount:
        _check_discount(work, document, amount, payment.cash_discount)
        note = issued(work, _discount_note(document, payment.cash_discount, on=day))
        payment = attrs.evolve(payment, discount_document_id=note.id)
    recorded = work.record(payment, summary=f"{amount} for {document.number or document.id}")
    forgive_paid(work, payment.party_id)
    return recorded


def _taken_off(work: Work, invoice: Document, amount: Money, *, on: date) -> Money | None:
    """What a payment within the days leaves open, where that is no more than the agreed discount on what was open; else nothing."""
    last, terms = cash_discount_until(invoice), invoice.conditions
    if last is None or terms is None or on > last or amount.minor <= 0:
        return None
    before = _open_of(work, invoice)
    rest = before - amount
    return rest if 0 < rest.minor <= before.times(terms.cash_discount_ratio).minor else None


def _check_discount(work: Work, document: Document, amount: Money, discount: Money) -> None:
    """
    Accept a discount up to what the payment leaves open of an invoice.

    Raises:
        InvalidValueError: For less than nothing, for more than that, and for a credit note.
    """
    if document.kind != "invoice":
        raise refused("cash_discount", discount, f"none for a {document.kind}: it is taken off invoices only")
    if discount.minor < 0:
        raise refused("cash_discount", discount, "an amount of zero or more")
    nothing = Money(minor=0, currency=amount.currency)
    rest = _open_of(work, document) - max(amount, nothing)
    if discount > rest:
        raise refused("cash_discount", discount, f"at most what the payment leaves open, here {max(rest, nothing)}")


def _open_of(work: Work, invoice: Document) -> Money:
    """What of an invoice is neither paid nor credited."""
    documents = [invoice, *(note for note in successors_of(work, [invoice.id]) if note.is_posted)]
    payments = work.find_each(Payment, "document_id", (document.id for document in documents))
    items = open_items(documents, payments, as_of=max(work.moment.today, *(document.issued_on for document in documents)))
    return next((item.amount for item in items if item.document_id == invoice.id), Money(minor=0, currency=invoice.currency))


def _discount_note(invoice: Document, discount: Money, *, on: date) -> Document:
    """Book a discount: net and tax as the invoice has them, at cost 0, without a number."""
    shares = [max(invoice.net().minor, 0), max(invoice.tax().minor, 0)]
    net, tax = discount.allocate(shares if any(shares) else [1, 0])
    return attrs.evolve(
        invoice,
        id=new_id(),
        kind="credit_note",
        subtype="cash_discount",
        issued_on=on,
        lines=[Line(item_id="cash-discount", quantity=1, unit_price=net.amount, unit_cost=0, additional=True)],
        number=None,
        predecessor_id=invoice.id,
        totals=DocumentTotals(net=net, tax=tax),
        due_on=None,
        reason="cash discount",
        version=0,
    )
