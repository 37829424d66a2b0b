"""One desk per topic, each a small class that `Crm` composes."""

from crmkit.desks.budgets import BudgetRow
from crmkit.desks.campaigns import CampaignsDesk
from crmkit.desks.contact import ContactDesk
from crmkit.desks.contracts import ContractsDesk
from crmkit.desks.documents import CreditSubtype, DocumentsDesk, InvoiceSubtype
from crmkit.desks.facts import FactsDesk
from crmkit.desks.moments import When
from crmkit.desks.opportunities import OpportunitiesDesk
from crmkit.desks.purchases import PurchasesDesk

__all__ = [
    "BudgetRow",
    "CampaignsDesk",
    "ContactDesk",
    "ContractsDesk",
    "CreditSubtype",
    "DocumentsDesk",
    "FactsDesk",
    "InvoiceSubtype",
    "OpportunitiesDesk",
    "PurchasesDesk",
    "When",
]
