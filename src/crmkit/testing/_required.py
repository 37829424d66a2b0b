"""What strategies need; imported before Hypothesis, which imports the strategies while it is being imported itself."""

from importlib.util import find_spec

from crmkit.errors import MissingExtraError

if find_spec("hypothesis") is None:
    raise MissingExtraError("testing", "hypothesis")
