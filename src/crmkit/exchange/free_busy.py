"""When somebody is taken, without saying by what (iCalendar, RFC 5545, section 3.6.4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from icalendar import Calendar, FreeBusy, vCalAddress, vPeriod

from crmkit._checks import check_each, check_instant, check_kind, check_mapping, check_text, check_zone
from crmkit.exchange.calendar_fields import DOMAIN, own_name, own_texts, parsed, plain
from crmkit.periods import Period
from crmkit.scheduling import Busy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crmkit.exchange.calendar_fields import Component

_NOBODY: Mapping[str, str] = {}


def write_free_busy(
    busy: Mapping[str, Iterable[Busy]],
    *,
    within: Period,
    zone: str,
    at: datetime,
    emails: Mapping[str, str] = _NOBODY,
    domain: str = DOMAIN,
) -> str:
    """
    Write when employees are taken in some days, for calendars that look for a common time (VFREEBUSY).

    >>> visit = Busy(datetime(2026, 3, 2, 8, tzinfo=UTC), datetime(2026, 3, 2, 9, tzinfo=UTC))
    >>> march = Period.month(2026, 3)
    >>> text = write_free_busy({"anna": [visit]}, within=march, zone="Europe/Berlin", at=datetime(2026, 3, 1, tzinfo=UTC))
    >>> [line.rpartition(":")[2] for line in text.splitlines() if line.startswith(("DTSTART", "FREEBUSY"))]
    ['20260228T230000Z', '20260302T080000Z/20260302T090000Z']

    Args:
        busy: When each employee is taken, by id; what lies outside of the days is left out.
        within: The local days that it tells of.
        zone: IANA time zone of those days.
        at: When this is written.
        emails: E-mail addresses of employees by id; who has none is named by id alone.
        domain: Behind the @ of every UID.

    Returns:
        The text of an .ifb file, with one part for each employee. Times are cut to whole seconds.

    Raises:
        InvalidValueError: For a naive time and an unknown zone.
    """
    days, of_zone = check_kind("within", within, Period), ZoneInfo(check_zone("zone", zone))
    begin, end = (datetime.combine(day, time(0), of_zone).astimezone(UTC) for day in (days.start, days.end))
    calendar = Calendar()
    calendar.add("prodid", "-//crmkit//crmkit//EN")
    calendar.add("version", "2.0")
    for employee_id, given in check_mapping("busy", busy).items():
        taken = check_each("busy", given, lambda name, one: check_kind(name, one, Busy))
        part = FreeBusy()
        part.add("uid", plain(f"free-busy-{check_text('busy', employee_id)}@{domain}"))
        part.add("dtstamp", check_instant("at", at))
        part.add("dtstart", begin)
        part.add("dtend", end)
        part.add(own_name("employee"), plain(employee_id))
        if employee_id in emails:
            part.add("organizer", vCalAddress(f"mailto:{emails[employee_id]}"))
        for one in sorted(taken, key=lambda one: (one.start_at, one.end_at)):
            if one.start_at < end and one.end_at > begin:
                part.add("freebusy", vPeriod((max(one.start_at, begin), min(one.end_at, end))), parameters={"FBTYPE": "BUSY"})
        calendar.add_component(part)
    return cast("bytes", calendar.to_ical(sorted=False)).decode()


def read_free_busy(data: str | bytes, *, zone: str, employees: Mapping[str, str] = _NOBODY) -> dict[str, tuple[Busy, ...]]:
    r"""
    Read when people are taken, for `free_slots`; what `write_free_busy` wrote comes back equal.

    >>> text = (
    ...     "BEGIN:VCALENDAR\nBEGIN:VFREEBUSY\nUID:7\nORGANIZER:mailto:ben@a.example\n"
    ...     "FREEBUSY:20260302T080000Z/PT1H\nEND:VFREEBUSY\nEND:VCALENDAR"
    ... )
    >>> read_free_busy(text, zone="Europe/Berlin", employees={"ben@a.example": "ben"})["ben"][0].end_at.isoformat()
    '2026-03-02T09:00:00+00:00'

    Args:
        data: The calendar, as text or bytes.
        zone: IANA time zone of times that name none.
        employees: The id of each person by e-mail address; who is not among them goes by the address, or the UID where there is none.

    Returns:
        When each person is taken, the earliest first; times that are marked as free (FBTYPE=FREE) are not among them.

    Raises:
        InvalidValueError: For what is no calendar, and an unknown zone.
    """
    of_zone = ZoneInfo(check_zone("zone", zone))
    known = {address.casefold(): id for address, id in check_mapping("employees", employees).items()}
    found: dict[str, set[Busy]] = {}
    for part in parsed(data).walk("VFREEBUSY"):
        found.setdefault(_who(part, known), set()).update(_taken(part, of_zone))
    return {who: tuple(sorted(taken, key=lambda one: (one.start_at, one.end_at))) for who, taken in found.items()}


def _who(part: Component, known: Mapping[str, str]) -> str:
    own = own_texts(part).get("employee")
    address = str(part.get("organizer") or part.get("attendee") or "").casefold().removeprefix("mailto:")
    return own or known.get(address) or address or str(part.get("uid", ""))


def _taken(part: Component, zone: ZoneInfo) -> Iterator[Busy]:
    given = part.get("freebusy", [])
    for period in given if isinstance(given, list) else [given]:
        if isinstance(period, vPeriod) and period.params.get("FBTYPE", "BUSY").upper() != "FREE":
            start, end = period.dt
            begin = _moment(start, zone)
            until = begin + end if isinstance(end, timedelta) else _moment(end, zone)
            if begin < until:
                yield Busy(begin, until)


def _moment(value: date, zone: ZoneInfo) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.combine(value, time(0))
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
