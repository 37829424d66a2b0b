"""The contact desk and the work queue, day by day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmkit import Crm, Money, Period, days, months
from crmkit.entities import ContactPlan, Document, Line, Party, Recall
from crmkit.errors import InvalidValueError, NotStoredError, StateMoveError

if TYPE_CHECKING:
    from tests.desks.conftest import Clock


def listed(crm: Crm, **arguments: Any) -> list[str | None]:
    return [row.party_id for row in crm.work_queue(**arguments)]


def an_invoice(id: str, party_id: str, *, profit: int, issued_on: date = date(2025, 12, 1), **fields: Any) -> Document:
    defaults: dict[str, Any] = {"kind": "invoice", "lines": [Line(item_id="I-1", quantity=1, unit_price=1000 + profit, unit_cost=1000)]}
    return Document(id=id, party_id=party_id, issued_on=issued_on, **defaults | fields)


@pytest.mark.parametrize(
    ("day", "there"), [(date(2026, 1, 30), False), (date(2026, 1, 31), False), (date(2026, 2, 1), True), (date(2026, 3, 1), True)]
)
def test_a_month_of_silence_puts_the_customer_on_the_list(crm: Crm, clock: Clock, day: date, there: bool) -> None:
    crm.contact.plan("C-17", frequency=days(30))
    crm.record_interaction("C-17", kind="visit")
    clock.move_to(day)

    assert listed(crm) == (["C-17"] if there else [])
    assert listed(crm, as_of=day) == listed(crm)


def test_a_new_plan_suggests_at_once_and_ends_with_none(crm: Crm) -> None:
    assert crm.contact.plan("C-17", frequency=months(1)).next_contact_on == date(2026, 1, 1)
    assert listed(crm) == ["C-17"]

    assert crm.contact.plan("C-17", frequency=None).next_contact_on is None
    assert listed(crm) == []


def test_a_new_frequency_counts_from_the_last_contact(crm: Crm) -> None:
    crm.record_interaction("C-17", kind="phone")

    plan = crm.contact.plan("C-17", frequency=days(10))

    assert (plan.next_contact_on, plan.contact_count, plan.version) == (date(2026, 1, 12), 1, 3)
    assert crm.get(ContactPlan, "C-17") == plan


@pytest.mark.parametrize("frequency", [30, "30 days", 0])
def test_a_frequency_is_an_interval(crm: Crm, frequency: Any) -> None:
    with pytest.raises(InvalidValueError, match=r"an? Interval"):
        crm.contact.plan("C-17", frequency=frequency)


def test_a_recall_is_listed_from_its_day_on_until_it_is_done(crm: Crm, clock: Clock) -> None:
    crm.contact.recall("C-17", on=date(2026, 1, 10), reason="offer")

    assert [listed(crm, as_of=date(2026, 1, day)) for day in (9, 10, 11)] == [[], ["C-17"], ["C-17"]]
    clock.move_to(date(2026, 1, 11))
    crm.record_interaction("C-17", kind="phone")
    assert listed(crm) == []


def test_a_moved_recall_is_listed_on_its_new_day(crm: Crm) -> None:
    recall = crm.contact.recall("C-17", on=date(2026, 1, 10))

    crm.change(attrs.evolve(crm.get(Recall, recall.id), due_on=date(2026, 1, 20)))

    assert [listed(crm, as_of=date(2026, 1, day)) for day in (10, 19, 20)] == [[], [], ["C-17"]]


def test_a_cancelled_recall_is_not_listed_and_cannot_be_cancelled_again(crm: Crm) -> None:
    recall = crm.contact.recall("C-17", on=date(2026, 1, 1))

    assert crm.contact.cancel_recall(recall.id).state == "cancelled"
    assert listed(crm) == []
    with pytest.raises(StateMoveError, match="from 'cancelled' to 'cancelled'"):
        crm.contact.cancel_recall(recall.id)


def test_a_future_recall_silences_the_suggestion_until_it_is_due(crm: Crm) -> None:
    crm.contact.plan("C-17", frequency=days(30))
    crm.contact.recall("C-17", on=date(2026, 1, 10))

    assert listed(crm, as_of=date(2026, 1, 9)) == []
    (row,) = crm.work_queue(as_of=date(2026, 1, 10))
    assert (row.kind, [reason.code for reason in row.reasons]) == ("recall", ["recall_due"])


@pytest.mark.parametrize(("day", "there"), [(9, False), (10, True), (11, True)])
def test_a_postponed_suggestion_comes_back_on_its_day(crm: Crm, day: int, there: bool) -> None:
    crm.contact.plan("C-17", frequency=days(30))
    crm.contact.postpone("C-17", to=date(2026, 1, 10))

    assert listed(crm, as_of=date(2026, 1, day)) == (["C-17"] if there else [])


@pytest.mark.parametrize("to", [date(2025, 12, 31), date(2026, 1, 1)])
def test_it_is_postponed_to_a_later_day_only(crm: Crm, to: date) -> None:
    with pytest.raises(InvalidValueError, match="a day after today"):
        crm.contact.postpone("C-17", to=to)


@pytest.mark.parametrize("verb", ["plan", "recall", "postpone"])
def test_nobody_cannot_be_planned(crm: Crm, verb: str) -> None:
    arguments: dict[str, Any] = {"plan": {"frequency": days(1)}, "recall": {"on": days(1)}, "postpone": {"to": days(1)}}[verb]

    with pytest.raises(NotStoredError, match="no party with id 'C-99'"):
        getattr(crm.contact, verb)("C-99", **arguments)


def test_of_equal_urgency_the_gross_profit_of_the_last_twelve_months_decides(crm: Crm) -> None:
    for party_id in ("C-1", "C-2", "C-3", "C-4", "C-5"):
        crm.add(Party(id=party_id, name="x", created_on=date(2020, 1, 1)))
        crm.contact.plan(party_id, frequency=days(30))
    crm.add(
        an_invoice("1", "C-1", profit=100),
        an_invoice("2", "C-2", profit=300),
        an_invoice("3", "C-2", profit=250, kind="credit_note"),
        an_invoice("4", "C-3", profit=900, issued_on=date(2025, 1, 1)),
        an_invoice("5", "C-3", profit=70, issued_on=date(2025, 1, 2)),
        an_invoice("6", "C-4", profit=999, currency="CHF"),
        an_invoice("7", "C-5", profit=999, state="cancelled"),
        an_invoice("8", "C-5", profit=999, kind="quote", state="lost", decided_on=date(2026, 1, 1)),
        an_invoice("9", "C-5", profit=999, issued_on=date(2026, 1, 2)),
    )

    values = [(row.party_id, row.value) for row in crm.work_queue()]

    assert values == [
        ("C-1", Money.of(100, "EUR")),
        ("C-3", Money.of(70, "EUR")),
        ("C-2", Money.of(50, "EUR")),
        ("C-4", None),
        ("C-5", None),
    ]


def test_each_employee_has_a_list(crm: Crm) -> None:
    crm.add(Party(id="C-18", name="x", created_on=date(2026, 1, 1)))
    crm.contact.recall("C-17", on=date(2026, 1, 1), employee_id="ben")
    crm.contact.recall("C-18", on=date(2026, 1, 1))

    assert listed(crm, employee_id="anna") == []
    assert listed(crm, employee_id="ben") == ["C-17"]
    assert listed(crm) == ["C-17", "C-18"]
    assert [row.party_id for row in crm.work_queue(employee_id="anna").unassigned] == ["C-18"]
    assert listed(crm, limit=1) == ["C-17"]


def test_what_is_stored_is_there_as_facts(crm: Crm) -> None:
    pytest.importorskip("polars", reason="facts of a store are Polars frames")

    sales = crm.facts.sales().collect()
    assert sales.select("customer_id", "document_id", "revenue", "cost").rows() == [("C-17", "R-1", 200, 120)]
    assert crm.facts.sales(period=Period.month(2026, 1)).collect().is_empty()
    assert crm.facts.customers().collect().get_column("customer_id").to_list() == ["C-17"]
    crm.contact.plan("C-17", frequency=days(30))
    assert crm.facts.contact_plans().collect().get_column("frequency_days").to_list() == [30]


def test_a_recall_that_is_no_day_is_named_as_it_was_given(crm: Crm) -> None:
    with pytest.raises(InvalidValueError, match="recall='3 weeks'"):
        crm.record_interaction("C-17", kind="phone", recall="3 weeks")  # type: ignore[arg-type]
