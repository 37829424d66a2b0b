"""
Taking over an old system by `Crm.add`, beside SQLAlchemy Core's executemany of the very rows that it writes.

Both write into a new SQLite file. `Crm.add` makes the records, checks them, keeps search terms and history beside them and hashes its
journal. Executemany gets the same rows of the same tables with the same indexes and foreign keys, finished: the JSON as text, days, moments
and amounts in the form of the driver, so that it converts nothing. In one thing it is not favoured: Python's garbage collector runs
as it does for anybody who calls it, while `Crm.add` lets it rest; at rest it takes about a fifth less.

    python bench/bulk_load.py [parties, 20 thousand by default; as many invoices of three lines]
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData, insert, select
from stored_company import TENANT, id_of, name_of

from crmkit import Crm, Scope
from crmkit.entities import Address, ContactPerson, Document, Line, Party
from crmkit.persistence.sql import create_engine, open_store, upgrade

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Engine, Table

    from crmkit.records import Stored

ROUNDS = 5
ALLOWED = 2.0
BATCH = 5_000

Rows = list[tuple["Table", list[dict[str, Any]]]]
Times = dict[str, float]


def parties(number: int) -> list[Party]:
    """Make customers with a contact person, an address and an e-mail address."""
    return [
        Party(
            id=id_of(place),
            name=name_of(place),
            created_on=date(2024, 1, 1),
            roles="customer",
            owner_id=f"E-{place % 50}",
            people=[ContactPerson(id="1", last_name="Huber", first_name="Anna")],
            addresses=[Address(street=f"Hauptstraße {place}", postal_code="1010", city="Wien", country="AT")],
            emails=[f"office@{place}.example"],
        )
        for place in range(number)
    ]


def invoices(number: int) -> list[Document]:
    """Make an invoice for each."""
    lines = [Line(item_id=f"I-{place}", quantity=2, unit_price=100, unit_cost=60) for place in range(3)]
    return [
        Document(id=f"D-{place:07d}", kind="invoice", party_id=id_of(place), issued_on=date(2024, 6, 1), lines=lines, currency="EUR")
        for place in range(number)
    ]


def rows_of(engine: Engine) -> Rows:
    """Read all rows of all tables as they are, those that others refer to first."""
    metadata = MetaData()
    metadata.reflect(engine)
    tables = [table for table in metadata.sorted_tables if table.name != "crmkit_migrations"]
    with engine.connect() as connection:
        return [(table, [dict(row) for row in connection.execute(select(table)).mappings()]) for table in tables]


def executed(folder: Path, rows: Rows) -> float:
    """CPU seconds of writing finished rows."""
    engine = create_engine(f"sqlite:///{folder / 'core.db'}")
    upgrade(engine)
    begun = time.process_time()
    with engine.begin() as connection:
        for table, own in rows:
            if own:
                connection.execute(insert(table), own)
    taken = time.process_time() - begun
    engine.dispose()
    return taken


def in_batches(number: int) -> list[list[Stored]]:
    """Put parties and their invoices together: who takes over all parties first and all documents later has each party read again."""
    customers, documents = parties(number), invoices(number)
    return [[*customers[start : start + BATCH], *documents[start : start + BATCH]] for start in range(0, number, BATCH)]


def added(folder: Path, batches: Sequence[Sequence[Stored]]) -> tuple[float, Rows]:
    """CPU seconds of `Crm.add`, and the rows that it has written."""
    store = open_store(f"sqlite:///{folder / 'crm.db'}")
    crm = Crm(store, scope=Scope(tenant=TENANT, actor="anna"))
    begun = time.process_time()
    for batch in batches:
        crm.add(*batch)
    taken = time.process_time() - begun
    store.close()
    engine = create_engine(f"sqlite:///{folder / 'crm.db'}")
    written = rows_of(engine)
    engine.dispose()
    return taken, written


def main(number: int) -> int:
    """Measure and compare."""
    ratios = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            ours, rows = added(Path(folder), in_batches(number))
            plain = executed(Path(folder), rows)
        count_of_rows = sum(len(own) for _, own in rows)
        ratios.append(ours / plain)
        print(
            f"{number:,} parties with their invoices {ours:.2f} s, their {count_of_rows:,} rows by executemany {plain:.2f} s CPU; "
            f"ratio {ours / plain:.2f} (allowed {ALLOWED})"
        )
    return 0 if median(ratios) <= ALLOWED else 1


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000))
