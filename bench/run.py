"""
Run the benchmarks, all or those named, one after the other; exit with 1 if one misses what it allows.

    python bench/run.py [import_time report_startup against_engines know_the_customer]
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ALL = ("import_time", "report_startup", "against_engines", "know_the_customer")


def main(names: list[str]) -> int:
    """Run each in a process of its own."""
    missed = []
    for name in names or ALL:
        print(f"\n{name}", flush=True)
        if subprocess.run([sys.executable, HERE / f"{name}.py"], check=False).returncode:
            missed.append(name)
    if missed:
        print(f"\nmissed: {', '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
