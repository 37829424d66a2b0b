"""What the command line says when it refuses: the errors of the library in the words of its options."""

from __future__ import annotations

import csv
import json
from datetime import date
from typing import TYPE_CHECKING

import attrs

from crmkit.errors import InvalidDataError, InvalidValueError, Problem
from crmkit.errors.values import problem_list

if TYPE_CHECKING:
    from pathlib import Path

_OPTIONS = {
    'credit_notes="positive" turns them': "--credit-notes positive turns them",
    "give the decimal mark, 'comma' or 'point'": "give --decimal comma or --decimal point",
    "give the date format, ": "give --date-format ",
    "give the encoding ": "give --encoding ",
    "give its encoding": "give --encoding",
    "raise FileLimits(": "from Python, raise FileLimits(",
    "as_of=": "--as-of ",
}
_NOT_OPTIONS = ("sales", "paths")


def in_words_of_options(text: str) -> str:
    """
    Replace what a caller of the library would type.

    >>> in_words_of_options("is not cp1252 text; give its encoding")
    'is not cp1252 text; give --encoding'
    """
    for said, typed in _OPTIONS.items():
        text = text.replace(said, typed)
    return text


def refused_option(error: InvalidValueError) -> str:
    """Name the option, the value as it was typed, and what is accepted."""
    name = "map" if error.name.startswith("names") else error.name.replace("_", "-")
    value = error.value.isoformat() if isinstance(error.value, date) else str(error.value)
    option = "" if name in _NOT_OPTIONS else f"--{name} "
    return f"{option}{value} is not allowed; expected {in_words_of_options(error.expected)}"


def refused_data(error: InvalidDataError, *, file: Path | None, as_data: bool) -> tuple[str, str]:
    """
    Say the problems: what goes to standard output, as data where that is asked for, and what goes to the errors.

    With *file* all of them are written to it, a line each.
    """
    problems = tuple(attrs.evolve(problem, message=in_words_of_options(problem.message)) for problem in error.problems)
    rows = [attrs.asdict(problem) for problem in problems]
    data = json.dumps({"problems": rows}, ensure_ascii=False, indent=2) if as_data else ""
    if file is None:
        return data, problem_list(problems, rest="; --problems FILE writes all of them")
    try:
        with file.open("w", encoding="utf-8-sig", newline="") as written:
            writer = csv.DictWriter(written, [field.name for field in attrs.fields(Problem)])
            writer.writeheader()
            writer.writerows(rows)
    except OSError as failed:
        return data, f"{problem_list(problems, rest='')}\n{file} cannot be written: {failed.strerror}"
    return data, problem_list(problems, rest=f" in {file}")
