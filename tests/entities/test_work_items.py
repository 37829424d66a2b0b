"""Appointments, tasks, follow-ups, notes, attachments, events, e-mails: what no store should hold is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from crmkit.entities import Appointment, Attachment, Commitment, Department, Event, FollowUp, Interaction, Note, OpeningBalance, Ref, Task
from crmkit.entities import Unassigned as Waiting
from crmkit.errors import InvalidValueError, StateMoveError

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAY = date(2026, 1, 1)
PARTY = Ref("party", "C-17")
VALID: dict[type, dict[str, Any]] = {
    Appointment: {"id": "1", "start_at": NOON, "minutes": 60, "attendees": "anna", "subject": "x"},
    Task: {"id": "1", "text": "x", "due_on": DAY, "employee_id": "anna"},
    FollowUp: {"id": "1", "about": PARTY, "due_on": DAY, "note": "x"},
    Note: {"id": "1", "about": PARTY, "text": "x", "written_at": NOON},
    Attachment: {"id": "1", "about": PARTY, "uri": "dms:1", "title": "x", "kind": "offer", "written_at": NOON},
    Event: {"id": "1", "party_id": "C-17", "kind": "move", "text": "x", "happened_at": NOON},
    OpeningBalance: {"id": "1", "party_id": "C-17", "contact_count": 1, "last_contact_on": DAY},
    Waiting: {"id": "1", "sender": "a@b.example", "recipients": ["c@d.example"], "subject": "x", "happened_at": NOON},
    Department: {"id": "dispatch"},
}


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        (Appointment, "start_at", DAY),
        (Appointment, "minutes", 0),
        (Appointment, "minutes", True),
        (Appointment, "attendees", ()),
        (Appointment, "attendees", [17]),
        (Appointment, "subject", ""),
        (Appointment, "state", "open"),
        (Appointment, "start_at", datetime(9999, 12, 31, 23, 30, tzinfo=UTC)),
        (Task, "text", ""),
        (Task, "due_on", NOON),
        (Task, "state", "planned"),
        (Task, "about", "C-17"),
        (Task, "department_id", "dispatch"),
        (Task, "employee_id", None),
        (FollowUp, "about", "C-17"),
        (FollowUp, "due_on", NOON),
        (FollowUp, "due_time", time(9, tzinfo=UTC)),
        (FollowUp, "note", ""),
        (FollowUp, "state", "cancelled"),
        (Note, "about", "C-17"),
        (Note, "text", ""),
        (Note, "kind", ""),
        (Note, "written_at", DAY),
        (Attachment, "uri", "/x"),
        (Attachment, "title", "a\nb"),
        (Attachment, "kind", ""),
        (Event, "party_id", ""),
        (Event, "kind", ""),
        (Event, "text", ""),
        (Event, "happened_at", DAY),
        (OpeningBalance, "contact_count", -1),
        (OpeningBalance, "contact_count", 0),
        (OpeningBalance, "last_contact_on", NOON),
        (OpeningBalance, "voided_because", ""),
        (Waiting, "sender", ""),
        (Waiting, "subject", "\0"),
        (Waiting, "direction", "both"),
        (Waiting, "uri", "/x"),
        (Waiting, "state", "assigned"),
        (Waiting, "interaction_id", "I-1"),
        (Department, "id", ""),
    ],
)
def test_what_no_store_should_hold_is_refused(kind: type, field: str, value: object) -> None:
    with pytest.raises(InvalidValueError):
        kind(**(VALID[kind] | {field: value}))


@pytest.mark.parametrize("kind", VALID)
def test_the_rest_is_accepted(kind: type) -> None:
    assert kind(**VALID[kind]) == kind(**VALID[kind])


def test_no_contacts_before_have_no_last_day() -> None:
    assert OpeningBalance(id="1", party_id="C-17", contact_count=0).last_contact_on is None


def a_call(*commitments: Commitment, **fields: Any) -> Interaction:
    return Interaction(**{"id": "1", "party_id": "C-17", "happened_at": NOON, "kind": "phone", "commitments": commitments, **fields})


@pytest.mark.parametrize(
    ("commitments", "due_on"),
    [
        ([], None),
        ([Commitment(text="a", due_on=DAY, kept_on=DAY)], None),
        ([Commitment(text="a")], date.max),
        ([Commitment(text="a"), Commitment(text="b", due_on=DAY)], DAY),
        ([Commitment(text="a", due_on=DAY, kept_on=DAY), Commitment(text="b", due_on=date(2026, 2, 1))], date(2026, 2, 1)),
    ],
)
def test_an_interaction_is_due_with_its_earliest_open_promise(commitments: list[Commitment], due_on: date | None) -> None:
    assert a_call(*commitments).commitment_due_on == due_on
    assert a_call(*commitments, voided_because="wrong").commitment_due_on is None


def test_the_moves_of_a_closed_record_name_it_and_its_state() -> None:
    with pytest.raises(StateMoveError, match="follow_up '1' cannot move from 'done' to 'open'"):
        FollowUp(**VALID[FollowUp]).done().moved(DAY)
    with pytest.raises(StateMoveError, match="opening_balance '1' cannot move from 'voided' to 'voided'"):
        OpeningBalance(**VALID[OpeningBalance]).voided("twice").voided("thrice")
    with pytest.raises(StateMoveError, match="unassigned '1' cannot move from 'dismissed' to 'assigned'"):
        Waiting(**VALID[Waiting]).dismissed("spam").assigned("I-1")
