"""What a host can rely on when it lends crmkit its engine or its transaction."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy
from sqlalchemy import Engine, StaticPool, event, text

from crmkit.entities import Party
from crmkit.errors import InvalidValueError, NotStoredError, StaleWriteError, StoreError, TransientStoreError
from crmkit.persistence.sql import SqlStore, create_engine, prepare_engine, upgrade
from crmkit.persistence.sql.units import raw_connection
from crmkit.testing.contract_data import TENANT, a_party, a_plan, a_recall, found, keep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

COUNT = text("SELECT count(*) FROM crmkit_party")


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Engine]:
    """An engine as a host makes it, with the tables of both."""
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'host.db'}", pool_size=2, max_overflow=0, pool_timeout=0.2)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE calls (minutes INTEGER)"))
    upgrade(engine)
    yield engine
    engine.dispose()


def _settings(connection: Connection) -> tuple[Any, ...]:
    raw = raw_connection(connection)
    names = ("foreign_keys", "busy_timeout")
    return (raw.isolation_level, *(raw.execute(f"PRAGMA {name}").fetchone()[0] for name in names))


def test_rows_of_the_host_and_of_crmkit_are_committed_together(host: Engine) -> None:
    with host.begin() as connection:
        connection.execute(text("INSERT INTO calls VALUES (12)"))
        keep(SqlStore(connection), a_party())
    with host.connect() as connection:
        assert connection.execute(text("SELECT minutes FROM calls")).scalars().all() == [12]
        assert connection.execute(COUNT).scalar_one() == 1


@pytest.mark.parametrize("host_first", [True, False])
def test_rows_of_the_host_and_of_crmkit_are_undone_together(host: Engine, host_first: bool) -> None:  # a parameter
    with host.connect() as connection:
        if host_first:
            connection.execute(text("INSERT INTO calls VALUES (12)"))
        keep(SqlStore(connection), a_party())
        connection.execute(text("INSERT INTO calls VALUES (13)"))
        connection.rollback()
    with host.connect() as connection:
        assert connection.execute(text("SELECT minutes FROM calls")).all() == []
        assert connection.execute(COUNT).scalar_one() == 0


def test_a_failed_verb_undoes_its_own_work_only(host: Engine) -> None:
    with host.begin() as connection:
        store = SqlStore(connection)
        connection.execute(text("INSERT INTO calls VALUES (12)"))
        keep(store, a_party())
        with pytest.raises(NotStoredError):
            keep(store, a_party("P-2"), a_recall(party_id="nobody"))
        with pytest.raises(StaleWriteError):
            keep(store, a_party())
    with host.connect() as connection:
        assert connection.execute(COUNT).scalar_one() == 1
        assert connection.execute(text("SELECT minutes FROM calls")).scalars().all() == [12]


def test_crmkit_never_commits_for_the_host(postgresql: Engine) -> None:
    with postgresql.connect() as connection:
        keep(SqlStore(connection), a_party())
        assert found(SqlStore(connection), Party) == ["P-1"]
        connection.rollback()
    assert found(SqlStore(postgresql), Party) == []


def test_reading_does_not_hold_the_host_in_an_old_state(host: Engine) -> None:
    with host.connect() as reading:
        store = SqlStore(reading)
        assert found(store, Party) == []
        keep(SqlStore(host), a_party())
        assert found(store, Party) == ["P-1"]
        keep(store, a_party("P-2"))
        reading.commit()
    assert found(SqlStore(host), Party) == ["P-1", "P-2"]


def test_a_writing_verb_waits_for_its_turn_unless_the_host_has_read_before(tmp_path: Path) -> None:
    """A transaction that has read an older state cannot write any more: the host is told at once, and begins it again."""
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'host.db'}")

    @event.listens_for(engine, "connect")
    def _by_hand(raw: Any, _record: object) -> None:
        raw.isolation_level = None

    @event.listens_for(engine, "begin")
    def _deferred(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    upgrade(engine)
    with engine.begin() as connection:
        keep(SqlStore(engine), a_party("P-0"))
        keep(SqlStore(connection), a_party("P-1"))
    with engine.connect() as connection:
        assert connection.execute(COUNT).scalar_one() == 2
        keep(SqlStore(engine), a_party("P-2"))
        with pytest.raises(StoreError, match="SQLITE_BUSY") as refusal:
            keep(SqlStore(connection), a_party("P-3"))
        assert not isinstance(refusal.value, TransientStoreError)
    engine.dispose()


def test_the_engine_of_the_host_is_left_as_it_was_found(host: Engine) -> None:
    with host.connect() as connection:
        before = _settings(connection)
    keep(SqlStore(host), a_party())
    with pytest.raises(StaleWriteError):
        keep(SqlStore(host), a_party())
    found(SqlStore(host), Party)
    with host.connect() as connection:
        assert _settings(connection) == before == ("", 0, 5000)
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"


def test_a_listener_of_the_host_that_begins_does_no_harm(tmp_path: Path) -> None:
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'host.db'}")
    begun: list[str] = []

    @event.listens_for(engine, "connect")
    def _by_hand(raw: Any, _record: object) -> None:
        raw.isolation_level = None
        raw.set_trace_callback(lambda statement: begun.append(statement) if statement.startswith("BEGIN") else None)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    upgrade(engine)
    begun.clear()
    keep(SqlStore(engine), a_party())
    assert begun == ["BEGIN", "BEGIN IMMEDIATE"]
    engine.dispose()


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the driver has no such mode before Python 3.12")
def test_the_autocommit_attribute_of_newer_drivers_does_no_harm(tmp_path: Path) -> None:
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'host.db'}", connect_args={"autocommit": False})
    upgrade(engine)
    keep(SqlStore(engine), a_party())
    with engine.begin() as connection:
        keep(SqlStore(connection), a_party("P-2"))
        assert raw_connection(connection).autocommit is False
    assert found(SqlStore(engine), Party) == ["P-1", "P-2"]
    engine.dispose()


@pytest.mark.parametrize("write", [True, False])
def test_writing_units_lock_at_once_and_reading_ones_do_not(sqlite_file: Engine, write: bool) -> None:  # a parameter
    told: list[str] = []
    event.listen(sqlite_file, "checkout", lambda raw, *_: raw.set_trace_callback(told.append))
    with SqlStore(sqlite_file).transaction(TENANT, write=write):
        pass
    assert [statement for statement in told if statement.startswith("BEGIN")] == ["BEGIN IMMEDIATE" if write else "BEGIN"]


def test_a_reader_is_not_held_up_by_a_writer_and_sees_one_state(sqlite_file: Engine) -> None:
    store = SqlStore(sqlite_file)
    keep(store, a_party())
    with store.transaction(TENANT, write=False) as reading:
        assert reading.get(Party, "P-1") is not None
        writer = threading.Thread(target=keep, args=(store, a_party(version=1, region="north")))
        writer.start()
        writer.join(timeout=5)
        assert not writer.is_alive()
        party = reading.get(Party, "P-1")
        assert party is not None
        assert party.version == 1


def test_a_prepared_engine_locks_every_transaction_but_those_that_only_read(tmp_path: Path) -> None:
    engine = prepare_engine(prepare_engine(sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'host.db'}")))
    begun: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: begun.append(arguments[2]))
    with engine.begin() as connection:
        assert _settings(connection) == (None, 1, 30_000)
    with engine.connect().execution_options(crmkit_write=False) as connection:
        connection.begin()
    assert begun == ["BEGIN IMMEDIATE", "BEGIN"]
    engine.dispose()


def test_other_engines_are_not_prepared(postgresql: Engine) -> None:
    assert prepare_engine(postgresql) is postgresql


@pytest.mark.parametrize("isolation", ["READ COMMITTED", "AUTOCOMMIT"])
def test_an_engine_that_commits_every_statement_still_gets_whole_units(postgresql: Engine, isolation: Any) -> None:
    store = SqlStore(postgresql.execution_options(isolation_level=isolation))
    with pytest.raises(NotStoredError):
        keep_two(store)
    assert found(store, Party) == []


def keep_two(store: SqlStore) -> None:
    with store.transaction(TENANT, write=True) as transaction:
        transaction.save([a_party()])
        transaction.save([a_plan("nobody")])


def test_a_connection_that_commits_every_statement_is_refused(postgresql: Engine, host: Engine) -> None:
    for engine in (postgresql, host):
        connecting = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        with connecting as connection, pytest.raises(InvalidValueError, match="autocommit"):
            keep(SqlStore(connection), a_party())


def test_a_closed_connection_is_refused(host: Engine) -> None:
    with host.connect() as connection:
        store = SqlStore(connection)
    with pytest.raises(InvalidValueError, match="closed"):
        found(store, Party)


def test_an_engine_with_one_connection_says_so_while_the_host_uses_it() -> None:
    engine = sqlalchemy.create_engine("sqlite://", poolclass=StaticPool)
    upgrade(engine)
    with engine.connect() as connection:
        connection.execute(text("INSERT INTO crmkit_used_key VALUES ('acme', 'k', 1, '{}')"))
        with pytest.raises(InvalidValueError, match="one connection"):
            found(SqlStore(engine), Party)
        connection.rollback()
    assert found(SqlStore(engine), Party) == []
    engine.dispose()


def test_everything_works_with_a_single_connection_in_the_pool(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'crm.db'}", pool_size=1, max_overflow=0, pool_timeout=0.1)
    upgrade(engine)
    store = SqlStore(engine)
    for number in range(5):
        keep(store, a_party(f"P-{number}"))
        with pytest.raises(StaleWriteError):
            keep(store, a_party(f"P-{number}"))
    assert len(found(store, Party)) == 5
    engine.dispose()


def test_an_exhausted_pool_is_worth_repeating(host: Engine) -> None:
    with host.connect(), host.connect(), pytest.raises(TransientStoreError):
        found(SqlStore(host), Party)


def test_a_driver_that_is_not_installed_is_refused_with_those_that_are_known(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match=r"url='sqlite\+aiosqlite'"):
        create_engine(f"sqlite+aiosqlite:///{tmp_path / 'crm.db'}")
