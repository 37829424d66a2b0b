"""
Every error that crmkit raises.

All of them derive from `CrmkitError`. A built-in parent is added only where a caller would naturally catch it
(`ValueError` for wrong values, `LookupError` for what is not stored, and so on). Each error carries its data as
attributes, says what is wrong, what is accepted and what to do, and survives pickling.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    "UndefinedMetricError",
    "UnsupportedEngineError",
]

_LONGEST_SHOWN = 80
_MOST_LISTED = 20


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(repr(name) for name in names) or "none"


class CrmkitError(Exception):
    """The parent of all errors of crmkit."""


@attrs.frozen
class InvalidValueError(CrmkitError, ValueError):
    """
    An argument that is not accepted.

    Attributes:
        name: The argument or field.
        value: What was given.
        expected: What is accepted, and what to do.
    """

    name: str
    value: object
    expected: str

    def __str__(self) -> str:
        """Say what was given and what is accepted."""
        return f"{self.name}={_shown(self.value)} is not allowed; expected {self.expected}"


@attrs.frozen
class CurrencyMismatchError(InvalidValueError):
    """
    Two currencies where one is needed.

    Attributes:
        left: The currency of the first amount.
        right: The currency of the second amount.
    """

    name: str = attrs.field(init=False, default="currency")
    value: object = attrs.field(init=False, default=None)
    expected: str = attrs.field(init=False, default="amounts of one currency")
    left: str
    right: str

    def __str__(self) -> str:
        """Name both currencies."""
        return (
            f"{self.left} and {self.right} do not mix; expected amounts of one currency. "
            "Convert one of them at a dated rate first, or keep a total per currency with totals()"
        )


@attrs.frozen
class Problem:
    """
    One thing wrong in a batch, with its place.

    Attributes:
        source: The file or table.
        line: The line in it, counted from 1, or None for the whole source.
        column: The column in it, or None for the whole line.
        value: What stands there, as text; None where it would disclose personal data or nothing stands there.
        message: What is wrong and what is accepted.
    """

    source: str
    line: int | None
    column: str | None
    value: str | None
    message: str

    def __str__(self) -> str:
        """Place first, then what is wrong."""
        place = self.source if self.line is None else f"{self.source}, line {self.line}"
        place = place if self.column is None else f"{place}, column {self.column}"
        return f"{place}: {self.message}" if self.value is None else f"{place}: {_shown(self.value)} {self.message}"


@attrs.frozen
class InvalidDataError(CrmkitError, ValueError):
    """
    A batch that was refused as a whole.

    Attributes:
        problems: Everything that is wrong with it, not only the first.
    """

    problems: tuple[Problem, ...]

    def __str__(self) -> str:
        """List the problems, the first twenty of many."""
        count = len(self.problems)
        lines = [f"{count} problem{'' if count == 1 else 's'}; nothing was taken over"]
        lines += [f"  {problem}" for problem in self.problems[:_MOST_LISTED]]
        if count > _MOST_LISTED:
            lines.append(f"  … and {count - _MOST_LISTED} more in .problems")
        return "\n".join(lines)


@attrs.frozen
class MissingColumnError(CrmkitError):
    """
    A frame without a column that is needed.

    Attributes:
        missing: The standard names that are missing.
        available: The columns that exist.
        table: The table of `crmkit.facts` that was expected.
    """

    missing: tuple[str, ...]
    available: tuple[str, ...]
    table: str

    def __str__(self) -> str:
        """Name what is missing, what exists and how to map it."""
        noun = "column" if len(self.missing) == 1 else "columns"
        fix = ", ".join(f"{name}='…'" for name in self.missing)
        return (
            f"missing {noun} {_listed(self.missing)} in {self.table}; the frame has {_listed(self.available)}. "
            f"Name your own with facts.{self.table}(frame, {fix})"
        )


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
class UndefinedMetricError(CrmkitError, ArithmeticError):
    """
    A figure that has no value for these numbers.

    Attributes:
        metric: The figure.
        because: Why it is undefined.
    """

    metric: str
    because: str

    def __str__(self) -> str:
        """Name the figure and the reason."""
        return f"{self.metric} is undefined: {self.because}"


@attrs.frozen
class StateMoveError(CrmkitError):
    """
    A move that the states of a record do not allow.

    Attributes:
        kind: What kind of record.
        id: Which one.
        from_state: Its state now.
        to_state: The state asked for.
        allowed: The states it can move to.
    """

    kind: str
    id: str
    from_state: str
    to_state: str
    allowed: tuple[str, ...]

    def __str__(self) -> str:
        """Name both states and the allowed ones."""
        return f"{self.kind} {self.id!r} cannot move from {self.from_state!r} to {self.to_state!r}; allowed: {_listed(self.allowed)}"


@attrs.frozen
class NotStoredError(CrmkitError, LookupError):
    """
    No such record in this tenant.

    Attributes:
        kind: What kind of record.
        id: Which one was asked for.
    """

    kind: str
    id: str

    def __str__(self) -> str:
        """Name the record."""
        return f"no {self.kind} with id {self.id!r} is stored in this tenant"


@attrs.frozen
class SlotTakenError(CrmkitError):
    """
    An appointment where the employee is busy already.

    Attributes:
        employee_id: Who is busy.
        start_at: The start that was asked for.
    """

    employee_id: str
    start_at: datetime

    def __str__(self) -> str:
        """Name the employee and the time."""
        return f"employee {self.employee_id!r} is busy at {self.start_at.isoformat()}; ask free_slots for another time"


@attrs.frozen
class StaleWriteError(CrmkitError):
    """
    Someone else was quicker, or an added id exists already.

    Attributes:
        kind: What kind of record.
        id: Which one.
        expected_version: The version that the change was based on; 0 for a new record.
        found_version: The version that is stored now.
    """

    kind: str
    id: str
    expected_version: int
    found_version: int

    def __str__(self) -> str:
        """Name both versions and what to do."""
        if self.expected_version == 0:
            return f"{self.kind} {self.id!r} exists already (version {self.found_version}); use change() on what get() returns"
        return (
            f"{self.kind} {self.id!r} is at version {self.found_version}, the change was based on {self.expected_version}; "
            "get() it again and repeat the change"
        )


@attrs.frozen
class KeyReusedError(CrmkitError):
    """
    An idempotency key that came before with another payload.

    Attributes:
        key: The key.
    """

    key: str

    def __str__(self) -> str:
        """Name the key."""
        return f"key {self.key!r} was used before with other arguments; a new command needs a new key"


@attrs.frozen
class NotPermittedError(CrmkitError):
    """
    A verb that the scope does not allow.

    Attributes:
        actor: Who asked.
        verb: What was asked.
    """

    actor: str
    verb: str

    def __str__(self) -> str:
        """Name actor and verb."""
        return f"actor {self.actor!r} may not {self.verb!r}; the rights of the scope do not list it"


@attrs.frozen
class StoreError(CrmkitError):
    """
    A failure of the database; the driver's own text is withheld because it can hold personal data.

    Attributes:
        code: The database's error code, or the name of the driver's error class.
        constraint: The constraint that refused, where it is known.
    """

    code: str
    constraint: str | None = None

    def __str__(self) -> str:
        """Name code and constraint."""
        return f"the database refused ({self.code})" + (f" by {self.constraint}" if self.constraint else "")


@attrs.frozen
class OutcomeUnknownError(StoreError):
    """The connection was lost while committing, and without a key the command cannot be repeated safely."""

    def __str__(self) -> str:
        """Say what to do."""
        return f"the connection was lost while committing ({self.code}); look whether it was stored, or pass key= and repeat"


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
