"""Planning a recall within a verb."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.entities import Recall
from crmkit.ids import new_id

if TYPE_CHECKING:
    from crmkit.desks.moments import When
    from crmkit.desks.work import Work


def plan_recall(
    work: Work, party_id: str, *, on: When, name: str = "on", reason: str | None = None, employee_id: str | None = None
) -> Recall:
    """Write a recall, and its history entry, within a verb."""
    recall = Recall(
        id=new_id(),
        party_id=party_id,
        due_on=work.moment.day_of(on, name=name),
        due_time=work.moment.time_of(on),
        employee_id=employee_id,
        reason=reason,
    )
    return work.record(recall, summary=f"recall on {recall.due_on}")
