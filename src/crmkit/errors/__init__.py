"""
Every error that crmkit raises.

All of them derive from `CrmkitError`. A built-in parent is added only where a caller would naturally catch it
(`ValueError` for wrong values, `LookupError` for what is not stored, and so on). Each error carries its data as
attributes, says what is wrong, what is accepted and what to do, and survives pickling.
"""

from crmkit.errors.base import CrmkitError
from crmkit.errors.frames import MissingColumnError, MissingExtraError, MixedFramesError, UnsupportedEngineError
from crmkit.errors.records import (
    KeyReusedError,
    NotPermittedError,
    NotStoredError,
    OutcomeUnknownError,
    SlotTakenError,
    StaleWriteError,
    StateMoveError,
    StoreError,
    TransientStoreError,
)
from crmkit.errors.values import CurrencyMismatchError, InvalidDataError, InvalidValueError, Problem, UndefinedMetricError

__all__ = [
    "CrmkitError",
    "CurrencyMismatchError",
    "InvalidDataError",
    "InvalidValueError",
    "KeyReusedError",
    "MissingColumnError",
    "MissingExtraError",
    "MixedFramesError",
    "NotPermittedError",
    "NotStoredError",
    "OutcomeUnknownError",
    "Problem",
    "SlotTakenError",
    "StaleWriteError",
    "StateMoveError",
    "StoreError",
    "TransientStoreError",
    "UndefinedMetricError",
    "UnsupportedEngineError",
]
