"""Customer relationship management as a library: entities, contact scheduling, classification, history, figures, storage."""

from crmkit.ids import new_id
from crmkit.money import Money, Rounding, total, totals
from crmkit.periods import Interval, Period, days, months, weeks

__all__ = [
    "Interval",
    "Money",
    "Period",
    "Rounding",
    "days",
    "months",
    "new_id",
    "total",
    "totals",
    "weeks",
]
