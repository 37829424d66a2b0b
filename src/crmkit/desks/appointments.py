"""The appointment desk: nobody is in two places at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_each, check_kind, check_text, refused
from crmkit.conditions import Condition
from crmkit.desks.interactions import save_interactions
from crmkit.desks.reach import within_reach
from crmkit.desks.workplace import Workplace, find_each
from crmkit.entities import Appointment, Interaction, Party
from crmkit.errors import NotStoredError, SlotTakenError, StaleWriteError
from crmkit.ids import new_id
from crmkit.periods import Period
from crmkit.records import Attendance, Diary
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from crmkit.desks.work import Work
    from crmkit.entities import AppointmentState
    from crmkit.store import Transaction

_TAKES_TIME = Condition("state", "one_of", ("planned", "held"))


@attrs.frozen
class AppointmentsDesk:
    """
    `crm.appointments`: planned, then held or cancelled.

    Attributes:
        workplace: What all desks share.
    """

    workplace: Workplace = attrs.field(repr=False)

    def schedule(
        self,
        party_id: str | None,
        *,
        start_at: datetime,
        minutes: int,
        attendees: str | Iterable[str],
        subject: str,
        person_id: str | None = None,
        place: str | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> Appointment:
        """
        Plan an appointment with a party, or with none, such as a visit to a trade fair.

        It takes its attendees from its start to before its end: the next one may begin when it is over. Of two that are
        scheduled at once for the same employee, one wins.

        Raises:
            SlotTakenError: When an attendee is busy.
            NotStoredError: When there is no such party, or contact person.
        """
        employees = check_each("attendees", attendees, check_text)

        def work(work: Work) -> Appointment:
            party = None if party_id is None else work.get(Party, party_id, lock=False)
            _check_person(party, person_id)
            appointment = Appointment(
                id=new_id(),
                party_id=None if party is None else party.id,
                person_id=person_id,
                start_at=start_at,
                minutes=minutes,
                attendees=frozenset(employees),
                subject=subject,
                place=place,
            )
            _take(work, appointment)
            return work.record(appointment, summary=subject)

        arguments = {
            "party_id": party_id,
            "start_at": start_at,
            "minutes": minutes,
            "attendees": sorted(employees),
            "subject": subject,
            "person_id": person_id,
            "place": place,
        }
        return self.workplace.do("appointments.schedule", work, arguments=arguments, at=at, key=key)

    def move(
        self, appointment_id: str, *, start_at: datetime, minutes: int | None = None, at: datetime | None = None, key: str | None = None
    ) -> Appointment:
        """
        Give a planned appointment another time, and another length where one is given.

        Raises:
            SlotTakenError: When an attendee is busy then.
            StateMoveError: When it is not planned any more.
            NotStoredError: When there is no such appointment.
        """

        def work(work: Work) -> Appointment:
            appointment = work.get(Appointment, appointment_id).moved(start_at, minutes=minutes)
            _take(work, appointment)
            return work.record(appointment, summary=appointment.subject)

        arguments = {"appointment_id": appointment_id, "start_at": start_at, "minutes": minutes}
        return self.workplace.do("appointments.move", work, arguments=arguments, at=at, key=key)

    def hold(
        self,
        appointment_id: str,
        *,
        summary: str,
        contact: str | None = "visit",
        at: datetime | None = None,
        key: str | None = None,
    ) -> Appointment:
        """
        Close an appointment that took place, with its minutes. With a party it is a contact, and is recorded as one.

        Args:
            appointment_id: Which.
            summary: The minutes.
            contact: The kind of the interaction; None when it was recorded already.
            at: When this is done; the clock by default.
            key: Idempotency key.

        Raises:
            StateMoveError: When it is not planned any more.
            NotStoredError: When there is no such appointment.
            InvalidValueError: Before it begins.
        """

        def work(work: Work) -> Appointment:
            appointment = work.get(Appointment, appointment_id).held(summary)
            if appointment.start_at > work.moment.now:
                raise refused("start_at", appointment.start_at, f"an appointment that has begun by now ({work.moment.now.isoformat()})")
            if appointment.party_id is not None and contact is not None:
                save_interactions(work, [_interaction(work, appointment, appointment.party_id, contact)])
            return work.record(appointment, happened_at=appointment.start_at, summary=appointment.subject)

        arguments = {"appointment_id": appointment_id, "summary": summary, "contact": contact}
        return self.workplace.do("appointments.hold", work, arguments=arguments, at=at, key=key)

    def cancel(self, appointment_id: str, *, because: str, at: datetime | None = None, key: str | None = None) -> Appointment:
        """
        Call a planned appointment off; the time of its attendees is free again.

        Raises:
            StateMoveError: When it is not planned any more.
            NotStoredError: When there is no such appointment.
        """

        def work(work: Work) -> Appointment:
            appointment = work.get(Appointment, appointment_id).cancelled(because)
            return work.record(appointment, summary=f"{appointment.subject}: {because}")

        arguments = {"appointment_id": appointment_id, "because": because}
        return self.workplace.do("appointments.cancel", work, arguments=arguments, at=at, key=key)

    def agenda(
        self,
        *,
        within: Period | None = None,
        employee_id: str | None = None,
        party_id: str | None = None,
        states: Iterable[AppointmentState] = ("planned", "held"),
    ) -> tuple[Appointment, ...]:
        """
        List appointments, the earliest first.

        Args:
            within: Only those that take place in these local days, in part at least.
            employee_id: Only those of this employee.
            party_id: Only those with this party.
            states: Only those in one of these states.
        """
        if within is not None:
            check_kind("within", within, Period)
        wanted = frozenset(states)
        moment = self.workplace.moment()
        begin, end = (None, None) if within is None else (moment.start_of(within.start), moment.start_of(within.end))
        before_end = [] if end is None else [Condition("start_at", "less_than", end)]
        with self.workplace.reading() as transaction:
            if employee_id is None:
                mine = [] if party_id is None else [Condition("party_id", "equal", party_id)]
                found = transaction.find(Query(Appointment, [*mine, *before_end]))
            else:
                found = _attended(transaction, employee_id, begin, before_end)
            fitting = [
                one
                for one in found
                if one.state in wanted and (begin is None or one.end_at > begin) and (party_id is None or one.party_id == party_id)
            ]
            fitting.sort(key=lambda one: (one.start_at, one.id))
            return within_reach(self.workplace, transaction, "appointments.agenda", fitting)

    def upcoming(self, party_id: str) -> Appointment | None:
        """Find the next planned appointment with a party that is not over: its link from the party (Termin)."""
        now = self.workplace.moment().now
        planned = self.agenda(party_id=party_id, states=("planned",))
        return next((one for one in planned if one.end_at > now), None)


def _attended(transaction: Transaction, employee_id: str, begin: datetime | None, before_end: Sequence[Condition]) -> Sequence[Appointment]:
    after_begin = [] if begin is None else [Condition("end_at", "more_than", begin)]
    attended = transaction.find(Query(Attendance, [Condition("employee_id", "equal", employee_id), *after_begin, *before_end]))
    return find_each(transaction, Appointment, "id", (one.appointment_id for one in attended))


def _take(work: Work, appointment: Appointment) -> None:
    """
    Hold the diaries of the attendees, always in one order, then see that nobody is busy.

    Raises:
        SlotTakenError: When one is.
    """
    for employee_id in sorted(appointment.attendees):
        _hold_diary(work, employee_id)
    busy = work.find_each(
        Attendance,
        "employee_id",
        sorted(appointment.attendees),
        Condition("end_at", "more_than", appointment.start_at),
        Condition("start_at", "less_than", appointment.end_at),
        _TAKES_TIME,
    )
    others = sorted(one.employee_id for one in busy if one.appointment_id != appointment.id)
    if others:
        raise SlotTakenError(others[0], appointment.start_at)


def _hold_diary(work: Work, employee_id: str) -> None:
    if work.transaction.get(Diary, employee_id, lock=True) is None:
        try:
            work.transaction.save([Diary(id=employee_id)])
        except StaleWriteError:  # another one made it meanwhile
            work.transaction.get(Diary, employee_id, lock=True)


def _check_person(party: Party | None, person_id: str | None) -> None:
    if person_id is not None and (party is None or person_id not in {person.id for person in party.people}):
        raise NotStoredError("contact_person", person_id)


def _interaction(work: Work, appointment: Appointment, party_id: str, kind: str) -> Interaction:
    return Interaction(
        id=new_id(),
        party_id=party_id,
        happened_at=appointment.start_at,
        kind=kind,
        employee_id=work.scope.actor,
        person_id=appointment.person_id,
        topics=(appointment.subject,),
        result=appointment.summary,
        minutes=appointment.minutes,
    )
