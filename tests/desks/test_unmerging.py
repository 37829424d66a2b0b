"""A merge can be taken back: both parties have again what they had, whatever happened before and since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("hypothesis")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmkit.entities import Party, unstructure
from crmkit.errors import CrmkitError, StateMoveError
from crmkit.persistence import MemoryStore
from crmkit.records import KINDS
from crmkit.store import Query
from tests.desks.full_house import Clock, a_desk, add_parties, furnished
from tests.desks.machine.values import Draw
from tests.desks.machine.verbs import WRITING
from tests.desks.public_verbs import verb_of

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.store import Store

LOGS = {"history_entry", "journal_entry", "journal_change", "journal_head", "outbox_event", "party_change", "used_key"}


def records_of(store: Store) -> dict[tuple[str, str], Any]:
    """
    All records but what tells of the past, as plain data without their versions.

    What a party may be worth at most, by which its open work is sorted, only ever rises.
    """
    with store.transaction("acme", write=False) as transaction:
        return {
            (name, record.id): {key: value for key, value in unstructure(record).items() if key not in ("version", "worth")}
            for name, kind in KINDS.items()
            for record in transaction.find(Query(kind.entity))
            if name not in LOGS
        }


def histories_of(store: Store) -> dict[str, str | None]:
    """Whose each history entry is."""
    with store.transaction("acme", write=False) as transaction:
        return {entry.id: entry.party_id for entry in transaction.find(Query(KINDS["history_entry"].entity))}


def random_verbs(crm: Crm, store: Store, clock: Clock, seeds: list[int], *, without: tuple[str, ...] = ()) -> None:
    names = sorted(name for name in WRITING if name not in without)

    def all_of(kind: type[Any]) -> Any:
        with store.transaction("acme", write=False) as transaction:
            return transaction.find(Query(kind))

    for seed in seeds:
        name = names[seed % len(names)]
        try:
            arguments, keywords = WRITING[name](Draw(seed, records=all_of, now=clock.now))
            verb_of(crm, name)(*arguments, **keywords)
        except CrmkitError:
            pass
        clock.forward(60)


@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.lists(st.integers(0, 2**24), max_size=25), st.permutations(["C-1", "C-2", "L-1", "S-1"]))
def test_a_merge_that_is_taken_back_leaves_everything_as_it_was(seeds: list[int], ids: list[str]) -> None:
    store, clock = MemoryStore(), Clock()
    crm = a_desk(store, clock)
    add_parties(crm)
    furnished(crm)
    random_verbs(crm, store, clock, seeds)
    before, histories = records_of(store), histories_of(store)
    if any(crm.get(Party, id).id != id for id in ids):
        return  # a verb merged one of them already

    try:
        crm.duplicates.merge(ids[0], into=ids[1])
    except CrmkitError:
        return
    assert crm.check() == ()
    crm.duplicates.unmerge(ids[0])

    assert crm.check() == ()
    assert records_of(store) == before
    assert {id: party_id for id, party_id in histories_of(store).items() if id in histories} == histories
    assert crm.journal.verify() == ()


@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.lists(st.integers(0, 2**24), max_size=10), st.lists(st.integers(0, 2**24), max_size=25), st.permutations(["C-1", "C-2", "L-1"]))
def test_whatever_happens_between_no_rule_is_broken_by_taking_it_back(first: list[int], then: list[int], ids: list[str]) -> None:
    store, clock = MemoryStore(), Clock()
    crm = a_desk(store, clock)
    add_parties(crm)
    furnished(crm)
    random_verbs(crm, store, clock, first)
    try:
        crm.duplicates.merge(ids[0], into=ids[1])
    except CrmkitError:
        return

    random_verbs(crm, store, clock, then)
    try:
        crm.duplicates.unmerge(ids[0])
    except StateMoveError:
        return

    assert crm.check() == ()
