"""Values, data and figures that cannot be."""

from __future__ import annotations

import attrs

from crmkit.errors.base import CrmkitError, shown

_MOST_LISTED = 20


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
        return f"{self.name}={shown(self.value)} is not allowed; expected {self.expected}"


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
        return f"{place}: {self.message}" if self.value is None else f"{place}: {shown(self.value)} {self.message}"


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
        return problem_list(self.problems, rest=" in .problems")


def problem_list(problems: tuple[Problem, ...], *, rest: str) -> str:
    """List the first twenty problems; *rest* says where the others are."""
    count = len(problems)
    lines = [f"{count} problem{'' if count == 1 else 's'}; nothing was taken over"]
    lines += [f"  {problem}" for problem in problems[:_MOST_LISTED]]
    if count > _MOST_LISTED:
        lines.append(f"  … and {count - _MOST_LISTED} more{rest}")
    return "\n".join(lines)


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
