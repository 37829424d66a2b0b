"""What is to be done: tasks for an employee or a department, and follow-ups on any record."""

from __future__ import annotations

from datetime import date, time
from typing import Literal

import attrs

from crmkit._checks import check_choice, check_date, check_kind, check_local_time, check_text, check_texts, refused
from crmkit.entities.refs import Ref
from crmkit.errors import StateMoveError

TaskState = Literal["open", "done", "cancelled"]
FollowUpState = Literal["open", "done"]


@attrs.frozen
class Department:
    """
    A department that does tasks.

    Attributes:
        id: The host's name for it, for example "dispatch".
    """

    id: str

    def __attrs_post_init__(self) -> None:
        """Refuse an empty one."""
        check_text("id", self.id)


@attrs.frozen(kw_only=True)
class Task:
    """
    Something that an employee or a department is to do.

    Attributes:
        id: Its id.
        text: What is to be done.
        due_on: The local day until which.
        employee_id: Who is to do it, or
        department_id: which department; one of the two.
        about: The record that it is about.
        party_id: The party of that record.
        state: "open", then "done" or "cancelled".
        result: What came of it.
        because: Why it was cancelled.
        calendar_uid: Its UID in the calendar that it came from.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    text: str = attrs.field(repr=False)
    due_on: date
    employee_id: str | None = None
    department_id: str | None = None
    about: Ref | None = None
    party_id: str | None = None
    state: TaskState = "open"
    result: str | None = attrs.field(default=None, repr=False)
    because: str | None = attrs.field(default=None, repr=False)
    calendar_uid: str | None = None
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse a task that is nobody's, or of both."""
        check_texts(self, "party_id", "result", "because", "calendar_uid")
        check_text("id", self.id)
        check_text("text", self.text)
        check_date("due_on", self.due_on)
        check_choice("state", self.state, TaskState)
        if (self.employee_id is None) == (self.department_id is None):
            raise refused("employee_id", self.employee_id, "either employee_id or department_id")
        check_text("employee_id or department_id", self.employee_id or self.department_id)
        if self.about is not None:
            check_kind("about", self.about, Ref)

    @property
    def about_key(self) -> str | None:
        """Kind and id of the record it is about, in one text; what queries test."""
        return None if self.about is None else self.about.key

    def done(self, result: str | None = None) -> Task:
        """
        Close it.

        Raises:
            StateMoveError: When it is not open any more.
        """
        self._check_open("done")
        return attrs.evolve(self, state="done", result=result)

    def cancelled(self, because: str) -> Task:
        """
        Call it off.

        Raises:
            StateMoveError: When it is not open any more.
        """
        self._check_open("cancelled")
        return attrs.evolve(self, state="cancelled", because=check_text("because", because))

    def moved(self, to: date) -> Task:
        """
        Give it another day.

        Raises:
            StateMoveError: When it is not open any more.
        """
        self._check_open("open")
        return attrs.evolve(self, due_on=to)

    def assigned(self, to: str | Department) -> Task:
        """
        Give it to another employee or department.

        Raises:
            StateMoveError: When it is not open any more.
        """
        self._check_open("open")
        department = to.id if isinstance(to, Department) else None
        return attrs.evolve(self, employee_id=None if isinstance(to, Department) else to, department_id=department)

    def _check_open(self, to: TaskState) -> None:
        if self.state != "open":
            raise StateMoveError("task", self.id, self.state, to, ())


@attrs.frozen(kw_only=True)
class FollowUp:
    """
    A reminder on any record (Wiedervorlage): from its day on until it is done or moved.

    Attributes:
        id: Its id.
        about: The record that is to come up again.
        due_on: The local day.
        due_time: The local time; None any time that day.
        note: Why.
        employee_id: To whom it comes up.
        party_id: The party of that record.
        state: "open" or "done".
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    about: Ref
    due_on: date
    due_time: time | None = None
    note: str = attrs.field(repr=False)
    employee_id: str | None = None
    party_id: str | None = None
    state: FollowUpState = "open"
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_texts(self, "employee_id", "party_id")
        check_text("id", self.id)
        check_kind("about", self.about, Ref)
        check_date("due_on", self.due_on)
        if self.due_time is not None:
            check_local_time("due_time", self.due_time)
        check_text("note", self.note)
        check_choice("state", self.state, FollowUpState)

    @property
    def about_key(self) -> str:
        """Kind and id of the record it is about, in one text; what queries test."""
        return self.about.key

    def done(self) -> FollowUp:
        """
        Close it.

        Raises:
            StateMoveError: When it is done already.
        """
        self._check_open("done")
        return attrs.evolve(self, state="done")

    def moved(self, to: date, *, at: time | None = None) -> FollowUp:
        """
        Give it another day.

        Raises:
            StateMoveError: When it is done already.
        """
        self._check_open("open")
        return attrs.evolve(self, due_on=to, due_time=at)

    def _check_open(self, to: FollowUpState) -> None:
        if self.state != "open":
            raise StateMoveError("follow_up", self.id, self.state, to, ())
