"""What puts a party on the work queue (rule 6): every source from its first day on, in threes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Money, days, months
from crmkit.entities import (
    Appointment,
    Case,
    Commitment,
    ContactPerson,
    ContactPlan,
    Contract,
    Document,
    FollowUp,
    Interaction,
    Line,
    OpenItem,
    Party,
    Recall,
    Ref,
    Task,
)
from crmkit.errors import InvalidValueError
from crmkit.scheduling import NotDue, Plannable, QueueKind, QueuePolicy, QueueRow, Reason, WorkQueue, suggestion, work_queue
from crmkit.scheduling.queue_entries import KINDS
from crmkit.scheduling.queue_policy import first_day_before

TODAY = date(2026, 2, 1)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ABOUT = Ref("party", "C-1")


def a_day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def a_moment(offset: int, hour: int = 12) -> datetime:
    return datetime.combine(a_day(offset), time(hour), UTC)


def a_party(id: str = "C-1", **fields: Any) -> Party:
    return Party(id=id, name=f"party {id}", created_on=date(2020, 1, 1), **{"owner_id": "anna", **fields})


def a_plan(party_id: str = "C-1", *, due: int = 0) -> ContactPlan:
    return ContactPlan(party_id=party_id, frequency=days(30), last_contact_on=a_day(due - 31))


def an_appointment(offset: int, party_id: str | None = "C-1", *, hour: int = 12, **fields: Any) -> Appointment:
    defaults: dict[str, Any] = {"id": f"A{offset}", "minutes": 60, "attendees": "anna", "subject": "offer"}
    return Appointment(start_at=a_moment(offset, hour), party_id=party_id, **defaults | fields)


def a_task(offset: int, party_id: str | None = "C-1", **fields: Any) -> Task:
    defaults: dict[str, Any] = {"id": "T-1", "text": "send samples", "due_on": a_day(offset), "party_id": party_id, "employee_id": "anna"}
    return Task(**defaults | fields)


def a_promise(*offsets: int | None, **fields: Any) -> Interaction:
    promised = [Commitment(text="call back", due_on=None if offset is None else a_day(offset)) for offset in offsets]
    return Interaction(id="I-1", party_id="C-1", happened_at=NOON, kind="phone", commitments=promised, **fields)


def a_contract(due: int, **fields: Any) -> Contract:
    """One year until the day after *due*, so that notice is possible up to it."""
    starts_on = a_day(due + 1) - timedelta(days=365)
    defaults: dict[str, Any] = {"id": "V-1", "party_id": "C-1", "title": "press", "starts_on": starts_on, "term": days(365)}
    return Contract(**defaults | fields)


def a_quote(issued: int, *, valid_until: int | None = None, **fields: Any) -> Document:
    line = Line(item_id="I-1", quantity=1, unit_price=100)
    valid = None if valid_until is None else a_day(valid_until)
    defaults: dict[str, Any] = {"id": "Q-1", "kind": "quote", "party_id": "C-1"}
    return Document(issued_on=a_day(issued), valid_until=valid, lines=[line], **defaults | fields)


def a_case(opened: int, *, due: int | None = None, **fields: Any) -> Case:
    due_at = None if due is None else a_moment(due)
    defaults: dict[str, Any] = {"id": "F-1", "text": "scratched", "party_id": "C-1"}
    return Case(about=ABOUT, opened_at=a_moment(opened), due_at=due_at, **defaults | fields)


def a_follow_up(offset: int, **fields: Any) -> FollowUp:
    defaults: dict[str, Any] = {"id": "W-1", "about": ABOUT, "due_on": a_day(offset), "note": "ask again", "party_id": "C-1"}
    return FollowUp(**defaults | fields)


def a_recall(offset: int, **fields: Any) -> Recall:
    defaults: dict[str, Any] = {"id": "R-1", "party_id": "C-1", "due_on": a_day(offset)}
    return Recall(**defaults | fields)


def a_queue(*items: Any, parties: Any = None, **arguments: Any) -> WorkQueue:
    return work_queue(items, parties=[a_party()] if parties is None else parties, **{"as_of": TODAY} | arguments)


def codes(queue: WorkQueue) -> list[list[str]]:
    return [[reason.code for reason in row.reasons] for row in queue]


@pytest.mark.parametrize(
    ("make", "overdue", "due"),
    [
        (an_appointment, "appointment_overdue", "appointment_due"),
        (a_task, "task_overdue", "task_due"),
        (a_follow_up, "follow_up_overdue", "follow_up_due"),
        (a_promise, "commitment_overdue", "commitment_due"),
        (a_recall, "recall_overdue", "recall_due"),
        (lambda offset: a_case(-9, due=offset), "case_overdue", "case_due"),
        (a_case, "case_open", "case_open"),
        (lambda offset: a_plan(due=offset), "frequency_passed", "frequency_passed"),
    ],
)
def test_what_has_a_day_is_listed_from_that_day_on_and_not_before(make: Any, overdue: str, due: str) -> None:
    assert codes(a_queue(make(-1))) == [[overdue]]
    assert codes(a_queue(make(0))) == [[due]]
    assert codes(a_queue(make(1))) == []


@pytest.mark.parametrize(
    "closed",
    [
        an_appointment(0, state="held", summary="x"),
        an_appointment(0, state="cancelled", because="x"),
        a_task(0, state="done"),
        a_follow_up(0, state="done"),
        a_promise(0, voided_because="wrong party"),
        a_promise(None),
        a_case(-1, state="closed", closed_at=NOON + timedelta(days=40)),
        a_quote(-40, state="lost", decided_on=TODAY),
        a_quote(-40, kind="order"),
        a_contract(0, state="cancelled", cancelled_on=TODAY, ended_on=TODAY),
        a_contract(0, term=None),
    ],
)
def test_what_is_done_is_not_listed(closed: Plannable) -> None:
    assert codes(a_queue(closed)) == []


def test_only_the_open_promises_are_listed_each_as_a_reason() -> None:
    interaction = a_promise(-2, 0, 1, None)

    assert codes(a_queue(interaction)) == [["commitment_overdue", "commitment_due"]]
    assert codes(a_queue(interaction.with_commitment_kept("call back", on=TODAY))) == [["commitment_due"]]


@pytest.mark.parametrize(("due", "code"), [(31, None), (30, "notice_near"), (0, "notice_near"), (-1, "notice_passed")])
def test_a_contract_comes_up_before_the_last_day_of_notice_and_stays(due: int, code: str | None) -> None:
    assert codes(a_queue(a_contract(due))) == ([[code]] if code else [])


def test_a_contract_that_does_not_renew_itself_is_to_be_renewed() -> None:
    (row,) = a_queue(a_contract(0, automatic=False, number="V 7"))

    assert (row.kind, row.due_on, row.overdue_days) == ("contract", TODAY, 0)
    assert str(row.reasons[0]) == "contract V 7 ends on 2026-02-01 unless renewed"
    assert codes(a_queue(a_contract(-1, automatic=False))) == [["renewal_passed"]]


@pytest.mark.parametrize(("valid_until", "code"), [(8, None), (7, "quote_expiring"), (0, "quote_expiring"), (-1, "quote_expired")])
def test_a_quote_is_chased_from_a_week_before_it_runs_out(valid_until: int, code: str | None) -> None:
    assert codes(a_queue(a_quote(-10, valid_until=valid_until))) == ([[code]] if code else [])


@pytest.mark.parametrize(("issued", "listed"), [(-13, False), (-14, True), (-15, True)])
def test_a_quote_is_chased_when_nobody_decided_for_two_weeks(issued: int, listed: bool) -> None:
    assert codes(a_queue(a_quote(issued))) == ([["quote_open"]] if listed else [])


@pytest.mark.parametrize(("contact", "listed"), [(-13, False), (-14, True), (-15, True)])
def test_a_contact_gives_a_quote_another_two_weeks(contact: int, listed: bool) -> None:
    plan = ContactPlan(party_id="C-1", last_contact_on=a_day(contact))

    assert codes(a_queue(a_quote(-60), plan)) == ([["quote_open"]] if listed else [])


def test_how_early_contracts_and_quotes_come_up_is_a_setting() -> None:
    early = QueuePolicy(contract_ahead=months(3), quote_ahead=days(1), quote_open_for=days(3))

    assert codes(a_queue(a_contract(60), queue=early)) == [["notice_near"]]
    assert codes(a_queue(a_quote(-2, valid_until=2), queue=early)) == []
    assert codes(a_queue(a_quote(-2, valid_until=1), queue=early)) == [["quote_expiring"]]
    assert codes(a_queue(a_quote(-3, valid_until=90), queue=early)) == [["quote_open"]]
    with pytest.raises(InvalidValueError, match="quote_ahead="):
        QueuePolicy(quote_ahead=7)  # type: ignore[arg-type]


@given(st.dates(date(1999, 1, 1), date(2030, 1, 1)), st.integers(0, 13), st.integers(0, 70))
def test_the_first_day_before_a_deadline_is_the_first(deadline: date, ahead_months: int, ahead_days: int) -> None:
    ahead = months(ahead_months) if ahead_months else days(ahead_days + 1)

    first = first_day_before(deadline, ahead)

    assert ahead.after(first) >= deadline > ahead.after(first - timedelta(days=1))


@pytest.mark.parametrize(
    ("born_on", "as_of"),
    [
        (date(1980, 2, 1), date(2026, 2, 1)),
        (date(1980, 2, 29), date(2026, 2, 28)),
        (date(1980, 2, 29), date(2028, 2, 29)),
        (date(1980, 1, 1), date(2026, 1, 1)),
        (date(1980, 12, 31), date(2026, 12, 31)),
    ],
)
def test_a_birthday_is_listed_on_its_day_only(born_on: date, as_of: date) -> None:
    party = a_party(people=[ContactPerson(id="P-1", last_name="Huber", birthday=born_on), ContactPerson(id="P-2", last_name="Beck")])

    found = {day: codes(a_queue(parties=[party], as_of=day)) for day in (as_of - timedelta(days=1), as_of, as_of + timedelta(days=1))}

    assert [day for day, listed in found.items() if listed == [["birthday"]]] == [as_of]
    assert codes(a_queue(parties=[party], as_of=as_of, queue=QueuePolicy(birthdays=False))) == []


def test_a_birthday_names_the_person_by_id_only() -> None:
    party = a_party(people=[ContactPerson(id="P-1", last_name="Huber", birthday=TODAY)])

    (row,) = a_queue(parties=[party])

    assert row.reasons == (Reason("birthday", {"due_on": TODAY, "person_id": "P-1", "employee_id": "anna"}, Ref("party", "C-1")),)
    assert "Huber" not in repr(row)


EACH_KIND: dict[QueueKind, Plannable] = {
    "appointment": an_appointment(0, "appointment"),
    "recall": a_recall(0, party_id="recall"),
    "commitment": Interaction(
        id="I-1", party_id="commitment", happened_at=NOON, kind="phone", commitments=[Commitment(text="x", due_on=TODAY)]
    ),
    "case": a_case(0, party_id="case"),
    "task": a_task(0, "task"),
    "follow_up": a_follow_up(0, party_id="follow_up"),
    "contract": a_contract(0, party_id="contract"),
    "quote": a_quote(-14, party_id="quote"),
    "suggestion": a_plan("suggestion"),
}


@given(st.permutations([*EACH_KIND]))
def test_the_kinds_come_in_their_order_whatever_the_order_of_the_items(kinds: list[QueueKind]) -> None:
    born = a_party("birthday", people=[ContactPerson(id="P-1", last_name="x", birthday=TODAY)])

    queue = a_queue(*(EACH_KIND[kind] for kind in kinds), parties=[born, *(a_party(kind) for kind in kinds)])

    assert tuple(row.kind for row in queue) == KINDS
    assert tuple(row.party_id for row in queue) == KINDS


def test_the_row_of_a_party_keeps_all_reasons_with_their_persons_and_times() -> None:
    queue = a_queue(
        a_task(-3, employee_id="ben"),
        an_appointment(0, hour=14, attendees={"anna", "carl"}, person_id="P-1"),
        an_appointment(0, hour=9, id="A-2"),
        a_recall(-1, due_time=time(8, 30), reason="price list"),
        zone="Europe/Berlin",
    )

    (row,) = queue
    assert (row.kind, row.due_on, row.overdue_days, row.employee_id) == ("appointment", TODAY, 0, "anna")
    assert [str(reason) for reason in row.reasons] == [
        "appointment today at 10:00: offer",
        "appointment today at 15:00: offer",
        "recall was due on 2026-01-31: price list",
        "task was due on 2026-01-29: send samples",
    ]
    assert [reason.facts["employee_id"] for reason in row.reasons] == ["anna", "anna, carl", "anna", "ben"]
    assert row.reasons[1].facts["person_id"] == "P-1"
    assert row.reasons[2].facts["due_time"] == time(8, 30)
    assert [reason.about for reason in row.reasons][2:] == [Ref("recall", "R-1"), Ref("task", "T-1")]


def test_free_text_is_said_and_never_shown_in_a_repr() -> None:
    (row,) = a_queue(a_task(0, text="call Eva Huber"))

    assert str(row.reasons[0]).endswith(": call Eva Huber")
    assert "Huber" not in repr(row)


def test_a_case_says_its_kind_in_both_languages() -> None:
    (row,) = a_queue(a_case(0))

    assert row.reasons[0].text("en") == "complaint open since 2026-02-01"
    assert row.reasons[0].text("de") == "Reklamation offen seit 01.02.2026"


def test_what_belongs_to_no_party_stands_alone() -> None:
    queue = a_queue(
        a_task(0, None),
        a_task(0, None, id="T-2"),
        an_appointment(0, None),
        a_follow_up(0, party_id=None, about=Ref("campaign", "K-1"), employee_id="anna"),
    )

    assert [(row.party, row.party_id, row.kind) for row in queue] == [
        (None, None, kind) for kind in ("appointment", "task", "task", "follow_up")
    ]
    assert [row.reasons[0].about for row in queue][1:3] == [Ref("task", "T-1"), Ref("task", "T-2")]


def test_the_days_are_those_of_the_zone() -> None:
    midnight = Appointment(id="A-1", start_at=datetime(2026, 1, 31, 23, 30, tzinfo=UTC), minutes=30, attendees="anna", subject="x")

    assert codes(a_queue(midnight, zone="Europe/Berlin")) == [["appointment_due"]]
    assert codes(a_queue(midnight)) == [["appointment_overdue"]]


@pytest.mark.parametrize(("offset", "silent"), [(-1, False), (0, True), (1, True)])
def test_a_planned_appointment_from_today_on_silences_the_suggestion(offset: int, silent: bool) -> None:
    told = suggestion(a_plan(), [], as_of=TODAY, appointments=[an_appointment(offset)])

    assert isinstance(told, NotDue) == silent
    assert any("frequency_passed" in row for row in codes(a_queue(a_plan(), an_appointment(offset)))) != silent


def test_only_a_planned_appointment_silences() -> None:
    cancelled, held = (an_appointment(5, state="cancelled", because="ill"), an_appointment(0, state="held", summary="x"))

    assert codes(a_queue(a_plan(), cancelled, held)) == [["frequency_passed"]]


def test_a_silenced_suggestion_says_why_it_is_silent() -> None:
    midnight = datetime(2026, 2, 1, 23, 30, tzinfo=UTC)
    appointment = Appointment(id="A-1", start_at=midnight, minutes=30, attendees="anna", subject="x", party_id="C-1")

    told = suggestion(a_plan(), [], as_of=TODAY, appointments=[an_appointment(9), appointment], zone="Europe/Berlin")

    assert str(told.reason) == "appointment on 2026-02-02 at 00:30"


def test_a_due_recall_is_listed_once_as_a_recall_even_beside_an_appointment() -> None:
    assert codes(a_queue(a_plan(), a_recall(0), an_appointment(3))) == [["recall_due"]]


@pytest.mark.parametrize(("horizon", "listed"), [(6, ["C-2"]), (7, ["C-2", "C-1"]), (8, ["C-2", "C-1"])])
def test_the_horizon_lists_what_is_to_come_after_what_is_due(horizon: int, listed: list[str]) -> None:
    parties = [a_party("C-1"), a_party("C-2")]

    queue = a_queue(an_appointment(7), a_plan("C-2"), parties=parties, horizon=days(horizon))

    assert [row.party_id for row in queue] == listed


def test_what_is_to_come_is_listed_day_by_day_with_its_day() -> None:
    parties = [a_party(id) for id in ("C-1", "C-2", "C-3", "C-4")]
    items = [a_task(3, "C-1"), a_recall(2, party_id="C-2"), a_plan("C-3", due=1), a_task(2, "C-4", id="T-2")]

    queue = a_queue(*items, parties=parties, horizon=days(3))

    assert [(row.party_id, row.due_on, row.overdue_days, row.reasons[0].code) for row in queue] == [
        ("C-3", a_day(1), 0, "contacted_recently"),
        ("C-2", a_day(2), 0, "recall_planned"),
        ("C-4", a_day(2), 0, "task_planned"),
        ("C-1", a_day(3), 0, "task_planned"),
    ]


def test_a_party_that_is_due_today_is_listed_once_with_what_is_to_come() -> None:
    queue = a_queue(a_recall(0), a_task(2), horizon=days(7))

    assert codes(queue) == [["recall_due", "task_planned"]]


def test_an_employee_sees_only_the_reasons_that_are_hers() -> None:
    items = [a_recall(0, employee_id="ben"), a_task(0), an_appointment(0, attendees={"ben", "carl"})]

    assert codes(a_queue(*items, employee_id="anna")) == [["task_due"]]
    assert codes(a_queue(*items, employee_id="carl")) == [["appointment_due"]]
    assert codes(a_queue(*items, employee_id="ben")) == [["appointment_due", "recall_due"]]
    assert codes(a_queue(*items)) == [["appointment_due", "recall_due", "task_due"]]


def test_a_deputy_sees_for_whom_she_stands_in() -> None:
    parties = [a_party("C-1", owner_id="ben"), a_party("C-2", owner_id="anna"), a_party("C-3", owner_id="carl")]
    plans = [a_plan("C-1"), a_plan("C-2"), a_plan("C-3")]

    queue = a_queue(*plans, parties=parties, employee_id="anna", stands_in_for=["ben"])

    assert [(row.party_id, row.reasons[0].facts.get("stands_in_for"), row.employee_id) for row in queue] == [
        ("C-1", "ben", "ben"),
        ("C-2", None, "anna"),
    ]
    assert str(queue.rows[0].reasons[0]).endswith("(standing in for ben)")
    assert queue.rows[0].reasons[0].text("de").endswith("(in Vertretung für ben)")


def test_a_team_sees_what_is_its_employees_and_its_department_s() -> None:
    items = [
        a_task(0, None, id="T-1", employee_id=None, department_id="dispatch"),
        a_task(0, None, id="T-2", employee_id="ben"),
        a_task(0, None, id="T-3", employee_id="carl"),
        a_task(0, None, id="T-4", employee_id=None, department_id="sales"),
    ]

    team = a_queue(*items, team=["ben", "eva"], departments=["dispatch"])

    assert [row.reasons[0].about for row in team] == [Ref("task", "T-1"), Ref("task", "T-2")]
    assert [row.employee_id for row in team] == [None, "ben"]
    with pytest.raises(InvalidValueError, match="either employee_id or team"):
        a_queue(employee_id="anna", team=["ben"])


def test_what_is_nobody_s_is_unassigned_and_a_department_s_is_not() -> None:
    parties = [a_party(owner_id=None)]
    items = [a_follow_up(0), a_task(0, employee_id=None, department_id="dispatch"), a_recall(0, employee_id="ben")]

    queue = a_queue(*items, parties=parties, employee_id="anna")

    assert codes(queue) == []
    assert [[reason.code for reason in row.reasons] for row in queue.unassigned] == [["follow_up_due"]]


def test_what_was_promised_to_the_switched_off_is_listed_and_calls_are_left_out() -> None:
    parties = [a_party(active=False)]

    queue = a_queue(a_plan(), a_task(0), a_promise(0), parties=parties)

    assert codes(queue) == [["commitment_due", "task_due"]]
    assert [(out.party_id, str(out.reason)) for out in queue.left_out] == [("C-1", "switched off")]
    assert a_queue(a_plan(), a_task(0), parties=parties, employee_id="ben").left_out == ()


def an_open_item(overdue_days: int, amount: str = "60.00", currency: str = "EUR") -> OpenItem:
    owed, due_on = Money.of(amount, currency), a_day(-overdue_days)
    return OpenItem(document_id="R", party_id="C-1", number=None, total=owed, amount=owed, due_on=due_on, overdue_days=max(0, overdue_days))


@pytest.mark.parametrize(("overdue", "shown"), [(-1, False), (0, False), (1, True)])
def test_overdue_invoices_show_with_a_party_that_is_listed(overdue: int, shown: bool) -> None:
    assert codes(a_queue(a_recall(0), an_open_item(overdue))) == [["recall_due", *(["invoices_overdue"] if shown else [])]]


def test_payments_and_blocks_alone_put_nobody_on_the_list() -> None:
    party = a_party(dunning_level=2, blocks={"delivery", "dunning"})

    assert codes(a_queue(an_open_item(9), parties=[party])) == []
    assert codes(a_queue(a_recall(0), an_open_item(9), parties=[party])) == [
        ["recall_due", "invoices_overdue", "dunned", "delivery_blocked", "dunning_blocked"]
    ]


def test_overdue_invoices_are_added_up_for_each_currency() -> None:
    items = [an_open_item(3), an_open_item(9, "40.00"), an_open_item(1, "5.00", "CHF")]

    (row,) = a_queue(a_recall(0), *items)

    assert [reason.text("de") for reason in row.reasons[1:]] == [
        "Rechnungen überfällig seit 31.01.2026: 5,00 CHF",
        "Rechnungen überfällig seit 23.01.2026: 100,00 EUR",
    ]
    assert row.reasons[2].facts["invoices"] == 2


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_the_pages_are_the_whole_list_in_its_order(limit: int) -> None:
    parties = [a_party(f"C-{number}") for number in range(7)]
    items: list[Plannable] = [a_plan(party.id, due=-(number % 2)) for number, party in enumerate(parties)]
    items += [a_recall(-1, party_id="C-3"), an_appointment(0, "C-5"), a_task(1, None, id="T-9"), a_task(0, None, id="T-8")]
    values = {"C-0": Money.of(-5, "EUR"), "C-2": Money.of("7.5", "EUR")}
    whole = a_queue(*items, parties=parties, values=values, horizon=days(3))

    paged: list[QueueRow] = []
    cursor = None
    while page := a_queue(*items, parties=parties, values=values, horizon=days(3), limit=limit, cursor=cursor):
        paged += page.rows
        cursor = page.cursor
        if cursor is None:
            break

    assert paged == list(whole)
    assert len(paged) == 9


def test_a_cursor_stays_right_while_rows_come_and_go() -> None:
    parties = [a_party(f"C-{number}") for number in range(4)]
    plans = [a_plan(party.id) for party in parties]
    first = a_queue(*plans[:1], *plans[2:], parties=parties, limit=2)

    second = a_queue(*plans[1:], parties=parties, limit=2, cursor=first.cursor)

    assert [row.party_id for row in (*first, *second)] == ["C-0", "C-2", "C-3"]
    with pytest.raises(InvalidValueError, match="cursor="):
        a_queue(cursor="Y3Vyc29y")


def a_group() -> list[Party]:
    return [
        a_party("C-1"),
        a_party("C-2", parent_id="C-1", dunning_level=1),
        a_party("C-3", parent_id="C-2"),
        a_party("C-4", parent_id="C-9"),
    ]


def test_a_company_group_can_be_listed_once_under_its_head() -> None:
    items = [a_recall(0, party_id="C-3"), a_task(0, "C-2"), a_plan("C-1"), a_task(0, "C-4", id="T-4")]

    queue = a_queue(*items, parties=a_group(), group=True, values={"C-1": 5, "C-3": 2, "C-4": 1})

    assert [(row.party_id, [one.id for one in row.members], row.value) for row in queue] == [("C-1", ["C-2", "C-3"], 7), ("C-4", [], 1)]
    assert [(reason.code, reason.facts.get("party_id")) for reason in queue.rows[0].reasons] == [
        ("recall_due", "C-3"),
        ("task_due", "C-2"),
        ("frequency_passed", None),
        ("dunned", None),
    ]


def test_a_head_without_work_of_its_own_heads_the_row() -> None:
    (row,) = a_queue(a_recall(0, party_id="C-3"), parties=a_group(), group=True)

    assert (row.party_id, [one.id for one in row.members], row.employee_id) == ("C-1", ["C-3"], "anna")


def test_parties_that_are_above_each_other_end_nowhere() -> None:
    parties = [a_party("C-1", parent_id="C-2"), a_party("C-2", parent_id="C-1")]

    assert len(a_queue(a_recall(0), parties=parties, group=True)) == 1


def test_without_groups_every_party_has_its_own_row() -> None:
    queue = a_queue(a_recall(0), a_task(0, "C-2"), parties=a_group())

    assert [(row.party_id, row.members) for row in queue] == [("C-1", ()), ("C-2", ())]
