"""Small files for the tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import xlsxwriter  # type: ignore[import-untyped]

from crmkit.errors import InvalidDataError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


def written(folder: Path, content: str | bytes, name: str = "sales.csv") -> Path:
    """Write a file and tell where it is."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def workbook(folder: Path, sheets: dict[str, Sequence[Sequence[object]]], name: str = "sales.xlsx") -> Path:
    """Write a workbook; days get a date format."""
    path = folder / name
    with xlsxwriter.Workbook(path, {"default_date_format": "dd.mm.yyyy"}) as book:
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def problems_of(action: Callable[[], object]) -> tuple[Problem, ...]:
    """Catch what is wrong."""
    try:
        action()
    except InvalidDataError as error:
        return error.problems
    message = "nothing was refused"
    raise AssertionError(message)
