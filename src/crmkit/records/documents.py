"""Documents."""

from __future__ import annotations

from typing import Any

from crmkit.entities import Document
from crmkit.records.declarations import PARTY, Field, RecordKind

DOCUMENTS: tuple[RecordKind[Any], ...] = (
    RecordKind(
        name="document",
        entity=Document,
        fields=(PARTY, Field(name="kind"), Field(name="issued_on", type="day"), Field(name="predecessor_id")),
        indexes=(("party_id", "issued_on"), ("issued_on",), ("predecessor_id",)),
    ),
)
