"""What the desk writes beside the records: history, journal, events for the host, search terms, used keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs

from crmkit._checks import check_text
from crmkit.entities import HistoryEntry, Ref
from crmkit.records.declarations import PARTY, Field, RecordKind


@attrs.frozen(kw_only=True)
class UsedKey:
    """
    An idempotency key that was used, with what came of it.

    Attributes:
        id: The key.
        fingerprint: Hash of verb and arguments.
        result_kind: Name of the record that the verb returned.
        result: Its JSON form as text.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    fingerprint: str
    result_kind: str
    result: str = attrs.field(repr=False)
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse an empty key."""
        check_text("key", self.id)


@attrs.frozen(kw_only=True)
class JournalEntry:
    """
    One verb in the journal: who did what and when, chained to the one before.

    Attributes:
        id: Its place in the journal, with leading zeros.
        at: When it was written.
        actor: Who did it.
        verb: What was done.
        changes: Each changed record with the commitment to its change, as "kind id commitment".
        previous: Hash of the entry before; empty for the first.
        hash: Hash of all this.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    at: datetime
    actor: str
    verb: str
    changes: tuple[tuple[Ref, str], ...]
    previous: str
    hash: str
    version: int = attrs.field(default=0, eq=False)


@attrs.frozen(kw_only=True)
class JournalChange:
    """
    What one verb changed in one record; erased with the person it is about, while the chain stays whole.

    Attributes:
        id: The entry's id, a dot, and its place among the entry's changes.
        party_id: The party that it is about.
        subject: Kind and id of the record, as "kind id".
        salt: Random, so that the commitment tells nothing once this is erased.
        before: JSON form before the change; None for a new record.
        after: JSON form after it; None for a removed one.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    party_id: str | None
    subject: str
    salt: str = attrs.field(repr=False)
    before: str | None = attrs.field(repr=False)
    after: str | None = attrs.field(repr=False)
    version: int = attrs.field(default=0, eq=False)


@attrs.frozen(kw_only=True)
class JournalHead:
    """
    The end of the journal.

    Attributes:
        id: Always "journal".
        count: How many entries there are.
        hash: Hash of the last one.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str = "journal"
    count: int = 0
    hash: str = ""
    version: int = attrs.field(default=0, eq=False)


@attrs.frozen(kw_only=True)
class OutboxEvent:
    """
    Something the host asked to be told, until it says that it is done.

    Attributes:
        id: Its id, which the host can use as a key: it may be delivered more than once.
        verb: What was done, for example "documents.invoice".
        about: The record that it was done to.
        party_id: The party that it concerns.
        happened_at: When it happened.
        state: "pending" or "done".
        attempts: How often the host's function raised.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    verb: str
    about: Ref
    party_id: str | None
    happened_at: datetime
    state: str = "pending"
    attempts: int = 0
    version: int = attrs.field(default=0, eq=False)


@attrs.frozen(kw_only=True)
class SearchTerm:
    """
    A folded word by which a party is found.

    Attributes:
        id: Party, field and word.
        party_id: The party.
        field: Where the word stands: "name" or "people".
        term: The word, folded.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    party_id: str
    field: str
    term: str = attrs.field(repr=False)
    version: int = attrs.field(default=0, eq=False)


LOGS: tuple[RecordKind[Any], ...] = (
    RecordKind(
        name="history_entry",
        entity=HistoryEntry,
        fields=(PARTY, Field(name="happened_at", type="instant"), Field(name="kind")),
        indexes=(("party_id", "happened_at"),),
    ),
    RecordKind(name="journal_entry", entity=JournalEntry),
    RecordKind(
        name="journal_change",
        entity=JournalChange,
        fields=(Field(name="party_id"), Field(name="subject")),
        indexes=(("party_id",), ("subject",)),
    ),
    RecordKind(name="journal_head", entity=JournalHead),
    RecordKind(
        name="outbox_event",
        entity=OutboxEvent,
        fields=(Field(name="state"), Field(name="verb"), Field(name="attempts", type="number")),
        indexes=(("state", "attempts"),),
    ),
    RecordKind(
        name="search_term",
        entity=SearchTerm,
        fields=(PARTY, Field(name="field"), Field(name="term")),
        indexes=(("term",), ("party_id", "term")),
    ),
    RecordKind(name="used_key", entity=UsedKey),
)
