"""The standard columns of each table, and what each of them holds."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Holds: TypeAlias = Literal["id", "text", "day", "amount", "number", "flag"]

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
