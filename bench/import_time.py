"""
How long `import crmkit` takes, against importing its hard dependencies; in processes of their own, in turn.

    python bench/import_time.py
"""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median

ROUNDS = 15
ALLOWED = 1.3
PROGRAMS = {
    "nothing": "pass",
    "hard dependencies": "import attrs, cattrs, dateutil.relativedelta, lazy_loader, narwhals.stable.v2, uuid_utils",
    "crmkit": "import crmkit",
}


def seconds(program: str) -> float:
    """Run a program and take the wall time of its process."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True)
    return time.perf_counter() - begin


def main() -> int:
    """Print the medians and the ratio, the start of Python taken off both."""
    taken: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for _ in range(ROUNDS):
        for name, program in PROGRAMS.items():
            taken[name].append(seconds(program))
    found = {name: median(times) for name, times in taken.items()}
    ratio = (found["crmkit"] - found["nothing"]) / (found["hard dependencies"] - found["nothing"])
    for name, wall in found.items():
        print(f"{name:20} {wall * 1000:6.0f} ms")
    print(f"ratio {ratio:.2f}, allowed {ALLOWED}")
    return 0 if ratio <= ALLOWED else 1


if __name__ == "__main__":
    raise SystemExit(main())
