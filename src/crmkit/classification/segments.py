"""Segments as rules: conditions over columns, which are data and no code."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

import attrs
import narwhals.stable.v2 as nw

from crmkit._checks import check_each, check_kind, check_text, refused
from crmkit._frames import Asked, F, Table, compared, opened, tested
from crmkit.conditions import Condition

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmkit._frames.comparisons import Test

__all__ = ["Segment", "add_segments", "holds"]


def _conditions(conditions: Condition | Iterable[Condition]) -> tuple[Condition, ...]:
    given = (conditions,) if isinstance(conditions, Condition) else conditions
    return check_each("conditions", given, lambda name, item: check_kind(name, item, Condition))


@attrs.frozen
class Segment:
    """
    A named group of customers, or of anything else that has rows.

    Attributes:
        name: Its name, and that of the column that `add_segments` makes.
        conditions: What must hold, all of them; none at all holds for everyone.
    """

    name: str
    conditions: tuple[Condition, ...] = attrs.field(converter=_conditions)

    def __attrs_post_init__(self) -> None:
        """Refuse a segment without a name."""
        check_text("name", self.name)


def add_segments(frame: F, *, segments: Sequence[Segment]) -> F:
    """
    Tell of each row to which segments it belongs; it may be several, or none.

    >>> import polars as pl
    >>> from crmkit.conditions import Condition
    >>> big = Segment("big", [Condition("revenue", "at_least", 1000), Condition("abc_class", "one_of", ("A", "B"))])
    >>> customers = pl.DataFrame({"customer_id": ["C-1", "C-2"], "revenue": [1000, 5000], "abc_class": ["A", None]})
    >>> add_segments(customers, segments=[big])["big"].to_list()
    [True, False]

    Args:
        frame: Any frame with the columns of the conditions.
        segments: The segments, each with a name of its own.

    Returns:
        All rows with one column (Boolean, never null) for each segment; a missing value passes no test but "missing". A column of lists,
        such as `tags`, is "equal" to what it holds, "not_equal" to what it does not hold, "one_of" if it holds one of them, and "missing"
        when it holds nothing.

    Raises:
        MissingColumnError: For a frame without a column of a condition.
        InvalidValueError: For two segments of one name, a name that a condition reads, or a value of another type than its column.
    """
    asked = check_each("segments", segments, lambda name, item: check_kind(name, item, Segment))
    read = tuple(dict.fromkeys(condition.column for segment in asked for condition in segment.conditions))
    names = [segment.name for segment in asked]
    if len(set(names)) < len(names) or set(names) & set(read):
        raise refused("segments", names, "names that differ from each other and from the columns of the conditions")
    (table,) = opened(Asked(frame, "frame", needs=read))
    flags = [holds(table, segment).alias(segment.name) for segment in asked]
    return table.back(table.frame.with_columns(*flags) if flags else table.frame)


def holds(table: Table[Any], segment: Segment) -> nw.Expr:
    """Whether all conditions hold; never null."""
    held = nw.lit(value=True)
    for condition in reversed(segment.conditions):
        held = nw.when(_passes(table, condition)).then(held).otherwise(nw.lit(value=False))
    return held


def _passes(table: Table[Any], condition: Condition) -> nw.Expr:
    dtype = table.dtypes[condition.column]
    if isinstance(dtype, nw.List):
        return _passes_held(dtype, condition)
    column = nw.col(condition.column).fill_nan(None) if dtype.is_float() else nw.col(condition.column)
    if condition.test == "missing":
        return column.is_null() if condition.value else ~column.is_null()
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    tests = [_compares(column, condition, table, value) for value in values]
    passed = nw.lit(value=False)
    for test in tests:
        passed = nw.when(test).then(nw.lit(value=True)).otherwise(passed)
    return passed & ~column.is_null()


def _passes_held(dtype: nw.List, condition: Condition) -> nw.Expr:
    """Whether a test of a list passes; null where there is none."""
    held = nw.col(condition.column).list
    if condition.test == "missing":
        is_empty = nw.when(held.len() > 0).then(nw.lit(value=False)).otherwise(nw.lit(value=True))
        return is_empty if condition.value else ~is_empty
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    if condition.test not in {"equal", "not_equal", "one_of"} or (dtype.inner == nw.String) != all(isinstance(one, str) for one in values):
        accepted = "'equal', 'not_equal', 'one_of' or 'missing' with values of that type"
        raise refused("condition", f"{condition.test} {condition.value!r}", f"for column {condition.column!r} of type {dtype}: {accepted}")
    holds = nw.lit(value=False)
    for value in values:
        holds = nw.when(held.contains(value)).then(nw.lit(value=True)).otherwise(holds)
    return holds if condition.test != "not_equal" else ~holds & ~nw.col(condition.column).is_null()


def _compares(column: nw.Expr, condition: Condition, table: Table[Any], value: Any) -> nw.Expr:  # noqa: ANN401
    dtype = table.dtypes[condition.column]
    test = cast("Test", "equal" if condition.test == "one_of" else condition.test)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        if not dtype.is_numeric():
            raise refused("value", value, f"a value that fits column {condition.column!r} of type {dtype}")
        return compared(column, dtype, test, value)
    if dtype.is_numeric():
        raise refused("value", value, f"a number, for column {condition.column!r} of type {dtype}")
    return tested(column, test, nw.lit(value))
