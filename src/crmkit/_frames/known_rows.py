"""Small tables of whole numbers and days that Python knows, on the engine and the connection of a caller's frame."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from crmkit._frames.days import day_ordinal, with_day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmkit._frames.tables import Lazy, Table

_DIGITS = 12
_OF_A_DAY = 8


def known_rows(table: Table[Any], columns: Mapping[str, Sequence[int] | Sequence[date]]) -> Lazy:
    """
    Make a table of whole numbers, not negative, and of days; at least one row of them.

    Engines that keep their tables to themselves can only be given literals: there the numbers are one text, taken apart again.
    """
    days = [name for name, values in columns.items() if isinstance(values[0], date)]
    if table.engine.is_pandas_like():
        numbers = {name: [day_ordinal(value) if isinstance(value, date) else value for value in columns[name]] for name in columns}
        rows: Lazy = nw.from_dict(numbers, backend=table.engine).lazy()  # type: ignore[arg-type]  # one of those that are like pandas
        for name in days:
            rows = with_day(rows, name, table.engine, into=name)
        return rows
    text = nw.lit(",".join("".join(map(_written, row)) for row in zip(*columns.values(), strict=True)))
    row = table.frame.head(0).select(nw.len().alias("_none")).select(text.str.split(",").alias("_row")).explode("_row")
    return row.select(*(_read(place * _DIGITS, is_day=name in days).alias(name) for place, name in enumerate(columns)))


def _written(value: int | date) -> str:
    return (value.isoformat().replace("-", "") if isinstance(value, date) else str(value)).zfill(_DIGITS)


def _read(start: int, *, is_day: bool) -> nw.Expr:
    text = nw.col("_row").str
    if is_day:
        return text.slice(start + _DIGITS - _OF_A_DAY, _OF_A_DAY).str.to_date(format="%Y%m%d")
    return text.slice(start, _DIGITS).cast(nw.Int64)
