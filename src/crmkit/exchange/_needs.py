"""What this room needs beside crmkit itself: say which extra brings it."""

from __future__ import annotations

from importlib.util import find_spec

from crmkit.errors import MissingExtraError


def need(package: str, *, extra: str) -> None:
    """
    Refuse to go on without a package.

    Raises:
        MissingExtraError: Naming the extra that brings it.
    """
    if find_spec(package) is None:
        raise MissingExtraError(extra, package)
