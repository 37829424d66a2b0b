"""Errors of drivers come out as errors of crmkit, and nothing personal comes with them."""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError

from crmkit import Crm, Scope, days
from crmkit.entities import Party
from crmkit.errors import CrmkitError, OutcomeUnknownError, StoreError, TransientStoreError
from crmkit.persistence.sql import SqlStore, create_engine
from crmkit.persistence.sql.refusals import refusal_of
from crmkit.store import Query
from crmkit.testing.contract_data import TENANT, a_party, a_recall, found, keep, stored

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.persistence.postgresql_server import Server

CANARY = "Geheimrat Müller"


def everything_told(error: BaseException) -> str:
    """All that a log could show of an error: text, arguments, attributes, what it came from, the variables of its frames' errors."""
    seen: list[str] = []
    queue: list[BaseException | None] = [error]
    while queue:
        found_error = queue.pop()
        if found_error is not None:
            seen += [str(found_error), repr(found_error), repr(found_error.args), repr(vars(found_error))]
            queue += [found_error.__cause__, found_error.__context__]
    return " ".join(seen)


@pytest.fixture
def watched(postgresql: Engine) -> Iterator[Engine]:
    """A database of the host's with a rule of its own, whose refusal quotes the row."""
    with postgresql.begin() as connection:
        connection.execute(text("ALTER TABLE crmkit_party ADD CONSTRAINT host_rule CHECK (data NOT LIKE '%Geheimrat%')"))
        connection.execute(text("CREATE UNIQUE INDEX host_unique ON crmkit_party (owner_id)"))
    yield postgresql
    with postgresql.begin() as connection:
        connection.execute(text("ALTER TABLE crmkit_party DROP CONSTRAINT host_rule"))
        connection.execute(text("DROP INDEX host_unique"))


def test_a_refusal_of_postgresql_keeps_code_and_constraint_and_nothing_else(watched: Engine) -> None:
    with pytest.raises(StoreError) as refusal:
        keep(SqlStore(watched), a_party(name=CANARY))
    assert (refusal.value.code, refusal.value.constraint) == ("23514", "host_rule")
    assert "Geheimrat" not in everything_told(refusal.value)
    assert refusal.value.__context__ is None


def test_a_unique_rule_of_the_host_does_not_tell_the_value(watched: Engine) -> None:
    keep(SqlStore(watched), a_party(owner_id="Hofrat"))
    with pytest.raises(StoreError) as refusal:
        keep(SqlStore(watched), a_party("P-2", owner_id="Hofrat"))
    assert (refusal.value.code, refusal.value.constraint) == ("23505", "host_unique")
    assert "Hofrat" not in everything_told(refusal.value)


def test_a_refusal_of_sqlite_keeps_code_and_constraint_and_nothing_else(sqlite_file: Engine) -> None:
    with sqlite_file.begin() as connection:
        connection.execute(text("CREATE UNIQUE INDEX host_unique ON crmkit_party (owner_id)"))
    keep(SqlStore(sqlite_file), a_party(owner_id=CANARY))
    with pytest.raises(StoreError) as refusal:
        keep(SqlStore(sqlite_file), a_party("P-2", owner_id=CANARY))
    assert (refusal.value.code, refusal.value.constraint) == ("SQLITE_CONSTRAINT_UNIQUE", "crmkit_party.owner_id")
    assert "Geheimrat" not in everything_told(refusal.value)


@pytest.mark.parametrize("verb", ["get", "find", "save", "remove", "commit"])
def test_any_failing_statement_is_an_error_of_crmkit(sqlite_file: Engine, verb: str) -> None:
    store = SqlStore(sqlite_file)
    keep(store, a_party())
    with pytest.raises(CrmkitError) as refusal:
        _break_and(store, sqlite_file, verb)
    assert refusal.value.__context__ is None
    assert refusal.value.__cause__ is None


def _break_and(store: SqlStore, engine: Engine, verb: str) -> None:
    def fail(*_: Any) -> None:
        raise_from_driver(engine)

    with store.transaction(TENANT, write=True) as transaction:
        event.listen(engine, "before_cursor_execute", fail)
        try:
            match verb:
                case "get":
                    transaction.get(Party, "P-1")
                case "find":
                    found_inside(transaction)
                case "save":
                    transaction.save([a_party("P-2")])
                case "remove":
                    transaction.remove(Party, "P-1")
                case _:
                    event.remove(engine, "before_cursor_execute", fail)
                    event.listen(engine, "commit", fail)
                    return
        finally:
            if event.contains(engine, "before_cursor_execute", fail):
                event.remove(engine, "before_cursor_execute", fail)


def found_inside(transaction: Any) -> None:
    transaction.find(Query(Party))


def raise_from_driver(engine: Engine) -> None:
    raise engine.dialect.loaded_dbapi.OperationalError(f"disk I/O error while writing {CANARY}")


def test_a_locked_file_is_worth_repeating(sqlite_file: Engine) -> None:
    store = SqlStore(sqlite_file)
    keep(store, a_party())

    @event.listens_for(sqlite_file, "before_cursor_execute")
    def _wait_briefly(_connection: Any, cursor: Any, *_: Any) -> None:
        cursor.connection.execute("PRAGMA busy_timeout = 10")

    others = create_engine(sqlite_file.url)
    with others.begin() as other:
        other.execute(text("DELETE FROM crmkit_recall"))
        with pytest.raises(TransientStoreError, match="nothing was stored"):
            keep(store, a_recall())
        assert found(store, Party) == ["P-1"]
    event.remove(sqlite_file, "before_cursor_execute", _wait_briefly)
    keep(store, a_recall())
    others.dispose()


def _cut(server: Server) -> None:
    """End all other connections to a server."""
    engine = create_engine(server.url())
    others = "pid <> pg_backend_pid() AND backend_type = 'client backend'"
    with engine.begin() as connection:
        connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))  # noqa: S608  # a constant
    engine.dispose()


def _save_on_a_lost_connection(store: SqlStore, server: Server) -> None:
    with store.transaction(TENANT, write=True) as transaction:
        _cut(server)
        transaction.save([a_party()])


def _lose_the_connection_before_commit(store: SqlStore, server: Server) -> None:
    with store.transaction(TENANT, write=True) as transaction:
        transaction.save([a_party()])
        _cut(server)


def test_a_connection_lost_before_commit_is_worth_repeating(postgresql: Engine, postgresql_server: Server) -> None:
    store = SqlStore(postgresql)
    with pytest.raises(TransientStoreError):
        _save_on_a_lost_connection(store, postgresql_server)
    keep(store, a_party())


def test_a_connection_lost_while_committing_leaves_the_outcome_unknown(postgresql: Engine, postgresql_server: Server) -> None:
    store = SqlStore(postgresql)
    with pytest.raises(OutcomeUnknownError) as refusal:
        _lose_the_connection_before_commit(store, postgresql_server)
    assert refusal.value.__context__ is None
    assert stored(store, Party, "P-1") is None


def test_a_commit_that_was_refused_is_not_in_doubt(postgresql: Engine) -> None:
    with postgresql.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS host_log (party TEXT UNIQUE DEFERRABLE INITIALLY DEFERRED)"))
        connection.execute(text("INSERT INTO host_log VALUES ('x')"))
        body = "BEGIN INSERT INTO host_log VALUES ('x'); RETURN NEW; END"
        connection.execute(text(f"CREATE FUNCTION host_log() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"))
        connection.execute(text("CREATE TRIGGER host_log AFTER INSERT ON crmkit_party FOR EACH ROW EXECUTE FUNCTION host_log()"))
    try:
        with pytest.raises(StoreError) as refusal:
            keep(SqlStore(postgresql), a_party(name=CANARY))
        assert type(refusal.value) is StoreError
        assert refusal.value.code == "23505"
    finally:
        with postgresql.begin() as connection:
            connection.execute(text("DROP TRIGGER host_log ON crmkit_party"))
            connection.execute(text("DROP FUNCTION host_log"))
            connection.execute(text("DROP TABLE host_log"))
    assert found(SqlStore(postgresql), Party) == []


def test_a_deadlock_is_worth_repeating(postgresql: Engine) -> None:
    store = SqlStore(postgresql)
    keep(store, a_party("P-1"), a_party("P-2"))
    both = threading.Barrier(2)
    refusals: list[BaseException] = []

    def work(first: str, second: str) -> None:
        try:
            with store.transaction(TENANT, write=True) as transaction:
                transaction.get(Party, first, lock=True)
                both.wait()
                transaction.get(Party, second, lock=True)
        except CrmkitError as error:
            refusals.append(error)

    threads = [threading.Thread(target=work, args=order) for order in (("P-1", "P-2"), ("P-2", "P-1"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(type(error), str(error)[:60]) for error in refusals] == [(TransientStoreError, str(TransientStoreError("40P01"))[:60])]


def test_a_server_that_is_not_there_is_an_error_of_crmkit() -> None:
    pytest.importorskip("psycopg", reason="no psycopg to reach PostgreSQL with")
    with pytest.raises(StoreError) as refusal:
        found(SqlStore(create_engine("postgresql+psycopg://crmkit@/none?host=/nonexistent")), Party)
    assert refusal.value.__context__ is None


def test_a_verb_waits_for_a_busy_file_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[str] = []

    def busy(_: object, tenant: str, *, write: bool) -> None:
        waited.append(f"{tenant} {write}")
        raise TransientStoreError("SQLITE_BUSY", waited=True)

    with Crm.open(f"sqlite:///{tmp_path / 'crm.db'}", scope=Scope(tenant="acme", actor="anna")) as crm:
        monkeypatch.setattr(SqlStore, "transaction", busy)
        with pytest.raises(TransientStoreError):
            crm.contact.plan("C-17", frequency=days(30))

    assert waited == ["acme True"]


def test_a_file_that_stays_locked_was_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "crm.db"
    with Crm.open(f"sqlite:///{path}", scope=Scope(tenant="acme", actor="anna")):
        pass
    engine = create_engine(f"sqlite:///{path}")
    with sqlite3.connect(path, isolation_level=None) as other, engine.connect() as waiting:
        waiting.exec_driver_sql("COMMIT")
        waiting.exec_driver_sql("PRAGMA busy_timeout = 1")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DBAPIError) as locked:
            waiting.exec_driver_sql("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    engine.dispose()

    refusal = refusal_of(locked.value)
    assert isinstance(refusal, TransientStoreError)
    assert (refusal.code, refusal.waited) == ("SQLITE_BUSY", True)
