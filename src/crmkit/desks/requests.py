"""The requests desk: what customers ask for through the portal, until an employee accepts or refuses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_int, check_text, refused
from crmkit.conditions import Condition
from crmkit.desks.changes import save_change
from crmkit.desks.document_issue import first_document
from crmkit.desks.document_moves import in_short
from crmkit.desks.document_verbs import succeeded
from crmkit.desks.reach import within_reach
from crmkit.desks.workplace import Workplace
from crmkit.entities import Document, Line, Party, PortalRequest, Ref, Task
from crmkit.entities._fields import kept
from crmkit.entities.portal_data import changed_party
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from crmkit.desks.work import Work

_OPEN = Condition("state", "equal", "open")


@attrs.frozen
class RequestsDesk:
    """
    `crm.requests`: orders that customers place and changes of their data that they propose.

    Accepting or refusing one closes the task that it left.

    Attributes:
        workplace: What all desks share.
    """

    workplace: Workplace = attrs.field(repr=False)

    def pending(self, *, limit: int = 100) -> tuple[PortalRequest, ...]:
        """List the requests that nobody has decided yet, the oldest first."""
        check_int("limit", limit, at_least=1)
        with self.workplace.reading() as transaction:
            found = transaction.find(Query(PortalRequest, [_OPEN], order_by="placed_at", limit=limit))
            return within_reach(self.workplace, transaction, "requests.pending", found)

    def accept(
        self,
        request_id: str,
        *,
        lines: Iterable[Line] | None = None,
        document_id: str | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> PortalRequest:
        """
        Grant a request. A change of data is stored; an order becomes an order document, whose id the request then has.

        Args:
            request_id: The request.
            lines: Of an order: what is sold at which price. For a quote that is ordered None is all that is open of it.
            document_id: Of an order: the document that the host has posted for it; then none is made.
            at: When it happens, the clock by default.
            key: An idempotency key.

        Raises:
            NotStoredError: When there is no such request or document.
            StateMoveError: When it is decided already, and for a quote that cannot be ordered any more.
            InvalidValueError: For an order without lines, for a document of somebody else, and for data that changed meanwhile.
        """
        own = None if lines is None else kept("lines", Line, lines)

        def work(work: Work) -> PortalRequest:
            request = work.get(PortalRequest, request_id)
            accepted = request.accepted(on=work.moment.on)
            if request.kind == "change":
                if own is not None or document_id is not None:
                    raise refused("lines", "<given>", "none for a change of data")
                party = work.get(Party, request.party_id)
                save_change(work, changed_party(party, request.changes, person_id=request.person_id))
            else:
                accepted = attrs.evolve(accepted, document_id=_ordered(work, request, own, document_id).id)
            return _decided(work, accepted, "accepted")

        arguments = {"request_id": request_id, "lines": own, "document_id": document_id}
        return self.workplace.do("requests.accept", work, arguments=arguments, at=at, key=key)

    def refuse(self, request_id: str, *, because: str, at: datetime | None = None, key: str | None = None) -> PortalRequest:
        """
        Turn a request down; the customer reads why.

        Raises:
            NotStoredError: When there is no such request.
            StateMoveError: When it is decided already.
        """
        check_text("because", because)

        def work(work: Work) -> PortalRequest:
            request = work.get(PortalRequest, request_id)
            return _decided(work, request.refused(on=work.moment.on, because=because), f"refused: {because}")

        return self.workplace.do("requests.refuse", work, arguments={"request_id": request_id, "because": because}, at=at, key=key)


def _ordered(work: Work, request: PortalRequest, lines: tuple[Line, ...] | None, document_id: str | None) -> Document:
    """Find the host's document for an order, or make one."""
    if document_id is not None:
        if lines is not None:
            raise refused("lines", "<given>", "none beside document_id=, whose lines count")
        document = work.get(Document, document_id, lock=False)
        if document.party_id != request.party_id or document.kind not in ("order", "delivery_note", "invoice"):
            raise refused("document_id", document_id, f"an order, a delivery note or an invoice of {request.party_id!r}")
        return document
    if request.quote_id is not None:
        return succeeded(work, request.quote_id, "order", lines=lines, number=None, totals=None)
    if lines is None:
        raise refused("lines", None, "the lines with their prices, or document_id= of what the host has posted")
    return first_document(work, request.party_id, kind="order", lines=lines)


def _decided(work: Work, request: PortalRequest, result: str) -> PortalRequest:
    """Write a decision and close the tasks that wait for it."""
    about = Condition("about_key", "equal", Ref("portal_request", request.id).key)
    for task in work.find(Task, about, _OPEN):
        work.record(task.done(result), summary=result)
    what = request.kind if request.document_id is None else in_short(work.get(Document, request.document_id, lock=False))
    return work.record(request, summary=f"{what} {result}")
