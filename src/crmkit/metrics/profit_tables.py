"""Gross profit and return over frames, and how revenue and profit spread over customers."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import narwhals.stable.v2 as nw

from crmkit._checks import check_choice, check_each, check_ratio, check_text, refused
from crmkit._frames import Asked, F, Table, opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmkit._frames import Lazy
    from crmkit.periods import Period

__all__ = ["TOP_SHARES", "add_roi", "concentration", "gross_profit_by", "ranked", "revenue_without_profit_by"]

TOP_SHARES = (Decimal("0.01"), Decimal("0.05"), Decimal("0.10"), Decimal("0.20"))

GROSS = ("revenue", "cost", "gross_profit", "revenue_without_cost", "gross_margin")


def gross_profit_by(sales: F, *by: str, period: Period | None = None) -> F:
    """
    Revenue, cost and gross profit of each group, over the lines whose cost is known.

    Definition: gross profit = revenue of the lines whose cost is known − their cost; gross margin = gross profit / that revenue.
        What was sold at unknown cost stands beside them as `revenue_without_cost`. A line whose revenue is unknown adds nothing.
    Unit: amounts in the frame's own numeric type, never two currencies in one row; gross margin is a ratio (0.25 is 25 %). Whole numbers
        become Decimal(38, 0) where a sum may leave 64 bits, so in every lazy frame.
    Undefined when: no cost is known (cost and gross profit are null); the revenue with known cost is not above zero (gross margin is null).
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 3 ("Margins and Profits").

    >>> import polars as pl
    >>> sales = pl.DataFrame({"customer_id": ["C-1", "C-1", "C-2"], "revenue": [100, 50, 80], "cost": [60, None, 90]})
    >>> gross_profit_by(sales, "customer_id").sort("customer_id").rows()
    [('C-1', 150, 60, 40, 50, 0.4), ('C-2', 80, 90, -10, 0, -0.125)]

    Args:
        sales: Frame with `revenue` and `cost` (amounts), the columns of *by*, and `issued_on` (Date) where a period is given.
        by: Columns that make a group; without any there is one row in all. A `currency` column is always one more.
        period: Only lines issued in it.

    Returns:
        The columns of *by*, `currency` where there is one, `revenue`, `cost`, `gross_profit`, `revenue_without_cost` and
        `gross_margin` (Float64); one row for each group, in no particular order.

    Raises:
        MissingColumnError: For a frame without one of these columns; where no cost is known at all, give it a column of nulls.
    """
    (table,) = opened(Asked(sales, "sales", amounts=("revenue", "cost")))
    return table.back(profits(table, by, period=period))


def profits(table: Table[Any], by: tuple[str, ...], *, period: Period | None, further: tuple[str, ...] = ()) -> Lazy:
    """Gross profit of each group, with the sums of *further* amounts; for the analyses that build on it."""
    groups = table.groups(by, made=(*GROSS, *further))
    revenue, cost = table.amount("revenue"), table.amount("cost")
    lines = table.within(period).frame.select(*groups, revenue, cost, *(table.amount(name) for name in further))
    known = ~nw.col("revenue").is_null() & ~nw.col("cost").is_null()
    lines = lines.with_columns(nw.when(known).then(nw.col("cost")).alias("cost"), nw.when(known).then(nw.col("revenue")).alias("_known"))
    sums = [nw.col("revenue", "cost", "_known", *further).sum(), nw.col("cost").count().alias("_lines")]
    grouped = lines.group_by(*groups).agg(*sums) if groups else lines.select(*sums)
    return _with_profit(table, grouped).select(*groups, *GROSS, *further)


def _with_profit(table: Table[Any], sums: Lazy) -> Lazy:
    """Turn the sums of revenue, cost and revenue with known cost into the figures."""
    known, some = nw.col("_known"), nw.col("_lines") > 0
    in_type = sums.with_columns(
        table.total(nw.col("revenue"), "revenue"), table.total(nw.col("cost"), "cost"), table.total(known, "revenue")
    )
    differences = in_type.with_columns(
        table.total(known - nw.col("cost"), "revenue", "cost").alias("gross_profit"),
        table.total(nw.col("revenue") - known, "revenue").alias("revenue_without_cost"),
    )
    return differences.with_columns(
        nw.when(some).then(nw.col("cost")).alias("cost"),
        nw.when(some).then(nw.col("gross_profit")).alias("gross_profit"),
        nw.when(some & (known > 0)).then(nw.col("gross_profit").cast(nw.Float64) / known.cast(nw.Float64)).alias("gross_margin"),
    )


def revenue_without_profit_by(sales: F, *by: str, period: Period | None = None) -> F:
    """
    Groups that lose money, largest revenue first: the big customers, items or regions that cost more than they bring.

    Definition: the rows of `gross_profit_by` whose gross profit is below zero, with the discount that was given.
    Unit: as `gross_profit_by`; `discount` is an amount.
    Undefined when: a group whose cost is wholly unknown is left out, since its gross profit is.
    Source: Kaplan, Narayanan, "Measuring and Managing Customer Profitability", Journal of Cost Management 15 (2001) 5.

    >>> import polars as pl
    >>> sales = pl.DataFrame({"customer_id": ["C-1", "C-2", "C-3"], "revenue": [100, 50, 80], "cost": [60, 70, 90]})
    >>> revenue_without_profit_by(sales, "customer_id").select("customer_id", "gross_profit").rows()
    [('C-3', -10), ('C-2', -20)]

    Args:
        sales: As for `gross_profit_by`; `discount` (amount) is added up where there is one.
        by: Columns that make a group.
        period: Only lines issued in it.

    Returns:
        As `gross_profit_by`, and `discount` where the frame has it; sorted by revenue, then by the columns of *by*.

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    (table,) = opened(Asked(sales, "sales", amounts=("revenue", "cost"), optional_amounts=("discount",)))
    further = tuple(name for name in ("discount",) if name in table.dtypes)
    losing = profits(table, by, period=period, further=further).filter(nw.col("gross_profit") < 0)
    groups = table.groups(by)
    return table.back(losing.sort("revenue", *groups, descending=[True, *(False for _ in groups)], nulls_last=True))


def add_roi(frame: F, *, gain: str, cost: str, into: str = "roi") -> F:
    """
    Return on investment of each row.

    Definition: (gain − cost) / cost.
    Unit: ratio (Float64); 0.25 means 25 %.
    Undefined when: cost is zero, negative or unknown, or gain is unknown: null.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 10 ("Return on Investment").

    >>> import polars as pl
    >>> add_roi(pl.DataFrame({"gain": [75_000, 5], "spend": [12_000, 0]}), gain="gain", cost="spend")["roi"].to_list()
    [5.25, None]

    Args:
        frame: Any frame with the two columns.
        gain: Column (amount) of what came back, before the cost.
        cost: Column (amount) of what was spent.
        into: Name of the new column; a column of this name is replaced.

    Raises:
        MissingColumnError: For a frame without the two columns.
    """
    (table,) = opened(Asked(frame, "frame", amounts=(gain, cost)))
    check_text("into", into)
    came_back, spent = table.amount(gain).cast(nw.Float64), table.amount(cost).cast(nw.Float64)
    return table.back(table.frame.with_columns(nw.when(spent > 0).then((came_back - spent) / spent).alias(into)))


def ranked(frame: F, *, value: str, into: str = "rank", first: Literal["largest", "smallest"] = "largest") -> F:
    """
    Number the rows from the largest value down, or from the smallest up, within each currency.

    Definition: one more than the number of rows with a larger (smaller) value; equal values share one rank.
    Unit: count (Int64; in pandas as pandas ranks, Float64), 1 is the largest (smallest).
    Undefined when: the value is unknown: null, and last.
    Source: "Standard competition ranking"; ISO/IEC 9075-2:2023 (SQL), window function RANK.

    >>> import polars as pl
    >>> ranked(pl.DataFrame({"item_id": ["a", "b", "c"], "revenue": [5, 9, 9]}), value="revenue").select("item_id", "rank").rows()
    [('b', 1), ('c', 1), ('a', 3)]

    Args:
        frame: Any frame with the column.
        value: Column (amount) to rank by.
        into: Name of the new column; a column of this name is replaced.
        first: Whether the top or the bottom comes first.

    Returns:
        All columns and the rank, sorted by currency and rank, then by the first column of the frame.

    Raises:
        MissingColumnError: For a frame without the column.
    """
    (table,) = opened(Asked(frame, "frame", amounts=(value,)))
    if check_text("into", into) in (value, *table.currency):
        raise refused("into", into, "another name than that of the value and of the currency")
    check_choice("first", first, Literal["largest", "smallest"])
    rows = table.frame.with_columns(table.amount(value).alias("_value"))
    place = nw.col("_value").rank("min", descending=first == "largest")
    placed = rows.with_columns((place.over(*table.currency) if table.currency else place).alias(into))
    if not table.engine.is_pandas_like():  # NumPy has no whole number for an unknown rank
        placed = placed.with_columns(nw.col(into).cast(nw.Int64))
    return table.back(placed.sort(*table.currency, into, table.columns[0], nulls_last=True).drop("_value"))


def concentration(frame: F, *, value: str, shares: Sequence[Decimal] = TOP_SHARES) -> F:
    """
    How much of the whole the largest few have.

    Definition: of n rows with a known value the largest ⌈share × n⌉; their value / the value of all.
    Unit: `top_share` and `value_share` are ratios (Float64), `customers` is a count, the value an amount.
    Undefined when: the whole is not above zero: `value_share` is null. Above 1 it means that the rest lose money.
    Source: Schmittlein, Cooper, Morrison, "Truth in Concentration in the Land of (80/20) Laws", Marketing Science 12 (1993) 2.

    >>> import polars as pl
    >>> concentration(pl.DataFrame({"revenue": [80, 10, 5, 3, 2]}), value="revenue", shares=[Decimal("0.2")]).rows()
    [(0.2, 1, 80, 0.8)]

    Args:
        frame: One row per customer.
        value: Column (amount) to add up.
        shares: Shares of the rows, each above 0 and at most 1.

    Returns:
        `currency` where there is one, `top_share`, `customers`, the value's own name, `value_share`; sorted.

    Raises:
        MissingColumnError: For a frame without the column.
    """
    (table,) = opened(Asked(frame, "frame", amounts=(value,)))
    tops = check_each("shares", shares, check_ratio)
    if not tops or not all(tops):
        raise refused("shares", shares, "at least one share, each above 0")
    groups = table.groups((), made=("top_share", "customers", "value_share"))
    known = table.frame.select(*groups, table.amount(value).alias(value)).filter(~nw.col(value).is_null())
    return table.back(_tops(table, known, value, tops).sort(*groups, "top_share", nulls_last=True))


def _tops(table: Table[Any], known: Lazy, value: str, tops: tuple[Decimal, ...]) -> Lazy:
    """One row for each share and currency: how many rows it takes, their value and its share of all."""
    amount, groups = nw.col(value), table.currency
    place = amount.rank("ordinal", descending=True)
    placed = known.with_columns((place.over(*groups) if groups else place).cast(nw.Int64).alias("_place"))
    count, whole = nw.len(), amount.sum()
    sized = placed.with_columns(
        (count.over(*groups) if groups else count).cast(nw.Int64).alias("_rows"), (whole.over(*groups) if groups else whole).alias("_whole")
    )
    parts = []
    for top in dict.fromkeys(tops):
        n, d = top.as_integer_ratio()
        taken = sized.filter(nw.col("_place") <= (nw.col("_rows") * n + d - 1) // d)
        sums = [amount.sum(), nw.len().alias("customers"), nw.col("_whole").max()]
        part = taken.group_by(*groups).agg(*sums) if groups else taken.select(*sums)
        share = nw.lit(n).cast(nw.Float64) / d  # PostgreSQL takes 0.05 for a decimal
        parts.append(part.with_columns(share.alias("top_share"), nw.col("customers").cast(nw.Int64)))
    whole = nw.col("_whole").cast(nw.Float64)
    of_all = nw.when(whole > 0).then(amount.cast(nw.Float64) / whole).alias("value_share")
    return nw.concat(parts).select(*groups, "top_share", "customers", table.total(amount, value), of_all)
