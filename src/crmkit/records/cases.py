"""Cases and ratings."""

from __future__ import annotations

from typing import Any

from crmkit.entities import Case, CaseEvent, Rating
from crmkit.records.declarations import PARTY, Field, RecordKind

CASES: tuple[RecordKind[Any], ...] = (
    RecordKind(
        name="case",
        entity=Case,
        fields=(
            PARTY,
            Field(name="about_key"),
            Field(name="opened_at", type="instant"),
            Field(name="pending_since", type="instant"),
            Field(name="employee_id"),
        ),
        indexes=(
            ("party_id", "opened_at"),
            ("party_id", "pending_since"),
            ("about_key",),
            ("pending_since",),
            ("employee_id", "pending_since"),
        ),
    ),
    RecordKind(
        name="case_event",
        entity=CaseEvent,
        fields=(Field(name="case_id", refers_to="case"), Field(name="happened_at", type="instant")),
        indexes=(("case_id", "happened_at"),),
    ),
    RecordKind(
        name="rating",
        entity=Rating,
        fields=(PARTY, Field(name="rated_on", type="day")),
        indexes=(("party_id", "rated_on"), ("rated_on",)),
    ),
)
