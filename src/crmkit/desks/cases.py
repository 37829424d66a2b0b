"""The cases desk: what is to be settled, from a complaint to a question, and how satisfied people are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_instant, check_int, check_text, refused
from crmkit.conditions import Condition
from crmkit.desks.reach import within_reach
from crmkit.desks.subjects import About, ref_of, subject_of
from crmkit.desks.workplace import Workplace
from crmkit.entities import Case, CaseEvent, Party, Rating, Ref
from crmkit.errors import NotStoredError
from crmkit.ids import new_id
from crmkit.records import KINDS
from crmkit.store import Query

if TYPE_CHECKING:
    from datetime import datetime

    from crmkit.desks.work import Work
    from crmkit.entities import CaseKind, CaseState, RatingKind


@attrs.frozen
class CasesDesk:
    """
    `crm.cases`: complaints, internal defects, questions and requests.

    What is to be done about one are tasks: `crm.tasks.assign(…, about=case)`.

    Attributes:
        workplace: What all desks share.
    """

    workplace: Workplace = attrs.field(repr=False)

    def open(
        self,
        about: About,
        *,
        text: str,
        kind: CaseKind = "complaint",
        channel: str | None = None,
        employee_id: str | None = None,
        due_at: datetime | None = None,
        party_id: str | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> Case:
        """
        Capture a case on a party, a document or any other record; or on something of the host's, such as `Ref("project", "P-1")`.

        Args:
            about: On what it is captured; the party of a record is taken over.
            text: What it is.
            kind: "complaint", "defect" (found by ourselves), "question" or "request".
            channel: How it came in.
            employee_id: The agent who looks after it.
            due_at: Until when it is to be settled.
            party_id: Whose it is, where *about* does not tell.
            at: When it was captured, the clock by default.
            key: An idempotency key.

        Raises:
            NotStoredError: When there is no such record or party.
            InvalidValueError: For another party than that of the record, and a due time before it was captured.
        """
        arguments = {
            "about": about if isinstance(about, Ref) else ref_of(about),
            "text": text,
            "kind": kind,
            "channel": channel,
            "employee_id": employee_id,
        }
        arguments |= {"due_at": None if due_at is None else check_instant("due_at", due_at), "party_id": party_id}

        def work(work: Work) -> Case:
            subject, owner_id = _subject(work, about, party_id)
            if due_at is not None and due_at < work.moment.at:
                raise refused("due_at", due_at, f"a time after the case was captured ({work.moment.at.isoformat()})")
            case = Case(
                id=new_id(),
                about=subject,
                opened_at=work.moment.at,
                text=text,
                kind=kind,
                party_id=owner_id,
                channel=channel,
                employee_id=employee_id,
                due_at=due_at,
            )
            work.save(case, _event(work, case, None))
            work.log(case, party_id=owner_id, happened_at=case.opened_at, summary=f"{kind} captured")
            return work.stored(case)

        return self.workplace.do("cases.open", work, arguments=arguments, at=at, key=key)

    def start(self, case_id: str, *, employee_id: str | None = None, at: datetime | None = None, key: str | None = None) -> Case:
        """
        Begin to work on a case; what is nobody's becomes the actor's.

        Raises:
            NotStoredError: When there is no such case.
            StateMoveError: When it is in progress or closed.
        """
        return self._move("start", case_id, "in_progress", employee_id=employee_id, at=at, key=key)

    def close(self, case_id: str, *, result: str, at: datetime | None = None, key: str | None = None) -> Case:
        """
        Close a case with what came of it; it stays for statistics.

        Raises:
            NotStoredError: When there is no such case.
            StateMoveError: When it is closed already.
        """
        return self._move("close", case_id, "closed", text=check_text("result", result), at=at, key=key)

    def reopen(self, case_id: str, *, because: str, at: datetime | None = None, key: str | None = None) -> Case:
        """
        Open a closed case again.

        Raises:
            NotStoredError: When there is no such case.
            StateMoveError: When it is not closed.
        """
        return self._move("reopen", case_id, "reopened", text=check_text("because", because), at=at, key=key)

    def assign(self, case_id: str, *, employee_id: str, at: datetime | None = None, key: str | None = None) -> Case:
        """
        Give a case to another agent.

        Raises:
            NotStoredError: When there is no such case.
        """
        check_text("employee_id", employee_id)

        def work(work: Work) -> Case:
            case = work.get(Case, case_id)
            return work.record(attrs.evolve(case, employee_id=employee_id), summary=f"given to {employee_id}")

        arguments = {"case_id": case_id, "employee_id": employee_id}
        return self.workplace.do("cases.assign", work, arguments=arguments, at=at, key=key)

    def pending(self, *, employee_id: str | None = None, limit: int = 100) -> tuple[Case, ...]:
        """List the cases that are not closed, the oldest first; all of them, or those of one agent."""
        check_int("limit", limit, at_least=1)
        where = () if employee_id is None else (Condition("employee_id", "equal", employee_id),)
        with self.workplace.reading() as transaction:
            found = transaction.find(Query(Case, where, order_by="pending_since", limit=limit))
            return within_reach(self.workplace, transaction, "cases.pending", found)

    def events(self, case_id: str) -> tuple[CaseEvent, ...]:
        """
        List the moves of a case, the oldest first.

        Raises:
            NotStoredError: When there is no such case.
        """
        with self.workplace.reading() as transaction:
            case = transaction.get(Case, check_text("case_id", case_id))
            if case is None:
                raise NotStoredError("case", case_id)
            self.workplace.check_read(transaction, "cases.events", case)
            return tuple(transaction.find(Query(CaseEvent, [Condition("case_id", "equal", case_id)], order_by="happened_at")))

    def rate(
        self,
        party_id: str,
        *,
        kind: RatingKind,
        score: int,
        case_id: str | None = None,
        comment: str | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> Rating:
        """
        Record how satisfied a party is: "csat" from 1 to 5, "nps" from 0 to 10, "ces" from 1 to 7; best is highest.

        Raises:
            NotStoredError: When there is no such party or case.
            InvalidValueError: For a score outside its range, and a case of another party.
        """

        def work(work: Work) -> Rating:
            party = work.get(Party, party_id, lock=False)
            case = None if case_id is None else work.get(Case, case_id, lock=False)
            if case is not None and case.party_id != party.id:
                raise refused("case_id", case_id, f"a case of {party.id!r}")
            rating = Rating(
                id=new_id(),
                party_id=party.id,
                rated_on=work.moment.on,
                kind=kind,
                score=score,
                case_id=case_id,
                employee_id=None if case is None else case.employee_id,
                comment=comment,
            )
            return work.record(rating, summary=f"{kind} {score}")

        arguments = {"party_id": party_id, "kind": kind, "score": score, "case_id": case_id, "comment": comment}
        return self.workplace.do("cases.rate", work, arguments=arguments, at=at, key=key)

    def _move(
        self,
        verb: str,
        case_id: str,
        to: CaseState,
        *,
        text: str | None = None,
        employee_id: str | None = None,
        at: datetime | None,
        key: str | None,
    ) -> Case:
        def work(work: Work) -> Case:
            moved = work.get(Case, case_id).moved(to, at=work.moment.at, result=text)
            _check_order(work, case_id)
            if to == "in_progress":
                moved = attrs.evolve(moved, employee_id=employee_id or moved.employee_id or work.scope.actor)
            work.save(moved, _event(work, moved, text))
            work.log(moved, party_id=moved.party_id, summary=text)
            return work.stored(moved)

        arguments = {"case_id": case_id, "text": text, "employee_id": employee_id}
        return self.workplace.do(f"cases.{verb}", work, arguments=arguments, at=at, key=key)


def _subject(work: Work, about: About, party_id: str | None) -> tuple[Ref, str | None]:
    """Find what a case is on and whose it is; a kind of record that is not ours is the host's."""
    if isinstance(about, Ref) and about.kind not in KINDS:
        return about, None if party_id is None else work.get(Party, party_id, lock=False).id
    ref, owner_id = subject_of(work, about)
    if party_id is not None:
        given = work.get(Party, party_id, lock=False).id
        if owner_id not in (None, given):
            raise refused("party_id", party_id, f"the party of the record, {owner_id!r}, or none")
        owner_id = given
    return ref, owner_id


def _check_order(work: Work, case_id: str) -> None:
    """Times to resolution come from the moves, so none may come before the one before it."""
    last = work.find(CaseEvent, Condition("case_id", "equal", case_id), order_by=["-happened_at"], limit=1)
    if last and work.moment.at < last[0].happened_at:
        raise refused("at", work.moment.at, f"a time that is not before the case's last move ({last[0].happened_at.isoformat()})")


def _event(work: Work, case: Case, text: str | None) -> CaseEvent:
    doer = work.scope.actor if work.scope.actor != case.party_id else None  # in the portal the party itself acts
    return CaseEvent(id=new_id(), case_id=case.id, happened_at=work.moment.at, state=case.state, employee_id=doer, text=text)
