"""A store in memory: for tests, scripts and single processes. What it holds ends with it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

import attrs

from crmkit._checks import check_kind, check_text
from crmkit.entities import Document
from crmkit.errors import NotStoredError, StoreError
from crmkit.persistence.field_values import check_plain, comparable_value, field_values, sort_position
from crmkit.persistence.found_facts import check_facts, found_facts
from crmkit.persistence.open_units import OpenUnits, UnitState
from crmkit.persistence.sales_lines import sales_lines
from crmkit.persistence.write_checks import Key, by_kind, missing_reference, referring_fields, stale_write
from crmkit.records import KINDS, RecordKind, Stored, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import polars as pl

    from crmkit.conditions import Scalar
    from crmkit.periods import Period
    from crmkit.store import Query

__all__ = ["MemoryStore"]

E = TypeVar("E", bound=Stored)
Row = dict[str, "Scalar | None"]


@attrs.frozen
class _Held:
    """A record with the comparable values of its declared fields and its id."""

    entity: Stored
    values: Row


Shelf = dict[str, _Held]


class MemoryStore:
    """
    Keeps records in dicts. One transaction at a time, reading or writing; the others wait.

    >>> from datetime import date
    >>> from crmkit.entities import Party
    >>> store = MemoryStore()
    >>> with store.transaction("acme", write=True) as transaction:
    ...     transaction.save([Party(id="C-17", name="Müller GmbH", created_on=date(2026, 1, 1))])
    >>> with store.transaction("acme", write=False) as transaction:
    ...     transaction.get(Party, "C-17").version
    1
    """

    def __init__(self) -> None:
        """Begin empty."""
        self._shelves: dict[Key, Shelf] = {}
        self._lock = threading.Lock()
        self._units = OpenUnits()

    @contextmanager
    def transaction(self, tenant: str, *, write: bool) -> Iterator[MemoryTransaction]:
        """Open a unit of work; leaving it normally keeps what it wrote, leaving it by an exception drops it."""
        check_text("tenant", tenant)
        with self._units.entered(), self._lock:
            stored = {name: self._shelves.get((tenant, name), {}) for name in KINDS}
            transaction = MemoryTransaction(stored, write=check_kind("write", write, bool))
            try:
                yield transaction
            finally:
                transaction.state.end()
            for name, changes in transaction.changes.items():
                _merge(self._shelves.setdefault((tenant, name), {}), changes)

    def close(self) -> None:
        """Give nothing back: it holds nothing but memory."""


def _merge(shelf: Shelf, changes: Mapping[str, _Held | None]) -> None:
    for id_, held in changes.items():
        if held is None:
            shelf.pop(id_, None)
        else:
            shelf[id_] = held


class MemoryTransaction:
    """One unit of work in memory: what is stored, and beside it what this one has changed so far."""

    def __init__(self, stored: Mapping[str, Shelf], *, write: bool) -> None:
        """Begin with what is stored."""
        self.state: UnitState = UnitState(write=write)
        self.changes: dict[str, dict[str, _Held | None]] = {}
        self._stored = stored

    def get(self, kind: type[E], id: str, *, lock: bool = False) -> E | None:
        """Find one by id; *lock* needs a transaction that writes, which already keeps all others out."""
        self.state.check_writing("lock") if lock else self.state.check_reading()
        held = self._held((kind_of(kind).name, check_text("id", id)))
        return None if held is None else cast("E", held.entity)

    def find(self, query: Query[E]) -> Sequence[E]:
        """Find several, in the order of the query."""
        self.state.check_reading()
        names = [name for name, _ in query.sort_fields]
        passes = _tests(query)
        found = [held for held in self._candidates(query) if all(held.values[name] is not None for name in names) and passes(held.values)]
        for name, descending in reversed(query.sort_fields):
            found.sort(key=partial(_value, name), reverse=descending)
        return tuple(cast("E", held.entity) for held in found[: query.limit])

    def find_several(self, queries: Sequence[Query[Any]]) -> Sequence[Sequence[Any]]:
        """Answer several queries at once, each by id."""
        check_plain(queries)
        return [self.find(query) for query in queries]

    def save(self, entities: Sequence[Stored]) -> None:
        """Insert at version 0, else compare the version; each is stored at its version + 1. All or none."""
        self.state.check_writing("save")
        batches = by_kind(entities)
        new = {name: {entity.id: _held(KINDS[name], entity) for entity in batch} for name, batch in batches.items()}
        refusal = stale_write(entities, self._version) or missing_reference(entities, lambda key: self._held(key) is not None)
        if refusal is not None:
            raise refusal
        for name, changes in new.items():
            self.changes.setdefault(name, {}).update(changes)

    def remove(self, kind: type[Stored], id: str) -> None:
        """
        Delete one; for erasure only.

        Raises:
            NotStoredError: When there is none.
            StoreError: While another record refers to it.
        """
        self.state.check_writing("remove")
        key = kind_of(kind).name, check_text("id", id)
        if self._held(key) is None:
            raise NotStoredError(*key)
        for referring, field in referring_fields(key[0]):
            if any(held.values[field] == id for held in self._all(referring.name)):
                raise StoreError("referred_to", f"{referring.name}.{field}")
        self.changes.setdefault(key[0], {})[id] = None

    def facts(self, table: Literal["sales", "customers", "contact_plans", "documents"], *, period: Period | None = None) -> pl.LazyFrame:
        """Make a table of `crmkit.facts` from what is stored."""
        self.state.check_reading()
        check_facts(table, period)
        return found_facts(self, table, period)

    def _version(self, key: Key) -> int:
        held = self._held(key)
        return 0 if held is None else held.entity.version

    def _held(self, key: Key) -> _Held | None:
        name, id_ = key
        changes = self.changes.get(name, {})
        return changes[id_] if id_ in changes else self._stored[name].get(id_)

    def _all(self, name: str) -> Iterator[_Held]:
        changes = self.changes.get(name, {})
        yield from (held for id_, held in self._stored[name].items() if id_ not in changes)
        yield from (held for held in changes.values() if held is not None)

    def _candidates(self, query: Query[E]) -> Iterator[_Held]:
        """List what can be found: a query for ids looks only at those."""
        name = query.record.name
        for condition in query.where:
            if condition.column == "id" and condition.test in ("equal", "one_of"):
                ids = condition.value if isinstance(condition.value, tuple) else (condition.value,)
                return (held for id_ in dict.fromkeys(ids) if (held := self._held((name, str(id_)))) is not None)
        return self._all(name)


def _held(kind: RecordKind[Any], entity: Stored) -> _Held:
    values = {"id": entity.id, **field_values(kind, entity)}
    if isinstance(entity, Document):
        sales_lines(entity)  # refuses what the table of sales could not hold
    return _Held(attrs.evolve(cast("Any", entity), version=entity.version + 1), values)


def _value(name: str, held: _Held) -> Any:  # noqa: ANN401  # values of one field are all of one type
    return held.values[name]


def _tests(query: Query[E]) -> Callable[[Row], bool]:
    conditions = tuple(attrs.evolve(condition, value=comparable_value(query, condition)) for condition in query.where)
    position = sort_position(query)

    def passes(values: Row) -> bool:
        return all(condition.holds_for(values[condition.column]) for condition in conditions) and (
            position is None or _comes_after(values, position, query.sort_fields)
        )

    return passes


def _comes_after(values: Row, position: tuple[Scalar, ...], fields: tuple[tuple[str, bool], ...]) -> bool:
    for (name, descending), at in zip(fields, position, strict=True):
        value = cast("Any", values[name])
        if value != at:
            return bool(value < at) if descending else bool(value > at)
    return False
