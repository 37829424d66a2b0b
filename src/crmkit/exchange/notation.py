"""How a file writes its values, what its columns hold, and how large it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import attrs

from crmkit._checks import check_choice, check_int, check_text, refused

if TYPE_CHECKING:
    from collections.abc import Iterable

ColumnType = Literal["text", "amount", "date", "currency", "flag", "document_kind"]
DecimalMark = Literal["comma", "point"]

MISSING = ("", "NULL", "null", "NaN", "nan", "N/A", "n/a", "#N/A", "#NV", "None")
_MEBIBYTE = 1024**2

Names: TypeAlias = "tuple[str, ...]"


def _texts(values: Iterable[str]) -> Names:
    return tuple(values)


@attrs.frozen(kw_only=True)
class Notation:
    """
    How a file writes its values. What is None is found from the file.

    Attributes:
        delimiter: What stands between cells of a text file.
        decimal: "comma" for 1.234,56 and "point" for 1,234.56.
        encoding: Encoding of a text file, for example "cp1252".
        date_format: How dates are written, for example "%d.%m.%Y"; `%m/%d/%Y` and `%d/%m/%Y` cannot always be told apart.
        sheet: Sheet of a workbook; the first one unless given.
        skip_lines: Lines before the header. Found only for DATEV files, which have one.
        missing: Texts that mean that nothing is known.
    """

    delimiter: str | None = None
    decimal: DecimalMark | None = None
    encoding: str | None = None
    date_format: str | None = None
    sheet: str | None = None
    skip_lines: int | None = None
    missing: Names = attrs.field(default=MISSING, converter=_texts)

    def __attrs_post_init__(self) -> None:
        """Refuse what no file can have."""
        if self.delimiter is not None and (len(self.delimiter) != 1 or not self.delimiter.isascii() or self.delimiter in '"\r\n\0'):
            raise refused("delimiter", self.delimiter, "one ASCII character, for example ';'")
        if self.decimal is not None:
            check_choice("decimal", self.decimal, DecimalMark)
        if self.encoding is not None:
            check_encoding(self.encoding)
        if self.date_format is not None and not {"%d", "%m"} <= {self.date_format[at : at + 2] for at in range(len(self.date_format))}:
            raise refused("date_format", self.date_format, "a format with %d, %m and %Y, for example '%d.%m.%Y'")
        if self.skip_lines is not None:
            check_int("skip_lines", self.skip_lines, at_least=0)


def check_encoding(name: str) -> str:
    """Accept the name of a text encoding that Python knows."""
    try:
        "".encode(check_text("encoding", name))
    except LookupError:
        raise refused("encoding", name, "an encoding that Python knows, for example 'utf-8', 'cp1252', 'utf-16'") from None
    return name


@attrs.frozen(kw_only=True)
class FileLimits:
    """
    How large a file may be. A small file can unpack to one that fills the memory.

    Attributes:
        most_bytes: Of the unpacked file.
        most_ratio: Of unpacked to packed size; checked above 64 MiB.
        most_cells: Of a sheet, empty ones among them.
        most_cell_characters: Of one cell.
    """

    most_bytes: int = 2048 * _MEBIBYTE
    most_ratio: int = 200
    most_cells: int = 20_000_000
    most_cell_characters: int = 100_000

    def __attrs_post_init__(self) -> None:
        """Refuse limits that let nothing through."""
        for field in attrs.fields(FileLimits):
            check_int(field.name, getattr(self, field.name), at_least=1)

    def most_unpacked(self, packed: int) -> int:
        """How many bytes a file of so many packed bytes may have."""
        return min(self.most_bytes, max(packed * self.most_ratio, 64 * _MEBIBYTE))
