"""The journal: append-only, and nothing is altered unnoticed."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmkit import Crm, days
from crmkit.entities import Party, Ref
from crmkit.records import JournalChange, JournalEntry, JournalHead

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit.persistence import MemoryStore
    from crmkit.store import Store


@pytest.fixture
def busy(crm: Crm) -> Crm:
    crm.contact.plan("C-17", frequency=days(30))
    crm.record_interaction("C-17", kind="phone", topics=["secret"])
    crm.change(attrs.evolve(crm.get(Party, "C-17"), region="south"))
    return crm


def tampered(store: Store, kind: type, id: str, change: Callable[[Any], Any]) -> None:
    with store.transaction("acme", write=True) as transaction:
        transaction.save([change(transaction.get(kind, id))])


def test_every_verb_is_one_entry_with_who_when_and_what(busy: Crm) -> None:
    entries = busy.journal.entries()

    assert [(entry.actor, entry.verb) for entry in entries] == [
        ("anna", "add"),
        ("anna", "contact.plan"),
        ("anna", "record_interaction"),
        ("anna", "change"),
    ]
    assert [ref.kind for ref, _ in entries[3].changes] == ["party"]
    assert busy.journal.verify() == ()
    assert busy.journal.head() == entries[-1].hash


def test_before_and_after_of_a_change_can_be_read(busy: Crm) -> None:
    added, changed = busy.journal.changes_of(Ref("party", "C-17"))

    assert added.before is None
    assert (json.loads(changed.before or "")["name"], "region" in json.loads(changed.before or "")) == ("Müller GmbH", False)
    assert json.loads(changed.after or "")["region"] == "south"


def test_a_verb_that_fails_leaves_nothing(busy: Crm) -> None:
    before = busy.journal.head()
    with pytest.raises(ValueError, match="a day after today"):
        busy.contact.postpone("C-17", to=date(2020, 1, 1))
    assert busy.journal.head() == before


@pytest.mark.parametrize(
    ("kind", "id", "change"),
    [
        (JournalEntry, "000000000002", lambda entry: attrs.evolve(entry, actor="eve")),
        (JournalEntry, "000000000002", lambda entry: attrs.evolve(entry, verb="add")),
        (JournalEntry, "000000000002", lambda entry: attrs.evolve(entry, changes=entry.changes[:-1])),
        (JournalEntry, "000000000003", lambda entry: attrs.evolve(entry, previous="0" * 64)),
        (JournalEntry, "000000000004", lambda entry: attrs.evolve(entry, hash="0" * 64)),
        (JournalChange, "000000000004.0", lambda change: attrs.evolve(change, after=(change.after or "").replace("south", "north"))),
        (JournalChange, "000000000004.0", lambda change: attrs.evolve(change, before=None)),
        (JournalHead, "journal", lambda head: attrs.evolve(head, count=3)),
    ],
    ids=["actor", "verb", "a change less", "order", "hash", "after", "before", "end"],
)
def test_an_altered_entry_is_found(busy: Crm, store: Store, kind: type, id: str, change: Any) -> None:
    tampered(store, kind, id, change)

    assert busy.journal.verify()


@pytest.mark.parametrize("id", ["000000000001", "000000000002", "000000000004"])
def test_a_removed_entry_is_found(busy: Crm, store: Store, id: str) -> None:
    with store.transaction("acme", write=True) as transaction:
        transaction.remove(JournalEntry, id)

    assert busy.journal.verify()


def test_a_chain_that_was_cut_off_whole_is_found_by_a_head_kept_outside(busy: Crm, store: Store) -> None:
    kept = busy.journal.head()
    third = busy.journal.entries()[2]
    with store.transaction("acme", write=True) as transaction:
        transaction.remove(JournalEntry, "000000000004")
        transaction.remove(JournalChange, "000000000004.0")
        head = transaction.get(JournalHead, "journal")
        assert head is not None
        transaction.save([attrs.evolve(head, count=3, hash=third.hash)])

    assert busy.journal.verify() == ()
    assert busy.journal.verify(head=third.hash) == ()
    assert [str(problem) for problem in busy.journal.verify(head=kept)] == [
        "journal: no entry has the hash that was kept outside; the journal was written anew or cut off"
    ]


def test_erasing_what_was_changed_leaves_the_chain_whole(busy: Crm, store: Store) -> None:
    changes = busy.journal.changes_of(Ref("party", "C-17"))
    with store.transaction("acme", write=True) as transaction:
        for change in changes:
            transaction.remove(JournalChange, change.id)

    assert busy.journal.verify() == ()


def test_each_tenant_has_a_journal_of_its_own(store: MemoryStore, crm: Crm) -> None:
    other = Crm(store, scope=attrs.evolve(crm._workplace.scope, tenant="other"))  # noqa: SLF001  # the same store

    assert (other.journal.head(), list(other.journal.entries()), other.journal.verify()) == ("", [], ())


def test_what_was_said_is_not_in_the_repr_of_a_change(busy: Crm) -> None:
    assert "secret" not in repr(busy.journal.changes_of(Ref("interaction", busy.journal.entries()[2].changes[0][0].id)))
