"""The desks of a `Crm`: one per topic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.desks.appointments import AppointmentsDesk
from crmkit.desks.calendars import CalendarsDesk
from crmkit.desks.campaigns import CampaignsDesk
from crmkit.desks.cases import CasesDesk
from crmkit.desks.consents import ConsentsDesk
from crmkit.desks.contact import ContactDesk
from crmkit.desks.contracts import ContractsDesk
from crmkit.desks.documents import DocumentsDesk
from crmkit.desks.emails import EmailsDesk
from crmkit.desks.facts import FactsDesk
from crmkit.desks.journal import JournalDesk
from crmkit.desks.loyalty import LoyaltyDesk
from crmkit.desks.notes import NotesDesk
from crmkit.desks.opportunities import OpportunitiesDesk
from crmkit.desks.outbox import OutboxDesk
from crmkit.desks.parties import PartiesDesk
from crmkit.desks.purchases import PurchasesDesk
from crmkit.desks.requests import RequestsDesk
from crmkit.desks.tasks import TasksDesk

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from crmkit.desks.workplace import Workplace


class Desks:
    """
    One desk per topic; `Crm` is these and the verbs that cross all topics.

    Attributes:
        appointments: Appointments, planned, held or cancelled.
        calendars: Feeds for calendars, and what those say.
        cases: Complaints, defects, questions, requests; how satisfied people are.
        campaigns: Campaigns with members, costs and touches, and marketing plans.
        consents: Consents, objections, and whom they let us contact.
        contact: Contact plans, recalls, commitments, corrections of interactions.
        contracts: Renewals and notice.
        documents: Quotes, orders, delivery notes, invoices, credit notes, payments.
        emails: E-mails, filed by address.
        facts: What is stored, as tables for analyses.
        journal: Who changed what and when, tamper-evident.
        loyalty: Loyalty cards.
        notes: Notes, files by reference, noteworthy events.
        opportunities: What may be sold, on its way through a pipeline.
        outbox: Events for the host.
        parties: Conversion, categories, classes, owners, freshness, groups.
        purchases: Requests for quotation and purchase orders.
        requests: What customers ask for through the portal.
        tasks: Tasks and follow-ups.
    """

    def __init__(self, workplace: Workplace) -> None:
        """Open every desk at one workplace."""
        self._workplace = workplace
        self.appointments: AppointmentsDesk = AppointmentsDesk(workplace)
        self.calendars: CalendarsDesk = CalendarsDesk(workplace)
        self.campaigns: CampaignsDesk = CampaignsDesk(workplace)
        self.cases: CasesDesk = CasesDesk(workplace)
        self.consents: ConsentsDesk = ConsentsDesk(workplace)
        self.contact: ContactDesk = ContactDesk(workplace)
        self.contracts: ContractsDesk = ContractsDesk(workplace)
        self.documents: DocumentsDesk = DocumentsDesk(workplace)
        self.emails: EmailsDesk = EmailsDesk(workplace)
        self.facts: FactsDesk = FactsDesk(workplace)
        self.journal: JournalDesk = JournalDesk(workplace)
        self.loyalty: LoyaltyDesk = LoyaltyDesk(workplace)
        self.notes: NotesDesk = NotesDesk(workplace)
        self.opportunities: OpportunitiesDesk = OpportunitiesDesk(workplace)
        self.outbox: OutboxDesk = OutboxDesk(workplace)
        self.parties: PartiesDesk = PartiesDesk(workplace)
        self.purchases: PurchasesDesk = PurchasesDesk(workplace)
        self.requests: RequestsDesk = RequestsDesk(workplace)
        self.tasks: TasksDesk = TasksDesk(workplace)

    def __enter__(self) -> Self:
        """Use it in a `with`."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the store."""
        self._workplace.store.close()
