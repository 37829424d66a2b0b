"""The desks of a `Crm`, one per topic, and the verbs that take the tenant as a whole."""

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
from crmkit.desks.duplicates import DuplicatesDesk
from crmkit.desks.emails import EmailsDesk
from crmkit.desks.facts import FactsDesk
from crmkit.desks.facts_files import written_facts
from crmkit.desks.invariants import broken_rules
from crmkit.desks.journal import JournalDesk
from crmkit.desks.loyalty import LoyaltyDesk
from crmkit.desks.notes import NotesDesk
from crmkit.desks.opportunities import OpportunitiesDesk
from crmkit.desks.outbox import OutboxDesk
from crmkit.desks.parties import PartiesDesk
from crmkit.desks.purchases import PurchasesDesk
from crmkit.desks.requests import RequestsDesk
from crmkit.desks.tasks import TasksDesk
from crmkit.desks.whole_tenant import exported, import_all

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Self

    from crmkit.desks.whole_tenant import Exported
    from crmkit.desks.workplace import Workplace
    from crmkit.entities.json_form import Json
    from crmkit.errors import Problem


class Desks:
    """
    One desk per topic, and all records at once; `Crm` is these and the verbs that cross all topics.

    Attributes:
        appointments: Appointments, planned, held or cancelled.
        calendars: Feeds for calendars, and what those say.
        cases: Complaints, defects, questions, requests; how satisfied people are.
        campaigns: Campaigns with members, costs and touches, and marketing plans.
        consents: Consents, objections, and whom they let us contact.
        contact: Contact plans, recalls, commitments, corrections of interactions.
        contracts: Renewals and notice.
        documents: Quotes, orders, delivery notes, invoices, credit notes, payments.
        duplicates: Parties that are kept twice.
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
        self.duplicates: DuplicatesDesk = DuplicatesDesk(workplace)
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

    def check(self) -> tuple[Problem, ...]:
        """
        Read everything of the tenant and name whatever breaks a rule that must always hold: empty is well.

        Found is also what was altered past crmkit: a record that is not as the journal left it, columns and sales lines that are not
        what their records say, changes of the journal and history entries that are gone. Not found are other words in a history entry,
        one that is gone of several at the same instant, and whatever was altered together with the journal: for that see `journal.verify`.

        Raises:
            StoreError: For a record that cannot be read.
            NotPermittedError: For rights that reach only some parties.
        """
        return broken_rules(self._workplace)

    def export(self) -> Exported:
        """Read everything of the tenant as plain data for `json.dumps`."""
        return exported(self._workplace)

    def import_(self, data: Mapping[str, Json]) -> None:
        """
        Write what `export` made into a tenant that has nothing yet, all or none.

        Raises:
            InvalidValueError: For data of another format, and for a tenant that has records.
            InvalidDataError: Naming every record that does not fit.
        """
        import_all(self._workplace, data)

    def export_facts(self, folder: str | os.PathLike[str]) -> dict[str, int]:
        """
        Write every table of `crm.facts` as Parquet, for Spark, a warehouse, or a colleague's notebook.

        A table is a folder of its own, with a file for each month, such as `sales/2026-01.parquet`, or `all.parquet` where it has no
        days or no rows. What an earlier call wrote there is replaced.

        Args:
            folder: Where to; it is made if it is missing. Folders in it that are named like a table are replaced whole.

        Returns:
            How many rows each table has.

        Raises:
            InvalidValueError: For a folder that cannot be written.
            MissingExtraError: Without Polars.
        """
        return written_facts(self._workplace, folder)
