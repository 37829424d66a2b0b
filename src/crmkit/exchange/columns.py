"""Understand the columns of a raw table: amounts, dates, currencies, flags. Everything that does not parse is said, with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import polars as pl

from crmkit._currencies import CODES, meant
from crmkit.errors import Problem
from crmkit.exchange.amounts import (
    USUAL_DECIMALS,
    Evidence,
    amounts,
    amounts_in,
    common_type,
    evidence,
    from_floats,
    why_no_amount,
    within_limit,
)
from crmkit.exchange.days import EARLIEST, LATEST, LOCAL_DAYS, AmbiguousDates, days_of, has_zone

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from crmkit.exchange.notation import ColumnType, DecimalMark, Notation
    from crmkit.exchange.raw_tables import RawTable

_WORDS: Mapping[str, Mapping[str, str]] = {
    "currency": {"€": "EUR", "EURO": "EUR", "£": "GBP", "SFR": "CHF"},
    "flag": {
        **dict.fromkeys(("TRUE", "WAHR", "YES", "JA", "Y", "J", "1", "X"), "true"),
        **dict.fromkeys(("FALSE", "FALSCH", "NO", "NEIN", "N", "0"), "false"),
    },
    "document_kind": {
        **dict.fromkeys(("INVOICE", "RECHNUNG"), "invoice"),
        **dict.fromkeys(("CREDIT_NOTE", "CREDIT NOTE", "CREDITNOTE", "GUTSCHRIFT", "RECHNUNGSKORREKTUR", "STORNO"), "credit_note"),
    },
}
_EXPECTED: Mapping[str, str] = {
    "flag": "is neither yes nor no",
    "document_kind": "is neither 'invoice' nor 'credit_note'",
    "date": f"is not a date from {EARLIEST.year} to {LATEST.year}, such as 2025-12-31 or 31.12.2025",
}
_FILLED = "crmkit: row has a value"
_BOTH_WAYS = "has a decimal comma, and as many others a decimal point; give the decimal mark, 'comma' or 'point'"
_UNCLEAR = "can be read two ways, as thousands or as decimals; give the decimal mark, 'comma' or 'point'"


@attrs.frozen
class Understood:
    """
    A table whose columns have their types.

    Attributes:
        frame: The rows that have a value in at least one column.
        kept: Which rows of the file these are; None is all of them.
        unread: Columns of which nothing could be read, not only some of their values.
    """

    frame: pl.DataFrame
    kept: pl.Series | None
    unread: frozenset[str] = frozenset()

    def place(self, line: int) -> int:
        """Find the row of the file (from 0) for a line of the frame (from 1)."""
        return line - 1 if self.kept is None else int(self.kept[line - 1])


def typed_columns(
    raw: RawTable, types: Mapping[str, ColumnType], *, required: AbstractSet[str], notation: Notation
) -> tuple[Understood, list[Problem]]:
    """
    Understand each column; rows without any value are left out.

    A value in a column that is not required may be missing. A value that is wrong is null; all are in a column that cannot be read.
    """
    distinct = _distinct(raw, types)
    mark, unclear = _decimal_mark(raw, types, distinct, notation)
    problems = [] if unclear is None else [unclear]
    made: list[pl.Expr | pl.Series] = []
    readable = {name: kind for name, kind in types.items() if unclear is None or kind != "amount"}
    for name, kind in tuple(readable.items()):
        read = _read(raw, name, kind, distinct.get(name), mark=mark, notation=notation)
        if isinstance(read, Problem):
            problems.append(read)
            del readable[name]
        else:
            made.append(read.alias(name))
    unread = {name: pl.Date if kind == "date" else pl.Decimal(28, USUAL_DECIMALS) for name, kind in types.items() if name not in readable}
    made += [pl.lit(None, dtype=dtype).alias(name) for name, dtype in unread.items()]
    filled = pl.any_horizontal(pl.all().is_not_null()) if raw.frame.width else pl.lit(value=True)
    frame = raw.frame.with_columns(*made, filled.alias(_FILLED))
    known = frame[_FILLED]
    for name, kind in readable.items():
        problems += _unreadable(raw, name, kind, frame[name])
    problems += _missing(raw, required & types.keys(), known)
    frame = frame.drop(_FILLED)
    kept = None if known.all() else known.arg_true()
    return Understood(frame if kept is None else frame.filter(known), kept, frozenset(unread)), problems


def _distinct(raw: RawTable, types: Mapping[str, ColumnType]) -> dict[str, pl.Series]:
    """The different values of each column that is not kept as text, of all columns at once."""
    texts = [name for name, kind in types.items() if kind != "text" and raw.frame.schema[name] == pl.String and name not in raw.numbers]
    if not texts:
        return {}
    found = raw.frame.select(pl.col(name).unique().implode() for name in texts)
    return {name: found[name].explode() for name in texts}


def _decimal_mark(
    raw: RawTable, types: Mapping[str, ColumnType], distinct: Mapping[str, pl.Series], notation: Notation
) -> tuple[DecimalMark, Problem | None]:
    """One mark for the whole file: what one column leaves open, another may tell."""
    if notation.decimal is not None:
        return notation.decimal, None
    said = Evidence()
    columns: dict[str | None, str] = {}
    for name in (name for name, kind in types.items() if kind == "amount"):
        if raw.frame.schema[name] == pl.String:
            said += (found := evidence(distinct[name] if name in distinct else _only_texts(raw, name).unique()))
            columns = {found.unclear: name, found.with_comma: name, **columns}
    if said.mark is not None:
        return said.mark, None
    value, message = (said.unclear, _UNCLEAR) if said.unclear else (said.with_comma, _BOTH_WAYS)
    return "point", _two_readings(raw, columns[value], value or "", message)


def _two_readings(raw: RawTable, name: str, value: str, message: str) -> Problem:
    """The problem of a whole column, at the first line that shows it."""
    rows = (raw.frame[name].cast(pl.String).str.strip_chars() == value.strip()).arg_true().to_list()[:1]
    return Problem(raw.source, next(iter(raw.lines_of(rows)), None), name, value, message)


def _only_texts(raw: RawTable, name: str) -> pl.Series:
    return raw.frame[name].set(raw.numbers[name], None)


def _read(
    raw: RawTable, name: str, kind: ColumnType, distinct: pl.Series | None, *, mark: DecimalMark, notation: Notation
) -> pl.Expr | pl.Series | Problem:
    """Say how a column is read, or why it cannot be; what does not parse becomes null."""
    column = raw.frame[name]
    match kind:
        case "text":
            return pl.col(name).str.strip_chars() if column.dtype == pl.String else _text(column)
        case "amount":
            return _amount(raw, name, distinct, mark)
        case "date" if column.dtype == pl.Date or isinstance(column.dtype, pl.Datetime):
            return _day(raw, name, column.dtype)
        case "flag" if column.dtype == pl.Boolean:
            return pl.col(name)
    texts = pl.col(name) if distinct is not None else pl.lit(_text(column))
    known = (_text(column).unique() if distinct is None else distinct).drop_nulls()
    read = days_of(known, date_format=notation.date_format) if kind == "date" else _words(known, kind)
    if isinstance(read, AmbiguousDates):
        return _two_readings(raw, name, read.example, str(read))
    return texts.replace_strict(known, read, default=None, return_dtype=read.dtype)


def _day(raw: RawTable, name: str, dtype: pl.DataType) -> pl.Expr | Problem:
    zone = dtype.time_zone if isinstance(dtype, pl.Datetime) else None
    if zone is None:
        return pl.col(name).dt.date()
    return Problem(raw.source, None, name, None, f"has moments in {zone}; their day depends on your zone, so write local days")


def _text(column: pl.Series) -> pl.Series:
    if column.dtype.is_float():
        return from_floats(column)
    text = column if column.dtype == pl.String else column.cast(pl.String, strict=False)
    return text.str.strip_chars()


def _amount(raw: RawTable, name: str, distinct: pl.Series | None, mark: DecimalMark) -> pl.Expr | pl.Series:
    column = raw.frame[name]
    if distinct is not None:
        return amounts_in(pl.col(name), distinct, mark=mark)
    if column.dtype.is_decimal() or column.dtype.is_integer():
        exact = [pl.Decimal(28, USUAL_DECIMALS), *([column.dtype] if column.dtype.is_decimal() else [])]
        return within_limit(pl.col(name).cast(common_type(exact), strict=False))
    if column.dtype != pl.String:
        return amounts(_text(column), mark="point")
    mask = raw.numbers[name]
    parts = [amounts(column.set(~mask, None), mark="point"), amounts(column.set(mask, None), mark=mark)]
    common = common_type(part.dtype for part in parts)
    return parts[0].cast(common).fill_null(parts[1].cast(common))


def _words(distinct: pl.Series, kind: ColumnType) -> pl.Series:
    """Look up the few words that stand for a value; a currency may also be any code of ISO 4217."""
    upper = distinct.str.strip_chars().str.to_uppercase()
    found = upper.replace_strict(_WORDS[kind], default=None, return_dtype=pl.String)
    if kind == "currency":
        return found.fill_null(upper.set(~upper.is_in(list(CODES)), None))
    return found == "true" if kind == "flag" else found


def _unreadable(raw: RawTable, name: str, kind: ColumnType, read: pl.Series) -> Iterator[Problem]:
    column = raw.frame[name]
    if kind == "text" or read.null_count() == column.null_count() or read is column:
        return
    known = from_floats(column).is_not_null() if column.dtype.is_float() else column.is_not_null()
    rows = (read.is_null() & known).arg_true().to_list()
    for row, line in zip(rows, raw.lines_of(rows), strict=True):
        value = str(column[row])
        yield Problem(raw.source, line, name, value, _why_not(value, kind))


def _why_not(value: str, kind: ColumnType) -> str:
    match kind:
        case "amount":
            return why_no_amount(value)
        case "currency":
            return f"is not a currency of ISO 4217, such as EUR{meant(value)}"
        case "date" if has_zone(value):
            return f"is a moment with a time zone; {LOCAL_DAYS}"
        case _:
            return _EXPECTED[kind]


def _missing(raw: RawTable, required: AbstractSet[str], filled: pl.Series) -> Iterator[Problem]:
    for name in sorted(required):
        empty = raw.frame[name].is_null() if not raw.frame[name].dtype.is_float() else from_floats(raw.frame[name]).is_null()
        if not empty.any():
            continue
        rows = (empty & filled).arg_true().to_list()
        written = raw.as_written(name) if rows else empty
        for row, line in zip(rows, raw.lines_of(rows), strict=True):
            value = (written[row] or "").strip()
            yield Problem(raw.source, line, name, value or None, "stands for a value that is missing" if value else "is missing")
