"""Read sales from one or several files into the standard columns of `crmkit.facts`."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import attrs
import polars as pl

from crmkit._checks import check_text, refused
from crmkit.errors import InvalidDataError, MissingColumnError, Problem
from crmkit.exchange.amounts import common_type
from crmkit.exchange.notation import ColumnType, FileLimits, Notation
from crmkit.exchange.raw_tables import RawTable, only_own_errors
from crmkit.exchange.tables import by_line, read_raw, understood

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from crmkit.exchange.columns import Understood

SALES_TYPES: Mapping[str, ColumnType] = {
    "customer_id": "text",
    "issued_on": "date",
    "revenue": "amount",
    "document_id": "text",
    "document_kind": "document_kind",
    "document_subtype": "text",
    "reverses_document_id": "text",
    "item_id": "text",
    "item_group": "text",
    "salesperson_id": "text",
    "quantity": "amount",
    "unit": "text",
    "unit_price": "amount",
    "discount": "amount",
    "cost": "amount",
    "variable_cost": "amount",
    "project_id": "text",
    "currency": "currency",
}
_NEEDED = ("customer_id", "issued_on", "revenue")
_NEVER_MISSING = frozenset({"issued_on", "revenue", "currency", "document_kind"})


def read_sales(
    paths: Path | str | Iterable[Path | str],
    *,
    names: Mapping[str, str] | None = None,
    notation: Notation = Notation(),  # noqa: B008  a frozen value
    limits: FileLimits = FileLimits(),  # noqa: B008  a frozen value
    credit_notes: Literal["negative", "positive"] = "negative",
    on_read: Callable[[int], None] | None = None,
) -> pl.DataFrame:
    """
    Read sales lines from files into the standard table of `crmkit.facts.sales`; all files, or nothing.

    A standard column that has its own name in the file needs no entry in *names*. Where a file has no revenue but
    quantity and unit price, revenue is derived from them. A missing cost is unknown; a line without customer stays.

    Args:
        paths: One file, or several whose rows follow each other.
        names: Standard name = the file's own name, for example `{"customer_id": "Kunde"}`.
        notation: How the files write their values; what is not given is found, for each file by itself.
        limits: How large each may be.
        credit_notes: How the files write the amounts of credit notes; see `crmkit.facts.sales`.
        on_read: Told the number of bytes after each part that was read.

    Raises:
        InvalidDataError: With every problem of every file: file, line, column and value.
        MissingColumnError: Naming the first file without a column that is needed, what is missing, and what exists.
    """
    mapped = {standard_column(name): check_text(f"names[{name!r}]", own) for name, own in (names or {}).items()}
    needed_too = ("document_kind",) if credit_notes == "positive" else ()
    parts: list[pl.DataFrame] = []
    problems: list[Problem] = []
    for path in [paths] if isinstance(paths, Path | str) else paths:
        try:
            rows, raw, there, found = read_lines(path, mapped, needed_too, notation=notation, limits=limits, on_read=on_read)
            table, more = as_facts(rows, raw, there, credit_notes=credit_notes)
        except InvalidDataError as error:
            problems += error.problems
            continue
        problems += by_line((*found, *not_said_yet(more, found)))
        parts.append(table)
    if problems:
        raise InvalidDataError(tuple(problems))
    if not parts:
        raise refused("paths", (), "at least one file")
    return together(parts)


def standard_column(name: str) -> str:
    """Accept the name of a column of sales."""
    if name not in SALES_TYPES:
        raise refused("names", name, "standard columns of sales: " + ", ".join(SALES_TYPES))
    return name


def read_lines(
    path: Path | str,
    mapped: Mapping[str, str],
    more: Iterable[str],
    *,
    notation: Notation,
    limits: FileLimits,
    on_read: Callable[[int], None] | None,
) -> tuple[Understood, RawTable, Mapping[str, str], tuple[Problem, ...]]:
    """Read one file: its rows, its cells, its columns by their standard names, and what is wrong."""
    own = {standard: mapped.get(standard, standard) for standard in SALES_TYPES}
    raw = read_raw(path, wanted=frozenset(own.values()), notation=notation, limits=limits, on_read=on_read)
    exist = set(raw.frame.columns)
    there = {standard: name for standard, name in own.items() if name in exist}
    derived = "revenue" not in there and "revenue" not in mapped and {"quantity", "unit_price"} <= there.keys()
    needed = {*_NEEDED, *mapped, *more} - ({"revenue"} if derived else set())
    missing = tuple(standard for standard in SALES_TYPES if standard in needed and standard not in there)
    if missing:
        available = _all_columns(path, notation=notation, limits=limits)
        raise MissingColumnError(missing, available, "sales", {name: mapped[name] for name in missing if name in mapped}, source=str(path))
    required = (_NEVER_MISSING | ({"quantity", "unit_price"} if derived else set())) & there.keys()
    renamed = RawTable(
        source=raw.source,
        frame=raw.frame.select(pl.col(name).alias(standard) for standard, name in there.items()),
        lines_of=raw.lines_of,
        numbers={standard: raw.numbers[name] for standard, name in there.items() if name in raw.numbers},
        problems=raw.problems,
        as_written=lambda standard: raw.as_written(there[standard]),
    )
    rows, problems = understood(renamed, {standard: SALES_TYPES[standard] for standard in there}, required=required, notation=notation)
    return rows, renamed, there, tuple(_named_as_in_file(problem, there) for problem in problems)


def as_facts(
    rows: Understood, raw: RawTable, there: Mapping[str, str], *, credit_notes: Literal["negative", "positive"]
) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    """Bring it into the standard table; what that refuses is said with its place in the file."""
    from crmkit import facts  # noqa: PLC0415  loads Narwhals, which a command line can do while the file is being read

    try:
        with only_own_errors(raw.source, "has amounts that are too large together", pl.exceptions.PolarsError):
            return facts.sales(rows.frame, credit_notes=credit_notes), ()
    except InvalidDataError as error:
        places = [rows.place(problem.line) for problem in error.problems if problem.line is not None]
        lines = dict(zip(places, raw.lines_of(places), strict=True))

        def placed(problem: Problem) -> Problem:
            named = attrs.evolve(_named_as_in_file(problem, there), source=raw.source)
            if problem.line is None:
                return named
            row = rows.place(problem.line)
            return attrs.evolve(named, line=lines[row], value=_as_in_file(problem, raw, row))

        return rows.frame, tuple(placed(problem) for problem in error.problems)


def _as_in_file(problem: Problem, raw: RawTable, row: int) -> str | None:
    """The value as it stands there; of what is no text or was computed, the exact number without padded zeros."""
    if problem.value is None:
        return None
    if problem.column in raw.frame.columns and raw.frame.schema[problem.column] == pl.String:
        return str(raw.frame[row, problem.column]).strip()
    number = format(Decimal(problem.value), "f")
    return number.rstrip("0").rstrip(".") if "." in number else number


def not_said_yet(more: Iterable[Problem], found: Iterable[Problem]) -> Iterator[Problem]:
    """What the standard table refuses beyond the cells that could not be read; of them it only sees that nothing is known."""
    said = {(problem.line, problem.column) for problem in found}
    return (problem for problem in more if (problem.line, problem.column) not in said)


def _named_as_in_file(problem: Problem, there: Mapping[str, str]) -> Problem:
    return attrs.evolve(problem, column=there.get(problem.column or "", problem.column))


def together(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """One table of several."""
    if len(parts) == 1:
        return parts[0]
    amounts = [name for name, kind in SALES_TYPES.items() if kind == "amount"]
    wide = {
        name: common_type(part.schema[name] for part in parts if name in part.columns)
        for name in amounts
        if any(name in part.columns for part in parts)
    }
    return pl.concat([part.cast({name: wide[name] for name in wide.keys() & set(part.columns)}) for part in parts], how="diagonal")


def _all_columns(path: Path | str, *, notation: Notation, limits: FileLimits) -> tuple[str, ...]:
    return tuple(read_raw(path, wanted=None, notation=notation, limits=limits, on_read=None).frame.columns)
