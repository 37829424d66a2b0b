"""
How long `crmkit report` takes as a whole process, against a bare script that prints the same sums by hand.

Both run in turn, several times; the medians are compared, and the sums must agree.

    python bench/report_startup.py path/to/adventureworks/sales_lines.csv.gz
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

DEFAULT = Path(__file__).resolve().parents[2] / "shared" / "data" / "adventureworks" / "sales_lines.csv.gz"
ROUNDS = 7
ALLOWED = 1.5
AS_OF, LOST_SINCE = "2020-05-31", "2019-05-31"
MAPPED = [
    "customer_id=ResellerKey",
    "issued_on=OrderDate",
    "revenue=SalesAmount",
    "cost=TotalProductCost",
    "document_id=SalesOrderNumber",
    "item_id=ProductKey",
    "salesperson_id=EmployeeKey",
    "quantity=OrderQuantity",
]

BARE = """
import sys
from datetime import date, timedelta
import polars as pl

as_of, since = date.fromisoformat(sys.argv[2]), date.fromisoformat(sys.argv[3])
sales = pl.read_csv(sys.argv[1], null_values="NULL", try_parse_dates=True)
known = pl.col("TotalProductCost").is_not_null()
sums = [
    pl.col("SalesAmount").sum().alias("revenue"),
    (pl.col("SalesAmount") - pl.col("TotalProductCost")).filter(known).sum().alias("profit"),
]
totals = sales.select(
    pl.len().alias("lines"),
    pl.col("SalesOrderNumber").n_unique().alias("documents"),
    pl.col("ResellerKey").n_unique().alias("customers"),
    pl.col("SalesAmount").filter(~known).sum().alias("unknown"),
    *sums,
)
each = sales.group_by("ResellerKey").agg(
    *sums,
    pl.col("OrderDate").min().alias("first"),
    pl.col("OrderDate").max().alias("last"),
)


def with_class(frame, value, into):
    base = frame.filter(pl.col(value) > 0)[value].sum()
    frame = frame.sort(value, descending=True)
    before = pl.col(value).clip(0).cum_sum() - pl.col(value).clip(0)
    return frame.with_columns(
        pl.when(pl.col(value) <= 0).then(pl.lit("C"))
        .when(before < 0.80 * base).then(pl.lit("A"))
        .when(before < 0.95 * base).then(pl.lit("B"))
        .otherwise(pl.lit("C")).alias(into)
    )


each = with_class(with_class(each, "revenue", "by_revenue"), "profit", "by_profit")
cells = each.group_by("by_revenue", "by_profit").agg(
    pl.len(), (pl.col("profit") < 0).sum().alias("losing"), pl.col("revenue", "profit").sum()
).sort("by_revenue", "by_profit")
losing = each.filter(pl.col("profit") < 0).sort("revenue", descending=True)
lost = each.filter((pl.col("first") < since) & (pl.col("last") < since)).sort("profit", descending=True)
every = pl.col("by_profit").replace_strict({"A": 30, "B": 60, "C": 90}, return_dtype=pl.Int64)
calls = each.filter((pl.lit(as_of) - pl.col("last")).dt.total_days() > every).sort("by_profit", "profit", descending=[False, True])
row = totals.row(0, named=True)
print(row["lines"], row["documents"], row["customers"], losing.height, lost.height, calls.height)
print(*(format(row[name], ".2f") for name in ("revenue", "profit", "unknown")))
for cell in cells.iter_rows():
    print(*cell[:4], *(format(amount, ".2f") for amount in cell[4:]))
for customer in [*losing.head(10).iter_rows(), *lost.head(10).iter_rows(), *calls.head(10).iter_rows()]:
    print(*customer)
"""


def seconds(command: list[str]) -> tuple[float, str]:
    """Run a command and measure it."""
    start = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8")
    return time.perf_counter() - start, done.stdout


def sums_of_report(text: str) -> list[str]:
    """Take from the report what the bare script prints."""
    (part,) = json.loads(text)["currencies"]
    totals = part["totals"]
    counts = [totals["lines"], totals["documents"], totals["customers"], part["loss_makers"], part["lost"], sum(part["calls_due"].values())]
    amounts = [totals["revenue"], totals["gross_profit"], totals["revenue_without_cost"]]
    cells = [
        " ".join(
            [cell["by_revenue"], cell["by_profit"], str(cell["customers"]), str(cell["loss_making"]), cell["revenue"], cell["gross_profit"]]
        )
        for cell in part["classes"]
    ]
    return [" ".join(map(str, counts)), " ".join(amounts), *cells]


def main() -> int:
    """Measure, compare, and fail when it takes too long."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # without bytecode every start compiles its libraries anew
    path = str(sys.argv[1] if len(sys.argv) > 1 else DEFAULT)
    report = [sys.executable, "-m", "crmkit.cli", "report", path, "--map", *MAPPED, "--as-of", AS_OF]
    bare = [sys.executable, "-c", BARE, path, AS_OF, LOST_SINCE]
    _, by_hand = seconds(bare)
    _, by_report = seconds([*report, "--json"])
    expected = sums_of_report(by_report)
    found = by_hand.splitlines()[: len(expected)]
    assert found == expected, f"the sums differ:\n{found}\n{expected}"
    times = [(seconds(bare)[0], seconds(report)[0]) for _ in range(ROUNDS)]
    bare_s, report_s = (median(column) for column in zip(*times, strict=True))
    ratio = report_s / bare_s
    print(f"bare script {bare_s:.3f} s, crmkit report {report_s:.3f} s, ratio {ratio:.2f} (allowed {ALLOWED}); the sums agree")
    return 0 if ratio <= ALLOWED else 1


if __name__ == "__main__":
    raise SystemExit(main())
