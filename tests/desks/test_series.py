"""Appointments that come again, free time, and the calendars of others."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from crmkit import Crm, Period, Scope, Settings, days
from crmkit.entities import Appointment, Task
from crmkit.errors import InvalidValueError, NotPermittedError, SlotTakenError, StateMoveError
from crmkit.exchange import read_calendar, update_calendar, write_calendar
from crmkit.scheduling import WorkingHours
from crmkit.store import Rights

if TYPE_CHECKING:
    from crmkit.store import Store
    from tests.desks.conftest import Clock

BERLIN = ZoneInfo("Europe/Berlin")
YEAR = Period.year(2026)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def series(crm: Crm, start: str = "2026-03-23T09:00", rule: str = "FREQ=WEEKLY;COUNT=3", **fields: Any) -> list[Appointment]:
    given: dict[str, Any] = {"minutes": 60, "attendees": "anna", "subject": "jour fixe"}
    first = crm.appointments.schedule("C-17", start_at=berlin(start), rule=rule, **given | fields)
    return of_series(crm, first)


def of_series(crm: Crm, first: Appointment) -> list[Appointment]:
    found = crm.appointments.agenda(states=("planned", "held", "cancelled"))
    return [one for one in found if one.series_id == first.series_id]


def local(appointments: list[Appointment]) -> list[str]:
    return [f"{one.start_at.astimezone(BERLIN):%m-%d %H:%M}" for one in appointments]


def test_a_series_keeps_its_time_on_the_clock_over_the_change_of_daylight_saving(crm: Crm) -> None:
    made = series(crm)

    assert local(made) == ["03-23 09:00", "03-30 09:00", "04-06 09:00"]
    assert made[1].start_at - made[0].start_at == timedelta(days=7, hours=-1)
    assert len({one.series_id for one in made}) == 1
    assert crm.check() == ()


def test_of_a_series_all_is_planned_or_nothing(crm: Crm) -> None:
    crm.appointments.schedule("C-17", start_at=berlin("2026-04-06T09:30"), minutes=15, attendees="anna", subject="visit")

    with pytest.raises(SlotTakenError):
        series(crm)

    assert len(crm.appointments.agenda()) == 1


def test_a_series_that_overlaps_itself_is_refused(crm: Crm) -> None:
    with pytest.raises(SlotTakenError):
        series(crm, rule="FREQ=DAILY;COUNT=2", minutes=24 * 60 + 1)
    assert len(series(crm, rule="FREQ=DAILY;COUNT=2", minutes=24 * 60)) == 2


@pytest.mark.parametrize("rule", ["FREQ=WEEKLY", "FREQ=DAILY;COUNT=501", "FREQ=HOURLY;COUNT=2", "every Monday"])
def test_a_series_needs_an_end_and_a_rule_of_days(crm: Crm, rule: str) -> None:
    with pytest.raises(InvalidValueError, match="rule"):
        series(crm, rule=rule)


def test_one_of_a_series_is_moved_or_cancelled_alone(crm: Crm) -> None:
    made = series(crm)

    crm.appointments.move(made[1].id, start_at=berlin("2026-03-31T10:00"))
    crm.appointments.cancel(made[2].id, because="ill")

    after = of_series(crm, made[0])
    assert local(after) == ["03-23 09:00", "03-31 10:00", "04-06 09:00"]
    assert [one.state for one in after] == ["planned", "planned", "cancelled"]


def test_the_rest_of_a_series_is_moved_by_as_many_days_to_the_same_time(crm: Crm) -> None:
    made = series(crm, rule="FREQ=WEEKLY;COUNT=4")
    crm.appointments.cancel(made[2].id, because="Easter")

    crm.appointments.move_rest(made[1].id, start_at=berlin("2026-03-31T14:00"), minutes=30)

    after = of_series(crm, made[0])
    assert local(after) == ["03-23 09:00", "03-31 14:00", "04-06 09:00", "04-14 14:00"]
    assert [one.minutes for one in after] == [60, 30, 60, 30]
    assert crm.check() == ()


def test_the_rest_of_a_series_may_move_onto_its_own_former_times(crm: Crm) -> None:
    made = series(crm, rule="FREQ=DAILY;COUNT=3")

    crm.appointments.move_rest(made[0].id, start_at=made[0].start_at + timedelta(days=1))

    assert local(of_series(crm, made[0])) == ["03-24 09:00", "03-25 09:00", "03-26 09:00"]


def test_where_one_of_the_rest_has_no_room_none_is_moved(crm: Crm) -> None:
    made = series(crm)
    crm.appointments.schedule("C-17", start_at=berlin("2026-04-07T09:00"), minutes=15, attendees="anna", subject="visit")

    with pytest.raises(SlotTakenError) as refused:
        crm.appointments.move_rest(made[1].id, start_at=berlin("2026-03-31T09:00"))

    assert refused.value.start_at == berlin("2026-04-07T09:00")
    assert local(of_series(crm, made[0])) == local(made)


def test_the_rest_of_a_series_is_called_off(crm: Crm) -> None:
    made = series(crm)

    crm.appointments.cancel_rest(made[1].id, because="project stopped")

    assert [one.state for one in of_series(crm, made[0])] == ["planned", "cancelled", "cancelled"]
    with pytest.raises(StateMoveError):
        crm.appointments.cancel_rest(made[1].id, because="again")


def test_the_rest_of_what_is_no_series_is_the_appointment_itself(crm: Crm) -> None:
    alone = crm.appointments.schedule("C-17", start_at=berlin("2026-04-07T09:00"), minutes=15, attendees="anna", subject="visit")
    crm.appointments.schedule("C-17", start_at=berlin("2026-04-08T09:00"), minutes=15, attendees="anna", subject="visit")

    crm.appointments.cancel_rest(alone.id, because="ill")

    assert [one.state for one in crm.appointments.agenda(states=("planned", "cancelled"))] == ["cancelled", "planned"]


def test_the_same_series_with_the_same_key_is_made_once(crm: Crm) -> None:
    made = series(crm, key="k-1")

    assert series(crm, key="k-1") == made


MONDAY = Period(date(2026, 1, 5), date(2026, 1, 6))


def slots(crm: Crm, attendees: Any = "anna", within: Period = MONDAY, **fields: Any) -> list[str]:
    given: dict[str, Any] = {"minutes": 30, "within": within}
    found = crm.appointments.free_slots(attendees, **given | fields)
    return [f"{slot.start_at.astimezone(BERLIN):%H:%M}-{slot.end_at.astimezone(BERLIN):%H:%M}" for slot in found]


def test_free_is_what_the_working_hours_leave_beside_appointments(crm: Crm) -> None:
    crm.appointments.schedule("C-17", start_at=berlin("2026-01-05T10:00"), minutes=60, attendees=["anna", "ben"], subject="visit")
    off = crm.appointments.schedule("C-17", start_at=berlin("2026-01-05T15:00"), minutes=60, attendees="anna", subject="call")
    crm.appointments.cancel(off.id, because="ill")

    assert slots(crm) == ["09:00-10:00", "11:00-17:00"]
    assert slots(crm, ["anna", "ben"], buffer_minutes=15) == ["09:00-09:45", "11:15-17:00"]
    assert slots(crm, "cleo") == ["09:00-17:00"]


def test_each_employee_has_hours_of_their_own_and_everybody_else_the_others(store: Store, clock: Clock) -> None:
    mornings = WorkingHours("Europe/Berlin", {0: [(time(8), time(12))]})
    settings = Settings(zone="Europe/Berlin", hours={"anna": mornings, "*": WorkingHours("Europe/Berlin", {0: [(time(10), time(18))]})})
    crm = Crm(store, scope=Scope(tenant="acme", actor="anna"), settings=settings, clock=clock)

    assert slots(crm, "anna") == ["08:00-12:00"]
    assert slots(crm, ["anna", "ben"]) == ["10:00-12:00"]
    assert Settings(hours=mornings).hours_of("anyone") == mornings


def test_on_a_holiday_of_the_settings_nobody_is_free(store: Store, clock: Clock) -> None:
    settings = Settings(zone="Europe/Berlin", holidays={MONDAY.start})
    crm = Crm(store, scope=Scope(tenant="acme", actor="anna"), settings=settings, clock=clock)

    assert slots(crm) == []
    assert slots(crm, within=Period(date(2026, 1, 6), date(2026, 1, 7))) == ["09:00-17:00"]


@pytest.mark.parametrize(("now", "free"), [("10:14:30", ["10:15-17:00"]), ("16:30", ["16:30-17:00"]), ("16:31", [])])
def test_what_is_past_is_not_free(crm: Crm, clock: Clock, now: str, free: list[str]) -> None:
    clock.now = berlin(f"2026-01-05T{now}")

    assert slots(crm) == free


def test_a_free_slot_can_be_booked_and_then_it_is_not_free_any_more(crm: Crm) -> None:
    slot = next(crm.appointments.free_slots("anna", minutes=30, within=MONDAY))

    crm.appointments.schedule("C-17", start_at=slot.start_at, minutes=slot.minutes, attendees="anna", subject="visit")

    assert slots(crm) == []


def test_free_time_needs_the_right_to_see_it(store: Store, crm: Crm, clock: Clock) -> None:
    narrow = Crm(store, scope=Scope(tenant="acme", actor="ben", rights=Rights(verbs={"get": "all"})), settings=Settings(), clock=clock)

    assert slots(crm)
    with pytest.raises(NotPermittedError):
        slots(narrow)


def test_the_feed_of_an_employee_has_appointments_and_what_is_open(crm: Crm) -> None:
    visit = crm.appointments.schedule("C-17", start_at=berlin("2026-01-05T10:00"), minutes=60, attendees=["anna", "ben"], subject="visit")
    off = crm.appointments.schedule("C-17", start_at=berlin("2026-01-06T10:00"), minutes=60, attendees="anna", subject="call")
    crm.appointments.cancel(off.id, because="ill")
    task = crm.tasks.assign("anna", text="pack", due_on=days(1))
    crm.tasks.assign("ben", text="for somebody else", due_on=days(1))
    recall = crm.contact.recall("C-17", on=berlin("2026-01-07T14:00"), employee_id="anna")
    reminder = crm.tasks.follow_up(crm.get(Task, task.id), on=days(2), note="packed?")

    feed = crm.calendars.feed("anna")

    found = read_calendar(feed, zone="Europe/Berlin", employee_id="anna")
    assert set(found.appointments) == {visit, crm.get(Appointment, off.id)}
    assert (found.tasks, found.recalls, found.follow_ups) == ((task,), (recall,), (reminder,))
    assert "SUMMARY:Wiederanruf: Müller GmbH" in feed.replace("\r\n ", "")


def test_a_feed_of_some_days_leaves_the_others_out(crm: Crm) -> None:
    crm.appointments.schedule("C-17", start_at=berlin("2026-01-05T10:00"), minutes=60, attendees="anna", subject="visit")
    crm.tasks.assign("anna", text="pack", due_on=date(2026, 1, 5))

    assert "BEGIN:V" in crm.calendars.feed("anna", within=MONDAY).replace("BEGIN:VCALENDAR", "")
    assert "BEGIN:V" not in crm.calendars.feed("anna", within=Period.month(2026, 2)).replace("BEGIN:VCALENDAR", "")


def test_a_feed_needs_its_own_right_alone(store: Store, crm: Crm, clock: Clock) -> None:
    visit = crm.appointments.schedule("C-17", start_at=berlin("2026-01-05T10:00"), minutes=60, attendees="anna", subject="visit")
    rights = Rights(verbs={"calendars.feed": "all"})
    reader = Crm(store, scope=Scope(tenant="acme", actor="ben", rights=rights), settings=Settings(), clock=clock)

    assert read_calendar(reader.calendars.feed("anna"), zone="UTC", employee_id="anna").appointments == (visit,)
    with pytest.raises(NotPermittedError):
        Crm(store, scope=Scope(tenant="acme", actor="ben", rights=Rights(verbs={})), clock=clock).calendars.feed("anna")


def from_outside(start: datetime, **fields: Any) -> Appointment:
    given: dict[str, Any] = {"id": "7@a.example", "minutes": 30, "attendees": "anna", "subject": "Zahnarzt", "calendar_uid": "7@a.example"}
    return Appointment(start_at=start, **given | fields)


def test_an_appointment_of_another_calendar_comes_in_and_makes_busy(crm: Crm) -> None:
    crm.calendars.take_in([from_outside(berlin("2026-01-05T09:00"))])

    assert slots(crm) == ["09:30-17:00"]
    with pytest.raises(SlotTakenError):
        crm.appointments.schedule("C-17", start_at=berlin("2026-01-05T09:00"), minutes=5, attendees="anna", subject="visit")


def test_a_change_and_a_cancellation_come_in(crm: Crm) -> None:
    crm.calendars.take_in([from_outside(berlin("2026-01-05T09:00"))])

    crm.calendars.take_in([from_outside(berlin("2026-01-05T10:00"), place="Wien")])
    assert (slots(crm), crm.get(Appointment, "7@a.example").place) == (["09:00-10:00", "10:30-17:00"], "Wien")

    crm.calendars.take_in([from_outside(berlin("2026-01-05T10:00")).cancelled("no time")])
    assert slots(crm) == ["09:00-17:00"]

    version = crm.get(Appointment, "7@a.example").version
    crm.calendars.take_in([from_outside(berlin("2026-01-05T11:00"))])
    assert crm.get(Appointment, "7@a.example").version == version


def test_what_somebody_changed_in_his_calendar_comes_back(crm: Crm, clock: Clock) -> None:
    visit = crm.appointments.schedule("C-17", start_at=berlin("2026-01-05T10:00"), minutes=60, attendees="anna", subject="visit")
    moved = visit.moved(berlin("2026-01-05T11:00"))
    file = update_calendar(crm.calendars.feed("anna"), [moved], zone="Europe/Berlin", at=clock.now)

    crm.calendars.take_in(read_calendar(file, zone="Europe/Berlin", employee_id="anna").appointments)

    assert crm.get(Appointment, visit.id) == moved


def test_what_did_not_change_leaves_no_trace(crm: Crm) -> None:
    visit = crm.appointments.schedule("C-17", start_at=berlin("2026-01-05T10:00"), minutes=60, attendees="anna", subject="visit")

    crm.calendars.take_in([visit])

    assert crm.get(Appointment, visit.id).version == visit.version == 1


def test_a_written_calendar_needs_a_moment_with_a_zone() -> None:
    with pytest.raises(InvalidValueError, match="naive"):
        write_calendar([], zone="UTC", at=datetime(2026, 1, 1))  # noqa: DTZ001  # a naive one is the point
    assert write_calendar([], zone="UTC", at=datetime(2026, 1, 1, tzinfo=UTC)).startswith("BEGIN:VCALENDAR")
