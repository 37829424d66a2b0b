"""Read a table from a file: CSV, Parquet or a workbook."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from crmkit._checks import check_choice
from crmkit.errors import InvalidDataError, Problem
from crmkit.exchange.columns import typed_columns
from crmkit.exchange.contents import as_utf8, read_bytes, unpacked
from crmkit.exchange.notation import ColumnType, FileLimits, Notation
from crmkit.exchange.raw_tables import RawTable, only_own_errors, refused_file
from crmkit.exchange.text_files import read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from crmkit.exchange.columns import Understood

_WORKBOOKS = (".xlsx", ".xlsm", ".xls")
_UNREADABLE = (".xlsb", ".ods", ".numbers", ".pdf", ".zip", ".7z")
_PARQUET = b"PAR1"


def read_table(
    path: Path | str,
    *,
    types: Mapping[str, ColumnType],
    required: Iterable[str] = (),
    others: bool = True,
    notation: Notation = Notation(),  # noqa: B008  a frozen value
    limits: FileLimits = FileLimits(),  # noqa: B008  a frozen value
    on_read: Callable[[int], None] | None = None,
) -> pl.DataFrame:
    r"""
    Read a table from CSV (also .gz), Parquet or Excel; all of it, or nothing.

    Text files are read as text first, so no number passes through a float. Amounts become Decimal(28, 3), with more
    decimals where the column has more; numbers of workbooks become their shortest decimal. A row without any value in
    the columns that are read is left out.

    Args:
        path: The file.
        types: What the named columns hold: "text", "amount", "date", "currency", "flag" or "document_kind".
        required: Those of them in which no value may be missing.
        others: Keep the other columns too, as text where the file has text.
        notation: How the file writes its values; what is not given is found.
        limits: How large it may be.
        on_read: Told the number of bytes after each part that was read.

    Raises:
        InvalidDataError: With every problem of the file: its line (of Parquet the row), column and value.
        MissingExtraError: For a workbook without the extra that reads it.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "sales.csv").write_text("Kunde;Datum;Netto\nC-1;31.12.2025;1.234,56\n")
    ...     read_table(f"{folder}/sales.csv", types={"Datum": "date", "Netto": "amount"}).rows()
    [('C-1', datetime.date(2025, 12, 31), Decimal('1234.560'))]
    """
    for kind in types.values():
        check_choice("types", kind, ColumnType)
    raw = read_raw(path, wanted=None if others else frozenset(types), notation=notation, limits=limits, on_read=on_read)
    table, problems = understood(raw, types, required=frozenset(required), notation=notation)
    if problems:
        raise InvalidDataError(problems)
    return table.frame


def understood(
    raw: RawTable, types: Mapping[str, ColumnType], *, required: AbstractSet[str], notation: Notation
) -> tuple[Understood, tuple[Problem, ...]]:
    """Give the columns their types, and say all that is wrong with lines and values; a wrong value is null."""
    exist = set(raw.frame.columns)
    absent = [name for name in types if name not in exist]
    there = ", ".join(map(repr, raw.frame.columns)) or "none of those asked for"
    problems = [*(Problem(raw.source, None, name, None, f"is not in the file; it has {there}") for name in absent), *raw.problems]
    message = "cannot be read: its values do not fit together"
    with only_own_errors(raw.source, message, pl.exceptions.PolarsError, pl.exceptions.PanicException, ArithmeticError):
        table, more = typed_columns(
            raw, {name: kind for name, kind in types.items() if name in exist}, required=required, notation=notation
        )
    return table, by_line((*problems, *more))


def by_line(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems in the order of the file; those of the whole file come first."""
    return tuple(sorted(problems, key=lambda problem: problem.line or 0))


def read_raw(
    path: Path | str, *, wanted: frozenset[str] | None, notation: Notation, limits: FileLimits, on_read: Callable[[int], None] | None
) -> RawTable:
    """Read the cells of a file without understanding them."""
    file = Path(path)
    source = str(path)
    kind = file.suffix.lower()
    if kind in _UNREADABLE:
        raise refused_file(source, f"is of a kind that is not read ({kind}); save it as .csv, .parquet or .xlsx")
    data = read_bytes(file, limits=limits, on_read=on_read)
    if kind in _WORKBOOKS:
        from crmkit.exchange.workbooks import read_workbook  # noqa: PLC0415  only needed here

        return read_workbook(data, source, wanted=wanted, notation=notation, limits=limits)
    if kind == ".parquet" or data.startswith(_PARQUET):
        return _read_parquet(data, source, wanted=wanted, limits=limits)
    text = as_utf8(unpacked(data, source, limits=limits), source, encoding=notation.encoding)
    return read_text(text, source, wanted=wanted, notation=notation, limits=limits)


def _read_parquet(data: bytes, source: str, *, wanted: frozenset[str] | None, limits: FileLimits) -> RawTable:
    damaged = "is damaged: it cannot be read as Parquet"
    with only_own_errors(source, damaged, pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError):
        scanned = pl.scan_parquet(BytesIO(data))
        kept = [name for name in scanned.collect_schema() if wanted is None or name in wanted]
        least_bytes = scanned.select(pl.len()).collect().item() * len(kept)
        frame = scanned.select(kept).collect() if least_bytes <= limits.most_bytes else pl.DataFrame()
    if max(least_bytes, frame.estimated_size()) > limits.most_bytes:
        raise refused_file(source, f"unpacks to more than {limits.most_bytes:,} bytes; raise FileLimits(most_bytes=…) if it is to be read")

    def lines_of(rows: Sequence[int]) -> list[int | None]:
        return [row + 1 for row in rows]

    return RawTable(source=source, frame=frame, lines_of=lines_of)
