"""After any of the verbs for activities every rule holds; whatever is changed past the desk is found."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmkit import Crm, Scope, Settings
from crmkit.desks.corrections import void_interaction
from crmkit.entities import Appointment, Commitment, ContactPlan, Department, Event, Interaction, Party, Ref, Task, Unassigned
from crmkit.persistence import MemoryStore
from crmkit.records import Attendance, EmailAddress
from crmkit.store import Query

if TYPE_CHECKING:
    from crmkit.records import Stored
    from crmkit.store import Store
    from tests.desks.conftest import Clock

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def busy(crm: Crm, clock: Clock) -> Crm:
    """A desk on which every verb for activities was used."""
    crm.add(Party(id="C-18", name="Meier", created_on=date(2026, 1, 1), emails=["office@meier.example"]))
    crm.contact.open_balance("C-17", last_contact_on=date(2025, 12, 1), contact_count=3)
    call = crm.record_interaction("C-17", kind="phone", commitments=[Commitment(text="a list")])
    crm.contact.keep_commitment(call.id, text="a list")
    crm.contact.reassign(call.id, party_id="C-18")
    wrong = crm.record_interaction("C-17", kind="phone")
    crm._workplace.do("void", lambda work: void_interaction(work, wrong, because="x"), arguments={})  # noqa: SLF001  # as `Crm.void` calls it
    task = crm.tasks.assign(Department("dispatch"), text="x", due_on=date(2026, 1, 9), about=Ref("party", "C-17"))
    crm.tasks.hand_to(task.id, "ben")
    crm.tasks.move(task.id, due_on=date(2026, 1, 10))
    crm.tasks.complete(task.id)
    crm.tasks.cancel(crm.tasks.assign("ben", text="y", due_on=date(2026, 1, 9)).id, because="x")
    follow_up = crm.tasks.follow_up(Ref("document", "R-1"), on=date(2026, 1, 9), note="x")
    crm.tasks.move_follow_up(follow_up.id, to=date(2026, 1, 10))
    crm.tasks.complete_follow_up(follow_up.id)
    visit = crm.appointments.schedule("C-17", start_at=NINE, minutes=60, attendees=["anna", "ben"], subject="x")
    crm.appointments.move(visit.id, start_at=datetime(2026, 1, 6, 9, tzinfo=UTC))
    gone = crm.appointments.schedule("C-17", start_at=NINE, minutes=60, attendees=["anna", "ben"], subject="x")
    crm.appointments.cancel(gone.id, because="x")
    clock.move_to(date(2026, 1, 7))
    crm.appointments.hold(visit.id, summary="x")
    crm.notes.attach(crm.notes.write(visit, text="x"), uri="dms:1", title="x", kind="offer")
    crm.notes.record_event("C-17", kind="move", text="x")
    crm.emails.file(sender="office@meier.example", recipients=["anna@acme.example"], subject="x", uri="dms:2")
    unknown, spam = (crm.emails.file(sender="x@x.example", recipients=["anna@acme.example"], subject="x", uri="dms:3") for _ in range(2))
    crm.emails.assign(unknown.id, "C-18")
    crm.emails.dismiss(spam.id, because="x")
    return crm


def test_after_every_verb_every_rule_holds(busy: Crm) -> None:
    assert busy.check() == ()
    assert busy.journal.verify() == ()


def first(crm: Crm, kind: type[Any], **fields: object) -> Any:
    with crm._workplace.reading() as transaction:  # noqa: SLF001  # past the desk
        return next(one for one in transaction.find(Query(kind)) if all(getattr(one, name) == value for name, value in fields.items()))


@pytest.mark.parametrize(
    ("kind", "which_and_changes", "rule"),
    [
        (ContactPlan, ({"id": "C-17"}, {"contact_count": 9}), "counts_and_last_contacts_are_those_of_the_entries"),
        (ContactPlan, ({"id": "C-18"}, {"last_contact_on": date(2026, 1, 2)}), "counts_and_last_contacts_are_those_of_the_entries"),
        (Attendance, ({"employee_id": "ben"}, {"state": "held", "end_at": NINE}), "employees_are_taken_by_their_appointments"),
        (Appointment, ({"state": "held"}, {"attendees": {"eva"}}), "employees_are_taken_by_their_appointments"),
        (EmailAddress, ({}, {"address": "x@y.example"}), "parties_are_found_by_their_email_addresses"),
        (Party, ({"id": "C-18"}, {"emails": ()}), "parties_are_found_by_their_email_addresses"),
        (Unassigned, ({"state": "assigned"}, {"interaction_id": "I-9"}), "an_assigned_email_has_its_interaction"),
    ],
)
def test_what_is_changed_past_the_desk_is_found(
    busy: Crm, store: Store, kind: type[Any], which_and_changes: tuple[dict[str, object], dict[str, Any]], rule: str
) -> None:
    which, changes = which_and_changes
    changed = attrs.evolve(first(busy, kind, **which), **changes)
    with store.transaction("acme", write=True) as transaction:
        transaction.save([changed])

    assert rule in {problem.source for problem in busy.check()}


def test_what_left_no_history_is_found(busy: Crm, store: Store) -> None:
    silent: list[Stored] = [
        Task(id="T-9", text="x", due_on=date(2026, 1, 1), employee_id="ben"),
        Event(id="E-9", party_id="C-17", kind="move", text="x", happened_at=NINE),
    ]
    with store.transaction("acme", write=True) as transaction:
        transaction.save(silent)

    found = [problem.message for problem in busy.check() if problem.source == "what_people_do_has_a_history"]
    assert found == ["task T-9: has no history entry", "event E-9: has no history entry"]


def test_an_export_brings_everything_back(busy: Crm, clock: Clock) -> None:
    data = busy.export()
    other = Crm(MemoryStore(), scope=Scope(tenant="zenith", actor="anna"), settings=Settings(zone="Europe/Berlin"), clock=clock)

    other.import_(data)

    assert other.export() == data
    assert other.check() == ()
    assert isinstance(other.emails.file(sender="office@meier.example", recipients=["anna@acme.example"], subject="x"), Interaction)
