"""Parties, and when they are contacted."""

from __future__ import annotations

from typing import Any

from crmkit.entities import ContactPlan, Interaction, Party, Recall
from crmkit.records.declarations import PARTY, Field, RecordKind

PARTIES: tuple[RecordKind[Any], ...] = (
    RecordKind(
        name="party",
        entity=Party,
        fields=(
            Field(name="owner_id"),
            Field(name="created_on", type="day"),
            Field(name="parent_id"),
            Field(name="verified_on", type="day"),
        ),
        indexes=(("owner_id",), ("parent_id",), ("verified_on",)),
    ),
    RecordKind(
        name="contact_plan",
        entity=ContactPlan,
        fields=(Field(name="next_contact_on", type="day"),),
        indexes=(("next_contact_on",),),
        id_refers_to="party",
    ),
    RecordKind(
        name="recall",
        entity=Recall,
        fields=(PARTY, Field(name="due_on", type="day"), Field(name="state"), Field(name="employee_id")),
        indexes=(("state", "due_on"), ("party_id", "state", "due_on")),
    ),
    RecordKind(
        name="interaction",
        entity=Interaction,
        fields=(PARTY, Field(name="happened_at", type="instant")),
        indexes=(("party_id", "happened_at"),),
    ),
)
