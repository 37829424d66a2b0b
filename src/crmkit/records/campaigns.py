"""Campaigns, marketing plans and touches."""

from __future__ import annotations

from typing import Any

from crmkit.entities import Campaign, CampaignMember, MarketingPlan, Spend, Touch
from crmkit.records.declarations import PARTY, Field, RecordKind

_CAMPAIGN = Field(name="campaign_id", refers_to="campaign")

CAMPAIGNS: tuple[RecordKind[Any], ...] = (
    RecordKind(
        name="campaign",
        entity=Campaign,
        fields=(Field(name="kind"), Field(name="state"), Field(name="starts_on", type="day")),
        indexes=(("state", "starts_on"),),
    ),
    RecordKind(
        name="campaign_member",
        entity=CampaignMember,
        fields=(PARTY, _CAMPAIGN),
        indexes=(("campaign_id",), ("party_id", "campaign_id")),
    ),
    RecordKind(
        name="spend",
        entity=Spend,
        fields=(_CAMPAIGN, Field(name="spent_on", type="day")),
        indexes=(("campaign_id", "spent_on"), ("spent_on",)),
    ),
    RecordKind(name="marketing_plan", entity=MarketingPlan),
    RecordKind(
        name="touch",
        entity=Touch,
        fields=(PARTY, _CAMPAIGN, Field(name="happened_at", type="instant")),
        indexes=(("party_id", "happened_at"), ("campaign_id", "happened_at"), ("happened_at",)),
    ),
)
