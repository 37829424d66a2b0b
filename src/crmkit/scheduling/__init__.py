"""Whom to contact, when, and why."""

from crmkit.scheduling.audiences import Audience, audience
from crmkit.scheduling.contact_plans import Due, Light, NotDue, contact_light, next_contact_on, suggestion
from crmkit.scheduling.contact_policy import ContactCounts, ContactPolicy, Gap
from crmkit.scheduling.forecasts import add_contact_light, load_by_day, slipping_by
from crmkit.scheduling.frames import add_contact_permission, add_next_contact, call_suggestions
from crmkit.scheduling.free_slots import Busy, Slot, free_slots
from crmkit.scheduling.permission_policy import AdvertisingRules, Ground, PermissionPolicy
from crmkit.scheduling.permissions import Allowed, NotAllowed, may_contact
from crmkit.scheduling.public_holidays import PublicHolidays
from crmkit.scheduling.queue_entries import Plannable, QueueKind
from crmkit.scheduling.queue_policy import QueuePolicy
from crmkit.scheduling.queue_rows import LeftOut, QueueRow, WorkQueue
from crmkit.scheduling.quiet_times import quiet_at, quiet_on
from crmkit.scheduling.reasons import Language, Reason, ReasonFact
from crmkit.scheduling.spreading import Workload, spread_over_days
from crmkit.scheduling.work_queues import work_queue
from crmkit.scheduling.working_hours import WorkingHours

__all__ = [
    "AdvertisingRules",
    "Allowed",
    "Audience",
    "Busy",
    "ContactCounts",
    "ContactPolicy",
    "Due",
    "Gap",
    "Ground",
    "Language",
    "LeftOut",
    "Light",
    "NotAllowed",
    "NotDue",
    "PermissionPolicy",
    "Plannable",
    "PublicHolidays",
    "QueueKind",
    "QueuePolicy",
    "QueueRow",
    "Reason",
    "ReasonFact",
    "Slot",
    "WorkQueue",
    "WorkingHours",
    "Workload",
    "add_contact_light",
    "add_contact_permission",
    "add_next_contact",
    "audience",
    "call_suggestions",
    "contact_light",
    "free_slots",
    "load_by_day",
    "may_contact",
    "next_contact_on",
    "quiet_at",
    "quiet_on",
    "slipping_by",
    "spread_over_days",
    "suggestion",
    "work_queue",
]
