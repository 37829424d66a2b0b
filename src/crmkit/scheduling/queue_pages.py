"""Pages of a work queue: where a row stands, as a cursor that stays right while other rows come and go."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

import attrs

from crmkit._checks import check_text, refused
from crmkit.scheduling.queue_rows import LeftOut, QueueRow, WorkQueue

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


@attrs.frozen(kw_only=True)
class Listed:
    """
    A whole list, in its order: each row with its place.

    Attributes:
        rows: What to do.
        nobodys: What of it is neither an employee's nor a department's.
        left_out: Who is left out, with the place where the row would have been; in the order of the parties.
    """

    rows: Sequence[tuple[Position, QueueRow]]
    nobodys: Sequence[tuple[Position, QueueRow]]
    left_out: Sequence[tuple[Position, LeftOut]]

    def page(self, *, limit: int | None, after: Position | None, unread_from: Position | None = None) -> WorkQueue:
        """
        Cut a page out of it.

        Args:
            limit: The most rows.
            after: Where the page before ended.
            unread_from: Where what was read ends; the page does too.
        """
        rows = [(place, row) for place, row in self.rows if _within(place, after, unread_from)]
        page = rows[:limit]
        more = len(rows) > len(page) or unread_from is not None
        end = page[-1][0] if more and page else None
        return WorkQueue(
            rows=tuple(row for _, row in page),
            unassigned=tuple(row for _, row in self.nobodys[:limit]),
            left_out=tuple(one for place, one in self.left_out if _within(place, after, end)),
            cursor=None if end is None else cursor_at(end),
        )

    def is_certain(self, *, limit: int, after: Position | None, unread_from: Position | None) -> bool:
        """Tell whether a page holds what it must, and whether another one follows, although nothing was read from a place on."""
        return unread_from is None or sum(_within(place, after, unread_from) for place, _ in self.rows) > limit

    def is_certain_of_nobodys(self, *, limit: int, unread_from: Position | None) -> bool:
        """Tell the same of what is nobody's."""
        return unread_from is None or sum(_within(place, None, unread_from) for place, _ in self.nobodys) >= limit


def _within(place: Position, after: Position | None, up_to: Position | None) -> bool:
    return (after is None or place > after) and (up_to is None or place <= up_to)
