"""The column of sales that an analysis measures, and gross profit where the frame has only revenue and cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import narwhals.stable.v2 as nw

from crmkit._checks import check_text
from crmkit._frames import Asked, F, Table, check_number, opened

if TYPE_CHECKING:
    from narwhals.stable.v2.dtypes import DType

__all__ = ["GROSS_PROFIT", "measured", "unit_of"]

GROSS_PROFIT = "gross_profit"
_LONGEST = 38


def measured(sales: F, *needs: str, value: str) -> Table[F]:
    """
    Open sales with the column to measure.

    "gross_profit" need not be a column: then it is revenue less cost of each line whose cost is known, and unknown for the others.
    """
    check_text("value", value)
    (table,) = opened(Asked(sales, "sales", needs=needs, optional_amounts=tuple(dict.fromkeys((value, "revenue", "cost")))))
    if value != GROSS_PROFIT or GROSS_PROFIT in table.dtypes:
        table.require(value)
        check_number(value, table.dtypes[value])
        return table
    table.require("revenue", "cost")
    dtype = _difference(table)
    profit = (table.amount("revenue").cast(dtype) - table.amount("cost").cast(dtype)).cast(dtype).alias(GROSS_PROFIT)
    return attrs.evolve(table, frame=table.frame.with_columns(profit), dtypes={**table.dtypes, GROSS_PROFIT: dtype})


def unit_of(table: Table[F], value: str) -> tuple[str, ...]:
    """The unit is one more group of quantities: kilograms and pieces are not added."""
    return ("unit",) if value == "quantity" and "unit" in table.dtypes else ()


def _difference(table: Table[F]) -> DType:
    dtype = table.total_dtype("revenue", "cost")
    if dtype is not None:
        return dtype
    scales = [kind.scale for name in ("revenue", "cost") if isinstance(kind := table.dtypes[name], nw.Decimal)]
    return nw.Decimal(_LONGEST, max(scales, default=0))
