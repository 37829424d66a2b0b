"""What strategies need; imported before Hypothesis."""

from crmkit.errors import MissingExtraError

try:
    import hypothesis  # noqa: F401  only whether it is there
except ImportError as error:
    if error.name != "hypothesis":
        raise
    raise MissingExtraError("testing", "hypothesis") from None
