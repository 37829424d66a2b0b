"""Calendars: what we write comes back equal and others can read it; what others wrote is read, changed and written back."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import attrs
import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Period
from crmkit.entities import Appointment, FollowUp, Recall, Ref, Task
from crmkit.errors import InvalidValueError, MissingExtraError
from crmkit.exchange import CalendarContents, read_calendar, update_calendar, write_calendar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NINE = datetime(2026, 3, 2, 8, tzinfo=UTC)  # in Berlin
FILES = ("ms_tzid.ics", "radicale-0816.ics", "radicale-0827.ics", "vtodo.ics")


def visit(**fields: Any) -> Appointment:
    given_: dict[str, Any] = {"id": "T-1", "start_at": NINE, "minutes": 60, "attendees": "anna", "subject": "new catalogue"}
    return Appointment(**given_ | fields)


def written(*entries: Any, **options: Any) -> str:
    return write_calendar(entries, zone="Europe/Berlin", at=NOW, **options)


def read(text: str | bytes, **options: Any) -> CalendarContents:
    return read_calendar(text, zone="Europe/Berlin", employee_id="anna", **options)


def calendar_of(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//a//b//EN", *lines, "END:VCALENDAR", ""])


def event(*lines: str) -> str:
    return calendar_of("BEGIN:VEVENT", "UID:7@a.example", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT")


def shown(text: str) -> Any:
    """The only event or to-do, by a second reader."""
    (component,) = (one for one in icalendar.Calendar.from_ical(text).walk() if one.name in ("VEVENT", "VTODO"))
    return component


def test_an_appointment_is_an_event_in_local_time_with_the_rules_of_its_zone() -> None:
    text = written(visit(place="Wien"), names={"C-1": "Müller"}, title="Anna")

    made = shown(text)
    assert (made.start, made.end) == (NINE.astimezone(ZoneInfo("Europe/Berlin")), NINE + timedelta(hours=1))
    assert (str(made["SUMMARY"]), str(made["LOCATION"]), str(made["STATUS"])) == ("new catalogue", "Wien", "CONFIRMED")
    assert [str(zone["TZID"]) for zone in icalendar.Calendar.from_ical(text).timezones] == ["Europe/Berlin"]


def test_the_same_entry_has_the_same_uid_every_time_and_a_higher_sequence_when_it_was_changed() -> None:
    first, second = shown(written(visit(version=1))), shown(written(visit(version=2, start_at=NINE + timedelta(days=1))))

    assert str(first["UID"]) == str(second["UID"]) == "appointment-T-1@crmkit"
    assert (first["SEQUENCE"], second["SEQUENCE"]) == (0, 1)


def test_the_party_is_named_in_the_title_and_employees_are_attendees_by_their_address() -> None:
    made = shown(written(visit(party_id="C-1"), names={"C-1": "Müller, Graz"}, emails={"anna": "anna@acme.example"}))

    assert str(made["SUMMARY"]) == "new catalogue (Müller, Graz)"
    assert (str(made["ATTENDEE"]), made["ATTENDEE"].params["CN"]) == ("mailto:anna@acme.example", "anna")


@pytest.mark.parametrize(
    ("entry", "trigger", "related"),
    [
        (visit(), timedelta(minutes=-15), None),
        (Recall(id="W", party_id="C-1", due_on=date(2026, 3, 2), due_time=time(14)), timedelta(minutes=-15), "END"),
        (Recall(id="W", party_id="C-1", due_on=date(2026, 3, 2)), timedelta(hours=9), "END"),
        (Task(id="A", text="pack", due_on=date(2026, 3, 2), employee_id="anna"), timedelta(hours=9), "END"),
    ],
)
def test_what_is_open_has_an_alarm(entry: Any, trigger: timedelta, related: str | None) -> None:
    (alarm,) = shown(written(entry)).walk("VALARM")

    assert (alarm["TRIGGER"].dt, alarm["TRIGGER"].params.get("RELATED")) == (trigger, related)


@pytest.mark.parametrize(
    ("entry", "options"),
    [
        (visit().cancelled("ill"), {}),
        (visit(), {"alarm_minutes": None}),
        (Task(id="A", text="pack", due_on=date(2026, 3, 2), employee_id="anna").done(), {}),
    ],
)
def test_what_is_over_or_asked_for_without_has_no_alarm(entry: Any, options: dict[str, Any]) -> None:
    assert shown(written(entry, **options)).walk("VALARM") == []


def test_a_recall_is_a_to_do_due_on_its_day() -> None:
    recall = Recall(id="W", party_id="C-1", due_on=date(2026, 3, 2), reason="prices")

    made = shown(written(recall, names={"C-1": "Müller"}))

    assert (made.name, made["DUE"].dt, str(made["SUMMARY"]), str(made["STATUS"])) == (
        *("VTODO", date(2026, 3, 2), "Wiederanruf: Müller – prices", "NEEDS-ACTION"),
    )
    assert str(shown(written(recall, language="en"))["SUMMARY"]) == "Recall: C-1 – prices"


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), min_size=1, max_size=40).filter(str.strip)
IDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(str.strip)
MAYBE = st.none() | IDS
SECONDS = st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0))  # noqa: DTZ001  # in UTC
DAYS = st.dates(date(1971, 1, 1), date(2100, 1, 1))
MINUTES = st.none() | st.times().map(lambda at: at.replace(microsecond=0, fold=0))
APPOINTMENTS = st.builds(
    Appointment,
    id=IDS,
    start_at=SECONDS,
    minutes=st.integers(1, 5_000),
    attendees=st.sets(IDS, min_size=1, max_size=3),
    subject=TEXTS,
    party_id=MAYBE,
    person_id=MAYBE,
    place=st.none() | TEXTS,
    series_id=MAYBE,
)
TASKS = st.builds(
    Task, id=IDS, text=TEXTS, due_on=DAYS, employee_id=IDS, party_id=MAYBE, about=st.none() | st.builds(Ref, st.just("party"), IDS)
)
ENTRIES = st.one_of(
    APPOINTMENTS,
    st.builds(Appointment.held, APPOINTMENTS, TEXTS),
    st.builds(Appointment.cancelled, APPOINTMENTS, TEXTS),
    TASKS,
    st.builds(Task.done, TASKS, st.none() | TEXTS),
    st.builds(Task.cancelled, TASKS, TEXTS),
    st.builds(Task, id=IDS, text=TEXTS, due_on=DAYS, department_id=IDS),
    st.builds(
        Recall,
        id=IDS,
        party_id=IDS,
        due_on=DAYS,
        due_time=MINUTES,
        employee_id=MAYBE,
        reason=st.none() | TEXTS,
        state=st.sampled_from(["open", "done", "cancelled"]),
    ),
    st.builds(FollowUp, id=IDS, about=st.builds(Ref, st.just("note"), IDS), due_on=DAYS, due_time=MINUTES, note=TEXTS, employee_id=MAYBE),
)


@given(
    st.lists(ENTRIES, max_size=4, unique_by=lambda entry: (type(entry), entry.id)),
    st.sampled_from(["Europe/Berlin", "America/Sao_Paulo", "UTC"]),
)
def test_what_was_written_comes_back_equal(entries: list[Any], zone: str) -> None:
    names = {getattr(entry, "party_id", None) or "": "Müller" for entry in entries}

    text = write_calendar(entries, zone=zone, at=NOW, names=names)
    found = read_calendar(text, zone=zone, employee_id="nobody")

    assert sorted(map(repr, found.left_out)) == []
    back: list[Any] = [*found.appointments, *found.tasks, *found.recalls, *found.follow_ups]
    assert {(type(entry), entry.id): entry for entry in back} == {(type(entry), entry.id): entry for entry in entries}
    assert len(icalendar.Calendar.from_ical(text).walk("VEVENT")) == len(found.appointments)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


@pytest.mark.parametrize("text", ["\\N", "\\n", "\\", "a\\\\Nb", ";,:", "\\;", "a\nb", "\u2028", "ü" * 90])
def test_every_text_is_escaped_as_the_standard_says(text: str) -> None:
    task = Task(id=text.strip() or "1", text=text + "x", due_on=date(2026, 3, 2), department_id=text + "y")

    assert read(written(task)).tasks == (task,)


def test_control_characters_are_left_out_and_line_ends_become_one() -> None:
    (back,) = read(written(visit(subject="a\x01b\r\nc\rd"))).appointments

    assert back.subject == "ab\nc\nd"


@pytest.mark.parametrize("fold", [0, 1])
def test_both_passes_of_the_hour_that_comes_twice_come_back(fold: int) -> None:
    half_past_two = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=fold)

    (back,) = read(written(visit(start_at=half_past_two, minutes=30))).appointments

    assert back == visit(start_at=half_past_two, minutes=30)


def test_an_event_of_others_keeps_its_uid_and_belongs_to_whose_calendar_it_is() -> None:
    (found,) = read(
        event("DTSTART;TZID=Europe/Berlin:20260302T090000", "DTEND;TZID=Europe/Berlin:20260302T093000", "SUMMARY:Zahnarzt")
    ).appointments

    assert found == Appointment(
        id="7@a.example", start_at=NINE, minutes=30, attendees="anna", subject="Zahnarzt", calendar_uid="7@a.example"
    )
    assert str(shown(written(found))["UID"]) == "7@a.example"


@pytest.mark.parametrize(
    ("lines", "start", "minutes"),
    [
        (["DTSTART:20260302T080000Z"], NINE, 30),
        (["DTSTART:20260302T080000Z", "DTEND:20260302T080000Z"], NINE, 30),
        (["DTSTART:20260302T090000"], NINE, 30),
        (["DTSTART:20260302T080000Z", "DURATION:PT90M"], NINE, 90),
        (["DTSTART;VALUE=DATE:20260302"], NINE - timedelta(hours=9), 1440),
        (["DTSTART;VALUE=DATE:20260302", "DTEND;VALUE=DATE:20260304"], NINE - timedelta(hours=9), 2880),
        (["DTSTART;VALUE=DATE:20260329"], datetime(2026, 3, 28, 23, tzinfo=UTC), 23 * 60),
        (["DTSTART;VALUE=DATE:20261025", "DURATION:P1D"], datetime(2026, 10, 24, 22, tzinfo=UTC), 25 * 60),
    ],
)
def test_an_event_takes_as_long_as_it_says(lines: list[str], start: datetime, minutes: int) -> None:
    (found,) = read(event(*lines)).appointments

    assert (found.start_at, found.minutes, found.subject) == (start, minutes, "(ohne Titel)")


@pytest.mark.parametrize(
    "text",
    [
        event("DTSTART:20260302T080000Z", "STATUS:CANCELLED"),
        event("DTSTART:20260302T080000Z").replace("VERSION", "METHOD:CANCEL\r\nVERSION"),
    ],
)
def test_a_cancellation_comes_in_as_a_cancelled_appointment(text: str) -> None:
    (found,) = read(text).appointments

    assert (found.state, found.because) == ("cancelled", "cancelled in the calendar")


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["SUMMARY:no time"], "DTSTART"),
        (["DTSTART:20260302T080000Z", "TRANSP:TRANSPARENT"], "free"),
        (["DTSTART:20260302T080000Z", "RRULE:FREQ=DAILY"], "without an end"),
        (["DTSTART:20260302T080000Z", "RRULE:FREQ=SECONDLY;COUNT=3"], "once a day"),
        (["DTSTART:20260302T080000Z", "RRULE:FREQ=DAILY;COUNT=20000"], "10000"),
        (["DTSTART:someday"], "DTSTART|read"),
        (["DTSTART;VALUE=DATE:20260302", "RRULE:FREQ=DAILY"], "without an end"),
    ],
)
def test_what_does_not_fit_is_left_out_with_the_reason(lines: list[str], why: str) -> None:
    found = read(event(*lines))

    assert [problem.source for problem in found.left_out] == ["7@a.example"]
    assert re.search(why, found.left_out[0].message)


def test_what_has_no_uid_or_no_day_is_left_out() -> None:
    found = read(calendar_of("BEGIN:VEVENT", "DTSTART:20260302T080000Z", "END:VEVENT", "BEGIN:VTODO", "UID:8", "END:VTODO"))

    assert [(problem.source, problem.message) for problem in found.left_out] == [
        ("calendar", "has no UID"),
        ("8", "has no day on which it is due"),
    ]


def test_a_series_of_whole_days_may_add_days() -> None:
    series = event("DTSTART;VALUE=DATE:20260302", "RRULE:FREQ=WEEKLY;UNTIL=20260309", "RDATE;VALUE=DATE:20260304")

    assert [one.start_at.astimezone(ZoneInfo("Europe/Berlin")).day for one in read(series).appointments] == [2, 4, 9]
    assert [one.start_at.day for one in read(event("DTSTART:20260302T080000Z", "RDATE:20260304T080000Z")).appointments] == [2, 4]


def test_an_occurrence_on_the_first_day_of_all_is_no_occurrence() -> None:
    (found,) = read(event("DTSTART:20260302T080000Z", "RECURRENCE-ID;VALUE=DATE:00010101")).appointments

    assert found.recurs_at is None


def test_an_occurrence_of_a_series_of_others_is_written_as_one() -> None:
    (_, second) = read(event("DTSTART:20260302T080000Z", "RRULE:FREQ=DAILY;COUNT=2")).appointments

    made = shown(written(second))

    assert (str(made["UID"]), made["RECURRENCE-ID"].dt) == ("7@a.example", NINE + timedelta(days=1))
    assert read(written(second)).appointments == (second,)


def test_an_entry_that_a_calendar_does_not_have_is_added() -> None:
    text = update_calendar(event("DTSTART:20260302T080000Z"), [visit()], zone="Europe/Berlin", at=NOW)

    assert [one.id for one in read(text).appointments] == ["7@a.example", "T-1"]


def test_a_place_that_is_gone_is_taken_out_and_the_change_is_counted() -> None:
    text = written(visit(place="Wien", version=2))

    changed = shown(update_calendar(text, [visit()], zone="Europe/Berlin", at=NOW + timedelta(days=1)))

    assert ("LOCATION" in changed, changed["SEQUENCE"], changed["LAST-MODIFIED"].dt) == (False, 2, NOW + timedelta(days=1))


def test_a_calendar_that_cannot_be_written_again_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="entries"):
        update_calendar(written(), ["visit"], zone="UTC", at=NOW)  # type: ignore[list-item]  # the point
    with pytest.raises(InvalidValueError, match="data"):
        update_calendar(event("DTSTART;TZID=Europe:20260302T080000"), [visit()], zone="UTC", at=NOW)


def test_a_series_keeps_its_time_on_the_clock_and_leaves_out_what_was_called_off() -> None:
    series = event(
        "DTSTART;TZID=Europe/Berlin:20260323T090000",
        "DTEND;TZID=Europe/Berlin:20260323T100000",
        "RRULE:FREQ=WEEKLY;UNTIL=20260413T070000Z",
        "EXDATE:20260406T070000Z",
    )

    found = read(series).appointments

    assert [(one.start_at.isoformat(), one.minutes) for one in found] == [
        ("2026-03-23T08:00:00+00:00", 60),
        ("2026-03-30T07:00:00+00:00", 60),
        ("2026-04-13T07:00:00+00:00", 60),
    ]
    assert len({one.id for one in found}) == 3
    assert read(series, within=Period(date(2026, 3, 30), date(2026, 3, 31))).appointments == (found[1],)


@pytest.mark.parametrize("data", ["", "no calendar", b"\xff\xfe", 7, "BEGIN:VEVENT\nUID:1\nEND:VEVENT", "BEGIN:VCALENDAR\nBEGIN:VEVENT"])
def test_what_is_no_calendar_is_refused(data: Any) -> None:
    with pytest.raises(InvalidValueError, match="data"):
        read(data)


def test_only_what_has_a_place_in_a_calendar_is_written() -> None:
    with pytest.raises(InvalidValueError, match="entries"):
        written(Ref("party", "C-1"))


def test_without_the_extra_calendars_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmkit.exchange._needs.find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match="calendar"):
        __import__("crmkit.exchange", fromlist=["read_calendar"]).__getattr__("read_calendar")


@pytest.mark.parametrize("name", FILES)
def test_a_real_calendar_is_read_changed_and_written_back(name: str, shared_data: Callable[[str], Path]) -> None:
    data = shared_data(f"calendars/{name}").read_bytes()
    before = read(data)
    assert before.left_out == ()
    changed: list[Any] = [attrs.evolve(one, start_at=one.start_at + timedelta(hours=1), place="Graz") for one in before.appointments[:1]]
    changed += [attrs.evolve(one, due_on=one.due_on + timedelta(days=1)) for one in before.tasks]

    text = update_calendar(data, changed, zone="Europe/Berlin", at=NOW)

    after = read(text)
    assert by_id(*after.appointments, *after.tasks) == by_id(*before.appointments, *before.tasks) | by_id(*changed)
    kept = {
        line for line in unfolded(data.decode()) if line.startswith(("X-", "CATEGORIES", "CLASS", "CREATED", "EXDATE", "TZID", "TZOFFSET"))
    }
    assert kept <= {line.replace("\\,", ",") for line in unfolded(text)} | set(unfolded(text))


@pytest.mark.parametrize("name", FILES)
def test_a_real_calendar_without_changes_stays_as_it_was(name: str, shared_data: Callable[[str], Path]) -> None:
    data = shared_data(f"calendars/{name}").read_bytes()
    contents = read(data)

    text = update_calendar(data, [*contents.tasks, *(one for one in contents.appointments if one.recurs_at is None)], zone="UTC", at=NOW)

    assert [sorted(line.split(";")) for line in unfolded(text.replace("\\,", ","))] == [
        sorted(line.split(";")) for line in unfolded(data.decode().replace("\\,", ","))
    ]


def test_an_occurrence_of_a_series_can_be_called_off_alone(shared_data: Callable[[str], Path]) -> None:
    data = shared_data("calendars/radicale-0827.ics").read_bytes()
    before = read(data).appointments

    text = update_calendar(data, [before[1].cancelled("ill")], zone="Europe/Paris", at=NOW)

    after = {one.id: one for one in read(text).appointments}
    assert [after[one.id].state for one in before[:3]] == ["planned", "cancelled", "planned"]
    assert after.keys() == {one.id for one in before}


LINES = st.sampled_from(
    [
        *("BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTODO", "END:VTODO", "UID:appointment-1@crmkit", "UID:recall-1@crmkit", "UID:2", "UID:"),
        *(
            "DTSTART:20260302T080000Z",
            "DTSTART;VALUE=DATE:20260302",
            "DTSTART:00010101T000000",
            "DTSTART;TZID=Nowhere:20260302T080000",
            "DTSTART;TZID=Europe:20260302T080000",
        ),
        *(
            "DTEND:20260302T090000Z",
            "DTEND;VALUE=DATE:20260302",
            "DURATION:P1W",
            "DURATION:-PT1H",
            "DURATION:P99999999W",
            "DUE:99991231T235959Z",
        ),
        *(
            "RRULE:FREQ=DAILY;COUNT=3",
            "RRULE:FREQ=YEARLY;UNTIL=20300101",
            "RRULE:FREQ=MONTHLY;BYDAY=99MO;COUNT=2",
            "RRULE:INTERVAL=0",
            "RRULE:X",
        ),
        *("EXDATE:20260303T080000Z", "RDATE;VALUE=PERIOD:20260302T080000Z/PT1H", "RECURRENCE-ID:20260303T080000Z", "RECURRENCE-ID:X"),
        *("STATUS:CANCELLED", "STATUS:?", "X-CRMKIT-STATE:nonsense", "X-CRMKIT-STATE:held", "X-CRMKIT-EMPLOYEE:", "X-CRMKIT-ABOUT:party"),
        *("SUMMARY:\\", "SUMMARY:\0", "LOCATION;X=:a", " folded", "nonsense", "END:VCALENDAR", "BEGIN:VTIMEZONE", "TRANSP:OPAQUE"),
    ]
)


@given(st.lists(LINES, max_size=14))
def test_whatever_a_file_holds_no_foreign_error_comes_out(lines: list[str]) -> None:
    text = event(*lines)
    try:
        found = read(text, within=Period.year(2026))
        update_calendar(text, [*found.appointments[:2], *found.tasks], zone="Europe/Berlin", at=NOW)
    except InvalidValueError:
        return


def by_id(*entries: Any) -> dict[str, Any]:
    return {entry.id: entry for entry in entries}


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\n ", "").strip().split("\n")
