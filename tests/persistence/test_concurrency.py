"""Many processes on one database lose nothing and get no error."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from crmkit.entities import ContactPlan
from crmkit.persistence.sql import open_store
from crmkit.testing.contract_data import a_party, a_plan, keep, stored

if TYPE_CHECKING:
    from pathlib import Path

WORKER = """
import sys, attrs
from crmkit.entities import ContactPlan
from crmkit.persistence.sql import SqlStore, create_engine

store = SqlStore(create_engine(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    with store.transaction("acme", write=True) as transaction:
        plan = transaction.get(ContactPlan, "P-1", lock=True)
        transaction.save([attrs.evolve(plan, contact_count=plan.contact_count + 1)])
"""


def count_together(url: str, processes: int, times: int) -> float:
    """Let processes count up together; tell how long it took."""
    store = open_store(url)
    keep(store, a_party(), a_plan())
    began = time.monotonic()
    workers = [subprocess.Popen([sys.executable, "-W", "error", "-c", WORKER, url, str(times)]) for _ in range(processes)]
    assert [worker.wait(timeout=300) for worker in workers] == [0] * processes
    seconds = time.monotonic() - began
    plan = stored(store, ContactPlan, "P-1")
    assert plan is not None
    assert (plan.contact_count, plan.version) == (processes * times, processes * times + 1)
    store.close()
    return seconds


def test_four_processes_count_to_400_on_a_sqlite_file(tmp_path: Path) -> None:
    count_together(f"sqlite:///{tmp_path / 'crm.db'}", 4, 100)


@pytest.mark.long
def test_eight_processes_count_to_8000_on_a_sqlite_file(tmp_path: Path) -> None:
    seconds = count_together(f"sqlite:///{tmp_path / 'crm.db'}", 8, 1_000)
    assert seconds <= 30
