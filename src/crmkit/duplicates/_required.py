"""What comparing names needs; imported before anything else of it."""

from crmkit.errors import MissingExtraError

try:
    import rapidfuzz  # noqa: F401  only whether it is there
except ImportError as error:
    if error.name != "rapidfuzz":
        raise
    raise MissingExtraError("match", error.name) from None
