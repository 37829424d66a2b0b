"""Customer relationship management as a library: entities, contact scheduling, classification, history, figures, storage."""

from importlib import import_module
from typing import TYPE_CHECKING

from crmkit.ids import new_id
from crmkit.money import Money, Rounding, total, totals
from crmkit.periods import Interval, Period, days, months, weeks

if TYPE_CHECKING:
    from crmkit.crm import Crm
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

# A desk brings all its entities along, which a script that computes figures does not need: decision 0008.
_LOADED_WHEN_ASKED_FOR = {"Crm": "crmkit.crm", "Scope": "crmkit.store", "Settings": "crmkit.settings"}


def __getattr__(name: str) -> object:
    """Load the desk when it is asked for."""
    if name in _LOADED_WHEN_ASKED_FOR:
        return getattr(import_module(_LOADED_WHEN_ASKED_FOR[name]), name)
    message = f"module 'crmkit' has no attribute {name!r}"
    raise AttributeError(message)
