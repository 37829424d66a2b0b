"""The tables of selling, marketing and service: renamed, checked, with the local days of their moments."""

from __future__ import annotations

import inspect
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from crmkit import facts
from crmkit.errors import InvalidValueError, MissingColumnError, UnsupportedEngineError
from crmkit.facts import columns
from tests.engines import dicts, on, on_every_engine, rows, schema_of

TABLES = [
    *(facts.case_events, facts.cases, facts.conversions, facts.interactions, facts.leads, facts.opportunities),
    *(facts.paths, facts.quotas, facts.ratings, facts.spend, facts.stage_moves, facts.touches),
]
LATE = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)  # already February in Berlin
TOUCHES = pl.DataFrame({"Kunde": ["C-1"], "Zeit": [LATE.replace(tzinfo=None)], "Kanal": ["web"], "Notiz": ["x"]})
NAMES: dict[str, Any] = {"customer_id": "Kunde", "happened_at": "Zeit", "channel": "Kanal"}
with_zones = pytest.mark.parametrize("engine", ["polars", "polars-lazy", "pandas", "pandas-arrow", "pyarrow"])


@with_zones
def test_moments_without_a_zone_are_read_in_that_of_the_business(engine: str) -> None:
    result = facts.touches(on(engine, TOUCHES), **NAMES, zone="Europe/Berlin")

    assert list(schema_of(result)) == ["customer_id", "happened_at", "happened_on", "channel", "Notiz"]
    assert rows(result, "happened_on") == [(date(2026, 1, 31),)]


@with_zones
def test_the_local_day_of_a_moment_is_that_of_the_business(engine: str) -> None:
    aware = TOUCHES.with_columns(pl.col("Zeit").dt.replace_time_zone("UTC"))

    assert rows(facts.touches(on(engine, aware), **NAMES, zone="Europe/Berlin"), "happened_on") == [(date(2026, 2, 1),)]


def test_a_day_that_is_given_is_kept() -> None:
    given = TOUCHES.with_columns(happened_on=date(2020, 1, 1))

    assert rows(facts.touches(given, **NAMES, zone="UTC"), "happened_on") == [(date(2020, 1, 1),)]


@on_every_engine
def test_a_moment_without_a_zone_is_refused(engine: str) -> None:
    with pytest.raises(InvalidValueError, match="zone='Europe/Berlin'"):
        facts.touches(on(engine, TOUCHES), **NAMES)


@pytest.mark.parametrize("zone", ["UTC", None])
def test_duckdb_takes_aware_moments_with_their_days(zone: str | None) -> None:
    aware = TOUCHES.with_columns(pl.col("Zeit").dt.replace_time_zone("UTC"), happened_on=date(2026, 2, 1))

    assert dicts(facts.touches(on("duckdb", aware), **NAMES, zone=zone))[0]["happened_on"] == date(2026, 2, 1)


@pytest.mark.parametrize("frame", [TOUCHES, TOUCHES.with_columns(pl.col("Zeit").dt.replace_time_zone("UTC"))])
def test_duckdb_cannot_read_in_a_zone(frame: pl.DataFrame) -> None:
    with pytest.raises(UnsupportedEngineError, match=r"give aware columns and the `_on` beside them"):
        facts.touches(on("duckdb", frame), **NAMES, zone="Europe/Berlin")


def test_text_is_no_moment() -> None:
    with pytest.raises(InvalidValueError, match="moments"):
        facts.touches(TOUCHES.with_columns(Zeit=pl.lit("yesterday")), **NAMES, zone="UTC")


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="IANA"):
        facts.touches(TOUCHES, **NAMES, zone="Mars/Olympus")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_every_column_has_an_argument_of_its_own_name(table: Any) -> None:
    names = [name for name in inspect.signature(table).parameters if name not in {"frame", "zone"}]

    assert names == list(getattr(columns, table.__name__.upper()))
    assert all(inspect.signature(table).parameters[name].default == name for name in names)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_a_frame_without_a_required_column_is_refused(table: Any) -> None:
    with pytest.raises(MissingColumnError) as raised:
        table(pl.DataFrame({"other": [1]}))

    assert raised.value.table == table.__name__
    assert raised.value.available == ("other",)
