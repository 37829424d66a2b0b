"""Engines for those who give crmkit a database of its own, and for hosts whose transactions crmkit joins."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy
from sqlalchemy import Connection, Engine, StaticPool, event, make_url
from sqlalchemy.exc import ArgumentError

from crmkit._checks import refused
from crmkit.errors import MissingExtraError
from crmkit.persistence.sql.sqlite_settings import check_settings, set_wal, settle

if TYPE_CHECKING:
    from sqlalchemy import URL

DIALECTS = ("sqlite", "postgresql")
OWN_UNIT = "crmkit_unit"
"""Execution option of connections whose transactions crmkit begins by itself."""

_READ_ONLY_FOR_ALL_OTHERS = 0o600


def create_engine(url: str | URL, **options: Any) -> Engine:  # noqa: ANN401  # SQLAlchemy's own
    """
    Make an engine as crmkit likes it: prepared by `prepare_engine`, parameters hidden from logs.

    A new SQLite file can be read and written by its owner only. All connections to SQLite in memory share one database.

    Args:
        url: For example "sqlite:///crm.db" or "postgresql://host/database".
        options: Those of `sqlalchemy.create_engine`.

    >>> create_engine("sqlite://").dialect.name
    'sqlite'
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            options = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}, **options}
        elif not str(parsed.database).startswith("file:"):
            _make_private_file(Path(str(parsed.database)))
    try:
        return prepare_engine(sqlalchemy.create_engine(parsed, **{"hide_parameters": True, **options}))
    except ModuleNotFoundError as error:
        if error.name not in ("psycopg", "psycopg_binary"):
            raise refused("url", parsed.drivername, "one of 'sqlite' and 'postgresql+psycopg'") from None
        raise MissingExtraError("postgresql", "psycopg") from None


def prepare_engine(engine: Engine) -> Engine:
    """
    Make every transaction of a SQLite engine safe for work that reads before it writes; other engines stay as they are.

    For hosts that give `SqlStore` a connection: call it once, right after `create_engine`. From then on each new
    connection uses WAL, checks foreign keys and waits 30 seconds for locks, and each transaction begins with BEGIN
    IMMEDIATE: writers wait in line instead of losing updates or failing with "database is locked". A connection that only
    reads says so, `engine.connect().execution_options(crmkit_write=False)`, and waits for nobody. Do not add another
    listener that emits BEGIN.

    `SqlStore(engine)` needs none of this: it settles each connection while it uses it, and leaves it as it was found.
    """
    if check_dialect(engine) == "sqlite" and not event.contains(engine, "connect", _on_connect):
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
    return engine


def check_dialect(bind: Engine | Connection) -> str:
    """
    Accept the databases that crmkit is tested on.

    Raises:
        InvalidValueError: For others, and for what is neither engine nor connection.
    """
    if not isinstance(bind, Engine | Connection):
        raise refused("engine_or_connection", type(bind).__name__, "an Engine or a Connection of SQLAlchemy")
    if bind.dialect.name not in DIALECTS:
        raise refused("engine_or_connection", bind.dialect.name, "SQLite or PostgreSQL")
    return bind.dialect.name


def _parsed(url: str | URL) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.get_backend_name() not in DIALECTS:
        raise refused("url", "<withheld>", "the address of a database, for example 'sqlite:///crm.db' or 'postgresql://host/database'")
    return parsed


def _on_connect(raw: Any, _record: object) -> None:  # noqa: ANN401  # the driver's connection
    settle(raw)
    check_settings(raw)
    set_wal(raw)


def _on_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get(OWN_UNIT):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("crmkit_write", True) else "BEGIN")


def _make_private_file(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, _READ_ONLY_FOR_ALL_OTHERS))
    except OSError:
        return  # it exists, or SQLite will say why it cannot
