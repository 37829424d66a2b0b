"""Through which items and discounts a group loses money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from crmkit._checks import check_text, refused
from crmkit._frames import Asked, F, Table, opened
from crmkit.metrics.profit_tables import profits

if TYPE_CHECKING:
    from crmkit.periods import Period

__all__ = ["loss_sources_by"]

_KNOWN_DISCOUNT = "_known_discount"


def loss_sources_by(sales: F, *by: str, item: str = "item_id", period: Period | None = None) -> F:
    """
    The items of each group that loses money, worst first: through what it loses, and whether discounts are the reason.

    Definition: of the groups whose gross profit is below zero, the gross profit of each item, as `gross_profit_by` gives it.
        `profit_before_discount` is that gross profit and the discount on the same lines: where it is above zero while the gross profit is
        not, the item would earn money at its list price.
    Unit: amounts in the frame's own numeric type, never two currencies in one row; gross margin is a ratio.
    Undefined when: no cost of an item is known: its cost, gross profit and profit before discount are null, and it comes last.
    Source: Kaplan, Narayanan, "Measuring and Managing Customer Profitability", Journal of Cost Management 15 (2001) 5.

    >>> import polars as pl
    >>> lines = [("C-1", "bike", 100, 130, 40), ("C-1", "bell", 10, 5, 0), ("C-2", "bike", 140, 130, 0)]
    >>> sales = pl.DataFrame(lines, schema=["customer_id", "item_id", "revenue", "cost", "discount"], orient="row")
    >>> sources = loss_sources_by(sales, "customer_id")
    >>> sources.select("customer_id", "item_id", "gross_profit", "profit_before_discount").rows()
    [('C-1', 'bike', -30, 10), ('C-1', 'bell', 5, 5)]

    Args:
        sales: Frame with `revenue` and `cost` (amounts), the item, the columns of *by*, and `issued_on` (Date) where a period is given;
            `discount` (amount, already taken off the revenue) is used where there is one.
        by: Columns that make a group, usually "customer_id".
        item: Column with what the loss is split by, for example "item_id" or "item_group".
        period: Only lines issued in it.

    Returns:
        The columns of *by*, `currency` where there is one, the item, `revenue`, `cost`, `gross_profit`, `revenue_without_cost`,
        `gross_margin` (Float64), with a discount also `discount` and `profit_before_discount`, and `group_gross_profit` (amount); sorted
        by group, that with the largest loss first, then by gross profit, the smallest first.

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    if check_text("item", item) in by:
        raise refused("item", item, "another column than those of the groups")
    (table,) = opened(Asked(sales, "sales", amounts=("revenue", "cost"), optional_amounts=("discount",)))
    table, further = _with_known_discount(table)
    groups = table.groups(by)
    rows = profits(table, (*groups, item), period=period, further=further)
    profit = nw.col("gross_profit")
    whole = profit.sum().over(*groups) if groups else profit.sum()
    losing = rows.with_columns(whole.alias("group_gross_profit")).filter(nw.col("group_gross_profit") < 0)
    figures = {"group_gross_profit": table.total(nw.col("group_gross_profit"), "revenue", "cost")}
    if further:
        figures["discount"] = table.total(nw.col("discount"), "discount")
        before = table.total(profit + nw.col(_KNOWN_DISCOUNT), "revenue", "cost", "discount")
        figures["profit_before_discount"] = nw.when(~profit.is_null()).then(before)
    made = losing.with_columns(figure.alias(name) for name, figure in figures.items())
    shown = (
        "revenue",
        "cost",
        "gross_profit",
        "revenue_without_cost",
        "gross_margin",
        *(name for name in figures if name != "group_gross_profit"),
    )
    result = made.select(*groups, item, *shown, "group_gross_profit")
    return table.back(result.sort("group_gross_profit", *groups, "gross_profit", item, nulls_last=True))


def _with_known_discount(table: Table[F]) -> tuple[Table[F], tuple[str, ...]]:
    """Add the discount of the lines whose cost is known, where there are discounts."""
    if "discount" not in table.dtypes:
        return table, ()
    known = ~table.amount("revenue").is_null() & ~table.amount("cost").is_null()
    discount: Any = nw.when(known).then(table.amount("discount")).alias(_KNOWN_DISCOUNT)
    dtypes = {**table.dtypes, _KNOWN_DISCOUNT: table.dtypes["discount"]}
    return attrs.evolve(table, frame=table.frame.with_columns(discount), dtypes=dtypes), ("discount", _KNOWN_DISCOUNT)
