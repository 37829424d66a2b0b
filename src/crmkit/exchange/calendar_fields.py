"""What both ways of a calendar share: ids, states, and the fields of ours that iCalendar has no property for."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from icalendar import Calendar, vText

from crmkit._checks import refused
from crmkit.entities import Appointment, FollowUp, Recall, Ref, Task

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

CalendarEntry: TypeAlias = Appointment | Task | Recall | FollowUp
Component: TypeAlias = Any
"""An event, a to-do, an alarm or a calendar of icalendar: what its properties are depends on the file."""

OWN = "X-CRMKIT-"
DOMAIN = "crmkit"
KINDS: Mapping[str, type[Any]] = {"appointment": Appointment, "task": Task, "recall": Recall, "follow_up": FollowUp}
_NAMES = {kind: name for name, kind in KINDS.items()}
# Fields of ours that have no property of their own; each is text.
FIELDS: Mapping[type[Any], tuple[str, ...]] = {
    Appointment: ("party_id", "person_id", "state", "because", "series_id"),
    Task: ("employee_id", "department_id", "party_id", "result", "because"),
    Recall: ("party_id", "employee_id", "done_by_id"),
    FollowUp: ("employee_id", "party_id"),
}
TODO_STATES: Mapping[str, str] = {"open": "NEEDS-ACTION", "done": "COMPLETED", "cancelled": "CANCELLED"}
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SPECIAL = re.compile(r"[\\;,\n]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def uid_of(entry: CalendarEntry, domain: str) -> str:
    """The UID of an entry, the same every time: its own, or the one with which it came in."""
    if isinstance(entry, Appointment | Task) and entry.calendar_uid is not None:
        return entry.calendar_uid
    return f"{_NAMES[type(entry)]}-{entry.id}@{domain}"


def own_id(uid: str, domain: str) -> tuple[str, str] | None:
    """Kind and id of an entry of ours by its UID; None for one of somebody else."""
    kind, dash, rest = uid.partition("-")
    id_, at, of = rest.rpartition("@")
    return (kind, id_) if dash and at and id_ and of == domain and kind in KINDS else None


class _Text(vText):
    r"""Text written as RFC 5545, section 3.3.11 says; icalendar makes a new line of a backslash before an N."""

    def to_ical(self) -> bytes:
        """Escape it."""
        return _SPECIAL.sub(lambda found: "\\n" if found[0] == "\n" else "\\" + found[0], self).encode()


def plain(text: str) -> vText:
    """Text as a property: line ends are line feeds, and control characters, which the standard forbids, are left out."""
    return _Text(_CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def text_of(component: Component, name: str) -> str | None:
    """The text of a property; the first where there are several."""
    values = texts_of(component, name)
    return values[0] if values else None


def texts_of(component: Component, name: str) -> list[str]:
    """The texts of a property."""
    value = component.get(name)
    values: Sequence[Any] = value if isinstance(value, list) else [] if value is None else [value]
    # icalendar leaves properties that it does not know as they are written
    return [str(one) if isinstance(one, vText) else _ESCAPED.sub(_unescaped, str(one)) for one in values]


def _unescaped(found: re.Match[str]) -> str:
    return "\n" if found[1] in "nN" else found[1]


def own_texts(component: Component) -> dict[str, str]:
    """The fields of ours that a component carries."""
    return {
        name.removeprefix(OWN).lower().replace("-", "_"): text
        for name in component
        if name.startswith(OWN) and (text := text_of(component, name)) is not None
    }


def own_name(field: str) -> str:
    """The property of a field of ours."""
    return OWN + field.upper().replace("_", "-")


def moment_of(component: Component, name: str) -> date | datetime | None:
    """The day or moment of a property; None where there is none, or one that cannot be read."""
    try:
        moment = component[name].dt
    except FOREIGN:
        return None
    return moment if isinstance(moment, date) else None


def about_text(about: Ref | None) -> str | None:
    """A reference as text."""
    return None if about is None else f"{about.kind}:{about.id}"


def about_of(text: str | None) -> Ref | None:
    """A reference from text."""
    if text is None:
        return None
    kind, _, id_ = text.partition(":")
    return Ref(kind, id_)


def local_or_utc(moment: datetime, zone: ZoneInfo) -> datetime:
    """A moment by the clock of its zone; in UTC in the second pass of an hour that comes twice, which local time cannot name."""
    local = moment.astimezone(zone)
    return moment if local.fold else local


def parsed(data: object) -> Component:
    """
    Read one calendar.

    Raises:
        InvalidValueError: For what is none.
    """
    shown = f"<{type(data).__name__} of {len(data)}>" if isinstance(data, str | bytes) else type(data).__name__
    if not isinstance(data, str | bytes):
        raise refused("data", shown, "the text or the bytes of a calendar (iCalendar, RFC 5545)")
    try:
        found = Calendar.from_ical(data.decode("utf-8-sig") if isinstance(data, bytes) else data.removeprefix("\ufeff"))
    except FOREIGN as error:
        raise refused("data", shown, f"one calendar (iCalendar, RFC 5545) in UTF-8; {type(error).__name__}") from None
    if found.name != "VCALENDAR":
        raise refused("data", shown, "one calendar (iCalendar, RFC 5545): BEGIN:VCALENDAR")
    return found


FOREIGN = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError, AssertionError, OSError)
"""What icalendar, dateutil and zoneinfo raise for what they cannot read: a zone called Europe is a folder to the last one."""

MINUTE = timedelta(minutes=1)
NO_TITLE = "(ohne Titel)"
"""What an event without a title is called."""
