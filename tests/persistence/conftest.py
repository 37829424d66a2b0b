"""Databases to test stores on; PostgreSQL is in `tests/conftest.py`, for the desks are tested on it too."""

from __future__ import annotations

import pytest

pytest.importorskip("sqlalchemy", reason="SQL storage is an extra")
pytest.importorskip("alembic", reason="SQL storage is an extra")


from typing import TYPE_CHECKING

from crmkit.persistence.sql import create_engine, upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Iterator[Engine]:
    """An engine to a new SQLite file with the tables of crmkit."""
    engine = create_engine(f"sqlite:///{tmp_path / 'crm.db'}")
    upgrade(engine)
    yield engine
    engine.dispose()
