"""Databases to test stores on."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy", reason="SQL storage is an extra")
pytest.importorskip("alembic", reason="SQL storage is an extra")


from typing import TYPE_CHECKING

from crmkit.persistence.sql import create_engine, upgrade
from crmkit.persistence.sql.tables import tables_of
from tests.persistence.postgresql_server import Server, server_programs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """A throw-away PostgreSQL, reachable over a socket in a folder of its own only."""
    pytest.importorskip("psycopg", reason="no psycopg to reach PostgreSQL with")
    programs = server_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server programs on this machine")
    folder = Path(tempfile.mkdtemp(prefix="crmkit-pg-"))
    server = Server(programs, folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: Server) -> Iterator[Engine]:
    """An engine to a PostgreSQL database with the tables of crmkit."""
    engine = create_engine(postgresql_server.url())
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def postgresql(migrated_postgresql: Engine) -> Engine:
    """The same, with empty tables."""
    tables = tables_of("crmkit_", None).metadata.sorted_tables
    with migrated_postgresql.begin() as connection:
        for table in reversed(tables):
            connection.execute(table.delete())
    return migrated_postgresql


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Iterator[Engine]:
    """An engine to a new SQLite file with the tables of crmkit."""
    engine = create_engine(f"sqlite:///{tmp_path / 'crm.db'}")
    upgrade(engine)
    yield engine
    engine.dispose()
