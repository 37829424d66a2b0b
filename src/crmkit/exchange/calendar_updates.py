"""Changed appointments and to-dos, written into the calendar that they came from."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crmkit._checks import check_each, check_instant, check_zone, refused
from crmkit.entities import Appointment
from crmkit.errors import InvalidValueError
from crmkit.exchange.calendar_fields import DOMAIN, FOREIGN, NO_TITLE, moment_of, own_name, parsed, text_of, texts_of, uid_of
from crmkit.exchange.calendar_reading import Reading
from crmkit.exchange.calendar_writing import How, checked_entry, written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmkit.exchange.calendar_fields import CalendarEntry, Component


def update_calendar(
    data: str | bytes, entries: Iterable[CalendarEntry], *, zone: str, at: datetime, minutes: int = 30, domain: str = DOMAIN
) -> str:
    """
    Write changed entries into the calendar that they came from; everything else in it stays as it was.

    Times, title, place and state are changed where they differ, by UID and, in a series, by occurrence: an occurrence that has no event of
    its own gets one. Entries that the calendar does not have are added.

    Args:
        data: The calendar, as text or bytes.
        entries: What changed.
        zone: As for `write_calendar`.
        at: When this is written.
        minutes: How long events are that name no end, as for `read_calendar`.
        domain: As for `write_calendar`.

    Raises:
        InvalidValueError: For what is no calendar, for other kinds of records, a naive time and an unknown zone.
    """
    calendar = parsed(data)
    how = How(zone=ZoneInfo(check_zone("zone", zone)), at=check_instant("at", at), domain=domain)
    reading = Reading(zone=how.zone, employee_id="nobody", minutes=minutes, domain=domain)
    given = check_each("entries", entries, checked_entry)
    try:
        for entry in given:
            _update(calendar, entry, how, reading)
        return written(calendar)
    except InvalidValueError:
        raise
    except FOREIGN as error:
        raise refused(
            "data", f"<{type(data).__name__} of {len(data)}>", f"a calendar that can be written again; {type(error).__name__}"
        ) from None


def _update(calendar: Component, entry: CalendarEntry, how: How, reading: Reading) -> None:
    same = [one for one in calendar.walk() if one.name in ("VEVENT", "VTODO") and text_of(one, "UID") == uid_of(entry, how.domain)]
    recurs_at = entry.recurs_at if isinstance(entry, Appointment) else None
    found = next((one for one in same if _recurs_at(one) == recurs_at), None)
    if found is None and same and recurs_at is not None:
        found = _occurrence(same[0], entry, how)
        calendar.add_component(found)
    if found is None:
        calendar.add_component(how.component(entry))
    else:
        _change(found, how.component(entry), how.at, reading)


def _recurs_at(component: Component) -> datetime | None:
    moment = moment_of(component, "RECURRENCE-ID")
    return moment if isinstance(moment, datetime) and moment.tzinfo else None


def _occurrence(series: Component, entry: CalendarEntry, how: How) -> Component:
    """One occurrence of a series as an event of its own."""
    made = series.copy(recursive=True)
    for name in ("RRULE", "EXDATE", "RDATE", "EXRULE", "DURATION"):
        made.pop(name, None)
    whole = how.component(entry)
    for name in ("DTSTART", "DTEND", "RECURRENCE-ID"):
        made[name] = whole[name]
    return made


_CHANGES = ("SUMMARY", "LOCATION", "DESCRIPTION", "STATUS", *map(own_name, ("state", "because", "result")))
_AS_GOOD_AS_NOTHING = ("CONFIRMED", "NEEDS-ACTION", "planned", "open", NO_TITLE)


def _change(found: Component, wanted: Component, at: datetime, reading: Reading) -> None:
    """Bring the properties that we know up to date, where they differ; a change is noted as one."""
    before = found.to_ical()
    if reading.time_of(found) != reading.time_of(wanted):
        for name in ("DTSTART", "DTEND", "DURATION"):
            found.pop(name, None)
            if name in wanted:
                found[name] = wanted[name]
    if "DUE" in wanted and moment_of(found, "DUE") != moment_of(wanted, "DUE"):
        found["DUE"] = wanted["DUE"]
    for name in _CHANGES:
        says_nothing = name not in found and text_of(wanted, name) in _AS_GOOD_AS_NOTHING
        if name in wanted and not says_nothing and texts_of(found, name) != texts_of(wanted, name):
            found[name] = wanted[name]
    if "LOCATION" not in wanted:
        found.pop("LOCATION", None)
    if found.to_ical() != before:
        for name in ("LAST-MODIFIED", "DTSTAMP"):
            found.pop(name, None)
            found.add(name, at)
        found.pop("SEQUENCE", None)
        found.add("SEQUENCE", _sequence(before) + 1)


def _sequence(text: bytes) -> int:
    found = [line.removeprefix(b"SEQUENCE:") for line in text.splitlines() if line.startswith(b"SEQUENCE:")]
    return int(found[0]) if found and found[0].isdigit() else 0
