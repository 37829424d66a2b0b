"""The scripts in `examples/` run, and print what another way of counting finds."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def printed_by(script: str, *arguments: str) -> list[str]:
    run = subprocess.run([sys.executable, EXAMPLES / script, *arguments], capture_output=True, text=True, check=False, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def test_the_host_s_row_and_the_interaction_are_there_together_or_not_at_all() -> None:
    assert printed_by("embed_in_your_app.py") == [
        "undone in both worlds: the host changes its mind",
        "calls in the host's table: 1",
        "contacts in crmkit: 1",
        "2026-03-22 []",
        "2026-03-23 ['Müller GmbH: recall today']",
        "2026-03-24 ['Müller GmbH: recall was due on 2026-03-23']",
    ]


def test_a_script_without_its_file_says_how_it_is_called() -> None:
    run = subprocess.run([sys.executable, EXAMPLES / "northwind.py"], capture_output=True, text=True, check=False)

    assert (run.returncode, run.stderr.strip()) == (1, "usage: python examples/northwind.py northwind.db")


def test_a_foreign_erp_becomes_a_call_list(shared_data: Callable[[str], Path]) -> None:
    path = shared_data("northwind/northwind.db")

    lines = printed_by("northwind.py", str(path))

    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as erp:
        lost = [
            name
            for (name,) in erp.execute(
                """SELECT c.CustomerID FROM Customers c LEFT JOIN Orders o ON o.CustomerID = c.CustomerID
                   WHERE c.Country IS NOT NULL GROUP BY 1 HAVING coalesce(max(date(o.OrderDate)), '') < '1998-01-01' ORDER BY 1"""
            )
        ]
    erp.close()
    assert lines[0] == "2155 lines, 830 orders, 89 customers, revenue 1,265,793.29 USD"
    assert f"lost since 1998-01-01: {', '.join(lost)}" in lines
    assert lines[-10].startswith("C  Centro comercial Moctezuma")
    assert lines[-10].endswith("last contact on 1996-07-18, more than 90 days ago")
