"""The JSON form: nothing is lost, nothing unknown is taken, every problem has its place."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Interval, Money, Period
from crmkit.conditions import Condition
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
    Consent,
    ContactPerson,
    ContactPlan,
    Contract,
    Departure,
    Deputy,
    Document,
    DocumentTotals,
    Event,
    ExternalId,
    FollowUp,
    Handover,
    HistoryEntry,
    Interaction,
    Line,
    LoyaltyCard,
    LoyaltyEntry,
    LoyaltyRate,
    MarketingPlan,
    Note,
    Objection,
    OpeningBalance,
    Opportunity,
    Party,
    PartyChange,
    Payment,
    Phone,
    Pipeline,
    PlannedAction,
    Profile,
    Quota,
    Rating,
    Recall,
    Ref,
    RoundingPolicy,
    SavedSegment,
    SegmentMember,
    Source,
    Spend,
    Stage,
    StageMove,
    Task,
    Touch,
    Unassigned,
    structure,
    unstructure,
)
from crmkit.entities.stored_form import entity_of
from crmkit.errors import InvalidDataError, InvalidValueError

BERLIN = ZoneInfo("Europe/Berlin")
FULL = (
    Party(
        id="C-17",
        name="Müller GmbH",
        created_on=date(2026, 1, 1),
        roles=["customer", "supplier"],
        people=[
            ContactPerson(
                id="1", last_name="Huber", topics="prices", preferred="phone", forbidden="letter", phones=[Phone(number="1", extension="2")]
            )
        ],
        addresses=[Address(city="Wien", country="AT", default=True)],
        emails=["a@example.com"],
        profiles=[Profile(network="xing", handle="m")],
        source=Source(category="fair", detail="2026"),
        categories=["b", "a"],
        manual_class="B",
        conditions=Conditions(payment_days=30, discount_ratio="0.03"),
        external_ids={"erp": "17"},
        custom={"rate": Decimal("1.50"), "since": date(2020, 1, 1), "vip": True, "size": 3, "note": "x"},
        version=3,
    ),
    Document(
        id="R-1",
        kind="credit_note",
        party_id="C-17",
        issued_on=date(2026, 1, 31),
        currency="JPY",
        predecessor_id="R-0",
        lines=[Line(item_id="1", quantity="250.50", unit_price="1.37", unit_cost="0.01", price_unit=100, discount_ratio="0.1")],
        rounding=RoundingPolicy(per="total", cash_step="5"),
        subtype="bonus",
        totals=DocumentTotals(net=Money.of(1, "JPY"), tax=Money.of(0, "JPY"), payable=Money.of(2, "JPY")),
        billing_address=Address(city="Wien", country="AT"),
        conditions=Conditions(cash_discount_ratio="0.02", cash_discount_days=10),
        due_on=date(2026, 2, 1),
    ),
    Interaction(
        id="1",
        party_id="C-17",
        happened_at=datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN),
        kind="phone",
        commitments=[Commitment(text="x", due_on=date(2026, 1, 1))],
    ),
    ContactPlan(party_id="C-17", frequency=Interval(months=1, days=2), last_contact_on=date(2026, 1, 1)),
    Recall(id="1", party_id="C-17", due_on=date(2026, 1, 1), due_time=time(9, 30)),
    Payment(id="1", document_id="R-1", party_id="C-17", amount=Money.of("1.50", "EUR"), paid_on=date(2026, 1, 1)),
    Appointment(
        id="1",
        start_at=datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN),
        minutes=60,
        attendees=["ben", "anna"],
        subject="x",
        party_id="C-17",
        state="held",
        summary="y",
    ),
    Task(id="1", text="x", due_on=date(2026, 1, 1), department_id="dispatch", about=Ref("party", "C-17"), party_id="C-17"),
    FollowUp(id="1", about=Ref("party", "C-17"), due_on=date(2026, 1, 1), due_time=time(9), note="x", state="done"),
    Note(id="1", about=Ref("party", "C-17"), text="x", written_at=datetime(2026, 1, 1, tzinfo=UTC)),
    Attachment(id="1", about=Ref("party", "C-17"), uri="dms:1", title="x", kind="offer", written_at=datetime(2026, 1, 1, tzinfo=UTC)),
    Event(id="1", party_id="C-17", kind="move", text="x", happened_at=datetime(2026, 1, 1, tzinfo=UTC)),
    OpeningBalance(id="1", party_id="C-17", contact_count=3, last_contact_on=date(2026, 1, 1), voided_because="x"),
    Unassigned(
        id="1",
        sender="a@b.example",
        recipients=["c@d.example"],
        subject="",
        happened_at=datetime(2026, 1, 1, tzinfo=UTC),
        candidate_ids=["C-17"],
        state="assigned",
        interaction_id="1",
    ),
    Party(
        id="L-1",
        name="Eva Huber",
        created_on=date(2026, 1, 1),
        active=False,
        merged_into="C-17",
        computed_class="C",
        people=[
            ContactPerson(
                id="1",
                last_name="x",
                partner="y",
                relationship="neighbour",
                interests=["chess", "art"],
                talk_notes="z",
                profiles=[Profile(network="xing", handle="e")],
            )
        ],
    ),
    PartyChange(id="1", party_id="C-17", field="owner_id", changed_on=date(2026, 1, 1), before="anna", after="ben"),
    SavedSegment(
        id="big",
        conditions=[
            Condition("revenue", "at_least", Decimal("1000.50")),
            Condition("purchases", "more_than", 3),
            Condition("region", "one_of", ("north", "west")),
            Condition("created_on", "less_than", date(2026, 1, 1)),
            Condition("changed_at", "less_than", datetime(2026, 1, 1, tzinfo=UTC)),
            Condition("active", "equal", value=True),
            Condition("industry", "missing"),
        ],
        refreshed_on=date(2026, 1, 2),
    ),
    SegmentMember(id="1", segment_id="big", party_id="C-17", joined_on=date(2026, 1, 1), left_on=date(2026, 1, 1)),
    Departure(id="1", party_id="C-17", left_on=date(2026, 1, 1), because="price", interaction_id="2"),
    Handover(id="1", from_owner="a", to_owner="b", starts_on=date(2026, 1, 1), state="done", party_ids=["C-17"]),
    Deputy(id="1", owner_id="a", deputy_id="b", period=Period.month(2026, 1)),
    ExternalId(system="erp", external_id="1", party_id="C-17"),
    Case(
        id="1",
        about=Ref("project", "P-1"),
        opened_at=datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN),
        due_at=datetime(2026, 11, 1, tzinfo=UTC),
        started_at=datetime(2026, 10, 26, tzinfo=UTC),
        closed_at=datetime(2026, 10, 27, tzinfo=UTC),
        state="closed",
        text="x",
        reopened=2,
    ),
    CaseEvent(id="1", case_id="1", happened_at=datetime(2026, 1, 1, tzinfo=UTC), state="reopened", text="x"),
    Rating(id="1", party_id="C-17", rated_on=date(2026, 1, 1), kind="nps", score=0, comment="x"),
    LoyaltyCard(id="K-1", party_id="C-17", rates=[LoyaltyRate(ratio="0.020", since=date(2026, 1, 1))], active=False),
    LoyaltyEntry(
        id="1",
        card_id="K-1",
        party_id="C-17",
        kind="return",
        booked_on=date(2026, 1, 1),
        credit=Money.of("-0.07", "EUR"),
        revenue=Money.of("-3.33", "EUR"),
        points=-3,
        rate=Decimal("0.02"),
        flagged=True,
    ),
    HistoryEntry(
        id="1",
        party_id=None,
        happened_at=datetime(2026, 1, 1, tzinfo=UTC),
        recorded_at=datetime(2026, 1, 1, tzinfo=UTC),
        actor="a",
        verb="add",
        about=Ref("party", "C-17"),
    ),
    Pipeline(
        id="service",
        stages=[Stage(name="visit", probability="0.25", moves=["offer", "won"]), Stage(name="offer", probability="0.5")],
        lost_reasons=["price"],
        version=2,
    ),
    Opportunity(
        id="O-1",
        party_id="C-17",
        title="press",
        opened_on=date(2026, 1, 1),
        stage="offer",
        probability="0.5",
        pipeline_id="service",
        amount=Money.of("1200.50", "EUR"),
        lines=[Line(item_id="1", quantity=1, unit_price="1200.50")],
        expected_on=date(2026, 3, 1),
        category="best_case",
        state="won",
        closed_on=date(2026, 2, 1),
        closed_at=datetime(2026, 2, 1, 9, tzinfo=UTC),
    ),
    StageMove(
        id="1",
        opportunity_id="O-1",
        party_id="C-17",
        happened_at=datetime(2026, 2, 1, 9, tzinfo=UTC),
        happened_on=date(2026, 2, 1),
        to_stage="won",
        from_stage="offer",
        pipeline_id="service",
    ),
    Contract(
        id="V-1",
        party_id="C-17",
        title="press",
        starts_on=date(2026, 1, 31),
        term=Interval(months=12),
        renewal=Interval(months=1),
        notice=Interval(days=30),
        renewals=2,
        amount=Money.of(100, "EUR"),
    ),
    Campaign(id="K-1", name="x", kind="event", period=Period.month(2026, 3), budget=Money.of(5, "EUR"), state="running"),
    CampaignMember(
        id="3 K-1 C-17",
        campaign_id="K-1",
        party_id="C-17",
        added_on=date(2026, 1, 1),
        responses=[CampaignResponse(response="accepted", happened_at=datetime(2026, 1, 2, tzinfo=UTC))],
    ),
    Quota(id="1", salesperson_id="anna", period=Period.month(2026, 1), amount=Money.of(5, "EUR")),
    Spend(id="1", spent_on=date(2026, 1, 1), amount=Money.of(-5, "EUR"), campaign_id="K-1"),
    MarketingPlan(id="P-1", name="x", actions=[PlannedAction(title="x", period=Period.year(2026), budget=Money.of(5, "EUR"))]),
    Consent(
        id="1",
        party_id="C-17",
        channel="email",
        basis="existing_customer",
        granted_at=datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN),
        source="x",
        text_version="2026-1",
        withdrawn_at=datetime(2026, 11, 1, tzinfo=UTC),
        last_used_at=datetime(2026, 10, 31, tzinfo=UTC),
    ),
    Objection(
        id="1", party_id="C-17", objected_at=datetime(2026, 1, 1, tzinfo=UTC), channel="phone", lifted_at=datetime(2026, 1, 2, tzinfo=UTC)
    ),
    Touch(id="1", party_id="C-17", happened_at=datetime(2026, 1, 1, tzinfo=UTC), channel="email", cost=Money.of(1, "EUR")),
)


@pytest.mark.parametrize("entity", FULL, ids=lambda entity: type(entity).__name__)
def test_an_entity_comes_back_as_it_went(entity: Any) -> None:
    data = json.loads(json.dumps(unstructure(entity)))

    for again in (structure(type(entity), data), entity_of(type(entity), data)):
        assert again == entity
        assert again.version == entity.version


def test_the_hour_that_daylight_saving_repeats_stays_the_second_one() -> None:
    assert structure(Interaction, unstructure(FULL[2])).happened_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_the_same_entity_has_the_same_text_however_its_sets_are_ordered() -> None:
    tags = [f"tag {number}" for number in range(20)]
    one, other = (Party(id="1", name="x", created_on=date(2026, 1, 1), tags=order) for order in (tags, reversed(tags)))

    assert json.dumps(unstructure(one)) == json.dumps(unstructure(other))


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@given(st.dictionaries(TEXTS, TEXTS | st.integers() | st.booleans() | st.dates() | st.decimals(allow_nan=False, allow_infinity=False)))
def test_custom_fields_keep_their_types(custom: dict[str, Any]) -> None:
    party = Party(id="1", name="x", created_on=date(2026, 1, 1), custom=custom)

    again = structure(Party, unstructure(party)).custom

    assert {name: (type(value), value) for name, value in again.items()} == {name: (type(value), value) for name, value in custom.items()}


def test_every_problem_is_named_with_its_place() -> None:
    data: Any = {
        "id": "1",
        "created_on": "2026-13-01",
        "hobby": 1,
        "people": [{"id": "1"}],
        "custom": {"size": [1]},
        "emails": ["a@example.com"],
    }

    with pytest.raises(InvalidDataError) as caught:
        structure(Party, data)

    assert {problem.column for problem in caught.value.problems} == {None, "created_on", "name", "people[0].last_name", "custom['size']"}
    assert "hobby" in str(caught.value)


def test_what_the_entity_itself_refuses_is_named_too() -> None:
    with pytest.raises(InvalidDataError, match="id='' is not allowed"):
        structure(Party, {"id": "", "name": "x", "created_on": "2026-01-01"})


@pytest.mark.parametrize("data", [[], None, "x", 1])
def test_only_a_mapping_can_be_an_entity(data: Any) -> None:
    with pytest.raises(InvalidValueError, match="a mapping of field names"):
        structure(Party, data)


def test_a_float_is_no_amount() -> None:
    with pytest.raises(InvalidDataError):
        structure(Line, {"item_id": "1", "quantity": 1.5, "unit_price": "1"})  # type: ignore[dict-item]
    assert structure(Line, {"item_id": "1", "quantity": 2, "unit_price": "1"}).quantity == 2


def test_a_kind_that_is_no_entity_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="kind='int'"):
        structure(int, {})


def test_a_day_that_is_none_is_told_with_an_example() -> None:
    with pytest.raises(InvalidDataError, match=r"created_on: .*2026-01-31"):
        structure(Party, {"id": "1", "name": "x", "created_on": "gestern"})


@pytest.mark.parametrize("value", [True, 1, False, 0, Decimal(1), "1", date(2026, 1, 31), (1, 2)])
def test_what_a_condition_compares_with_comes_back_as_it_was(value: Any) -> None:
    test: Any = "one_of" if isinstance(value, tuple) else "equal"
    segment = SavedSegment(id="x", conditions=[Condition("revenue", test, value)])

    for back in (structure(SavedSegment, unstructure(segment)), entity_of(SavedSegment, unstructure(segment))):
        (condition,) = back.conditions
        assert (condition.value, type(condition.value)) == (value, type(value))
