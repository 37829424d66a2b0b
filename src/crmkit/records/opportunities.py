"""Opportunities with their pipelines, contracts, and quotas."""

from __future__ import annotations

from typing import Any

from crmkit.entities import Contract, Opportunity, Pipeline, Quota, StageMove
from crmkit.records.declarations import PARTY, Field, RecordKind

OPPORTUNITIES: tuple[RecordKind[Any], ...] = (
    RecordKind(name="pipeline", entity=Pipeline),
    RecordKind(
        name="opportunity",
        entity=Opportunity,
        fields=(
            PARTY,
            Field(name="state"),
            Field(name="pipeline_id"),
            Field(name="salesperson_id"),
            Field(name="opened_on", type="day"),
            Field(name="expected_on", type="day"),
            Field(name="closed_on", type="day"),
        ),
        indexes=(("party_id", "state"), ("state", "expected_on")),
    ),
    RecordKind(
        name="stage_move",
        entity=StageMove,
        fields=(PARTY, Field(name="opportunity_id", refers_to="opportunity"), Field(name="happened_at", type="instant")),
        indexes=(("opportunity_id", "happened_at"), ("happened_at",)),
    ),
    RecordKind(
        name="contract",
        entity=Contract,
        fields=(PARTY, Field(name="state"), Field(name="due_on", type="day"), Field(name="employee_id")),
        indexes=(("party_id", "state"), ("state", "due_on")),
    ),
    RecordKind(name="quota", entity=Quota),
)
