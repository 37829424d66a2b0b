"""A table as it was found in a file, before its values are understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import attrs
import polars as pl

from crmkit.errors import CrmkitError, InvalidDataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

_NO_MASKS: Mapping[str, pl.Series] = {}


@attrs.frozen(kw_only=True, eq=False)
class RawTable:
    """
    The rows of one file.

    Attributes:
        source: The file, as the caller named it.
        frame: Its columns, as text where the file has only text.
        lines_of: Tells the line of the file for each of some row numbers (from 0).
        numbers: For columns of workbooks: which cells are numbers; these have a decimal point whatever the texts have.
        problems: What is wrong with its lines, whatever their values are.
        as_written: Tells the cells of a column as they stand in the file, those that mean "nothing known" too; asked only for errors.
    """

    source: str
    frame: pl.DataFrame = attrs.field(repr=False)
    lines_of: Callable[[Sequence[int]], list[int | None]] = attrs.field(repr=False)
    numbers: Mapping[str, pl.Series] = attrs.field(default=_NO_MASKS, repr=False)
    problems: tuple[Problem, ...] = attrs.field(default=(), repr=False)
    as_written: Callable[[str], pl.Series] = attrs.field(repr=False)

    @as_written.default
    def _as_in_the_frame(self) -> Callable[[str], pl.Series]:
        return lambda name: self.frame[name].cast(pl.String, strict=False)


def refused_file(source: str, message: str, *, line: int | None = None, column: str | None = None) -> InvalidDataError:
    """Build the error for a file that is wrong as a whole."""
    return InvalidDataError((Problem(source, line, column, None, message),))


@contextmanager
def only_own_errors(source: str, message: str, *foreign: type[BaseException]) -> Iterator[None]:
    """Turn the errors of a library into `InvalidDataError`; their own text can hold content of the file, so it is dropped."""
    try:
        yield
    except CrmkitError:
        raise
    except foreign:
        raise refused_file(source, message) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what Rust libraries raise; each has a class of its own without a name to import
            raise
        raise refused_file(source, message) from None
