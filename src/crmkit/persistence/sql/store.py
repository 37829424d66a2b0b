"""The store in SQL."""

from __future__ import annotations

import threading
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, false, update

from crmkit._checks import check_kind, check_text
from crmkit.persistence.open_units import OpenUnits
from crmkit.persistence.sql.engine import check_dialect, create_engine
from crmkit.persistence.sql.refusals import guarded
from crmkit.persistence.sql.sqlite_settings import pragma
from crmkit.persistence.sql.tables import Tables, tables_of
from crmkit.persistence.sql.transactions import SqlTransaction
from crmkit.persistence.sql.units import joined_unit, own_unit, raw_connection, shares_one_connection
from crmkit.persistence.sql.upgrades import upgrade
from crmkit.persistence.sql.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL

__all__ = ["SqlStore", "open_store"]


class SqlStore:
    """
    Keeps records in a SQL database, in tables with a prefix or in a schema of their own, which `upgrade` makes.

    On an engine every transaction is one of its own. Connections are settled while crmkit uses them and left as they were
    found, so the host can use the same engine for its own work in whatever way it likes. On SQLite a transaction that writes
    begins with BEGIN IMMEDIATE and waits up to 30 seconds for its turn; the file is switched to write-ahead logging for good.

    On a connection every transaction is a savepoint within the host's transaction, and the host commits. On SQLite let it
    come from an engine that `prepare_engine` has seen: in a transaction that began by reading, SQLite refuses the first
    write with "database is locked" if someone else has written meanwhile, and only the host could begin it again.

    Args:
        engine_or_connection: Of SQLAlchemy, to SQLite or PostgreSQL.
        prefix: What the names of the tables begin with.
        schema: The schema they are in.

    >>> from datetime import date
    >>> from crmkit.entities import Party
    >>> store = open_store("sqlite://")
    >>> with store.transaction("acme", write=True) as transaction:
    ...     transaction.save([Party(id="C-17", name="Müller GmbH", created_on=date(2026, 1, 1))])
    >>> with store.transaction("acme", write=False) as transaction:
    ...     transaction.get(Party, "C-17").version
    1
    >>> store.close()
    """

    def __init__(self, engine_or_connection: Engine | Connection, *, prefix: str = "crmkit_", schema: str | None = None) -> None:
        """Work on what the host opens and closes."""
        check_dialect(engine_or_connection)
        self._bind = engine_or_connection
        self._tables = tables_of(prefix, schema)
        self._units = OpenUnits()
        self._turn = (
            threading.Lock() if isinstance(engine_or_connection, Engine) and shares_one_connection(engine_or_connection) else nullcontext()
        )
        self._owns_engine = False

    @contextmanager
    def transaction(self, tenant: str, *, write: bool) -> Iterator[SqlTransaction]:
        """Open a unit of work; leaving it normally commits, leaving it by an exception undoes everything."""
        check_text("tenant", tenant)
        check_kind("write", write, bool)
        with self._units.entered(), self._turn, self._unit(write=write) as (connection, checks_references):
            writer = Writer(
                connection=connection,
                tables=self._tables,
                tenant=tenant,
                joined=isinstance(self._bind, Connection),
                checks_references=checks_references,
            )
            transaction = SqlTransaction(writer, write=write)
            try:
                yield transaction
            finally:
                transaction.state.end()

    @contextmanager
    def _unit(self, *, write: bool) -> Iterator[tuple[Connection, bool]]:
        """Open a unit of work; beside its connection tell whether the database checks foreign keys on it."""
        if isinstance(self._bind, Connection):
            with joined_unit(self._bind, write=write) as connection:
                yield connection, guarded(lambda: _prepared(connection, self._tables, write=write), joined=True)
        else:
            with own_unit(self._bind, write=write) as connection:
                yield connection, True

    def close(self) -> None:
        """Close the engine if `open_store` made it; what the host gave stays open."""
        if self._owns_engine and isinstance(self._bind, Engine):
            self._bind.dispose()


def open_store(url: str | URL, *, prefix: str = "crmkit_", schema: str | None = None) -> SqlStore:
    """
    Open a database of crmkit's own and make or migrate its tables; closing the store closes the database.

    Args:
        url: For example "sqlite:///crm.db", "sqlite://" for memory, "postgresql://host/database".
        prefix: What the names of the tables begin with.
        schema: The schema they are in.
    """
    engine = create_engine(url)
    try:
        upgrade(engine, prefix=prefix, schema=schema)
    except BaseException:
        engine.dispose()
        raise
    store = SqlStore(engine, prefix=prefix, schema=schema)
    store._owns_engine = True  # noqa: SLF001  # the one place that may say so
    return store


def _prepared(connection: Connection, tables: Tables, *, write: bool) -> bool:
    """Take SQLite's write lock while it can still be waited for; tell whether the database checks foreign keys."""
    if connection.dialect.name != "sqlite":
        return True
    if write:
        table = tables.records["used_key"]
        connection.execute(update(table).where(false()).values(version=1))
    return pragma(raw_connection(connection), "foreign_keys") == 1
