"""NumPy, which every kernel over arrays needs."""

from __future__ import annotations

from crmkit.errors import MissingExtraError

try:
    import numpy as np
except ModuleNotFoundError as error:
    if error.name != "numpy":
        raise
    raise MissingExtraError("analytics", "numpy") from None

__all__ = ["np"]
