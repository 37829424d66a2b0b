"""The calendars desk: our diaries for the calendars of others, and what those say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_each, check_kind, check_text
from crmkit.conditions import Condition
from crmkit.desks.diaries import busy_of, found_in_diaries
from crmkit.desks.reach import within_reach
from crmkit.desks.subjects import at_their_parties
from crmkit.desks.workplace import Workplace, find_each
from crmkit.entities import Appointment, FollowUp, Party, Recall, Task
from crmkit.periods import Period
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from crmkit.desks.work import Work

_FROM_OUTSIDE = ("start_at", "minutes", "subject", "place")


@attrs.frozen
class CalendarsDesk:
    """
    `crm.calendars`: what others see of our diaries, and we of theirs.

    Attributes:
        workplace: What all desks share.
    """

    workplace: Workplace = attrs.field(repr=False)

    def feed(self, employee_id: str, *, within: Period | None = None, alarm_minutes: int | None = 15) -> str:
        """
        Write the calendar of an employee (iCalendar, RFC 5545): appointments, cancelled ones too, and open tasks, recalls and follow-ups.

        Serve it under an address of your own as text/calendar, and whoever subscribes to it stays up to date: UIDs never change.

        Args:
            employee_id: Whose.
            within: Only what takes place, or is due, in these local days.
            alarm_minutes: When to remind of appointments; None is never.

        Raises:
            MissingExtraError: Without the extra `calendar`.
        """
        from crmkit.exchange import write_calendar  # noqa: PLC0415  # an extra, needed only here

        states = frozenset(("planned", "held", "cancelled"))
        appointments = found_in_diaries(
            self.workplace, verb="calendars.feed", within=within, employee_id=employee_id, party_id=None, states=states
        )
        days = [] if within is None else [Condition("due_on", "at_least", within.start), Condition("due_on", "less_than", within.end)]
        where = (Condition("employee_id", "equal", employee_id), Condition("state", "equal", "open"), *days)
        with self.workplace.reading() as transaction:
            tasks = transaction.find(Query(Task, where, order_by="due_on"))
            recalls = transaction.find(Query(Recall, where, order_by="due_on"))
            follow_ups = transaction.find(Query(FollowUp, where, order_by="due_on"))
            to_dos: list[Task | Recall | FollowUp] = [
                *within_reach(self.workplace, transaction, "calendars.feed", tasks),
                *within_reach(self.workplace, transaction, "calendars.feed", recalls),
                *within_reach(self.workplace, transaction, "calendars.feed", follow_ups),
            ]
            party_ids = {party_id for one in (*appointments, *to_dos) if (party_id := one.party_id) is not None}
            names = {party.id: party.name for party in find_each(transaction, Party, "id", sorted(party_ids))}
        return write_calendar(
            [*appointments, *to_dos],
            zone=self.workplace.settings.zone,
            at=self.workplace.moment().now,
            names=names,
            alarm_minutes=alarm_minutes,
            title=employee_id,
        )

    def free_busy(self, attendees: str | Iterable[str], *, within: Period) -> str:
        """
        Write when employees are taken, without saying by what (iCalendar, VFREEBUSY), for others who look for a common time.

        Args:
            attendees: The employees.
            within: The local days that it tells of.

        Raises:
            MissingExtraError: Without the extra `calendar`.
            NotPermittedError: When the rights do not list the verb.
        """
        from crmkit.exchange import write_free_busy  # noqa: PLC0415  # an extra, needed only here

        employees = check_each("attendees", attendees, check_text)
        self.workplace.scope.owners_reached("calendars.free_busy")
        moment = self.workplace.moment()
        begin, end = moment.start_of(check_kind("within", within, Period).start), moment.start_of(within.end)
        with self.workplace.reading() as transaction:
            busy = busy_of(transaction, employees, begin, end)
        return write_free_busy(busy, within=within, zone=self.workplace.settings.zone, at=moment.now)

    def take_in(self, appointments: Iterable[Appointment], *, at: datetime | None = None, key: str | None = None) -> None:
        """
        Bring appointments up to date by what another calendar says of them, as `read_calendar` found them.

        New ones are added, changed ones moved, cancelled ones cancelled. They may overlap others, for they are facts already; what
        was held or cancelled here stays as it is.

        Raises:
            NotStoredError: When one names a party that is not stored.
        """
        found = check_each("appointments", appointments, lambda name, item: check_kind(name, item, Appointment))
        self.workplace.do("calendars.take_in", lambda work: _take_in(work, found), arguments={"appointments": found}, at=at, key=key)


def _take_in(work: Work, appointments: Sequence[Appointment]) -> None:
    """
    Bring appointments up to date by what another calendar says of them: new ones, changed ones, cancelled ones.

    Nobody is asked whether the time is free, for it is a fact elsewhere already. What was held or cancelled here stays as it is.

    Raises:
        NotStoredError: When one names a party that is not stored.
    """
    stored = {one.id: one for one in work.find_each(Appointment, "id", (one.id for one in appointments))}
    new = at_their_parties(work, [attrs.evolve(one, version=0) for one in appointments if one.id not in stored])
    changed = [after for one in appointments if one.id in stored and (after := _updated(stored[one.id], one)) != stored[one.id]]
    work.save(*new, *changed)
    work.log_all([(one, one.party_id, None, one.subject) for one in (*new, *changed)])


def _updated(before: Appointment, told: Appointment) -> Appointment:
    if before.state != "planned":
        return before
    if told.state == "cancelled":
        return before.cancelled(told.because or "cancelled in the calendar")
    return attrs.evolve(before, **{name: getattr(told, name) for name in _FROM_OUTSIDE})
