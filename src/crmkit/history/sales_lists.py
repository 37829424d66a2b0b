"""What was sold: the lines themselves, and the items they add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

from crmkit._frames import Asked, F, opened

if TYPE_CHECKING:
    from crmkit.periods import Period

__all__ = ["purchased_items", "sales_history"]

_SHOWN = ("customer_id", "issued_on", "document_id", "item_id", "quantity", "unit", "unit_price", "revenue", "currency")


def sales_history(sales: F, *, period: Period | None = None) -> F:
    """
    Show the lines of sales, newest first. For some customers only, filter the frame before.

    >>> import polars as pl
    >>> from datetime import date
    >>> days = [date(2026, 1, 5), date(2026, 2, 5)]
    >>> sales = pl.DataFrame({"customer_id": ["C-1", "C-1"], "issued_on": days, "item_id": ["I-1", "I-2"], "revenue": [100, 50]})
    >>> sales_history(sales)["item_id"].to_list()
    ['I-2', 'I-1']

    Args:
        sales: Lines with `customer_id`, `issued_on` (Date), `revenue` (amount).
        period: Only lines issued in it.

    Returns:
        `customer_id`, `issued_on`, and of `document_id`, `item_id`, `quantity`, `unit`, `unit_price`, `revenue`, `currency` those that the
        frame has; sorted by day, newest first, then by customer, document and item.

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    (table,) = opened(Asked(sales, "sales", needs=("customer_id", "issued_on"), amounts=("revenue",)))
    shown = [name for name in _SHOWN if name in table.dtypes]
    order = ["issued_on", *(name for name in ("customer_id", "document_id", "item_id") if name in table.dtypes)]
    lines = table.within(period).frame.select(*shown)
    return table.back(lines.sort(*order, descending=[True] + [False] * (len(order) - 1), nulls_last=True))


def purchased_items(sales: F, *by: str, period: Period | None = None) -> F:
    """
    Add up what was bought of each item, credit notes taken off; different units stay apart.

    >>> import polars as pl
    >>> sales = pl.DataFrame({"document_id": ["1", "2"], "item_id": ["I-1"] * 2, "quantity": [3, -1], "revenue": [30, -10]})
    >>> purchased_items(sales).rows()
    [('I-1', 2, 20, 2)]

    Args:
        sales: Lines with `item_id`, `document_id`, `quantity` (number), `revenue` (amount), and the columns of *by*; `unit` (String) is
            used where there is one.
        by: Columns that make a group, usually "customer_id".
        period: Only lines issued in it.

    Returns:
        The columns of *by*, `currency` where there is one, `item_id`, `unit` where there is one, `quantity` and `revenue` (in their own
        numeric types) and `documents` (count of invoices and credit notes), one row for each group, in no particular order.

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    (table,) = opened(Asked(sales, "sales", needs=("item_id", "document_id"), amounts=("quantity", "revenue")))
    item = tuple(name for name in ("item_id", "unit") if name in table.dtypes)
    groups = tuple(dict.fromkeys((*table.groups(by, made=("quantity", "revenue", "documents", "document_id")), *item)))
    lines = table.within(period).frame.select(*groups, "document_id", table.amount("quantity"), table.amount("revenue"))
    sums = nw.col("quantity", "revenue").sum()
    # Once per document, then once more: not every engine counts distinct documents.
    items = lines.group_by(*groups, "document_id").agg(sums).group_by(*groups).agg(sums, nw.col("document_id").count().alias("documents"))
    amounts = [table.total(nw.col(name), name) for name in ("quantity", "revenue")]
    return table.back(items.select(*groups, *amounts, nw.col("documents").cast(nw.Int64)))
