"""One page of what happened to a party and of what is planned."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_text, refused
from crmkit.entities.history_entries import HistoryEntry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Position = tuple[datetime, str]


@attrs.frozen(kw_only=True)
class Timeline:
    """
    One page of a timeline; it iterates over its entries.

    Attributes:
        entries: What happened and what is planned, in order.
        cursor: Where the next page begins; None after the last one. It stays right while entries are added.
    """

    entries: tuple[HistoryEntry, ...] = ()
    cursor: str | None = None

    def __iter__(self) -> Iterator[HistoryEntry]:
        """Iterate over the entries."""
        return iter(self.entries)

    def __len__(self) -> int:
        """Count the entries."""
        return len(self.entries)


def position_of(entry: HistoryEntry) -> Position:
    """Where an entry stands: ties of time are settled by id."""
    return (entry.happened_at, entry.id)


def page_of(past: Sequence[HistoryEntry], planned: Sequence[HistoryEntry], *, of: str, newest_first: bool, limit: int) -> Timeline:
    """Merge of a party what happened and what is planned into one page, and say where the next one begins."""
    merged = sorted((*past, *planned), key=position_of, reverse=bool(newest_first))
    entries = tuple(merged[:limit])
    return Timeline(entries=entries, cursor=cursor_at(position_of(entries[-1]), of=of) if len(merged) > limit else None)


def cursor_at(position: Position, *, of: str) -> str:
    """Write a position in the timeline of a party as a cursor."""
    return base64.urlsafe_b64encode(json.dumps([position[0].isoformat(), position[1], of]).encode()).decode()


def position_at(cursor: str, *, of: str) -> Position:
    """
    Read a cursor.

    Raises:
        InvalidValueError: For what is no cursor of a timeline of this party.
    """
    try:
        moment, id, party_id = json.loads(base64.urlsafe_b64decode(check_text("cursor", cursor)))
        if party_id == of:
            return datetime.fromisoformat(moment), str(id)
    except (binascii.Error, ValueError, TypeError):
        pass
    raise refused("cursor", cursor, "the cursor of a page before of this party, unchanged")
