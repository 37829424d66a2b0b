"""
RFM (job b), sales by month with changes (c) and cohorts with amounts (d) against code written by hand for the same engine, in turn.

    python bench/know_the_customer.py [lines, 10 million by default]
"""

from __future__ import annotations

import sys
from datetime import date
from typing import Any

import duckdb
import numpy as np
import polars as pl
from against_engines import LINES_A_CUSTOMER, SEED, compare

from crmkit import Period
from crmkit.classification import rfm_by
from crmkit.history import sales_by_month
from crmkit.metrics import cohorts

AS_OF = date(2025, 12, 31)
YEARS = Period(date(2021, 1, 1), date(2026, 1, 1))
READ = Period(date(2020, 1, 1), date(2026, 1, 1))  # with the year before, to compare with
DAYS = 1826
GROUPS = 1000


def sales(lines: int) -> pl.DataFrame:
    """Make five years of lines, three to an invoice, of customers and a thousand item groups."""
    random = np.random.default_rng(SEED)
    invoice = np.arange(lines) // 3
    customer = random.integers(0, lines // LINES_A_CUSTOMER, invoice[-1] + 1)[invoice]
    day = random.integers(0, DAYS, invoice[-1] + 1)[invoice]
    frame = pl.DataFrame(
        {"customer_id": customer, "document_id": invoice, "revenue": (random.pareto(1.2, lines) * 1000).astype(np.int64) + 1}
    )
    return frame.with_columns(
        (pl.lit(date(2021, 1, 1)) + pl.duration(days=pl.Series(day))).cast(pl.Date).alias("issued_on"),
        pl.Series("item_group", random.integers(0, GROUPS, lines)),
        (pl.col("revenue") * 7 // 10).alias("cost"),
    )


def rfm_by_hand(frame: pl.DataFrame) -> pl.DataFrame:
    """Invoices first, then customers, in Polars; a purchase is an invoice with revenue above zero."""
    invoices = (
        frame.lazy()
        .filter(pl.col("issued_on") <= AS_OF)
        .group_by("customer_id", "document_id")
        .agg(pl.col("revenue").sum(), pl.col("issued_on").min())
    )
    return (
        invoices.group_by("customer_id")
        .agg(
            pl.col("issued_on").filter(pl.col("revenue") > 0).min().alias("first"),
            pl.col("issued_on").filter(pl.col("revenue") > 0).max().alias("last"),
            (pl.col("revenue") > 0).sum().alias("frequency"),
            pl.col("revenue").sum().alias("monetary"),
        )
        .with_columns((pl.lit(AS_OF) - pl.col("last")).dt.total_days().alias("recency_days"))
        .collect()
    )


RFM_IN_SQL = """
    SELECT customer_id, min(day) FILTER (WHERE revenue > 0) AS first, max(day) FILTER (WHERE revenue > 0) AS last,
           count(*) FILTER (WHERE revenue > 0) AS frequency, sum(revenue)::DECIMAL(38, 0) AS monetary,
           DATE '2025-12-31' - max(day) FILTER (WHERE revenue > 0) AS recency_days
    FROM (SELECT customer_id, document_id, sum(revenue) AS revenue, min(issued_on) AS day FROM lines
          WHERE issued_on <= DATE '2025-12-31' GROUP BY ALL) GROUP BY ALL
"""


def months_by_hand(frame: pl.DataFrame) -> pl.DataFrame:
    """Every month of every group with the one before and that of the year before, in Polars."""
    known = frame.lazy().filter(pl.col("issued_on") <= AS_OF)
    sums = known.group_by("item_group", pl.col("issued_on").dt.truncate("1mo").alias("month")).agg(pl.col("revenue").sum())
    months = pl.LazyFrame({"month": [month.start for month in READ.months()]})
    grid = sums.select("item_group").unique().join(months, how="cross").join(sums, on=["item_group", "month"], how="left")
    value = pl.col("revenue")
    return (
        grid.with_columns(value.fill_null(0))
        .sort("item_group", "month")
        .with_columns(value.shift(1).over("item_group").alias("previous"), value.shift(12).over("item_group").alias("year_before"))
        .with_columns(
            pl.when(pl.col(before) > 0).then((value - pl.col(before)) / pl.col(before)).alias(name)
            for name, before in (("change_ratio", "previous"), ("year_change_ratio", "year_before"))
        )
        .filter(pl.col("month") >= YEARS.start)
        .collect()
    )


MONTHS_IN_SQL = """
    WITH sums AS (SELECT item_group, date_trunc('month', issued_on)::DATE AS month, sum(revenue)::DECIMAL(38, 0) AS revenue FROM lines
                  WHERE issued_on <= DATE '2025-12-31' GROUP BY ALL),
         grid AS (SELECT item_group, month FROM (SELECT DISTINCT item_group FROM sums)
                  CROSS JOIN (SELECT unnest(range(DATE '2020-01-01', DATE '2026-01-01', INTERVAL 1 MONTH))::DATE AS month)),
         filled AS (SELECT item_group, month, coalesce(revenue, 0) AS revenue FROM grid LEFT JOIN sums USING (item_group, month)),
         beside AS (SELECT *, lag(revenue) OVER series AS previous, lag(revenue, 12) OVER series AS year_before FROM filled
                    WINDOW series AS (PARTITION BY item_group ORDER BY month))
    SELECT *, CASE WHEN previous > 0 THEN (revenue - previous)::DOUBLE / previous END AS change_ratio,
           CASE WHEN year_before > 0 THEN (revenue - year_before)::DOUBLE / year_before END AS year_change_ratio
    FROM beside WHERE month >= DATE '2021-01-01' ORDER BY item_group, month
"""


def _months_from(begin: pl.Expr, day: str) -> pl.Expr:
    return (pl.col(day).dt.year() - begin.dt.year()) * 12 + pl.col(day).dt.month() - begin.dt.month()


def cohorts_by_hand(frame: pl.DataFrame) -> pl.DataFrame:
    """Customers with a purchase, and amounts of known cost, by month of the first purchase and months later, in Polars."""
    lines, cohort = frame.lazy(), pl.col("cohort")
    bought = lines.group_by("customer_id", "document_id").agg(pl.col("revenue").sum(), pl.col("issued_on").min())
    bought = bought.filter(pl.col("revenue") > 0)
    first = bought.group_by("customer_id").agg(pl.col("issued_on").min().dt.truncate("1mo").alias("cohort"))
    active = bought.join(first, on="customer_id").select("customer_id", "cohort", _months_from(cohort, "issued_on").alias("later"))
    known = pl.col("cost").is_not_null()
    amounts = lines.join(first, on="customer_id").group_by("cohort", _months_from(cohort, "issued_on").alias("later"))
    sums = amounts.agg(pl.col("revenue", "cost").sum(), pl.col("revenue").filter(known).sum().alias("known"), known.sum().alias("lines"))
    counts = active.unique().group_by("cohort", "later").agg(pl.len().alias("customers"))
    return counts.join(sums, on=["cohort", "later"], how="full", coalesce=True).sort("cohort", "later").collect()


COHORTS_IN_SQL = """
    WITH bought AS (SELECT customer_id, min(issued_on) AS day FROM lines GROUP BY customer_id, document_id HAVING sum(revenue) > 0),
         first AS (SELECT customer_id, date_trunc('month', min(day))::DATE AS cohort FROM bought GROUP BY 1),
         active AS (SELECT cohort, datediff('month', cohort, day) AS later, count(DISTINCT customer_id) AS customers
                    FROM bought JOIN first USING (customer_id) GROUP BY ALL),
         amounts AS (SELECT cohort, datediff('month', cohort, issued_on) AS later, sum(revenue)::DECIMAL(38, 0) AS revenue,
                            sum(cost) AS cost, sum(revenue) FILTER (WHERE cost IS NOT NULL) AS known, count(cost) AS lines
                     FROM lines JOIN first USING (customer_id) GROUP BY ALL)
    SELECT * FROM active FULL JOIN amounts USING (cohort, later) ORDER BY cohort, later
"""


def main(lines: int) -> None:
    """Compare all on Polars and DuckDB."""
    frame = sales(lines)
    options: Any = {"period": YEARS, "as_of": AS_OF}
    ours, theirs = rfm_by(frame, "customer_id", as_of=AS_OF, purchase="document"), rfm_by_hand(frame)
    for name in ("recency_days", "frequency", "monetary"):
        assert ours.sort("customer_id")[name].to_list() == theirs.sort("customer_id")[name].to_list()
    monthly = sales_by_month(frame, "item_group", **options)
    for name in ("revenue", "change_ratio"):
        assert monthly[name].to_list() == months_by_hand(frame)[name].to_list()
    counted = cohorts(frame, period=YEARS).filter(pl.col("customers") > 0)
    assert counted["customers"].to_list() == cohorts_by_hand(frame)["customers"].to_list()
    connection = duckdb.connect()
    connection.execute("CREATE TABLE lines AS SELECT * FROM frame")
    print(f"{lines:,} lines, {ours.height:,} customers; Polars {pl.__version__}, DuckDB {duckdb.__version__}")
    compare("rfm_by, Polars", lambda: rfm_by(frame, "customer_id", as_of=AS_OF, purchase="document"), lambda: rfm_by_hand(frame))
    compare(
        "rfm_by, DuckDB",
        lambda: rfm_by(connection.table("lines"), "customer_id", as_of=AS_OF, purchase="document").to_arrow_table(),
        lambda: connection.sql(RFM_IN_SQL).to_arrow_table(),
    )
    compare("sales_by_month, Polars", lambda: sales_by_month(frame, "item_group", **options), lambda: months_by_hand(frame))
    compare(
        "sales_by_month, DuckDB",
        lambda: sales_by_month(connection.table("lines"), "item_group", **options).to_arrow_table(),
        lambda: connection.sql(MONTHS_IN_SQL).to_arrow_table(),
    )
    compare("cohorts, Polars", lambda: cohorts(frame, period=YEARS), lambda: cohorts_by_hand(frame))
    compare(
        "cohorts, DuckDB",
        lambda: cohorts(connection.table("lines"), period=YEARS).to_arrow_table(),
        lambda: connection.sql(COHORTS_IN_SQL).to_arrow_table(),
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)
