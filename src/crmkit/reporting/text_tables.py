"""Tables in plain text: columns as wide as their widest cell, numbers to the right."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

_GAP = "  "


def text_table(header: Sequence[str], rows: Sequence[Sequence[str]], *, align: Sequence[Literal["left", "right"]]) -> str:
    """
    Lay out a table.

    >>> print(text_table(["Customer", "Revenue"], [["C-1", "1,200.00"]], align=["left", "right"]))
      Customer   Revenue
      C-1       1,200.00
    """
    cells = [[_printable(cell) for cell in row] for row in (header, *rows)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(header))]
    lines = (
        _GAP.join(
            cell.ljust(width) if side == "left" else cell.rjust(width) for cell, width, side in zip(row, widths, align, strict=True)
        ).rstrip()
        for row in cells
    )
    return "\n".join(f"{_GAP}{line}" for line in lines)


def _printable(cell: str) -> str:
    """Keep control characters out, which a terminal would obey."""
    return "".join(" " if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"} else char for char in cell)
