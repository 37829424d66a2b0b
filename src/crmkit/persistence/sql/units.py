"""Units of work: transactions of crmkit's own on an engine, savepoints within the host's on a connection."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, StaticPool
from sqlalchemy.exc import SQLAlchemyError

from crmkit._checks import refused
from crmkit.persistence.sql.engine import OWN_UNIT
from crmkit.persistence.sql.refusals import commit_refusal_of, guarded
from crmkit.persistence.sql.sqlite_settings import settled

if TYPE_CHECKING:
    from collections.abc import Iterator

READ_ISOLATION = "REPEATABLE READ"  # a unit that reads sees one state, however many statements it takes
WRITE_ISOLATION = "READ COMMITTED"  # with locks on what is read to be changed


def shares_one_connection(bind: Engine | Connection) -> bool:
    """Tell whether all threads share one connection of an engine, so that units must come one after the other."""
    return isinstance(bind, Engine) and isinstance(bind.pool, StaticPool)


@contextmanager
def own_unit(engine: Engine, *, write: bool) -> Iterator[Connection]:
    """
    Open a transaction on a connection of the engine, and end it.

    Raises:
        OutcomeUnknownError: When the connection is lost while committing.
    """
    connection = guarded(lambda: _connected(engine, write=write))
    try:
        with ExitStack() as settings:
            guarded(lambda: _begin(connection, settings, write=write))
            try:
                yield connection
            except BaseException:
                _roll_back(connection)
                raise
            _commit(connection)
    finally:
        _close(connection)


@contextmanager
def joined_unit(connection: Connection, *, write: bool) -> Iterator[Connection]:
    """
    Work within the host's transaction, in a savepoint where it writes. The host commits.

    Raises:
        InvalidValueError: For a connection that is closed or commits every statement by itself.
    """
    if connection.closed:
        raise refused("engine_or_connection", "a closed connection", "an open one")
    began = guarded(lambda: _join(connection, write=write), joined=True)
    try:
        if not write:
            yield connection
            return
        savepoint = guarded(connection.begin_nested, joined=True)
        try:
            yield connection
        except BaseException:
            if savepoint.is_active:
                _quietly(savepoint.rollback)
            raise
        guarded(savepoint.commit, joined=True)
    finally:
        if began and not write:  # a snapshot of our own, in which nothing was written
            _quietly(lambda: connection.exec_driver_sql("COMMIT"))


def raw_connection(connection: Connection) -> Any:  # noqa: ANN401  # whatever the driver has
    """Reach the driver's connection."""
    return connection.connection.dbapi_connection


def _connected(engine: Engine, *, write: bool) -> Connection:
    connection = engine.connect().execution_options(**{OWN_UNIT: True})
    if engine.dialect.name == "sqlite":
        return connection
    return connection.execution_options(isolation_level=WRITE_ISOLATION if write else READ_ISOLATION)


def _begin(connection: Connection, settings: ExitStack, *, write: bool) -> None:
    if connection.dialect.name != "sqlite":
        connection.begin()
        return
    raw = raw_connection(connection)
    if raw.in_transaction and not isinstance(getattr(raw, "autocommit", None), bool):
        raise refused(
            "engine_or_connection",
            "an engine with one connection, which is in a transaction",
            "SqlStore(connection) within that transaction",
        )
    settings.enter_context(settled(raw, connection.info, write=write))
    connection.begin()
    if raw.in_transaction:  # a listener of the host's was quicker, with a BEGIN that does not lock
        connection.exec_driver_sql("ROLLBACK")
    if write:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        raw.execute("BEGIN")  # it cannot fail, and there are many of these


def _commit(connection: Connection) -> None:
    try:
        connection.commit()
    except (SQLAlchemyError, sqlite3.Error) as error:
        refusal = commit_refusal_of(error)
    else:
        return
    _roll_back(connection)
    raise refusal


def _roll_back(connection: Connection) -> None:
    if connection.dialect.name == "sqlite" and not connection.invalidated and raw_connection(connection).in_transaction:
        _quietly(lambda: connection.exec_driver_sql("ROLLBACK"))
    _quietly(connection.rollback)


def _close(connection: Connection) -> None:
    _quietly(connection.close)


def _quietly(end: Any) -> None:  # noqa: ANN401  # any of the above
    try:
        end()
    except (SQLAlchemyError, sqlite3.Error):
        return  # the connection is lost, and with it everything that was not committed


def _join(connection: Connection, *, write: bool) -> bool:
    """Make sure that a transaction is open in the database too; tell whether this began it."""
    raw = raw_connection(connection)
    if connection.dialect.name != "sqlite":
        if raw.autocommit:
            raise _autocommit()
        return False
    if not connection.in_transaction():
        connection.begin()
    if raw.in_transaction:
        return False
    if raw.isolation_level is None or getattr(raw, "autocommit", None) is True:
        raise _autocommit()
    # The driver delays BEGIN until the first change, and a savepoint outside of a transaction would commit on release.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
    return True


def _autocommit() -> Exception:
    return refused("engine_or_connection", "a connection in autocommit mode", "one with transactions, so that a failed verb can be undone")
