"""The appointment desk: nobody is in two places at once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_choice, check_each, check_int, check_kind, check_text, refused
from crmkit.desks.aliases import person_at
from crmkit.desks.appointment_series import cancel_rest, move_rest, save_series
from crmkit.desks.diaries import busy_of, found_in_diaries, take, to_come
from crmkit.desks.interactions import save_interactions
from crmkit.desks.workplace import Workplace
from crmkit.entities import Appointment, AppointmentState, Interaction, Party
from crmkit.errors import NotStoredError
from crmkit.ids import new_id
from crmkit.periods import Period
from crmkit.scheduling import free_slots

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from crmkit.desks.work import Work
    from crmkit.scheduling import Slot


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
        rule: str | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> Appointment:
        """
        Plan an appointment with a party, or with none, such as a visit to a trade fair.

        It takes its attendees from its start to before its end: the next one may begin when it is over. Of two that are
        scheduled at once for the same employee, one wins.

        Args:
            party_id: With whom.
            start_at: When it begins, or the first of a series.
            minutes: How long it takes.
            attendees: The employees who take part.
            subject: What it is about.
            person_id: With which contact person.
            place: Where.
            rule: A recurrence rule (RFC 5545) with an end, such as "FREQ=WEEKLY;COUNT=10": a series is made, at the same time on the clock,
                all of it or nothing.
            at: When this is done; the clock by default.
            key: Idempotency key.

        Returns:
            The appointment; of a series the first one, whose `series_id` all share.

        Raises:
            SlotTakenError: When an attendee is busy.
            NotStoredError: When there is no such party, or contact person.
            InvalidValueError: For a rule without an end, or with more than 500 days.
        """
        employees = check_each("attendees", attendees, check_text)

        def work(work: Work) -> Appointment:
            party = None if party_id is None else work.get(Party, party_id, lock=False)
            person = None if person_id is None else _person(party, person_id, asked=party_id)
            appointment = Appointment(
                id=new_id(),
                party_id=None if party is None else party.id,
                person_id=person,
                start_at=start_at,
                minutes=minutes,
                attendees=frozenset(employees),
                subject=subject,
                place=place,
            )
            if rule is not None:
                return save_series(work, appointment, rule)
            take(work, [appointment])
            return work.record(appointment, summary=subject)

        arguments = {
            "party_id": party_id,
            "start_at": start_at,
            "minutes": minutes,
            "attendees": sorted(employees),
            "subject": subject,
            "person_id": person_id,
            "place": place,
            "rule": rule,
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
            take(work, [appointment])
            return work.record(appointment, summary=appointment.subject)

        arguments = {"appointment_id": appointment_id, "start_at": start_at, "minutes": minutes}
        return self.workplace.do("appointments.move", work, arguments=arguments, at=at, key=key)

    def move_rest(
        self, appointment_id: str, *, start_at: datetime, minutes: int | None = None, at: datetime | None = None, key: str | None = None
    ) -> Appointment:
        """
        Move a planned appointment and all later planned ones of its series: as many days later, at the same time on the clock.

        Raises:
            SlotTakenError: When an attendee is busy at one of the new times; then none is moved.
            StateMoveError: When it is not planned any more.
            NotStoredError: When there is no such appointment.
        """
        arguments = {"appointment_id": appointment_id, "start_at": start_at, "minutes": minutes}
        return self.workplace.do(
            "appointments.move_rest",
            lambda work: move_rest(work, appointment_id, start_at=start_at, minutes=minutes),
            arguments=arguments,
            at=at,
            key=key,
        )

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

    def cancel_rest(self, appointment_id: str, *, because: str, at: datetime | None = None, key: str | None = None) -> Appointment:
        """
        Call a planned appointment and all later planned ones of its series off.

        Raises:
            StateMoveError: When it is not planned any more.
            NotStoredError: When there is no such appointment.
        """
        arguments = {"appointment_id": appointment_id, "because": because}
        return self.workplace.do(
            "appointments.cancel_rest", lambda work: cancel_rest(work, appointment_id, because=because), arguments=arguments, at=at, key=key
        )

    def free_slots(self, attendees: str | Iterable[str], *, minutes: int, within: Period, buffer_minutes: int = 0) -> Iterator[Slot]:
        """
        List the times from now on at which all attendees are free, each as long as it lasts, the earliest first.

        Working hours and holidays are those of the settings.

        Args:
            attendees: The employees who are to take part.
            minutes: The shortest slot that is of use.
            within: The local days to search.
            buffer_minutes: Kept free before and after every appointment.

        Raises:
            NotPermittedError: When the rights do not list the verb.
            InvalidValueError: For nobody, and for lengths below one minute.
        """
        employees = check_each("attendees", attendees, check_text)
        self.workplace.scope.owners_reached("appointments.free_slots")
        settings, moment = self.workplace.settings, self.workplace.moment()
        buffer = timedelta(minutes=check_int("buffer_minutes", buffer_minutes, at_least=0))
        begin, end = moment.start_of(check_kind("within", within, Period).start), moment.start_of(within.end)
        with self.workplace.reading() as transaction:
            busy = busy_of(transaction, employees, begin - buffer, end + buffer)
        slots = free_slots(
            busy,
            within=within,
            minutes=minutes,
            hours={employee_id: settings.hours_of(employee_id) for employee_id in employees},
            zone=settings.zone,
            buffer_minutes=buffer_minutes,
            holidays=settings.holidays,
        )
        return to_come(slots, moment.now, minutes)

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
        wanted = frozenset(check_each("states", states, lambda name, state: check_choice(name, state, AppointmentState)))
        return found_in_diaries(
            self.workplace, verb="appointments.agenda", within=within, employee_id=employee_id, party_id=party_id, states=wanted
        )

    def upcoming(self, party_id: str) -> Appointment | None:
        """Find the next planned appointment with a party that is not over: its link from the party (Termin)."""
        now = self.workplace.moment().now
        planned = self.agenda(party_id=party_id, states=("planned",))
        return next((one for one in planned if one.end_at > now), None)


def _person(party: Party | None, person_id: str, *, asked: str | None) -> str:
    person = person_id if party is None else person_at(party, person_id, asked=asked or party.id)
    if party is None or person is None or person not in {one.id for one in party.people}:
        raise NotStoredError("contact_person", person_id)
    return person


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
