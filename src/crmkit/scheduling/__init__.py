"""Whom to contact, when, and why."""

from crmkit.scheduling.contact_plans import Due, Light, NotDue, contact_light, next_contact_on, suggestion
from crmkit.scheduling.contact_policy import ContactCounts, ContactPolicy, Gap
from crmkit.scheduling.frames import add_next_contact, call_suggestions
from crmkit.scheduling.reasons import Language, Reason, ReasonFact
from crmkit.scheduling.work_queues import LeftOut, Plannable, QueueKind, QueueRow, WorkQueue, work_queue

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
