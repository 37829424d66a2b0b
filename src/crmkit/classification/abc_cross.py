"""Two classes side by side."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from crmkit._checks import refused
from crmkit._frames import Asked, F, opened

__all__ = ["abc_cross_table"]


def abc_cross_table(frame: F, *, rows: str, columns: str) -> F:
    """
    Count the rows for each pair of two classes, for example A by revenue and C by gross profit.

    >>> import polars as pl
    >>> classed = pl.DataFrame({"by_revenue": ["A", "A", "B"], "by_profit": ["A", "C", "C"]})
    >>> abc_cross_table(classed, rows="by_revenue", columns="by_profit").rows()
    [('A', 'A', 1), ('A', 'C', 1), ('B', 'C', 1)]

    Args:
        frame: One row per customer with the two classes.
        rows: Column with the first class.
        columns: Column with the second class.

    Returns:
        *rows*, *columns* and `customers` (count), one row for each pair that occurs, a missing class included; sorted.

    Raises:
        MissingColumnError: For a frame without the two columns.
    """
    (table,) = opened(Asked(frame, "frame", needs=(rows, columns)))
    if rows == columns or "customers" in {rows, columns}:
        raise refused("columns", columns, "another column than rows, neither of them named customers")
    counts = table.frame.group_by(rows, columns).agg(nw.len().alias("customers"))
    return table.back(counts.with_columns(nw.col("customers").cast(nw.Int64)).sort(rows, columns, nulls_last=True))
