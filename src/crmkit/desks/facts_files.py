"""The tables of facts as Parquet files."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from crmkit._checks import refused
from crmkit.desks.facts import FactsDesk
from crmkit.errors import NotPermittedError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    import polars as pl

    from crmkit.desks.workplace import Workplace

DAY_OF = {
    "sales": "issued_on",
    "documents": "issued_on",
    "interactions": "happened_on",
    "stage_moves": "happened_on",
    "touches": "happened_on",
    "spend": "spent_on",
    "ratings": "rated_on",
    "case_events": "happened_on",
    "cases": "opened_on",
    "opportunities": "opened_on",
    "conversions": "happened_on",
    "leads": "created_on",
    "quotas": "start",
    "customers": None,
    "customer_figures": None,
    "contact_plans": None,
}
"""Every table, and the day by which it is parted into months."""


def written_facts(workplace: Workplace, folder: str | os.PathLike[str]) -> dict[str, int]:
    """
    Write every table into a folder of its own, and count its rows.

    Raises:
        InvalidValueError: For a folder that cannot be written.
    """
    if workplace.scope.owners_reached("export_facts") is not None:
        raise NotPermittedError(workplace.scope.actor, "export_facts", beyond_reach=True)
    facts = FactsDesk(attrs.evolve(workplace, scope=attrs.evolve(workplace.scope, rights=None)))
    try:
        return {name: _write(getattr(facts, name)().collect(), Path(folder) / name, day) for name, day in DAY_OF.items()}
    except OSError as error:
        raise refused("folder", str(folder), f"a folder that can be written ({error.strerror})") from None


def _write(table: pl.DataFrame, folder: Path, day: str | None) -> int:
    """Make the files beside those of the last time, and then take their place, so that a table is always of one time."""
    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, rows in _parts(table, day):
        rows.write_parquet(fresh / f"{name}.parquet")
    if folder.exists():
        shutil.rmtree(folder)
    fresh.rename(folder)
    return table.height


def _parts(table: pl.DataFrame, day: str | None) -> Iterator[tuple[str, pl.DataFrame]]:
    if day is None or table.is_empty():
        yield "all", table
        return
    for (month,), rows in table.group_by(table[day].dt.strftime("%Y-%m"), maintain_order=True):
        yield str(month), rows
