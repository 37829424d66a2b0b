"""A store in memory: for tests, scripts and single processes. What it holds ends with it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import contextmanager
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

import attrs

from crmkit._checks import check_kind, check_text
from crmkit.conditions import Condition
from crmkit.entities import Document
from crmkit.errors import NotStoredError, StoreError
from crmkit.persistence.field_values import check_plain, comparable_value, field_values, sort_position
from crmkit.persistence.found_facts import check_facts, found_facts
from crmkit.persistence.memory_shelves import Held, Shelf
from crmkit.persistence.open_units import OpenUnits, UnitState
from crmkit.persistence.sales_lines import sales_lines
from crmkit.persistence.write_checks import Key, by_kind, missing_reference, referring_fields, stale_write
from crmkit.records import KINDS, RecordKind, Stored, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from crmkit.conditions import Scalar
    from crmkit.periods import Period
    from crmkit.store import Query

__all__ = ["MemoryStore"]

E = TypeVar("E", bound=Stored)
Row = Mapping[str, "Scalar | None"]

_BY_VALUE = ("equal", "one_of")


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
            stored = {name: self._shelves.get((tenant, name)) or Shelf(kind) for name, kind in KINDS.items()}
            transaction = MemoryTransaction(stored, write=check_kind("write", write, bool))
            try:
                yield transaction
            finally:
                transaction.state.end()
            for name, changes in transaction.changes.items():
                self._shelves.setdefault((tenant, name), stored[name]).merge(changes)

    def close(self) -> None:
        """Give nothing back: it holds nothing but memory."""


class MemoryTransaction:
    """One unit of work in memory: what is stored, and beside it what this one has changed so far."""

    def __init__(self, stored: Mapping[str, Shelf], *, write: bool) -> None:
        """Begin with what is stored."""
        self.state: UnitState = UnitState(write=write)
        self.changes: dict[str, dict[str, Held | None]] = {}
        self._stored = stored

    def get(self, kind: type[E], id: str, *, lock: bool = False) -> E | None:
        """Find one by id; *lock* needs a transaction that writes, which already keeps all others out."""
        self.state.check_writing("lock") if lock else self.state.check_reading()
        held = self._held((kind_of(kind).name, check_text("id", id)))
        return None if held is None else cast("E", held.entity)

    def find(self, query: Query[E]) -> Sequence[E]:
        """Find several, in the order of the query."""
        self.state.check_reading()
        if (page := self._page(query)) is not None:
            return page
        names = [name for name, _ in query.sort_fields]
        position = sort_position(query)
        beside = [(one.fields, {_values(one.fields, held) for held in self._fitting(query, one.where)}) for one in query.beside]
        found = [
            held
            for held in self._fitting(query, query.where)
            if all(held.values[name] is not None for name in names)
            and (position is None or _comes_after(held.values, position, query.sort_fields))
            and all(None not in (own := _values(fields, held)) and own in known for fields, known in beside)
        ]
        for name, descending in reversed(query.sort_fields):
            found.sort(key=partial(_value, name), reverse=descending)
        return tuple(cast("E", held.entity) for held in found[: query.limit])

    def _page(self, query: Query[E]) -> Sequence[E] | None:
        """Read the first records of a list in the order of an index; None where there is none, or this transaction changed the kind."""
        name = query.record.name
        if query.limit is None or query.beside or self.changes.get(name):
            return None
        conditions = [attrs.evolve(condition, value=comparable_value(query, condition)) for condition in query.where]
        walk = self._stored[name].in_order(query, conditions, sort_position(query))
        if walk is None:
            return None
        fitting = (held.entity for held in walk if all(condition.holds_for(held.values[condition.column]) for condition in conditions))
        return tuple(cast("E", entity) for entity in islice(fitting, query.limit))

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
            if any(held.values[field] == id for held in self._candidates(referring.name, [Condition(field, "equal", id)])):
                raise StoreError("referred_to", f"{referring.name}.{field}")
        self.changes.setdefault(key[0], {})[id] = None

    def altered_copies(self, kind: type[E], records: Sequence[E]) -> Sequence[tuple[str, str]]:  # noqa: ARG002  # the port says so
        """Name nothing: values that are searched by are read from the records themselves."""
        self.state.check_reading()
        return ()

    def facts(self, table: Literal["sales", "customers", "contact_plans", "documents"], *, period: Period | None = None) -> pl.LazyFrame:
        """Make a table of `crmkit.facts` from what is stored."""
        self.state.check_reading()
        check_facts(table, period)
        return found_facts(self, table, period)

    def _version(self, key: Key) -> int:
        held = self._held(key)
        return 0 if held is None else held.entity.version

    def _held(self, key: Key) -> Held | None:
        name, id_ = key
        changes = self.changes.get(name, {})
        return changes[id_] if id_ in changes else self._stored[name].records.get(id_)

    def _fitting(self, query: Query[Any], where: Sequence[Condition]) -> Iterator[Held]:
        """Find those for which all conditions hold."""
        conditions = [attrs.evolve(condition, value=comparable_value(query, condition)) for condition in where]
        for held in self._candidates(query.record.name, conditions):
            if all(condition.holds_for(held.values[condition.column]) for condition in conditions):
                yield held

    def _candidates(self, name: str, conditions: Sequence[Condition]) -> Iterator[Held]:
        """List what can fit: by id, by an index, or all."""
        ids = next((_values_of(condition) for condition in conditions if condition.column == "id" and condition.test in _BY_VALUE), None)
        if ids is not None:
            return (held for id_ in dict.fromkeys(ids) if (held := self._held((name, id_))) is not None)
        changes, shelf = self.changes.get(name, {}), self._stored[name]
        found = shelf.candidates(conditions)
        known = shelf.records if found is None else found
        return chain(
            (shelf.records[id_] for id_ in known if id_ not in changes and id_ in shelf.records),
            (held for held in changes.values() if held is not None),
        )


def _values_of(condition: Condition) -> tuple[str, ...]:
    return cast("tuple[str, ...]", condition.value if isinstance(condition.value, tuple) else (condition.value,))


def _held(kind: RecordKind[Any], entity: Stored) -> Held:
    values = {"id": entity.id, **field_values(kind, entity)}
    if isinstance(entity, Document):
        sales_lines(entity)  # refuses what the table of sales could not hold
    return Held(attrs.evolve(cast("Any", entity), version=entity.version + 1), values)


def _value(name: str, held: Held) -> Any:  # noqa: ANN401  # values of one field are all of one type
    return held.values[name]


def _values(names: tuple[str, ...], held: Held) -> tuple[Scalar | None, ...]:
    return tuple([held.values[name] for name in names])


def _comes_after(values: Row, position: tuple[Scalar, ...], fields: tuple[tuple[str, bool], ...]) -> bool:
    for (name, descending), at in zip(fields, position, strict=True):
        value = cast("Any", values[name])
        if value != at:
            return bool(value < at) if descending else bool(value > at)
    return False
