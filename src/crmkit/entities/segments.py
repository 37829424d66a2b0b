"""Segments that are kept: their rules as data, and who belonged to them when."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_date, check_each, check_kind, check_text, refused
from crmkit.conditions import Condition

if TYPE_CHECKING:
    from collections.abc import Iterable


def _conditions(conditions: Condition | Iterable[Condition]) -> tuple[Condition, ...]:
    given = (conditions,) if isinstance(conditions, Condition) else conditions
    return check_each("conditions", given, lambda name, item: check_kind(name, item, Condition))


@attrs.frozen(kw_only=True)
class SavedSegment:
    """
    The rules of a segment, as `crm.parties.refresh_segments` keeps them.

    Attributes:
        id: Its name.
        conditions: What must hold, all of them; none at all holds for everyone.
        refreshed_on: The day for which its members were found last.
        ended_on: The first day on which it is kept no more; who belonged to it before stays known.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    conditions: tuple[Condition, ...] = attrs.field(default=(), converter=_conditions)
    refreshed_on: date | None = None
    ended_on: date | None = None
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse a segment without a name."""
        check_text("id", self.id)
        for name in ("refreshed_on", "ended_on"):
            if getattr(self, name) is not None:
                check_date(name, getattr(self, name))


@attrs.frozen(kw_only=True)
class SegmentMember:
    """
    That a party belongs, or belonged, to a segment; whoever comes back has one more of these.

    Attributes:
        id: Its id.
        segment_id: Name of the segment.
        party_id: Who.
        joined_on: The first day.
        left_on: The first day on which it did not belong to it any more; None belongs to it.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    segment_id: str
    party_id: str
    joined_on: date
    left_on: date | None = None
    version: int = attrs.field(default=0, eq=False)

    def is_on(self, day: date) -> bool:
        """Tell whether it belonged to the segment on a day."""
        return self.joined_on <= day and (self.left_on is None or day < self.left_on)

    def __attrs_post_init__(self) -> None:
        """Refuse who left before joining."""
        for name in ("id", "segment_id", "party_id"):
            check_text(name, getattr(self, name))
        check_date("joined_on", self.joined_on)
        if self.left_on is not None and check_date("left_on", self.left_on) < self.joined_on:
            raise refused("left_on", self.left_on, f"a day not before {self.joined_on}, on which it joined")
