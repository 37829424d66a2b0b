"""The journal's records: a hash chain over salted commitments to every change."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import TYPE_CHECKING

import attrs

from crmkit.entities import Ref
from crmkit.entities.stored_form import text_of
from crmkit.records import JournalChange, JournalEntry, JournalHead, Stored, kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crmkit.store import Transaction

_DIGITS = 12
_SALT_BYTES = 16


def journal_records(
    transaction: Transaction, changes: Sequence[tuple[Stored | None, Stored, str | None]], *, at: datetime, actor: str, verb: str
) -> list[Stored]:
    """Make the entry of one verb, its changes, and the new end of the journal."""
    head = transaction.get(JournalHead, "journal", lock=True) or JournalHead()
    id = f"{head.count + 1:0{_DIGITS}d}"
    subjects = [Ref(kind_of(type(after)).name, after.id) for _, after, _ in changes]
    kept = [
        JournalChange(
            id=f"{id}.{place}",
            party_id=party_id,
            subject=subject.key,
            salt=secrets.token_hex(_SALT_BYTES),
            before=None if before is None else text_of(before),
            after=text_of(after),
        )
        for place, (subject, (before, after, party_id)) in enumerate(zip(subjects, changes, strict=True))
    ]
    entry = JournalEntry(
        id=id,
        at=at,
        actor=actor,
        verb=verb,
        changes=tuple(zip(subjects, map(commitment_of, kept), strict=True)),
        previous=head.hash,
        hash="",
    )
    entry = attrs.evolve(entry, hash=hash_of(entry))
    return [entry, *kept, attrs.evolve(head, count=head.count + 1, hash=entry.hash)]


def hash_of(entry: JournalEntry) -> str:
    """Hash an entry with the hash of the one before."""
    data = [entry.id, entry.at.isoformat(), entry.actor, entry.verb, [[ref.kind, ref.id, commitment] for ref, commitment in entry.changes]]
    return hashlib.sha256(json.dumps([entry.previous, data]).encode()).hexdigest()


def commitment_of(change: JournalChange) -> str:
    """Commit to a change without telling it: without the salt, nobody can try out what it was."""
    parts = (change.salt, change.subject, change.before or "", change.after or "")
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()  # no text in a store holds a NUL
