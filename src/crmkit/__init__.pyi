from .crm import Crm
from .ids import new_id
from .money import Money, Rounding, total, totals
from .periods import Interval, Period, days, months, weeks
from .settings import Settings
from .store import Scope

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
