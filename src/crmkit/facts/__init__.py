"""The tables that every analysis reads: from your frames by naming columns, from entities, from a store."""

from crmkit.facts.contact_plans_table import contact_plans
from crmkit.facts.customer_attributes import add_attribute, rolled_up, without_excluded
from crmkit.facts.customers_table import customers
from crmkit.facts.documents_table import documents
from crmkit.facts.from_entities import contact_plans_from, customers_from, documents_from, sales_from
from crmkit.facts.purchases import Purchase
from crmkit.facts.sales_table import sales, sales_problems

__all__ = [
    "Purchase",
    "add_attribute",
    "contact_plans",
    "contact_plans_from",
    "customers",
    "customers_from",
    "documents",
    "documents_from",
    "rolled_up",
    "sales",
    "sales_from",
    "sales_problems",
    "without_excluded",
]
