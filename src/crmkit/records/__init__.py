"""
What a store holds: one declaration for each kind of record, read by every store.

A new kind is one more declaration in its topic, and one more migration.
"""

from crmkit.records.activities import Attendance, Diary, EmailAddress, WorkItem
from crmkit.records.declarations import Field, FieldType, RecordKind, Stored
from crmkit.records.documents import DocumentLink, DocumentNumber, NumberCounter
from crmkit.records.kinds import KINDS, kind_of
from crmkit.records.logs import JournalChange, JournalEntry, JournalHead, OutboxEvent, SearchTerm, UsedKey
from crmkit.records.parties import Birthday, MatchKey

__all__ = [
    "KINDS",
    "Attendance",
    "Birthday",
    "Diary",
    "DocumentLink",
    "DocumentNumber",
    "EmailAddress",
    "Field",
    "FieldType",
    "JournalChange",
    "JournalEntry",
    "JournalHead",
    "MatchKey",
    "NumberCounter",
    "OutboxEvent",
    "RecordKind",
    "SearchTerm",
    "Stored",
    "UsedKey",
    "WorkItem",
    "kind_of",
]
