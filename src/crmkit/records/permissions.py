"""Consents and objections."""

from __future__ import annotations

from typing import Any

from crmkit.entities import Consent, Objection
from crmkit.records.declarations import PARTY, Field, RecordKind

PERMISSIONS: tuple[RecordKind[Any], ...] = (
    RecordKind(
        name="consent",
        entity=Consent,
        fields=(PARTY, Field(name="purpose"), Field(name="channel")),
        indexes=(("party_id", "purpose", "channel"),),
    ),
    RecordKind(name="objection", entity=Objection, fields=(PARTY,), indexes=(("party_id",),)),
)
