"""
The numbers of frames: what may be added up, and in which type, so that no engine leaves the range of its integers.

An integer sum that may leave 64 bits is taken over decimals of 38 digits. A frame in memory is looked into; a lazy one is not, so its
integers are always added as decimals. What is no number (NaN, infinity) is unknown, as null is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import narwhals.stable.v2 as nw

from crmkit._checks import refused
from crmkit._frames.detours import plain_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from narwhals.stable.v2.dtypes import DType

_LARGEST_INT = 2**63 - 1
_DIGITS = 28  # precision of amounts; Decimal(38, x) leaves engines no room for a difference
WIDE = nw.Decimal(38, 0)


def check_alike(name: str, left: DType, right: DType, *, where: tuple[str, str] = ("one frame", "another")) -> None:
    """Refuse an id that is a number in one place and text in another: an engine would find nothing, or fail."""
    if (left.is_numeric() and right == nw.String) or (left == nw.String and right.is_numeric()):
        check_same(name, left, right, where=where)


def check_same(name: str, left: DType, right: DType, *, where: tuple[str, str]) -> None:
    """Refuse an id of two types, also of two kinds of whole numbers, by which some engines find nothing."""
    if left != right:
        raise refused(name, f"{left} in {where[0]}, {right} in {where[1]}", "one type in both; cast one of them")


def check_day(name: str, dtype: DType) -> None:
    """Refuse a column that holds no days."""
    if not isinstance(dtype, nw.Date | nw.Datetime):
        raise refused(name, f"a column of type {dtype}", "days (Date)")


def check_number(name: str, dtype: DType) -> None:
    """Refuse a column that holds no numbers, with the way to make it hold some."""
    if dtype.is_numeric():
        return
    if isinstance(dtype, nw.Object):
        raise refused(
            name, "a column of objects", f"numbers; for Decimals in pandas: frame['{name}'].astype(pd.ArrowDtype(pa.decimal128(28, 3)))"
        )
    raise refused(name, f"a column of type {dtype}", "numbers; parse text first, or let crmkit report read the file")


def finite(column: nw.Expr) -> nw.Expr:
    """A column of floats, in which what is no number is unknown."""
    return nw.when(column.is_finite()).then(column)


def summable(column: nw.Expr, dtype: DType, *, wide: bool, engine: nw.Implementation) -> nw.Expr:
    """A column of numbers in the type in which it is added up."""
    if dtype.is_float():
        return finite(column if isinstance(dtype, nw.Float64) else column.cast(nw.Float64))
    if not dtype.is_integer():
        return column
    if wide:
        return column if engine.is_duckdb() else column.cast(WIDE)  # the sums of DuckDB have 128 bits by themselves
    return column if isinstance(dtype, nw.Int64) else column.cast(nw.Int64)


def sum_type(dtypes: Sequence[DType], *, wide: bool) -> DType | None:
    """The type of a sum or a difference of such columns, or None where it is left to the engine."""
    if all(dtype.is_integer() for dtype in dtypes):
        return WIDE if wide else nw.Int64()
    if any(dtype.is_float() for dtype in dtypes):
        return nw.Float64()
    if all(isinstance(dtype, nw.Decimal) or dtype.is_integer() for dtype in dtypes):
        decimals = cast("list[nw.Decimal]", [dtype for dtype in dtypes if isinstance(dtype, nw.Decimal)])
        return nw.Decimal(max(_DIGITS, *(dtype.precision for dtype in decimals)), max(dtype.scale for dtype in decimals))
    return None


def may_leave_64_bits(frame: Any, names: Sequence[str]) -> bool:  # noqa: ANN401
    """Whether a sum of integers might."""
    schema = frame.collect_schema()
    whole = [name for name in dict.fromkeys(names) if name in schema and schema[name].is_integer()]
    if not whole:
        return False
    if not isinstance(frame, nw.DataFrame):
        return True
    if not len(frame):
        return False
    (ends,) = plain_rows(frame.select(nw.col(*whole).min().name.suffix("_min"), nw.col(*whole).max().name.suffix("_max")))
    largest = max((abs(int(end)) for end in ends.values() if end is not None), default=0)
    return largest * len(frame) > _LARGEST_INT
