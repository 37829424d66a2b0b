"""What must hold between the journal, the history and the records: each rule names what breaks it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from crmkit.entities import HistoryEntry
from crmkit.records import KINDS, JournalChange, JournalEntry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit.desks.invariants import Everything


def told_by(text: str | None) -> Any:  # noqa: ANN401  # whatever JSON holds
    """Read what the journal keeps of a record; None for none, and for what is no JSON any more."""
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return None


def _changes_are_kept_as_long_as_their_records(everything: Everything) -> Iterator[tuple[str, str]]:
    """Whoever erases a record erases its changes too; one that is gone alone was taken away."""
    kept, stored = everything.by_id(JournalChange).keys(), _stored(everything)
    for entry in everything.of(JournalEntry):
        for place, (ref, _) in enumerate(entry.changes):
            if f"{entry.id}.{place}" not in kept and (ref.kind, ref.id) in stored:
                yield f"journal_entry {entry.id}", f"has lost its change of {ref.key}"


def _each_verb_in_the_journal_has_a_history(everything: Everything) -> Iterator[tuple[str, str]]:
    told = {(entry.recorded_at, entry.actor, entry.verb) for entry in everything.of(HistoryEntry)}
    stored = _stored(everything)
    for entry in everything.of(JournalEntry):
        if (entry.at, entry.actor, entry.verb) not in told and any((ref.kind, ref.id) in stored for ref, _ in entry.changes):
            yield f"journal_entry {entry.id}", "has no history entry"


def _stored(everything: Everything) -> set[tuple[str, str]]:
    return {(name, record.id) for name, kind in KINDS.items() for record in everything.by_class[kind.entity]}


JOURNAL_RULES = (_changes_are_kept_as_long_as_their_records, _each_verb_in_the_journal_has_a_history)
