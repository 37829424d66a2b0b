"""Columns in which nothing is known: engines give them a type of their own, or that of text, and analyses the one of their name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import narwhals.stable.v2 as nw

if TYPE_CHECKING:
    from collections.abc import Mapping

    from narwhals.stable.v2.dtypes import DType

    from crmkit._frames.detours import Lazy

Kind: TypeAlias = Literal["number", "day", "text", "flag"]

_OF_NOTHING = ("null", "null[pyarrow]", "void")
_TYPES: Mapping[Kind, DType] = {"day": nw.Date(), "text": nw.String(), "flag": nw.Boolean()}


def holds_nothing(frame: Any, name: str, dtype: DType, kind: Kind) -> bool:  # noqa: ANN401
    """Whether a column is known to have no value at all, so that it can take the type of what it would hold."""
    if isinstance(dtype, nw.Unknown):
        return _native_type(frame, name) in _OF_NOTHING
    if kind == "text" or not frame.implementation.is_pandas_like() or not isinstance(dtype, nw.String | nw.Object):
        return False
    return bool(frame.lazy().select(nw.col(name).is_null().all()).collect().item())


def cast_nothing(
    frame: Lazy, unknown: Mapping[str, Kind], dtypes: Mapping[str, DType], engine: nw.Implementation
) -> tuple[Lazy, dict[str, DType]]:
    """Give such columns their types; an unknown number takes that of the first number that is known."""
    numbers = (dtype for name, dtype in dtypes.items() if name not in unknown and dtype.is_numeric())
    # NumPy has no other number for what is unknown.
    number = nw.Float64() if engine.is_pandas_like() else next(numbers, nw.Float64())
    made = {name: number if kind == "number" else _TYPES[kind] for name, kind in unknown.items()}
    if engine.is_pandas_like():  # nor any unknown flag: such a column stays as it is
        made = {name: dtype for name, dtype in made.items() if not isinstance(dtype, nw.Boolean)}
    if not made:
        return frame, made
    return frame.with_columns(nw.lit(None, dtype=dtype).cast(dtype).alias(name) for name, dtype in made.items()), made


def _native_type(frame: Any, name: str) -> str:  # noqa: ANN401
    native = nw.to_native(frame)
    if frame.implementation.is_polars():
        found = native.collect_schema()[name]
    elif frame.implementation.is_pyarrow():
        found = native.schema.field(name).type
    elif frame.implementation.is_duckdb():
        found = dict(zip(native.columns, native.types, strict=True))[name]
    elif frame.implementation.is_pandas_like():
        found = native.dtypes[name]
    else:
        return ""
    return str(found).strip('"').lower()
