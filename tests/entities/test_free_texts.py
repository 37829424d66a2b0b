"""Free text: every field of every record holds only what each database can hold."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import UnionType
from typing import Any, get_args, get_type_hints

import attrs
import pytest

from crmkit import Money, Period
from crmkit.entities import (
    Address,
    Appointment,
    Attachment,
    Campaign,
    CampaignMember,
    CampaignResponse,
    Case,
    CaseEvent,
    Commitment,
    Conditions,
    ContactPerson,
    ContactPlan,
    Contract,
    Department,
    Departure,
    Deputy,
    Document,
    Event,
    ExternalId,
    FollowUp,
    Handover,
    HistoryEntry,
    Interaction,
    Line,
    LoyaltyCard,
    LoyaltyEntry,
    MarketingPlan,
    Note,
    OpeningBalance,
    Opportunity,
    OrderedItem,
    Party,
    PartyChange,
    Payment,
    Phone,
    Pipeline,
    PlannedAction,
    PortalRequest,
    Profile,
    Rating,
    Recall,
    Ref,
    Source,
    Spend,
    Stage,
    StageMove,
    Task,
    Touch,
    Unassigned,
)
from crmkit.errors import InvalidValueError
from crmkit.records import KINDS

DAY, AT, EUR = date(2026, 1, 1), datetime(2026, 1, 1, 9, tzinfo=UTC), Money.of(1, "EUR")
JANUARY, ABOUT = Period.month(2026, 1), Ref("party", "C-17")
OWN: dict[str, Any] = {"id": "1", "party_id": "C-17"}

RECORDS: list[Any] = [
    Address(),
    Appointment(**OWN, start_at=AT, minutes=30, attendees="anna", subject="talk"),
    Attachment(**OWN, about=ABOUT, uri="dms:1", title="drawing", kind="drawing", written_at=AT),
    Campaign(id="1", name="spring"),
    CampaignMember(**OWN, campaign_id="1", added_on=DAY),
    CampaignResponse(response="yes", happened_at=AT),
    Case(**OWN, about=ABOUT, opened_at=AT, text="it rattles"),
    CaseEvent(id="1", case_id="1", happened_at=AT, state="captured"),
    Commitment(text="send the list"),
    Conditions(),
    ContactPerson(id="1", last_name="Huber"),
    ContactPlan(party_id="C-17"),
    Contract(**OWN, title="press", starts_on=DAY),
    Departure(**OWN, left_on=DAY, because="price"),
    Department("dispatch"),
    Deputy(id="1", owner_id="anna", deputy_id="ben", period=JANUARY),
    Document(**OWN, kind="invoice", issued_on=DAY, lines=[]),
    Event(**OWN, kind="move", text="moved", happened_at=AT),
    ExternalId(system="erp", external_id="1", party_id="C-17"),
    FollowUp(**OWN, about=ABOUT, due_on=DAY, note="look"),
    Handover(id="1", from_owner="anna", to_owner="ben", starts_on=DAY),
    HistoryEntry(**OWN, happened_at=AT, recorded_at=AT, actor="anna", verb="add", about=ABOUT),
    Interaction(**OWN, happened_at=AT, kind="phone"),
    Line(item_id="I-1", quantity=1, unit_price=1),
    LoyaltyCard(**OWN),
    LoyaltyEntry(**OWN, card_id="1", kind="opening", booked_on=DAY, credit=EUR, revenue=EUR),
    MarketingPlan(id="1", name="2026"),
    Note(**OWN, about=ABOUT, text="look", written_at=AT),
    OpeningBalance(**OWN, contact_count=1),
    Opportunity(**OWN, title="press", opened_on=DAY, pipeline_id="sales", stage="offer", probability="0.4"),
    OrderedItem(item_id="I-1", quantity=1),
    Party(id="C-17", name="Müller", created_on=DAY),
    PartyChange(**OWN, field="region", changed_on=DAY),
    Payment(**OWN, document_id="R-1", amount=EUR, paid_on=DAY),
    Phone(number="1"),
    Pipeline(id="1", stages=[Stage(name="offer", probability="0.4")]),
    PlannedAction(title="fair", period=JANUARY),
    PortalRequest(**OWN, kind="order", placed_at=AT, items=[OrderedItem(item_id="I-1", quantity=1)]),
    Profile(network="xing", handle="huber"),
    Rating(**OWN, rated_on=DAY, kind="csat", score=5),
    Recall(**OWN, due_on=DAY),
    Ref("party", "C-17"),
    Source(),
    Spend(id="1", spent_on=DAY, amount=EUR),
    Stage(name="offer", probability="0.4"),
    StageMove(**OWN, opportunity_id="1", happened_at=AT, happened_on=DAY, from_stage=None, to_stage="offer", pipeline_id="sales"),
    Task(**OWN, text="call", due_on=DAY, employee_id="anna"),
    Touch(**OWN, happened_at=AT, channel="email"),
    Unassigned(id="1", sender="a@b.example", recipients=["c@d.example"], subject="hi", happened_at=AT),
]


def is_text(hint: Any) -> bool:
    return hint is str or (isinstance(hint, UnionType) and set(get_args(hint)) == {str, type(None)})


FIELDS = [
    (record, name)
    for record in RECORDS
    for name, hint in get_type_hints(type(record)).items()
    if is_text(hint) and not name.startswith("_")
]


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b", 17], ids=["NUL", "surrogate", "number"])
@pytest.mark.parametrize(("record", "name"), FIELDS, ids=[f"{type(record).__name__}.{name}" for record, name in FIELDS])
def test_a_field_for_text_refuses_what_a_database_cannot_hold(record: Any, name: str, text: Any) -> None:
    with pytest.raises(InvalidValueError) as refusal:
        attrs.evolve(record, **{name: text})
    assert "\ud800" not in str(refusal.value)


def test_every_kind_of_record_that_users_make_is_looked_at() -> None:
    entities = {kind.entity for kind in KINDS.values() if kind.entity.__module__.startswith("crmkit.entities")}

    assert {entity.__name__ for entity in entities} - {type(record).__name__ for record in RECORDS} == set()
