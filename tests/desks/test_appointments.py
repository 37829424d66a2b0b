"""Appointments: planned, held or cancelled, linked back to the party; nobody is in two places at once."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from crmkit import Crm, Period, Scope, Settings
from crmkit.entities import Appointment, ContactPlan, Interaction, Party
from crmkit.errors import InvalidValueError, NotStoredError, SlotTakenError, StateMoveError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crmkit.store import Store
    from tests.desks.conftest import Clock, HistoryOf

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def scheduled(crm: Crm, start_at: datetime = NINE, **fields: Any) -> Appointment:
    given: dict[str, Any] = {"minutes": 60, "attendees": "anna", "subject": "new catalogue"}
    return crm.appointments.schedule(fields.pop("party_id", "C-17"), start_at=start_at, **given | fields)


def test_an_appointment_is_planned_and_linked_back_to_its_party(crm: Crm) -> None:
    made = scheduled(crm, attendees=["anna", "ben"], person_id="P-1", place="Wien")

    assert (made.state, made.attendees, made.end_at) == ("planned", frozenset({"anna", "ben"}), NINE + timedelta(hours=1))
    assert crm.appointments.upcoming("C-17") == made == crm.get(Appointment, made.id)
    (planned,) = crm.timeline("C-17", past=False)
    assert (planned.happened_at, planned.summary, planned.about.id) == (NINE, "new catalogue", made.id)


def test_an_appointment_may_be_with_no_party(crm: Crm) -> None:
    fair = scheduled(crm, party_id=None, subject="spring fair")

    assert (fair.party_id, crm.appointments.agenda(employee_id="anna")) == (None, (fair,))


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"party_id": "C-99"}, NotStoredError),
        ({"person_id": "P-9"}, NotStoredError),
        ({"party_id": None, "person_id": "P-1"}, NotStoredError),
        ({"attendees": []}, InvalidValueError),
        ({"minutes": 0}, InvalidValueError),
        ({"minutes": 10**12}, InvalidValueError),
        ({"minutes": 10**15}, InvalidValueError),
        ({"subject": " "}, InvalidValueError),
        ({"start_at": datetime(2026, 1, 5, 9)}, InvalidValueError),  # noqa: DTZ001  # a naive one is the point
    ],
)
def test_an_appointment_with_nobody_or_of_no_length_is_refused(crm: Crm, arguments: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        scheduled(crm, **arguments)
    assert crm.appointments.agenda() == ()


@pytest.mark.parametrize(
    ("start", "end", "taken"),
    [
        (-60, -1, False),
        (-60, 0, False),
        (-60, 1, True),
        (59, 120, True),
        (60, 120, False),
        (61, 120, False),
        (0, 60, True),
        (10, 20, True),
        (-10, 70, True),
    ],
)
def test_two_appointments_may_touch_but_not_overlap(crm: Crm, start: int, end: int, taken: bool) -> None:
    scheduled(crm, minutes=60)

    if taken:
        with pytest.raises(SlotTakenError, match="employee 'anna' is busy"):
            scheduled(crm, NINE + start * MINUTE, minutes=end - start)
    else:
        scheduled(crm, NINE + start * MINUTE, minutes=end - start)
    assert len(crm.appointments.agenda()) == (1 if taken else 2)


def test_every_attendee_must_be_free(crm: Crm) -> None:
    scheduled(crm, attendees=["ben", "eva"])

    scheduled(crm, attendees="anna")
    with pytest.raises(SlotTakenError) as refusal:
        scheduled(crm, attendees=["carl", "eva"])
    assert (refusal.value.employee_id, refusal.value.start_at) == ("eva", NINE)


def test_an_appointment_of_another_tenant_takes_nobodys_time(crm: Crm, store: Store, clock: Clock) -> None:
    scheduled(crm)
    other = Crm(store, scope=Scope(tenant="zenith", actor="anna"), clock=clock)

    assert scheduled(other, party_id=None).state == "planned"


def test_a_cancelled_appointment_frees_the_time(crm: Crm) -> None:
    made = scheduled(crm)

    cancelled = crm.appointments.cancel(made.id, because="ill")

    assert (cancelled.state, cancelled.because, crm.appointments.upcoming("C-17")) == ("cancelled", "ill", None)
    assert scheduled(crm).state == "planned"
    assert [entry for entry in crm.timeline("C-17", past=False) if entry.about.id == made.id] == []


def test_a_held_appointment_still_takes_its_time(crm: Crm, clock: Clock) -> None:
    made = scheduled(crm)
    clock.now = NINE
    crm.appointments.hold(made.id, summary="agreed")

    with pytest.raises(SlotTakenError):
        scheduled(crm)


def test_a_moved_appointment_frees_its_old_time_and_takes_the_new(crm: Crm) -> None:
    made = scheduled(crm)

    moved = crm.appointments.move(made.id, start_at=NINE + 30 * MINUTE)

    assert (moved.start_at, moved.minutes, moved.state) == (NINE + 30 * MINUTE, 60, "planned")
    assert scheduled(crm, NINE, minutes=30).state == "planned"
    with pytest.raises(SlotTakenError):
        scheduled(crm, NINE + 89 * MINUTE, minutes=30)


def test_an_appointment_does_not_move_onto_another(crm: Crm) -> None:
    made = scheduled(crm)
    scheduled(crm, NINE + 60 * MINUTE)

    with pytest.raises(SlotTakenError):
        crm.appointments.move(made.id, start_at=NINE, minutes=61)
    assert crm.get(Appointment, made.id) == made


@pytest.mark.parametrize(("seconds", "accepted"), [(-1, False), (0, True), (1, True)])
def test_an_appointment_is_held_once_it_has_begun(crm: Crm, clock: Clock, seconds: int, accepted: bool) -> None:
    made = scheduled(crm)
    clock.now = NINE + timedelta(seconds=seconds)

    if accepted:
        held = crm.appointments.hold(made.id, summary="they want 20")
        assert (held.state, held.summary) == ("held", "they want 20")
    else:
        with pytest.raises(InvalidValueError, match="an appointment that has begun"):
            crm.appointments.hold(made.id, summary="x")


def test_a_held_appointment_is_a_contact_with_its_party(crm: Crm, clock: Clock) -> None:
    made = scheduled(crm, person_id="P-1")
    clock.now = NINE + timedelta(days=1)

    crm.appointments.hold(made.id, summary="they want 20")

    plan = crm.get(ContactPlan, "C-17")
    assert (plan.contact_count, plan.last_contact_on) == (1, date(2026, 1, 5))
    (entry,) = crm.timeline("C-17", kinds=["interaction"])
    contact = crm.get(Interaction, entry.about.id)
    assert (contact.kind, contact.happened_at, contact.minutes, contact.person_id) == ("visit", NINE, 60, "P-1")


@pytest.mark.parametrize(("party_id", "contact"), [("C-17", None), (None, "visit")])
def test_it_is_no_contact_when_it_was_recorded_already_or_with_no_party(crm: Crm, clock: Clock, party_id: Any, contact: Any) -> None:
    made = scheduled(crm, party_id=party_id)
    clock.now = NINE

    crm.appointments.hold(made.id, summary="x", contact=contact)

    assert crm.get(ContactPlan, "C-17").contact_count == 0


@pytest.mark.parametrize("end", ["held", "cancelled"])
def test_what_is_over_does_not_change_any_more(crm: Crm, clock: Clock, end: str) -> None:
    made = scheduled(crm)
    clock.now = NINE
    over = crm.appointments.hold(made.id, summary="x") if end == "held" else crm.appointments.cancel(made.id, because="x")

    moves: list[Callable[[], object]] = [
        lambda: crm.appointments.hold(made.id, summary="y"),
        lambda: crm.appointments.cancel(made.id, because="y"),
        lambda: crm.appointments.move(made.id, start_at=NINE),
    ]
    for call in moves:
        with pytest.raises(StateMoveError, match=f"cannot move from {end!r}"):
            call()
    assert crm.get(Appointment, made.id) == over


def test_each_step_leaves_a_history_entry(crm: Crm, clock: Clock, history_of: HistoryOf) -> None:
    made = scheduled(crm)
    crm.appointments.move(made.id, start_at=NINE + MINUTE)
    clock.now = NINE + timedelta(days=1)
    crm.appointments.hold(made.id, summary="x", contact=None)

    entries = [entry for entry in history_of() if entry.about.id == made.id]
    assert [entry.verb for entry in entries] == ["appointments.schedule", "appointments.move", "appointments.hold"]
    assert entries[-1].happened_at == NINE + MINUTE


@pytest.mark.usefixtures("crm")
def test_the_host_is_told_so_that_attendees_can_be_notified(store: Store, clock: Clock) -> None:
    desk = Crm(store, scope=Scope(tenant="acme", actor="anna"), settings=Settings(events="appointments.schedule"), clock=clock)

    made = scheduled(desk)

    (event,) = desk.outbox.pending()
    assert (event.verb, event.about.id) == ("appointments.schedule", made.id)


def test_the_agenda_lists_by_employee_party_and_local_days(crm: Crm) -> None:
    crm.add(Party(id="C-18", name="Meier", created_on=date(2026, 1, 1)))
    late = scheduled(crm, datetime(2026, 1, 4, 22, 30, tzinfo=UTC), minutes=30, attendees="ben")  # ends at local midnight
    over_midnight = scheduled(crm, datetime(2026, 1, 4, 22, 30, tzinfo=UTC), minutes=31, party_id="C-18")
    noon = scheduled(crm, NINE)
    evening = scheduled(crm, datetime(2026, 1, 5, 22, 59, tzinfo=UTC), minutes=1, attendees=["anna", "ben"])
    next_day = scheduled(crm, datetime(2026, 1, 5, 23, tzinfo=UTC), attendees="ben")
    day = Period(date(2026, 1, 5), date(2026, 1, 6))

    assert crm.appointments.agenda(within=day) == (over_midnight, noon, evening)
    assert crm.appointments.agenda(within=day, employee_id="ben") == (evening,)
    assert crm.appointments.agenda(employee_id="ben") == (late, evening, next_day)
    assert crm.appointments.agenda(party_id="C-18") == (over_midnight,)
    assert crm.appointments.agenda(party_id="C-17", employee_id="anna") == (noon, evening)


def test_the_agenda_leaves_cancelled_ones_out_unless_asked_for(crm: Crm) -> None:
    gone = crm.appointments.cancel(scheduled(crm).id, because="ill")

    assert crm.appointments.agenda(employee_id="anna") == ()
    assert crm.appointments.agenda(employee_id="anna", states=["cancelled"]) == (gone,)


@pytest.mark.parametrize(("minutes", "there"), [(59, True), (60, False), (61, False)])
def test_the_upcoming_one_is_not_over_yet(crm: Crm, clock: Clock, minutes: int, there: bool) -> None:
    made = scheduled(crm)
    clock.now = NINE + minutes * MINUTE

    assert crm.appointments.upcoming("C-17") == (made if there else None)


def test_old_calendars_are_taken_over_even_where_they_overlap_and_take_time_then(crm: Crm) -> None:
    for id in ("A-1", "A-2"):
        crm.add(Appointment(id=id, start_at=NINE, minutes=60, attendees="ben", subject="x", party_id="C-17"))

    assert [one.id for one in crm.appointments.agenda(employee_id="ben")] == ["A-1", "A-2"]
    with pytest.raises(SlotTakenError):
        scheduled(crm, attendees="ben")


def schedule_at_once(url: str, count: int) -> list[object]:
    """Let several threads schedule the same hour of two employees, in both orders; give what came of each."""
    outcomes: list[object] = []
    gate = threading.Barrier(count)

    def run(number: int) -> None:
        with Crm.open(url, scope=Scope(tenant="acme", actor="anna")) as crm:
            gate.wait()
            try:
                outcomes.append(scheduled(crm, party_id=None, attendees=["anna", f"e{number}", "ben"]))
            except SlotTakenError as error:
                outcomes.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_of_several_at_once_for_one_employee_one_wins(tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy", reason="a file that threads share needs SQL")
    url = f"sqlite:///{tmp_path / 'crm.db'}"
    Crm.open(url, scope=Scope(tenant="acme", actor="anna")).close()

    outcomes = schedule_at_once(url, 4)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Appointment", *["SlotTakenError"] * 3]


def test_an_appointment_of_a_merged_lead_is_with_the_person_he_is_now(crm: Crm) -> None:
    crm.add(Party(id="L-1", name="Eva Wolf", kind="person", created_on=date(2026, 1, 1)))
    made = scheduled(crm, party_id="L-1")

    crm.parties.convert_lead("L-1", into="C-17")

    moved = crm.get(Appointment, made.id)
    assert (moved.party_id, moved.person_id) == ("C-17", "L-1")
    assert crm.appointments.upcoming("C-17") == moved
    assert scheduled(crm, NINE + 60 * MINUTE, party_id="L-1").party_id == "C-17"
