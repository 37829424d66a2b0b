"""Two desks in lock-step, one in memory and one on SQLite: the same calls, ids, salts and times on both."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar
from unittest import mock

import polars as pl

from crmkit import Crm
from crmkit import ids as id_module
from crmkit.desks import chain
from crmkit.entities import unstructure
from crmkit.errors import CrmkitError
from crmkit.persistence import MemoryStore
from crmkit.persistence.memory_shelves import Shelf
from crmkit.records import KINDS
from crmkit.store import Query, Rights
from tests.desks.full_house import Clock, a_desk, add_parties, furnished
from tests.desks.public_verbs import a_sqlite_copy, engine_of, give_back

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from crmkit.persistence.sql import SqlStore
    from crmkit.records import Stored

T = TypeVar("T")
Texts = dict[tuple[str, str], tuple[int, str]]

ACTORS: Mapping[str, Rights | None] = {
    "anna": None,
    "ben": Rights(verbs={"*": "own"}),
    "carl": Rights(verbs={"record_interaction": "own", "timeline": "all", "add": "own"}, team="anna"),
}


class Counted:
    """Ids and salts that are the same on both sides, in the order in which they are made."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, _bytes: int = 0) -> str:
        self.count += 1
        return f"{self.count:010}"


class Sides:
    """A desk in memory and one on SQLite."""

    def __init__(self, of: Sides | None = None) -> None:
        self.clock, self.actor = Clock(), "anna"
        self.memory: MemoryStore = MemoryStore()
        self.sqlite: SqlStore = a_sqlite_copy(None if of is None else of.sqlite)
        self._known: dict[tuple[str, str], tuple[object, tuple[int, str]]] = {}
        self._counted = Counted()
        if of is not None:
            for (tenant, name), shelf in of.memory._shelves.items():  # noqa: SLF001  # quicker than any way through it
                self.memory._shelves[tenant, name] = own = Shelf(KINDS[name])  # noqa: SLF001  # likewise
                own.records.update(shelf.records)
            self._counted.count = of._counted.count  # noqa: SLF001  # another one of its own

    @property
    def now(self) -> datetime:
        return self.clock.now

    def all(self, kind: type[T]) -> Sequence[T]:
        with self.memory.transaction("acme", write=False) as transaction:
            return transaction.find(Query(kind))  # type: ignore[type-var]  # any stored kind

    def desks(self) -> tuple[Crm, Crm]:
        rights = ACTORS[self.actor]
        one, other = (a_desk(store, self.clock, actor=self.actor, rights=rights) for store in (self.memory, self.sqlite))
        return one, other

    def both(self, call: Callable[[Crm], object]) -> object:
        """Do it on both, and see that the same comes of it."""
        first = self._counted.count
        answers = []
        with self._deterministic():
            for desk in self.desks():
                self._counted.count = first
                answers.append(_answer(lambda desk=desk: call(desk)))  # type: ignore[misc]  # mypy and a default of a lambda
        assert answers[0] == answers[1]
        return answers[0]

    def hold_the_same(self) -> bool:
        """See that both hold the same records at the same versions; tell whether they hold anything else than when last asked."""
        memory, changed = self._in_memory()
        assert memory == in_sqlite(self.sqlite)
        return changed

    def close(self) -> None:
        give_back(self.sqlite)

    def _in_memory(self) -> tuple[Texts, bool]:
        texts: Texts = {}
        before = self._known
        self._known = {}
        for (_, name), shelf in self.memory._shelves.items():  # noqa: SLF001  # past the store, as for the other one
            for held in shelf.records.values():
                record = held.entity
                key = name, record.id
                known = before.get(key)
                text = known[1] if known is not None and known[0] is record else (record.version, text_of(record))
                self._known[key] = record, text
                texts[key] = text
        return texts, len(before) != len(self._known) or any(before[key][0] is not record for key, (record, _) in self._known.items())

    @contextmanager
    def _deterministic(self) -> Iterator[None]:
        salts = mock.Mock(token_hex=self._counted)
        with mock.patch.object(id_module, "uuid7", self._counted), mock.patch.object(chain, "secrets", salts):
            yield


@cache
def _begun(*, furnish: bool) -> Sides:
    sides = Sides()
    sides.both(add_parties)
    if furnish:
        sides.both(lambda desk: furnished(desk).quote)
    return sides


def two_desks(*, furnish: bool) -> Sides:
    """Two desks with parties, and with one of everything where that is asked for."""
    return Sides(_begun(furnish=furnish))


def text_of(record: Stored) -> str:
    data = unstructure(record)
    data.pop("version", None)
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def in_sqlite(store: SqlStore) -> Texts:
    """Read all rows past the store, so that what is compared is what is on the disk."""
    query = " UNION ALL ".join(f"SELECT '{name}', id, version, data FROM crmkit_{name}" for name in KINDS)  # noqa: S608  # names of ours
    with engine_of(store).connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        return {(name, id): (version, text) for name, id, version, text in raw.execute(query)}


def _answer(call: Callable[[], object]) -> object:
    try:
        return comparable(call())
    except CrmkitError as error:
        return type(error), repr(error)


def comparable(value: object) -> object:
    """Bring what a verb returns into a form that tells all that is in it."""
    if isinstance(value, pl.LazyFrame):
        frame = value.collect()
        return frame.schema, frame.rows()
    if isinstance(value, tuple | list | Iterator):
        return [comparable(item) for item in value]
    return value, getattr(value, "version", None)
