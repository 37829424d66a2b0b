"""The purchases desk: documents towards suppliers, which are never sales."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit.desks.document_issue import first_document
from crmkit.desks.document_verbs import succeeded
from crmkit.desks.workplace import Workplace
from crmkit.entities import Line
from crmkit.entities._fields import kept

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from crmkit.desks.work import Work
    from crmkit.entities import Document


@attrs.frozen
class PurchasesDesk:
    """
    `crm.purchases`: requests for quotation and purchase orders; whoever gets one is a supplier from then on.

    Attributes:
        workplace: What all desks share.
    """

    workplace: Workplace = attrs.field(repr=False)

    def request(
        self, supplier_id: str, *, lines: Iterable[Line], number: str | None = None, at: datetime | None = None, key: str | None = None
    ) -> Document:
        """
        Ask a supplier for a quotation.

        Raises:
            NotStoredError: When there is no such party.
            InvalidValueError: For no lines.
        """
        own = kept("lines", Line, lines)

        def work(work: Work) -> Document:
            return first_document(work, supplier_id, kind="request_for_quotation", lines=own, number=number)

        arguments = {"supplier_id": supplier_id, "lines": own, "number": number}
        return self.workplace.do("purchases.request", work, arguments=arguments, at=at, key=key)

    def order(
        self, supplier_id: str, *, lines: Iterable[Line], number: str | None = None, at: datetime | None = None, key: str | None = None
    ) -> Document:
        """
        Order from a supplier.

        Raises:
            NotStoredError: When there is no such party.
            InvalidValueError: For no lines.
        """
        own = kept("lines", Line, lines)

        def work(work: Work) -> Document:
            return first_document(work, supplier_id, kind="purchase_order", lines=own, number=number)

        arguments = {"supplier_id": supplier_id, "lines": own, "number": number}
        return self.workplace.do("purchases.order", work, arguments=arguments, at=at, key=key)

    def order_requested(
        self,
        request_id: str,
        *,
        lines: Iterable[Line] | None = None,
        number: str | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> Document:
        """
        Order what was asked for, whole or in part.

        Raises:
            InvalidValueError: For an empty list of lines, and for more than was asked for, unless a line is additional.
            StateMoveError: For a request that is cancelled or wholly ordered.
        """
        own = None if lines is None else kept("lines", Line, lines)

        def work(work: Work) -> Document:
            return succeeded(work, request_id, "purchase_order", lines=own, number=number, totals=None)

        arguments = {"request_id": request_id, "lines": own, "number": number}
        return self.workplace.do("purchases.order_requested", work, arguments=arguments, at=at, key=key)
