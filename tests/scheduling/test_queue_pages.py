"""Pages of a work queue, groups in it and the payments beside it, as a store that reads in parts needs them."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from crmkit import Money
from crmkit.entities import ContactPlan, OpenItem, Party, Recall, Task
from crmkit.errors import InvalidValueError
from crmkit.scheduling import work_queue
from crmkit.scheduling.queue_pages import cursor_at, position_at
from crmkit.scheduling.queue_rows import with_open_items

TODAY = date(2026, 2, 1)


def a_party(id: str, **fields: Any) -> Party:
    return Party(id=id, name=f"party {id}", created_on=date(2026, 1, 1), **fields)


def a_recall(party_id: str) -> Recall:
    return Recall(id=f"recall {party_id}", party_id=party_id, due_on=TODAY)


def owed(party_id: str, *, overdue_days: int, cents: int = 5_000) -> OpenItem:
    amount = Money(minor=cents, currency="EUR")
    return OpenItem(
        document_id=f"R {party_id} {overdue_days}",
        party_id=party_id,
        number=None,
        total=amount,
        amount=amount,
        due_on=TODAY - timedelta(days=overdue_days),
        overdue_days=max(overdue_days, 0),
    )


def test_a_cursor_is_read_as_it_was_written() -> None:
    position = (date.min, 2, TODAY, time(9, 30), True, Decimal("-12.50"), "C-17")

    assert position_at(cursor_at(position)) == position


@pytest.mark.parametrize("wrong", ["page 2", "AAAA", "e30=", "WzFd"], ids=["text", "no json", "no list", "too short"])
def test_what_is_no_cursor_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidValueError, match="cursor"):
        position_at(wrong)


def test_what_is_about_no_party_stands_alone_beside_company_groups() -> None:
    parties = [a_party("head"), a_party("branch", parent_id="head")]
    alone = Task(id="T-1", text="tidy up", due_on=TODAY, employee_id="anna")
    items: list[Recall | Task] = [a_recall("branch"), alone, a_recall("head")]

    queue = work_queue(items, parties=parties, as_of=TODAY, group=True)

    assert [(row.party_id, [member.id for member in row.members]) for row in queue] == [("head", ["branch"]), (None, [])]


def test_a_party_without_anything_due_keeps_its_place_in_the_group() -> None:
    parties = [a_party("branch", parent_id="head"), a_party("head")]

    (row,) = work_queue([a_recall("branch")], parties=parties, as_of=TODAY, group=True)

    assert (row.party_id, [member.id for member in row.members]) == ("head", ["branch"])


@pytest.mark.parametrize(("overdue_days", "codes"), [(-1, []), (0, []), (1, ["invoices_overdue"])])
def test_invoices_are_shown_in_a_queue_from_the_day_after_they_are_due(overdue_days: int, codes: list[str]) -> None:
    queue = work_queue([a_recall("1"), a_recall("2")], parties=[a_party("1"), a_party("2")], as_of=TODAY)

    shown = with_open_items(queue, [owed("1", overdue_days=overdue_days)])

    assert {row.party_id: [reason.code for reason in row.reasons] for row in shown} == {"1": ["recall_due", *codes], "2": ["recall_due"]}


def test_what_the_head_of_a_group_owes_is_shown_though_nothing_of_its_own_is_due() -> None:
    parties = [a_party("head", dunning_level=2), a_party("branch", parent_id="head", dunning_level=1)]

    (row,) = work_queue([a_recall("branch"), owed("head", overdue_days=1)], parties=parties, as_of=TODAY, group=True)

    assert [(reason.code, reason.facts.get("level")) for reason in row.reasons] == [
        ("recall_due", None),
        ("invoices_overdue", None),
        ("dunned", 2),
        ("dunned", 1),
    ]


@pytest.mark.parametrize("due", [("branch",), ("head",), ("branch", "head")], ids="+".join)
def test_invoices_shown_later_are_those_that_a_queue_shows_by_itself(due: tuple[str, ...]) -> None:
    parties = [a_party("head", dunning_level=2), a_party("branch", parent_id="head")]
    bills = [owed("head", overdue_days=3), owed("head", overdue_days=1), owed("branch", overdue_days=9)]
    items: list[ContactPlan | Recall | Task] = [
        *map(a_recall, due),
        Task(id="T-1", text="tidy up", due_on=TODAY, employee_id="anna"),
    ]
    without = work_queue(items, parties=parties, as_of=TODAY, group=True)

    assert with_open_items(without, bills) == work_queue([*items, *bills], parties=parties, as_of=TODAY, group=True)
