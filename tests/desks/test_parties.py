"""The parties desk: categories, classes, owners, freshness, groups, ids of other systems."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Crm, Money, Period, Scope, Settings, days
from crmkit.desks.handing_over import deputies_on
from crmkit.entities import (
    Address,
    Conditions,
    ContactPerson,
    ContactPlan,
    DataPolicy,
    Document,
    Handover,
    Line,
    LoyaltyCard,
    Party,
    Recall,
    Ref,
    Task,
)
from crmkit.errors import InvalidValueError, NotPermittedError, NotStoredError, StaleWriteError
from crmkit.persistence import MemoryStore
from crmkit.scheduling import ContactPolicy
from crmkit.store import Rights

if TYPE_CHECKING:
    from crmkit.store import Store
    from tests.desks.conftest import Clock, HistoryOf


def a_party(id: str = "C-18", **fields: Any) -> Party:
    defaults: dict[str, Any] = {"name": "Meier", "created_on": date(2026, 1, 1)}
    return Party(id=id, **defaults | fields)


def a_desk(store: Store, clock: Clock, *, rights: Rights | None = None, **settings: Any) -> Crm:
    scope = Scope(tenant="acme", actor="anna", rights=rights)
    return Crm(store, scope=scope, settings=Settings(zone="Europe/Berlin", **settings), clock=clock)


def test_a_change_of_category_is_an_event_in_the_history(crm: Crm, history_of: HistoryOf) -> None:
    crm.parties.categorise("C-17", add=["fair", "partner"])
    crm.parties.categorise("C-17", add=["press"], remove=["fair", "unknown"])

    assert crm.get(Party, "C-17").categories == {"partner", "press"}
    told = [entry.summary for entry in history_of() if entry.verb == "parties.categorise"]
    assert sorted(told, key=str) == ["category +fair +partner", "category +press -fair"]


@pytest.mark.parametrize("verb", ["categorise", "reactivate"])
def test_what_changes_nothing_leaves_no_trace(crm: Crm, history_of: HistoryOf, verb: str) -> None:
    before = history_of()

    assert getattr(crm.parties, verb)("C-17").version == 1
    assert history_of() == before


def test_a_party_is_switched_off_with_a_reason_and_on_again(crm: Crm, clock: Clock, history_of: HistoryOf) -> None:
    clock.move_to(date(2026, 1, 2))
    assert crm.parties.deactivate("C-17", because="closed down").active is False
    assert history_of()[-1].summary == "closed down"
    assert crm.parties.reactivate("C-17").active is True
    assert len(crm.timeline("C-17")) == 4


def test_deactivating_needs_a_reason(crm: Crm) -> None:
    with pytest.raises(InvalidValueError):
        crm.parties.deactivate("C-17", because="")


@pytest.mark.parametrize(("before", "stale"), [(date(2026, 1, 1), False), (date(2026, 1, 2), True), (date(2026, 1, 3), True)])
def test_data_are_stale_that_nobody_checked_since_a_day(crm: Crm, before: date, stale: bool) -> None:
    crm.parties.verify("C-17")
    crm.add(a_party(active=False))

    assert [party.id for party in crm.parties.stale(verified_before=before)] == (["C-17"] if stale else [])


def test_what_was_never_checked_is_stale_since_it_was_entered(crm: Crm) -> None:
    crm.add(a_party("C-1", created_on=date(2020, 1, 1)), a_party("C-2", verified_on=date(2021, 1, 1)))

    found = crm.parties.stale(verified_before=date(2026, 1, 1))
    assert [party.id for party in found] == ["C-1", "C-2", "C-17"]
    assert [party.id for party in crm.parties.stale(verified_before=date(2026, 1, 1), limit=1)] == ["C-1"]


def test_a_back_dated_check_does_not_make_data_older(crm: Crm, clock: Clock) -> None:
    earlier = clock()
    clock.move_to(date(2026, 1, 5))
    crm.parties.verify("C-17")

    assert crm.parties.verify("C-17", at=earlier).verified_on == date(2026, 1, 5)


def test_completeness_names_what_a_role_needs(store: Store, clock: Clock) -> None:
    policy = DataPolicy({"customer": ["addresses.city", "conditions.tax_id", "people.emails", "custom.size"], "supplier": "emails"})
    desk = a_desk(store, clock, required_data=policy)
    desk.add(a_party("C-1", roles="lead"), a_party("C-2", roles=["customer", "supplier"]))
    desk.add(
        a_party(
            "C-3",
            roles="customer",
            addresses=[Address(city="Graz")],
            conditions=Conditions(tax_id="1"),
            people=[ContactPerson(id="1", last_name="x", emails="a@b.example")],
            custom={"size": 0},
        )
    )

    missing = {id: [problem.column for problem in desk.parties.completeness(id)] for id in ("C-1", "C-2", "C-3")}

    assert missing == {"C-1": [], "C-2": ["addresses.city", "conditions.tax_id", "people.emails", "custom.size", "emails"], "C-3": []}


def test_incomplete_parties_are_listed_page_by_page(store: Store, clock: Clock) -> None:
    desk = a_desk(store, clock, required_data=DataPolicy({"customer": ["emails", "region"]}))
    whole = {"roles": "customer", "emails": "a@b.example", "region": "south"}
    desk.add(
        *(a_party(f"C-{place}", roles="customer", emails="a@b.example") for place in range(5)),
        a_party("C-7", **whole),
        a_party("L-1"),
        a_party("C-8", roles="customer", active=False),
        a_party("C-9", roles="customer", excluded="walk-in"),
    )

    first = desk.parties.incomplete(limit=3)
    second = desk.parties.incomplete(str(first.cursor), limit=3)

    assert [row.party.id for row in first.rows] == ["C-0", "C-1", "C-2"]
    assert [[problem.column for problem in row.problems] for row in first.rows] == [["region"]] * 3
    assert ([row.party.id for row in second.rows], second.cursor) == (["C-3", "C-4"], None)
    assert desk.parties.incomplete(limit=5).cursor is None


def test_incomplete_parties_are_found_without_a_query_for_each(store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = a_desk(store, clock, required_data=DataPolicy({"customer": "emails"}))
    desk.add(*(a_party(f"C-{place:04}", roles="customer") for place in range(60)))
    asked: list[object] = []
    with store.transaction("acme", write=False) as transaction:
        kind = type(transaction)
    find = kind.find

    def counted(self: Any, query: Any) -> Any:
        asked.append(query)
        return find(self, query)

    monkeypatch.setattr(kind, "find", counted)

    assert len(desk.parties.incomplete(limit=50).rows) == 50
    assert len(asked) == 1


def test_a_computed_class_stands_beside_the_manual_one(crm: Crm, history_of: HistoryOf) -> None:
    crm.add(a_party("C-1", manual_class="A"), a_party("C-2"))
    crm.parties.record_classes({"C-1": "C", "C-2": "B", "C-17": None})

    one, two, three = (crm.get(Party, id) for id in ("C-1", "C-2", "C-17"))
    assert (one.manual_class, one.computed_class, one.effective_class) == ("A", "C", "A")
    assert (two.computed_class, two.effective_class) == ("B", "B")
    assert three.version == 1
    told = {entry.party_id: entry.summary for entry in history_of() if entry.verb == "parties.record_classes"}
    assert told == {"C-1": "class none to C", "C-2": "class none to B"}


def test_a_new_class_brings_the_next_contact_up_to_date(store: Store, clock: Clock) -> None:
    desk = a_desk(store, clock, policy=ContactPolicy(by_class={"A": days(10)}, otherwise=days(20)))
    desk.add(a_party())
    desk.record_interaction("C-18", kind="phone")

    desk.parties.record_classes({"C-18": "A"})

    assert desk.get(ContactPlan, "C-18").next_contact_on == date(2026, 1, 12)


@pytest.mark.parametrize(("classes", "error"), [({"C-17": "D"}, InvalidValueError), ({"C-17": "A", "C-99": "A"}, NotStoredError)])
def test_wrong_classes_are_refused_whole(crm: Crm, classes: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        crm.parties.record_classes(classes)
    assert crm.get(Party, "C-17").computed_class is None


def test_a_handover_gives_parties_and_open_work_to_another(crm: Crm) -> None:
    crm.add(a_party(owner_id="anna"), a_party("C-19", owner_id="carl"))
    mine = crm.contact.recall("C-18", on=days(3), employee_id="anna")
    others = crm.contact.recall("C-18", on=days(4), employee_id="carl")
    task = crm.tasks.assign("anna", text="x", due_on=date(2026, 1, 9), about=Ref("party", "C-18"))
    case = crm.cases.open(Ref("party", "C-18"), text="x", employee_id="anna")

    handover = crm.parties.hand_over(from_owner="anna", to_owner="ben")

    assert (handover.state, sorted(handover.party_ids)) == ("done", ["C-17", "C-18"])
    assert [crm.get(Party, id).owner_id for id in ("C-17", "C-18", "C-19")] == ["ben", "ben", "carl"]
    assert [crm.get(Recall, recall.id).employee_id for recall in (mine, others)] == ["ben", "carl"]
    assert crm.get(Task, task.id).employee_id == "ben"
    assert [found.id for found in crm.cases.pending(employee_id="ben")] == [case.id]
    assert crm.get(Handover, handover.id) == handover
    assert crm.check() == ()


@pytest.mark.parametrize(("day", "owner"), [(4, "anna"), (5, "ben"), (6, "ben")])
def test_the_owner_of_the_past_stays(crm: Crm, clock: Clock, day: int, owner: str) -> None:
    clock.move_to(date(2026, 1, 10))
    crm.parties.hand_over(from_owner="anna", to_owner="ben", on=date(2026, 1, 5))

    assert crm.parties.value_on("C-17", "owner_id", on=date(2026, 1, day)) == owner


def test_a_handover_to_come_is_carried_out_on_its_day(crm: Crm, clock: Clock) -> None:
    planned = crm.parties.hand_over(from_owner="anna", to_owner="ben", on=date(2026, 1, 3))
    assert planned.state == "planned"
    for day, owner in ((2, "anna"), (3, "ben"), (4, "ben")):
        clock.move_to(date(2026, 1, day))
        crm.parties.carry_out_handovers()
        assert crm.get(Party, "C-17").owner_id == owner
    assert crm.parties.value_on("C-17", "owner_id", on=date(2026, 1, 2)) == "anna"
    assert crm.get(Handover, planned.id).state == "done"


def test_a_back_dated_handover_does_not_overtake_a_later_change(crm: Crm, clock: Clock) -> None:
    clock.move_to(date(2026, 1, 5))
    crm.change(attrs.evolve(crm.get(Party, "C-17"), owner_id="carl"))
    clock.move_to(date(2026, 1, 10))
    crm.parties.hand_over(from_owner="carl", to_owner="ben", on=date(2026, 1, 2))

    owners = {day: crm.parties.value_on("C-17", "owner_id", on=date(2026, 1, day)) for day in (1, 4, 5, 10)}
    assert owners == {1: "anna", 4: "anna", 5: "ben", 10: "ben"}


def test_nobody_hands_over_to_himself(crm: Crm) -> None:
    with pytest.raises(InvalidValueError, match="another employee"):
        crm.parties.hand_over(from_owner="anna", to_owner="anna")


def test_region_class_and_activity_of_a_day_can_be_told(crm: Crm, clock: Clock) -> None:
    crm.change(attrs.evolve(crm.get(Party, "C-17"), region="north"))
    clock.move_to(date(2026, 1, 5))
    crm.change(attrs.evolve(crm.get(Party, "C-17"), region="south", manual_class="A"))
    crm.parties.deactivate("C-17", because="x")

    def on(day: date) -> list[str | None]:
        return [crm.parties.value_on("C-17", field, on=day) for field in ("region", "effective_class", "active")]

    assert on(date(2025, 12, 31)) == [None, None, "yes"]
    assert on(date(2026, 1, 4)) == ["north", None, "yes"]
    assert on(date(2026, 1, 5)) == ["south", "A", "no"]
    assert crm.parties.value_on("C-17", "parent_id", on=date(2026, 1, 5)) is None
    with pytest.raises(InvalidValueError):
        crm.parties.value_on("C-17", "name", on=date(2026, 1, 5))  # type: ignore[arg-type]


@pytest.mark.parametrize(("day", "there"), [(1, False), (2, True), (3, True), (4, False)])
def test_a_deputy_stands_in_for_some_days(crm: Crm, store: Store, day: int, there: bool) -> None:
    crm.parties.appoint_deputy("anna", deputy_id="ben", period=Period(date(2026, 1, 2), date(2026, 1, 4)))
    crm.parties.appoint_deputy("carl", deputy_id="ben", period=Period.month(2026, 1))

    with store.transaction("acme", write=False) as transaction:
        found = deputies_on(transaction, date(2026, 1, day))
    assert found == {"ben": frozenset({"anna", "carl"} if there else {"carl"})}
    assert len(crm.parties.deputies(on=date(2026, 1, day))) == 1 + there


def test_nobody_is_his_own_deputy(crm: Crm) -> None:
    with pytest.raises(InvalidValueError, match="another employee"):
        crm.parties.appoint_deputy("anna", deputy_id="anna", period=Period.month(2026, 1))


def test_reasons_of_those_who_left_are_counted(crm: Crm, clock: Clock) -> None:
    talk = crm.record_interaction("C-17", kind="phone")
    crm.add(a_party("C-1"), a_party("C-2"))
    left = crm.parties.leave("C-17", because="price", interaction_id=talk.id)
    crm.parties.leave("C-1", because="moved away")
    clock.move_to(date(2026, 2, 1))
    crm.parties.leave("C-2", because="price")

    assert (left.left_on, left.interaction_id) == (date(2026, 1, 1), talk.id)
    assert list(crm.parties.loss_reasons().items()) == [("price", 2), ("moved away", 1)]
    assert crm.parties.loss_reasons(period=Period.month(2026, 1)) == {"price": 1, "moved away": 1}
    with pytest.raises(InvalidValueError, match="an interaction with 'C-1'"):
        crm.parties.leave("C-1", because="price", interaction_id=talk.id)


def test_a_group_is_a_party_with_all_below_it(crm: Crm) -> None:
    crm.add(a_party("G-3", parent_id="G-2"), a_party("G-2", parent_id="C-17"), a_party("G-1", parent_id="C-17"), a_party("X-1"))

    assert [party.id for party in crm.parties.group("C-17")] == ["C-17", "G-1", "G-2", "G-3"]
    assert [party.id for party in crm.parties.group("G-3")] == ["G-3"]
    crm.record_interaction("G-3", kind="phone")
    assert [entry.party_id for entry in crm.timeline("C-17", kinds=["interaction"])] == ["G-3"]


@pytest.mark.parametrize("below", ["C-17", "G-1", "G-2"])
def test_no_party_gets_above_itself(crm: Crm, below: str) -> None:
    crm.add(a_party("G-1", parent_id="C-17"), a_party("G-2", parent_id="G-1"))

    with pytest.raises(InvalidValueError, match="parent_id"):
        crm.change(attrs.evolve(crm.get(Party, "C-17"), parent_id=below))
    assert crm.get(Party, "C-17").parent_id is None


def test_two_new_parties_are_not_above_each_other_nor_below_nobody(crm: Crm) -> None:
    with pytest.raises(InvalidValueError):
        crm.add(a_party("G-1", parent_id="G-2"), a_party("G-2", parent_id="G-1"))
    with pytest.raises(NotStoredError):
        crm.add(a_party("G-1", parent_id="G-9"))


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=15))
def test_whatever_is_tried_groups_stay_trees(moves: list[tuple[int, int]]) -> None:
    from tests.desks.conftest import Clock  # noqa: PLC0415

    desk = a_desk(MemoryStore(), Clock())
    desk.add(*(a_party(f"G-{number}") for number in range(6)))
    for child, parent in moves:
        try:
            desk.change(attrs.evolve(desk.get(Party, f"G-{child}"), parent_id=f"G-{parent}"))
        except InvalidValueError:
            continue
    assert desk.check() == ()


def test_a_party_is_found_by_its_id_in_another_system(crm: Crm) -> None:
    crm.add(a_party(external_ids={"erp": "1", "shop": "77"}))

    def found(system: str, id: str) -> str | None:
        party = crm.parties.by_external_id(system, id)
        return None if party is None else party.id

    assert [found("erp", "1"), found("shop", "77"), found("shop", "1")] == ["C-18", "C-18", None]
    crm.change(attrs.evolve(crm.get(Party, "C-18"), external_ids={"erp": "2"}))
    assert [found("erp", "1"), found("erp", "2"), found("shop", "77")] == [None, "C-18", None]


def test_an_external_id_is_one_party_s(crm: Crm) -> None:
    crm.add(a_party(external_ids={"erp": "1"}))

    with pytest.raises(InvalidValueError, match="the one of party 'C-18'"):
        crm.add(a_party("C-19", external_ids={"erp": "1"}))
    with pytest.raises(InvalidValueError):
        crm.add(a_party("C-20", external_ids={"erp": "9"}), a_party("C-21", external_ids={"erp": "9"}))


def test_other_systems_follow_by_a_cursor(crm: Crm) -> None:
    start = crm.parties.changed_since()
    assert [party.id for party in start.parties] == ["C-17"]
    assert crm.parties.changed_since(start.cursor).parties == ()

    crm.record_interaction("C-17", kind="phone")
    crm.add(a_party("L-1"), a_party("L-2"))
    crm.parties.categorise("L-2", add=["fair"])
    crm.parties.convert_lead("L-1", into="C-17")
    changes = crm.parties.changed_since(start.cursor)

    assert {party.id: party.version for party in changes.parties} == {"C-17": 2, "L-2": 2}
    assert (changes.merged, changes.removed, changes.more) == ({"L-1": "C-17"}, (), False)


@pytest.mark.parametrize("cursor", ["garbage", "000000000002", "C-99"])
def test_a_cursor_that_no_page_gave_is_refused(crm: Crm, cursor: str) -> None:
    for call in (crm.parties.changed_since, crm.parties.incomplete, lambda after: crm.journal.entries(after=after)):
        with pytest.raises(InvalidValueError, match=r"what a page before gave"):
            call(cursor)


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_of_changes_leave_nothing_out(crm: Crm, limit: int) -> None:
    for number in range(5):
        crm.add(a_party(f"C-{number}"))
    seen, cursor, more = set(), "", True
    while more:
        page = crm.parties.changed_since(cursor, limit=limit)
        seen |= {party.id for party in page.parties}
        cursor, more = page.cursor, page.more

    assert seen == {"C-17", *(f"C-{number}" for number in range(5))}


def test_parties_that_analyses_leave_out_are_listed_by_reason(crm: Crm) -> None:
    crm.add(a_party("C-1", excluded="walk-in"), a_party("C-2", excluded="internal"))

    assert [party.id for party in crm.parties.excluded()] == ["C-1", "C-2"]
    assert [party.id for party in crm.parties.excluded(because="walk-in")] == ["C-1"]


def test_there_are_as_many_active_employees_as_seats(store: Store, clock: Clock) -> None:
    desk = a_desk(store, clock, seats=2)
    desk.add(
        a_party("E-1", roles="employee"), a_party("E-2", roles=["employee", "customer"]), a_party("E-3", roles="employee", active=False)
    )

    with pytest.raises(InvalidValueError, match="at most 2 active employees"):
        desk.add(a_party("E-4", roles="employee"))
    with pytest.raises(InvalidValueError):
        desk.parties.reactivate("E-3")
    desk.add(a_party("C-1"))
    desk.change(attrs.evolve(desk.get(Party, "E-1"), region="x"))
    desk.parties.deactivate("E-1", because="left")
    assert desk.parties.reactivate("E-3").active


def test_some_fields_of_a_party_change_by_verbs_only(crm: Crm) -> None:
    crm.add(a_party())
    changes: tuple[dict[str, Any], ...] = ({"merged_into": "C-18"}, {"computed_class": "A"})
    for fields in changes:
        with pytest.raises(InvalidValueError, match="a verb of its own"):
            crm.change(attrs.evolve(crm.get(Party, "C-17"), **fields))


def test_a_reader_sees_the_parties_within_reach(crm: Crm, store: Store, clock: Clock) -> None:
    crm.add(a_party(owner_id="ben", parent_id="C-17", excluded="internal"))
    own = a_desk(store, clock, rights=Rights(verbs={"*": "own"}))

    assert [party.id for party in own.parties.group("C-17")] == ["C-17"]
    assert own.parties.excluded() == ()
    crm.parties.leave("C-18", because="price")
    assert own.parties.loss_reasons() == {}
    for refused in (lambda: own.parties.completeness("C-18"), own.parties.changed_since, lambda: own.parties.verify("C-18")):
        with pytest.raises(NotPermittedError):
            refused()


def test_a_key_makes_a_verb_happen_once(crm: Crm) -> None:
    once = crm.parties.categorise("C-17", add=["fair"], key="k-1")

    assert crm.parties.categorise("C-17", add=["fair"], key="k-1") == once
    assert crm.get(Party, "C-17").version == 2


@pytest.mark.parametrize("verb", ["completeness", "group", "verify", "convert_lead", "categorise", "reactivate"])
def test_nobody_is_refused(crm: Crm, verb: str) -> None:
    with pytest.raises(NotStoredError):
        getattr(crm.parties, verb)("C-99")


def test_a_stale_change_stays_refused(crm: Crm) -> None:
    mine = crm.get(Party, "C-17")
    crm.parties.verify("C-17")
    with pytest.raises(StaleWriteError):
        crm.change(attrs.evolve(mine, region="x"))


def test_what_an_old_system_knew_is_taken_over(crm: Crm) -> None:
    """Last contact and count, loyalty balance, first purchase, class (row 161)."""
    pytest.importorskip("polars")
    from crmkit.history import customer_card  # noqa: PLC0415  # Narwhals is an extra

    line = Line(item_id="old", quantity=1, unit_price=100)
    crm.add(
        a_party("C-1", roles="customer", manual_class="B"),
        LoyaltyCard(id="K-1", party_id="C-1"),
        Document(id="R-old", kind="invoice", party_id="C-1", issued_on=date(2019, 5, 1), lines=[line]),
    )
    crm.contact.open_balance("C-1", last_contact_on=date(2025, 11, 1), contact_count=12)
    crm.loyalty.open_balance("C-1", credit=Money.of(5, "EUR"), points=300)

    plan, balance = crm.get(ContactPlan, "C-1"), crm.loyalty.balance("C-1")
    card = customer_card(crm.facts.sales().collect(), customer_id="C-1", as_of=date(2026, 1, 1))
    assert (plan.last_contact_on, plan.contact_count) == (date(2025, 11, 1), 12)
    assert (balance.credit, balance.points) == (Money.of(5, "EUR"), 300)
    assert card.first_purchase_on == date(2019, 5, 1)
    assert crm.get(Party, "C-1").effective_class == "B"


def test_a_class_set_by_hand_has_its_reason_and_wins(crm: Crm) -> None:
    crm.parties.record_classes({"C-17": "C"})

    party = crm.parties.set_class("C-17", "A", because="opens the market")

    assert (party.effective_class, party.manual_class, party.class_because) == ("A", "A", "opens the market")
    assert getattr(crm.timeline("C-17", limit=1).entries[0], "summary", None) == "class A by hand: opens the market"


def test_a_class_no_longer_set_by_hand_is_that_of_the_analysis(crm: Crm) -> None:
    crm.parties.record_classes({"C-17": "C"})
    crm.parties.set_class("C-17", "A", because="opens the market")

    party = crm.parties.set_class("C-17", None, because="it did not")

    assert (party.effective_class, party.class_because) == ("C", None)


def test_a_class_set_by_hand_needs_a_reason(crm: Crm) -> None:
    with pytest.raises(InvalidValueError, match="because"):
        crm.parties.set_class("C-17", "A", because="")
    with pytest.raises(InvalidValueError, match="class_because"):
        attrs.evolve(crm.get(Party, "C-17"), class_because="opens the market")
