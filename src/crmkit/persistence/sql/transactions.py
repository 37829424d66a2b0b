"""One unit of work in SQL."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from crmkit._checks import check_text
from crmkit.persistence.field_values import check_plain
from crmkit.persistence.found_facts import check_facts, found_facts
from crmkit.persistence.open_units import UnitState
from crmkit.persistence.sql.altered_copies import altered_copies
from crmkit.persistence.sql.queries import select_found, select_one
from crmkit.persistence.sql.refusals import guarded
from crmkit.persistence.sql.rows import from_rows
from crmkit.persistence.sql.sales_table import read_sales
from crmkit.records import RecordKind, Stored, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import polars as pl
    from sqlalchemy import Table

    from crmkit.errors import CrmkitError
    from crmkit.periods import Period
    from crmkit.persistence.sql.statements import Parameters
    from crmkit.persistence.sql.writer import Writer
    from crmkit.store import Query

E = TypeVar("E", bound=Stored)
T = TypeVar("T")


class SqlTransaction:
    """One unit of work on a connection. Errors of the driver come out as errors of crmkit."""

    def __init__(self, writer: Writer, *, write: bool) -> None:
        """Begin open."""
        self.state: UnitState = UnitState(write=write)
        self._writer = writer
        self._connection = writer.connection

    def get(self, kind: type[E], id: str, *, lock: bool = False) -> E | None:
        """Find one by id; *lock* keeps others from changing it until the end of the transaction."""
        self.state.check_writing("lock") if lock else self.state.check_reading()
        record = kind_of(kind)
        rows = self._rows(select_one(check_text("id", id), self._table(record), self._writer.tenant, self._connection.dialect, lock=lock))
        return next(iter(from_rows(record, rows)), None)

    def find(self, query: Query[E]) -> Sequence[E]:
        """Find several, in the order of the query."""
        self.state.check_reading()
        record = query.record
        rows = self._rows(select_found([query], [self._table(record)], self._writer.tenant, self._connection.dialect))
        return tuple(from_rows(record, rows))

    def find_several(self, queries: Sequence[Query[Any]]) -> Sequence[Sequence[Any]]:
        """Answer several queries at once, each by id: in one statement."""
        self.state.check_reading()
        check_plain(queries)
        if len(queries) <= 1:
            return [self.find(query) for query in queries]
        records = [query.record for query in queries]
        tables = [self._table(record) for record in records]
        rows: list[list[tuple[int, str]]] = [[] for _ in queries]
        for place, version, data in self._rows(select_found(queries, tables, self._writer.tenant, self._connection.dialect)):
            rows[place].append((version, data))
        return [sorted(from_rows(record, own), key=_id) if own else [] for record, own in zip(records, rows, strict=True)]

    def save(self, entities: Sequence[Stored]) -> None:
        """Insert at version 0, else compare the version; each is stored at its version + 1. All or none."""
        self.state.check_writing("save")
        _raise(self._guarded(lambda: self._writer.save(entities)))

    def remove(self, kind: type[Stored], id: str) -> None:
        """
        Delete one; for erasure only.

        Raises:
            NotStoredError: When there is none.
            StoreError: While another record refers to it.
        """
        self.state.check_writing("remove")
        key = kind_of(kind).name, check_text("id", id)
        _raise(self._guarded(lambda: self._writer.remove(key)))

    def facts(self, table: Literal["sales", "customers", "contact_plans", "documents"], *, period: Period | None = None) -> pl.LazyFrame:
        """Make a table of `crmkit.facts` from what is stored."""
        self.state.check_reading()
        check_facts(table, period)
        if table != "sales":
            return found_facts(self, table, period)
        writer = self._writer
        return self._guarded(lambda: read_sales(writer.connection, writer.tables.document_lines, writer.tenant, period))

    def altered_copies(self, kind: type[E], records: Sequence[E]) -> Sequence[tuple[str, str]]:
        """Name each record, of all records of a kind, and where the table keeps something else beside it than it says."""
        self.state.check_reading()
        writer = self._writer
        return self._guarded(lambda: list(altered_copies(writer.connection, writer.tables, writer.tenant, kind_of(kind), records)))

    def _table(self, record: RecordKind[Any]) -> Table:
        return self._writer.tables.records[record.name]

    def _rows(self, statement: tuple[str, Parameters]) -> Sequence[Sequence[Any]]:
        return self._guarded(lambda: self._connection.exec_driver_sql(*statement).all())

    def _guarded(self, work: Callable[[], T]) -> T:
        return guarded(work, joined=self._writer.joined)


_id = attrgetter("id")


def _raise(refusal: CrmkitError | None) -> None:
    if refusal is not None:
        raise refusal
