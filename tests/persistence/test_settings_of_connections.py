"""What crmkit relies on is asserted on each new connection, and missing extras are named."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy
from sqlalchemy import Engine, event

from crmkit.entities import Party
from crmkit.errors import InvalidValueError, StoreError
from crmkit.persistence.field_values import comparable
from crmkit.persistence.sql import SqlStore, create_engine, open_store, upgrade
from crmkit.persistence.sql.sqlite_settings import BUSY_TIMEOUT_MS, check_settings, set_wal, settle
from crmkit.persistence.sql.units import raw_connection
from crmkit.records import Field
from crmkit.testing.contract_data import TENANT, a_party, found, keep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.persistence.postgresql_server import Server


class Stubborn:
    """A connection that answers settings as it is told."""

    def __init__(self, raw: sqlite3.Connection, answers: dict[str, Any]) -> None:
        self._raw = raw
        self._answers = answers

    def execute(self, statement: str) -> Any:
        for name, answer in self._answers.items():
            if name in statement:
                return self._raw.execute("SELECT ? WHERE ? IS NOT NULL", (answer, answer))
        return self._raw.execute(statement)


@pytest.fixture
def raw() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    settle(connection)
    yield connection
    connection.close()


def test_a_settled_connection_has_what_is_needed(raw: sqlite3.Connection) -> None:
    check_settings(raw)
    set_wal(raw)


@pytest.mark.parametrize(("name", "answer"), [("foreign_keys", None), ("foreign_keys", 0), ("busy_timeout", 9_999)])
def test_a_connection_that_does_not_take_a_setting_is_refused(raw: sqlite3.Connection, name: str, answer: int | None) -> None:
    with pytest.raises(StoreError) as refusal:
        check_settings(Stubborn(raw, {name: answer}))
    assert (refusal.value.code, refusal.value.constraint) == ("sqlite_setting", name)


def test_a_file_system_without_write_ahead_logging_is_refused(raw: sqlite3.Connection) -> None:
    with pytest.raises(StoreError) as refusal:
        set_wal(Stubborn(raw, {"journal_mode": "delete"}))
    assert refusal.value.constraint == "journal_mode"


def test_a_sqlite_without_strict_tables_is_refused(raw: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 36, 0))
    with pytest.raises(StoreError, match="sqlite_too_old"):
        check_settings(raw)


def test_switching_the_journal_waits_while_another_uses_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = sqlite3.connect(tmp_path / "crm.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    here = sqlite3.connect(tmp_path / "crm.db", timeout=0)
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        other.execute("COMMIT")

    monkeypatch.setattr("crmkit.persistence.sql.sqlite_settings.time.sleep", wait)
    set_wal(here)
    assert len(waited) == 1
    here.close()
    other.close()


def test_switching_the_journal_gives_up_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = sqlite3.connect(tmp_path / "crm.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    here = sqlite3.connect(tmp_path / "crm.db", timeout=0)
    monkeypatch.setattr("crmkit.persistence.sql.sqlite_settings.BUSY_TIMEOUT_MS", -1)
    with pytest.raises(sqlite3.OperationalError):
        set_wal(here)
    here.close()
    other.close()


def test_each_new_connection_is_checked_once(sqlite_file: Engine) -> None:
    store = SqlStore(sqlite_file)
    keep(store, a_party())
    with sqlite_file.connect() as connection:
        assert connection.info["crmkit_settled"]
        raw = raw_connection(connection)
        assert [raw.execute(f"PRAGMA {name}").fetchone()[0] for name in ("foreign_keys", "busy_timeout", "journal_mode")] == [
            1,
            BUSY_TIMEOUT_MS,
            "wal",
        ]


def test_a_file_that_can_only_be_read_is_read(tmp_path: Path) -> None:
    path = tmp_path / "crm.db"
    store = open_store(f"sqlite:///{path}")
    keep(store, a_party())
    store.close()
    engine = sqlalchemy.create_engine(f"sqlite:///file:{path}?mode=ro&uri=true")
    assert found(SqlStore(engine), Party) == ["P-1"]
    with pytest.raises(StoreError, match="SQLITE_READONLY"):
        keep(SqlStore(engine), a_party("P-2"))
    engine.dispose()


def test_a_database_in_another_encoding_is_refused(postgresql_server: Server) -> None:
    engine = create_engine(postgresql_server.url(), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' LOCALE_PROVIDER libc TEMPLATE template0")
    engine.dispose()
    latin = create_engine(postgresql_server.url("latin"))
    with pytest.raises(InvalidValueError, match="UTF8"):
        upgrade(latin)
    latin.dispose()


def test_a_record_that_is_referred_to_just_before_it_goes_stays(postgresql: Engine) -> None:
    """The look for references and the removal are two statements; the foreign key has the last word."""
    store = SqlStore(postgresql)
    keep(store, a_party())

    looked = threading.Event()

    def refer(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("DELETE") and not looked.is_set():
            looked.set()
            other = create_engine(postgresql.url)
            with other.begin() as connection:
                connection.exec_driver_sql("INSERT INTO crmkit_contact_plan (tenant, id, version, data) VALUES ('acme', 'P-1', 1, '{}')")
            other.dispose()

    event.listen(postgresql, "before_cursor_execute", refer)
    with pytest.raises(StoreError, match="23503"), store.transaction(TENANT, write=True) as transaction:
        transaction.remove(Party, "P-1")
    event.remove(postgresql, "before_cursor_execute", refer)
    assert found(store, Party) == ["P-1"]


def test_declared_numbers_are_whole_and_of_64_bits() -> None:
    field = Field(name="minutes", type="number")
    assert comparable(field, 2**63 - 1) == 2**63 - 1
    for value in (2**63, 1.5, True, "1"):
        with pytest.raises(InvalidValueError):
            comparable(field, value)


@pytest.mark.parametrize(("module", "extra"), [("sqlalchemy", "sql"), ("alembic", "sql"), ("psycopg", "postgresql")])
def test_a_missing_extra_is_named_with_the_command_that_installs_it(module: str, extra: str) -> None:
    code = f"""
import sys
from crmkit.errors import MissingExtraError
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == {module!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
try:
    from crmkit.persistence.sql import create_engine
    create_engine("postgresql+psycopg://host/db")
except MissingExtraError as error:
    print(error)
"""
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert told.strip() == f"this needs {module}: pip install 'crmkit[{extra}]'"


def test_the_stores_themselves_load_no_extra() -> None:
    code = "import sys, crmkit.persistence; print({'sqlalchemy', 'polars', 'narwhals'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert told.strip() == "set()"
