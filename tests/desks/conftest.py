"""A desk on each store, with a clock that stands still."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

import pytest

from crmkit import Crm, Scope, Settings
from crmkit.entities import ContactPerson, Document, HistoryEntry, Line, Party
from crmkit.persistence import MemoryStore
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from crmkit.store import Store

    HistoryOf = Callable[[], list[HistoryEntry]]


STORES = ["memory", "sqlite", *(["postgresql"] if os.environ.get("CRMKIT_DESKS_ON_POSTGRESQL") else [])]
"""PostgreSQL only where it is asked for, as the nox session "postgresql" does: a desk's rules are the same on every store."""


class Clock:
    """Noon in Berlin on 1 January 2026, until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, 11, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move_to(self, day: date) -> None:
        self.now = datetime.combine(day, time(11), UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    from crmkit.persistence.sql import SqlStore, open_store  # noqa: PLC0415  # an extra

    if request.param == "postgresql":
        yield SqlStore(request.getfixturevalue("postgresql"))
        return
    opened = open_store(f"sqlite:///{tmp_path / 'crm.db'}")
    yield opened
    opened.close()


@pytest.fixture
def crm(store: Store, clock: Clock) -> Crm:
    desk = Crm(store, scope=Scope(tenant="acme", actor="anna"), settings=Settings(zone="Europe/Berlin"), clock=clock)
    desk.add(
        Party(
            id="C-17",
            name="Müller GmbH",
            created_on=date(2025, 6, 1),
            roles="customer",
            owner_id="anna",
            people=[ContactPerson(id="P-1", last_name="Huber")],
        ),
        Document(
            id="R-1",
            kind="invoice",
            party_id="C-17",
            issued_on=date(2025, 12, 1),
            lines=[Line(item_id="I-1", quantity=2, unit_price=100, unit_cost=60)],
        ),
    )
    return desk


@pytest.fixture
def history_of(store: Store) -> HistoryOf:
    """Read all history entries of the tenant, the oldest first."""

    def read() -> list[HistoryEntry]:
        with store.transaction("acme", write=False) as transaction:
            return list(transaction.find(Query(HistoryEntry, order_by="happened_at")))

    return read
