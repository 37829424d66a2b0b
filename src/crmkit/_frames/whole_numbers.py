"""Small tables of whole numbers that Python knows, on the engine and the connection of a caller's frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmkit._frames.tables import Lazy, Table

_DIGITS = 12


def number_rows(table: Table[Any], columns: Mapping[str, Sequence[int]]) -> Lazy:
    """
    Make a table of whole numbers, not negative, at least one row of them.

    Engines that keep their tables to themselves can only be given literals: there the numbers are one text, taken apart again.
    """
    if table.engine.is_pandas_like():
        return nw.from_dict({name: list(numbers) for name, numbers in columns.items()}, backend=table.engine).lazy()  # type: ignore[arg-type]  # one of those that are like pandas
    rows = ("".join(f"{number:0{_DIGITS}d}" for number in row) for row in zip(*columns.values(), strict=True))
    text = nw.lit(",".join(rows)).str.split(",").alias("_row")
    row = table.frame.head(0).select(nw.len().alias("_none")).select(text).explode("_row")
    parts = (nw.col("_row").str.slice(place * _DIGITS, _DIGITS).cast(nw.Int64).alias(name) for place, name in enumerate(columns))
    return row.select(*parts)
