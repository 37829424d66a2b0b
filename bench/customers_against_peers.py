"""
ABC, RFM, sales by month and cohorts beside what a user would pick instead: CPU seconds of all threads, in turn.

    python bench/customers_against_peers.py [lines, 10 million by default]

crmkit reads Polars, the peers pandas, each as they get their frames. A package that is not installed is named and left out:
`pip install lifetimes inventorize`. The package abc-classification does not run with NumPy 2.
"""

from __future__ import annotations

import sys
from datetime import date
from importlib.util import find_spec
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
from against_engines import timed
from know_the_customer import AS_OF, YEARS, sales

from crmkit.classification import add_abc_class, rfm_by
from crmkit.history import sales_by_month
from crmkit.metrics import cohorts, gross_profit_by

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 3


def told(job: str, peer: str, ours: Callable[[], Any], theirs: Callable[[], Any]) -> None:
    """Run both in turn and print the ratio of the medians."""
    runs = [(timed(theirs)[0], timed(ours)[0]) for _ in range(ROUNDS)]
    other, own = (median(run[who] for run in runs) for who in (0, 1))
    print(f"{job:28} crmkit {own:6.2f} s CPU; {peer:20} {other:6.2f} s; ratio {other / own:5.1f}", flush=True)


def classes(totals: pd.DataFrame) -> pd.Series[str]:
    """ABC as recipes for pandas have it: sorted, added up, cut."""
    ordered = totals.sort_values("revenue", ascending=False)
    share = ordered["revenue"].cumsum() / ordered["revenue"].sum()
    return pd.cut(share, [0, 0.8, 0.95, 1], labels=["A", "B", "C"])


def months(lines: pd.DataFrame) -> pd.DataFrame:
    """Every month of every group with its change."""
    month = lines["issued_on"].dt.to_period("M")
    wide = lines.groupby(["item_group", month])["revenue"].sum().unstack(fill_value=0)  # noqa: PD010  # as the recipe has it
    long = wide.stack().rename("revenue").reset_index()  # noqa: PD013  # as the recipe has it
    before = long.groupby("item_group")["revenue"].shift(1)
    year_before = long.groupby("item_group")["revenue"].shift(12)
    return long.assign(change=(long["revenue"] - before) / before, year_change=(long["revenue"] - year_before) / year_before)


def cohorts_of(lines: pd.DataFrame) -> pd.DataFrame:
    """Customers and amounts of each month of first purchase, month by month."""
    month = lines["issued_on"].dt.year * 12 + lines["issued_on"].dt.month
    first = month.groupby(lines["customer_id"]).transform("min")
    parts = pd.DataFrame({"customer_id": lines["customer_id"], "cohort": first, "later": month - first})
    parts = parts.assign(revenue=lines["revenue"], cost=lines["cost"])
    grouped = parts.groupby(["cohort", "later"])
    return grouped.agg(customers=("customer_id", "nunique"), revenue=("revenue", "sum"), cost=("cost", "sum"))


def main(lines: int) -> None:
    """Compare with recipes, and with the packages that are there."""
    frame = sales(lines)
    table = pd.DataFrame({name: frame[name].to_numpy() for name in frame.columns})
    totals = frame.group_by("customer_id").agg(pl.col("revenue").sum())
    plain = pd.DataFrame({name: totals[name].to_numpy() for name in totals.columns})
    print(f"{lines:,} lines, {totals.height:,} customers; Polars {pl.__version__}, pandas {pd.__version__}, NumPy {np.__version__}")

    if find_spec("inventorize") is None:
        print("inventorize is not installed, nothing compared")
    else:
        told("ABC of totals", "inventorize", lambda: add_abc_class(totals, value="revenue"), inventorize(plain))
    told("ABC of totals", "pandas recipe", lambda: add_abc_class(totals, value="revenue"), lambda: classes(plain))
    told(
        "ABC of lines",
        "pandas recipe",
        lambda: add_abc_class(gross_profit_by(frame, "customer_id"), value="revenue"),
        lambda: classes(table.groupby("customer_id", as_index=False)["revenue"].sum()),
    )
    if find_spec("lifetimes") is None:
        print("lifetimes is not installed, nothing compared")
    else:
        ours, theirs = (lambda: rfm_by(frame, "customer_id", as_of=AS_OF, purchase="day")), lifetimes(table)
        expected = theirs()
        found = ours().sort("customer_id")
        assert (found["frequency"].to_numpy() - 1 == expected.sort_index()["frequency"].to_numpy()).all()
        told("RFM", "lifetimes", ours, theirs)
    told(
        "months with changes",
        "pandas recipe",
        lambda: sales_by_month(frame, "item_group", period=YEARS, as_of=AS_OF),
        lambda: months(table),
    )
    found = cohorts(frame, period=YEARS).filter(pl.col("customers") > 0)
    assert found["customers"].to_list() == cohorts_of(table)["customers"].to_list()
    told("cohorts with amounts", "pandas recipe", lambda: cohorts(frame, period=YEARS), lambda: cohorts_of(table))


def inventorize(totals: pd.DataFrame) -> Callable[[], Any]:
    """The classes of that package."""
    from inventorize import ABC  # noqa: PLC0415  # where it is installed

    return lambda: ABC(totals)


def lifetimes(lines: pd.DataFrame) -> Callable[[], Any]:
    """Recency, frequency and value by day, the first purchase left out, as that package has them."""
    from lifetimes.utils import summary_data_from_transaction_data as summary  # noqa: PLC0415  # where it is installed

    return lambda: summary(
        lines, "customer_id", "issued_on", "revenue", observation_period_end=date(2025, 12, 31), include_first_transaction=False
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)
