"""Taking over what people did and planned elsewhere: appointments, tasks, follow-ups, notes, attachments, events."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from crmkit.desks.subjects import at_their_parties
from crmkit.entities import Appointment, Attachment, Event, FollowUp, Note, Task

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crmkit.desks.work import Work

Activity: TypeAlias = Appointment | Attachment | Event | FollowUp | Note | Task
ACTIVITIES = (Appointment, Attachment, Event, FollowUp, Note, Task)


def save_activities(work: Work, activities: Sequence[Activity]) -> None:
    """
    Write them as they are, each at the party of what it is about. Appointments may overlap: old calendars do.

    Raises:
        NotStoredError: When a party, or the record that one is about, is not stored.
        InvalidValueError: When one names another party than that of its record.
    """
    placed = at_their_parties(work, activities)
    work.save(*placed)
    work.log_all([(activity, activity.party_id, _happened_at(work, activity), _in_short(activity)) for activity in placed])


def _happened_at(work: Work, activity: Activity) -> datetime | None:
    """When it happened, as far as that is past: an appointment to come was made now."""
    match activity:
        case Note() | Attachment():
            at = activity.written_at
        case Event():
            at = activity.happened_at
        case Appointment(state="held"):
            at = activity.start_at
        case _:
            return None
    return min(at, work.moment.now)


def _in_short(activity: Activity) -> str:
    match activity:
        case Note() | Event():
            return f"{activity.kind}: {activity.text}"
        case Attachment():
            return f"{activity.kind}: {activity.title}"
        case Appointment():
            return activity.subject
        case Task():
            return activity.text
        case FollowUp():
            return activity.note
