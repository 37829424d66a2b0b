"""Migrations: they make what the declarations say, once, however many processes begin at the same time."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, inspect, text

from crmkit.errors import InvalidValueError, StoreError
from crmkit.persistence.sql import SqlStore, create_engine, open_store, upgrade
from crmkit.persistence.sql.tables import tables_of
from crmkit.testing.contract_data import a_party, found, keep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from tests.persistence.postgresql_server import Server

_PG_COLUMNS = """
    SELECT table_name, column_name, data_type, is_nullable, collation_name, numeric_precision, numeric_scale
    FROM information_schema.columns WHERE table_schema = :schema
"""
_PG_CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = CAST(:schema AS regnamespace)
"""
_PG_INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = :schema"


@pytest.fixture
def memory() -> Iterator[Callable[[], Engine]]:
    """Make engines to databases in memory, closed afterwards."""
    with ExitStack() as engines:

        def make() -> Engine:
            engine = create_engine("sqlite://")
            engines.callback(engine.dispose)
            return engine

        yield make


def _sqlite_schema(connection: Connection) -> Mapping[str, str]:
    rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE name LIKE 'crm%' AND name <> 'crm_migrations'"))
    return {row.name: " ".join(row.sql.replace("\t", " ").split()) for row in rows}


def _postgresql_schema(connection: Connection, schema: str) -> set[tuple[Any, ...]]:
    rows = {
        tuple(str(value).replace(f"{schema}.", "") for value in row)
        for query in (_PG_COLUMNS, _PG_CONSTRAINTS, _PG_INDEXES)
        for row in connection.execute(text(query), {"schema": schema})
    }
    return {row for row in rows if "crm_migrations" not in row[0]}


def _differences(connection: Connection, prefix: str, schema: str | None) -> list[Any]:
    tables = tables_of(prefix, schema)
    options: dict[str, Any] = {
        "version_table": tables.version_table,
        "version_table_schema": schema,
        "include_schemas": schema is not None,
        "compare_type": True,
    }
    options["include_name"] = lambda name, kind, _: (name == schema) if kind == "schema" else kind != "table" or name.startswith(prefix)
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), tables.metadata))


def test_a_migrated_sqlite_file_is_what_the_declarations_say(memory: Callable[[], Engine]) -> None:
    migrated, derived = memory(), memory()
    upgrade(migrated, prefix="crm_")
    tables_of("crm_", None).metadata.create_all(derived)
    with migrated.connect() as one, derived.connect() as other:
        assert _sqlite_schema(one) == _sqlite_schema(other)
        assert _differences(one, "crm_", None) == []


def test_a_migrated_postgresql_schema_is_what_the_declarations_say(postgresql_server: Server) -> None:
    engine = create_engine(postgresql_server.url())
    upgrade(engine, prefix="crm_", schema="migrated")
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA derived"))
        tables_of("crm_", "derived").metadata.create_all(connection)
        assert _postgresql_schema(connection, "migrated") == _postgresql_schema(connection, "derived")
        assert _differences(connection, "crm_", "migrated") == []
    keep(SqlStore(engine, prefix="crm_", schema="migrated"), a_party())
    engine.dispose()


def test_migrating_again_changes_nothing(memory: Callable[[], Engine]) -> None:
    engine = memory()
    upgrade(engine)
    keep(SqlStore(engine), a_party())
    with engine.connect() as connection:
        before = connection.execute(text("SELECT * FROM sqlite_master")).all()
    upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT * FROM sqlite_master")).all() == before
        assert connection.execute(text("SELECT version_num FROM crmkit_migrations")).scalars().all() == ["0001"]


def test_two_prefixes_live_side_by_side(memory: Callable[[], Engine]) -> None:
    engine = memory()
    upgrade(engine, prefix="one_")
    upgrade(engine, prefix="two_")
    keep(SqlStore(engine, prefix="one_"), a_party())
    assert found(SqlStore(engine, prefix="two_"), type(a_party())) == []


def test_tables_of_the_host_are_left_alone(tmp_path: Path) -> None:
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'host.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE erp_orders (id INTEGER)"))
        connection.execute(text("INSERT INTO erp_orders VALUES (1)"))
        upgrade(connection)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT id FROM erp_orders")).scalars().all() == [1]
    engine.dispose()


def test_on_a_connection_the_host_can_undo_a_migration(tmp_path: Path) -> None:
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'host.db'}")
    with engine.connect() as connection:
        upgrade(connection)
        connection.rollback()
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    engine.dispose()


def test_a_database_that_a_newer_crmkit_has_migrated_is_refused(memory: Callable[[], Engine]) -> None:
    engine = memory()
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE crmkit_migrations SET version_num = '9999'"))
    with pytest.raises(InvalidValueError, match="newer crmkit"):
        upgrade(engine)


def test_a_store_without_its_tables_says_how_to_make_them(memory: Callable[[], Engine]) -> None:
    with pytest.raises(InvalidValueError, match=r"upgrade\(\)"):
        found(SqlStore(memory()), type(a_party()))


def test_a_store_without_its_tables_in_postgresql_says_the_same(postgresql_server: Server) -> None:
    engine = create_engine(postgresql_server.url())
    with pytest.raises(InvalidValueError, match=r"upgrade\(\)"):
        found(SqlStore(engine, prefix="nowhere_"), type(a_party()))
    with pytest.raises(InvalidValueError, match=r"upgrade\(\)"):
        found(SqlStore(engine, schema="nowhere"), type(a_party()))
    engine.dispose()


@pytest.mark.parametrize("prefix", ["", "Crm_", "1_", "crm-", "crm;", "x" * 21])
def test_a_prefix_is_a_plain_name(memory: Callable[[], Engine], prefix: str) -> None:
    with pytest.raises(InvalidValueError):
        upgrade(memory(), prefix=prefix)


def test_processes_that_open_a_new_file_together_all_succeed(tmp_path: Path) -> None:
    code = f"from crmkit.persistence.sql import open_store; open_store({f'sqlite:///{tmp_path}/new.db'!r}).close()"
    processes = [subprocess.Popen([sys.executable, "-W", "error", "-c", code]) for _ in range(4)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0, 0]
    store = open_store(f"sqlite:///{tmp_path}/new.db")
    keep(store, a_party())
    store.close()


def test_processes_that_migrate_one_postgresql_schema_together_all_succeed(postgresql_server: Server) -> None:
    code = f"from crmkit.persistence.sql import open_store; open_store({postgresql_server.url()!r}, schema='together').close()"
    processes = [subprocess.Popen([sys.executable, "-W", "error", "-c", code]) for _ in range(4)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0, 0]


def test_a_new_sqlite_file_can_be_read_by_its_owner_only(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path}/new.db").close()
    assert (tmp_path / "new.db").stat().st_mode & 0o077 == 0


def test_a_folder_that_does_not_exist_is_an_error_of_crmkit(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="SQLITE_CANTOPEN"):
        open_store(f"sqlite:///{tmp_path}/none/new.db")


def test_a_file_that_is_no_database_is_an_error_of_crmkit(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Sehr geehrte Frau Müller" * 100)
    with pytest.raises(StoreError, match="SQLITE_NOTADB") as refusal:
        open_store(f"sqlite:///{tmp_path}/letter.db")
    assert refusal.value.__context__ is None


@pytest.mark.parametrize("url", ["nonsense", "oracle://anna:geheim@host/db", "sqlite:crm.db"])
def test_an_address_that_is_none_is_refused_without_showing_its_password(url: str) -> None:
    with pytest.raises(InvalidValueError) as refusal:
        open_store(url)
    assert "geheim" not in f"{refusal.value!r}{refusal.value.__context__!r}"


def test_another_database_is_refused() -> None:
    engine = sqlalchemy.create_mock_engine("mysql://", lambda *_: None)
    with pytest.raises(InvalidValueError):
        SqlStore(engine)  # type: ignore[arg-type]  # what is refused


def test_closing_a_store_leaves_the_engine_of_the_host_alone(sqlite_file: Engine) -> None:
    store = SqlStore(sqlite_file)
    keep(store, a_party())
    pool = sqlite_file.pool
    store.close()
    assert sqlite_file.pool is pool
