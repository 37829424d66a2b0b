"""Payments, and what is still open."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_date, check_kind, check_text, check_texts, refused
from crmkit.money import Money, total

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crmkit.entities.documents import Document


@attrs.frozen(kw_only=True)
class Payment:
    """
    Money that came in for an invoice, or went out for a credit note.

    Attributes:
        id: Its id.
        document_id: The invoice or credit note.
        party_id: Whose.
        amount: How much was paid; negative where it was paid back.
        paid_on: When.
        cash_discount: What was taken off for paying early, beside the amount.
        discount_document_id: The credit note of the subtype "cash_discount" that books it.
        reference: The host's reference, for example a line of a bank statement.
        voided_because: Why it is void: it was wrong, so it is kept but counts no more. None is valid.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    document_id: str
    party_id: str
    amount: Money
    paid_on: date
    cash_discount: Money | None = None
    discount_document_id: str | None = None
    reference: str | None = attrs.field(default=None, repr=False)
    voided_because: str | None = attrs.field(default=None, repr=False)
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_texts(self, "discount_document_id", "reference", "voided_because")
        for name in ("id", "document_id", "party_id"):
            check_text(name, getattr(self, name))
        check_kind("amount", self.amount, Money)
        check_date("paid_on", self.paid_on)
        if self.cash_discount is not None and check_kind("cash_discount", self.cash_discount, Money).currency != self.amount.currency:
            raise refused("cash_discount", self.cash_discount, f"an amount in {self.amount.currency}, as was paid")

    def settled(self) -> Money:
        """How much of the document it settles: what was paid and the cash discount."""
        return self.amount if self.cash_discount is None else self.amount + self.cash_discount


@attrs.frozen(kw_only=True)
class OpenItem:
    """
    What is still to be paid for one document.

    Attributes:
        document_id: The invoice; or a credit note that belongs to none.
        party_id: Who owes it.
        number: The number of the document.
        total: What the document comes to; negative for a credit note.
        amount: What is open; negative where the party has something to get.
        due_on: The last day to pay; None where nothing was agreed.
        overdue_days: How many days ago that was; 0 up to that day, and where the party owes nothing.
    """

    document_id: str
    party_id: str
    number: str | None
    total: Money
    amount: Money
    due_on: date | None
    overdue_days: int

    @property
    def settled(self) -> Money:
        """How much of it was paid or credited so far."""
        return self.total - self.amount


def payment_due_on(document: Document) -> date | None:
    """Find the last day to pay: the one that the document names, else after its conditions; None where nothing was agreed."""
    if document.due_on is not None:
        return document.due_on
    terms = document.conditions
    return None if terms is None or terms.payment_days is None else document.issued_on + timedelta(days=terms.payment_days)


def cash_discount_until(document: Document) -> date | None:
    """Find the last day on which paying early takes something off; None where nothing was agreed."""
    terms = document.conditions
    if document.kind != "invoice" or terms is None or not terms.cash_discount_ratio:
        return None
    return document.issued_on + timedelta(days=terms.cash_discount_days)


def open_items(documents: Iterable[Document], payments: Iterable[Payment], *, as_of: date) -> tuple[OpenItem, ...]:
    """
    List what is open on a day, the earliest due first: invoices less what was paid and credited up to that day. Void payments paid nothing.

    A credit note lowers its invoice where that is among the documents, else it is an item of its own. Pro-forma invoices and cancelled
    documents are none.

    >>> from crmkit.entities import Document, Line
    >>> line = Line(item_id="I-1", quantity=1, unit_price=100)
    >>> invoice = Document(id="R-1", kind="invoice", party_id="C-17", issued_on=date(2026, 1, 1), due_on=date(2026, 1, 15), lines=[line])
    >>> paid = Payment(id="1", document_id="R-1", party_id="C-17", amount=Money.of(40, "EUR"), paid_on=date(2026, 1, 9))
    >>> (item,) = open_items([invoice], [paid], as_of=date(2026, 1, 20))
    >>> item.amount, item.settled, item.overdue_days
    (Money.of('60.00', 'EUR'), Money.of('40.00', 'EUR'), 5)
    """
    check_date("as_of", as_of)
    counted = (document for document in documents if document.is_posted and document.subtype != "cash_discount")  # its payment says it
    posted = {document.id: document for document in counted if document.issued_on <= as_of}
    owed = {document.id: -document.payable() if document.kind == "credit_note" else document.payable() for document in posted.values()}
    settled: dict[str, list[Money]] = {}
    for document in posted.values():
        settled.setdefault(_settles(document, posted), []).append(-owed[document.id])
    for payment in payments:
        if payment.document_id in posted and payment.paid_on <= as_of and payment.voided_because is None:
            document = posted[payment.document_id]
            sign = -1 if document.kind == "credit_note" else 1
            settled.setdefault(_settles(document, posted), []).append(payment.settled() * sign)
    open_of = {id: -total(amounts, currency=posted[id].currency) for id, amounts in settled.items()}
    items = [_item(posted[id], owed[id], amount, as_of=as_of) for id, amount in open_of.items() if amount]
    return tuple(sorted(items, key=lambda item: (item.due_on or date.max, item.document_id)))


def _settles(document: Document, posted: Mapping[str, Document]) -> str:
    """Name the invoice that a credit note or a cancellation lowers; anything else stands for itself."""
    lowers = document.kind == "credit_note" or document.subtype == "cancellation"
    invoice = posted.get(document.predecessor_id or "") if lowers else None
    return document.id if invoice is None or invoice.currency != document.currency else invoice.id


def _item(document: Document, owed: Money, amount: Money, *, as_of: date) -> OpenItem:
    due_on = payment_due_on(document)
    late = due_on is not None and amount.minor > 0 and as_of > due_on
    return OpenItem(
        document_id=document.id,
        party_id=document.party_id,
        number=document.number,
        total=owed,
        amount=amount,
        due_on=due_on,
        overdue_days=(as_of - due_on).days if late and due_on is not None else 0,
    )
