"""SQL databases: SQLite and PostgreSQL, in tables of their own or beside those of the host (extra `sql`)."""

import crmkit.persistence.sql._required  # noqa: F401  says which extra is missing, before the others fail
from crmkit.persistence.sql.engine import create_engine, prepare_engine
from crmkit.persistence.sql.store import SqlStore, open_store
from crmkit.persistence.sql.upgrades import upgrade

__all__ = ["SqlStore", "create_engine", "open_store", "prepare_engine", "upgrade"]
