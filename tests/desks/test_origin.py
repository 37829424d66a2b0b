"""Where a party came from: recorded once, never overwritten."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmkit import Crm, Scope, Settings
from crmkit.entities import Appointment, Campaign, Party, Source
from crmkit.errors import InvalidValueError, NotStoredError

if TYPE_CHECKING:
    from crmkit.store import Store
    from tests.desks.conftest import Clock

FULL = Source(category="fair", detail="Munich 2026", referred_by="C-17", met_at_id="A-1", campaign_id="K-1")


def a_lead(id: str = "C-18", source: Source | None = None) -> Party:
    return Party(id=id, name="Meier", created_on=date(2026, 1, 1), source=source)


@pytest.fixture
def origin(crm: Crm) -> Crm:
    """A desk with a campaign and an appointment to come from."""
    met_at = Appointment(id="A-1", start_at=datetime(2025, 12, 1, 9, tzinfo=UTC), minutes=60, attendees="anna", subject="fair")
    crm.add(Campaign(id="K-1", name="Spring"), met_at)
    return crm


@pytest.mark.parametrize(
    "other",
    [
        None,
        Source(),
        attrs.evolve(FULL, category="website"),
        attrs.evolve(FULL, detail="Hanover 2026"),
        attrs.evolve(FULL, detail=None),
        attrs.evolve(FULL, referred_by=None),
        attrs.evolve(FULL, met_at_id="A-2"),
        attrs.evolve(FULL, campaign_id="K-2"),
    ],
)
def test_a_source_is_never_overwritten(origin: Crm, other: Source | None) -> None:
    origin.add(a_lead(source=FULL))

    with pytest.raises(InvalidValueError, match="a source is never overwritten") as caught:
        origin.change(attrs.evolve(origin.get(Party, "C-18"), source=other))
    assert "Munich" not in str(caught.value)
    assert origin.get(Party, "C-18").source == FULL


def test_what_is_empty_is_filled_once(origin: Crm) -> None:
    origin.add(a_lead())
    for source in (Source(category="fair"), attrs.evolve(FULL, campaign_id=None), FULL, FULL):
        origin.change(attrs.evolve(origin.get(Party, "C-18"), source=source))

    assert origin.get(Party, "C-18").source == FULL
    with pytest.raises(InvalidValueError, match=r"source\.category"):
        origin.change(attrs.evolve(origin.get(Party, "C-18"), source=Source(category="website")))


def test_other_fields_change_beside_the_source(origin: Crm) -> None:
    origin.add(a_lead(source=FULL))

    assert origin.change(attrs.evolve(origin.get(Party, "C-18"), region="south")).source == FULL


def test_a_lead_keeps_its_source_as_a_customer(origin: Crm) -> None:
    origin.add(a_lead(source=FULL))
    origin.change(origin.get(Party, "C-18").with_role("customer"))

    assert origin.get(Party, "C-18").source == FULL


@pytest.mark.parametrize(
    ("source", "missing"),
    [
        (Source(referred_by="C-99"), "no party with id 'C-99'"),
        (Source(met_at_id="A-99"), "no appointment with id 'A-99'"),
        (Source(campaign_id="K-99"), "no campaign with id 'K-99'"),
    ],
)
def test_a_source_refers_to_what_exists(origin: Crm, source: Source, missing: str) -> None:
    with pytest.raises(NotStoredError, match=missing):
        origin.add(a_lead(source=source))
    origin.add(a_lead())
    with pytest.raises(NotStoredError, match=missing):
        origin.change(attrs.evolve(origin.get(Party, "C-18"), source=source))


def test_a_source_can_come_together_with_what_it_refers_to(crm: Crm) -> None:
    crm.add(a_lead(source=Source(campaign_id="K-1", referred_by="C-19")), a_lead("C-19"), Campaign(id="K-1", name="x"))

    assert crm.get(Party, "C-18").source == Source(campaign_id="K-1", referred_by="C-19")


def test_two_that_brought_each_other_are_tolerated_but_nobody_brought_himself(crm: Crm) -> None:
    crm.add(a_lead("C-18", Source(referred_by="C-19")), a_lead("C-19", Source(referred_by="C-18")))

    assert crm.get(Party, "C-18").source == Source(referred_by="C-19")
    with pytest.raises(InvalidValueError, match="another party than itself"):
        a_lead("C-20", Source(referred_by="C-20"))


def test_whoever_was_merged_still_brought_others(crm: Crm) -> None:
    crm.add(a_lead("C-18"))
    crm.parties.convert_lead("C-18", into="C-17")

    crm.add(a_lead("C-19", Source(referred_by="C-18")))

    assert crm.get(Party, "C-19").source == Source(referred_by="C-18")


def test_the_settings_list_the_categories(store: Store, clock: Clock) -> None:
    settings = Settings(source_categories=["fair", "website"])
    desk = Crm(store, scope=Scope(tenant="acme", actor="anna"), settings=settings, clock=clock)

    desk.add(a_lead(source=Source(category="fair")), a_lead("C-19"), a_lead("C-20", Source()))
    with pytest.raises(InvalidValueError, match="one of the categories of the settings: fair, website"):
        desk.add(a_lead("C-21", Source(category="telephone")))
    with pytest.raises(InvalidValueError, match="one of the categories"):
        desk.change(attrs.evolve(desk.get(Party, "C-19"), source=Source(category="telephone")))


def test_a_category_that_is_no_longer_listed_stays_where_it_is(crm: Crm, store: Store, clock: Clock) -> None:
    crm.add(a_lead(source=Source(category="telephone")))
    desk = Crm(store, scope=Scope(tenant="acme", actor="anna"), settings=Settings(source_categories="fair"), clock=clock)

    changed = attrs.evolve(desk.get(Party, "C-18"), source=Source(category="telephone", detail="hotline"))
    assert desk.change(changed).source == Source(category="telephone", detail="hotline")


@pytest.mark.parametrize("categories", [[""], [1], 7])
def test_categories_are_texts(categories: Any) -> None:
    with pytest.raises(InvalidValueError):
        Settings(source_categories=categories)
