"""Appointments of employees, with a party or on their own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

import attrs

from crmkit._checks import check_choice, check_int, check_text, check_texts, refused
from crmkit.entities._fields import recurs_at, start_at, text_set
from crmkit.errors import StateMoveError

if TYPE_CHECKING:
    from collections.abc import Iterable

AppointmentState = Literal["planned", "held", "cancelled"]


def _attendees(value: str | Iterable[str]) -> frozenset[str]:
    return text_set("attendees", value)


@attrs.frozen(kw_only=True)
class Appointment:
    """
    A time for which employees are taken. It begins with its first minute and ends before its last, so that two can touch.

    Attributes:
        id: Its id.
        start_at: When it begins; kept in UTC.
        minutes: How long it takes.
        attendees: The employees who take part, at least one.
        subject: What it is about.
        party_id: With whom; None where it is with no party, such as a trade fair.
        person_id: With which contact person.
        place: Where.
        state: "planned", then "held" or "cancelled".
        summary: What came of it, once it is held.
        because: Why it was cancelled.
        series_id: The series that it is one of.
        calendar_uid: Its UID in the calendar that it came from.
        recurs_at: Which one of a series in that calendar: when it was to begin by the rule; kept in UTC.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    start_at: datetime = attrs.field(converter=start_at)
    minutes: int
    attendees: frozenset[str] = attrs.field(converter=_attendees)
    subject: str = attrs.field(repr=False)
    party_id: str | None = None
    person_id: str | None = None
    place: str | None = attrs.field(default=None, repr=False)
    state: AppointmentState = "planned"
    summary: str | None = attrs.field(default=None, repr=False)
    because: str | None = attrs.field(default=None, repr=False)
    series_id: str | None = None
    calendar_uid: str | None = None
    recurs_at: datetime | None = attrs.field(default=None, converter=attrs.converters.optional(recurs_at))
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_texts(self, "party_id", "person_id", "place", "summary", "because", "series_id", "calendar_uid")
        check_text("id", self.id)
        check_int("minutes", self.minutes, at_least=1)
        check_text("subject", self.subject)
        check_choice("state", self.state, AppointmentState)
        if not self.attendees:
            raise refused("attendees", sorted(self.attendees), "at least one employee")
        try:
            _ = self.end_at
        except OverflowError:
            raise refused("minutes", self.minutes, "an end before the year 10000") from None

    @property
    def end_at(self) -> datetime:
        """The moment at which it is over; the next one may begin then."""
        return self.start_at + timedelta(minutes=self.minutes)

    @property
    def takes_time(self) -> bool:
        """Tell whether its attendees are busy: a cancelled one leaves them free."""
        return self.state != "cancelled"

    def held(self, summary: str) -> Appointment:
        """
        Close it with what came of it.

        Raises:
            StateMoveError: When it is not planned any more.
        """
        self._check_planned("held")
        return attrs.evolve(self, state="held", summary=check_text("summary", summary))

    def cancelled(self, because: str) -> Appointment:
        """
        Call it off; the time is free again.

        Raises:
            StateMoveError: When it is not planned any more.
        """
        self._check_planned("cancelled")
        return attrs.evolve(self, state="cancelled", because=check_text("because", because))

    def moved(self, to: datetime, *, minutes: int | None = None) -> Appointment:
        """
        Give it another time.

        Raises:
            StateMoveError: When it is not planned any more.
        """
        self._check_planned("planned")
        return attrs.evolve(self, start_at=to, minutes=self.minutes if minutes is None else minutes)

    def _check_planned(self, to: AppointmentState) -> None:
        if self.state != "planned":
            raise StateMoveError("appointment", self.id, self.state, to, ())
