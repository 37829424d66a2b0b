"""Segments in a store: rules as data, who belongs to them, who joined and left when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs
import pandas as pd
import pytest

from crmkit import Crm, Scope
from crmkit.classification import Segment
from crmkit.conditions import Condition
from crmkit.entities import Document, Line, Party, SavedSegment
from crmkit.errors import InvalidValueError, MissingColumnError, NotPermittedError, NotStoredError
from crmkit.records import JournalEntry
from crmkit.store import Query, Rights

if TYPE_CHECKING:
    from crmkit.store import Store
    from tests.desks.conftest import Clock

BIG = Segment("big", [Condition("revenue", "at_least", 200)])
ASLEEP = Segment("asleep", [Condition("days_since_purchase", "at_least", 180)])
JANUARY_1 = date(2026, 1, 1)


def an_invoice(id: str, party_id: str, amount: int, *, issued_on: date = JANUARY_1, currency: str = "EUR") -> Document:
    lines = [Line(item_id="I-1", quantity=1, unit_price=Decimal(amount))]
    return Document(id=id, kind="invoice", party_id=party_id, issued_on=issued_on, currency=currency, lines=lines)


@pytest.fixture
def company(crm: Crm) -> Crm:
    """Two customers of the north: one buys for 300, the other for 100; the desk's own takes no part."""
    crm.change(attrs.evolve(crm.get(Party, "C-17"), excluded="not asked"))
    for id, amount in (("S-1", 300), ("S-2", 100)):
        crm.add(Party(id=id, name=id, created_on=date(2025, 1, 1), roles="customer", region="north", owner_id="anna"))
        crm.add(an_invoice(f"R-{id}", id, amount))
    return crm


def told(crm: Crm, party_id: str) -> list[str | None]:
    entries = crm.timeline(party_id, newest_first=False).entries
    return [entry.summary for entry in entries if getattr(entry, "verb", "") == "parties.refresh_segments"]


def test_a_segment_is_found_by_its_rules(company: Crm) -> None:
    company.parties.refresh_segments([BIG])

    assert company.parties.segment_members("big") == ("S-1",)


def test_rules_are_data_and_come_back_as_they_were_given(company: Crm) -> None:
    conditions = [
        Condition("created_on", "less_than", date(2026, 1, 1)),
        Condition("region", "one_of", ("north", "west")),
        Condition("revenue", "more_than", Decimal("99.50")),
        Condition("active", "equal", value=True),
        Condition("industry", "missing"),
    ]
    company.parties.refresh_segments([Segment("north", conditions)])

    assert company.parties.segments() == (SavedSegment(id="north", conditions=conditions, refreshed_on=JANUARY_1),)
    assert company.parties.segment_members("north") == ("S-1", "S-2")


def test_a_refresh_applies_the_rules_that_are_kept(company: Crm, clock: Clock) -> None:
    company.parties.refresh_segments([BIG])
    clock.move_to(date(2026, 1, 10))
    company.add(an_invoice("R-9", "S-2", 100, issued_on=date(2026, 1, 9)))

    company.parties.refresh_segments()

    assert company.parties.segment_members("big") == ("S-1", "S-2")


def test_who_joins_and_who_leaves_has_an_event_in_its_history(company: Crm, clock: Clock) -> None:
    company.parties.refresh_segments([ASLEEP])
    clock.move_to(JANUARY_1 + timedelta(days=180))
    company.parties.refresh_segments()
    company.add(an_invoice("R-9", "S-1", 5, issued_on=JANUARY_1 + timedelta(days=180)))
    company.parties.refresh_segments()

    assert told(company, "S-1") == ["joined asleep", "left asleep"]
    assert told(company, "S-2") == ["joined asleep"]


@pytest.mark.parametrize(("days", "members"), [(179, ()), (180, ("S-1", "S-2")), (181, ("S-1", "S-2"))])
def test_the_day_of_joining_belongs_to_the_segment(company: Crm, clock: Clock, days: int, members: tuple[str, ...]) -> None:
    company.parties.refresh_segments([ASLEEP])
    clock.move_to(JANUARY_1 + timedelta(days=180))
    company.parties.refresh_segments()

    assert company.parties.segment_members("asleep", on=JANUARY_1 + timedelta(days=days)) == members


@pytest.mark.parametrize(("on", "names"), [(date(2026, 1, 9), ("big",)), (date(2026, 1, 10), ()), (date(2026, 1, 11), ())])
def test_the_day_of_leaving_does_not(company: Crm, clock: Clock, on: date, names: tuple[str, ...]) -> None:
    company.parties.refresh_segments([BIG])
    clock.move_to(date(2026, 1, 10))
    company.parties.refresh_segments([Segment("big", [Condition("revenue", "at_least", 301)])])

    assert company.parties.segments_of("S-1", on=on) == names


def test_who_comes_back_is_a_member_twice(company: Crm, clock: Clock) -> None:
    company.parties.refresh_segments([BIG])
    clock.move_to(date(2026, 1, 10))
    company.parties.refresh_segments([Segment("big", [Condition("revenue", "at_least", 301)])])
    clock.move_to(date(2026, 1, 20))
    company.parties.refresh_segments([BIG])

    asked = [date(2026, 1, day) for day in (9, 10, 19, 20)]
    assert [company.parties.segment_members("big", on=on) for on in asked] == [("S-1",), (), (), ("S-1",)]


def test_a_refresh_that_changes_nothing_leaves_no_trace(company: Crm, store: Store) -> None:
    def entries() -> int:
        with store.transaction("acme", write=False) as transaction:
            return len(transaction.find(Query(JournalEntry)))

    company.parties.refresh_segments([BIG])
    before = entries()
    company.parties.refresh_segments()

    assert entries() == before


def test_a_refresh_on_another_day_has_a_history_though_nobody_joined_or_left(company: Crm, clock: Clock) -> None:
    company.parties.refresh_segments([BIG])
    clock.move_to(date(2026, 1, 2))

    company.parties.refresh_segments()

    assert company.check() == ()


def test_figures_of_any_engine_can_be_rules_too(company: Crm) -> None:
    loyal = Segment("champions", [Condition("rfm_segment", "equal", "champions"), Condition("region", "equal", "north")])
    figures = pd.DataFrame({"customer_id": ["S-1", "S-2"], "rfm_segment": ["champions", "at_risk"]})

    company.parties.refresh_segments([loyal], figures=figures)

    assert company.parties.segment_members("champions") == ("S-1",)


def test_who_bought_nothing_has_figures_of_zero(company: Crm) -> None:
    company.add(Party(id="L-1", name="x", created_on=JANUARY_1))
    nothing = Segment("nothing", [Condition("purchases", "equal", 0), Condition("is_customer", "equal", value=False)])
    company.parties.refresh_segments([nothing])

    assert "L-1" in company.parties.segment_members("nothing")


def test_the_class_that_counts_is_the_effective_one(company: Crm) -> None:
    company.parties.record_classes({"S-1": "B", "S-2": "A"})
    company.change(attrs.evolve(company.get(Party, "S-1"), manual_class="A"))
    company.parties.refresh_segments([Segment("a", [Condition("abc_class", "equal", "A")])])

    assert company.parties.segment_members("a") == ("S-1", "S-2")


def test_of_a_customer_in_two_currencies_one_that_fits_is_enough(company: Crm) -> None:
    company.add(an_invoice("R-9", "S-2", 900, currency="CHF"))
    company.parties.refresh_segments([Segment("swiss", [Condition("currency", "equal", "CHF"), Condition("revenue", "at_least", 900)])])

    assert company.parties.segment_members("swiss") == ("S-2",)


def test_excluded_parties_belong_to_none(company: Crm) -> None:
    company.change(attrs.evolve(company.get(Party, "S-1"), excluded="internal"))
    company.parties.refresh_segments([BIG])

    assert company.parties.segment_members("big") == ()


def test_a_merged_lead_takes_its_memberships_along(company: Crm) -> None:
    company.add(Party(id="L-1", name="x", created_on=JANUARY_1, region="south"))
    company.parties.refresh_segments([Segment("south", [Condition("region", "equal", "south")])])
    company.parties.convert_lead("L-1", into="S-1")
    assert company.parties.segment_members("south") == ("S-1",)

    company.parties.refresh_segments()

    assert company.parties.segment_members("south") == ()


def test_a_day_before_the_last_refresh_is_refused(company: Crm, clock: Clock) -> None:
    clock.move_to(date(2026, 1, 10))
    company.parties.refresh_segments([BIG])

    with pytest.raises(InvalidValueError, match="a day not before 2026-01-10"):
        company.parties.refresh_segments(at=datetime(2026, 1, 9, 12, tzinfo=UTC))


def test_two_segments_of_one_name_are_refused(company: Crm) -> None:
    with pytest.raises(InvalidValueError, match="names that differ"):
        company.parties.refresh_segments([BIG, BIG])


def test_a_rule_over_an_unknown_column_is_refused_and_nothing_kept(company: Crm) -> None:
    with pytest.raises(MissingColumnError, match="shoe_size"):
        company.parties.refresh_segments([BIG, Segment("shoes", [Condition("shoe_size", "at_least", 44)])])

    assert company.parties.segments() == ()


def test_an_unknown_segment_is_refused(company: Crm) -> None:
    with pytest.raises(NotStoredError):
        company.parties.segment_members("gone")


def test_rights_to_ones_own_parties_show_their_memberships_only(company: Crm, store: Store, clock: Clock) -> None:
    company.add(Party(id="S-3", name="x", created_on=JANUARY_1, roles="customer", owner_id="ben"), an_invoice("R-9", "S-3", 500))
    company.parties.refresh_segments([BIG])
    rights = Rights(verbs={"parties.segment_members": "own"})
    ben = Crm(store, scope=Scope(tenant="acme", actor="ben", rights=rights), clock=clock)

    assert ben.parties.segment_members("big") == ("S-3",)
    with pytest.raises(NotPermittedError):
        ben.parties.refresh_segments()


def test_what_is_kept_holds_together(company: Crm) -> None:
    company.parties.refresh_segments([BIG, ASLEEP])

    assert company.check() == ()
