"""What every test can use; the data of a domain is built where it is used."""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from sqlalchemy import Engine

    from tests.persistence.postgresql_server import Server

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

if importlib.util.find_spec("hypothesis"):  # the bare install has none
    from hypothesis import settings

    settings.register_profile("ci", max_examples=40, derandomize=True, database=None, deadline=None, print_blob=True)
    settings.register_profile("campaign", settings.get_profile("ci"), max_examples=1_000)
    settings.register_profile("dev", deadline=None)
    settings.register_profile("thorough", deadline=None, max_examples=2_000, print_blob=True)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))


@pytest.fixture
def shared_data() -> Callable[[str], Path]:
    """Find real data by its path below `shared/data`, beside the repository; without it a test skips, but fails where CI is set."""

    def find(name: str) -> Path:
        path = SHARED_DATA / name
        if not path.exists():
            reason = f"no shared/data/{name} beside the repository"
            (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
        return path

    return find


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Skip on Ibis and Spark what crmkit refuses there by its error, which names the engines that can."""
    try:
        return (yield)
    except Exception as error:
        engine = getattr(pyfuncitem, "callspec", None) and pyfuncitem.callspec.params.get("engine", "")
        if type(error).__name__ == "UnsupportedEngineError" and str(engine).startswith(("ibis", "spark")):
            pytest.skip(str(error))
        raise


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """A throw-away PostgreSQL, reachable over a socket in a folder of its own only."""
    pytest.importorskip("psycopg", reason="no psycopg to reach PostgreSQL with")
    from tests.persistence.postgresql_server import Server, server_programs  # noqa: PLC0415  # Unix only

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
    from crmkit.persistence.sql import create_engine, upgrade  # noqa: PLC0415  # an extra

    engine = create_engine(postgresql_server.url())
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def postgresql(migrated_postgresql: Engine) -> Engine:
    """The same, with empty tables."""
    from crmkit.persistence.sql.tables import tables_of  # noqa: PLC0415  # an extra

    with migrated_postgresql.begin() as connection:
        for table in reversed(tables_of("crmkit_", None).metadata.sorted_tables):
            connection.execute(table.delete())
    return migrated_postgresql
