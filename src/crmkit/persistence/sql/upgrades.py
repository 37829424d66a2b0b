"""Migrations: make the tables, or bring those of an older crmkit up to date. No configuration file is needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, func, inspect, select, text
from sqlalchemy.schema import CreateSchema

from crmkit._checks import refused
from crmkit.persistence.sql.engine import check_dialect
from crmkit.persistence.sql.refusals import guarded
from crmkit.persistence.sql.tables import Tables, tables_of
from crmkit.persistence.sql.units import joined_unit, own_unit

if TYPE_CHECKING:
    from alembic.script import Script

__all__ = ["upgrade"]

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine_or_connection: Engine | Connection, *, prefix: str = "crmkit_", schema: str | None = None) -> None:
    """
    Make the tables, or bring those of an older crmkit up to date; nothing happens when they are.

    On an engine it is one transaction, and processes that start together wait for each other. On a connection it is part of
    the host's transaction, and the host commits.

    Raises:
        InvalidValueError: When a newer crmkit has migrated this database.
        StoreError: When the database refuses.
    """
    check_dialect(engine_or_connection)
    tables = tables_of(prefix, schema)
    if isinstance(engine_or_connection, Connection):
        with joined_unit(engine_or_connection, write=True) as connection:
            guarded(lambda: _upgrade(connection, tables), joined=True)
    else:
        with own_unit(engine_or_connection, write=True) as connection:
            guarded(lambda: _upgrade(connection, tables))


def _upgrade(connection: Connection, tables: Tables) -> None:
    if connection.dialect.name == "postgresql":
        _take_turn(connection, tables)
    options = {"version_table": tables.version_table, "version_table_schema": tables.schema}
    context = MigrationContext.configure(connection, opts=options)
    scripts = ScriptDirectory(_MIGRATIONS)
    operations = Operations(context)
    for script in _missing(scripts, context.get_current_revision()):
        script.module.upgrade(operations, prefix=tables.prefix, schema=tables.schema)
        context.stamp(scripts, script.revision)


def _missing(scripts: ScriptDirectory, current: str | None) -> list[Script]:
    """List the revisions to run, oldest first."""
    known = list(scripts.walk_revisions())
    revisions = [script.revision for script in known]
    if current is None:
        return known[::-1]
    if current not in revisions:
        raise refused("database", current, f"a revision up to {revisions[0]}; a newer crmkit has migrated this database, so update crmkit")
    return known[: revisions.index(current)][::-1]


def _take_turn(connection: Connection, tables: Tables) -> None:
    name = f"crmkit migrations of {tables.schema}.{tables.prefix}"
    connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise refused("database", encoding, "a database in UTF8, for names in any language and for sorting by code point")
    if tables.schema is not None and not inspect(connection).has_schema(tables.schema):
        connection.execute(CreateSchema(tables.schema))
