"""The work queue of a desk (rule 6): everything that is stored and due, found by index and listed by the rules of `scheduling`."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmkit import Crm, Interval, Money, Period, Scope, Settings, days
from crmkit.desks import daily_work
from crmkit.entities import (
    Appointment,
    Case,
    Commitment,
    Conditions,
    ContactPerson,
    ContactPlan,
    Contract,
    Department,
    Document,
    FollowUp,
    Interaction,
    Line,
    Party,
    Recall,
    Ref,
    Task,
    open_items,
)
from crmkit.errors import InvalidValueError
from crmkit.persistence import MemoryStore
from crmkit.scheduling import QueuePolicy, WorkQueue, call_suggestions, work_queue
from crmkit.store import Query, Rights

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit.store import Store
    from tests.desks.conftest import Clock

TODAY = date(2026, 1, 1)
NOW = datetime(2026, 1, 1, 11, tzinfo=UTC)
LINE = Line(item_id="I-1", quantity=1, unit_price=100, unit_cost=60)


def codes(queue: WorkQueue) -> list[list[str]]:
    return [[reason.code for reason in row.reasons] for row in queue]


def with_settings(crm: Crm, **fields: Any) -> Crm:
    place = crm._workplace  # noqa: SLF001  # the same store and clock, other settings
    return Crm(place.store, scope=place.scope, settings=attrs.evolve(place.settings, **fields), clock=place.clock)


def everything_due(crm: Crm) -> None:
    """One thing of each kind, all with C-17."""
    crm.contact.plan("C-17", frequency=days(30))
    crm.tasks.assign("anna", text="send samples", due_on=TODAY, about=Ref("party", "C-17"))
    crm.tasks.follow_up(Ref("document", "R-1"), on=TODAY, note="paid?")
    crm.appointments.schedule("C-17", start_at=datetime(2026, 1, 1, 15, tzinfo=UTC), minutes=30, attendees="anna", subject="offer")
    crm.record_interaction("C-17", kind="phone", reached=False, commitments=[Commitment(text="call back", due_on=TODAY)])
    crm.cases.open(Ref("party", "C-17"), text="scratched", employee_id="anna")
    crm.add(
        Contract(id="V-1", party_id="C-17", title="press", starts_on=date(2025, 1, 20), term=days(365)),
        Document(id="Q-1", kind="quote", party_id="C-17", issued_on=date(2025, 12, 1), lines=[LINE]),
        Recall(id="W-1", party_id="C-17", due_on=TODAY),
    )
    party = crm.get(Party, "C-17")
    crm.change(attrs.evolve(party, people=[attrs.evolve(party.people[0], birthday=date(1980, 1, 1))]))


def test_a_party_is_listed_once_for_all_that_is_stored_about_it(crm: Crm) -> None:
    everything_due(crm)

    assert codes(crm.work_queue()) == [
        [
            "appointment_due",
            "recall_due",
            "commitment_due",
            "case_open",
            "task_due",
            "follow_up_due",
            "notice_near",
            "quote_open",
            "birthday",
        ]
    ]


def test_birthdays_follow_the_contact_persons_and_can_be_switched_off(crm: Crm) -> None:
    party = crm.get(Party, "C-17")
    born = attrs.evolve(party.people[0], birthday=date(1980, 1, 1))
    changed = crm.change(attrs.evolve(party, people=[born]))

    assert codes(crm.work_queue()) == [["birthday"]]
    assert codes(with_settings(crm, queue=QueuePolicy(birthdays=False)).work_queue()) == []
    crm.change(attrs.evolve(changed, people=[attrs.evolve(born, birthday=date(1980, 1, 2))]))
    assert codes(crm.work_queue()) == []
    assert codes(crm.work_queue(horizon=days(1))) == [["birthday_planned"]]


@pytest.mark.parametrize("born_on", [date(1980, 2, 28), date(1980, 2, 29)])
def test_a_horizon_over_the_end_of_february_finds_the_leap_day(crm: Crm, born_on: date) -> None:
    crm.add(Party(id="C-18", name="x", created_on=TODAY, people=[ContactPerson(id="P-1", last_name="x", birthday=born_on)]))

    (row,) = crm.work_queue(as_of=date(2026, 2, 20), horizon=days(30))

    assert row.due_on == date(2026, 2, 28)


def test_a_planned_appointment_silences_the_suggestion_however_far_away(crm: Crm) -> None:
    crm.contact.plan("C-17", frequency=days(30))
    assert codes(crm.work_queue()) == [["never_contacted"]]

    start = datetime(2026, 9, 1, 9, tzinfo=UTC)
    appointment = crm.appointments.schedule("C-17", start_at=start, minutes=30, attendees="anna", subject="fair")
    assert codes(crm.work_queue()) == []

    crm.appointments.cancel(appointment.id, because="ill")
    assert codes(crm.work_queue()) == [["never_contacted"]]


def test_the_facts_of_a_desk_know_of_planned_appointments(crm: Crm) -> None:
    pytest.importorskip("polars", reason="facts of a store are Polars frames")
    crm.contact.plan("C-17", frequency=days(30))
    start = datetime(2026, 9, 1, 22, 30, tzinfo=UTC)
    crm.appointments.schedule("C-17", start_at=start, minutes=30, attendees="anna", subject="fair")

    plans = crm.facts.contact_plans()

    assert plans.collect().get_column("appointment_on").to_list() == [date(2026, 9, 2)]
    assert [len(call_suggestions(plans, as_of=day).collect()) for day in (TODAY, date(2026, 9, 2), date(2026, 9, 3))] == [0, 0, 1]


@pytest.mark.parametrize("day", [date(2026, 1, 14), date(2026, 1, 15), date(2026, 1, 16)])
def test_overdue_invoices_show_from_the_day_after_they_were_to_be_paid(crm: Crm, day: date) -> None:
    crm.change(attrs.evolve(crm.get(Party, "C-17"), conditions=Conditions(payment_days=14)))
    quote = crm.documents.quote("C-17", lines=[LINE])
    invoice = crm.documents.invoice(quote.id)
    crm.documents.record_payment(invoice.id, amount=Money.of(30, "EUR"))
    crm.change(attrs.evolve(crm.get(Party, "C-17"), dunning_level=1))
    assert codes(crm.work_queue(as_of=day)) == []

    crm.contact.recall("C-17", on=TODAY)

    (row,) = crm.work_queue(as_of=day)
    overdue = day == date(2026, 1, 16)
    assert [reason.code for reason in row.reasons] == ["recall_overdue", *(["invoices_overdue"] if overdue else []), "dunned"]
    if overdue:
        assert row.reasons[1].facts["amount"] == Money.of(70, "EUR")


@pytest.mark.parametrize(
    ("day", "seen"), [(date(2026, 6, 30), False), (date(2026, 7, 1), True), (date(2026, 7, 31), True), (date(2026, 8, 1), False)]
)
def test_a_deputy_sees_what_belongs_to_the_one_who_is_away_on_these_days_only(crm: Crm, day: date, seen: bool) -> None:
    crm.parties.appoint_deputy("anna", deputy_id="ben", period=Period.month(2026, 7))
    crm.contact.recall("C-17", on=TODAY)

    found = crm.work_queue(as_of=day, employee_id="ben").rows

    assert [row.reasons[0].facts["stands_in_for"] for row in found] == (["anna"] if seen else [])
    assert len(crm.work_queue(as_of=day, employee_id="anna")) == 1


def test_a_department_has_a_list_and_its_employees_see_its_tasks(crm: Crm) -> None:
    crm.tasks.assign(Department("dispatch"), text="pack", due_on=TODAY)
    crm.tasks.assign("ben", text="load", due_on=TODAY)
    crm.contact.recall("C-17", on=TODAY)
    desk = with_settings(crm, departments={"dispatch": ["ben", "eva"]})

    assert codes(desk.work_queue(team="dispatch")) == [["task_due"], ["task_due"]]
    assert [row.reasons[0].facts["text"] for row in desk.work_queue(employee_id="eva")] == ["pack"]
    assert len(desk.work_queue(employee_id="ben")) == 2
    assert codes(desk.work_queue(employee_id="anna")) == [["recall_due"]]
    with pytest.raises(InvalidValueError, match=r"a department of .*: dispatch"):
        desk.work_queue(team="sales")


def test_rights_reach_parties_by_owner_and_what_stands_alone_by_employee(crm: Crm) -> None:
    crm.contact.recall("C-17", on=TODAY, employee_id="ben")
    crm.tasks.assign("ben", text="load", due_on=TODAY)
    crm.tasks.assign("anna", text="pack", due_on=TODAY)
    place = crm._workplace  # noqa: SLF001  # the same store, another actor
    bens = Crm(
        place.store,
        scope=Scope(tenant="acme", actor="ben", rights=Rights(verbs={"work_queue": "own"})),
        settings=place.settings,
        clock=place.clock,
    )

    assert [row.reasons[0].facts["text"] for row in bens.work_queue()] == ["load"]


def test_the_pages_of_a_desk_are_its_whole_list(crm: Crm) -> None:
    for number in range(5):
        crm.add(Party(id=f"C-{number}", name="x", created_on=TODAY))
        crm.contact.recall(f"C-{number}", on=date(2026, 1, 1 + number % 2))

    first = crm.work_queue(as_of=date(2026, 1, 3), limit=3)
    second = crm.work_queue(as_of=date(2026, 1, 3), limit=3, cursor=first.cursor)

    assert [row.party_id for row in (*first, *second)] == ["C-0", "C-2", "C-4", "C-1", "C-3"]
    assert second.cursor is None


def test_a_company_group_is_one_row_under_its_head(crm: Crm) -> None:
    crm.add(
        Party(id="C-18", name="x", created_on=TODAY, parent_id="C-17"),
        Party(id="C-19", name="x", created_on=TODAY, parent_id="C-18"),
        Document(id="R-2", kind="invoice", party_id="C-19", issued_on=TODAY, due_on=TODAY, lines=[LINE]),
    )
    crm.contact.recall("C-19", on=TODAY)

    (row,) = crm.work_queue(as_of=date(2026, 1, 2), group=True)

    assert (row.party_id, [one.id for one in row.members], row.value) == ("C-17", ["C-19"], Money.of(40, "EUR"))
    assert [reason.code for reason in row.reasons] == ["recall_overdue", "invoices_overdue"]
    assert crm.work_queue(as_of=date(2026, 1, 2)).rows[0].party_id == "C-19"


def many_plans(crm: Crm) -> None:
    """Thirty parties whose suggestions fall on few days, some of them silenced, some with other work, some nobody's."""
    for number in range(30):
        party_id = f"M-{number:02}"
        crm.add(Party(id=party_id, name="x", created_on=TODAY, owner_id=["anna", "ben", None][number % 3]))
        crm.contact.plan(party_id, frequency=days(30), at=NOW - timedelta(days=number % 4))
        if number % 6 == 0:
            crm.contact.postpone(party_id, to=a_day(2 + number % 5))
    crm.add(
        Recall(id="W-1", party_id="M-03", due_on=a_day(9)),
        Recall(id="W-2", party_id="M-04", due_on=a_day(-9)),
        Task(id="T-1", party_id="M-29", about=Ref("party", "M-29"), text="x", due_on=TODAY, employee_id="ben"),
        Document(id="R-9", kind="invoice", party_id="M-20", issued_on=TODAY, lines=[LINE]),
        Document(id="R-8", kind="invoice", party_id="M-23", issued_on=TODAY, lines=[LINE]),
    )
    born = [ContactPerson(id="P", last_name="x", birthday=a_day(3))]
    for number in range(6):
        crm.add(Party(id=f"N-{number}", name="x", created_on=TODAY, people=born, owner_id=["anna", "ben"][number % 2]))
        crm.tasks.assign(["anna", "ben"][number % 2], text="x", due_on=a_day(4))


@pytest.mark.parametrize("limit", [0, "x", None, 1.5])
@pytest.mark.parametrize("group", [False, True])
def test_a_page_of_no_number_of_rows_is_refused(crm: Crm, limit: Any, group: bool) -> None:
    with pytest.raises(InvalidValueError, match="limit"):
        crm.work_queue(limit=limit, group=group)


@pytest.mark.parametrize("who", [None, "anna", "ben"])
@pytest.mark.parametrize("limit", [2])
@pytest.mark.parametrize("horizon", [None, days(5)])
def test_suggestions_are_read_as_far_as_a_page_needs_and_none_is_missed(
    crm: Crm, monkeypatch: pytest.MonkeyPatch, who: str | None, limit: int, horizon: Interval | None
) -> None:
    many_plans(crm)
    whole = crm.work_queue(as_of=a_day(3), employee_id=who, horizon=horizon, limit=1_000)
    monkeypatch.setattr(daily_work, "_SPARE", 0)

    check_pages(crm, whole, as_of=a_day(3), employee_id=who, horizon=horizon, limit=limit)
    assert len(whole) > 5


def check_pages(crm: Crm, whole: WorkQueue, *, limit: int, **asked: Any) -> None:
    """The pages together are the whole list, each row and each party that is left out on one of them."""
    pages = [crm.work_queue(limit=limit, **asked)]
    while (cursor := pages[-1].cursor) is not None:
        pages.append(crm.work_queue(limit=limit, cursor=cursor, **asked))

    assert [row for page in pages for row in page] == list(whole)
    left_out = [one for page in pages for one in page.left_out]
    assert sorted(left_out, key=repr) == sorted(whole.left_out, key=repr)
    assert {page.unassigned for page in pages} == {whole.unassigned[:limit]}
    assert len(pages) == max(1, -(-len(whole) // limit))


def test_a_page_reads_few_of_many_plans(store: Store, clock: Clock) -> None:
    crm = Crm(store, scope=Scope(tenant="many", actor="anna"), clock=clock)
    ids = [f"C-{number:03}" for number in range(400)]
    crm.add(*(Party(id=id, name="x", created_on=a_day(-int(id[2:]))) for id in ids))
    for id in ids:
        crm.contact.plan(id, frequency=days(30), at=datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=int(id[2:]) // 2))
    counted = Counting(store)

    queue = Crm(counted, scope=crm._workplace.scope, clock=clock).work_queue(limit=5)  # noqa: SLF001  # beside it

    assert [row.party_id for row in queue] == ids[:5]
    assert counted.most_found <= 20


def test_the_number_of_queries_does_not_grow_with_what_is_due(store: Store, clock: Clock) -> None:
    def queries(parties: int, tenant: str) -> int:
        crm = Crm(store, scope=Scope(tenant=tenant, actor="anna"), settings=Settings(zone="Europe/Berlin"), clock=clock)
        for number in range(parties):
            crm.add(Party(id=f"C-{number}", name="x", created_on=TODAY))
            crm.contact.plan(f"C-{number}", frequency=days(30))
            crm.add(Document(id=f"Q-{number}", kind="quote", party_id=f"C-{number}", issued_on=date(2025, 12, 1), lines=[LINE]))
        counted = Counting(store)
        counting = Crm(counted, scope=crm._workplace.scope, settings=crm._workplace.settings, clock=clock)  # noqa: SLF001  # beside it
        assert len(counting.work_queue(employee_id=None, horizon=days(7))) == parties
        return counted.finds

    assert queries(2, "one") == queries(40, "two") <= 30


class Counting:
    """A store that counts what it is asked."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.finds = 0
        self.most_found = 0

    def transaction(self, tenant: str, *, write: bool) -> Any:
        return _Counted(self, self.store.transaction(tenant, write=write))

    def close(self) -> None:
        """Nothing of its own."""


class _Counted:
    def __init__(self, counting: Counting, unit: Any) -> None:
        self.counting, self.unit = counting, unit

    def __enter__(self) -> Self:
        self.transaction = self.unit.__enter__()
        return self

    def __exit__(self, *error: object) -> Any:
        return self.unit.__exit__(*error)

    def find(self, query: Query[Any]) -> Any:
        found = self.transaction.find(query)
        self.counting.finds += 1
        self.counting.most_found = max(self.counting.most_found, len(found))
        return found

    def find_several(self, queries: Any) -> Any:
        self.counting.finds += 1
        return self.transaction.find_several(queries)

    def get(self, *arguments: Any, **named: Any) -> Any:
        self.counting.finds += 1
        return self.transaction.get(*arguments, **named)


OFFSETS = st.integers(-40, 40)
PARTIES = st.sampled_from(["C-0", "C-1", "C-2", "C-3", "C-4"])
EMPLOYEES = st.sampled_from(["anna", "ben", None])
MAKERS: list[Callable[[str, str, int, str | None], Any]] = [
    lambda id, party, at, who: Recall(id=id, party_id=party, due_on=a_day(at), employee_id=who),
    lambda id, party, at, who: Task(
        id=id, party_id=party, about=Ref("party", party), text="x", due_on=a_day(at), employee_id=who or "carl"
    ),
    lambda id, _, at, who: Task(id=id, text="x", due_on=a_day(at), employee_id=who or "carl"),
    lambda id, party, at, who: FollowUp(id=id, party_id=party, about=Ref("party", party), note="x", due_on=a_day(at), employee_id=who),
    lambda id, party, at, who: Appointment(
        id=id, party_id=party, start_at=NOW + timedelta(days=at, minutes=int(id)), minutes=1, attendees=who or "carl", subject="x"
    ),
    lambda id, party, at, who: Interaction(
        id=id,
        party_id=party,
        happened_at=NOW - timedelta(days=abs(at)),
        kind="phone",
        employee_id=who,
        commitments=[Commitment(text="x", due_on=a_day(at))],
    ),
    lambda id, party, at, who: Contract(id=id, party_id=party, title="x", starts_on=a_day(at - 300), term=days(300), employee_id=who),
    lambda id, party, at, who: Document(
        id=id, kind="quote", party_id=party, issued_on=a_day(min(at, 0)), valid_until=a_day(abs(at)), salesperson_id=who, lines=[LINE]
    ),
    lambda id, party, at, _: Document(id=id, kind="invoice", party_id=party, issued_on=a_day(-abs(at)), due_on=a_day(at), lines=[LINE]),
    lambda id, party, at, who: Case(
        id=id,
        about=Ref("party", party),
        party_id=party,
        text="x",
        opened_at=NOW - timedelta(days=41),
        due_at=NOW + timedelta(days=at),
        employee_id=who,
    ),
]


def a_day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def an_invoice(id: str, party: str, at: int, minor: int | None) -> Document:
    """What brought or cost something, or nobody knows what."""
    cost = None if minor is None else 100 - abs(minor)
    line = Line(item_id="I-1", quantity=1, unit_price=100, unit_cost=cost)
    return Document(id=id, kind="credit_note" if (minor or 0) < 0 else "invoice", party_id=party, issued_on=a_day(10 * at), lines=[line])


def values_by_rule(invoices: list[Document]) -> dict[str, Money]:
    found: dict[str, Money] = {}
    for one in invoices:
        profit = one.gross_profit() if one.kind != "quote" else None
        if profit is not None and date(2025, 1, 2) <= one.issued_on <= TODAY:
            found[one.party_id] = found.get(one.party_id, Money.of(0, "EUR")) + (profit if one.kind == "invoice" else -profit)
    return found


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(range(len(MAKERS))), PARTIES, OFFSETS, EMPLOYEES), min_size=4, max_size=12),
    st.lists(st.tuples(PARTIES, st.integers(1, 60)), min_size=1, max_size=5),
    st.lists(st.tuples(PARTIES, OFFSETS, st.one_of(st.none(), st.integers(-100, 100))), max_size=8),
    st.sampled_from([None, days(1), days(14)]),
    EMPLOYEES,
    st.sampled_from([None, "walk-in"]),
    st.integers(1, 3),
)
def test_the_desk_lists_what_the_rules_say_over_all_records(  # noqa: PLR0917  # one for each strategy
    monkeypatch: pytest.MonkeyPatch,
    made: list[tuple[int, str, int, str | None]],
    planned: list[tuple[str, int]],
    sold: list[tuple[str, int, int | None]],
    horizon: Interval | None,
    who: str | None,
    excluded: str | None,
    limit: int,
) -> None:
    store = MemoryStore()
    crm = Crm(store, scope=Scope(tenant="acme", actor="anna"), clock=lambda: NOW)
    people = [ContactPerson(id="P", last_name="x", birthday=a_day(-365 * 30))]
    owners = ["anna", None, "ben", "anna", "ben"]
    for number in range(5):
        reason = excluded if number == 2 else None
        crm.add(Party(id=f"C-{number}", name="x", created_on=TODAY, owner_id="eva", people=people[: number % 2], excluded=reason))
    for party_id, gap in planned:
        crm.contact.plan(party_id, frequency=days(gap))
    for number, (maker, party_id, offset, employee) in enumerate(made):
        crm.add(MAKERS[maker](str(number), party_id, offset, employee))
    for number, (party_id, offset, minor) in enumerate(sold):
        crm.add(an_invoice(f"S-{number}", party_id, offset, minor))
    crm.contact.keep_quiet("C-3", period=Period.month(2026, 1))
    for number, owner in enumerate(owners):
        crm.change(attrs.evolve(crm.get(Party, f"C-{number}"), owner_id=owner))
    with store.transaction("acme", write=False) as transaction:
        kinds: Any = (ContactPlan, Recall, Task, FollowUp, Appointment, Interaction, Contract, Document, Case)
        items = [record for kind in kinds for record in transaction.find(Query(kind))]
        parties = transaction.find(Query(Party))
    documents = [item for item in items if isinstance(item, Document)]
    by_rule = work_queue(
        [*items, *open_items(documents, [], as_of=TODAY)],
        parties=parties,
        as_of=TODAY,
        horizon=horizon,
        employee_id=who,
        values=values_by_rule(documents),
    )

    listed = crm.work_queue(employee_id=who, horizon=horizon, limit=1_000)

    assert listed == by_rule
    assert crm.check() == ()
    monkeypatch.setattr(daily_work, "_SPARE", 0)
    check_pages(crm, by_rule, employee_id=who, horizon=horizon, limit=limit)
