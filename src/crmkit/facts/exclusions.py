"""Walk-in, one-time and internal customers: taken out of an analysis, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from crmkit._frames import Asked, F, opened

if TYPE_CHECKING:
    from crmkit._frames import Lazy, Table

__all__ = ["excluded_customers", "without_excluded"]


def without_excluded(frame: F, customers: F) -> F:
    """
    Leave out the rows of customers that analyses do not count: those with a reason in `excluded`.

    Rows of no customer, and of customers that are not in the table, stay.

    >>> import polars as pl
    >>> customers = pl.DataFrame({"customer_id": ["C-1", "WALK-IN"], "excluded": [None, "walk-in"]})
    >>> sales = pl.DataFrame({"customer_id": ["C-1", "WALK-IN"], "revenue": [100, 3]})
    >>> without_excluded(sales, customers).rows()
    [('C-1', 100)]

    Args:
        frame: Any table with `customer_id`: sales, customers, documents, interactions.
        customers: One row per party with `customer_id` and `excluded` (String, null for whoever counts).

    Returns:
        The rows that are left, in the same kind of frame with the same columns.

    Raises:
        MissingColumnError: For a frame without one of these columns.
        MixedFramesError: For frames of two kinds.
    """
    rows, parties = opened(Asked(frame, "frame", needs=("customer_id",)), Asked(customers, "customers", needs=("customer_id", "excluded")))
    left_out = _excluded(parties).select("customer_id").unique()
    return rows.back(rows.frame.join(left_out, on="customer_id", how="anti"))


def excluded_customers(customers: F) -> F:
    """
    List the customers that analyses leave out; `excluded` holds the reason.

    >>> import polars as pl
    >>> excluded_customers(pl.DataFrame({"customer_id": ["C-1", "WALK-IN"], "excluded": [None, "walk-in"]})).rows()
    [('WALK-IN', 'walk-in')]

    Args:
        customers: One row per party with `customer_id` and `excluded` (String).

    Returns:
        Those rows, in the same kind of frame with the same columns.

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    (parties,) = opened(Asked(customers, "customers", needs=("customer_id", "excluded")))
    return parties.back(_excluded(parties))


def _excluded(parties: Table[Any]) -> Lazy:
    return parties.frame.filter(~nw.col("excluded").is_null())
