"""Adding, getting and changing records."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmkit import Crm, Scope, Settings, days
from crmkit.entities import ContactPlan, Document, HistoryEntry, Interaction, Line, Party, Recall, Ref
from crmkit.errors import InvalidValueError, NotStoredError, StaleWriteError
from crmkit.persistence import MemoryStore
from crmkit.scheduling import ContactPolicy

if TYPE_CHECKING:
    from crmkit.store import Store
    from tests.desks.conftest import Clock, HistoryOf


def a_party(id: str = "C-18", **fields: Any) -> Party:
    return Party(id=id, name="Meier", created_on=date(2026, 1, 1), **fields)


def a_quote(party_id: str) -> Document:
    return Document(
        id="Q-1", kind="quote", party_id=party_id, issued_on=date(2026, 1, 1), lines=[Line(item_id="I-1", quantity=1, unit_price=1)]
    )


def test_what_is_added_is_there_at_version_one(crm: Crm) -> None:
    crm.add(a_party(roles="supplier"))

    assert crm.get(Party, "C-18") == a_party(roles="supplier")
    assert crm.get(Party, "C-18").version == 1


def test_a_party_gets_a_contact_plan(crm: Crm) -> None:
    assert crm.get(ContactPlan, "C-17") == ContactPlan(party_id="C-17")


def test_an_existing_id_is_refused_and_nothing_is_added(crm: Crm) -> None:
    with pytest.raises(StaleWriteError) as caught:
        crm.add(a_party(), a_party("C-17"))
    assert (caught.value.kind, caught.value.id, caught.value.expected_version, caught.value.found_version) == ("party", "C-17", 0, 1)
    with pytest.raises(NotStoredError):
        crm.get(Party, "C-18")


@pytest.mark.parametrize("kind", ["lead", "supplier"])
def test_whoever_gets_a_document_becomes_a_customer(crm: Crm, kind: Any) -> None:
    crm.add(a_party(roles=kind))
    crm.add(a_quote("C-18"))

    assert crm.get(Party, "C-18").roles == {"customer"} | ({"supplier"} if kind == "supplier" else set())


def test_party_and_document_can_come_together_in_any_order(crm: Crm) -> None:
    crm.add(a_quote("C-18"), a_party())

    assert crm.get(Party, "C-18").roles == {"customer"}


@pytest.mark.parametrize(
    "entity",
    [a_quote("C-99"), Recall(id="1", party_id="C-99", due_on=date(2026, 1, 1))],
    ids=["document", "recall"],
)
def test_a_reference_to_nobody_is_refused(crm: Crm, entity: Any) -> None:
    with pytest.raises(NotStoredError, match="no party with id 'C-99'"):
        crm.add(entity)


@pytest.mark.parametrize(
    "entity",
    [
        ContactPlan(party_id="C-17", frequency=days(30)),
        HistoryEntry(
            id="1",
            party_id=None,
            happened_at=datetime(2026, 1, 1, tzinfo=UTC),
            recorded_at=datetime(2026, 1, 1, tzinfo=UTC),
            actor="x",
            verb="x",
            about=Ref("x", "1"),
        ),
        attrs.evolve(a_party(), version=1),
        "C-17",
    ],
    ids=["plan", "history entry", "stored already", "text"],
)
def test_only_new_records_of_the_host_are_added(crm: Crm, entity: Any) -> None:
    with pytest.raises(InvalidValueError):
        crm.add(entity)


def test_adding_nothing_is_nothing(crm: Crm, history_of: HistoryOf) -> None:
    before = history_of()
    crm.add()
    assert history_of() == before


def test_a_change_raises_the_version(crm: Crm) -> None:
    changed = crm.change(attrs.evolve(crm.get(Party, "C-17"), region="south"))

    assert (changed.version, changed.region) == (2, "south")
    assert crm.get(Party, "C-17") == changed
    assert crm.change(attrs.evolve(changed, region="north")).version == 3


def test_a_change_is_refused_when_someone_was_quicker(crm: Crm) -> None:
    mine = yours = crm.get(Party, "C-17")
    crm.change(attrs.evolve(yours, region="south"))

    with pytest.raises(StaleWriteError, match=r"at version 2, the change was based on 1"):
        crm.change(attrs.evolve(mine, region="north"))
    assert crm.get(Party, "C-17").region == "south"


def test_a_call_does_not_make_a_colleague_s_open_change_stale(crm: Crm) -> None:
    open_in_a_form = crm.get(Party, "C-17")
    crm.record_interaction("C-17", kind="phone")

    assert crm.change(attrs.evolve(open_in_a_form, region="south")).version == 2


def test_what_is_not_stored_cannot_change(crm: Crm) -> None:
    with pytest.raises(NotStoredError):
        crm.change(a_party())
    with pytest.raises(NotStoredError):
        crm.get(Document, "R-99")


@pytest.mark.parametrize(
    "entity",
    [
        ContactPlan(party_id="C-17"),
        Interaction(id="1", party_id="C-17", happened_at=datetime(2026, 1, 1, tzinfo=UTC), kind="phone"),
        "C-17",
    ],
    ids=["plan", "interaction", "text"],
)
def test_some_records_change_by_verbs_of_their_own(crm: Crm, entity: Any) -> None:
    with pytest.raises(InvalidValueError, match="a verb of its own"):
        crm.change(entity)


def test_only_stored_kinds_can_be_asked_for(crm: Crm) -> None:
    with pytest.raises(InvalidValueError, match=r"one of .*ContactPlan"):
        crm.get(Line, "1")  # type: ignore[type-var]


def test_a_changed_class_brings_the_next_contact_up_to_date(store: Store, clock: Clock) -> None:
    settings = Settings(policy=ContactPolicy(by_class={"A": days(10)}, otherwise=days(20)))
    desk = Crm(store, scope=Scope(tenant="acme", actor="anna"), settings=settings, clock=clock)
    desk.add(a_party())
    desk.record_interaction("C-18", kind="phone")
    assert desk.get(ContactPlan, "C-18").next_contact_on == date(2026, 1, 22)

    desk.change(attrs.evolve(desk.get(Party, "C-18"), manual_class="A"))

    assert desk.get(ContactPlan, "C-18").next_contact_on == date(2026, 1, 12)


def test_tenants_share_a_store_and_see_nothing_of_each_other(crm: Crm, store: Store, clock: Clock) -> None:
    other = Crm(store, scope=Scope(tenant="other", actor="eve"), clock=clock)

    with pytest.raises(NotStoredError):
        other.get(Party, "C-17")
    with pytest.raises(NotStoredError):
        other.record_interaction("C-17", kind="phone")
    other.add(a_party("C-17"))
    assert (crm.get(Party, "C-17").name, other.get(Party, "C-17").name) == ("Müller GmbH", "Meier")


def test_every_verb_that_writes_leaves_history_entries(crm: Crm, history_of: HistoryOf) -> None:
    crm.change(attrs.evolve(crm.get(Party, "C-17"), region="south"))
    crm.contact.plan("C-17", frequency=days(30))
    recall = crm.contact.recall("C-17", on=days(3))
    crm.contact.cancel_recall(recall.id)
    crm.contact.postpone("C-17", to=days(3))
    crm.record_interaction("C-17", kind="phone")

    verbs = [(entry.verb, entry.about.kind) for entry in history_of()]

    assert sorted(verbs) == [
        ("add", "document"),
        ("add", "party"),
        ("change", "party"),
        ("contact.cancel_recall", "recall"),
        ("contact.plan", "contact_plan"),
        ("contact.postpone", "contact_plan"),
        ("contact.recall", "recall"),
        ("record_interaction", "interaction"),
    ]


def test_the_repr_tells_whose_desk_it_is() -> None:
    assert (
        repr(Crm(MemoryStore(), scope=Scope(tenant="acme", actor="anna")))
        == "<Crm of Scope(tenant='acme', actor='anna', rights=None) on MemoryStore>"
    )


@pytest.mark.parametrize("scope", [None, "acme", {"tenant": "acme"}])
def test_without_a_scope_there_is_no_desk(scope: Any) -> None:
    with pytest.raises(InvalidValueError, match="a Scope"):
        Crm(MemoryStore(), scope=scope)


@pytest.mark.parametrize("fields", [{"tenant": "", "actor": "anna"}, {"tenant": "acme", "actor": ""}])
def test_a_scope_names_tenant_and_actor(fields: Any) -> None:
    with pytest.raises(InvalidValueError):
        Scope(**fields)


@pytest.mark.parametrize("fields", [{"zone": "Berlin"}, {"zone": "../etc"}, {"currency": "Euro"}, {"policy": days(30)}])
def test_settings_that_cannot_be_are_refused(fields: Any) -> None:
    with pytest.raises(InvalidValueError):
        Settings(**fields)


def test_a_clock_that_tells_no_offset_is_refused() -> None:
    desk = Crm(MemoryStore(), scope=Scope(tenant="acme", actor="anna"), clock=lambda: datetime(2026, 1, 1))  # noqa: DTZ001

    with pytest.raises(InvalidValueError, match="clock="):
        desk.work_queue()


def test_two_records_of_one_id_in_one_call_are_refused(crm: Crm) -> None:
    alpha, beta = (Party(id="C-1", name=name, created_on=date(2026, 1, 1)) for name in ("Alpha", "Beta"))

    with pytest.raises(InvalidValueError, match="each record once"):
        crm.add(alpha, beta)

    with pytest.raises(NotStoredError):
        crm.get(Party, "C-1")


def test_a_contact_person_who_was_talked_to_stays(crm: Crm) -> None:
    crm.record_interaction("C-17", kind="phone", person_id="P-1")

    with pytest.raises(InvalidValueError, match=r"people=\[\].*'P-1', whom interaction"):
        crm.change(attrs.evolve(crm.get(Party, "C-17"), people=()))

    assert [person.id for person in crm.get(Party, "C-17").people] == ["P-1"]


def test_a_contact_person_whom_nothing_names_may_go(crm: Crm) -> None:
    crm.record_interaction("C-17", kind="phone")

    assert crm.change(attrs.evolve(crm.get(Party, "C-17"), people=())).people == ()


def test_classes_come_as_a_mapping(crm: Crm) -> None:
    with pytest.raises(InvalidValueError, match="classes='list'"):
        crm.parties.record_classes(["A"])  # type: ignore[arg-type]


def test_an_import_is_a_mapping(crm: Crm) -> None:
    with pytest.raises(InvalidValueError, match="data='list'"):
        crm.import_([1])  # type: ignore[arg-type]
