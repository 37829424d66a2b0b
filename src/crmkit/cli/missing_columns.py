"""What the command line says about columns that a file does not have: what is there, and what to type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.errors import Problem
from crmkit.exchange import closest_column

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crmkit.errors import MissingColumnError

_USEFUL = ("document_id", "cost")
_TEXTS = {
    "columns": ("missing columns {asked}", "es fehlen die Spalten {asked}"),
    "column": ("missing column {asked}", "es fehlt die Spalte {asked}"),
    "there": ("the file has {there}", "die Datei hat {there}"),
    "is_missing": ("is missing; {there}; try {tries}", "fehlt; {there}; zu versuchen: {tries}"),
    "as": ("as", "als"),
    "try": ("Try: {tries}", "Zu versuchen: {tries}"),
    "skip": (
        "where lines stand before the names of the columns, --skip-lines passes over them",
        "stehen Zeilen vor den Namen der Spalten, übergeht sie --skip-lines",
    ),
    "no_cost": (
        "Hint: no cost is mapped, so gross profit is unknown; add --map cost=…",
        "Hinweis: Kein Einstand ist zugeordnet, der Rohertrag also unbekannt; dafür --map cost=… angeben",
    ),
}


def _say(key: str, language: str, **facts: str) -> str:
    return _TEXTS[key][language == "de"].format(**facts)


def no_cost_hint(columns: Iterable[str], language: str) -> str | None:
    """Say that there is no profit without cost; nothing where it is mapped."""
    return None if "cost" in columns else _say("no_cost", language)


def missing_columns(error: MissingColumnError, names: Mapping[str, str], language: str) -> tuple[str, tuple[Problem, ...]]:
    """Name what is missing beside what exists, and what to type: for people, and as data."""
    suggested = _suggested(error, names)
    tries = "--map " + " ".join(f"{name}={_typed(column)}" for name, column in suggested.items())
    there = _say("there", language, there=", ".join(map(repr, error.available)))
    asked = ", ".join(f"{name} ({_say('as', language)} {names[name]!r})" if name in names else name for name in error.missing)
    skip = [_say("skip", language)] if None in suggested.values() else []
    lines = [
        f"{error.source}: {_say('column' if len(error.missing) == 1 else 'columns', language, asked=asked)}; {there}",
        _say("try", language, tries=tries),
        *(f"{hint[0].upper()}{hint[1:]}." for hint in skip),
    ]
    message = "; ".join([_say("is_missing", language, there=there, tries=tries), *skip])
    problems = tuple(Problem(error.source or "", None, names.get(name, name), None, message) for name in error.missing)
    return "\n".join(lines), problems


def _suggested(error: MissingColumnError, names: Mapping[str, str]) -> dict[str, str | None]:
    """All that is to be typed: what was given and is right, what is missing, and what makes the report useful."""
    given: dict[str, str | None] = {name: column for name, column in names.items() if name not in error.missing}
    tried = dict.fromkeys(error.missing)
    if "revenue" in tried and closest_column("revenue", error.available) is None and closest_column("unit_price", error.available):
        tried = {**{name: None for name in tried if name != "revenue"}, "quantity": None, "unit_price": None}
    suggested = {**given, **{name: closest_column(name, error.available) for name in tried}}
    for name in _USEFUL:
        column = closest_column(name, error.available)
        if column is not None and column != name and name not in suggested and column not in suggested.values():
            suggested[name] = column
    return suggested


def _typed(column: str | None) -> str:
    if column is None:
        return "…"
    return column if column.isalnum() else f'"{column}"'
