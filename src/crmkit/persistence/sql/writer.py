"""How records are written: in batches by kind, all or none; looking for the reason only where one was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
from sqlalchemy import Connection, Table, and_, delete, select
from sqlalchemy.exc import IntegrityError

from crmkit.errors import CrmkitError, NotStoredError, StoreError
from crmkit.persistence.sql.queries import is_one_of
from crmkit.persistence.sql.refusals import refusal_of
from crmkit.persistence.sql.rows import to_row
from crmkit.persistence.sql.sales_table import lines_of, replace_lines
from crmkit.persistence.sql.statements import insert_into, update_in
from crmkit.persistence.sql.tables import Tables
from crmkit.persistence.write_checks import Key, by_kind, key_of, missing_reference, references, referring_fields, stale_write
from crmkit.records import KINDS, Stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement

Row = dict[str, Any]


class _RefusedError(Exception):
    """Ends the savepoint of a save that met another version, or no record to refer to."""


@attrs.frozen(kw_only=True)
class Writer:
    """
    Writes the records of one tenant within a transaction.

    Attributes:
        connection: In a transaction.
        tables: Those of the store.
        tenant: Whose records.
        joined: Whether the transaction is the host's.
        checks_references: Whether the database checks foreign keys on this connection.
    """

    connection: Connection
    tables: Tables
    tenant: str
    joined: bool
    checks_references: bool

    def save(self, entities: Sequence[Stored]) -> CrmkitError | None:
        """Insert at version 0, else compare and raise the version. All, or none and the reason."""
        batches = {name: [to_row(KINDS[name], entity, self.tenant) for entity in batch] for name, batch in by_kind(entities).items()}
        lines = lines_of(entities, self.tenant)
        refused_by: IntegrityError | None = None
        try:
            with self.connection.begin_nested():
                for name, rows in batches.items():
                    self._write(self.tables.records[name], rows)
                changed = [row["id"] for row in batches.get("document", ()) if row["version"] > 1]
                replace_lines(self.connection, self.tables.document_lines, self.tenant, changed, lines)
                if not self.checks_references:
                    self._check_references(entities)
        except _RefusedError:
            pass
        except IntegrityError as error:
            refused_by = error
        else:
            return None
        found = self._stale_write(entities) or self._missing_reference(entities)
        return found or (StoreError("changed_meanwhile") if refused_by is None else refusal_of(refused_by, joined=self.joined))

    def remove(self, key: Key) -> CrmkitError | None:
        """Delete one, unless there is none or another refers to it."""
        name, id_ = key
        if key not in self._versions([key]):
            return NotStoredError(*key)
        for kind, field in referring_fields(name):
            table = self.tables.records[kind.name]
            if self.connection.execute(select(table.c.id).where(self._is(table, field, id_)).limit(1)).first():
                return StoreError("referred_to", f"{kind.name}.{field}")
        table = self.tables.records[name]
        try:
            with self.connection.begin_nested():
                if name == "document":
                    replace_lines(self.connection, self.tables.document_lines, self.tenant, [id_], [])
                self.connection.execute(delete(table).where(self._is(table, "id", id_)))
        except IntegrityError as error:
            return refusal_of(error, joined=self.joined)
        return None

    def _write(self, table: Table, rows: Iterable[Row]) -> None:
        insert_into(self.connection, table, [row for row in rows if row["version"] == 1])
        if not update_in(self.connection, table, [row for row in rows if row["version"] > 1]):
            raise _RefusedError

    def _check_references(self, entities: Sequence[Stored]) -> None:
        if self._missing_reference(entities) is not None:
            raise _RefusedError

    def _is(self, table: Table, field: str, value: str) -> ColumnElement[bool]:
        return and_(table.c.tenant == self.tenant, table.c[field] == value)

    def _stale_write(self, entities: Sequence[Stored]) -> CrmkitError | None:
        versions = self._versions(key_of(entity) for entity in entities)
        return stale_write(entities, lambda key: versions.get(key, 0))

    def _missing_reference(self, entities: Sequence[Stored]) -> CrmkitError | None:
        stored = self._versions(key for entity in entities for key in references(entity))
        return missing_reference(entities, lambda key: key in stored)

    def _versions(self, keys: Iterable[Key]) -> Mapping[Key, int]:
        """Look up at which versions records are stored; those that are not are left out."""
        ids: dict[str, dict[str, None]] = {}
        for name, id_ in keys:
            ids.setdefault(name, {})[id_] = None
        found: dict[Key, int] = {}
        for name, wanted in ids.items():
            table = self.tables.records[name]
            test = is_one_of(table.c.id, list(wanted), self.connection.dialect)
            for row in self.connection.execute(select(table.c.id, table.c.version).where(table.c.tenant == self.tenant, test)):
                found[name, row.id] = row.version
        return found
