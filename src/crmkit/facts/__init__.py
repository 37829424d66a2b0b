"""The tables that every analysis reads: from your frames by naming columns, from entities, from a store."""

from crmkit.facts.activity_tables import interactions, leads
from crmkit.facts.company_groups import by_group
from crmkit.facts.contact_plans_table import contact_plans
from crmkit.facts.customer_attributes import add_attribute
from crmkit.facts.customers_table import customers
from crmkit.facts.documents_table import documents
from crmkit.facts.exclusions import excluded_customers, without_excluded
from crmkit.facts.from_entities import contact_plans_from, customers_from, documents_from, sales_from
from crmkit.facts.from_records import (
    case_events_from,
    cases_from,
    interactions_from,
    opportunities_from,
    ratings_from,
    spend_from,
    stage_moves_from,
    touches_from,
)
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
    "case_events_from",
    "cases",
    "cases_from",
    "contact_plans",
    "contact_plans_from",
    "conversions",
    "customers",
    "customers_from",
    "documents",
    "documents_from",
    "excluded_customers",
    "interactions",
    "interactions_from",
    "leads",
    "opportunities",
    "opportunities_from",
    "paths",
    "quotas",
    "ratings",
    "ratings_from",
    "sales",
    "sales_from",
    "sales_problems",
    "spend",
    "spend_from",
    "stage_moves",
    "stage_moves_from",
    "touches",
    "touches_from",
    "without_excluded",
]
