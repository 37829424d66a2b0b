"""What customers ask for by themselves."""

from __future__ import annotations

from typing import Any

from crmkit.entities import PortalRequest
from crmkit.records.declarations import PARTY, Field, RecordKind

PORTAL: tuple[RecordKind[Any], ...] = (
    RecordKind(
        name="portal_request",
        entity=PortalRequest,
        fields=(PARTY, Field(name="state"), Field(name="placed_at", type="instant")),
        indexes=(("state", "placed_at"), ("party_id", "placed_at")),
    ),
)
