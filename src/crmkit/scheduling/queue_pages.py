"""Pages of a work queue: where a row stands, as a cursor that stays right while other rows come and go."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from crmkit._checks import check_text, refused
from crmkit.scheduling.queue_entries import KINDS

Position: TypeAlias = tuple[date, int, date, time, bool, Decimal, str]
"""From when on it is listed where that is still to come, urgency of its kind, due day, time, unknown value, −value, what it is about."""


def cursor_at(position: Position) -> str:
    """Write a position as a cursor."""
    listed_on, rank, due_on, at, unknown, worth, key = position
    parts = [listed_on.isoformat(), rank, due_on.isoformat(), at.isoformat(), unknown, str(worth), key]
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


def position_at(cursor: str) -> Position:
    """
    Read a cursor.

    Raises:
        InvalidValueError: For what is no cursor of a work queue.
    """
    try:
        listed_on, rank, due_on, at, unknown, worth, key = json.loads(base64.urlsafe_b64decode(check_text("cursor", cursor)))
        days = date.fromisoformat(listed_on), date.fromisoformat(due_on)
        return days[0], int(rank), days[1], time.fromisoformat(at), bool(unknown), Decimal(worth), str(key)
    except (binascii.Error, ValueError, TypeError, InvalidOperation):
        raise refused("cursor", cursor, "the cursor of a page before, unchanged") from None


def reaches(cursor: str | None, day: date, *, as_of: date) -> bool:
    """Tell whether a page is full before any suggestion of a day or later could be on it."""
    if cursor is None:
        return False
    return position_at(cursor)[:3] < (date.min if day <= as_of else day, KINDS.index("suggestion"), day)
