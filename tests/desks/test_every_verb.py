"""Rule 26 for every public verb: it writes with a history entry and a journal entry, once for a key; or it only reads."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from crmkit import Interval
from crmkit.entities import Contract, HistoryEntry
from crmkit.errors import KeyReusedError
from crmkit.persistence import MemoryStore
from crmkit.records import JournalEntry
from crmkit.store import Query
from tests.desks.full_house import DAY, Clock, FullHouse, a_desk, add_parties, furnished
from tests.desks.public_verbs import verb_names, verb_of
from tests.desks.verb_calls import C1, READING, WITHOUT_TRACES, WRITING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit.store import Store, Transaction

OF_ANOTHER_DESK = {"portal.open_case": "cases.open"}
"""What the portal opens is a case as any other one."""


class Watched:
    """A store that counts the transactions that saved something, each with the kinds of record it saved."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.saved: list[set[type]] = []

    @contextmanager
    def transaction(self, tenant: str, *, write: bool) -> Iterator[Transaction]:
        with self.store.transaction(tenant, write=write) as transaction:
            saved: set[type] = set()
            yield Noting(transaction, saved)
        if saved:
            self.saved.append(saved)

    def close(self) -> None:
        self.store.close()


class Noting:
    def __init__(self, transaction: Transaction, saved: set[type]) -> None:
        self._transaction, self._saved = transaction, saved

    def save(self, entities: Any) -> None:
        self._saved.update(type(entity) for entity in entities)
        self._transaction.save(entities)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transaction, name)


@pytest.fixture
def watched() -> Watched:
    """In memory: that SQLite does the same is shown by the machine of all verbs."""
    return Watched(MemoryStore())


@pytest.fixture
def house(watched: Watched) -> FullHouse:
    clock = Clock()
    crm = a_desk(watched, clock)
    add_parties(crm)
    filled = furnished(crm)
    crm.add(Contract(id="V-2", party_id="C-1", title="due", starts_on=date(2024, 1, 1), term=Interval(months=12)))
    crm.parties.hand_over(from_owner="ben", to_owner="carl", on=DAY + timedelta(days=1))
    clock.forward(24 * 60)
    watched.saved.clear()
    return filled


def test_every_public_verb_is_looked_at() -> None:
    assert list(verb_names()) == sorted([*WRITING, *READING, *WITHOUT_TRACES])


@pytest.mark.parametrize("verb", WRITING)
def test_a_writing_verb_leaves_its_traces_in_its_one_transaction(house: FullHouse, watched: Watched, verb: str) -> None:
    arguments, options = WRITING[verb](house)
    watched.saved.clear()
    before = _entries(watched)

    verb_of(house.crm, verb)(*arguments, **options)

    (saved,) = watched.saved
    assert HistoryEntry in saved
    assert JournalEntry in saved
    (entry,) = _entries(watched)[len(before) :]
    assert (entry.verb, entry.actor) == (OF_ANOTHER_DESK.get(verb, verb), arguments[0] if verb.startswith("portal.") else "anna")
    assert house.crm.check() == ()


@pytest.mark.parametrize("verb", WRITING)
def test_a_writing_verb_happens_once_for_a_key(house: FullHouse, watched: Watched, verb: str) -> None:
    arguments, options = WRITING[verb](house)
    watched.saved.clear()

    first = verb_of(house.crm, verb)(*arguments, **options, key="K")
    after = house.crm.export()
    again = verb_of(house.crm, verb)(*arguments, **options, key="K")

    assert (again, getattr(again, "version", None)) == (first, getattr(first, "version", None))
    assert house.crm.export() == after
    assert len(watched.saved) == 1
    with pytest.raises(KeyReusedError):
        house.crm.notes.write(C1, text="something else", key="K")


@pytest.mark.parametrize("verb", READING)
def test_a_reading_verb_writes_nothing(house: FullHouse, watched: Watched, verb: str) -> None:
    arguments, options = READING[verb](house)
    before = house.crm.export()

    verb_of(house.crm, verb)(*arguments, **options)

    assert watched.saved == []
    assert house.crm.export() == before


def _entries(store: Any) -> list[JournalEntry]:
    with store.transaction("acme", write=False) as transaction:
        return list(transaction.find(Query(JournalEntry)))
