"""Delimited text: find the delimiter, read every cell as text, know the line of every row."""

from __future__ import annotations

import csv
from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING

import attrs
import polars as pl

from crmkit.errors import InvalidDataError, Problem
from crmkit.exchange.raw_tables import RawTable, only_own_errors, refused_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmkit.exchange.notation import FileLimits, Notation

_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 30
_SAMPLE_BYTES = 65_536
_DATEV = (b'"EXTF"', b"EXTF;", b'"DTVF"', b"DTVF;")


def read_text(text: bytes, source: str, *, wanted: frozenset[str] | None, notation: Notation, limits: FileLimits) -> RawTable:
    """Read UTF-8 text with plain line ends; *wanted* are the only columns that are kept, None keeps all."""
    skipped = notation.skip_lines if notation.skip_lines is not None else int(text.startswith(_DATEV))
    for _ in range(skipped):
        text = text.partition(b"\n")[2]
    body = text.lstrip(b"\n")
    skipped += len(text) - len(body)
    if not body or body.isspace():
        raise refused_file(source, "is empty; expected a line with the names of the columns")
    delimiter = notation.delimiter or found_delimiter(body)
    header, header_bytes = _header(body, delimiter, source, line=skipped + 1)
    kept = _kept(header, wanted, source)
    starts: list[int] | None = None
    problems: list[Problem] = []
    try:
        columns = _by_polars(body[header_bytes:], delimiter, width=len(header), kept=kept, missing=notation.missing)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        columns, starts, problems = _by_hand(body, delimiter, header, source, kept=kept, skipped=skipped, missing=notation.missing)
    frame = pl.DataFrame([column.alias(header[at]) for at, column in zip(kept, columns, strict=True)])

    def lines_of(rows: Sequence[int]) -> list[int | None]:
        lines = starts if starts is not None else _record_lines(body, skipped)
        return [lines[row + 1] if row + 1 < len(lines) else None for row in rows]

    def as_written(name: str) -> pl.Series:
        at = header.index(name)
        if starts is None:
            (column,) = _by_polars(body[header_bytes:], delimiter, width=len(header), kept=[at], missing=())
        else:
            (column,), _, _ = _by_hand(body, delimiter, header, source, kept=[at], skipped=skipped, missing=())
        return column

    raw = RawTable(source=source, frame=frame, lines_of=lines_of, as_written=as_written)
    return attrs.evolve(raw, problems=(*problems, *_long_cells(raw, limits)))


def found_delimiter(body: bytes) -> str:
    """
    Find what stands between cells: what splits the most lines of the beginning into equally many cells.

    >>> found_delimiter(b"Kunde;Umsatz, netto;Datum")
    ';'
    """
    sample = body[:_SAMPLE_BYTES].decode(errors="replace").split("\n")[:_SAMPLE_LINES]
    sample = sample[:-1] if len(sample) > 1 else sample

    def fitness(delimiter: str) -> tuple[int, int]:
        counts = Counter(len(row) for row in csv.reader(sample, delimiter=delimiter))
        if not counts:
            return 0, 0
        width, lines = max(counts.items(), key=lambda item: (item[0] > 1, item[1], item[0]))
        return (lines, width) if width > 1 else (0, 0)

    return max(_DELIMITERS, key=fitness)


def _header(body: bytes, delimiter: str, source: str, *, line: int) -> tuple[list[str], int]:
    """Parse the names of the columns; tell where the data begin."""
    quotes, end = 0, 0
    while True:
        following = body.find(b"\n", end)
        quotes += body.count(b'"', end, following if following >= 0 else len(body))
        end = len(body) if following < 0 else following + 1
        if quotes % 2 == 0 or following < 0:
            break
    with only_own_errors(source, "has a header line that cannot be read: is a quotation mark not closed?", csv.Error):
        (cells,) = csv.reader([body[:end].decode().removesuffix("\n")], delimiter=delimiter, strict=True)
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise refused_file(source, "has no names of columns", line=line)
    return names, end


def _kept(header: list[str], wanted: frozenset[str] | None, source: str) -> list[int]:
    counts = Counter(header)
    twice = [name for name in counts if counts[name] > 1 and wanted is not None and name in wanted]
    if twice:
        raise InvalidDataError(
            tuple(Problem(source, None, name, None, f"is the name of {counts[name]} columns; rename one of them") for name in twice)
        )
    first: dict[str, int] = {}
    for at, name in enumerate(header):
        first.setdefault(name, at)
    return [at for name, at in first.items() if wanted is None or name in wanted]


def _by_polars(rows: bytes, delimiter: str, *, width: int, kept: list[int], missing: Sequence[str]) -> list[pl.Series]:
    if not kept:
        return []
    frame = pl.read_csv(
        rows,
        has_header=False,
        separator=delimiter,
        schema={str(at): pl.String for at in range(width)},
        columns=kept,
        null_values=list(missing),
        raise_if_empty=False,
    )
    return [frame[str(at)] for at in kept]


def _by_hand(
    body: bytes, delimiter: str, header: list[str], source: str, *, kept: list[int], skipped: int, missing: Sequence[str]
) -> tuple[list[pl.Series], list[int], list[Problem]]:
    """Read what Polars refuses, line by line: to take it if it can be taken, and to say which lines are wrong."""
    reader = csv.reader((f"{line}\n" for line in body.decode().removesuffix("\n").split("\n")), delimiter=delimiter, strict=True)
    starts, rows, problems, begun = [skipped + 1], [], list[Problem](), 0
    try:
        next(reader)
        begun = reader.line_num
        for row in reader:
            starts.append(skipped + begun + 1)
            begun = reader.line_num
            rows.append(row)
            if any(cell.strip() for cell in row[len(header) :]):
                problems.append(Problem(source, starts[-1], None, None, f"has {len(row)} cells, but the header has {len(header)}"))
    except csv.Error:
        message = "cannot be read: is a quotation mark not closed, or a cell longer than 131,072 characters?"
        problems.append(Problem(source, skipped + begun + 1, None, None, message))
    unknown = frozenset(missing)
    columns = [[row[at] if at < len(row) and row[at] not in unknown else None for row in rows] for at in kept]
    return [pl.Series(column, dtype=pl.String) for column in columns], starts, problems


def _record_lines(body: bytes, skipped: int) -> list[int]:
    """The line on which each record begins, the header first; a line goes on as long as a quotation mark is open."""
    lines = body.removesuffix(b"\n").split(b"\n")
    quotes = accumulate((line.count(b'"') for line in lines[:-1]), initial=0)
    return [skipped + number for number, before in enumerate(quotes, start=1) if before % 2 == 0]


def _long_cells(raw: RawTable, limits: FileLimits) -> Iterator[Problem]:
    longest = raw.frame.select(pl.all().str.len_bytes().max()).row(0) if raw.frame.width else ()
    for name, length in zip(raw.frame.columns, longest, strict=True):
        if (length or 0) > limits.most_cell_characters:
            rows = (raw.frame[name].str.len_bytes() > limits.most_cell_characters).arg_true().to_list()
            message = (
                f"is a cell of more than {limits.most_cell_characters:,} characters; raise FileLimits(most_cell_characters=…) to read it"
            )
            for line in raw.lines_of(rows):
                yield Problem(raw.source, line, name, None, message)
