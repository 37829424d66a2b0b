"""One desk per topic, each a small class that `Crm` composes."""

from crmkit.desks.appointments import AppointmentsDesk
from crmkit.desks.budgets import BudgetRow
from crmkit.desks.calendars import CalendarsDesk
from crmkit.desks.campaigns import CampaignsDesk
from crmkit.desks.cases import CasesDesk
from crmkit.desks.consents import ConsentsDesk
from crmkit.desks.contact import ContactDesk
from crmkit.desks.contracts import ContractsDesk
from crmkit.desks.documents import CreditSubtype, DocumentsDesk, InvoiceSubtype
from crmkit.desks.duplicates import DuplicatesDesk
from crmkit.desks.emails import EmailsDesk
from crmkit.desks.every_desk import Desks
from crmkit.desks.facts import FactsDesk
from crmkit.desks.host_work import Delivery, Dialler, EventHandler, FailedEvent, Invoicing, Mailer, Reordering
from crmkit.desks.journal import JournalDesk
from crmkit.desks.loyalty import LoyaltyDesk
from crmkit.desks.moments import When
from crmkit.desks.notes import NotesDesk
from crmkit.desks.opportunities import OpportunitiesDesk
from crmkit.desks.outbox import OutboxDesk
from crmkit.desks.parties import PartiesDesk
from crmkit.desks.party_lists import IncompleteParties, IncompleteParty, PartyChanges
from crmkit.desks.portal import Portal
from crmkit.desks.purchases import PurchasesDesk
from crmkit.desks.requests import RequestsDesk
from crmkit.desks.tasks import TasksDesk

__all__ = [
    "AppointmentsDesk",
    "BudgetRow",
    "CalendarsDesk",
    "CampaignsDesk",
    "CasesDesk",
    "ConsentsDesk",
    "ContactDesk",
    "ContractsDesk",
    "CreditSubtype",
    "Delivery",
    "Desks",
    "Dialler",
    "DocumentsDesk",
    "DuplicatesDesk",
    "EmailsDesk",
    "EventHandler",
    "FactsDesk",
    "FailedEvent",
    "IncompleteParties",
    "IncompleteParty",
    "InvoiceSubtype",
    "Invoicing",
    "JournalDesk",
    "LoyaltyDesk",
    "Mailer",
    "NotesDesk",
    "OpportunitiesDesk",
    "OutboxDesk",
    "PartiesDesk",
    "PartyChanges",
    "Portal",
    "PurchasesDesk",
    "Reordering",
    "RequestsDesk",
    "TasksDesk",
    "When",
]
