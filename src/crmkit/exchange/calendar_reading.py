"""Appointments and to-dos out of calendars (iCalendar, RFC 5545): ours come back as they went, others as far as they fit."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import attrs

from crmkit._checks import check_int, check_kind, check_text, check_zone
from crmkit.entities import Appointment, FollowUp, Recall, Task
from crmkit.errors import InvalidValueError, Problem
from crmkit.exchange.calendar_fields import (
    DOMAIN,
    FOREIGN,
    MINUTE,
    NO_TITLE,
    TODO_STATES,
    about_of,
    moment_of,
    own_id,
    own_name,
    own_texts,
    parsed,
    text_of,
    texts_of,
)
from crmkit.exchange.calendar_series import occurrences
from crmkit.periods import Period

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit.exchange.calendar_fields import Component

_DAY = timedelta(days=1)
_CANCELLED = "cancelled in the calendar"
_STATES = {written: state for state, written in TODO_STATES.items()}


@attrs.frozen(kw_only=True)
class CalendarContents:
    """
    What a calendar holds.

    Attributes:
        appointments: Its events, each occurrence of a series as one; cancelled ones are in state "cancelled".
        tasks: Its to-dos, without recalls and follow-ups of ours.
        recalls: The recalls that we wrote.
        follow_ups: The follow-ups that we wrote.
        left_out: What was not taken over, with its UID as source and the reason.
    """

    appointments: tuple[Appointment, ...] = ()
    tasks: tuple[Task, ...] = ()
    recalls: tuple[Recall, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    left_out: tuple[Problem, ...] = ()


def read_calendar(
    data: str | bytes, *, zone: str, employee_id: str, within: Period | None = None, minutes: int = 30, domain: str = DOMAIN
) -> CalendarContents:
    r"""
    Read the events and to-dos of a calendar.

    What `write_calendar` wrote comes back equal. Events of others belong to *employee_id* and keep their UID; those that leave the time
    free (TRANSP:TRANSPARENT) are left out. A calendar that calls off (METHOD:CANCEL) cancels all its events.

    >>> text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:7@a.example\nDTSTART:20260302T080000Z\nDURATION:PT1H\nEND:VEVENT\nEND:VCALENDAR"
    >>> (visit,) = read_calendar(text, zone="Europe/Berlin", employee_id="anna").appointments
    >>> visit.id, visit.start_at.isoformat(), visit.minutes
    ('7@a.example', '2026-03-02T08:00:00+00:00', 60)

    Args:
        data: The calendar, as text or bytes.
        zone: IANA time zone of days, and of times that name none.
        employee_id: Whose calendar it is.
        within: Only events that begin in these local days; a series without an end needs it.
        minutes: How long events are that name no end.
        domain: As for `write_calendar`.

    Raises:
        InvalidValueError: For what is no calendar, and an unknown zone.
    """
    calendar = parsed(data)
    if within is not None:
        check_kind("within", within, Period)
    reading = Reading(
        zone=ZoneInfo(check_zone("zone", zone)),
        employee_id=check_text("employee_id", employee_id),
        within=within,
        minutes=check_int("minutes", minutes, at_least=1),
        domain=domain,
    )
    reading.read(calendar)
    return reading.contents()


@attrs.frozen(kw_only=True)
class Reading:
    """
    One calendar being read; its fields are arguments of `read_calendar`, and what was found.

    Attributes:
        zone: Of days, and of times that name none.
        employee_id: Whose calendar it is.
        within: Only what begins in these days.
        minutes: How long events are that name no end.
        domain: Behind the @ of our UIDs.
        found: What was found, by kind.
        left_out: What was not taken over.
    """

    zone: ZoneInfo
    employee_id: str
    within: Period | None = None
    minutes: int
    domain: str
    found: dict[type[Any], list[Any]] = attrs.field(factory=lambda: {kind: [] for kind in (Appointment, Task, Recall, FollowUp)})
    left_out: list[Problem] = attrs.field(factory=list)

    def contents(self) -> CalendarContents:
        """Give what was found."""
        return CalendarContents(
            appointments=tuple(self.found[Appointment]),
            tasks=tuple(self.found[Task]),
            recalls=tuple(self.found[Recall]),
            follow_ups=tuple(self.found[FollowUp]),
            left_out=tuple(self.left_out),
        )

    def read(self, calendar: Component) -> None:
        """Read every event and to-do; what cannot be taken over is left out with the reason."""
        calls_off = (text_of(calendar, "METHOD") or "").upper() == "CANCEL"
        events = list(calendar.walk("VEVENT"))
        moved = {(text_of(one, "UID"), self._when(one, "RECURRENCE-ID")) for one in events if "RECURRENCE-ID" in one}
        for component in (*events, *calendar.walk("VTODO")):
            uid = text_of(component, "UID")
            try:
                if not uid:
                    self._leave_out(uid, "has no UID")
                elif component.name == "VTODO":
                    self._todo(component, uid)
                elif (text_of(component, "TRANSP") or "").upper() == "TRANSPARENT":
                    self._leave_out(uid, "leaves the time free")
                else:
                    for start, recurs_at in self._starts(component, uid, moved):
                        self._event(component, uid, start, recurs_at, calls_off=calls_off)
            except InvalidValueError as error:
                self._leave_out(uid, str(error))
            except FOREIGN as error:
                self._leave_out(uid, f"cannot be read ({type(error).__name__})")

    def _leave_out(self, uid: str | None, message: str) -> None:
        self.left_out.append(Problem(uid or "calendar", None, None, None, message))

    def _moment(self, value: date | datetime) -> datetime:
        """A moment; a day begins at midnight, and what names no zone is meant in ours."""
        if not isinstance(value, datetime):
            return datetime.combine(value, time(0), self.zone)
        return value if value.tzinfo is not None else value.replace(tzinfo=self.zone)

    def _when(self, component: Component, name: str) -> datetime | None:
        value = moment_of(component, name)
        try:
            return None if value is None else self._moment(value).astimezone(UTC)
        except OverflowError:  # on the first or the last day of all
            return None

    def _starts(
        self, event: Component, uid: str, moved: set[tuple[str | None, datetime | None]]
    ) -> Iterator[tuple[date | datetime, datetime | None]]:
        """When it begins: once, or every time of a series that has no event of its own; and which one of the series it is."""
        if "DTSTART" not in event:
            self._leave_out(uid, "has no DTSTART")
            return
        start = event["DTSTART"].dt
        if "RECURRENCE-ID" in event or not ("RRULE" in event or "RDATE" in event):
            if self._is_wanted(start):
                yield start, self._when(event, "RECURRENCE-ID")
            return
        if self.within is None and "RRULE" in event and not ({"UNTIL", "COUNT"} & event["RRULE"].keys()):
            self._leave_out(uid, "is a series without an end; pass within=Period(…)")
            return
        for one in occurrences(event, before=None if self.within is None else self.within.end + _DAY):
            recurs_at = self._moment(one).astimezone(UTC)
            if self._is_wanted(one) and (uid, recurs_at) not in moved:
                yield one, recurs_at

    def _is_wanted(self, start: date | datetime) -> bool:
        return self.within is None or self._moment(start).astimezone(self.zone).date() in self.within

    def time_of(self, event: Component) -> tuple[datetime, int] | None:
        """When an event, or the first one of a series, begins, and how many minutes it takes."""
        start = self._when(event, "DTSTART")
        return None if start is None else (start, self._minutes(event, event["DTSTART"].dt))

    def _minutes(self, event: Component, start: date | datetime) -> int:
        """How long it takes: its end or length is that of its first time, by the clock."""
        minutes = self._counted_minutes(event, start)
        return minutes if minutes >= 1 else self.minutes

    def _counted_minutes(self, event: Component, start: date | datetime) -> int:
        first: date | datetime = event["DTSTART"].dt
        begin, length = self._moment(start), _DAY
        if "DTEND" in event:
            end = self._moment(event["DTEND"].dt)
            if self._moment(first) == begin:
                return (end.astimezone(UTC) - begin.astimezone(UTC)) // MINUTE
            length = end.replace(tzinfo=None) - self._moment(first).replace(tzinfo=None)
        elif "DURATION" in event:
            length = check_kind("DURATION", event["DURATION"].dt, timedelta)
            if length % _DAY:
                return length // MINUTE
        elif isinstance(first, datetime):
            return self.minutes
        return ((begin + length).astimezone(UTC) - begin.astimezone(UTC)) // MINUTE

    def _event(self, event: Component, uid: str, start: date | datetime, recurs_at: datetime | None, *, calls_off: bool) -> None:
        own, ours = own_texts(event), own_id(uid, self.domain)
        cancelled = calls_off or (text_of(event, "STATUS") or "").upper() == "CANCELLED"
        state = "cancelled" if cancelled else own.get("state", "planned")
        id_ = ours[1] if ours is not None and ours[0] == "appointment" else uid
        self.found[Appointment].append(
            Appointment(
                id=id_ if recurs_at is None else f"{id_} {recurs_at:%Y%m%dT%H%M%SZ}",
                start_at=self._moment(start),
                minutes=self._minutes(event, start),
                attendees=texts_of(event, own_name("employee")) or [self.employee_id],
                subject=own.get("subject") or text_of(event, "SUMMARY") or NO_TITLE,
                party_id=own.get("party_id"),
                person_id=own.get("person_id"),
                place=text_of(event, "LOCATION") or None,
                state=state,  # type: ignore[arg-type]  # checked by the appointment itself
                summary=text_of(event, "DESCRIPTION") if state == "held" else None,
                because=own.get("because", _CANCELLED) if state == "cancelled" else None,
                series_id=own.get("series_id"),
                calendar_uid=None if ours is not None and recurs_at is None else uid,
                recurs_at=recurs_at,
            )
        )

    def _todo(self, todo: Component, uid: str) -> None:
        own, (kind, id_) = own_texts(todo), own_id(uid, self.domain) or ("task", uid)
        if "DUE" not in todo:
            self._leave_out(uid, "has no day on which it is due")
            return
        due = todo["DUE"].dt
        due_time = due.time().replace(tzinfo=None) if isinstance(due, datetime) else None
        due_on = due.date() if isinstance(due, datetime) else due
        state = _STATES.get((text_of(todo, "STATUS") or "").upper(), "open")
        title = text_of(todo, "SUMMARY") or NO_TITLE
        common: dict[str, Any] = {"id": id_, "due_on": due_on, "state": state, "party_id": own.get("party_id")}
        if kind == "recall":
            recall = Recall(
                **common, due_time=due_time, employee_id=own.get("employee_id"), reason=own.get("reason"), done_by_id=own.get("done_by_id")
            )
            self.found[Recall].append(recall)
        elif kind == "follow_up":
            about, who = about_of(own.get("about")), own.get("employee_id")
            self.found[FollowUp].append(FollowUp(**common, due_time=due_time, note=title, about=about, employee_id=who))  # type: ignore[arg-type]  # checked by itself
        else:
            uid_of_others = None if own_id(uid, self.domain) else uid
            self.found[Task].append(self._task(own, title, common | {"calendar_uid": uid_of_others}))

    def _task(self, own: dict[str, str], title: str, common: dict[str, Any]) -> Task:
        department = own.get("department_id")
        return Task(
            **common,
            text=title,
            employee_id=None if department else own.get("employee_id", self.employee_id),
            department_id=department,
            about=about_of(own.get("about")),
            result=own.get("result"),
            because=own.get("because"),
        )
