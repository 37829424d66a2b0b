from .audiences import Audience, audience
from .contact_plans import Due, Light, NotDue, contact_light, next_contact_on, suggestion
from .contact_policy import ContactCounts, ContactPolicy, Gap
from .forecasts import add_contact_light, load_by_day, slipping_by
from .frames import add_contact_permission, add_next_contact, call_suggestions
from .free_slots import Busy, Slot, free_slots
from .interval_texts import Language
from .permission_policy import AdvertisingRules, Ground, PermissionPolicy
from .permissions import Allowed, NotAllowed, may_contact
from .public_holidays import PublicHolidays
from .queue_entries import Plannable, QueueKind
from .queue_policy import QueuePolicy
from .queue_rows import LeftOut, QueueRow, WorkQueue
from .quiet_times import quiet_at, quiet_on
from .reasons import Reason, ReasonFact
from .spreading import Workload, spread_over_days
from .work_queues import work_queue
from .working_hours import WorkingHours

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
