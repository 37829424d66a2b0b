"""What the command line says when it refuses: the errors of the library in the words of its options."""

from __future__ import annotations

import csv
import json
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

import attrs

from crmkit.cli.german import in_german, problems_in_german
from crmkit.cli.missing_columns import missing_columns
from crmkit.errors import InvalidDataError, InvalidValueError, MissingColumnError, Problem
from crmkit.errors.values import problem_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
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


def refused_files(
    error: InvalidDataError | MissingColumnError,
    *,
    names: Mapping[str, str] = MappingProxyType({}),
    file: Path | None = None,
    as_data: bool = False,
    language: str = "en",
) -> tuple[str, str]:
    """
    Say what is wrong with files: what goes to standard output, as data where that is asked for, and what goes to the errors.

    With *file* all problems are written to it, a line each.
    """
    is_german = language == "de"
    if isinstance(error, MissingColumnError):
        text, problems = missing_columns(error, names, language)
    else:
        text = ""
        problems = tuple(attrs.evolve(problem, message=_in_words(problem.message, is_german=is_german)) for problem in error.problems)
    rows = [attrs.asdict(problem) for problem in problems]
    data = json.dumps({"problems": rows}, ensure_ascii=False, indent=2) if as_data else ""
    failed = None if file is None else _not_written(file, rows, is_german=is_german)
    rest = ("; --problems DATEI schreibt alle" if is_german else "; --problems FILE writes all of them") if file is None else f" in {file}"
    text = text or (problems_in_german if is_german else problem_list)(problems, rest="" if failed else rest)
    return data, f"{text}\n{failed}" if failed else text


def _in_words(message: str, *, is_german: bool) -> str:
    message = in_words_of_options(message)
    return in_german(message) if is_german else message


def _not_written(file: Path, rows: Iterable[Mapping[str, object]], *, is_german: bool) -> str | None:
    try:
        with file.open("w", encoding="utf-8-sig", newline="") as written:
            writer = csv.DictWriter(written, [field.name for field in attrs.fields(Problem)])
            writer.writeheader()
            writer.writerows(rows)
    except OSError as failed:
        return f"{file} {'kann nicht geschrieben werden' if is_german else 'cannot be written'}: {failed.strerror}"
    return None
