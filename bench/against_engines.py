"""
Analyses over frames, against code written by hand for the same engine: the same answer, CPU and wall time, in turn.

The same answer has the same types: in SQL sums of integers are decimals of 38 digits, which those of lines nobody has looked at may need.

    python bench/against_engines.py [lines, 10 million by default]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import duckdb
import numpy as np
import polars as pl

from crmkit.classification import add_abc_class
from crmkit.metrics import gross_profit_by

ROUNDS = 5
SEED = 7
LINES_A_CUSTOMER = 10

Job = Callable[[], Any]


def sales(lines: int) -> pl.DataFrame:
    """Make lines whose revenue is Pareto distributed over the customers; a tenth has no known cost."""
    random = np.random.default_rng(SEED)
    revenue = (random.pareto(1.2, lines) * 1000).astype(np.int64) % 10_000_000 + 1
    cost = (revenue * random.uniform(0.5, 1.2, lines)).astype(np.int64)
    frame = pl.DataFrame({"customer_id": random.integers(0, lines // LINES_A_CUSTOMER, lines), "revenue": revenue, "cost": cost})
    return frame.with_columns(pl.when(pl.int_range(pl.len()) % 10 != 0).then("cost").alias("cost"))


def profits_by_hand(frame: pl.DataFrame) -> pl.DataFrame:
    """Gross profit per customer in Polars."""
    known = pl.col("cost").is_not_null()
    return (
        frame.lazy()
        .group_by("customer_id")
        .agg(
            pl.col("revenue").sum(),
            pl.col("cost").sum(),
            pl.col("revenue").filter(known).sum().alias("known"),
            known.sum().alias("lines"),
        )
        .with_columns((pl.col("known") - pl.col("cost")).alias("gross_profit"), (pl.col("revenue") - pl.col("known")).alias("unknown"))
        .with_columns(pl.when(pl.col("known") > 0).then(pl.col("gross_profit") / pl.col("known")).alias("gross_margin"))
        .collect()
    )


PROFITS_IN_SQL = """
    SELECT customer_id, revenue, cost, known - cost AS gross_profit, revenue - known AS unknown,
           CASE WHEN known > 0 THEN (known - cost)::DOUBLE / known END AS gross_margin
    FROM (SELECT customer_id, sum(revenue)::DECIMAL(38, 0) AS revenue, sum(cost)::DECIMAL(38, 0) AS cost,
                 sum(revenue) FILTER (WHERE cost IS NOT NULL)::DECIMAL(38, 0) AS known FROM lines GROUP BY 1)
"""


def classes_by_hand(totals: pl.DataFrame) -> pl.DataFrame:
    """ABC by two cut values in Polars."""
    value = pl.col("revenue")
    running = (
        totals.lazy()
        .filter(value > 0)
        .group_by("revenue")
        .agg(value.sum().alias("sum"))
        .sort("revenue", descending=True)
        .with_columns(pl.col("sum").cum_sum().alias("including"), pl.col("sum").sum().alias("base"))
        .with_columns((pl.col("including") - pl.col("sum")).alias("before"))
    )
    cuts = running.select(
        value.filter(pl.col("before") * 5 < pl.col("base") * 4).min().alias("a"),
        value.filter(pl.col("before") * 20 < pl.col("base") * 19).min().alias("b"),
    ).collect()
    a, b = cuts.row(0)
    return totals.lazy().with_columns(
        pl.when(value >= a).then(pl.lit("A")).when(value >= b).then(pl.lit("B")).otherwise(pl.lit("C")).alias("abc_class"),
        (value < 0).alias("loss_making"),
    ).collect()  # fmt: skip


CLASSES_IN_SQL = """
    WITH equal AS (SELECT revenue, sum(revenue) AS total FROM totals WHERE revenue > 0 GROUP BY revenue),
         running AS (SELECT revenue, sum(total) OVER (ORDER BY revenue DESC) - total AS before, sum(total) OVER () AS base FROM equal),
         cuts AS (SELECT min(revenue) FILTER (WHERE before * 5 < base * 4) AS a, min(revenue) FILTER (WHERE before * 20 < base * 19) AS b
                  FROM running)
    SELECT totals.*, CASE WHEN revenue >= a THEN 'A' WHEN revenue >= b THEN 'B' ELSE 'C' END AS abc_class, revenue < 0 AS loss_making
    FROM totals CROSS JOIN cuts
"""


def timed(job: Job) -> tuple[float, float]:
    """CPU seconds of all threads and wall seconds of one run."""
    cpu, wall = time.process_time(), time.perf_counter()
    job()
    return time.process_time() - cpu, time.perf_counter() - wall


def compare(name: str, ours: Job, theirs: Job) -> None:
    """Run both in turn and print the ratio of the medians."""
    runs = [(timed(theirs), timed(ours)) for _ in range(ROUNDS)]
    cpu = [median(run[who][0] for run in runs) for who in (0, 1)]
    wall = [median(run[who][1] for run in runs) for who in (0, 1)]
    ratios = f"CPU {cpu[1] / cpu[0]:.2f}, wall {wall[1] / wall[0]:.2f}"
    print(f"{name:32} by hand {cpu[0]:6.2f} s CPU {wall[0]:6.2f} s wall; crmkit {cpu[1]:6.2f} s, {wall[1]:6.2f} s; ratio {ratios}")


def main(lines: int) -> None:
    """Compare gross profit and ABC on Polars and DuckDB."""
    frame = sales(lines)
    totals = profits_by_hand(frame).select("customer_id", "revenue")
    ours = gross_profit_by(frame, "customer_id")
    assert ours.select(pl.col("gross_profit").sum()).item() == profits_by_hand(frame).select(pl.col("gross_profit").sum()).item()
    assert add_abc_class(totals, value="revenue").sort("customer_id").equals(classes_by_hand(totals).sort("customer_id"))
    connection = duckdb.connect()
    connection.execute("CREATE TABLE lines AS SELECT * FROM frame")
    connection.execute("CREATE TABLE totals AS SELECT * FROM totals")
    print(f"{lines:,} lines, {totals.height:,} customers; Polars {pl.__version__}, DuckDB {duckdb.__version__}; median of {ROUNDS}")
    compare("gross_profit_by, Polars", lambda: gross_profit_by(frame, "customer_id"), lambda: profits_by_hand(frame))
    compare(
        "gross_profit_by, DuckDB",
        lambda: gross_profit_by(connection.table("lines"), "customer_id").to_arrow_table(),
        lambda: connection.sql(PROFITS_IN_SQL).to_arrow_table(),
    )
    compare("add_abc_class, Polars", lambda: add_abc_class(totals, value="revenue"), lambda: classes_by_hand(totals))
    compare(
        "add_abc_class, DuckDB",
        lambda: add_abc_class(connection.table("totals"), value="revenue").to_arrow_table(),
        lambda: connection.sql(CLASSES_IN_SQL).to_arrow_table(),
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)
