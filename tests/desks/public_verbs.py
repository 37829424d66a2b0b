"""Every public verb of `Crm` and its desks, found by looking; and empty SQLite stores that cost nothing to open."""

from __future__ import annotations

import inspect
from functools import cache
from typing import TYPE_CHECKING, Any

from crmkit import Crm, Scope
from crmkit.persistence import MemoryStore
from crmkit.persistence.sql import SqlStore, create_engine, upgrade

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Engine

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
def _template() -> Engine:
    engine = create_engine("sqlite://")
    upgrade(engine)
    return engine


def an_empty_sqlite() -> SqlStore:
    """A copy of a migrated database in memory: migrating anew would take most of the time of a test."""
    engine = create_engine("sqlite://")
    with _template().connect() as migrated, engine.connect() as copy:
        source, target = (connection.connection.dbapi_connection for connection in (migrated, copy))
        assert source is not None
        assert target is not None
        source.backup(target)
    return SqlStore(engine)
