"""When a party is to be contacted: a lasting frequency, and recalls on a day."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING, Literal

import attrs

from crmkit._checks import (
    check_choice,
    check_date,
    check_int,
    check_kind,
    check_local_time,
    check_text,
    check_texts,
    check_zone,
    refused,
)
from crmkit.entities._fields import kept
from crmkit.entities.recurrences import Recurrence
from crmkit.periods import Interval, Period

if TYPE_CHECKING:
    from collections.abc import Iterable

RecallState = Literal["open", "done", "cancelled"]
CountedFrom = Literal["contact", "deadline"]

_WEEKDAYS = range(7)


def _reachable(values: Iterable[OpenHours]) -> tuple[OpenHours, ...]:
    return kept("reachable", OpenHours, values)


@attrs.frozen(order=True)
class OpenHours:
    """
    Hours at which somebody is to be reached, on one day of the week.

    Attributes:
        weekday: 0 is Monday, 6 is Sunday.
        start: From this local time on.
        end: Up to but not including this one; midnight is time(0).
    """

    weekday: int
    start: time
    end: time

    def __attrs_post_init__(self) -> None:
        """Refuse what is no time of a week."""
        if check_int("weekday", self.weekday) not in _WEEKDAYS:
            raise refused("weekday", self.weekday, "0 (Monday) to 6 (Sunday)")
        if check_local_time("start", self.start) >= check_local_time("end", self.end) and self.end != time(0):
            raise refused("end", self.end, f"a time after the start ({self.start}); midnight is time(0)")


@attrs.frozen(kw_only=True)
class ContactPlan:
    """
    How often a party is to be contacted, and what is known of its contacts.

    A record of its own, so that a call does not make a colleague's open change of the address stale.

    Attributes:
        party_id: Whose plan it is.
        frequency: The longest gap between two contacts, or a rule that names the days to contact it; None leaves it to the policy.
        counted_from: "contact" counts from the last contact, "deadline" from the former deadline, which keeps its anchor day.
        planned_on: The day on which the plan was made.
        postponed_to: The suggestion is silent until this day.
        ends_on: The last day of the plan.
        quiet: Days on which the party wishes to be left alone, for example its holidays; recalls are not touched.
        reachable: Hours at which it wishes to be contacted; empty is any time.
        zone: IANA time zone of those hours, where it is not ours.
        last_contact_on: Local day of the last contact.
        contact_count: How many contacts there were.
        attempt_count: How many tries reached nobody.
        next_contact_on: First day on the list; None never. Kept up to date by every verb.
        version: Raised by each stored change; 0 is not stored yet.
    """

    party_id: str
    frequency: Interval | Recurrence | None = None
    counted_from: CountedFrom = "contact"
    planned_on: date | None = None
    postponed_to: date | None = None
    ends_on: date | None = None
    quiet: Period | None = None
    reachable: tuple[OpenHours, ...] = attrs.field(default=(), converter=_reachable)
    zone: str | None = None
    last_contact_on: date | None = None
    contact_count: int = 0
    attempt_count: int = 0
    next_contact_on: date | None = None
    version: int = attrs.field(default=0, eq=False)

    @property
    def id(self) -> str:
        """The id of its party: each party has at most one plan."""
        return self.party_id

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_text("party_id", self.party_id)
        check_choice("counted_from", self.counted_from, CountedFrom)
        check_frequency(self.frequency, counted_from=self.counted_from)
        if self.quiet is not None:
            check_kind("quiet", self.quiet, Period)
        if self.zone is not None:
            check_zone("zone", self.zone)
        for name in ("planned_on", "postponed_to", "ends_on", "last_contact_on", "next_contact_on"):
            if getattr(self, name) is not None:
                check_date(name, getattr(self, name))
        check_int("contact_count", self.contact_count, at_least=0)
        check_int("attempt_count", self.attempt_count, at_least=0)

    def series_on(self) -> date | None:
        """The next day that a rule names: after the last contact, else its first; None without a rule, and when it has ended."""
        if not isinstance(self.frequency, Recurrence):
            return None
        if self.last_contact_on is None:
            return next(self.frequency.days())
        anchor = self.last_contact_on if self.counted_from == "contact" else None
        return self.frequency.next_after(self.last_contact_on, anchor_on=anchor)


def check_frequency(frequency: object, *, counted_from: str) -> None:
    """Accept a gap, a rule, or None; a rule that starts anew with every contact cannot count how often it came."""
    if isinstance(frequency, Recurrence):
        if frequency.is_counted and counted_from == "contact":
            raise refused("frequency", frequency.rule, 'UNTIL instead of COUNT, or counted_from="deadline"')
    elif frequency is not None and not isinstance(frequency, Interval):
        raise refused("frequency", type(frequency).__name__, "an Interval, such as days(30), a Recurrence, or None")


@attrs.frozen(kw_only=True)
class Recall:
    """
    A contact on an exact day: due from that day on until it is done, moved or cancelled.

    Attributes:
        id: Its id.
        party_id: Whom to contact.
        due_on: The local day.
        due_time: The local time; None any time that day.
        employee_id: Who is to do it.
        reason: Why.
        state: "open", "done" or "cancelled".
        done_by_id: The interaction that completed it; when that one turns out to be wrong, it is open again.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    party_id: str
    due_on: date
    due_time: time | None = None
    employee_id: str | None = None
    reason: str | None = attrs.field(default=None, repr=False)
    state: RecallState = "open"
    done_by_id: str | None = None
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_texts(self, "employee_id", "reason", "done_by_id")
        check_text("id", self.id)
        check_text("party_id", self.party_id)
        check_date("due_on", self.due_on)
        if self.due_time is not None:
            check_local_time("due_time", self.due_time)
        check_choice("state", self.state, RecallState)
