from .base import CrmkitError
from .frames import MissingColumnError, MissingExtraError, MixedFramesError, UnsupportedEngineError
from .records import (
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
from .values import CurrencyMismatchError, InvalidDataError, InvalidValueError, Problem, UndefinedMetricError

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
