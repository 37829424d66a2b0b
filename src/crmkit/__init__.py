"""Customer relationship management as a library: entities, contact scheduling, classification, history, figures, storage."""

from crmkit.crm import Crm
from crmkit.ids import new_id
from crmkit.money import Money, Rounding, total, totals
from crmkit.periods import Interval, Period, days, months, weeks
from crmkit.settings import Settings
from crmkit.store import Scope

__all__ = [
    "Crm",
    "Interval",
    "Money",
    "Period",
    "Rounding",
    "Scope",
    "Settings",
    "days",
    "months",
    "new_id",
    "total",
    "totals",
    "weeks",
]
