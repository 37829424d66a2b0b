"""The standard columns of each table, and what each of them holds."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Holds: TypeAlias = Literal["id", "text", "day", "instant", "amount", "number", "flag"]

SALES: Mapping[str, Holds] = MappingProxyType(
    {
        "customer_id": "id",
        "issued_on": "day",
        "revenue": "amount",
        "document_id": "id",
        "document_kind": "text",
        "document_subtype": "text",
        "reverses_document_id": "id",
        "item_id": "id",
        "item_group": "text",
        "salesperson_id": "id",
        "quantity": "number",
        "unit": "text",
        "unit_price": "number",
        "discount": "amount",
        "cost": "amount",
        "variable_cost": "amount",
        "project_id": "id",
        "currency": "text",
    }
)
CUSTOMERS: Mapping[str, Holds] = MappingProxyType(
    {
        "customer_id": "id",
        "name": "text",
        "created_on": "day",
        "active": "flag",
        "is_customer": "flag",
        "industry": "text",
        "region": "text",
        "owner_id": "id",
        "parent_id": "id",
        "excluded": "text",
    }
)
DOCUMENTS: Mapping[str, Holds] = MappingProxyType(
    {
        "document_id": "id",
        "document_kind": "text",
        "customer_id": "id",
        "issued_on": "day",
        "amount": "amount",
        "currency": "text",
        "state": "text",
        "document_subtype": "text",
        "predecessor_id": "id",
        "salesperson_id": "id",
        "decided_on": "day",
    }
)
CONTACT_PLANS: Mapping[str, Holds] = MappingProxyType(
    {
        "customer_id": "id",
        "frequency_days": "number",
        "frequency_months": "number",
        "series_on": "day",
        "counted_from": "text",
        "last_contact_on": "day",
        "contact_count": "number",
        "planned_on": "day",
        "postponed_to": "day",
        "ends_on": "day",
        "quiet_start_on": "day",
        "quiet_end_on": "day",
        "created_on": "day",
        "recall_on": "day",
        "appointment_on": "day",
        "abc_class": "text",
        "value": "amount",
        "tags": "text",
        "roles": "text",
        "owner_id": "id",
    }
)
INTERACTIONS: Mapping[str, Holds] = MappingProxyType(
    {
        "customer_id": "id",
        "happened_at": "instant",
        "happened_on": "day",
        "kind": "text",
        "direction": "text",
        "reached": "flag",
        "automatic": "flag",
        "salesperson_id": "id",
        "document_id": "id",
        "minutes": "number",
    }
)
LEADS: Mapping[str, Holds] = MappingProxyType(
    {
        "created_on": "day",
        "created_at": "instant",
        "customer_id": "id",
        "converted_on": "day",
        "source": "text",
        "source_detail": "text",
        "campaign_id": "id",
        "salesperson_id": "id",
        "region": "text",
    }
)
OPPORTUNITIES: Mapping[str, Holds] = MappingProxyType(
    {
        "opportunity_id": "id",
        "customer_id": "id",
        "opened_on": "day",
        "state": "text",
        "closed_on": "day",
        "expected_on": "day",
        "amount": "amount",
        "probability": "number",
        "category": "text",
        "stage": "text",
        "pipeline": "text",
        "lost_reason": "text",
        "first_contact_on": "day",
        "salesperson_id": "id",
        "region": "text",
        "currency": "text",
    }
)
STAGE_MOVES: Mapping[str, Holds] = MappingProxyType(
    {
        "subject_id": "id",
        "happened_at": "instant",
        "happened_on": "day",
        "to_stage": "text",
        "from_stage": "text",
        "pipeline": "text",
        "reason": "text",
        "salesperson_id": "id",
    }
)
TOUCHES: Mapping[str, Holds] = MappingProxyType(
    {
        "customer_id": "id",
        "happened_at": "instant",
        "happened_on": "day",
        "channel": "text",
        "kind": "text",
        "campaign_id": "id",
        "cost": "amount",
    }
)
CONVERSIONS: Mapping[str, Holds] = MappingProxyType(
    {
        "conversion_id": "id",
        "customer_id": "id",
        "happened_at": "instant",
        "happened_on": "day",
        "amount": "amount",
        "currency": "text",
    }
)
PATHS: Mapping[str, Holds] = MappingProxyType(
    {
        "path": "text",
        "conversions": "number",
        "amount": "amount",
        "non_conversions": "number",
    }
)
SPEND: Mapping[str, Holds] = MappingProxyType(
    {
        "spent_on": "day",
        "amount": "amount",
        "campaign_id": "id",
        "source": "text",
        "channel": "text",
        "currency": "text",
    }
)
QUOTAS: Mapping[str, Holds] = MappingProxyType(
    {
        "salesperson_id": "id",
        "start": "day",
        "end": "day",
        "amount": "amount",
        "currency": "text",
    }
)
CASES: Mapping[str, Holds] = MappingProxyType(
    {
        "case_id": "id",
        "opened_at": "instant",
        "opened_on": "day",
        "closed_at": "instant",
        "closed_on": "day",
        "first_response_at": "instant",
        "due_at": "instant",
        "reopened": "number",
        "kind": "text",
        "employee_id": "id",
        "customer_id": "id",
    }
)
CASE_EVENTS: Mapping[str, Holds] = MappingProxyType(
    {
        "case_id": "id",
        "happened_at": "instant",
        "happened_on": "day",
        "state": "text",
    }
)
RATINGS: Mapping[str, Holds] = MappingProxyType(
    {
        "rated_on": "day",
        "score": "number",
        "kind": "text",
        "customer_id": "id",
        "employee_id": "id",
    }
)
