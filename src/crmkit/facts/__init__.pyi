from .activity_tables import interactions, leads
from .company_groups import by_group
from .contact_plans_table import contact_plans
from .customer_attributes import add_attribute
from .customers_table import customers
from .documents_table import documents
from .exclusions import excluded_customers, without_excluded
from .from_entities import contact_plans_from, customers_from, documents_from, sales_from
from .from_records import (
    interactions_from,
    opportunities_from,
    quotas_from,
    spend_from,
    stage_moves_from,
    touches_from,
)
from .from_sales import conversions_from, leads_from
from .from_service import case_events_from, cases_from, ratings_from
from .marketing_tables import conversions, paths, spend, touches
from .purchases import Purchase
from .reporting_currency import in_currency
from .sales_table import sales, sales_problems
from .selling_tables import opportunities, quotas, stage_moves
from .service_tables import case_events, cases, ratings

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
    "conversions_from",
    "customers",
    "customers_from",
    "documents",
    "documents_from",
    "excluded_customers",
    "in_currency",
    "interactions",
    "interactions_from",
    "leads",
    "leads_from",
    "opportunities",
    "opportunities_from",
    "paths",
    "quotas",
    "quotas_from",
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
