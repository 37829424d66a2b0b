"""Campaigns, members, spends, plans and touches as values."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from crmkit import Money, Period
from crmkit.entities import Campaign, CampaignMember, MarketingPlan, PlannedAction, Spend, Touch
from crmkit.entities.campaigns import member_id
from crmkit.errors import InvalidValueError

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def a_member(**fields: Any) -> CampaignMember:
    defaults: dict[str, Any] = {"id": "1", "campaign_id": "K-1", "party_id": "C-17", "added_on": date(2026, 1, 1)}
    return CampaignMember(**defaults | fields)


def test_a_party_is_a_member_once_whatever_the_ids_look_like() -> None:
    assert member_id("1", "2 3") != member_id("1 2", "3")
    assert member_id("K-1", "C-17") == member_id("K-1", "C-17")


@pytest.mark.parametrize(("hour", "latest"), [(11, "first"), (12, "second"), (13, "second")])
def test_the_latest_response_is_the_one_that_happened_last(hour: int, latest: str) -> None:
    member = a_member().responded("first", at=NOON).responded("second", at=NOON.replace(hour=hour))

    assert member.response == latest
    assert [one.response for one in member.responses] == ["first", "second"]


def test_who_has_not_responded_has_no_response() -> None:
    assert a_member().response is None


def test_a_campaign_starts_with_its_period() -> None:
    assert Campaign(id="K-1", name="x", period=Period.month(2026, 2)).starts_on == date(2026, 2, 1)
    assert Campaign(id="K-1", name="x").starts_on is None


def test_a_plan_names_each_campaign_once() -> None:
    actions = [PlannedAction(title="x", period=Period.month(2026, month), campaign_id=id) for month, id in ((1, "B"), (2, "A"), (3, "B"))]
    plan = MarketingPlan(id="P", name="x", actions=[*actions, PlannedAction(title="later", period=Period.month(2026, 4))])

    assert plan.campaign_ids == ("B", "A")


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (Campaign, {"id": "K-1", "name": ""}),
        (Campaign, {"id": "K-1", "name": "x", "state": "over"}),
        (Campaign, {"id": "K-1", "name": "x", "budget": Money.of(-1, "EUR")}),
        (Campaign, {"id": "K-1", "name": "x", "period": 2026}),
        (Spend, {"id": "1", "spent_on": date(2026, 1, 1), "amount": 10}),
        (Touch, {"id": "1", "party_id": "C-17", "happened_at": NOON, "channel": "email", "kind": "look"}),
        (Touch, {"id": "1", "party_id": "C-17", "happened_at": datetime(2026, 1, 1), "channel": "email"}),  # noqa: DTZ001
        (PlannedAction, {"title": "", "period": Period.month(2026, 1)}),
    ],
)
def test_what_cannot_be_is_refused(kind: Any, fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        kind(**fields)


def test_a_refund_is_a_negative_spend() -> None:
    assert Spend(id="1", spent_on=date(2026, 1, 1), amount=Money.of(-10, "EUR")).amount == Money.of(-10, "EUR")
