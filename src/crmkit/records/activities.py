"""Appointments, tasks, follow-ups, notes, attachments, events, e-mails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmkit.records.declarations import RecordKind

ACTIVITIES: tuple[RecordKind[Any], ...] = ()
