"""Company groups in frames: rows of a party become rows of the head of its group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from crmkit._checks import check_int, refused
from crmkit._frames import Asked, F, opened

if TYPE_CHECKING:
    from crmkit._frames import Lazy, Table

__all__ = ["by_group"]


def by_group(frame: F, customers: F, *, levels: int = 8) -> F:
    """
    Give every row to the head of its company group, so that classes, lost customers, cards and all else are taken per group.

    The head is found along `parent_id`; whoever has none is his own. It need not be among the customers itself.

    >>> import polars as pl
    >>> customers = pl.DataFrame({"customer_id": ["C-1", "C-2", "C-3"], "parent_id": [None, "C-1", "C-2"]})
    >>> sales = pl.DataFrame({"customer_id": ["C-1", "C-3", "C-9"], "revenue": [10, 20, 30]})
    >>> by_group(sales, customers).sort("revenue").rows()
    [('C-1', 10, 'C-1'), ('C-1', 20, 'C-3'), ('C-9', 30, 'C-9')]

    Args:
        frame: Any frame with `customer_id`: sales, documents, interactions …; for one row per group of the customers themselves keep
            those without a parent.
        customers: Frame with `customer_id`, one row each, and `parent_id` (of the same type; null is none).
        levels: How many levels a group has at most below its head.

    Returns:
        All columns of *frame* with the head in `customer_id`, and `member_id` with who it was; rows without a customer stay without.

    Raises:
        MissingColumnError: For a frame without one of these columns.
        MixedFramesError: For frames of two kinds.
        InvalidValueError: For a frame that has a column `member_id`.
    """
    check_int("levels", levels, at_least=1)
    table, parties = opened(
        Asked(frame, "frame", needs=("customer_id",)), Asked(customers, "customers", needs=("customer_id", "parent_id"))
    )
    if "member_id" in table.dtypes:
        raise refused("frame", "a column 'member_id'", "a frame without it: it will hold the former customer_id")
    heads = _heads(parties, levels).with_columns(nw.col("_member").cast(table.dtypes["customer_id"]))
    joined = table.frame.join(heads, left_on="customer_id", right_on="_member", how="left")
    head = nw.coalesce("_head", "customer_id").cast(table.dtypes["customer_id"])  # pandas keeps whole numbers with gaps as floats
    renamed = joined.with_columns(nw.col("customer_id").alias("member_id"), head.alias("customer_id"))
    return table.back(renamed.select(*table.columns, "member_id"))


def _heads(parties: Table[Any], levels: int) -> Lazy:
    """The head of everyone who has a parent, as `_member` and `_head`: one step up for each level."""
    dtype = parties.dtypes["customer_id"]
    below = parties.frame.filter(~nw.col("parent_id").is_null())
    steps = below.select(nw.col("customer_id").alias("_member"), nw.col("parent_id").cast(dtype).alias("_head"))
    above = steps.select(nw.col("_member").alias("_below"), nw.col("_head").alias("_above"))
    for _ in range(levels - 1):
        risen = steps.join(above, left_on="_head", right_on="_below", how="left")
        steps = risen.select("_member", nw.coalesce("_above", "_head").cast(dtype).alias("_head"))
    return steps
