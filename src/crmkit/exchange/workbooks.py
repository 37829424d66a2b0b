"""Workbooks of Excel and LibreOffice: one sheet, its cells as text, and which of them are numbers."""

from __future__ import annotations

import re
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, TypeAlias

import polars as pl

from crmkit.errors import InvalidDataError, Problem
from crmkit.exchange._needs import need
from crmkit.exchange.raw_tables import RawTable, only_own_errors, refused_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmkit.exchange.notation import FileLimits, Notation

Cell: TypeAlias = int | float | str | bool | time | date | datetime | timedelta

_MOST_ENTRIES = 10_000
_CHUNK = 1024**2
_OVERLAP = 32
_PLACE = re.compile(rb"""\sr=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_ALPHABET = 26
_EXACT_DIGITS = 15  # more are noise of the binary form; Excel shows no more either


def read_workbook(data: bytes, source: str, *, wanted: frozenset[str] | None, notation: Notation, limits: FileLimits) -> RawTable:
    """Read one sheet. The first line that is not empty has the names of the columns."""
    need("python_calamine", extra="excel")
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError  # noqa: PLC0415  # only needed here

    if data.startswith(b"PK"):
        _check_archive(data, source, limits)
    with only_own_errors(source, "is no workbook that can be read; save it again as .xlsx", CalamineError, ValueError, OSError):
        try:
            workbook = CalamineWorkbook.from_filelike(BytesIO(data))
        except PasswordError:
            raise refused_file(source, "is protected by a password; save it without") from None
        names = workbook.sheet_names
        if not names or notation.sheet not in (None, *names):
            raise refused_file(source, f"has no sheet {notation.sheet!r}; it has {', '.join(map(repr, names)) or 'none'}")
        rows: list[list[Cell]] = workbook.get_sheet_by_name(notation.sheet or names[0]).to_python(skip_empty_area=False)
    return _table(rows, source, wanted=wanted, notation=notation)


def _table(rows: list[list[Cell]], source: str, *, wanted: frozenset[str] | None, notation: Notation) -> RawTable:
    begins = notation.skip_lines or next((at for at, row in enumerate(rows) if any(cell != "" for cell in row)), len(rows))
    if begins >= len(rows):
        raise refused_file(source, "has an empty sheet; expected a line with the names of the columns")
    header = [_text(cell).strip() for cell in rows[begins]]
    twice = sorted({name for name in header if name and header.count(name) > 1 and wanted is not None and name in wanted})
    if twice:
        raise InvalidDataError(
            tuple(Problem(source, begins + 1, name, None, "is the name of several columns; rename one of them") for name in twice)
        )
    body = rows[begins + 1 :]
    unknown = frozenset(notation.missing)
    columns: dict[str, pl.Series] = {}
    numbers: dict[str, pl.Series] = {}
    for at, name in enumerate(header):
        if not name or name in columns or (wanted is not None and name not in wanted):
            continue
        cells = [row[at] for row in body]
        texts = [_text(cell) for cell in cells]
        columns[name] = pl.Series(name, [None if text in unknown else text for text in texts], dtype=pl.String)
        numbers[name] = pl.Series(name, [isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells], dtype=pl.Boolean)

    def lines_of(found: Sequence[int]) -> list[int | None]:
        return [begins + 2 + row for row in found]

    def as_written(name: str) -> pl.Series:
        at = header.index(name)
        return pl.Series([_text(row[at]) for row in body], dtype=pl.String)

    return RawTable(source=source, frame=pl.DataFrame(columns), lines_of=lines_of, numbers=numbers, as_written=as_written)


def _text(cell: Cell) -> str:
    match cell:
        case bool():
            return "true" if cell else "false"
        case float():
            return format(cell, f".{_EXACT_DIGITS}g")
        case datetime() | date() | time():
            return cell.isoformat()
        case _:
            return str(cell)


def _check_archive(data: bytes, source: str, limits: FileLimits) -> None:
    """Unpack it once within limits: a small workbook can unpack to one that fills the memory, or claim a huge sheet."""
    damaged = "is damaged: it does not unpack"
    left = limits.most_unpacked(len(data))
    with only_own_errors(source, damaged, zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
        archive = zipfile.ZipFile(BytesIO(data))
        entries = archive.infolist()
    if len(entries) > _MOST_ENTRIES:
        raise refused_file(source, f"has more than {_MOST_ENTRIES:,} parts")
    for entry in entries:
        with only_own_errors(source, damaged, zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError):
            size, cells, declares = _measured(archive, entry, most=left)
        left -= size
        if left < 0:
            most = limits.most_unpacked(len(data))
            raise refused_file(
                source, f"unpacks to more than {most:,} bytes; raise FileLimits(most_bytes=…, most_ratio=…) if it is to be read"
            )
        if cells > limits.most_cells:
            raise refused_file(
                source, f"has a sheet of {cells:,} cells, empty ones among them; raise FileLimits(most_cells=…) if it is to be read"
            )
        if declares:
            raise refused_file(source, "declares a document type, which no workbook needs")


def _measured(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *, most: int) -> tuple[int, int, bool]:
    """Size, cells and whether there is a document type; reading stops once it is too large."""
    size, columns, lines, declares, tail = 0, 0, 0, False, b""
    is_markup = entry.filename.endswith((".xml", ".rels"))
    with archive.open(entry) as file:
        while size <= most and (part := file.read(_CHUNK)):
            size += len(part)
            if is_markup:
                window = tail + part
                declares = declares or b"<!DOCTYPE" in window
                places = set(_PLACE.findall(window))
                columns = max([columns, *(_column_number(letters) for letters in {letters for letters, _ in places})])
                lines = max([lines, *(int(number) for _, number in places)])
                tail = window[-_OVERLAP:]
    return size, columns * lines, declares


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * _ALPHABET + letter - ord("A") + 1
    return number
