"""
The first 50 of a work queue, beside the indexed query in plain SQL whose rows are made entities by hand; and how it grows.

Everybody's queue and those of two employees, one with recalls and one with suggestions only, in a SQLite file and in memory. Both run
in turn; the medians of their CPU time are compared.

    python bench/work_queue.py [parties of the large company, 1 million by default] [folder in which the files are kept]
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from queue_company import AS_OF, TENANT, fill
from stored_company import party_of
from timing import milliseconds

from crmkit import Crm, Interval, Scope
from crmkit.entities import ContactPlan, Document, Line, Recall, Ref, Task
from crmkit.persistence import MemoryStore
from crmkit.persistence.sql import open_store

if TYPE_CHECKING:
    from collections.abc import Sequence

Job = Callable[[], Any]
SMALL = 10_000
MIDDLE = 100_000
PAGE = 50
ROUNDS = 21
ALLOWED, ALLOWED_GROWTH = 1.5, 1.3
SEEN_BY = {"everybody": None, "with recalls": "E-0", "with suggestions": "E-1"}
RECALL, SUGGESTION = 1, 8

# What is due of one kind, in the order of the queue: by an index over whose it is, kind, day, time and worth.
PAGE_OF = """SELECT party.version, party.data, plan.version, plan.data, recall.version, recall.data
    FROM crmkit_work_item AS item
    JOIN crmkit_party AS party ON party.tenant = item.tenant AND party.id = item.party_id
    JOIN crmkit_contact_plan AS plan ON plan.tenant = item.tenant AND plan.id = item.party_id
    LEFT JOIN crmkit_recall AS recall ON recall.tenant = item.tenant AND recall.party_id = item.party_id AND recall.state = 'open'
    WHERE item.tenant = ? AND {whose} item.rank = ? AND item.day <= ?
    ORDER BY item.rank, item.day, item.at, item.worth, item.key, item.id LIMIT ?"""
TASKS = """SELECT version, data FROM crmkit_task WHERE tenant = ? AND party_id IN ({ids}) AND state = 'open'"""
INVOICES = """SELECT version, data FROM crmkit_document
    WHERE tenant = ? AND party_id IN ({ids}) AND issued_on > ? AND issued_on <= ? AND kind IN ('invoice', 'credit_note')"""


def plan_of(version: int, data: str) -> ContactPlan:
    """Make a contact plan by hand."""
    row = json.loads(data)
    return ContactPlan(
        party_id=row["party_id"],
        frequency=Interval(**row["frequency"]),
        last_contact_on=date.fromisoformat(row["last_contact_on"]),
        contact_count=row["contact_count"],
        next_contact_on=date.fromisoformat(row["next_contact_on"]),
        version=version,
    )


def recall_of(version: int, data: str) -> Recall:
    """Make a recall by hand."""
    row = json.loads(data)
    return Recall(id=row["id"], party_id=row["party_id"], due_on=date.fromisoformat(row["due_on"]), reason=row["reason"], version=version)


def task_of(version: int, data: str) -> Task:
    """Make a task by hand."""
    row = json.loads(data)
    due_on, about = date.fromisoformat(row["due_on"]), Ref(**row["about"])
    return Task(
        id=row["id"],
        party_id=row["party_id"],
        about=about,
        text=row["text"],
        due_on=due_on,
        employee_id=row["employee_id"],
        version=version,
    )


def invoice_of(version: int, data: str) -> Document:
    """Make an invoice by hand."""
    row = json.loads(data)
    lines = [
        Line(item_id=line["item_id"], quantity=int(line["quantity"]), unit_price=int(line["unit_price"]), unit_cost=int(line["unit_cost"]))
        for line in row["lines"]
    ]
    issued_on = date.fromisoformat(row["issued_on"])
    return Document(id=row["id"], kind=row["kind"], party_id=row["party_id"], issued_on=issued_on, lines=lines, version=version)


def by_hand(path: Path, employee_id: str | None) -> Sequence[str]:
    """Read the page in SQL, make the entities of all that is open with its parties, and add up what each brought in a year."""
    database = sqlite3.connect(path)
    whose = "" if employee_id is None else f"item.whose = 'employee {employee_id}' AND"
    rank = SUGGESTION if employee_id == SEEN_BY["with suggestions"] else RECALL
    rows = database.execute(PAGE_OF.format(whose=whose), (TENANT, rank, AS_OF.isoformat(), PAGE)).fetchall()
    parties = [party_of(row[0], row[1]) for row in rows]
    plans = [plan_of(row[2], row[3]) for row in rows]
    recalls = [recall_of(row[4], row[5]) for row in rows if row[4] is not None]
    ids = [party.id for party in parties]
    tasks = [task_of(*row) for row in database.execute(TASKS.format(ids=",".join("?" * len(ids))), (TENANT, *ids))]
    first = (AS_OF - timedelta(days=365)).isoformat()
    found = database.execute(INVOICES.format(ids=",".join("?" * len(ids))), (TENANT, *ids, first, AS_OF.isoformat()))
    worth = [(invoice.party_id, invoice.gross_profit()) for invoice in (invoice_of(*row) for row in found)]
    database.close()
    assert len(plans) == len(parties), (len(worth), len(recalls), len(tasks))
    return [party.id for party in parties]


def main(arguments: list[str]) -> int:
    """Fill the stores, see that both read the same, measure."""
    large = int(arguments[0]) if arguments else 1_000_000
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(arguments[1]) if len(arguments) > 1 else Path(temporary)
        return measured(sorted({min(SMALL, large), min(MIDDLE, large), large}), folder)


def measured(sizes: Sequence[int], folder: Path) -> int:
    """Measure every store and size; 1 where one is slower than allowed."""
    missed = False
    at_first: dict[tuple[str, str], float] = {}
    for name in ("sqlite", "memory"):
        for parties in sizes:
            path = folder / f"{parties}.db"
            begin = time.process_time()
            if name == "memory":
                store: Any = MemoryStore()
                fill(store, parties)
            else:
                is_new = not path.exists()
                store = open_store(f"sqlite:///{path}")
                if is_new:
                    fill(store, parties)
            print(f"{name}, {parties} parties: filled in {time.process_time() - begin:.0f} s", flush=True)
            crm = Crm(store, scope=Scope(tenant=TENANT, actor="anna"), clock=lambda: datetime(2026, 6, 30, 8, tzinfo=ZoneInfo("UTC")))
            for viewer, employee_id in SEEN_BY.items():
                missed |= one_measured(crm, path, (name, viewer), employee_id, at_first)
            store.close()
    return 1 if missed else 0


def one_measured(crm: Crm, path: Path, case: tuple[str, str], employee_id: str | None, at_first: dict[tuple[str, str], float]) -> bool:
    """Measure one page; True where it is slower than allowed."""

    def page() -> Sequence[str | None]:
        return [row.party_id for row in crm.work_queue(as_of=AS_OF, employee_id=employee_id, limit=PAGE)]

    jobs: list[Job] = [page]
    if case[0] == "sqlite":
        listed, read = page(), by_hand(path, employee_id)  # of one day the most valuable come first, and by hand they do not
        assert len({*listed} & {*read}) > min(len(listed), len(read)) // 2
        jobs.append(lambda: by_hand(path, employee_id))
    else:
        page()
    own, *others = milliseconds(*jobs, rounds=ROUNDS, clock=time.process_time)
    growth = own / at_first.setdefault(case, own)
    ratios = "".join(f", by hand {other:.2f} ms, ratio {own / other:.2f}, allowed {ALLOWED}" for other in others)
    print(f"  {case[1]}: {own:.2f} ms{ratios}; grew {growth:.2f} times, allowed {ALLOWED_GROWTH}", flush=True)
    return growth > ALLOWED_GROWTH or any(own > ALLOWED * other for other in others)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
