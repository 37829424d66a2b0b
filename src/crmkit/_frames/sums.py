"""Sums, counts and ratios by group, and the meeting of several tables in one; alike on every engine."""

from __future__ import annotations

from decimal import Decimal
from functools import reduce
from itertools import product
from operator import add
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from crmkit._checks import refused
from crmkit._frames.amounts import WIDE, check_alike
from crmkit._frames.tables import CURRENCY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from narwhals.stable.v2 import Expr
    from narwhals.stable.v2.dtypes import DType

    from crmkit._frames.tables import Lazy, Table


def summed(rows: Lazy, groups: Sequence[str], *sums: Expr) -> Lazy:
    """Aggregate each group; without groups there is one row in all."""
    return rows.group_by(*groups).agg(*sums) if groups else rows.select(*sums)


def one_where(condition: Expr) -> Expr:
    """1 where something is true, else 0, so that a sum counts; the condition is never null in pandas."""
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)


def ratio(part: Expr, whole: Expr) -> Expr:
    """One number by another, or null where the other is not above zero."""
    return nw.when(whole > 0).then(part.cast(nw.Float64) / whole.cast(nw.Float64))


def stacked(parts: Sequence[Lazy], groups: Sequence[str], columns: Mapping[str, DType]) -> Lazy:
    """
    Add up several tables by the same groups: a column that one of them lacks is zero there.

    A join would lose groups whose value is null, and groups that only one of the tables has.
    """
    filled = []
    schemas = [part.collect_schema() for part in parts]
    if not parts[0].implementation.is_pandas_like():  # that puts anything beside anything
        for name, schema in product(groups, schemas[1:]):
            check_alike(name, schemas[0][name], schema[name])
    for part, has in zip(parts, schemas, strict=True):
        made = [(nw.col(name).fill_null(0) if name in has else nw.lit(0)).cast(dtype).alias(name) for name, dtype in columns.items()]
        filled.append(part.select(*groups, *made))
    sums = summed(nw.concat(filled), groups, nw.col(*columns).sum())
    return sums.select(*groups, *(nw.col(name).cast(dtype) for name, dtype in columns.items()))


def in_each_currency(counts: Lazy, money: Lazy) -> Lazy:
    """Set counts that know no currency beside each currency of a table of amounts, since a ratio needs both in one row."""
    if CURRENCY not in money.collect_schema().names():
        return counts
    named = money.select(CURRENCY).unique().with_columns(_beside=nw.lit(0))
    return counts.with_columns(_beside=nw.lit(0)).join(named, on="_beside", how="left").drop("_beside")


def check_currencies_meet(*tables: Table[Any]) -> None:
    """Refuse amounts with a currency beside amounts without one."""
    for table in tables[1:]:
        if table.currency != tables[0].currency:
            named, unnamed = (table, tables[0]) if table.currency else (tables[0], table)
            raise refused(
                unnamed.name, f"a frame without {CURRENCY!r}", f"a {CURRENCY!r} column in both frames, or in none; {named.name} has one"
            )


def share_of(table: Table[Any], name: str, numerator: Expr | int, denominator: Expr | int) -> Expr:
    """An amount × numerator / denominator (whole numbers, the denominator above zero), in the amount's own type."""
    dtype = table.total_dtype(name)
    return quotient([(units(nw.col(name), dtype, table.engine), numerator)], denominator, dtype)


def units(amount: Expr, dtype: DType | None, engine: nw.Implementation) -> Expr:
    """
    An amount of a type as whole numbers of its last decimal; a float as it is.

    Those of a decimal have 128 bits, but 64 on engines where Narwhals knows no others; they refuse what leaves that.
    """
    if _is_float(dtype):
        return amount.cast(nw.Float64)
    if not isinstance(dtype, nw.Decimal):
        return amount.cast(nw.Int64)
    return (amount.cast(dtype) * 10**dtype.scale if dtype.scale else amount).cast(_whole(engine))


def quotient(products: Sequence[tuple[Expr, Expr | int]], denominator: Expr | int, dtype: DType | None) -> Expr:
    """
    A sum of units × whole numbers from zero, by a whole number above zero, as an amount: rounded once, half away from zero.

    No units are of another sign than the first. They are divided first and what is left is multiplied, so that no product leaves the
    range of the units.
    """
    if _is_float(dtype):
        return reduce(add, (unit * number for unit, number in products)) / denominator
    whole, rest = nw.lit(0), nw.lit(0)
    for unit, number in products:
        share = unit.abs() // denominator
        whole, rest = whole + share * number, rest + (unit.abs() - share * denominator) * number
    size = whole + (rest * 2 + denominator) // (denominator * 2)
    return amount_of(nw.when(products[0][0] < 0).then(nw.lit(0) - size).otherwise(size), dtype)


def amount_of(number: Expr, dtype: DType | None) -> Expr:
    """Units as an amount again; a float as it is."""
    if dtype is None or dtype.is_float():
        return number
    if not isinstance(dtype, nw.Decimal) or not dtype.scale:
        return number.cast(dtype)
    return (number.cast(WIDE) * nw.lit(Decimal(1).scaleb(-dtype.scale))).cast(dtype)


def scale_of(dtype: DType | None) -> int:
    """Decimals of an amount's type."""
    return dtype.scale if isinstance(dtype, nw.Decimal) else 0


def _whole(engine: nw.Implementation) -> DType:
    """The widest whole numbers of an engine."""
    return nw.Int64() if engine.is_ibis() or engine.is_spark_like() else nw.Int128()


def _is_float(dtype: DType | None) -> bool:
    return dtype is None or dtype.is_float()
