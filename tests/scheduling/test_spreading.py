"""So many calls a day, and what is too much goes to the coming working days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Crm, Scope, days
from crmkit.entities import Party
from crmkit.errors import InvalidValueError
from crmkit.persistence import MemoryStore
from crmkit.scheduling import QueueKind, QueueRow, Workload, spread_over_days
from tests.desks.conftest import Clock

FRIDAY = date(2026, 2, 6)
MONDAY, TUESDAY = FRIDAY + timedelta(days=3), FRIDAY + timedelta(days=4)
WEEK = (FRIDAY, MONDAY, TUESDAY)


def a_row(id: str, kind: QueueKind = "suggestion", due_on: date = FRIDAY) -> QueueRow:
    return QueueRow(party=Party(id=id, name="x", created_on=FRIDAY), kind=kind, due_on=due_on, overdue_days=0, reasons=())


def spread(*rows: QueueRow, per_day: int = 2, working_days: Any = WEEK) -> Workload:
    return spread_over_days(rows, per_day=per_day, working_days=working_days)


def ids(load: Workload) -> list[str]:
    return ["".join(row.party_id or "-" for row in rows) for rows in (*load.days.values(), load.later)]


def test_the_best_come_today_and_the_others_on_the_coming_working_days() -> None:
    assert ids(spread(*(a_row(id) for id in "abcdefgh"))) == ["ab", "cd", "ef", "gh"]
    assert ids(spread(a_row("a"))) == ["a", "", "", ""]


def test_what_has_a_day_of_its_own_stays_on_it_and_takes_its_place_first() -> None:
    rows = [a_row("a"), a_row("b"), a_row("c", "recall"), a_row("d", "appointment"), a_row("e", "task")]

    assert ids(spread(*rows)) == ["cde", "ab", "", ""]


@pytest.mark.parametrize(
    ("due_on", "expected"),
    [
        (FRIDAY - timedelta(days=9), ["a", "", "", ""]),
        (FRIDAY, ["a", "", "", ""]),
        (FRIDAY + timedelta(days=1), ["", "a", "", ""]),
        (MONDAY, ["", "a", "", ""]),
        (TUESDAY, ["", "", "a", ""]),
        (TUESDAY + timedelta(days=1), ["", "", "", "a"]),
    ],
)
@pytest.mark.parametrize("kind", ["suggestion", "recall"])
def test_nothing_comes_before_its_day_and_a_free_day_moves_it_to_the_next_working_day(
    kind: QueueKind, due_on: date, expected: list[str]
) -> None:
    assert ids(spread(a_row("a", kind, due_on))) == expected


@given(
    st.lists(st.tuples(st.sampled_from(["suggestion", "quote", "recall", "birthday"]), st.integers(-3, 9))),
    st.integers(1, 3),
    st.integers(0, 6),
)
def test_nothing_is_lost_and_no_day_has_more_than_can_be_done_but_what_is_fixed(made: Any, per_day: int, count: int) -> None:
    rows = [a_row(str(number), kind, FRIDAY + timedelta(days=offset)) for number, (kind, offset) in enumerate(made)]
    working_days = [FRIDAY + timedelta(days=number) for number in range(count)]

    load = spread(*rows, per_day=per_day, working_days=working_days)

    placed = [row for day in load.days.values() for row in day] + [*load.later]
    assert sorted(placed, key=lambda row: int(row.party_id or 0)) == rows
    for day, listed in load.days.items():
        assert len(listed) <= max(per_day, sum(row.kind in ("recall", "birthday") for row in listed))
        assert all(row.due_on <= day for row in listed)
        assert listed == tuple(row for row in rows if row in listed)


@pytest.mark.parametrize("working_days", [[MONDAY, FRIDAY], [FRIDAY, FRIDAY]])
def test_days_follow_each_other(working_days: list[date]) -> None:
    with pytest.raises(InvalidValueError, match="in their order"):
        spread(working_days=working_days)
    with pytest.raises(InvalidValueError, match="per_day"):
        spread(per_day=0)


def test_my_two_best_calls_today_out_of_the_queue_of_a_desk() -> None:
    clock = Clock()
    crm = Crm(MemoryStore(), scope=Scope(tenant="acme", actor="anna"), clock=clock)
    for number in range(5):
        crm.add(Party(id=f"C-{number}", name="x", created_on=date(2026, 1, 1)))
        crm.contact.plan(f"C-{number}", frequency=days(7))
        crm.record_interaction(f"C-{number}", kind="phone")
    crm.contact.recall("C-4", on=date(2026, 1, 9))
    clock.move_to(date(2026, 1, 9))

    load = spread_over_days(crm.work_queue(horizon=days(7)), per_day=2, working_days=[date(2026, 1, 9), date(2026, 1, 12)])

    assert [[row.party_id for row in rows] for rows in load.days.values()] == [["C-4", "C-0"], ["C-1", "C-2"]]
    assert [row.party_id for row in load.later] == ["C-3"]
