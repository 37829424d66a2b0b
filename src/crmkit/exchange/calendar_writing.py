"""Appointments, tasks, recalls and follow-ups as a calendar (iCalendar, RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, assert_never, cast
from zoneinfo import ZoneInfo

import attrs
from icalendar import Alarm, Calendar, Event, Todo, vCalAddress

from crmkit._checks import check_choice, check_each, check_instant, check_int, check_zone, refused
from crmkit.entities import Appointment, FollowUp, Recall, Task
from crmkit.exchange.calendar_fields import (
    DOMAIN,
    FIELDS,
    MINUTE,
    TODO_STATES,
    CalendarEntry,
    about_text,
    local_or_utc,
    moment_of,
    own_name,
    plain,
    uid_of,
)
from crmkit.scheduling import Language

if TYPE_CHECKING:
    from crmkit.exchange.calendar_fields import Component

_NOBODY: Mapping[str, str] = {}
_MOST_YEARS = 200  # a zone that is written out for thousands of years takes seconds
_MORNING = timedelta(hours=9)
_RECALL: Mapping[str, str] = {"de": "Wiederanruf", "en": "Recall"}


def write_calendar(
    entries: Iterable[CalendarEntry],
    *,
    zone: str,
    at: datetime,
    names: Mapping[str, str] = _NOBODY,
    emails: Mapping[str, str] = _NOBODY,
    alarm_minutes: int | None = 15,
    domain: str = DOMAIN,
    title: str | None = None,
    language: Language = "de",
) -> str:
    """
    Write appointments as events, and tasks, recalls and follow-ups as to-dos.

    The same entry has the same UID every time, so that a calendar which reads it again changes what it has. What is cancelled is
    written as cancelled.

    >>> from datetime import UTC
    >>> visit = Appointment(id="T-1", start_at=datetime(2026, 3, 2, 8, tzinfo=UTC), minutes=60, attendees="anna", subject="new catalogue")
    >>> text = write_calendar([visit], zone="Europe/Berlin", at=datetime(2026, 3, 1, tzinfo=UTC))
    >>> [line for line in text.splitlines() if line.startswith(("UID", "DTSTART;", "SUMMARY"))]
    ['UID:appointment-T-1@crmkit', 'SUMMARY:new catalogue', 'DTSTART;TZID=Europe/Berlin:20260302T090000']

    Args:
        entries: What to write.
        zone: IANA time zone in which times are written, with its rules (VTIMEZONE), and in which recalls are meant.
        at: When this is written.
        names: Names of parties by id, for the titles.
        emails: E-mail addresses of employees by id; who has none is named by id alone.
        alarm_minutes: When to remind of planned appointments, before they begin, and of what is due at a time; what is due on a day
            reminds at nine in the morning. None is no alarm.
        domain: Behind the @ of every UID: your own, where several systems write into one calendar.
        title: What the calendar is called.
        language: Of the titles of recalls.

    Returns:
        The text of an .ics file. Times are cut to whole seconds, line ends within texts are line feeds.

    Raises:
        InvalidValueError: For other kinds of records, a naive time and an unknown zone.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//crmkit//crmkit//EN")
    calendar.add("version", "2.0")
    if title is not None:
        calendar.add("x-wr-calname", plain(title))
    how = How(
        zone=ZoneInfo(check_zone("zone", zone)),
        at=check_instant("at", at),
        names=names,
        emails=emails,
        alarm=None if alarm_minutes is None else check_int("alarm_minutes", alarm_minutes, at_least=0) * MINUTE,
        domain=domain,
        language=check_choice("language", language, Language),
    )
    for entry in check_each("entries", entries, checked_entry):
        calendar.add_component(how.component(entry))
    return written(calendar)


def checked_entry(name: str, value: object) -> CalendarEntry:
    """Accept what has a place in a calendar."""
    if isinstance(value, Appointment | Task | Recall | FollowUp):
        return value
    raise refused(name, type(value).__name__, "appointments, tasks, recalls and follow-ups")


def written(calendar: Component) -> str:
    """Write a calendar with the rules of every zone that it names."""
    days = [moment for one in calendar.walk() for name in ("DTSTART", "DUE") if isinstance(moment := moment_of(one, name), datetime)]
    if days:
        years = [day.year for day in days]
        calendar.add_missing_timezones(
            first_date=date(min(years), 1, 1), last_date=date(min(max(years) + 2, min(years) + _MOST_YEARS, 9999), 1, 1)
        )
    return cast("bytes", calendar.to_ical(sorted=False)).decode()


@attrs.frozen(kw_only=True)
class How:
    """
    How entries become components; its fields are arguments of `write_calendar`.

    Attributes:
        zone: Of local times.
        at: When this is written.
        names: Of parties.
        emails: Of employees.
        alarm: How long before; None is no alarm.
        domain: Behind the @ of UIDs.
        language: Of titles.
    """

    zone: ZoneInfo
    at: datetime
    names: Mapping[str, str] = _NOBODY
    emails: Mapping[str, str] = _NOBODY
    alarm: timedelta | None = None
    domain: str = DOMAIN
    language: str = "de"

    def component(self, entry: CalendarEntry) -> Component:
        """Make the event or to-do of an entry."""
        match entry:
            case Appointment():
                made = self._event(entry)
            case Task():
                made = self._todo(entry, entry.text, entry.due_on, entry.state)
                self._own(made, "about", about_text(entry.about))
            case Recall():
                made = self._todo(entry, self._recall_title(entry), self._due(entry), entry.state)
                self._own(made, "reason", entry.reason)
            case FollowUp():
                made = self._todo(entry, entry.note, self._due(entry), entry.state)
                self._own(made, "about", about_text(entry.about))
            case _:
                assert_never(entry)
        for field in FIELDS[type(entry)]:
            self._own(made, field, getattr(entry, field))
        return made

    def _event(self, one: Appointment) -> Component:
        event = Event()
        self._begin(event, one)
        with_whom = self.names.get(one.party_id or "")
        event.add("summary", plain(one.subject if with_whom is None else f"{one.subject} ({with_whom})"))
        self._own(event, "subject", None if with_whom is None else one.subject)
        event.add("dtstart", local_or_utc(one.start_at, self.zone))
        event.add("dtend", local_or_utc(one.end_at, self.zone))
        if one.recurs_at is not None:
            event.add("recurrence-id", local_or_utc(one.recurs_at, self.zone))
        if one.place is not None:
            event.add("location", plain(one.place))
        if one.summary is not None:
            event.add("description", plain(one.summary))
        event.add("status", "CANCELLED" if one.state == "cancelled" else "CONFIRMED")
        for employee_id in sorted(one.attendees):
            email = self.emails.get(employee_id)
            if email is not None:
                attendee = vCalAddress(f"mailto:{email}")
                attendee.params["CN"] = employee_id
                event.add("attendee", attendee)
            self._own(event, "employee", employee_id)
        if self.alarm is not None and one.state == "planned":
            event.add_component(self._alarm(one.subject, -self.alarm))
        return event

    def _todo(self, one: CalendarEntry, title: str, due: date, state: str) -> Component:
        todo = Todo()
        self._begin(todo, one)
        todo.add("summary", plain(title))
        todo.add("due", due)
        todo.add("status", TODO_STATES[state])
        if self.alarm is not None and state == "open":
            todo.add_component(self._alarm(title, -self.alarm if isinstance(due, datetime) else _MORNING, related="END"))
        return todo

    def _begin(self, made: Component, one: CalendarEntry) -> None:
        made.add("uid", plain(uid_of(one, self.domain)))
        made.add("dtstamp", self.at)
        made.add("sequence", max(one.version - 1, 0))

    def _recall_title(self, recall: Recall) -> str:
        name = self.names.get(recall.party_id, recall.party_id)
        return f"{_RECALL[self.language]}: {name}" + (f" – {recall.reason}" if recall.reason else "")

    def _due(self, one: Recall | FollowUp) -> date:
        return one.due_on if one.due_time is None else datetime.combine(one.due_on, one.due_time.replace(fold=0), self.zone)

    @staticmethod
    def _own(made: Component, field: str, value: str | None) -> None:
        if value is not None:
            made.add(own_name(field), plain(value))

    @staticmethod
    def _alarm(title: str, trigger: timedelta, *, related: str | None = None) -> Component:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", plain(title))
        alarm.add("trigger", trigger, parameters={"related": related} if related else {})
        return alarm
