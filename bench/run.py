"""
Run the benchmarks, all or those named, one after the other; exit with 1 if one misses what it allows.

    python bench/run.py [--short] [import_time report_startup …]

With `--short` those that take minutes run on less.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ALL = (
    "import_time",
    "report_startup",
    "against_engines",
    "know_the_customer",
    "timeline_and_find",
    "bulk_load",
    "free_slots",
    "contact_plans",
    "figures_against_peers",
    "customers_against_peers",
    "work_queue",
    "larger_than_memory",
)
SHORT = {
    "against_engines": ["1000000"],
    "know_the_customer": ["1000000"],
    "customers_against_peers": ["1000000"],
    "timeline_and_find": ["50000"],
    "bulk_load": ["5000"],
    "work_queue": ["20000"],
    "larger_than_memory": ["20000000"],
}


def main(names: list[str]) -> int:
    """Run each in a process of its own."""
    missed = []
    short = "--short" in names
    for name in [name for name in names if name != "--short"] or ALL:
        print(f"\n{name}", flush=True)
        if subprocess.run([sys.executable, HERE / f"{name}.py", *(SHORT.get(name, []) if short else [])], check=False).returncode:
            missed.append(name)
    if missed:
        print(f"\nmissed: {', '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
