"""Whom to contact, when, and why."""

from crmkit.scheduling.contact_plans import Due, Light, NotDue, contact_light, next_contact_on, suggestion
from crmkit.scheduling.contact_policy import ContactCounts, ContactPolicy, Gap
from crmkit.scheduling.frames import add_next_contact, call_suggestions
from crmkit.scheduling.queue_entries import Plannable, QueueKind
from crmkit.scheduling.queue_policy import QueuePolicy
from crmkit.scheduling.queue_rows import LeftOut, QueueRow, WorkQueue
from crmkit.scheduling.reasons import Language, Reason, ReasonFact
from crmkit.scheduling.work_queues import work_queue

__all__ = [
    "ContactCounts",
    "ContactPolicy",
    "Due",
    "Gap",
    "Language",
    "LeftOut",
    "Light",
    "NotDue",
    "Plannable",
    "QueueKind",
    "QueuePolicy",
    "QueueRow",
    "Reason",
    "ReasonFact",
    "WorkQueue",
    "add_next_contact",
    "call_suggestions",
    "contact_light",
    "next_contact_on",
    "suggestion",
    "work_queue",
]
