"""Owner, region or class of a sale: as it was on its day, or as it is today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import narwhals.stable.v2 as nw

from crmkit._checks import check_choice, check_text, refused
from crmkit._frames import Asked, F, check_same, opened

if TYPE_CHECKING:
    from crmkit._frames import Lazy, Table

__all__ = ["add_attribute"]


def add_attribute(
    sales: F, changes: F, *, attribute: str, as_it_was: Literal["at_sale", "today"], on: str = "customer_id", into: str | None = None
) -> F:
    """
    Add owner, region, class or any other attribute that changes: as it was on the day of the sale, or as it is today.

    >>> import polars as pl
    >>> from datetime import date
    >>> sales = pl.DataFrame({"customer_id": ["C-1", "C-1"], "issued_on": [date(2025, 12, 31), date(2026, 1, 1)], "revenue": [10, 5]})
    >>> changes = pl.DataFrame({"customer_id": ["C-1"], "changed_on": [date(2026, 1, 1)], "region": ["north"]})
    >>> add_attribute(sales, changes, attribute="region", as_it_was="at_sale").sort("issued_on")["region"].to_list()
    [None, 'north']

    Args:
        sales: Lines with `issued_on` (Date) and the column *on*.
        changes: One row for each change with the column *on*, `changed_on` (Date, the first day on which it held; of several on one day the
            greatest value holds) and the attribute.
        attribute: Column of *changes*.
        as_it_was: "at_sale" takes what held on the day of the sale, null before the first change; "today" what was changed last.
        on: What has the attribute: "customer_id", "salesperson_id", "item_id".
        into: Name of the new column, the attribute's own without it; a column of this name is replaced.

    Raises:
        MissingColumnError: For a frame without one of these columns.
        MixedFramesError: For frames of two kinds.
    """
    check_choice("as_it_was", as_it_was, Literal["at_sale", "today"])
    name = check_text("into", attribute if into is None else into)
    if name in {on, "issued_on"}:
        raise refused("into", name, f"another name than {on} and issued_on")
    lines, changed = opened(Asked(sales, "sales", needs=("issued_on", on)), Asked(changes, "changes", needs=("changed_on", on, attribute)))
    check_same(on, lines.dtypes[on], changed.dtypes[on], where=("sales", "changes"))
    days = changed.frame.filter(~nw.col(on).is_null()).group_by(on, "changed_on").agg(nw.col(attribute).max().alias("_held"))
    days = days.with_columns(nw.lit(1).alias("_one"))
    numbered = days.with_columns(nw.col("_one").cum_sum().over(on, order_by="changed_on").cast(nw.Int64).alias("_number"))
    if as_it_was == "today":
        last = numbered.with_columns(nw.col("_number").max().over(on).alias("_last")).filter(nw.col("_number") == nw.col("_last"))
        held = lines.frame.join(last.select(on, "_held"), on=on, how="left")
    else:
        held = _at_sale(lines, numbered, on)
    kept = [column for column in lines.columns if column != name]
    return lines.back(held.select(*kept, nw.col("_held").alias(name)))


def _at_sale(lines: Table[Any], numbered: Lazy, on: str) -> Lazy:
    """Join each day of a sale with the number of changes up to it; engines do not agree on joins by the last day before."""
    sold = lines.frame.filter(~nw.col(on).is_null()).select(on, nw.col("issued_on").alias("changed_on")).unique()
    marks = nw.concat(
        [
            sold.with_columns(nw.lit(0).cast(nw.Int64).alias("_one"), nw.lit(1).cast(nw.Int64).alias("_sale")),
            numbered.select(on, "changed_on", nw.col("_one").cast(nw.Int64)).with_columns(nw.lit(0).cast(nw.Int64).alias("_sale")),
        ]
    )
    counted = marks.with_columns(nw.col("_one").cum_sum().over(on, order_by=["changed_on", "_sale"]).cast(nw.Int64).alias("_number"))
    of_day = counted.filter(nw.col("_sale") == 1).join(numbered.select(on, "_number", "_held"), on=[on, "_number"], how="left")
    by_day = of_day.select(on, nw.col("changed_on").alias("issued_on"), "_held")
    return lines.frame.join(by_day, on=[on, "issued_on"], how="left")
