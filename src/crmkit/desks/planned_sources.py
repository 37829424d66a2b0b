"""What can be planned with a party: for each kind of record what is open, and where it stands in a timeline."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import attrs

from crmkit.conditions import Condition
from crmkit.desks.moments import Moment
from crmkit.entities import HistoryEntry, Ref

if TYPE_CHECKING:
    from datetime import datetime

OPEN = Condition("state", "equal", "open")


@attrs.frozen
class Source:
    """
    One kind of record that can be open.

    Attributes:
        kind: Its class.
        where: What those that are open have in common.
        entries: Makes the entries of one record.
    """

    kind: type[Any]
    where: tuple[Condition, ...]
    entries: Callable[[Any, Moment], Iterable[HistoryEntry]]


def planned(
    party_id: str | None, about: Ref, at: datetime, *, actor: str | None, verb: str, summary: str | None, id: str | None = None
) -> HistoryEntry:
    """Make the entry of something that is still to come, or overdue."""
    return HistoryEntry(
        id=id or about.id,
        party_id=party_id,
        happened_at=at,
        recorded_at=at,
        actor=actor or "nobody",
        verb=verb,
        about=about,
        summary=summary,
        planned=True,
    )
