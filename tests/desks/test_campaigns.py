"""Campaigns at the desk: members, responses, costs, plans, touches."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmkit import Crm, Money, Period, Scope
from crmkit.entities import Campaign, CampaignMember, MarketingPlan, Party, PlannedAction, Spend, Touch
from crmkit.errors import InvalidValueError, MissingColumnError, NotPermittedError, NotStoredError
from crmkit.store import Rights

if TYPE_CHECKING:
    from crmkit.store import Store
    from tests.desks.conftest import Clock, HistoryOf


def eur(amount: int) -> Money:
    return Money.of(amount, "EUR")


@pytest.fixture
def fair(crm: Crm) -> Crm:
    """A desk with two more parties, a fair and a mailing."""
    crm.add(*(Party(id=id, name="x", created_on=date(2026, 1, 1)) for id in ("C-18", "C-19")))
    crm.add(
        Campaign(id="fair", name="Spring fair", kind="event", period=Period.month(2026, 3), budget=eur(1000)),
        Campaign(id="mail", name="Mailing"),
    )
    return crm


def members(crm: Crm, campaign_id: str = "fair", **wanted: Any) -> list[str]:
    return [member.party_id for member in crm.campaigns.members(campaign_id, **wanted)]


def test_members_are_added_once_however_often_they_are_given(fair: Crm, history_of: HistoryOf) -> None:
    fair.campaigns.add_members("fair", ["C-17", "C-18", "C-17"])
    fair.campaigns.record_response("fair", "C-18", response="accepted")

    assert fair.campaigns.add_members("fair", iter(["C-19", "C-18"])) == fair.get(Campaign, "fair")

    assert members(fair) == ["C-17", "C-18", "C-19"]
    assert members(fair, "mail") == []
    assert members(fair, response="accepted") == ["C-18"]
    entries = [(entry.verb, entry.party_id, entry.summary) for entry in history_of() if entry.verb == "campaigns.add_members"]
    assert sorted(entries, key=str) == [("campaigns.add_members", id, "Spring fair") for id in ("C-17", "C-18", "C-19")]


@pytest.mark.parametrize("kind", ["polars", "polars lazy", "pandas", "pyarrow", "duckdb"])
def test_a_frame_of_customers_is_an_audience(fair: Crm, kind: str) -> None:
    rows = {"customer_id": ["C-19", "C-18", "C-19"], "revenue": [1, 2, 3]}
    pl = pytest.importorskip("polars")
    pytest.importorskip(kind.partition(" ")[0])
    made = pl.DataFrame(rows)
    frame = {"polars lazy": made.lazy, "pandas": made.to_pandas, "pyarrow": made.to_arrow}.get(kind, lambda: made)()
    if kind == "duckdb":
        import duckdb  # noqa: PLC0415

        frame = duckdb.from_arrow(made.to_arrow())

    fair.campaigns.add_members("mail", frame)

    assert members(fair, "mail") == ["C-18", "C-19"]


def test_a_frame_without_customers_is_no_audience(fair: Crm) -> None:
    pl = pytest.importorskip("polars")

    with pytest.raises(MissingColumnError, match="customer_id"):
        fair.campaigns.add_members("mail", pl.DataFrame({"Kunde": ["C-17"]}))
    with pytest.raises(InvalidValueError, match="text"):
        fair.campaigns.add_members("mail", pl.DataFrame({"customer_id": ["C-17", None]}))


def test_nobody_is_added_when_one_is_not_stored(fair: Crm) -> None:
    with pytest.raises(NotStoredError, match="no party with id 'C-99'"):
        fair.campaigns.add_members("fair", ["C-17", "C-99"])
    assert members(fair) == []
    with pytest.raises(NotStoredError, match="no campaign with id 'ball'"):
        fair.campaigns.add_members("ball", ["C-17"])


def test_each_response_is_kept_and_the_latest_counts(fair: Crm, clock: Clock) -> None:
    fair.campaigns.add_members("fair", ["C-17"])
    fair.campaigns.record_response("fair", "C-17", response="accepted")
    clock.move_to(date(2026, 3, 5))
    member = fair.campaigns.record_response("fair", "C-17", response="attended")

    assert [one.response for one in member.responses] == ["accepted", "attended"]
    assert (member.response, member.version) == ("attended", 3)
    assert members(fair, response="accepted") == []
    back_dated = fair.campaigns.record_response("fair", "C-17", response="invited", at=datetime(2026, 1, 1, tzinfo=UTC))
    assert back_dated.response == "attended"


def test_whoever_responds_uninvited_becomes_a_member(fair: Crm, history_of: HistoryOf) -> None:
    fair.campaigns.record_response("fair", "C-18", response="attended")

    assert members(fair) == ["C-18"]
    assert [entry.summary for entry in history_of() if entry.kind == "campaign_member"] == ["Spring fair: attended"]
    with pytest.raises(NotStoredError):
        fair.campaigns.record_response("fair", "C-99", response="attended")


def test_a_campaign_costs_what_was_spent_on_it_by_currency(fair: Crm) -> None:
    assert fair.campaigns.cost("fair") == {}

    fair.campaigns.record_spend("fair", amount=eur(300), spent_on=date(2026, 1, 15), text="stand")
    fair.campaigns.record_spend("fair", amount=eur(-50))
    fair.campaigns.record_spend("fair", amount=Money.of(20, "CHF"))
    fair.campaigns.record_spend(None, amount=eur(999), channel="search", source="website")
    fair.add(Spend(id="S-1", spent_on=date(2026, 1, 1), amount=eur(7), campaign_id="fair"))

    assert fair.campaigns.cost("fair") == {"EUR": eur(257), "CHF": Money.of(20, "CHF")}
    for unknown in ("cost", "members"):
        with pytest.raises(NotStoredError):
            getattr(fair.campaigns, unknown)("ball")
    with pytest.raises(NotStoredError):
        fair.campaigns.record_spend("ball", amount=eur(1))


def test_a_plan_compares_budget_and_spends_of_each_action(fair: Crm) -> None:
    quarter, march = Period.quarter(2026, 1), Period.month(2026, 3)
    actions = [
        PlannedAction(title="stand", period=march, budget=eur(1000), campaign_id="fair"),
        PlannedAction(title="invitations", period=quarter, budget=eur(100), campaign_id="fair"),
        PlannedAction(title="mailing", period=quarter, campaign_id="mail"),
        PlannedAction(title="later", period=Period.quarter(2026, 4), budget=eur(500)),
    ]
    fair.add(MarketingPlan(id="2026", name="Plan 2026", actions=actions))
    for campaign_id, day, amount in [
        ("fair", date(2026, 2, 28), 120),
        ("fair", date(2026, 3, 1), 400),
        ("fair", date(2026, 3, 31), 500),
        ("fair", date(2026, 4, 1), 30),
        ("mail", date(2026, 1, 1), 60),
    ]:
        fair.campaigns.record_spend(campaign_id, amount=eur(amount), spent_on=day)

    rows = fair.campaigns.budget("2026")

    assert [(row.action.title if row.action else None, row.spent.get("EUR"), row.left) for row in rows] == [
        ("stand", eur(900), eur(100)),
        ("invitations", eur(120), eur(-20)),
        ("mailing", eur(60), None),
        ("later", None, eur(500)),
        (None, eur(30), None),
    ]
    fair.campaigns.record_spend("fair", amount=Money.of(1, "CHF"), spent_on=date(2026, 3, 2))
    assert fair.campaigns.budget("2026")[0].left is None
    with pytest.raises(NotStoredError, match="no marketing_plan"):
        fair.campaigns.budget("2027")


def test_a_plan_without_campaigns_spends_nothing(fair: Crm) -> None:
    fair.add(MarketingPlan(id="2026", name="x", actions=[PlannedAction(title="x", period=Period.year(2026))]))

    assert [row.spent for row in fair.campaigns.budget("2026")] == [{}]


def test_the_first_touch_stays_the_first_one(fair: Crm, clock: Clock) -> None:
    assert fair.campaigns.first_touch("C-18") is None
    first = fair.campaigns.record_touch("C-18", channel="fair", campaign_id="fair", kind="contact", cost=eur(5))
    clock.move_to(date(2026, 2, 1))
    fair.campaigns.record_touch("C-18", channel="email", campaign_id="mail")
    fair.campaigns.record_touch("C-18", channel="search", at=datetime(2025, 1, 1, tzinfo=UTC))
    fair.campaigns.record_touch("C-19", channel="search")

    assert fair.campaigns.first_touch("C-18") == first
    assert [touch.channel for touch in fair.campaigns.touches("C-18")] == ["search", "fair", "email"]
    with pytest.raises(InvalidValueError, match="a verb of its own"):
        fair.change(attrs.evolve(first, channel="other"))


def test_a_touch_is_of_somebody_and_by_a_campaign_that_is_there(fair: Crm) -> None:
    with pytest.raises(NotStoredError, match="no party"):
        fair.campaigns.record_touch("C-99", channel="email")
    with pytest.raises(NotStoredError, match="no campaign"):
        fair.campaigns.record_touch("C-17", channel="email", campaign_id="ball")
    for reading in (fair.campaigns.touches, fair.campaigns.first_touch):
        with pytest.raises(NotStoredError, match="no party"):
            reading("C-99")


def test_campaigns_and_plans_change_as_records(fair: Crm) -> None:
    changed = fair.change(attrs.evolve(fair.get(Campaign, "fair"), state="running", budget=eur(1200)))

    assert (changed.state, changed.version) == ("running", 2)


def test_with_a_key_each_verb_happens_once(fair: Crm) -> None:
    for _ in range(2):
        fair.campaigns.add_members("fair", ["C-17"], key="1")
        fair.campaigns.record_response("fair", "C-17", response="accepted", key="2")
        fair.campaigns.record_touch("C-17", channel="email", key="3")
        fair.campaigns.record_spend("fair", amount=eur(10), key="4")

    assert len(fair.campaigns.members("fair")[0].responses) == len(fair.campaigns.touches("C-17")) == 1
    assert fair.campaigns.cost("fair") == {"EUR": eur(10)}


def test_whoever_reaches_only_his_own_parties_sees_only_theirs(fair: Crm, store: Store, clock: Clock) -> None:
    fair.campaigns.add_members("fair", ["C-17", "C-18"])
    anna = Crm(store, scope=Scope(tenant="acme", actor="anna", rights=Rights(verbs={"*": "own"})), clock=clock)

    assert members(anna) == ["C-17"]
    with pytest.raises(NotPermittedError):
        anna.campaigns.add_members("fair", ["C-19"])
    with pytest.raises(NotPermittedError):
        anna.campaigns.touches("C-18")
    assert members(fair) == ["C-17", "C-18"]


@pytest.mark.parametrize("kind", [CampaignMember, Touch])
def test_members_and_touches_are_made_by_verbs(fair: Crm, kind: type) -> None:
    entity = (
        CampaignMember(id="1", campaign_id="fair", party_id="C-17", added_on=date(2026, 1, 1))
        if kind is CampaignMember
        else Touch(id="1", party_id="C-17", happened_at=datetime(2026, 1, 1, tzinfo=UTC), channel="email")
    )

    with pytest.raises(InvalidValueError, match="a verb of its own"):
        fair.add(entity)


@pytest.mark.parametrize(("day", "planned"), [(date(2026, 3, 30), True), (date(2026, 3, 31), True), (date(2026, 4, 1), False)])
def test_an_event_stands_in_the_timeline_of_its_participants_until_it_is_over(fair: Crm, clock: Clock, day: date, planned: bool) -> None:
    fair.campaigns.add_members("fair", ["C-17", "C-18"])
    fair.campaigns.add_members("mail", ["C-17"])
    fair.campaigns.record_response("fair", "C-18", response="declined")
    clock.move_to(day)

    coming = {id: [entry.summary for entry in fair.timeline(id) if entry.planned] for id in ("C-17", "C-18")}
    assert coming == {"C-17": ["Spring fair"] if planned else [], "C-18": []}


def test_a_party_that_took_in_another_is_a_member_once_with_all_responses(fair: Crm) -> None:
    fair.campaigns.add_members("fair", ["C-17", "C-18"])
    fair.campaigns.record_response("fair", "C-18", response="accepted")
    first = fair.campaigns.record_touch("C-18", channel="fair")
    fair.parties.convert_lead("C-18", into="C-17")

    fair.campaigns.add_members("fair", ["C-18", "C-17"])
    fair.campaigns.record_response("fair", "C-18", response="attended")
    fair.campaigns.add_members("mail", ["C-18"])

    (member,) = fair.campaigns.members("fair")
    assert (member.party_id, sorted(one.response for one in member.responses)) == ("C-17", ["accepted", "attended"])
    assert members(fair, "mail") == ["C-17"]
    touch = fair.campaigns.first_touch("C-17")
    assert touch is not None
    assert touch.id == first.id
    assert fair.check() == ()
