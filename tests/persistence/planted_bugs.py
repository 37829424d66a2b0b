"""Stores with one defect each, to prove that the contract of stores can fail."""

from __future__ import annotations

import threading
from contextlib import contextmanager, nullcontext
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import attrs
import pytest

from crmkit.conditions import Condition, ConditionTest
from crmkit.entities import Interaction
from crmkit.errors import CrmkitError, NotStoredError, StoreError
from crmkit.persistence import MemoryStore, memory
from crmkit.persistence.memory import MemoryTransaction
from crmkit.records import Stored, kind_of
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    import polars as pl

    from crmkit.periods import Period
    from crmkit.persistence.found_facts import FactsTable

E = TypeVar("E", bound=Stored)


class Buggy(MemoryStore):
    """A store whose transactions are of a defective class."""

    defect: ClassVar[type[MemoryTransaction]]

    @contextmanager
    def transaction(self, tenant: str, *, write: bool) -> Iterator[MemoryTransaction]:
        with super().transaction(tenant, write=write) as transaction:
            transaction.__class__ = self.defect
            yield transaction


def with_defect(defect: type[MemoryTransaction]) -> type[MemoryStore]:
    return type(defect.__name__, (Buggy,), {"defect": defect})


class AllTenantsAreOne(MemoryStore):
    def transaction(self, tenant: str, *, write: bool) -> AbstractContextManager[MemoryTransaction]:  # type: ignore[override]  # the same in use
        return super().transaction(tenant and "everybody", write=write)


class NothingIsUndone(MemoryStore):
    @contextmanager
    def transaction(self, tenant: str, *, write: bool) -> Iterator[MemoryTransaction]:
        error = None
        with super().transaction(tenant, write=write) as transaction:
            try:
                yield transaction
            except Exception as raised:  # noqa: BLE001  # the defect
                error = raised
        if error is not None:
            raise error


class TransactionsAreNested(MemoryStore):
    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.RLock()  # type: ignore[assignment]  # the defect
        self._units.entered = nullcontext  # type: ignore[method-assign, assignment]  # as above


def at_version(entity: Any, version: int) -> Any:
    return attrs.evolve(entity, version=version)


class VersionsAreNotCompared(MemoryTransaction):
    def save(self, entities: Sequence[Stored]) -> None:
        super().save([at_version(entity, self._version((kind_of(type(entity)).name, entity.id))) for entity in entities])


class VersionsAreNotRaised(MemoryTransaction):
    def save(self, entities: Sequence[Stored]) -> None:
        super().save(entities)
        for entity in entities:
            shelf = self.changes[kind_of(type(entity)).name]
            held = shelf[entity.id]
            assert held is not None
            shelf[entity.id] = attrs.evolve(held, entity=at_version(held.entity, max(entity.version, 1)))


class NewRecordsOverwrite(MemoryTransaction):
    def save(self, entities: Sequence[Stored]) -> None:
        for entity in entities:
            if getattr(entity, "version", None) == 0:
                self.changes.setdefault(kind_of(type(entity)).name, {})[entity.id] = None
        super().save(entities)


class OneByOne(MemoryTransaction):
    def save(self, entities: Sequence[Stored]) -> None:
        for entity in entities:
            super().save([entity])


class ReferencesAreNotChecked(MemoryTransaction):
    def save(self, entities: Sequence[Stored]) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(memory, "missing_reference", lambda *_: None)
            super().save(entities)


class OnlyNewRecordsAreChecked(ReferencesAreNotChecked):
    def save(self, entities: Sequence[Stored]) -> None:
        if all(entity.version for entity in entities):
            super().save(entities)
        else:
            MemoryTransaction.save(self, entities)


class ReferencesDangle(MemoryTransaction):
    def remove(self, kind: type[Stored], id: str) -> None:
        try:
            super().remove(kind, id)
        except StoreError:
            self.changes.setdefault(kind_of(kind).name, {})[id] = None


class SharedIdsDangle(MemoryTransaction):
    def remove(self, kind: type[Stored], id: str) -> None:
        try:
            super().remove(kind, id)
        except StoreError as error:
            if error.constraint != "contact_plan.id":
                raise
            self.changes.setdefault(kind_of(kind).name, {})[id] = None


class RemovingNothingIsFine(MemoryTransaction):
    def remove(self, kind: type[Stored], id: str) -> None:
        try:
            super().remove(kind, id)
        except NotStoredError:
            return


class RemovingIsForgotten(MemoryTransaction):
    def remove(self, kind: type[Stored], id: str) -> None:
        super().remove(kind, id)
        self.changes[kind_of(kind).name].pop(id)


class OwnWritesAreNotFound(MemoryTransaction):
    def find(self, query: Query[E]) -> Sequence[E]:
        changes, self.changes = self.changes, {}
        try:
            return super().find(query)
        finally:
            self.changes = changes


class _Asks(MemoryTransaction):
    """Finds something else than it was asked for."""

    def find(self, query: Query[E]) -> Sequence[E]:
        return super().find(self.other(query))

    def other(self, query: Query[E]) -> Query[E]:
        raise NotImplementedError


def _with_test(query: Query[E], test: ConditionTest, instead: ConditionTest) -> Query[E]:
    where = [attrs.evolve(condition, test=instead) if condition.test == test else condition for condition in query.where]
    return attrs.evolve(query, where=where)


class AtLeastIsMoreThan(_Asks):
    def other(self, query: Query[E]) -> Query[E]:
        return _with_test(query, "at_least", "more_than")


class LessThanIsAtMost(_Asks):
    def other(self, query: Query[E]) -> Query[E]:
        return _with_test(query, "less_than", "at_most")


class OnlyTheFirstConditionCounts(_Asks):
    def other(self, query: Query[E]) -> Query[E]:
        return attrs.evolve(query, where=query.where[:1])


class WhatIsBesideIsForgotten(MemoryTransaction):
    def find(self, query: Query[E]) -> Sequence[E]:
        return super().find(attrs.evolve(query, beside=()))


class OneOfTakesAThousand(_Asks):
    def other(self, query: Query[E]) -> Query[E]:
        cut = [attrs.evolve(test, value=test.value[:1000]) if isinstance(test.value, tuple) else test for test in query.where]
        return attrs.evolve(query, where=cut)


class LimitIsOneTooMany(_Asks):
    def other(self, query: Query[E]) -> Query[E]:
        return query if query.limit is None else attrs.evolve(query, limit=query.limit + 1)


class TiesAlwaysAscend(MemoryTransaction):
    def find(self, query: Query[E]) -> Sequence[E]:
        rows = super().find(attrs.evolve(query, limit=None))
        for name, descending in reversed(query.sort_fields[:-1]):
            rows = sorted(sorted(rows, key=lambda row: row.id), key=attrgetter(name), reverse=descending)
        return tuple(rows[: query.limit])


class PagesForgetTies(MemoryTransaction):
    def find(self, query: Query[E]) -> Sequence[E]:
        rows = super().find(query)
        if query.after is None or len(query.after) == 1:
            return rows
        name, at = query.sort_fields[0][0], query.after[0]
        return tuple(row for row in rows if getattr(row, name) != at)


class SortsWithoutRegardToCase(MemoryTransaction):
    def find(self, query: Query[E]) -> Sequence[E]:
        rows = super().find(query)
        if query.order_by != ("owner_id",):
            return rows
        return tuple(sorted(rows, key=lambda row: str(getattr(row, "owner_id", "")).casefold()))


class EqualWithoutRegardToCase(MemoryTransaction):
    def find(self, query: Query[E]) -> Sequence[E]:
        wanted = {test.column: str(test.value).casefold() for test in query.where if test.test == "equal" and isinstance(test.value, str)}
        where = [test for test in query.where if test.column not in wanted]
        rows = super().find(attrs.evolve(query, where=where))
        return tuple(row for row in rows if all(str(getattr(row, name)).casefold() == value for name, value in wanted.items()))


class MissingValuesAreFound(MemoryTransaction):
    def find(self, query: Query[E]) -> Sequence[E]:
        rows = super().find(query)
        if query.order_by or not any(test.test == "not_equal" for test in query.where):
            return rows
        columns = [test.column for test in query.where]
        missing = super().find(Query(query.kind, [Condition(column, "missing") for column in columns]))
        return (*rows, *missing)


class MissingValuesSortFirst(MemoryTransaction):
    def find(self, query: Query[E]) -> Sequence[E]:
        missing: list[E] = []
        for name in query.order_by:
            missing += super().find(Query(query.kind, (*query.where, Condition(name.removeprefix("-"), "missing"))))
        return (*missing, *super().find(query))


class ReadersMayWrite(MemoryTransaction):
    def save(self, entities: Sequence[Stored]) -> None:
        self.state._write = True  # noqa: SLF001  # the defect
        super().save(entities)


class NeverEnds(MemoryTransaction):
    def get(self, kind: type[E], id: str, *, lock: bool = False) -> E | None:
        self.state._open = True  # noqa: SLF001  # the defect
        return super().get(kind, id, lock=lock)


class MomentsLoseTheirFraction(MemoryTransaction):
    def save(self, entities: Sequence[Stored]) -> None:
        cut = [
            attrs.evolve(entity, happened_at=entity.happened_at.replace(microsecond=0)) if isinstance(entity, Interaction) else entity
            for entity in entities
        ]
        super().save(cut)


class TextIsTrimmed(MemoryTransaction):
    def save(self, entities: Sequence[Stored]) -> None:
        trimmed: list[Any] = [
            attrs.evolve(entity, owner_id=owner.strip()) if isinstance(owner := getattr(entity, "owner_id", None), str) else entity  # type: ignore[misc]  # every record is an attrs class
            for entity in entities
        ]
        super().save(trimmed)


class ErrorsTellTheRecord(MemoryTransaction):
    def save(self, entities: Sequence[Stored]) -> None:
        try:
            super().save(entities)
        except CrmkitError as error:
            error.__cause__ = ValueError([getattr(entity, "name", "") for entity in entities])
            raise


class PeriodsAreIgnored(MemoryTransaction):
    def facts(self, table: FactsTable, *, period: Period | None = None) -> pl.LazyFrame:  # noqa: ARG002  # the defect
        return super().facts(table)


class CreditNotesAreForgotten(MemoryTransaction):
    def facts(self, table: FactsTable, *, period: Period | None = None) -> pl.LazyFrame:
        frame = super().facts(table, period=period)
        return frame.filter(frame.collect()["document_kind"] == "invoice") if table == "sales" else frame


WHOLE_STORES: tuple[type[MemoryStore], ...] = (AllTenantsAreOne, NothingIsUndone, TransactionsAreNested)
DEFECTS: tuple[type[MemoryTransaction], ...] = (
    VersionsAreNotCompared,
    VersionsAreNotRaised,
    NewRecordsOverwrite,
    OneByOne,
    ReferencesAreNotChecked,
    OnlyNewRecordsAreChecked,
    ReferencesDangle,
    SharedIdsDangle,
    RemovingNothingIsFine,
    RemovingIsForgotten,
    OwnWritesAreNotFound,
    AtLeastIsMoreThan,
    LessThanIsAtMost,
    OnlyTheFirstConditionCounts,
    WhatIsBesideIsForgotten,
    OneOfTakesAThousand,
    LimitIsOneTooMany,
    TiesAlwaysAscend,
    PagesForgetTies,
    SortsWithoutRegardToCase,
    EqualWithoutRegardToCase,
    MissingValuesAreFound,
    MissingValuesSortFirst,
    ReadersMayWrite,
    NeverEnds,
    MomentsLoseTheirFraction,
    TextIsTrimmed,
    ErrorsTellTheRecord,
    PeriodsAreIgnored,
    CreditNotesAreForgotten,
)
STORES: tuple[type[MemoryStore], ...] = (*WHOLE_STORES, *map(with_defect, DEFECTS))
VISIBLE_IN_DATA: tuple[type[MemoryStore], ...] = tuple(
    store
    for store in STORES
    if store.__name__
    not in {
        "TransactionsAreNested",  # the others are about what the comparison does not do: misuse, huge lists, tables, causes of errors
        "WhatIsBesideIsForgotten",
        "OneOfTakesAThousand",
        "NeverEnds",
        "TextIsTrimmed",
        "ErrorsTellTheRecord",
        "PeriodsAreIgnored",
        "CreditNotesAreForgotten",
    }
)
