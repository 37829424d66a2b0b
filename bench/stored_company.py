"""
A SQLite store with any number of parties for benchmarks, written past the verbs, in SQL: a million in a minute.

One party, BUSY, has the most history; all others share the rest.
"""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from itertools import count
from typing import TYPE_CHECKING

from crmkit.desks.terms import folded_words
from crmkit.entities import Address, ContactPerson, Party
from crmkit.persistence.sql import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TENANT = "acme"
BUSY = "P-0000007"
OWNERS = 50
BEGINNINGS = ("Alt", "Bach", "Berg", "Bruck", "Dorn", "Eich", "Feld", "Gold", "Hart", "Hoch", "Kirch", "Lang", "Linden", "Neu", "Ober")
ENDINGS = ("acker", "bauer", "berger", "brunner", "hofer", "huber", "lechner", "mann", "mayr", "meister", "müller", "reiter", "wimmer")
TRADES = ("Bau", "Druck", "Elektro", "Holz", "Metall", "Technik", "Transport", "Werkzeug", "Zimmerei")
FORMS = ("GmbH", "AG", "KG", "OHG", "e.U.")


def name_of(number: int) -> str:
    """Name a party: two of three words are common, one in a thousand parties has a rare one."""
    stem = BEGINNINGS[number % len(BEGINNINGS)] + ENDINGS[number // 15 % len(ENDINGS)]
    if number % 1_000 == 7:  # noqa: PLR2004  # any place
        stem = f"{stem}-Zwetschgen{number // 1_000}"
    return f"{stem} {TRADES[number // 195 % len(TRADES)]} {FORMS[number % len(FORMS)]}"


def make(path: Path, *, parties: int, entries: int, of_busy: int) -> None:
    """Write a store with so many parties, and so many history entries in all and of the busy party."""
    open_store(f"sqlite:///{path}").close()
    database = sqlite3.connect(path, isolation_level=None)
    indexes = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
    for name, _ in indexes:
        database.execute(f"DROP INDEX {name}")
    database.execute("PRAGMA synchronous = OFF")
    database.execute("BEGIN")
    database.executemany(
        """INSERT INTO crmkit_party (tenant, id, version, owner_id, created_on, checked_on, data)
           VALUES ('acme', ?, 1, ?, '2024-01-01', '2024-01-01', ?)""",
        _parties(parties),
    )
    database.execute(
        """INSERT INTO crmkit_contact_plan (tenant, id, version, next_contact_on, data)
           SELECT tenant, id, 1, day, json_object('party_id', id, 'frequency', json_object('days', 30), 'next_contact_on', day)
           FROM (SELECT tenant, id, date('2024-01-01', '+' || (rowid * 7919 % 1000) || ' days') AS day FROM crmkit_party)"""
    )
    database.executemany(
        "INSERT INTO crmkit_search_term (tenant, id, version, party_id, field, term, data) VALUES ('acme', ?, 1, ?, ?, ?, ?)",
        _terms(parties),
    )
    database.executemany(
        """INSERT INTO crmkit_history_entry (tenant, id, version, party_id, happened_at, kind, data)
           VALUES ('acme', ?, 1, ?, ?, 'interaction', ?)""",
        _history(parties, entries, of_busy),
    )
    for _, statement in indexes:
        database.execute(statement)
    database.execute("COMMIT")
    database.close()


def id_of(number: int) -> str:
    """Name the id of a party."""
    return f"P-{number:07d}"


def _parties(parties: int) -> Iterator[tuple[str, str, str]]:
    for number in range(parties):
        id, owner = id_of(number), f"E-{number % OWNERS}"
        address = {"street": f"Hauptstraße {number % 99}", "postal_code": str(number % 9000 + 1000), "city": "Wien", "country": "AT"}
        data = {
            "id": id,
            "name": name_of(number),
            "created_on": "2024-01-01",
            "roles": ["customer"],
            "people": [{"id": "1", "last_name": "Huber", "first_name": "Anna"}],
            "addresses": [address],
            "emails": [f"office@{number}.example"],
            "owner_id": owner,
        }
        yield id, owner, json.dumps(data)


def _terms(parties: int) -> Iterator[tuple[str, str, str, str, str]]:
    for number in range(parties):
        party_id = id_of(number)
        for field, text in (("name", name_of(number)), ("people", "Anna Huber")):
            for word in sorted(set(folded_words(text))):
                id = f"{party_id} {field} {word}"
                yield id, party_id, field, word, json.dumps({"id": id, "party_id": party_id, "field": field, "term": word})


def _history(parties: int, entries: int, of_busy: int) -> Iterator[tuple[str, str, str, str]]:
    others = count()
    for number in range(entries):
        busy = number * of_busy // entries != (number + 1) * of_busy // entries
        party_id = BUSY if busy else id_of(next(others) * 7_919 % parties)
        minute = number % (700 * 24 * 60)
        at = f"2024-{minute // 43200 % 12 + 1:02d}-{minute // 1440 % 28 + 1:02d}T{minute // 60 % 24:02d}:{minute % 60:02d}:00"
        id = f"H-{number:08d}"
        data = {
            "id": id,
            "party_id": party_id,
            "happened_at": f"{at}+00:00",
            "recorded_at": f"{at}+00:00",
            "actor": "E-1",
            "verb": "record_interaction",
            "about": {"kind": "interaction", "id": f"I-{number}"},
            "summary": "phone to them, spring offer",
        }
        yield id, party_id, f"{at}.000000Z", json.dumps(data)


def party_of(version: int, data: str) -> Party:
    """Make a party by hand."""
    row = json.loads(data)
    return Party(
        id=row["id"],
        name=row["name"],
        created_on=date.fromisoformat(row["created_on"]),
        roles=row["roles"],
        owner_id=row["owner_id"],
        people=[ContactPerson(**person) for person in row["people"]],
        emails=row["emails"],
        addresses=[Address(**address) for address in row["addresses"]],
        version=version,
    )
