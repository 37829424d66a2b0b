"""What a policy and a party's wishes do at a desk: the next contact is always up to date."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import attrs
import pytest

from crmkit import Crm, Money, Period, Scope, Settings, days
from crmkit.entities import ContactPlan, Document, Line, OpenHours, Party, Recurrence
from crmkit.errors import InvalidValueError, NotStoredError
from crmkit.scheduling import ContactCounts, ContactPolicy

if TYPE_CHECKING:
    from crmkit.store import Store
    from tests.desks.conftest import Clock

POLICY = ContactPolicy(by_tag={"VIP": days(1)}, by_role={"customer": days(2)}, by_owner={"ben": days(3)}, otherwise=days(4))


def desk(store: Store, clock: Clock, policy: ContactPolicy = POLICY) -> Crm:
    return Crm(store, scope=Scope(tenant="acme", actor="anna"), settings=Settings(zone="Europe/Berlin", policy=policy), clock=clock)


def next_on(crm: Crm) -> date | None:
    return crm.get(ContactPlan, "L-1").next_contact_on


@pytest.fixture
def lead(store: Store, clock: Clock) -> Crm:
    crm = desk(store, clock)
    crm.add(Party(id="L-1", name="Huber", created_on=date(2025, 12, 1)))
    crm.record_interaction("L-1", kind="phone")
    return crm


def test_the_next_contact_follows_owner_role_and_tag(lead: Crm) -> None:
    assert next_on(lead) == date(2026, 1, 6)

    lead.change(attrs.evolve(lead.get(Party, "L-1"), owner_id="ben"))
    assert next_on(lead) == date(2026, 1, 5)

    lead.documents.quote("L-1", lines=[Line(item_id="I-1", quantity=1, unit_price=5)])
    assert next_on(lead) == date(2026, 1, 4)

    lead.change(attrs.evolve(lead.get(Party, "L-1"), tags=["VIP"]))
    assert next_on(lead) == date(2026, 1, 3)
    assert lead.check() == ()


@pytest.mark.usefixtures("lead")
def test_after_a_change_of_policy_all_plans_are_brought_up_to_date(store: Store, clock: Clock) -> None:
    changed = desk(store, clock, ContactPolicy(otherwise=days(30)))
    assert next_on(changed) == date(2026, 1, 6)

    changed.contact.refresh()

    assert next_on(changed) == date(2026, 2, 1)
    assert changed.check() == ()


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Pacific/Auckland", "America/New_York"])
def test_after_a_change_of_time_zone_appointments_are_due_on_their_new_day(lead: Crm, zone: str) -> None:
    at = datetime(2026, 1, 7, 23, 30, tzinfo=UTC)
    lead.appointments.schedule("L-1", start_at=at, minutes=30, attendees="anna", subject="offer")
    place = lead._workplace  # noqa: SLF001  # the same store and clock, other settings
    moved = Crm(place.store, scope=place.scope, settings=attrs.evolve(place.settings, zone=zone), clock=place.clock)
    day = at.astimezone(ZoneInfo(zone)).date()

    moved.contact.refresh()

    days_listed = [on for on in (day - timedelta(days=1), day) if any(row.kind == "appointment" for row in moved.work_queue(as_of=on))]
    assert days_listed == [day]
    assert moved.check() == ()


@pytest.mark.usefixtures("lead")
def test_after_a_change_of_what_counts_contacts_are_counted_anew(store: Store, clock: Clock) -> None:
    changed = desk(store, clock, ContactPolicy(otherwise=days(30), counts=ContactCounts(kinds=["visit"])))

    changed.contact.refresh()

    assert (changed.get(ContactPlan, "L-1").contact_count, next_on(changed)) == (0, date(2025, 12, 1))
    assert changed.check() == ()


def test_after_a_change_of_currency_parties_are_worth_what_they_brought_in_it(lead: Crm) -> None:
    line = Line(item_id="I-1", quantity=1, unit_price=100, unit_cost=60)
    lead.add(Document(id="R-1", kind="invoice", party_id="L-1", issued_on=date(2026, 1, 1), lines=[line], currency="CHF"))
    place = lead._workplace  # noqa: SLF001  # as above
    swiss = Crm(place.store, scope=place.scope, settings=attrs.evolve(place.settings, currency="CHF"), clock=place.clock)
    assert [problem.message for problem in swiss.check()] == ["work_item contact_plan L-1: takes its party for worth less than it may be"]

    swiss.contact.refresh()

    assert swiss.check() == ()
    assert [row.value for row in swiss.work_queue(as_of=date(2026, 3, 1))] == [Money.of(40, "CHF")]


def test_a_refresh_that_changes_nothing_writes_nothing(lead: Crm) -> None:
    lead.contact.recall("L-1", on=date(2026, 2, 1))
    before = lead.export()

    lead.contact.refresh()

    assert lead.export() == before


def test_a_plan_may_follow_a_rule_keep_its_days_and_end(lead: Crm) -> None:
    mondays = Recurrence("FREQ=WEEKLY;BYDAY=MO", date(2026, 1, 5))

    plan = lead.contact.plan("L-1", frequency=mondays, counted_from="deadline", ends_on=date(2026, 6, 30))

    assert (plan.counted_from, plan.ends_on, plan.next_contact_on) == ("deadline", date(2026, 6, 30), date(2026, 1, 5))
    assert [row.reasons[0].code for row in lead.work_queue(as_of=date(2026, 1, 5))] == ["series_due"]
    assert lead.work_queue(as_of=date(2026, 1, 4)).rows == ()
    assert lead.check() == ()


def test_a_rule_that_cannot_be_counted_is_refused(lead: Crm) -> None:
    with pytest.raises(InvalidValueError, match="COUNT"):
        lead.contact.plan("L-1", frequency=Recurrence("FREQ=WEEKLY;COUNT=3", date(2026, 1, 5)))


@pytest.mark.parametrize(("as_of", "listed"), [("2026-01-31", ["L-1"]), ("2026-02-01", []), ("2026-02-28", []), ("2026-03-01", ["L-1"])])
def test_a_party_that_wishes_quiet_is_not_suggested(lead: Crm, as_of: str, listed: list[str]) -> None:
    lead.contact.keep_quiet("L-1", period=Period.month(2026, 2))

    assert [row.party_id for row in lead.work_queue(as_of=date.fromisoformat(as_of))] == listed


def test_a_party_can_say_when_it_is_to_be_reached(lead: Crm, clock: Clock) -> None:
    clock.move_to(date(2026, 1, 5))  # a Monday, noon in Berlin, six in the morning in New York
    lead.contact.keep_quiet("L-1", reachable=[OpenHours(0, time(9), time(17))], zone="America/New_York")

    assert str(lead.contact.quiet_now("L-1")) == "to be reached on this day from 09:00 to 17:00, there it is 06:00"
    lead.contact.keep_quiet("L-1", reachable=[OpenHours(0, time(9), time(17))])
    assert lead.contact.quiet_now("L-1") is None


def test_the_wishes_of_nobody_are_not_stored(lead: Crm) -> None:
    with pytest.raises(NotStoredError):
        lead.contact.quiet_now("C-99")
    with pytest.raises(NotStoredError):
        lead.contact.keep_quiet("C-99")


def test_why_a_suggestion_was_postponed_stands_on_the_timeline(lead: Crm) -> None:
    lead.contact.postpone("L-1", to=days(30), because="on holiday")

    assert [entry.summary for entry in lead.timeline("L-1") if entry.verb == "contact.postpone"] == ["on holiday"]


def test_after_an_attempt_the_party_rests(store: Store, clock: Clock) -> None:
    crm = desk(store, clock, ContactPolicy(otherwise=days(1), retry_after=days(2)))
    crm.add(Party(id="L-1", name="Huber", created_on=date(2025, 12, 1)))

    crm.record_interaction("L-1", kind="phone", reached=False)

    assert [[row.party_id for row in crm.work_queue(as_of=date(2026, 1, day))] for day in (2, 3)] == [[], ["L-1"]]
    assert crm.check() == ()
