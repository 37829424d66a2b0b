"""All stores pass the one contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy
from sqlalchemy import Engine

from crmkit.persistence import MemoryStore
from crmkit.persistence.sql import SqlStore, open_store, prepare_engine, upgrade
from crmkit.testing.contracts import StoreContract

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class OnOneConnection(SqlStore):
    """A store within a host's transaction, which only the host's thread can use."""

    serves_threads = False


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self) -> MemoryStore:
        return MemoryStore()


class TestSqliteFile(StoreContract):
    @pytest.fixture
    def store(self, sqlite_file: Engine) -> SqlStore:
        return SqlStore(sqlite_file)


class TestSqliteInMemory(StoreContract):
    @pytest.fixture
    def store(self) -> Iterator[SqlStore]:
        store = open_store("sqlite://")
        yield store
        store.close()


class TestSqliteEngineOfTheHost(StoreContract):
    """An engine as SQLAlchemy makes it, with a prefix and the default driver settings."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[SqlStore]:
        engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'host.db'}")
        upgrade(engine, prefix="sales_")
        yield SqlStore(engine, prefix="sales_")
        engine.dispose()


class TestSqliteConnectionOfTheHost(StoreContract):
    """A connection whose engine knows nothing of crmkit: no foreign keys, late BEGIN."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[SqlStore]:
        engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'host.db'}")
        with engine.connect() as connection:
            upgrade(connection)
            yield OnOneConnection(connection)
        engine.dispose()


class TestPreparedSqliteConnection(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[SqlStore]:
        engine = prepare_engine(sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'host.db'}"))
        with engine.begin() as connection:
            upgrade(connection)
            yield OnOneConnection(connection)
        engine.dispose()


class TestPostgresql(StoreContract):
    @pytest.fixture
    def store(self, postgresql: Engine) -> SqlStore:
        return SqlStore(postgresql)


class TestPostgresqlConnectionOfTheHost(StoreContract):
    @pytest.fixture
    def store(self, postgresql: Engine) -> Iterator[SqlStore]:
        with postgresql.connect() as connection:
            yield OnOneConnection(connection)
            connection.rollback()
