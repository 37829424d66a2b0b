"""
A page of a timeline and the address search, each beside the indexed query in plain SQL whose rows are made entities by hand.

Both run in turn on the same SQLite file; the medians of their CPU time are compared. The file is kept in a temporary folder.

    python bench/timeline_and_find.py [parties of the large company, 1 million by default]
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from stored_company import BUSY, TENANT, make, party_of

from crmkit import Crm, Scope
from crmkit.entities import HistoryEntry, Party, Ref

SMALL = 10_000
BUSY_ENTRIES = 10_000
PAGE = 50
HITS = 20
ROUNDS = 15
CALLS = 20
ALLOWED, ALLOWED_GROWTH = 2.0, 1.3
SEARCHES = {"a rare word": "zwetschgen3", "a common word": "bach", "two words": "lindenmann transp", "in two fields": "lindenmann anna"}

TIMELINE = """SELECT version, data FROM crmkit_history_entry
    WHERE tenant = ? AND party_id = ? ORDER BY happened_at DESC, id DESC LIMIT ?"""
SEARCH = """SELECT party.version, party.data FROM crmkit_search_term AS term
    JOIN crmkit_party AS party ON party.tenant = term.tenant AND party.id = term.party_id
    WHERE term.tenant = ? AND term.term >= ? AND term.term < ? ORDER BY term.term, term.id LIMIT ?"""
SEARCH_FOR_TWO = """SELECT party.version, party.data FROM crmkit_search_term AS term
    JOIN crmkit_party AS party ON party.tenant = term.tenant AND party.id = term.party_id
    WHERE term.tenant = ? AND term.term >= ? AND term.term < ? AND EXISTS (
        SELECT 1 FROM crmkit_search_term AS other INDEXED BY ix_crmkit_search_term_party_id_term
        WHERE other.tenant = term.tenant AND other.party_id = term.party_id
        AND other.term >= ? AND other.term < ?) ORDER BY term.term, term.id LIMIT ?"""

Job = Callable[[], Any]


def entry_of(version: int, data: str) -> HistoryEntry:
    """Make an entry by hand."""
    row = json.loads(data)
    return HistoryEntry(
        id=row["id"],
        party_id=row["party_id"],
        happened_at=datetime.fromisoformat(row["happened_at"]),
        recorded_at=datetime.fromisoformat(row["recorded_at"]),
        actor=row["actor"],
        verb=row["verb"],
        about=Ref(**row["about"]),
        summary=row["summary"],
        version=version,
    )


def found_by_hand(database: sqlite3.Connection, text: str) -> list[Party]:
    """Search by hand: the longest word by its index, another one by that of the party."""
    bounds = [bound for word in sorted(text.split(), key=len, reverse=True) for bound in (word, word + "\U0010ffff")]
    statement = SEARCH if len(bounds) == 2 else SEARCH_FOR_TWO  # noqa: PLR2004  # one word
    return [party_of(*row) for row in database.execute(statement, (TENANT, *bounds, HITS))]


def seconds(job: Job) -> float:
    """CPU seconds of one call, on average of some."""
    begun = time.process_time()
    for _ in range(CALLS):
        job()
    return (time.process_time() - begun) / CALLS


def in_turn(*jobs: Job) -> list[float]:
    """Run jobs in turn, several times; the median of each."""
    return [median(times) for times in zip(*([seconds(job) for job in jobs] for _ in range(ROUNDS)), strict=True)]


def compared(name: str, by_hand: Job, ours: Job) -> bool:
    """Print how both compare; tell whether ours is within what is allowed."""
    raw, crmkit = in_turn(by_hand, ours)
    print(f"{name:48} by hand {raw * 1e6:7.0f} µs, crmkit {crmkit * 1e6:7.0f} µs, ratio {crmkit / raw:.2f} (allowed {ALLOWED})")
    return crmkit <= ALLOWED * raw


def main(parties: int) -> int:
    """Measure and compare."""
    with tempfile.TemporaryDirectory() as folder:
        crms, databases = {}, {}
        for size in (SMALL, parties):
            path = Path(folder) / f"{size}.db"
            make(path, parties=size, entries=max(size, 2 * BUSY_ENTRIES), of_busy=BUSY_ENTRIES)
            crms[size] = Crm.open(f"sqlite:///{path}", scope=Scope(tenant=TENANT, actor="anna"))
            databases[size] = sqlite3.connect(path)
        crm, database = crms[parties], databases[parties]

        def page_by_hand() -> list[HistoryEntry]:
            return [entry_of(*row) for row in database.execute(TIMELINE, (TENANT, BUSY, PAGE))]

        assert list(crm.timeline(BUSY)) == page_by_hand()
        well = [compared(f"timeline, {PAGE} of {BUSY_ENTRIES:,} among {parties:,}", page_by_hand, lambda: crm.timeline(BUSY))]
        small, large = in_turn(lambda: crms[SMALL].timeline(BUSY), lambda: crm.timeline(BUSY))
        print(f"{'timeline, growth of its time':48} {SMALL:,} to {parties:,} parties: {large / small:.2f} (allowed {ALLOWED_GROWTH})")
        well.append(large <= ALLOWED_GROWTH * small)
        for name, text in SEARCHES.items():
            assert {hit.party.id for hit in crm.find(text)} == {party.id for party in found_by_hand(database, text)}
            well.append(compared(f"find, {name}", lambda text=text: found_by_hand(database, text), lambda text=text: crm.find(text)))  # type: ignore[misc]
        for size, one in crms.items():
            one.close()
            databases[size].close()
    return 0 if all(well) else 1


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
