"""Engines that hold their tables themselves: Ibis on DuckDB or PostgreSQL, and Spark; each is started once."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import attrs
import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa


class Warehouse(Protocol):
    """Keeps tables."""

    def tables(self, rows: Sequence[pa.Table]) -> list[Any]:
        """Make a table of each."""


@cache
def warehouse(engine: str) -> Warehouse:
    """Start one of them."""
    match engine:
        case "ibis-duckdb":
            import ibis  # noqa: PLC0415  # only in its own session

            return _Ibis(ibis.duckdb.connect())
        case "ibis-postgresql":
            return _Ibis(_on_postgresql())
        case "spark":
            return _Spark(_spark_session())
        case _:
            message = f"no engine {engine!r}"
            raise ValueError(message)


@attrs.frozen
class _Ibis:
    connection: Any
    _numbers: count[int] = attrs.field(factory=count)

    def tables(self, rows: Sequence[pa.Table]) -> list[Any]:
        _skip_what_they_lack(rows, "null", "uint")
        return [self.connection.create_table(f"rows_{next(self._numbers)}", table, temp=True) for table in rows]


def _skip_what_they_lack(rows: Sequence[pa.Table], *kinds: str) -> None:
    if any(str(kind).startswith(kinds) for table in rows for kind in table.schema.types):
        pytest.skip("databases know no columns without a type, and neither PostgreSQL nor Spark numbers without a sign")


def _on_postgresql() -> Any:
    import ibis  # noqa: PLC0415  # only in its own session

    from tests.persistence.postgresql_server import Server, server_programs  # noqa: PLC0415  # Unix only

    programs = server_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server programs on this machine")
    folder = Path(tempfile.mkdtemp(prefix="crmkit-ibis-"))
    server = Server(programs, folder)
    server.start()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(server.stop)  # what is registered last runs first
    return ibis.postgres.connect(host=str(folder), user="crmkit", database="postgres")


@attrs.frozen
class _Spark:
    session: Any

    def tables(self, rows: Sequence[pa.Table]) -> list[Any]:
        _skip_what_they_lack(rows, "uint")
        return [self.session.createDataFrame(table) for table in rows]


def _spark_session() -> Any:
    from pyspark.sql import SparkSession  # noqa: PLC0415  # only in its own session

    settings = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2", "spark.sql.session.timeZone": "UTC"}
    settings["spark.sql.timestampType"] = "TIMESTAMP_NTZ"  # else moments without a zone become moments of the session's
    builder = SparkSession.builder.master("local[1]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()
