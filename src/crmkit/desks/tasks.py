"""The task desk: what employees and departments are to do, and what is to come up again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit.conditions import Condition
from crmkit.desks.reach import within_reach
from crmkit.desks.subjects import about_at_home, ref_of, subject_of
from crmkit.desks.workplace import Workplace
from crmkit.entities import Department, FollowUp, Task
from crmkit.ids import new_id
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from crmkit.desks.moments import When
    from crmkit.desks.subjects import About
    from crmkit.desks.work import Work

_OPEN = Condition("state", "equal", "open")


@attrs.frozen
class TasksDesk:
    """
    `crm.tasks`: tasks for an employee or a department, and follow-ups on any record.

    Attributes:
        workplace: What all desks share.
    """

    workplace: Workplace = attrs.field(repr=False)

    def assign(
        self,
        to: str | Department,
        *,
        text: str,
        due_on: When,
        about: About | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> Task:
        """
        Give a task to an employee, or to a `Department`; about a record, it is on the timeline of its party.

        Raises:
            NotStoredError: When there is no such record.
        """

        def work(work: Work) -> Task:
            ref, party_id = (None, None) if about is None else subject_of(work, about)
            task = Task(
                id=new_id(),
                text=text,
                due_on=work.moment.day_of(due_on, name="due_on"),
                employee_id=None if isinstance(to, Department) else to,
                department_id=to.id if isinstance(to, Department) else None,
                about=ref,
                party_id=party_id,
            )
            return work.record(task, summary=text)

        arguments = {"to": to, "text": text, "due_on": due_on, "about": None if about is None else ref_of(about)}
        return self.workplace.do("tasks.assign", work, arguments=arguments, at=at, key=key)

    def complete(self, task_id: str, *, result: str | None = None, at: datetime | None = None, key: str | None = None) -> Task:
        """
        Close an open task.

        Raises:
            StateMoveError: When it is not open any more.
            NotStoredError: When there is no such task.
        """
        arguments = {"task_id": task_id, "result": result}
        return self._change("tasks.complete", task_id, lambda _, task: task.done(result), arguments, at=at, key=key)

    def cancel(self, task_id: str, *, because: str, at: datetime | None = None, key: str | None = None) -> Task:
        """
        Call an open task off.

        Raises:
            StateMoveError: When it is not open any more.
            NotStoredError: When there is no such task.
        """
        arguments = {"task_id": task_id, "because": because}
        return self._change("tasks.cancel", task_id, lambda _, task: task.cancelled(because), arguments, at=at, key=key)

    def move(self, task_id: str, *, due_on: When, at: datetime | None = None, key: str | None = None) -> Task:
        """
        Give an open task another day.

        Raises:
            StateMoveError: When it is not open any more.
            NotStoredError: When there is no such task.
        """

        def moved(work: Work, task: Task) -> Task:
            return task.moved(work.moment.day_of(due_on, name="due_on"))

        return self._change("tasks.move", task_id, moved, {"task_id": task_id, "due_on": due_on}, at=at, key=key)

    def hand_to(self, task_id: str, to: str | Department, *, at: datetime | None = None, key: str | None = None) -> Task:
        """
        Give an open task to another employee or department.

        Raises:
            StateMoveError: When it is not open any more.
            NotStoredError: When there is no such task.
        """
        return self._change("tasks.hand_to", task_id, lambda _, task: task.assigned(to), {"task_id": task_id, "to": to}, at=at, key=key)

    def pending(
        self, *, to: str | Department | None = None, about: About | None = None, due_by: date | None = None, limit: int | None = None
    ) -> tuple[Task, ...]:
        """
        List the open tasks, the earliest first.

        Args:
            to: Only those of an employee, or of a department.
            about: Only those about a record.
            due_by: Only those due up to this day.
            limit: The most tasks.
        """
        where = [_OPEN, *_due_by(due_by)]
        if to is not None:
            where.append(
                Condition("department_id", "equal", to.id) if isinstance(to, Department) else Condition("employee_id", "equal", to)
            )
        with self.workplace.reading() as transaction:
            if about is not None:
                where.append(about_at_home(transaction, about))
            found = transaction.find(Query(Task, where, order_by="due_on", limit=self._limit(limit)))
            return within_reach(self.workplace, transaction, "tasks.pending", found)[:limit]

    def follow_up(
        self,
        about: About,
        *,
        on: When,
        note: str,
        employee_id: str | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> FollowUp:
        """
        Let a record come up again on a day; to whoever acts, unless another employee is named.

        Raises:
            NotStoredError: When there is no such record.
        """

        def work(work: Work) -> FollowUp:
            ref, party_id = subject_of(work, about)
            follow_up = FollowUp(
                id=new_id(),
                about=ref,
                due_on=work.moment.day_of(on, name="on"),
                due_time=work.moment.time_of(on),
                note=note,
                employee_id=employee_id or work.scope.actor,
                party_id=party_id,
            )
            return work.record(follow_up, summary=note)

        arguments = {"about": ref_of(about), "on": on, "note": note, "employee_id": employee_id}
        return self.workplace.do("tasks.follow_up", work, arguments=arguments, at=at, key=key)

    def complete_follow_up(self, follow_up_id: str, *, at: datetime | None = None, key: str | None = None) -> FollowUp:
        """
        Close a follow-up.

        Raises:
            StateMoveError: When it is done already.
            NotStoredError: When there is none.
        """

        def work(work: Work) -> FollowUp:
            follow_up = work.get(FollowUp, follow_up_id).done()
            return work.record(follow_up, summary=follow_up.note)

        return self.workplace.do("tasks.complete_follow_up", work, arguments={"follow_up_id": follow_up_id}, at=at, key=key)

    def move_follow_up(self, follow_up_id: str, *, to: When, at: datetime | None = None, key: str | None = None) -> FollowUp:
        """
        Let a record come up on another day.

        Raises:
            StateMoveError: When it is done already.
            NotStoredError: When there is none.
        """

        def work(work: Work) -> FollowUp:
            stored = work.get(FollowUp, follow_up_id)
            follow_up = stored.moved(work.moment.day_of(to, name="to"), at=work.moment.time_of(to))
            return work.record(follow_up, summary=f"{follow_up.due_on}: {follow_up.note}")

        return self.workplace.do("tasks.move_follow_up", work, arguments={"follow_up_id": follow_up_id, "to": to}, at=at, key=key)

    def pending_follow_ups(
        self, *, employee_id: str | None = None, about: About | None = None, due_by: date | None = None, limit: int | None = None
    ) -> tuple[FollowUp, ...]:
        """
        List the open follow-ups, the earliest first.

        Args:
            employee_id: Only those of an employee.
            about: Only those about a record.
            due_by: Only those due up to this day.
            limit: The most follow-ups.
        """
        where = [_OPEN, *_due_by(due_by)]
        if employee_id is not None:
            where.append(Condition("employee_id", "equal", employee_id))
        with self.workplace.reading() as transaction:
            if about is not None:
                where.append(about_at_home(transaction, about))
            found = transaction.find(
                Query(FollowUp, where, order_by="due_on", limit=limit if self.workplace.scope.rights is None else None)
            )
            return within_reach(self.workplace, transaction, "tasks.pending_follow_ups", found)[:limit]

    def _limit(self, limit: int | None) -> int | None:
        """Where rights leave some out, all are read first."""
        return limit if self.workplace.scope.rights is None else None

    def _change(
        self,
        verb: str,
        task_id: str,
        change: Callable[[Work, Task], Task],
        arguments: Mapping[str, object],
        *,
        at: datetime | None,
        key: str | None,
    ) -> Task:
        def work(work: Work) -> Task:
            task = change(work, work.get(Task, task_id))
            return work.record(task, summary=task.text)

        return self.workplace.do(verb, work, arguments=arguments, at=at, key=key)


def _due_by(day: date | None) -> list[Condition]:
    return [] if day is None else [Condition("due_on", "at_most", day)]
