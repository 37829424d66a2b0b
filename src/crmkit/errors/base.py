"""The parent of all errors, and how they show values."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_SHOWN = 80


def shown(value: object) -> str:
    """Show a value, cut when it is long."""
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def listed(names: Iterable[str]) -> str:
    """List names, or say that there are none."""
    return ", ".join(repr(name) for name in names) or "none"


def closest(name: str, names: Iterable[str]) -> str | None:
    """Find what may be meant by a name that is not among others, whatever its capitals."""
    from difflib import get_close_matches  # noqa: PLC0415  only an error needs it

    by_folded = {other.casefold(): other for other in names}
    return next((by_folded[found] for found in get_close_matches(name.casefold(), by_folded, n=1)), None)


class CrmkitError(Exception):
    """The parent of all errors of crmkit."""
