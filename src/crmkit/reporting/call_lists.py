"""Whom to call, out of sales: the last purchase stands for the last contact, the class sets the frequency."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

import polars as pl

from crmkit.scheduling.due_days import due_after

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from crmkit.entities import AbcClass
    from crmkit.periods import Interval


def due_calls(customers: pl.DataFrame, *, as_of: date, every: Mapping[AbcClass, Interval]) -> pl.DataFrame:
    """
    Find who is due, each customer once: by class, then the most valuable first.

    The class is that by gross profit, or by revenue where profit is unknown. Whoever never bought is left out, for
    nothing tells when there was contact.
    """
    classed = customers.filter(pl.col("active"), pl.col("last_purchase_on").is_not_null()).with_columns(
        pl.coalesce("by_profit", "by_revenue").alias("abc_class")
    )
    best = classed.sort("abc_class", "currency").unique("customer_id", keep="first", maintain_order=True)
    latest = {name: _latest_due(best.filter(abc_class=name)["last_purchase_on"], gap, as_of=as_of) for name, gap in every.items()}
    limits = pl.DataFrame(list(latest.items()), schema={"abc_class": pl.String, "latest": pl.Date}, orient="row")
    due = best.join(limits, on="abc_class").filter(pl.col("last_purchase_on") <= pl.col("latest"))
    return due.drop("latest").sort("abc_class", "value", "customer_id", descending=[False, True, False])


def _latest_due(days: pl.Series, gap: Interval, *, as_of: date) -> date | None:
    """The latest of some days of last contact that is due: a later contact is never due earlier, so halving finds it."""
    asked: list[date] = days.unique().sort().to_list()
    count = bisect_right(asked, as_of, key=lambda day: due_after(day, gap))
    return asked[count - 1] if count else None
