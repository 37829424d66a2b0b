"""The amount that an analysis measures: a column, or the gross profit of each line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import narwhals.stable.v2 as nw

from crmkit._checks import check_text
from crmkit._frames import check_number

if TYPE_CHECKING:
    from crmkit._frames import F, Table

__all__ = ["VALUE", "with_value"]

VALUE = "_value"
_PROFIT = "gross_profit"


def with_value(table: Table[F], value: str) -> Table[F]:
    """Add what *value* names as the amount `VALUE`; "gross_profit" is revenue − cost of each line, where there is no such column."""
    if check_text("value", value) in table.dtypes:
        check_number(value, table.dtypes[value])
        return attrs.evolve(
            table, frame=table.frame.with_columns(nw.col(value).alias(VALUE)), dtypes={**table.dtypes, VALUE: table.dtypes[value]}
        )
    if value != _PROFIT:
        table.require(value)
    table.require("revenue", "cost")
    dtype = table.total_dtype("revenue", "cost") or nw.Float64()
    profit = (table.amount("revenue") - table.amount("cost")).alias(VALUE)
    typed = profit.cast(dtype) if isinstance(dtype, nw.Decimal) else profit
    return attrs.evolve(table, frame=table.frame.with_columns(typed), dtypes={**table.dtypes, VALUE: dtype})
