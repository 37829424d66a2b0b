"""One desk per topic, each a small class that `Crm` composes."""

from crmkit.desks.contact import ContactDesk
from crmkit.desks.facts import FactsDesk
from crmkit.desks.moments import When

__all__ = ["ContactDesk", "FactsDesk", "When"]
