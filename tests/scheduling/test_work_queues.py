"""The work queue (rule 6): each party once, the most urgent first."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Money, Period, days
from crmkit.entities import ContactPlan, Party, Recall
from crmkit.errors import InvalidValueError, NotStoredError
from crmkit.scheduling import ContactPolicy, WorkQueue, work_queue

TODAY = date(2026, 2, 1)


def a_party(id: str, **fields: Any) -> Party:
    return Party(id=id, name=f"party {id}", created_on=date(2026, 1, 1), **fields)


def a_plan(party_id: str, *, overdue_days: int = 0) -> ContactPlan:
    return ContactPlan(party_id=party_id, frequency=days(30), last_contact_on=TODAY - timedelta(days=31 + overdue_days))


def a_recall(party_id: str, *, overdue_days: int = 0, **fields: Any) -> Recall:
    return Recall(id=f"{party_id} {overdue_days}", party_id=party_id, due_on=TODAY - timedelta(days=overdue_days), **fields)


def a_queue(*items: ContactPlan | Recall, **arguments: Any) -> WorkQueue:
    parties = [a_party(party_id) for party_id in dict.fromkeys(item.party_id for item in items)]
    defaults: dict[str, Any] = {"parties": parties, "as_of": TODAY}
    return work_queue(items, **defaults | arguments)


def ids(queue: WorkQueue) -> list[str | None]:
    return [row.party_id for row in queue]


def test_recalls_come_before_suggestions_and_the_longest_overdue_first() -> None:
    queue = a_queue(a_plan("1", overdue_days=90), a_recall("2"), a_plan("3", overdue_days=5), a_recall("4", overdue_days=3))

    assert ids(queue) == ["4", "2", "1", "3"]
    assert [row.kind for row in queue] == ["recall", "recall", "suggestion", "suggestion"]
    assert [row.overdue_days for row in queue] == [3, 0, 90, 5]


@pytest.mark.parametrize(
    "values", [{"1": Money.of(5, "EUR"), "3": Money.of(9, "EUR"), "2": Money.of(-1, "EUR")}, {"1": 5, "3": Decimal("9.5"), "2": -1}]
)
def test_of_equal_urgency_the_most_valuable_comes_first_and_the_unknown_last(values: Any) -> None:
    assert ids(a_queue(a_plan("1"), a_plan("2"), a_plan("3"), a_plan("4"), values=values)) == ["3", "1", "2", "4"]


def test_a_party_is_listed_once_with_all_its_reasons() -> None:
    queue = a_queue(a_plan("1", overdue_days=400), a_recall("1", overdue_days=2), a_recall("1"), a_recall("1", overdue_days=-5))

    assert ids(queue) == ["1"]
    assert [reason.code for reason in queue.rows[0].reasons] == ["recall_overdue", "recall_due"]
    assert queue.rows[0].due_on == TODAY - timedelta(days=2)


def test_what_is_not_due_is_not_listed() -> None:
    assert len(a_queue(a_plan("1", overdue_days=-1), a_recall("2", overdue_days=-1), a_recall("3", state="done"))) == 0


def test_a_future_recall_silences_the_suggestion() -> None:
    assert ids(a_queue(a_plan("1"), a_recall("1", overdue_days=-1), a_plan("2"))) == ["2"]


def test_an_employee_sees_what_is_hers_and_what_is_nobody_s_apart() -> None:
    parties = [a_party("1", owner_id="anna"), a_party("2", owner_id="ben"), a_party("3"), a_party("4", owner_id="ben")]
    items: list[ContactPlan | Recall] = [a_plan("1"), a_plan("2"), a_plan("3"), a_recall("4", employee_id="anna")]

    annas = work_queue(items, parties=parties, as_of=TODAY, employee_id="anna")

    assert ids(annas) == ["4", "1"]
    assert [row.party_id for row in annas.unassigned] == ["3"]
    assert ids(work_queue(items, parties=parties, as_of=TODAY)) == ["4", "1", "2", "3"]


def test_the_switched_off_and_the_excluded_are_left_out_with_the_reason() -> None:
    parties = [a_party("1", active=False), a_party("2", excluded="walk-in"), a_party("3", active=False)]

    queue = work_queue([a_plan("1"), a_plan("2")], parties=parties, as_of=TODAY)

    assert len(queue) == 0
    assert [(out.party_id, str(out.reason)) for out in queue.left_out] == [("1", "switched off"), ("2", "excluded: walk-in")]


@pytest.mark.parametrize(
    ("day", "is_quiet"), [(date(2026, 1, 31), False), (date(2026, 2, 1), True), (date(2026, 2, 28), True), (date(2026, 3, 1), False)]
)
def test_whoever_wishes_to_be_left_alone_is_left_out_with_the_reason_on_those_days(day: date, is_quiet: bool) -> None:
    plan = ContactPlan(party_id="1", frequency=days(20), last_contact_on=date(2026, 1, 1), quiet=Period.month(2026, 2))

    queue = a_queue(plan, as_of=day)

    assert ids(queue) == ([] if is_quiet else ["1"])
    assert [str(out.reason) for out in queue.left_out] == (["wishes no contact up to 2026-02-28"] if is_quiet else [])


def test_on_holidays_suggestions_are_left_out_and_recalls_stay() -> None:
    queue = a_queue(a_plan("1"), a_plan("2"), a_recall("2"), policy=ContactPolicy(holidays={TODAY}))

    assert ids(queue) == ["2"]
    assert [(out.party_id, out.reason.code) for out in queue.left_out] == [("1", "holiday")]


def test_whoever_is_not_due_is_not_left_out() -> None:
    plan = ContactPlan(party_id="1", frequency=days(60), last_contact_on=date(2026, 1, 1), quiet=Period.month(2026, 2))

    assert a_queue(plan).left_out == ()


def test_each_party_that_is_left_out_is_named_on_the_page_on_which_it_would_have_been() -> None:
    items = [a_plan(str(number), overdue_days=9 - number) for number in range(6)]
    parties = [a_party(str(number), active=number % 2 == 0) for number in range(6)]

    first = a_queue(*items, parties=parties, limit=2)
    second = a_queue(*items, parties=parties, limit=2, cursor=first.cursor)

    assert [(ids(page), [out.party_id for out in page.left_out]) for page in (first, second)] == [(["0", "2"], ["1"]), (["4"], ["3", "5"])]


@pytest.mark.parametrize("value", [1.5, "3", True])
def test_what_a_party_is_worth_is_exact(value: Any) -> None:
    with pytest.raises(InvalidValueError, match="values"):
        a_queue(a_plan("1"), values={"1": value})


def test_the_policy_lists_parties_without_a_frequency_of_their_own_by_their_class() -> None:
    parties = [a_party("1", manual_class="A"), a_party("2", manual_class="C")]
    plans = [ContactPlan(party_id=party.id, last_contact_on=date(2026, 1, 1)) for party in parties]

    assert ids(work_queue(plans, parties=parties, as_of=TODAY, policy=ContactPolicy(by_class={"A": days(30), "C": days(31)}))) == ["1"]


def test_no_more_rows_than_the_limit() -> None:
    assert ids(a_queue(a_plan("1"), a_plan("2"), a_plan("3"), limit=2)) == ["1", "2"]
    with pytest.raises(InvalidValueError, match="limit="):
        a_queue(a_plan("1"), limit=0)


def test_an_item_without_its_party_is_an_error() -> None:
    with pytest.raises(NotStoredError, match="no party with id '1'"):
        a_queue(a_plan("1"), parties=[])


def test_anything_else_is_no_item() -> None:
    with pytest.raises(InvalidValueError, match="expected contact plans, recalls, tasks"):
        work_queue([a_party("1")], parties=[], as_of=TODAY)  # type: ignore[list-item]


@given(st.permutations([a_plan("1"), a_plan("2", overdue_days=3), a_recall("3"), a_recall("4", overdue_days=1), a_plan("5")]))
def test_the_order_of_the_items_does_not_matter(items: list[ContactPlan | Recall]) -> None:
    assert ids(a_queue(*items)) == ["4", "3", "2", "1", "5"]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"items": 5}, "items"),
        ({"items": None}, "items"),
        ({"parties": [3]}, "parties"),
        ({"employee_id": 5}, "employee_id"),
        ({"values": [1]}, "values"),
    ],
)
def test_a_wrong_argument_is_named_as_it_was_given(wrong: dict[str, Any], named: str) -> None:
    arguments: dict[str, Any] = {"items": [], "as_of": date(2026, 2, 1), **wrong}

    with pytest.raises(InvalidValueError, match=f"{named}="):
        work_queue(arguments.pop("items"), **arguments)
