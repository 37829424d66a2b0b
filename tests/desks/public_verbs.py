"""Every public verb of `Crm` and its desks, found by looking; and empty SQLite stores that cost nothing to open."""

from __future__ import annotations

import inspect
from functools import cache, partial
from operator import attrgetter
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine

from crmkit import Crm, Scope
from crmkit.desks.portal import Portal
from crmkit.persistence import MemoryStore
from crmkit.persistence.sql import SqlStore, create_engine, upgrade

if TYPE_CHECKING:
    from collections.abc import Callable

A_FOLDER = TemporaryDirectory(prefix="crmkit-")
"""Where verbs that write files do so; it goes when the tests end."""

NO_VERBS = {"open", "close", "portal"}
"""They open and close a store, and give a customer a desk of his own, whose verbs are "portal.view" and the like."""


@cache
def verb_names() -> tuple[str, ...]:
    """The verbs by name: "add", "documents.quote"."""
    crm = Crm(MemoryStore(), scope=Scope(tenant="acme", actor="anna"))
    desks = {f"{name}.": type(desk) for name, desk in vars(crm).items() if not name.startswith("_")}
    return tuple(
        sorted(
            f"{desk}{name}"
            for desk, of in {"": Crm, "portal.": Portal, **desks}.items()
            for name, _ in inspect.getmembers(of, inspect.isfunction)
            if not name.startswith("_") and not (of is Crm and name in NO_VERBS)
        )
    )


def verb_of(crm: Crm, name: str) -> Callable[..., Any]:
    """A verb of a desk; those of the portal take the party first."""
    desk, _, verb = name.rpartition(".")
    found: Callable[..., Any] = partial(_at_the_portal, crm, verb) if desk == "portal" else attrgetter(name)(crm)
    return found


def _at_the_portal(crm: Crm, verb: str, party_id: str, *arguments: object, person_id: str | None = None, **options: object) -> object:
    return getattr(crm.portal(party_id, person_id=person_id), verb)(*arguments, **options)


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
