"""Contribution margin by group, and what moved the gross profit from one period to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from crmkit._checks import check_kind, check_text, refused
from crmkit._frames import Asked, F, Table, one_where, opened, quotient, ratio, summed, units
from crmkit.metrics.profit_tables import GROSS, profits
from crmkit.periods import Period

if TYPE_CHECKING:
    from collections.abc import Callable

    from narwhals.stable.v2.dtypes import DType

    from crmkit._frames import Lazy

__all__ = ["contribution_margin_by", "margin_bridge_by", "net_margin_by"]

_VARIABLE = ("variable_cost", "contribution_margin", "revenue_without_variable_cost", "contribution_margin_ratio")
_NET = ("revenue", "all_cost", "net_profit", "revenue_without_all_cost", "net_margin")
_MILLION = 1_000_000
_EFFECTS = ("before", "price", "volume", "mix", "cost", "after")


def contribution_margin_by(sales: F, *by: str, period: Period | None = None) -> F:
    """
    Revenue less all variable cost of each group (German: Deckungsbeitrag), beside its gross profit.

    Definition: contribution margin = revenue of the lines whose variable cost is known − their variable cost. Where a line has no
        `variable_cost`, that of the goods (`cost`) is the only one known, and its contribution margin is its gross profit.
    Unit: amounts in the frame's own numeric type, never two currencies in one row; the two margins are ratios.
    Undefined when: no variable cost is known (cost and contribution margin are null); the revenue with known cost is not above 0 (ratio).
    Source: Horngren, Datar, Rajan, "Cost Accounting: A Managerial Emphasis", 15th ed., Pearson 2015, chapter 3.

    >>> import polars as pl
    >>> sales = pl.DataFrame({"revenue": [100, 50], "cost": [60, 20], "variable_cost": [70, None]})
    >>> contribution_margin_by(sales).select("gross_profit", "contribution_margin", "contribution_margin_ratio").rows()
    [(70, 60, 0.4)]

    Args:
        sales: As for `gross_profit_by`; `variable_cost` (amount: all variable cost of the line, that of the goods too) where there is one.
        by: Columns that make a group, for example "customer_id", "project_id", "salesperson_id", a team, a region, a site.
        period: Only lines issued in it.

    Returns:
        As `gross_profit_by`, and `variable_cost`, `contribution_margin`, `revenue_without_variable_cost` (amounts) and
        `contribution_margin_ratio` (Float64).

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    (table,) = opened(Asked(sales, "sales", amounts=("revenue", "cost"), optional_amounts=("variable_cost",)))
    table.groups(by, made=_VARIABLE)
    variable = table.amount("cost")
    if "variable_cost" in table.dtypes:
        variable = nw.when(nw.col("variable_cost").is_null()).then(variable).otherwise(table.amount("variable_cost"))
    lines = table.frame.with_columns(table.amount("revenue").alias("_revenue"), variable.alias("_cost"))
    known = ~nw.col("_revenue").is_null() & ~nw.col("_cost").is_null()
    parts = {name: nw.when(known).then(nw.col(name)).alias(name) for name in ("_revenue", "_cost")}
    lines = lines.with_columns(*parts.values(), one_where(known).alias("_counted"))
    # Summed beside the gross profit, in the same pass.
    widest = "variable_cost" if "variable_cost" in table.dtypes else "cost"
    dtypes = {**table.dtypes, "_revenue": table.dtypes["revenue"], "_cost": table.dtypes[widest], "_counted": nw.Int64()}
    sums = profits(attrs.evolve(table, frame=lines, dtypes=dtypes), by, period=period, further=("_revenue", "_cost", "_counted"))
    return table.back(_with_contribution(table, sums, widest).drop("_revenue", "_cost", "_counted"))


def _with_contribution(table: Table[Any], sums: Lazy, cost: str) -> Lazy:
    some, known = nw.col("_counted") > 0, nw.col("_revenue")
    made = sums.with_columns(
        nw.when(some).then(table.total(nw.col("_cost"), "cost", cost)).alias("variable_cost"),
        nw.when(some).then(table.total(known - nw.col("_cost"), "revenue", "cost", cost)).alias("contribution_margin"),
        table.total(nw.col("revenue") - known, "revenue").alias("revenue_without_variable_cost"),
    )
    return made.with_columns(nw.when(some).then(ratio(nw.col("contribution_margin"), known)).alias("contribution_margin_ratio"))


def net_margin_by(frame: F, *by: str, period: Period | None = None) -> F:
    """
    What remains of revenue after every cost, fixed ones too: by person, team, region, site, customer, project, any column.

    Definition: net profit = revenue of the rows whose cost is wholly known − all their cost; net margin = net profit / that revenue. What
        was sold at unknown cost stands beside them as `revenue_without_all_cost`. Overhead is shared out by whoever makes the frame.
    Unit: amounts in the frame's own numeric type, never two currencies in one row; net margin is a ratio (0.25 is 25 %).
    Undefined when: no cost is known (cost and net profit are null); the revenue with known cost is not above zero (net margin is null).
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 10 ("Net Profit and Return on Sales").

    >>> import polars as pl
    >>> teams = pl.DataFrame({"team": ["north", "north", "south"], "revenue": [100, 300, 80], "all_cost": [90, 210, 100]})
    >>> net_margin_by(teams, "team").sort("team").select("team", "revenue", "all_cost", "net_profit", "net_margin").rows()
    [('north', 400, 300, 100, 0.25), ('south', 80, 100, -20, -0.25)]

    Args:
        frame: With `revenue` and `all_cost` (amounts: that of the goods, variable and fixed cost), the columns of *by*, and `issued_on`
            (Date) where a period is given.
        by: Columns that make a group; without any there is one row in all. A `currency` column is always one more.
        period: Only rows issued in it.

    Returns:
        The columns of *by*, `currency` where there is one, `revenue`, `all_cost`, `net_profit`, `revenue_without_all_cost` and
        `net_margin` (Float64); one row for each group, in no particular order.

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    (table,) = opened(Asked(frame, "frame", amounts=("revenue", "all_cost")))
    groups = table.groups(by, made=tuple(dict.fromkeys((*_NET, *GROSS))))
    whole = table.frame.select(*dict.fromkeys((*groups, *(("issued_on",) if period else ()), "revenue")), nw.col("all_cost").alias("cost"))
    dtypes = {**table.dtypes, "cost": table.dtypes["all_cost"]}
    made = profits(attrs.evolve(table, frame=whole, dtypes=dtypes), by, period=period)
    return table.back(made.rename(dict(zip(GROSS, _NET, strict=True))))


def margin_bridge_by(sales: F, *by: str, before: Period, after: Period, item: str = "item_id") -> F:
    """
    What moved the gross profit from one period to another: prices, volume, mix and costs.

    Definition: over the lines whose cost is known. For each item that was sold in both periods, *price* is what its new quantity brings
        more at the new average price, *cost* what it costs less at the new average cost. *volume* is the old gross profit × the growth of
        the quantity, unit by unit, since quantities of different units are not added up. *mix* is the rest: items that grow more or less
        than the average, that are new or gone, and what has no quantity. before + price + volume + mix + cost = after, exactly.
    Unit: amounts in the frame's own numeric type; what an item brought, at another quantity, is rounded to its last decimal, half away
        from zero.
    Undefined when: never; an effect of nothing is 0.
    Source: Horngren, Datar, Rajan, "Cost Accounting: A Managerial Emphasis", 15th ed., Pearson 2015, chapter 14 ("Sales Variances").

    >>> import polars as pl
    >>> from datetime import date
    >>> rows = [(date(2026, 1, 5), "I-1", 10, 100, 60), (date(2026, 2, 5), "I-1", 12, 132, 78)]
    >>> sales = pl.DataFrame(rows, schema=["issued_on", "item_id", "quantity", "revenue", "cost"], orient="row")
    >>> margin_bridge_by(sales, before=Period.month(2026, 1), after=Period.month(2026, 2)).rows()
    [(40, 12, 8, 0, -6, 54)]

    Args:
        sales: Lines with `issued_on` (Date), `quantity` (number), `revenue` and `cost` (amounts), *item* and the columns of *by*; `unit`
            (String) is used where there is one.
        by: Columns that make a group.
        before: The earlier period, by `issued_on`.
        after: The later period; it begins when the earlier one has ended.
        item: Column whose prices, costs and quantities are compared.

    Returns:
        The columns of *by*, `currency` where there is one, and the amounts `before`, `price`, `volume`, `mix`, `cost` and `after`.

    Raises:
        MissingColumnError: For a frame without one of these columns.
        InvalidValueError: For periods that overlap or are in the wrong order.
    """
    check_after(before, after)
    needs = ("issued_on", check_text("item", item))
    (table,) = opened(Asked(sales, "sales", needs=needs, amounts=("revenue", "cost", "quantity")))
    groups = table.groups(by, made=_EFFECTS)
    apart = tuple(dict.fromkeys((*groups, *(("unit",) if "unit" in table.dtypes else ()))))
    dtype = table.total_dtype("revenue", "cost") or nw.Float64()
    pieces = _pieces(table.dtypes["quantity"], dtype)
    items = summed(_two_periods(table, (*apart, item), before, after), tuple(dict.fromkeys((*apart, item))), nw.col(*_SUMS).sum())
    sold = (nw.col("q0") > 0) & (nw.col("q1") > 0)
    changes = {name: (nw.col(f"{name}1") - _grown(nw.col(f"{name}0"), pieces, dtype)).cast(dtype) for name in "rc"}
    moved = {"_price": changes["r"], "_cost": nw.lit(0) - changes["c"]}
    compared = items.with_columns(nw.when(sold).then(moved[name]).otherwise(_none(dtype)).alias(name) for name in moved)
    whole = summed(compared, apart, nw.col(*_SUMS, "_price", "_cost").sum())
    profit = (nw.col("r0") - nw.col("c0")).cast(dtype)
    volume = nw.when(nw.col("q0") > 0).then((_grown(profit, pieces, dtype) - profit).cast(dtype)).otherwise(_none(dtype))
    sums = summed(whole.with_columns(volume.alias("_volume")), groups, nw.col("r0", "c0", "r1", "c1", "_price", "_cost", "_volume").sum())
    return table.back(_bridge(dtype, sums, groups))


_SUMS = ("r0", "c0", "q0", "r1", "c1", "q1")


def _two_periods(table: Table[Any], groups: tuple[str, ...], before: Period, after: Period) -> Lazy:
    """Revenue, cost and quantity of each line with known cost, in the columns of its period."""
    lines = table.frame.select(
        *dict.fromkeys(groups),
        "issued_on",
        table.amount("revenue").alias("r"),
        table.amount("cost").alias("c"),
        table.amount("quantity").alias("q"),
    )
    lines = lines.filter(~nw.col("r").is_null(), ~nw.col("c").is_null())
    day = nw.col("issued_on")
    spans = {"0": (day >= before.start) & (day < before.end), "1": (day >= after.start) & (day < after.end)}
    lines = lines.filter(spans["0"] | spans["1"])
    return lines.with_columns(
        nw.when(within).then(nw.col(name)).otherwise(nw.lit(0) * nw.col(name)).alias(f"{name}{which}")
        for which, within in spans.items()
        for name in "rcq"
    )


def _pieces(quantity: DType, dtype: DType) -> Callable[[str], nw.Expr]:
    """Quantities as whole numbers, where amounts are exact: of the last decimal, of a millionth where they are floats."""
    if dtype.is_float():
        return lambda name: nw.col(name).cast(nw.Float64)
    if quantity.is_float():
        return lambda name: (nw.col(name) * _MILLION).round(0).cast(nw.Int64)
    return lambda name: units(nw.col(name), quantity)


def _grown(amount: nw.Expr, pieces: Callable[[str], nw.Expr], dtype: DType) -> nw.Expr:
    """An amount at the old quantity as it would be at the new one."""
    new, old = pieces("q1"), nw.when(nw.col("q0") > 0).then(pieces("q0")).otherwise(nw.lit(1))
    size = quotient([(units(amount, dtype), new.abs())], old, dtype)
    return nw.when(nw.col("q1") < 0).then(nw.lit(0) - size).otherwise(size).cast(dtype)


def _none(dtype: DType) -> nw.Expr:
    return nw.lit(0).cast(dtype)


def _bridge(dtype: DType, sums: Lazy, groups: tuple[str, ...]) -> Lazy:
    effects = {name: nw.col(f"_{name}").cast(dtype).alias(name) for name in ("price", "volume", "cost")}
    ends = {name: (nw.col(f"r{which}") - nw.col(f"c{which}")).cast(dtype).alias(name) for name, which in (("before", 0), ("after", 1))}
    made = sums.with_columns(*effects.values(), *ends.values())
    rest = nw.col("after") - nw.col("before") - nw.col("price") - nw.col("volume") - nw.col("cost")
    return made.with_columns(rest.cast(dtype).alias("mix")).select(*groups, *_EFFECTS)


def check_after(before: Period, after: Period) -> None:
    """Refuse two periods of which the second does not follow the first."""
    check_kind("before", before, Period)
    if check_kind("after", after, Period).start < before.end:
        raise refused("after", after.start, f"a period that begins on {before.end} or later, when the one before has ended")
