"""How the figures of a customer's card are computed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from crmkit._frames import Table, day_number, day_ordinal
from crmkit.facts.purchases import purchases
from crmkit.metrics.profit_tables import profits

if TYPE_CHECKING:
    from crmkit._frames import Lazy

_PROFIT = ("revenue", "gross_profit", "revenue_without_cost", "gross_margin")
_BUYING = ("purchases", "first_purchase_on", "last_purchase_on", "rhythm_days", "overdue_days")
_LINES = "_lines_of_margin"
FIGURES = ("revenue_this_year", "revenue_last_year", *_PROFIT, *_BUYING)


def figures_of(table: Table[Any]) -> tuple[str, ...]:
    """The figures of a card; the contribution margin only where there are variable costs, for else it is the gross profit."""
    return (*FIGURES, "contribution_margin") if "variable_cost" in table.dtypes else FIGURES


def card_figures(table: Table[Any], as_of: date) -> Lazy:
    """One row per customer and currency; *table* holds what is known on that day."""
    this_year, last_year = date(as_of.year, 1, 1), date(as_of.year - 1, 1, 1)
    costed = _costed(table)
    day, revenue = nw.col("issued_on"), table.amount("revenue")
    years = {
        "revenue_this_year": nw.when(day >= this_year).then(revenue),
        "revenue_last_year": nw.when(day >= last_year, day < this_year).then(revenue),
    }
    margin = _margin(costed) if "variable_cost" in table.dtypes else {}
    further = {**years, **margin}
    dated = attrs.evolve(
        costed,
        frame=costed.frame.with_columns(value.alias(name) for name, value in further.items()),
        dtypes={**costed.dtypes, **dict.fromkeys(further, table.dtypes["revenue"]), _LINES: nw.Int64()},
    )
    money = profits(dated, ("customer_id",), period=None, further=tuple(further))
    keys = ["customer_id", *table.currency_key]
    joined = table.keyed(money).join(_buying(table, as_of), on=keys, how="left")
    totals = [table.total(nw.col(name), "revenue").alias(name) for name in years]
    if margin:
        totals.append(nw.when(nw.col(_LINES) > 0).then(table.total(nw.col("contribution_margin"), "revenue", "variable_cost")))
    counted = joined.with_columns(*totals, nw.col("purchases").fill_null(0).cast(nw.Int64))
    return counted.select("customer_id", *table.currency, *figures_of(table))


def _margin(table: Table[Any]) -> dict[str, nw.Expr]:
    """Contribution margin of each line, and whether it is known; where there is no variable cost, the cost of the goods counts."""
    margin = table.amount("revenue") - nw.coalesce(table.amount("variable_cost"), table.amount("cost"))
    return {"contribution_margin": margin, _LINES: nw.when(~margin.is_null()).then(nw.lit(1)).otherwise(nw.lit(0))}


def year_figures(table: Table[Any]) -> Lazy:
    """Gross profit of each calendar year, under `_year`."""
    costed = _costed(table)
    year = nw.col("issued_on").dt.year().cast(nw.Int64).alias("_year")
    return profits(
        attrs.evolve(costed, frame=costed.frame.with_columns(year), dtypes={**costed.dtypes, "_year": nw.Int64()}), ("_year",), period=None
    )


def _costed(table: Table[Any]) -> Table[Any]:
    """The same with a column of unknown cost, where there is none."""
    if "cost" in table.dtypes:
        return table
    dtype = nw.Float64() if table.engine.is_pandas_like() else table.dtypes["revenue"]  # NumPy has no other number for what is unknown
    unknown = nw.lit(None, dtype=dtype).cast(dtype).alias("cost")
    return attrs.evolve(table, frame=table.frame.with_columns(unknown), dtypes={**table.dtypes, "cost": dtype})


def _buying(table: Table[Any], as_of: date) -> Lazy:
    """Purchases of each customer: how many, when, in which rhythm, and how long ago beyond it."""
    keys = ["customer_id", *table.currency_key]
    bought = table.keyed(purchases(table, as_of=as_of)).with_columns(day_number(nw.col("purchased_on")).alias("_day"))
    day = nw.col("purchased_on")
    counts = bought.group_by(*keys).agg(
        nw.len().alias("purchases"),
        day.min().alias("first_purchase_on"),
        day.max().alias("last_purchase_on"),
        nw.col("_day").max().alias("_last"),
    )
    days = bought.group_by(*keys, "_day").agg(nw.len().alias("_same_day"))
    before = nw.col("_day").shift(1).over(*keys, order_by="_day")
    gaps = days.with_columns(before.alias("_before")).with_columns((nw.col("_day") - nw.col("_before")).cast(nw.Float64).alias("_gap"))
    rhythm = gaps.group_by(*keys).agg(nw.col("_gap").median().alias("rhythm_days"))
    late = (nw.lit(day_ordinal(as_of)) - nw.col("_last") - nw.col("rhythm_days")).floor()
    with_rhythm = counts.join(rhythm, on=keys, how="left").with_columns(late.alias("_late"))
    overdue = nw.when(nw.col("_late") > 0).then(nw.col("_late")).otherwise(nw.lit(0)).cast(nw.Int64)
    return with_rhythm.with_columns(nw.when(~nw.col("rhythm_days").is_null()).then(overdue).alias("overdue_days"))
