"""Appointments, tasks, follow-ups, notes, attachments, events, e-mails, and what they are found by."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import attrs

from crmkit.entities import Appointment, Attachment, Event, FollowUp, Note, OpeningBalance, Task, Unassigned
from crmkit.records.declarations import PARTY, Field, RecordKind


@attrs.frozen(kw_only=True)
class Diary:
    """
    Whoever gives an employee an appointment holds this meanwhile, so that of two at once one wins.

    Attributes:
        id: The employee.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    version: int = attrs.field(default=0, eq=False)


@attrs.frozen(kw_only=True)
class Attendance:
    """
    When one employee is taken by an appointment; kept beside it.

    Attributes:
        id: Appointment and employee.
        appointment_id: The appointment.
        employee_id: The employee.
        start_at: When it begins.
        end_at: When it is over.
        state: That of the appointment.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    appointment_id: str
    employee_id: str
    start_at: datetime
    end_at: datetime
    state: str
    version: int = attrs.field(default=0, eq=False)


@attrs.frozen(kw_only=True)
class EmailAddress:
    """
    An e-mail address by which a party is found; kept beside it.

    Attributes:
        id: Party, contact person and address.
        party_id: The party.
        person_id: The contact person; None where it is the party's own.
        address: The address, folded.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    party_id: str
    person_id: str | None
    address: str = attrs.field(repr=False)
    version: int = attrs.field(default=0, eq=False)


@attrs.frozen(kw_only=True)
class WorkItem:
    """
    One open thing to do, in the order of a work queue, by which the queue finds it; kept beside the record that asks for it.

    Attributes:
        id: Kind and id of the record, and the employee where there are several.
        record_key: Kind and id of the record.
        party_id: The party that it is about, if any.
        whose: The employee or department that is to do it, or nobody; see `crmkit.desks.work_items`.
        by_owner: Whether it falls to the owner of the party, because the record names nobody.
        rank: How urgent its kind is; 0 is the most urgent.
        day: Its day, or one before it where the day depends on more than the record; None never.
        at: Its local time, as text.
        worth: Minus the most that the party can be worth, in minor units; 1 where it is worth nothing that is known.
        key: The party, or the record where that stands alone: what a row of the queue is about.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    record_key: str
    party_id: str | None = None
    whose: str
    by_owner: bool = False
    rank: int
    day: date | None
    at: str = ""
    worth: int = 1
    key: str
    version: int = attrs.field(default=0, eq=False)


_ABOUT = Field(name="about_key")
_STATE = Field(name="state")
_DUE = Field(name="due_on", type="day")
_EMPLOYEE = Field(name="employee_id")
_IN_ORDER = ("rank", "day", "at", "worth", "key")

ACTIVITIES: tuple[RecordKind[Any], ...] = (
    RecordKind(name="opening_balance", entity=OpeningBalance, fields=(PARTY,), indexes=(("party_id",),)),
    RecordKind(
        name="appointment",
        entity=Appointment,
        fields=(PARTY, Field(name="start_at", type="instant"), _STATE, Field(name="series_id")),
        indexes=(("party_id", "state", "start_at"), ("start_at",), ("state", "start_at"), ("series_id", "start_at")),
    ),
    RecordKind(name="diary", entity=Diary),
    RecordKind(
        name="attendance",
        entity=Attendance,
        fields=(
            Field(name="appointment_id", refers_to="appointment"),
            _EMPLOYEE,
            Field(name="start_at", type="instant"),
            Field(name="end_at", type="instant"),
            _STATE,
        ),
        indexes=(("appointment_id",), ("employee_id", "end_at")),
    ),
    RecordKind(
        name="task",
        entity=Task,
        fields=(PARTY, _ABOUT, _STATE, _DUE, _EMPLOYEE, Field(name="department_id")),
        indexes=(("state", "due_on"), ("party_id", "state", "due_on"), ("about_key",), ("employee_id", "state", "due_on")),
    ),
    RecordKind(
        name="follow_up",
        entity=FollowUp,
        fields=(PARTY, _ABOUT, _STATE, _DUE, _EMPLOYEE),
        indexes=(("state", "due_on"), ("party_id", "state", "due_on"), ("about_key",)),
    ),
    RecordKind(name="note", entity=Note, fields=(PARTY, _ABOUT), indexes=(("party_id",), ("about_key",))),
    RecordKind(name="attachment", entity=Attachment, fields=(PARTY, _ABOUT), indexes=(("party_id",), ("about_key",))),
    RecordKind(
        name="event",
        entity=Event,
        fields=(PARTY, Field(name="kind"), Field(name="happened_at", type="instant")),
        indexes=(("party_id", "happened_at"),),
    ),
    RecordKind(
        name="unassigned",
        entity=Unassigned,
        fields=(_STATE, Field(name="happened_at", type="instant")),
        indexes=(("state", "happened_at"),),
    ),
    RecordKind(
        name="work_item",
        entity=WorkItem,
        fields=(
            PARTY,
            Field(name="record_key"),
            Field(name="whose"),
            Field(name="rank", type="number"),
            Field(name="day", type="day"),
            Field(name="at"),
            Field(name="worth", type="number"),
            Field(name="key"),
        ),
        indexes=(("party_id",), ("record_key",), _IN_ORDER, ("whose", *_IN_ORDER)),
    ),
    RecordKind(name="email_address", entity=EmailAddress, fields=(PARTY, Field(name="address")), indexes=(("party_id",), ("address",))),
)
