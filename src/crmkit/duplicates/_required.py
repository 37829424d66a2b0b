"""What comparing names needs: RapidFuzz, or an error that says which extra brings it."""

from crmkit.errors import MissingExtraError

try:
    from rapidfuzz import fuzz
except ImportError as error:
    if error.name != "rapidfuzz":
        raise
    raise MissingExtraError("match", error.name) from None

__all__ = ["fuzz"]
