"""Tasks for an employee or a department, and follow-ups on any record."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import pytest

from crmkit import Crm, Scope, Settings, days
from crmkit.entities import Department, Document, FollowUp, Party, Ref, Task
from crmkit.errors import InvalidValueError, NotPermittedError, NotStoredError, StateMoveError
from crmkit.store import Rights

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit.store import Store
    from tests.desks.conftest import Clock, HistoryOf

DUE = date(2026, 1, 10)


def test_a_task_is_for_an_employee_or_for_a_department(crm: Crm) -> None:
    bens = crm.tasks.assign("ben", text="call back", due_on=DUE)
    theirs = crm.tasks.assign(Department("dispatch"), text="pack", due_on=DUE)

    assert (bens.employee_id, bens.department_id) == ("ben", None)
    assert (theirs.employee_id, theirs.department_id) == (None, "dispatch")
    assert [task.id for task in crm.tasks.pending(to="ben")] == [bens.id]
    assert [task.id for task in crm.tasks.pending(to=Department("dispatch"))] == [theirs.id]
    assert crm.tasks.pending(to=Department("ben")) == ()


@pytest.mark.parametrize("fields", [{}, {"employee_id": "ben", "department_id": "dispatch"}, {"employee_id": " "}])
def test_a_task_of_nobody_or_of_both_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        Task(id="T-1", text="call", due_on=DUE, **fields)


def test_the_party_of_a_task_is_that_of_the_record_it_is_about(crm: Crm) -> None:
    invoice = crm.get(Document, "R-1")
    party = crm.get(Party, "C-17")

    tasks = [crm.tasks.assign("ben", text="x", due_on=DUE, about=about) for about in (invoice, Ref("document", "R-1"), party)]

    assert [task.party_id for task in tasks] == ["C-17"] * 3
    assert {task.id for task in crm.tasks.pending(about=invoice)} == {task.id for task in tasks[:2]}


def test_a_task_about_another_task_belongs_to_the_same_party(crm: Crm) -> None:
    first = crm.tasks.assign("ben", text="x", due_on=DUE, about=Ref("party", "C-17"))

    assert crm.tasks.assign("ben", text="y", due_on=DUE, about=first).party_id == "C-17"


@pytest.mark.parametrize(
    ("about", "error"), [(Ref("document", "R-9"), NotStoredError), (Ref("dokument", "R-1"), InvalidValueError), ("R-1", InvalidValueError)]
)
def test_about_nothing_is_refused(crm: Crm, about: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        crm.tasks.assign("ben", text="x", due_on=DUE, about=about)


@pytest.mark.parametrize(("day", "listed"), [(date(2026, 1, 9), 0), (DUE, 1), (date(2026, 1, 11), 1)])
def test_pending_tasks_are_asked_for_up_to_a_day(crm: Crm, day: date, listed: int) -> None:
    crm.tasks.assign("ben", text="x", due_on=days(9))

    assert len(crm.tasks.pending(due_by=day)) == listed


def test_the_earliest_task_comes_first(crm: Crm) -> None:
    for day in (3, 1, 2):
        crm.tasks.assign("ben", text=str(day), due_on=date(2026, 1, day))

    assert [task.text for task in crm.tasks.pending()] == ["1", "2", "3"]
    assert [task.text for task in crm.tasks.pending(limit=1)] == ["1"]


def test_a_completed_task_is_not_pending_and_keeps_its_result(crm: Crm) -> None:
    task = crm.tasks.assign("ben", text="x", due_on=DUE)

    done = crm.tasks.complete(task.id, result="sent")

    assert (done.state, done.result, crm.tasks.pending()) == ("done", "sent", ())
    assert crm.get(Task, task.id) == done


@pytest.mark.parametrize("end", ["complete", "cancel"])
def test_a_closed_task_does_not_change_any_more(crm: Crm, end: str) -> None:
    task = crm.tasks.assign("ben", text="x", due_on=DUE)
    closed = crm.tasks.complete(task.id) if end == "complete" else crm.tasks.cancel(task.id, because="not needed")

    moves: list[Callable[[], object]] = [
        lambda: crm.tasks.complete(task.id),
        lambda: crm.tasks.cancel(task.id, because="x"),
        lambda: crm.tasks.move(task.id, due_on=DUE),
        lambda: crm.tasks.hand_to(task.id, "eva"),
    ]
    for call in moves:
        with pytest.raises(StateMoveError, match=f"task {task.id!r} cannot move from {closed.state!r}"):
            call()
    assert crm.get(Task, task.id) == closed


def test_a_task_moves_to_another_day_or_to_another_hand(crm: Crm) -> None:
    task = crm.tasks.assign(Department("dispatch"), text="x", due_on=DUE)

    assert crm.tasks.move(task.id, due_on=date(2026, 1, 20)).due_on == date(2026, 1, 20)
    taken = crm.tasks.hand_to(task.id, "ben")
    assert (taken.employee_id, taken.department_id, taken.due_on) == ("ben", None, date(2026, 1, 20))
    assert crm.tasks.hand_to(task.id, Department("sales")).employee_id is None


def test_every_step_of_a_task_is_on_the_timeline_and_what_is_open_is_planned(crm: Crm) -> None:
    task = crm.tasks.assign("ben", text="call back", due_on=DUE, about=Ref("party", "C-17"))
    (planned,) = crm.timeline("C-17", past=False)
    crm.tasks.complete(task.id)

    assert (planned.planned, planned.summary, planned.actor) == (True, "call back", "ben")
    assert list(crm.timeline("C-17", past=False)) == []
    assert [entry.verb for entry in crm.timeline("C-17", kinds=["task"], newest_first=False)] == ["tasks.assign", "tasks.complete"]


def test_a_task_without_a_party_leaves_a_history_entry_too(crm: Crm, history_of: HistoryOf) -> None:
    task = crm.tasks.assign("ben", text="tidy up", due_on=DUE)

    assert [(entry.verb, entry.party_id) for entry in history_of() if entry.about.id == task.id] == [("tasks.assign", None)]


def test_the_same_key_assigns_once(crm: Crm) -> None:
    tasks = [crm.tasks.assign("ben", text="x", due_on=DUE, about=Ref("party", "C-17"), key="k-1") for _ in range(2)]

    assert tasks[0] == tasks[1]
    assert len(crm.tasks.pending()) == 1


def test_who_reaches_only_his_own_parties_sees_only_their_tasks(crm: Crm, store: Store, clock: Clock) -> None:
    crm.add(Party(id="C-18", name="Meier", created_on=date(2026, 1, 1), owner_id="ben"))
    for party_id in ("C-17", "C-18"):
        crm.tasks.assign("eva", text=party_id, due_on=DUE, about=Ref("party", party_id))
    crm.tasks.assign("ben", text="ben's", due_on=DUE)
    crm.tasks.assign("eva", text="eva's", due_on=DUE)
    scope = Scope(tenant="acme", actor="ben", rights=Rights(verbs={"tasks.pending": "own", "tasks.assign": "own"}))
    desk = Crm(store, scope=scope, settings=Settings(zone="Europe/Berlin"), clock=clock)

    assert {task.text for task in desk.tasks.pending()} == {"C-18", "ben's"}
    assert len(desk.tasks.pending(limit=1)) == 1
    with pytest.raises(NotPermittedError):
        desk.tasks.assign("eva", text="x", due_on=DUE, about=Ref("party", "C-17"))
    with pytest.raises(NotPermittedError):
        desk.tasks.pending_follow_ups()


def test_a_follow_up_hangs_on_any_record_and_comes_to_whoever_made_it(crm: Crm) -> None:
    on_document = crm.tasks.follow_up(Ref("document", "R-1"), on=DUE, note="paid?")
    on_party = crm.tasks.follow_up(crm.get(Party, "C-17"), on=days(3), note="new shop?", employee_id="eva")

    assert (on_document.party_id, on_document.employee_id, on_document.about) == ("C-17", "anna", Ref("document", "R-1"))
    assert [one.id for one in crm.tasks.pending_follow_ups()] == [on_party.id, on_document.id]
    assert [one.id for one in crm.tasks.pending_follow_ups(employee_id="eva")] == [on_party.id]
    assert [one.id for one in crm.tasks.pending_follow_ups(about=Ref("document", "R-1"))] == [on_document.id]


def test_a_follow_up_may_have_a_time_of_day(crm: Crm) -> None:
    made = crm.tasks.follow_up(Ref("party", "C-17"), on=datetime(2026, 2, 3, 23, 30, tzinfo=UTC), note="x")

    assert (made.due_on, made.due_time) == (date(2026, 2, 4), time(0, 30))
    (planned,) = crm.timeline("C-17", past=False)
    assert planned.happened_at == datetime(2026, 2, 3, 23, 30, tzinfo=UTC)


def test_a_follow_up_is_done_or_moved(crm: Crm) -> None:
    made = crm.tasks.follow_up(Ref("party", "C-17"), on=DUE, note="x")

    moved = crm.tasks.move_follow_up(made.id, to=date(2026, 1, 20))
    assert (moved.due_on, moved.state) == (date(2026, 1, 20), "open")
    done = crm.tasks.complete_follow_up(made.id)

    assert (done.state, crm.tasks.pending_follow_ups()) == ("done", ())
    assert crm.get(FollowUp, made.id) == done
    moves: list[Callable[[], object]] = [
        lambda: crm.tasks.complete_follow_up(made.id),
        lambda: crm.tasks.move_follow_up(made.id, to=DUE),
    ]
    for call in moves:
        with pytest.raises(StateMoveError, match="cannot move from 'done'"):
            call()


@pytest.mark.parametrize(("day", "listed"), [(date(2026, 1, 9), 0), (DUE, 1), (date(2026, 1, 11), 1)])
def test_follow_ups_are_asked_for_up_to_a_day(crm: Crm, day: date, listed: int) -> None:
    crm.tasks.follow_up(Ref("party", "C-17"), on=DUE, note="x")

    assert len(crm.tasks.pending_follow_ups(due_by=day)) == listed


def test_a_follow_up_is_no_recall(crm: Crm) -> None:
    made = crm.tasks.follow_up(Ref("party", "C-17"), on=date(2026, 1, 1), note="x")

    crm.record_interaction("C-17", kind="phone")

    assert crm.get(FollowUp, made.id).state == "open"


def test_tasks_and_follow_ups_are_taken_over_with_the_party_of_their_record(crm: Crm) -> None:
    crm.add(
        Task(id="T-1", text="x", due_on=DUE, employee_id="ben", about=Ref("document", "R-1")),
        Task(id="T-2", text="y", due_on=DUE, employee_id="ben", state="done"),
        FollowUp(id="F-1", about=Ref("party", "C-17"), due_on=DUE, note="z"),
    )

    assert (crm.get(Task, "T-1").party_id, crm.get(Task, "T-2").party_id, crm.get(FollowUp, "F-1").party_id) == ("C-17", None, "C-17")
    with pytest.raises(InvalidValueError, match="the party of what it is about, 'C-17'"):
        crm.add(Task(id="T-3", text="x", due_on=DUE, employee_id="ben", about=Ref("document", "R-1"), party_id="C-18"))
    with pytest.raises(NotStoredError, match="no document with id 'R-9'"):
        crm.add(Task(id="T-3", text="x", due_on=DUE, employee_id="ben", about=Ref("document", "R-9")))
