"""Every public verb of `Crm` and its desks, found by looking; and empty SQLite stores that cost nothing to open."""

from __future__ import annotations

import inspect
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine

from crmkit import Crm, Scope
from crmkit.persistence import MemoryStore
from crmkit.persistence.sql import SqlStore, create_engine, upgrade

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NO_VERBS = {"open", "close"}
"""They open and close a store."""


def public_verbs(crm: Crm) -> Mapping[str, Callable[..., Any]]:
    """The verbs by name: "add", "documents.quote"."""
    desks = {name: desk for name, desk in vars(crm).items() if not name.startswith("_")}
    return {
        f"{desk}.{name}".removeprefix("."): method
        for desk, of in {"": crm, **desks}.items()
        for name, method in inspect.getmembers(of, inspect.ismethod)
        if not name.startswith("_") and not (of is crm and name in NO_VERBS)
    }


def verb_names() -> list[str]:
    return sorted(public_verbs(Crm(MemoryStore(), scope=Scope(tenant="acme", actor="anna"))))


@cache
def _migrated() -> Engine:
    engine = create_engine("sqlite://")
    upgrade(engine)
    return engine


_IDLE: list[Engine] = []
"""Engines to use again, for each new one would compile all its statements anew."""


def a_sqlite_copy(of: SqlStore | None = None) -> SqlStore:
    """A database in memory that is a copy of another one, or of an empty one: migrating anew would take most of the time of a test."""
    engine = _IDLE.pop() if _IDLE else create_engine("sqlite://")
    with (_migrated() if of is None else engine_of(of)).connect() as original, engine.connect() as copy:
        source, target = (connection.connection.dbapi_connection for connection in (original, copy))
        source.backup(target)  # type: ignore[union-attr]  # the connection is open
    return SqlStore(engine)


def give_back(store: SqlStore) -> None:
    """Let another test have the engine of a store."""
    _IDLE.append(engine_of(store))


def engine_of(store: SqlStore) -> Engine:
    engine = store._bind  # noqa: SLF001  # the tests of a store may know
    assert isinstance(engine, Engine)
    return engine
