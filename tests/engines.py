"""The same rows on every engine, and back."""

from __future__ import annotations

import os
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import duckdb
import narwhals.stable.v2 as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tests.warehouses import warehouse

if TYPE_CHECKING:
    from collections.abc import Mapping

ENGINES = tuple(os.environ.get("CRMKIT_ENGINES", "polars polars-lazy pandas pandas-arrow pyarrow duckdb").split())
"""The sessions "ibis" and "spark" of nox ask for `ibis-duckdb`, `ibis-postgresql` and `spark`."""

NUMBERS: dict[str, Any] = {"int": pl.Int64, "float": pl.Float64, "decimal": pl.Decimal(28, 3)}
on_every_engine = pytest.mark.parametrize("engine", ENGINES)
with_every_number = pytest.mark.parametrize("number", NUMBERS)


def on(engine: str, *frames: pl.DataFrame) -> Any:
    """Put frames on one engine; several come as a tuple and share one connection."""
    made = tuple(_on(engine, frames))
    return made[0] if len(made) == 1 else made


def _on(engine: str, frames: tuple[pl.DataFrame, ...]) -> list[Any]:
    match engine:
        case "polars" | "polars-lazy":
            return [frame.lazy() if engine == "polars-lazy" else frame for frame in frames]
        case "pandas":
            return [_numpy(frame) for frame in frames]
        case "pandas-arrow":
            return [frame.to_pandas(use_pyarrow_extension_array=True) for frame in frames]
        case "pyarrow":
            return [_arrow(frame) for frame in frames]
        case "duckdb":
            connection = duckdb.connect()
            return [connection.from_arrow(_arrow(frame)) for frame in frames]
        case _:
            return warehouse(engine).tables([_arrow(frame) for frame in frames])


def _arrow(frame: pl.DataFrame) -> pa.Table:
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    return table.cast(pa.schema([(field.name, pa.string() if field.type == pa.large_string() else field.type) for field in table.schema]))


def _numpy(frame: pl.DataFrame) -> pd.DataFrame:
    if any(isinstance(dtype, pl.Decimal) for dtype in frame.schema.values()):
        pytest.skip("pandas has no decimals but those of Arrow")
    made = frame.to_pandas()
    days = [name for name, dtype in frame.schema.items() if dtype == pl.Date]
    return made.astype(dict.fromkeys(days, pd.ArrowDtype(pa.date32())))


def numbered(frame: pl.DataFrame, number: str, *columns: str) -> pl.DataFrame:
    """Give amounts one of the types that callers have."""
    return frame.with_columns(pl.col(*columns).cast(NUMBERS[number]))


def dicts(native: Any) -> list[dict[str, Any]]:
    """Rows of any frame, in its order, with None for everything unknown and days as days."""
    frame = nw.from_native(native)
    eager = frame.collect(backend="polars") if isinstance(frame, nw.LazyFrame) else frame
    return [{name: _plain(value) for name, value in row.items()} for row in eager.iter_rows(named=True)]


def rows(native: Any, *columns: str) -> list[tuple[Any, ...]]:
    """Rows of some columns, in the frame's order."""
    return [tuple(row[name] for name in columns or row) for row in dicts(native)]


def rows_in_order(native: Any, *columns: str) -> list[tuple[Any, ...]]:
    """Rows of some columns, sorted, because the order of a result is not promised."""
    return sorted(rows(native, *columns), key=lambda row: [(value is None, str(value)) for value in row])


def by_id(native: Any, column: str, *, id_: str = "customer_id") -> dict[Any, Any]:
    """One column by the id of its row."""
    return {row[id_]: row[column] for row in dicts(native)}


def _plain(value: Any) -> Any:
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value):  # noqa: PLR0124  # NaN is not itself
        return None
    if isinstance(value, datetime):
        return value.date()
    return value.item() if hasattr(value, "item") else value


def sales(lines: list[tuple[Any, ...]], *columns: str, **dtypes: Any) -> pl.DataFrame:
    """Lines of sales from rows."""
    return pl.DataFrame(lines, schema=list(columns), orient="row", schema_overrides=dtypes)


def day(text: str) -> date:
    """A day from "2026-01-31"."""
    return date.fromisoformat(text)


def queried(query: str, **frames: pl.DataFrame) -> list[tuple[Any, ...]]:
    """What plain SQL finds in frames, by name: the second way to compute a figure."""
    connection = duckdb.connect()
    for name, frame in frames.items():
        connection.register(name, _arrow(frame))
    return list(connection.execute(query).fetchall())


def schema_of(native: Any) -> Mapping[str, Any]:
    """Columns and types of any frame."""
    return dict(nw.from_native(native).collect_schema())
