"""What a customer sees of himself, read in a number of queries that does not depend on how much there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.conditions import Condition
from crmkit.desks.document_moves import SALES_KINDS
from crmkit.entities import (
    Appointment,
    Case,
    Contract,
    Document,
    LoyaltyBalance,
    LoyaltyCard,
    LoyaltyEntry,
    Payment,
    PortalAppointment,
    PortalCase,
    PortalContract,
    PortalData,
    PortalDocument,
    PortalRequest,
    PortalView,
    open_items,
)
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from crmkit.entities import Party, PortalPolicy
    from crmkit.store import Transaction


def portal_view(
    transaction: Transaction, party: Party, policy: PortalPolicy, *, person_id: str | None, as_of: date, since: date | None
) -> PortalView:
    """Show a party what the policy lets it see; documents from *since* on."""
    own = Condition("party_id", "equal", party.id)
    shows = policy.shows
    documents = transaction.find(Query(Document, [own], order_by="-issued_on")) if shows & {"documents", "open_items"} else ()
    payments = transaction.find(Query(Payment, [own])) if "open_items" in shows else ()
    cases = transaction.find(Query(Case, [own], order_by="-opened_at")) if "cases" in shows else ()
    meetings = transaction.find(Query(Appointment, [own], order_by="-start_at")) if "appointments" in shows else ()
    contracts = transaction.find(Query(Contract, [own])) if "contracts" in shows else ()
    requests = transaction.find(Query(PortalRequest, [own], order_by="-placed_at")) if "requests" in shows else ()
    shown = [one for one in documents if _is_his(one) and (since is None or one.issued_on >= since)] if "documents" in shows else []
    return PortalView(
        party_id=party.id,
        data=PortalData.of(party, person_id),
        documents=tuple(PortalDocument.of(document) for document in shown),
        open_items=open_items(documents, payments, as_of=as_of) if "open_items" in shows else (),
        appointments=tuple(PortalAppointment.of(appointment) for appointment in meetings),
        cases=tuple(PortalCase.of(case) for case in cases if case.kind != "defect"),
        contracts=tuple(PortalContract.of(contract) for contract in contracts),
        loyalty=_balance(transaction, own) if "loyalty" in shows else None,
        requests=tuple(requests),
    )


def _is_his(document: Document) -> bool:
    """Tell whether a customer has it: purchases and bookings are ours, and of a quote only the latest revision is his."""
    return document.kind in SALES_KINDS and document.state != "superseded" and document.subtype != "cash_discount"


def _balance(transaction: Transaction, own: Condition) -> LoyaltyBalance | None:
    cards: Sequence[LoyaltyCard] = [card for card in transaction.find(Query(LoyaltyCard, [own])) if card.active]
    return LoyaltyBalance.of(transaction.find(Query(LoyaltyEntry, [own])), currency=cards[0].currency) if cards else None
