"""Frames that an analysis cannot read, and packages that are not installed."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from crmkit.errors.base import CrmkitError, closest, listed


@attrs.frozen
class MissingColumnError(CrmkitError):
    """
    A frame without a column that is needed.

    Attributes:
        missing: The standard names that are missing.
        available: The columns that exist.
        table: The table of `crmkit.facts` that was expected.
        names: The caller's own names of those that are missing, where they were given.
        otherwise: What can be done without them, where something can.
        source: The file, for what was read from one.
    """

    missing: tuple[str, ...]
    available: tuple[str, ...]
    table: str
    names: Mapping[str, str] = attrs.field(factory=dict)
    otherwise: str = ""
    source: str | None = None

    def __str__(self) -> str:
        """Name what is missing, what exists and how to map it."""
        noun = "column" if len(self.missing) == 1 else "columns"
        place = "the frame" if self.table == "frame" else self.table
        asked = ", ".join(f"{name!r} (as {self.names[name]!r})" if name in self.names else repr(name) for name in self.missing)
        return (
            f"missing {noun} {asked} in {place}; {self.source or 'the frame'} has {listed(self.available)}. {self._fix()}{self.otherwise}"
        )

    def _fix(self) -> str:
        if self.table == "frame":
            return "Name one of those, or compute it first"
        names = ", ".join(f"{name}={closest(self.names.get(name, name), self.available) or '…'!r}" for name in self.missing)
        if self.source is not None:
            return f"Name your own with names=dict({names}); lines before them are passed over with Notation(skip_lines=…)"
        return f"Name your own with facts.{self.table}(frame, {names})"


@attrs.frozen
class MixedFramesError(CrmkitError, TypeError):
    """
    Two frames of different engines, connections, or one eager and one lazy.

    Attributes:
        left: The kind of the first frame.
        right: The kind of the other.
    """

    left: str
    right: str

    def __str__(self) -> str:
        """Name both kinds."""
        return f"{self.left} and {self.right} do not mix; expected all frames of one call to be of one kind"


@attrs.frozen
class UnsupportedEngineError(CrmkitError, TypeError):
    """
    Something that an engine cannot do.

    Attributes:
        operation: What was asked for.
        engine: Which engine cannot do it.
        works_on: Which ones can.
    """

    operation: str
    engine: str
    works_on: tuple[str, ...]

    def __str__(self) -> str:
        """Name the engines that can."""
        return f"{self.engine} cannot do this: {self.operation}. It works on {', '.join(self.works_on)}"


@attrs.frozen
class MissingExtraError(CrmkitError, ImportError):
    """
    An optional dependency that is not installed.

    Attributes:
        extra: The extra that brings it.
        package: The package that is missing.
    """

    extra: str
    package: str

    def __str__(self) -> str:
        """Name the command that installs it."""
        return f"this needs {self.package}: pip install 'crmkit[{self.extra}]'"
