"""The documents desk: from the quote to the credit note, each made of the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import attrs

from crmkit._checks import check_choice, check_date, check_each, check_text, refused
from crmkit.desks.document_issue import first_document
from crmkit.desks.document_payments import recorded_payment
from crmkit.desks.document_reading import asks_only_for_quotes, found_quotes, lines_still_open, open_items_within_reach
from crmkit.desks.document_verbs import accepted, cancelled, credited, invoiced_together, lost, revised, succeeded
from crmkit.desks.workplace import Workplace
from crmkit.entities import Document, Line
from crmkit.entities._fields import kept

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from crmkit.desks.work import Work
    from crmkit.entities import DocumentKind, DocumentState, DocumentSubtype, DocumentTotals, OpenItem, Payment
    from crmkit.money import Money

InvoiceSubtype = Literal["normal", "down_payment", "final", "pro_forma"]
CreditSubtype = Literal["normal", "bonus"]


@attrs.frozen
class DocumentsDesk:
    """
    `crm.documents`: quotes, orders, delivery notes, invoices, credit notes, payments.

    A document made here takes the number that the host gives, else ours where the settings have a format for its kind; it keeps the
    party's addresses and conditions as they were. What the host posts by itself comes in with `crm.add(Document(…))`.

    Attributes:
        workplace: What all desks share.
    """

    workplace: Workplace = attrs.field(repr=False)

    def quote(
        self,
        party_id: str,
        *,
        lines: Iterable[Line],
        valid_until: date | None = None,
        number: str | None = None,
        totals: DocumentTotals | None = None,
        currency: str | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> Document:
        """
        Quote; the first document of a sale makes a lead a customer.

        Raises:
            NotStoredError: When there is no such party.
            InvalidValueError: For no lines, and for a last valid day that is over.
        """
        own = kept("lines", Line, lines)

        def work(work: Work) -> Document:
            return first_document(
                work, party_id, kind="quote", lines=own, valid_until=valid_until, number=number, totals=totals, currency=currency
            )

        arguments = {"party_id": party_id, "given": (own, valid_until, number, totals, currency)}
        return self.workplace.do("documents.quote", work, arguments=arguments, at=at, key=key)

    def revise(
        self,
        quote_id: str,
        *,
        lines: Iterable[Line],
        valid_until: date | None = None,
        number: str | None = None,
        totals: DocumentTotals | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> Document:
        """
        Write a quote anew: the new one counts, the old one is superseded. Its number is the old one with the revision behind it.

        Raises:
            StateMoveError: For a quote that is lost, cancelled or superseded, or was ordered already.
            InvalidValueError: For no lines, and for a last valid day that is over.
        """
        own = kept("lines", Line, lines)

        def work(work: Work) -> Document:
            return revised(work, quote_id, lines=own, valid_until=valid_until, number=number, totals=totals)

        arguments = {"quote_id": quote_id, "given": (own, valid_until, number, totals)}
        return self.workplace.do("documents.revise", work, arguments=arguments, at=at, key=key)

    def accept(self, quote_id: str, *, by: str | None = None, at: datetime | None = None, key: str | None = None) -> Document:
        """
        Note that a quote was accepted, and by whom: a contact person's id or a name.

        Raises:
            StateMoveError: For a quote that is not open.
            InvalidValueError: After its last valid day.
        """
        arguments = {"quote_id": quote_id, "by": by}
        return self.workplace.do("documents.accept", lambda work: accepted(work, quote_id, by), arguments=arguments, at=at, key=key)

    def lose(self, quote_id: str, *, because: str, at: datetime | None = None, key: str | None = None) -> Document:
        """
        Note that a quote was lost, and why.

        Raises:
            StateMoveError: For a quote that is not open.
        """
        arguments = {"quote_id": quote_id, "because": check_text("because", because)}
        return self.workplace.do("documents.lose", lambda work: lost(work, quote_id, because), arguments=arguments, at=at, key=key)

    def order(
        self,
        quote_id: str,
        *,
        lines: Iterable[Line] | None = None,
        number: str | None = None,
        totals: DocumentTotals | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> Document:
        """
        Take an order for a quote, whole or in part; an open quote is accepted thereby.

        Raises:
            InvalidValueError: For an empty list, for more than was quoted, unless a line is additional, and after its last valid day.
            StateMoveError: For a quote that is lost, cancelled, superseded or wholly ordered.
        """
        return self._succeed("order", quote_id, "order", lines=lines, number=number, totals=totals, at=at, key=key)

    def deliver(
        self,
        order_id: str,
        *,
        lines: Iterable[Line] | None = None,
        number: str | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> Document:
        """
        Write a delivery note for an order, whole or in part.

        Raises:
            InvalidValueError: For no lines at all, for more than is open, unless one is additional, and for a party with a delivery block.
            StateMoveError: For an order that is cancelled or wholly delivered.
        """
        return self._succeed("deliver", order_id, "delivery_note", lines=lines, number=number, at=at, key=key)

    def invoice(
        self,
        document_id: str | Iterable[str],
        *,
        lines: Iterable[Line] | None = None,
        subtype: InvoiceSubtype = "normal",
        number: str | None = None,
        totals: DocumentTotals | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> Document:
        """
        Invoice a quote, an order or a delivery note, whole or in part; or all that is open of several in one collective invoice.

        A "down_payment" has lines of its own and uses nothing up; the "final" invoice takes all down-payments off again. A
        "pro_forma" invoice uses nothing up and counts nowhere.

        Raises:
            InvalidValueError: For no lines at all, for more than is open, unless a line is additional, and for several documents with
                lines, with a subtype, of several parties, or in several currencies.
            StateMoveError: For a document that is cancelled or wholly invoiced.
        """
        check_choice("subtype", subtype, InvoiceSubtype)
        ids = document_id if isinstance(document_id, str) else check_each("document_id", document_id, check_text)
        if not isinstance(ids, str) and (not ids or lines is not None or subtype != "normal"):
            raise refused("document_id", ids, "at least one document; lines= and subtype= only with a single one")
        return self._succeed("invoice", ids, "invoice", lines=lines, number=number, totals=totals, subtype=subtype, at=at, key=key)

    def issue_credit_note(
        self,
        invoice_id: str,
        *,
        lines: Iterable[Line] | None = None,
        because: str,
        subtype: CreditSubtype = "normal",
        number: str | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> Document:
        """
        Credit an invoice, whole or in part. All credit notes of an invoice together never exceed it, and add up to it to the last cent.

        Given lines count at their own prices, which may be lower than invoiced; what such a note leaves can be credited later. Without
        *lines* all that is left is credited. A "bonus" has lines of its own, brings nothing back and costs nothing.

        Raises:
            InvalidValueError: For no lines at all, for more than is left of the invoice, and for a bonus with `lines=None`.
            StateMoveError: For an invoice that is cancelled or wholly credited, and a down-payment that a final invoice took off.
        """
        check_choice("subtype", subtype, CreditSubtype)
        own = None if lines is None else kept("lines", Line, lines)
        reason = check_text("because", because)
        given: dict[str, Any] = {"invoice_id": invoice_id, "lines": own, "because": reason, "subtype": subtype, "number": number}
        return self.workplace.do("documents.issue_credit_note", lambda work: credited(work, **given), arguments=given, at=at, key=key)

    def cancel(self, document_id: str, *, because: str, at: datetime | None = None, key: str | None = None) -> Document:
        """
        Cancel a document from which no other came, and return it; for an invoice return the cancellation that takes it back.

        An invoice stays as it is: what is not credited yet is taken back by a credit note of the subtype "cancellation", after which
        it can be invoiced anew.

        Raises:
            StateMoveError: For a document that is lost, cancelled or superseded, or from which another one came, and for a credit note,
                which `crm.void` takes back.
        """
        arguments = {"document_id": document_id, "because": because}
        reason = check_text("because", because)
        return self.workplace.do("documents.cancel", lambda work: cancelled(work, document_id, reason), arguments=arguments, at=at, key=key)

    def record_payment(
        self,
        invoice_id: str,
        *,
        amount: Money,
        paid_on: date | None = None,
        cash_discount: Money | None = None,
        reference: str | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> Payment:
        """
        Note that an invoice was paid, or a credit note paid out, whole or in part.

        What a payment within the days of the conditions leaves open counts as cash discount, up to the agreed share; *cash_discount* says
        it otherwise. It lowers revenue on the day of the payment, and the credit of a loyalty card with it.

        Raises:
            InvalidValueError: For nothing, another currency, a day in the future, a document that nobody pays, a discount beyond what the
                payment leaves open, and one on a credit note.
        """
        given = {"amount": amount, "paid_on": paid_on, "cash_discount": cash_discount, "reference": reference}
        return self.workplace.do(
            "documents.record_payment",
            lambda work: recorded_payment(work, invoice_id, **given),  # type: ignore[arg-type]  # each under its own name
            arguments={"invoice_id": invoice_id, **given},
            at=at,
            key=key,
        )

    def open_items(self, party_id: str | None = None, *, as_of: date | None = None) -> tuple[OpenItem, ...]:
        """List what a party has to pay, or what all within reach have to, the earliest due first."""
        day = self.workplace.moment().today if as_of is None else check_date("as_of", as_of)
        return open_items_within_reach(self.workplace, party_id, as_of=day, verb="documents.open_items")

    def quotes(self, *, state: DocumentState | None = "open", party_id: str | None = None, limit: int = 100) -> tuple[Document, ...]:
        """List quotes that are open, accepted, lost, cancelled or superseded, or all of them (None); the newest first."""
        return found_quotes(self.workplace, state=state, party_id=party_id, limit=limit, verb="documents.quotes")

    def open_lines(self, document_id: str, *, to: DocumentKind) -> tuple[Line, ...]:
        """
        List what of a document is still to be ordered, delivered, invoiced or credited: the lines that `lines=None` takes.

        Raises:
            InvalidValueError: For a kind that is not made of such a document.
        """
        return lines_still_open(self.workplace, document_id, to, verb="documents.open_lines")

    def asks_only_for_quotes(self, party_id: str) -> bool:
        """Tell whether a party has quotes and no order, delivery note or invoice."""
        return asks_only_for_quotes(self.workplace, party_id, verb="documents.asks_only_for_quotes")

    def _succeed(
        self,
        verb: str,
        id: str | tuple[str, ...],
        to: DocumentKind,
        *,
        lines: Iterable[Line] | None,
        number: str | None,
        totals: DocumentTotals | None = None,
        subtype: DocumentSubtype = "normal",
        at: datetime | None,
        key: str | None,
    ) -> Document:
        own = None if lines is None else kept("lines", Line, lines)

        def work(work: Work) -> Document:
            if isinstance(id, tuple):
                return invoiced_together(work, id, number=number, totals=totals)
            return succeeded(work, id, to, lines=own, number=number, totals=totals, subtype=subtype)

        arguments = {"id": id, "lines": own, "number": number, "totals": totals, "subtype": subtype}
        return self.workplace.do(f"documents.{verb}", work, arguments=arguments, at=at, key=key)
