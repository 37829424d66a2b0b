"""
The way through another engine and back.

PyArrow has no windows, and pandas neither adds decimals up row by row nor whole numbers beyond 64 bits: such frames go through Polars,
or DuckDB where Polars is not installed.
"""

from __future__ import annotations

import math
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

import narwhals.stable.v2 as nw

from crmkit.errors import MissingExtraError, UnsupportedEngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Lazy: TypeAlias = "nw.LazyFrame[Any]"


def kind_of(native: object) -> str:
    """Engine and class of a frame, as an error names it."""
    package = type(native).__module__.split(".")[0].removeprefix("_")
    return f"{package}.{type(native).__name__}"


def needs_detour(frame: Any, wide: bool) -> bool:  # noqa: ANN401, FBT001
    if frame.implementation.is_pyarrow():
        return True
    return frame.implementation.is_pandas_like() and (wide or any(isinstance(dtype, nw.Decimal) for dtype in frame.schema.values()))


def detour() -> Literal["polars", "duckdb"]:
    if find_spec("polars") is not None:
        return "polars"
    if find_spec("duckdb") is not None:
        return "duckdb"
    raise MissingExtraError("analytics", "polars")


def array_detour() -> Literal["polars"]:
    """Array kernels read Polars, whatever comes in: both are in the same extra."""
    if find_spec("polars") is None:
        raise MissingExtraError("analytics", "polars")
    return "polars"


def lazy(frame: Any, through: Literal["polars", "duckdb"] | None) -> Lazy:  # noqa: ANN401
    if through is None or (through == "polars" and frame.implementation.is_polars()):
        return cast("Lazy", frame.lazy())
    if isinstance(frame, nw.LazyFrame):
        return frame.collect(backend="polars").lazy()  # only array kernels take a lazy frame elsewhere
    return nw.from_arrow(frame, backend="pyarrow").lazy(backend=through)


def way_back(native: Any, frame: Any, through: str | None) -> Callable[[Lazy], Any]:  # noqa: ANN401
    engine = frame.implementation
    if through is not None and not engine.is_polars():
        if engine.is_duckdb():
            return lambda result: _relation(native, result)
        if isinstance(frame, nw.LazyFrame):
            raise UnsupportedEngineError(
                "a figure that is computed at once", engine.name.lower(), ("Polars", "pandas", "PyArrow", "DuckDB")
            )
        return _arrow_back(native)
    if isinstance(frame, nw.DataFrame) and frame.implementation.is_polars():
        return lambda result: result.collect().to_native()
    if kind_of(native).startswith("pandas."):
        return lambda result: _with_nullable_flags(native, result.to_native())
    return lambda result: result.to_native()


def _with_nullable_flags(native: Any, made: Any) -> Any:  # noqa: ANN401
    """Give flags that were computed, and are unknown in some rows, the type of pandas for that: NumPy has only objects for them."""
    from pandas.api.types import infer_dtype  # noqa: PLC0415  # only for a caller who has it

    given = {name for name in native.columns if native[name].dtype == object}
    objects = (name for name in made.columns if made[name].dtype == object and name not in given)
    return made.astype(dict.fromkeys((name for name in objects if infer_dtype(made[name], skipna=True) == "boolean"), "boolean"))


def _relation(native: Any, result: Lazy) -> Any:  # noqa: ANN401
    """Rows as a relation of the same connection: DuckDB finds the local table by its name."""
    crmkit_result = result.collect(backend="pyarrow").to_native()  # noqa: F841  # named in the query
    return native.query("crmkit_source", "SELECT * FROM crmkit_result")


def _arrow_back(native: Any) -> Callable[[Lazy], Any]:  # noqa: ANN401
    def to_arrow(result: Lazy) -> Any:  # noqa: ANN401
        table = result.collect(backend="pyarrow").to_native()
        for place, field in enumerate(table.schema):
            if (
                field.name in native.schema.names
                and str(native.schema.field(field.name).type) == "string"
                and str(field.type) == "large_string"
            ):
                table = table.set_column(place, field.name, table[field.name].cast("string"))
        return table

    def to_pandas(result: Lazy) -> Any:  # noqa: ANN401
        from pandas import ArrowDtype  # noqa: PLC0415  # only for a caller who has it

        made = result.collect(backend="pyarrow").to_native().to_pandas(types_mapper=ArrowDtype)
        kept = {name: native[name].dtype for name in made.columns if name in native.columns}
        return made.astype(
            {name: dtype for name, dtype in kept.items() if not isinstance(dtype, ArrowDtype) and not _would_lose(made[name], dtype)}
        )

    return to_pandas if kind_of(native).startswith("pandas.") else to_arrow


def _would_lose(column: Any, dtype: Any) -> bool:  # noqa: ANN401
    """Whether a column of the same name that was computed holds what the caller's type cannot: decimals, or fractions of a count."""
    made = str(column.dtype)
    return made.startswith("decimal") or (made.startswith("double") and getattr(dtype, "kind", "") in "iu")


def plain_rows(frame: nw.DataFrame[Any]) -> Iterator[dict[str, Any]]:
    """Rows as plain values of Python, whatever the engine calls what is unknown."""
    for row in frame.iter_rows(named=True):
        yield {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401
    if type(value).__name__ in {"NAType", "NaTType"} or (isinstance(value, float) and math.isnan(value)):
        return None
    return value.item() if hasattr(value, "item") else value
