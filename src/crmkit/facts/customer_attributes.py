"""Sales seen through what is known of their customers: whose group they belong to, who is left out, and what held at the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import narwhals.stable.v2 as nw

from crmkit._checks import check_choice, check_int, check_text, refused
from crmkit._frames import Asked, F, opened

if TYPE_CHECKING:
    from crmkit._frames import Lazy, Table

__all__ = ["add_attribute", "rolled_up", "without_excluded"]

_LEVELS = 5


def rolled_up(sales: F, customers: F, *, levels: int = _LEVELS) -> F:
    """
    Let the sales of branches count for the head of their company group.

    >>> import polars as pl
    >>> sales = pl.DataFrame({"customer_id": ["branch", "head", "other"], "revenue": [10, 5, 1]})
    >>> customers = pl.DataFrame({"customer_id": ["branch", "head"], "parent_id": ["head", None]})
    >>> rolled_up(sales, customers).sort("revenue").rows()
    [('other', 1, 'other'), ('head', 5, 'head'), ('head', 10, 'branch')]

    Args:
        sales: Any table with `customer_id`.
        customers: One row per party with `customer_id` and `parent_id` (null for the head of a group, and for who has none).
        levels: How many steps up are followed at most; whoever stands in a circle ends somewhere in it.

    Returns:
        All rows with the head of the group as `customer_id`, and who it was in `branch_id`.

    Raises:
        MissingColumnError: For a frame without one of these columns.
        MixedFramesError: For frames of two kinds.
    """
    check_int("levels", levels, at_least=1)
    lines, parties = _opened(sales, customers, "parent_id")
    known = parties.frame.filter(~nw.col("parent_id").is_null(), ~nw.col("customer_id").is_null())
    parents = known.group_by("customer_id").agg(nw.col("parent_id").max().alias("_parent"))
    heads = parents.select("customer_id", nw.col("_parent").alias("_head"))
    for _ in range(levels - 1):
        above = parents.select(nw.col("customer_id").alias("_head"), nw.col("_parent").alias("_above"))
        heads = heads.join(above, on="_head", how="left")
        heads = heads.select("customer_id", nw.coalesce(nw.col("_above"), nw.col("_head")).alias("_head"))
    rows = lines.frame.with_columns(nw.col("customer_id").alias("branch_id")).join(heads, on="customer_id", how="left")
    return lines.back(rows.with_columns(nw.coalesce(nw.col("_head"), nw.col("customer_id")).alias("customer_id")).drop("_head"))


def without_excluded(sales: F, customers: F) -> F:
    """
    Leave out the sales of customers who are excluded from analyses, such as walk-in, internal and one-time customers.

    What was left out is the rest: join the sales with `excluded` to see it with its reasons.

    >>> import polars as pl
    >>> sales = pl.DataFrame({"customer_id": ["C-1", "till"], "revenue": [10, 5]})
    >>> customers = pl.DataFrame({"customer_id": ["C-1", "till"], "excluded": [None, "walk-in"]})
    >>> without_excluded(sales, customers).rows()
    [('C-1', 10)]

    Args:
        sales: Any table with `customer_id`; rows without one stay.
        customers: One row per party with `customer_id` and `excluded` (String, the reason; null for who is not).

    Returns:
        The rows of all others.

    Raises:
        MissingColumnError: For a frame without one of these columns.
        MixedFramesError: For frames of two kinds.
    """
    lines, parties = _opened(sales, customers, "excluded")
    out = parties.frame.filter(~nw.col("excluded").is_null(), ~nw.col("customer_id").is_null())
    marked = out.group_by("customer_id").agg(nw.len().alias("_excluded"))
    rows = lines.frame.join(marked, on="customer_id", how="left")
    return lines.back(rows.filter(nw.col("_excluded").is_null()).drop("_excluded"))


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
    if lines.dtypes[on] != changed.dtypes[on]:
        raise refused(on, f"{lines.dtypes[on]} in sales, {changed.dtypes[on]} in changes", "one type in both; cast one of them")
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


def _opened(sales: F, customers: F, column: str) -> tuple[Table[F], Table[F]]:
    lines, parties = opened(Asked(sales, "sales", needs=("customer_id",)), Asked(customers, "customers", needs=("customer_id", column)))
    left, right = lines.dtypes["customer_id"], parties.dtypes["customer_id"]
    if left != right:
        raise refused("customer_id", f"{left} in sales, {right} in customers", "one type in both; cast one of them")
    return lines, parties
