"""Appointments that come again by a rule: each one is an appointment of its own, and knows its series."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import attrs

from crmkit._checks import refused
from crmkit.conditions import Condition
from crmkit.desks.diaries import take
from crmkit.entities import Appointment, Recurrence
from crmkit.errors import StateMoveError
from crmkit.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crmkit.desks.work import Work

_MOST = 500


def save_series(work: Work, first: Appointment, rule: str) -> Appointment:
    """
    Write every appointment of a series, at the same time on the clock, all or none; return the first.

    Raises:
        SlotTakenError: When an attendee is busy at one of them.
        InvalidValueError: For a rule without an end, or with too many days.
    """
    local = first.start_at.astimezone(work.moment.zone)
    recurrence = Recurrence(rule, local.date())
    if not recurrence.ends:
        raise refused("rule", recurrence.rule, "a rule with an end: COUNT or UNTIL")
    days = list(islice(recurrence.days(), _MOST + 1))
    if len(days) > _MOST:
        raise refused("rule", recurrence.rule, f"at most {_MOST} appointments")
    series_id = new_id()
    made = [attrs.evolve(first, id=new_id(), start_at=work.moment.local(day, local.time()), series_id=series_id) for day in days]
    take(work, made)
    _save(work, made)
    return work.stored(made[0])


def move_rest(work: Work, appointment_id: str, *, start_at: datetime, minutes: int | None) -> Appointment:
    """
    Give an appointment and all later planned ones of its series another time: as many days later, at the same time on the clock.

    Raises:
        SlotTakenError: When an attendee is busy at one of them.
        StateMoveError: When it is not planned any more.
    """
    rest = _rest(work, appointment_id, to="planned")
    moved_first = rest[0].moved(start_at, minutes=minutes)
    zone = work.moment.zone
    old, new = rest[0].start_at.astimezone(zone), moved_first.start_at.astimezone(zone)
    shift = new.date() - old.date()
    later = [one.moved(work.moment.local(one.start_at.astimezone(zone).date() + shift, new.time()), minutes=minutes) for one in rest[1:]]
    moved = [moved_first, *later]
    take(work, moved)
    _save(work, moved)
    return work.stored(moved_first)


def cancel_rest(work: Work, appointment_id: str, *, because: str) -> Appointment:
    """
    Call an appointment and all later planned ones of its series off.

    Raises:
        StateMoveError: When it is not planned any more.
    """
    cancelled = [one.cancelled(because) for one in _rest(work, appointment_id, to="cancelled")]
    _save(work, cancelled, because=because)
    return work.stored(cancelled[0])


def _rest(work: Work, appointment_id: str, *, to: str) -> list[Appointment]:
    """An appointment, and the later planned ones of its series."""
    first = work.get(Appointment, appointment_id)
    if first.state != "planned":
        raise StateMoveError("appointment", first.id, first.state, to, ())
    if first.series_id is None:
        return [first]
    found = work.find(
        Appointment,
        Condition("series_id", "equal", first.series_id),
        Condition("start_at", "more_than", first.start_at),
        order_by=["start_at"],
    )
    return [first, *(one for one in found if one.state == "planned")]


def _save(work: Work, appointments: Sequence[Appointment], *, because: str | None = None) -> None:
    work.save(*appointments)
    work.log_all([(one, one.party_id, None, one.subject if because is None else f"{one.subject}: {because}") for one in appointments])
