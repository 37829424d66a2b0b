"""
Figures over more lines than memory holds, from Parquet on DuckDB: peak memory of a process of its own, and exit 1 above 2 GiB.

    python bench/larger_than_memory.py [lines, 100 million by default]

The lines are made by DuckDB itself, in a folder that is removed; 100 million take about 2 GB of disk and what is spilled beside it.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from crmkit import Period
from crmkit.classification import add_abc_class, rfm_by
from crmkit.history import sales_by_month
from crmkit.metrics import gross_profit_by

ALLOWED_GIB = 2.0
ENGINE_LIMIT = "1200MB"  # what DuckDB may hold; the interpreter, the libraries and buffers outside of its count come on top
AS_OF = date(2025, 12, 31)
YEARS = Period(date(2021, 1, 1), date(2026, 1, 1))
MAKE_LINES = """
    COPY (SELECT (hash(i // 3) % {customers})::BIGINT AS customer_id, (i // 3)::BIGINT AS document_id,
                 DATE '2021-01-01' + (hash(i // 3 + 7) % 1826)::INT AS issued_on, (hash(i + 13) % 1000)::INT AS item_group,
                 (hash(i + 29) % 100000)::BIGINT + 1 AS revenue,
                 CASE WHEN i % 10 != 0 THEN (hash(i + 31) % 90000)::BIGINT END AS cost
          FROM range({lines}) AS made(i)) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 250000)
"""
FIGURES: dict[str, Any] = {
    "gross_profit_by, add_abc_class": lambda lines: add_abc_class(gross_profit_by(lines, "customer_id")),
    "rfm_by": lambda lines: rfm_by(lines, "customer_id", as_of=AS_OF, purchase="document"),
    "sales_by_month": lambda lines: sales_by_month(lines, "item_group", period=YEARS, as_of=AS_OF),
}


def connected(folder: Path) -> duckdb.DuckDBPyConnection:
    """Connect with a limit on memory, and spill into the folder."""
    connection = duckdb.connect()
    for name, value in {"memory_limit": ENGINE_LIMIT, "temp_directory": str(folder / "spill"), "threads": "2"}.items():
        connection.execute(f"SET {name} = '{value}'")
    connection.execute("SET preserve_insertion_order = false")
    return connection


def compute(name: str, folder: Path) -> None:
    """Compute one figure into a file and tell its rows, time and peak memory."""
    started = time.perf_counter()
    connection = connected(folder)
    result = folder / "result.parquet"
    FIGURES[name](connection.read_parquet(str(folder / "lines.parquet"))).write_parquet(str(result))
    rows = connection.read_parquet(str(result)).count("*").fetchall()[0][0]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{name:32} {rows:12,} rows, {time.perf_counter() - started:7.1f} s wall, peak {peak:.2f} GiB", flush=True)
    raise SystemExit(peak > ALLOWED_GIB)


def main(lines: int) -> int:
    """Make the lines, then compute each figure in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="crmkit-bench-") as name:
        folder = Path(name)
        path = folder / "lines.parquet"
        connected(folder).execute(MAKE_LINES.format(customers=lines // 10, lines=lines, path=path))
        print(f"{lines:,} lines, {path.stat().st_size / 2**30:.2f} GiB of Parquet; DuckDB {duckdb.__version__}", flush=True)
        codes = [subprocess.run([sys.executable, __file__, figure, name], check=False).returncode for figure in FIGURES]
    return max(codes)


if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1] in FIGURES:
        compute(sys.argv[1], Path(sys.argv[2]))
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000_000))
