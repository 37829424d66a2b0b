"""Everything of a tenant: exported, imported, checked."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmkit import Crm, Money, days
from crmkit.entities import ContactPlan, Document, HistoryEntry, Line, OrderedItem, Party
from crmkit.errors import InvalidDataError, InvalidValueError
from crmkit.persistence import MemoryStore
from crmkit.records import KINDS, SearchTerm
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit.records import Stored
    from crmkit.store import Store


@pytest.fixture
def busy(crm: Crm) -> Crm:
    crm.add(Party(id="C-18", name="Meier", created_on=date(2026, 1, 1), parent_id="C-17", custom={"size": 3}))
    crm.contact.plan("C-17", frequency=days(30))
    crm.record_interaction("C-17", kind="phone", recall=days(3), key="k-1")
    crm.change(attrs.evolve(crm.get(Party, "C-17"), region="south"))
    line = Line(item_id="I-1", quantity=1, unit_price=100)
    orders = [crm.documents.order(crm.documents.quote("C-17", lines=[line]).id) for _ in range(2)]
    invoice = crm.documents.invoice([order.id for order in orders])
    crm.documents.record_payment(invoice.id, amount=Money.of(196, "EUR"), cash_discount=Money.of(4, "EUR"))
    crm.portal("C-17").order([OrderedItem(item_id="I-1", quantity=1)])
    crm.portal("C-17").propose(attrs.evolve(crm.portal("C-17").view().data, name="Müller AG"))
    return crm


def beside(crm: Crm, store: Store, **scope: Any) -> Crm:
    place = crm._workplace  # noqa: SLF001  # the same settings and clock
    return Crm(store, scope=attrs.evolve(place.scope, **scope), settings=place.settings, clock=place.clock)


def everything(store: Store, tenant: str) -> dict[str, list[Stored]]:
    with store.transaction(tenant, write=False) as transaction:
        return {name: list(transaction.find(Query(kind.entity))) for name, kind in KINDS.items()}


def test_what_is_exported_comes_back_equal_in_another_store(busy: Crm, store: Store) -> None:
    data = json.loads(json.dumps(busy.export()))
    copy = MemoryStore()

    beside(busy, copy, tenant="copy").import_(data)

    assert everything(copy, "copy") == everything(store, "acme")
    desk = beside(busy, copy, tenant="copy")
    assert desk.export() == busy.export()
    assert desk.check() == ()
    assert desk.journal.verify() == ()
    assert [hit.party.id for hit in desk.find("müller")] == ["C-17"]
    assert desk.record_interaction("C-17", kind="phone", recall=days(3), key="k-1").id in {
        entry.about.id for entry in desk.timeline("C-17")
    }


def test_a_tenant_with_records_is_not_overwritten(busy: Crm) -> None:
    with pytest.raises(InvalidValueError, match="a tenant without records"):
        busy.import_(busy.export())


@pytest.mark.parametrize("data", [{}, {"crmkit": 99, "records": {}}, {"crmkit": 1}, {"crmkit": 1, "records": []}])
def test_data_of_another_format_is_refused(crm: Crm, data: Any) -> None:
    with pytest.raises(InvalidValueError, match="what export"):
        beside(crm, MemoryStore()).import_(data)


def test_every_record_that_does_not_fit_is_named_and_nothing_is_imported(busy: Crm) -> None:
    data: Any = busy.export()
    data["records"]["party"][0]["created_on"] = "yesterday"
    del data["records"]["document"][0]["party_id"]
    data["records"]["ship"] = []
    desk = beside(busy, MemoryStore())

    with pytest.raises(InvalidDataError) as caught:
        desk.import_(data)

    assert {(problem.source, problem.line, problem.column) for problem in caught.value.problems} == {
        ("party", 1, "created_on"),
        ("document", 1, "party_id"),
        ("ship", None, None),
    }
    assert all(not rows for rows in desk.export()["records"].values())  # type: ignore[union-attr]


def test_after_any_verb_every_rule_holds(busy: Crm) -> None:
    assert busy.check() == ()


def past_the_desk(store: Store, kind: type, id: str, change: Callable[[Any], Any]) -> None:
    with store.transaction("acme", write=True) as transaction:
        transaction.save([change(transaction.get(kind, id))])


@pytest.mark.parametrize(
    ("kind", "id", "change", "rule"),
    [
        (ContactPlan, "C-17", lambda plan: attrs.evolve(plan, contact_count=7), "counts_and_last_contacts"),
        (ContactPlan, "C-17", lambda plan: attrs.evolve(plan, last_contact_on=date(2020, 1, 1)), "counts_and_last_contacts"),
        (ContactPlan, "C-17", lambda plan: attrs.evolve(plan, next_contact_on=date(2020, 1, 1)), "the_next_contact"),
        (Party, "C-17", lambda party: attrs.evolve(party, roles="lead"), "whoever_has_a_sales_document"),
        (Party, "C-17", lambda party: attrs.evolve(party, name="Maier"), "parties_are_found"),
        (Party, "C-17", lambda party: attrs.evolve(party, parent_id="C-18"), "no_party_belongs_to_itself"),
        (Party, "C-17", lambda party: attrs.evolve(party, region="north"), "records_are_as_the_journal"),
        (Document, "R-1", lambda document: attrs.evolve(document, predecessor_id="R-0", currency="CHF"), "records_are_as_the_journal"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_each_rule_finds_what_breaks_it(busy: Crm, store: Store, kind: type, id: str, change: Any, rule: str) -> None:  # noqa: PLR0917  # two fixtures, one row
    past_the_desk(store, kind, id, change)

    assert any(problem.source.startswith(rule) for problem in busy.check())


def test_records_that_came_past_the_desk_are_found(busy: Crm, store: Store) -> None:
    with store.transaction("acme", write=True) as transaction:
        stray = Party(id="C-19", name="Stray", created_on=date(2026, 1, 1))
        follower = Document(
            id="R-2", kind="invoice", party_id="C-17", issued_on=date(2026, 1, 1), lines=[], currency="CHF", predecessor_id="R-1"
        )
        transaction.save([stray, follower])
        entry = transaction.find(Query(HistoryEntry, limit=1))[0]
        transaction.save([attrs.evolve(entry, id="stray", version=0, about=attrs.evolve(entry.about, id="nothing"))])
        transaction.save([SearchTerm(id="stray", party_id="C-17", field="name", term="stray")])

    assert {problem.source for problem in busy.check()} >= {
        "each_party_has_a_contact_plan",
        "every_record_has_a_history",
        "history_is_about_records_that_exist",
        "parties_are_found_by_the_words_of_their_names",
        "a_document_and_its_predecessor_are_in_one_currency",
    }
