"""The tables that every analysis reads: from your frames by naming columns, from entities, from a store."""

from crmkit.facts.activity_tables import interactions, leads
from crmkit.facts.company_groups import by_group
from crmkit.facts.contact_plans_table import contact_plans
from crmkit.facts.customer_attributes import add_attribute
from crmkit.facts.customers_table import customers
from crmkit.facts.documents_table import documents
from crmkit.facts.exclusions import excluded_customers, without_excluded
from crmkit.facts.from_entities import contact_plans_from, customers_from, documents_from, sales_from
from crmkit.facts.marketing_tables import conversions, paths, spend, touches
from crmkit.facts.purchases import Purchase
from crmkit.facts.sales_table import sales, sales_problems
from crmkit.facts.selling_tables import opportunities, quotas, stage_moves
from crmkit.facts.service_tables import case_events, cases, ratings

__all__ = [
    "Purchase",
    "add_attribute",
    "by_group",
    "case_events",
    "cases",
    "contact_plans",
    "contact_plans_from",
    "conversions",
    "customers",
    "customers_from",
    "documents",
    "documents_from",
    "excluded_customers",
    "interactions",
    "leads",
    "opportunities",
    "paths",
    "quotas",
    "ratings",
    "sales",
    "sales_from",
    "sales_problems",
    "spend",
    "stage_moves",
    "touches",
    "without_excluded",
]
