"""Loyalty cards."""

from __future__ import annotations

from typing import Any

from crmkit.entities import LoyaltyCard, LoyaltyEntry
from crmkit.records.declarations import PARTY, Field, RecordKind

LOYALTY: tuple[RecordKind[Any], ...] = (
    RecordKind(name="loyalty_card", entity=LoyaltyCard, fields=(PARTY,), indexes=(("party_id",),)),
    RecordKind(
        name="loyalty_entry",
        entity=LoyaltyEntry,
        fields=(Field(name="card_id", refers_to="loyalty_card"), PARTY, Field(name="booked_on", type="day"), Field(name="invoice_id")),
        indexes=(("party_id", "booked_on"), ("invoice_id",)),
    ),
)
