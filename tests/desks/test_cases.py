"""Rule 25: captured, in progress, closed, reopened; open ones are listed until closed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from crmkit import Crm, Scope
from crmkit.entities import Case, CaseEvent, Party, Rating, Ref
from crmkit.errors import InvalidValueError, NotPermittedError, NotStoredError, StateMoveError
from crmkit.store import Query, Rights

if TYPE_CHECKING:
    from crmkit.store import Store
    from tests.desks.conftest import Clock, HistoryOf

CUSTOMER = Ref("party", "C-17")


def states(crm: Crm, case: Case) -> list[str]:
    return [event.state for event in crm.cases.events(case.id)]


def test_a_case_is_captured_on_a_party_a_document_or_a_project(crm: Crm) -> None:
    on_party = crm.cases.open(crm.get(Party, "C-17"), text="scratched", channel="phone")
    on_invoice = crm.cases.open(Ref("document", "R-1"), text="two missing")
    on_project = crm.cases.open(Ref("project", "P-1"), text="drawing is wrong", kind="defect")
    with_party = crm.cases.open(Ref("project", "P-1"), text="late", party_id="C-17")

    assert (on_party.state, on_party.kind, on_party.channel, on_party.party_id) == ("captured", "complaint", "phone", "C-17")
    assert crm.cases.open(Ref("document", "R-1"), text="x", party_id="C-17").party_id == "C-17"
    assert (on_invoice.about, on_invoice.party_id) == (Ref("document", "R-1"), "C-17")
    assert (on_project.kind, on_project.party_id, with_party.party_id) == ("defect", None, "C-17")
    assert [entry.verb for entry in crm.timeline("C-17", kinds=["case"])] == ["cases.open"] * 4


def test_a_case_goes_its_way_and_every_move_is_kept(crm: Crm, clock: Clock) -> None:
    case = crm.cases.open(CUSTOMER, text="scratched")
    moves: list[Any] = [crm.cases.start(case.id)]
    clock.move_to(date(2026, 1, 3))
    moves.append(crm.cases.close(case.id, result="replaced"))
    clock.move_to(date(2026, 1, 5))
    moves.append(crm.cases.reopen(case.id, because="scratched again"))
    moves.append(crm.cases.close(case.id, result="money back"))

    assert [moved.state for moved in moves] == ["in_progress", "closed", "reopened", "closed"]
    assert states(crm, case) == ["captured", "in_progress", "closed", "reopened", "closed"]
    last = crm.get(Case, case.id)
    assert (last.reopened, last.result, last.employee_id) == (1, "money back", "anna")
    assert (last.started_at, last.closed_at) == (datetime(2026, 1, 1, 11, tzinfo=UTC), datetime(2026, 1, 5, 11, tzinfo=UTC))
    assert crm.check() == ()


@pytest.mark.parametrize(
    ("before", "verb", "allowed"),
    [
        ([], "reopen", ("in_progress", "closed")),
        (["start"], "start", ("closed",)),
        (["close"], "start", ("reopened",)),
        (["close"], "close", ("reopened",)),
        (["close", "reopen"], "reopen", ("in_progress", "closed")),
    ],
)
def test_other_moves_are_refused(crm: Crm, before: list[str], verb: str, allowed: tuple[str, ...]) -> None:
    verbs: dict[str, Any] = {
        "start": crm.cases.start,
        "close": lambda id: crm.cases.close(id, result="x"),
        "reopen": lambda id: crm.cases.reopen(id, because="x"),
    }
    case = crm.cases.open(CUSTOMER, text="x")
    for name in before:
        verbs[name](case.id)
    entries = len(crm.cases.events(case.id))

    with pytest.raises(StateMoveError) as caught:
        verbs[verb](case.id)
    assert (caught.value.kind, caught.value.allowed) == ("case", allowed)
    assert len(crm.cases.events(case.id)) == entries


def test_open_ones_are_listed_until_they_are_closed_the_oldest_first(crm: Crm, clock: Clock) -> None:
    first = crm.cases.open(CUSTOMER, text="1", employee_id="anna")
    clock.move_to(date(2026, 1, 2))
    second = crm.cases.open(CUSTOMER, text="2", employee_id="ben")
    assert [case.id for case in crm.cases.pending()] == [first.id, second.id]
    assert [case.id for case in crm.cases.pending(employee_id="ben")] == [second.id]
    assert [case.id for case in crm.cases.pending(limit=1)] == [first.id]

    crm.cases.close(first.id, result="x")
    assert [case.id for case in crm.cases.pending()] == [second.id]
    crm.cases.reopen(first.id, because="x")
    assert [case.id for case in crm.cases.pending()] == [first.id, second.id]


def test_closed_ones_stay_for_statistics(crm: Crm, store: Store) -> None:
    case = crm.cases.open(CUSTOMER, text="x")
    crm.cases.close(case.id, result="x")

    with store.transaction("acme", write=False) as transaction:
        assert [found.id for found in transaction.find(Query(Case))] == [case.id]


def test_tasks_hang_on_a_case(crm: Crm) -> None:
    case = crm.cases.open(CUSTOMER, text="x")
    task = crm.tasks.assign("ben", text="call the carrier", due_on=date(2026, 1, 5), about=case)

    assert (task.about, task.party_id) == (Ref("case", case.id), "C-17")


@pytest.mark.parametrize("day", [2, 3])
def test_an_open_case_with_a_due_time_is_planned_on_the_timeline(crm: Crm, day: int) -> None:
    due_at = datetime(2026, 1, day, 17, tzinfo=UTC)
    case = crm.cases.open(CUSTOMER, text="x", due_at=due_at)
    crm.cases.open(CUSTOMER, text="without")

    assert [(entry.about.id, entry.happened_at) for entry in crm.timeline("C-17", past=False)] == [(case.id, due_at)]
    crm.cases.close(case.id, result="x")
    assert len(crm.timeline("C-17", past=False)) == 0


def test_a_case_goes_to_another_agent(crm: Crm) -> None:
    case = crm.cases.open(CUSTOMER, text="x", employee_id="anna")

    assert crm.cases.assign(case.id, employee_id="ben").employee_id == "ben"
    assert crm.cases.start(case.id).employee_id == "ben"


def test_wrong_cases_are_refused(crm: Crm) -> None:
    crm.add(Party(id="C-18", name="x", created_on=date(2026, 1, 1)))
    with pytest.raises(InvalidValueError, match="the party of the record"):
        crm.cases.open(Ref("document", "R-1"), text="x", party_id="C-18")
    with pytest.raises(InvalidValueError, match="after the case was captured"):
        crm.cases.open(CUSTOMER, text="x", due_at=datetime(2025, 12, 31, tzinfo=UTC))
    with pytest.raises(InvalidValueError, match="kind="):
        crm.cases.open(CUSTOMER, text="x", kind="ticket")  # type: ignore[arg-type]
    for about in (Ref("document", "R-99"), Ref("party", "C-99")):
        with pytest.raises(NotStoredError):
            crm.cases.open(about, text="x")
    for verb in (crm.cases.start, crm.cases.events):
        with pytest.raises(NotStoredError):
            verb("F-99")


def test_a_case_is_not_moved_to_before_it_was_captured(crm: Crm, clock: Clock) -> None:
    clock.move_to(date(2026, 1, 5))
    case = crm.cases.open(CUSTOMER, text="x")

    with pytest.raises(InvalidValueError, match="not before the case's last move"):
        crm.cases.close(case.id, result="x", at=datetime(2026, 1, 4, tzinfo=UTC))


def test_a_case_is_not_closed_again_before_it_was_reopened(crm: Crm, clock: Clock) -> None:
    case = crm.cases.open(CUSTOMER, text="x")
    crm.cases.close(case.id, result="x")
    clock.move_to(date(2026, 1, 5))
    crm.cases.reopen(case.id, because="x")

    with pytest.raises(InvalidValueError, match="not before the case's last move"):
        crm.cases.close(case.id, result="x", at=datetime(2026, 1, 4, tzinfo=UTC))


@pytest.mark.parametrize("state", ["in_progress", "reopened"])
def test_a_case_of_an_old_system_that_tells_not_when_it_was_moved_has_its_moves(crm: Crm, state: Any) -> None:
    crm.add(Case(id="F-1", about=CUSTOMER, opened_at=datetime(2025, 12, 1, tzinfo=UTC), text="x", state=state))

    assert [event.state for event in crm.cases.events("F-1")] == ["captured", state]
    assert crm.check() == ()


@pytest.mark.parametrize(("kind", "lowest", "highest"), [("csat", 1, 5), ("nps", 0, 10), ("ces", 1, 7)])
def test_a_score_lies_in_the_range_of_its_kind(crm: Crm, kind: Any, lowest: int, highest: int) -> None:
    for score in (lowest, highest):
        assert crm.cases.rate("C-17", kind=kind, score=score).score == score
    for score in (lowest - 1, highest + 1):
        with pytest.raises(InvalidValueError, match=f"{lowest} to {highest}"):
            crm.cases.rate("C-17", kind=kind, score=score)


def test_a_rating_of_a_case_tells_whom_it_is_about(crm: Crm) -> None:
    case = crm.cases.open(CUSTOMER, text="x", employee_id="ben")
    rating = crm.cases.rate("C-17", kind="csat", score=4, case_id=case.id, comment="quick")

    assert (rating.case_id, rating.employee_id, rating.rated_on, rating.comment) == (case.id, "ben", date(2026, 1, 1), "quick")
    crm.add(Party(id="C-18", name="x", created_on=date(2026, 1, 1)))
    with pytest.raises(InvalidValueError, match="a case of 'C-18'"):
        crm.cases.rate("C-18", kind="csat", score=4, case_id=case.id)


def test_cases_and_ratings_of_an_old_system_are_taken_over(crm: Crm, store: Store, history_of: HistoryOf) -> None:
    opened, started, closed = (datetime(2025, 5, day, tzinfo=UTC) for day in (1, 2, 3))
    crm.add(
        Case(id="F-1", about=CUSTOMER, party_id="C-17", opened_at=opened, started_at=started, closed_at=closed, state="closed", text="x"),
        Rating(id="B-1", party_id="C-17", rated_on=date(2025, 5, 4), kind="csat", score=5),
    )

    assert [event.happened_at for event in crm.cases.events("F-1")] == [opened, started, closed]
    assert [(entry.about.id, entry.happened_at) for entry in history_of() if entry.about.kind == "case"] == [("F-1", opened)]
    with pytest.raises(InvalidValueError, match="opened_at"):
        crm.add(Case(id="F-2", about=CUSTOMER, opened_at=datetime(2026, 1, 2, tzinfo=UTC), text="x"))
    with store.transaction("acme", write=False) as transaction:
        assert len(transaction.find(Query(CaseEvent))) == 3


def test_a_reader_sees_cases_within_reach(crm: Crm, store: Store, clock: Clock) -> None:
    crm.add(Party(id="C-18", name="x", created_on=date(2026, 1, 1), owner_id="ben"))
    mine = crm.cases.open(CUSTOMER, text="x")
    others = crm.cases.open(Ref("party", "C-18"), text="x")
    own = Crm(store, scope=Scope(tenant="acme", actor="anna", rights=Rights(verbs={"*": "own"})), clock=clock)

    assert [case.id for case in own.cases.pending()] == [mine.id]
    for refused in (lambda: own.cases.events(others.id), lambda: own.cases.close(others.id, result="x")):
        with pytest.raises(NotPermittedError):
            refused()
