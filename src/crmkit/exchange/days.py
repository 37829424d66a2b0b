"""Days out of text: one way of writing them per column, found from its values or given."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import attrs
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

EARLIEST = date(1900, 1, 1)
LATEST = date(2199, 12, 31)
_CLOCK = r"[T ]\s?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?\s?"
_ZONE = r"(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2})"
_TIME = rf"(?:{_CLOCK}(?:{_ZONE}|[AaPp][Mm])?)"
_DAY = rf"^([0-9]+[./-]?[0-9]+[./-]?[0-9]+)(?:{_CLOCK}(?:[AaPp][Mm])?)?$"
LOCAL_DAYS = "its day depends on yours, so write local days; to take days as they are written, give the date format, '%Y-%m-%d'"
_ISO = "%Y-%m-%d"
_CLEAR = ("%d.%m.%Y", "%d.%m.%y", "%Y%m%d", "%Y/%m/%d", "%Y.%m.%d")
_TWIN_FORMATS: Mapping[str, str] = {"%d/%m/%Y": "%m/%d/%Y", "%d-%m-%Y": "%m-%d-%Y", "%d/%m/%y": "%m/%d/%y"}


@attrs.frozen
class AmbiguousDates:
    """
    Dates that can be read two ways.

    Attributes:
        day_first: The one format.
        month_first: The other.
        example: A value that means two days.
    """

    day_first: str
    month_first: str
    example: str

    def __str__(self) -> str:
        """Say how to settle it."""
        return f"can be read two ways, with the day or the month first; give the date format, {self.day_first!r} or {self.month_first!r}"


def days_of(distinct: pl.Series, *, date_format: str | None) -> pl.Series | AmbiguousDates:
    """
    Read the different dates of a column, and moments, of which the day as written counts. Null is what does not parse.

    A moment with a time zone is none, for its day depends on the reader's; with a given date format the day as written counts.

    >>> days_of(pl.Series(["31.12.2025", "01.01.2026 14:30"]), date_format=None).dt.to_string().to_list()
    ['2025-12-31', '2026-01-01']
    """
    return _found(distinct) if date_format is None else _given(distinct, date_format)


def has_zone(text: str) -> bool:
    """Whether it is a moment with a time zone."""
    return re.search(rf"{_CLOCK}{_ZONE}$", text.strip()) is not None


def _found(distinct: pl.Series) -> pl.Series | AmbiguousDates:
    """Take ISO dates, which cannot be mistaken, and for all others the one format that reads the most."""
    day_part = _day_part(distinct)
    iso = _parsed(day_part, _ISO)
    if not iso.null_count():
        return iso
    others = day_part.set(iso.is_not_null(), None)
    best = pl.Series([None] * len(distinct), dtype=pl.Date)
    for date_format in (*_CLEAR, *_TWIN_FORMATS):
        read = _parsed(others, date_format)
        twin = _TWIN_FORMATS.get(date_format)
        if twin is not None:
            other = _parsed(others, twin)
            if other.null_count() == read.null_count() < best.null_count() and (differ := read.ne_missing(other)).any():
                return AmbiguousDates(date_format, twin, distinct.filter(differ).sort()[0])
            read = min(read, other, key=pl.Series.null_count)
        best = min(best, read, key=pl.Series.null_count)
    return iso.fill_null(best)


def _given(distinct: pl.Series, date_format: str) -> pl.Series:
    """Take the format as it is, and for values with a time behind the day too."""
    stripped = distinct.str.strip_chars()
    return _parsed(stripped, date_format).fill_null(_parsed(stripped.str.extract(f"^(.*?){_TIME}$"), date_format))


def _day_part(texts: pl.Series) -> pl.Series:
    return texts.str.strip_chars().str.extract(_DAY)


def _parsed(texts: pl.Series, date_format: str) -> pl.Series:
    return _within(texts.str.to_date(date_format, strict=False))


def _within(read: pl.Series) -> pl.Series:
    return read.set(~read.is_between(EARLIEST, LATEST), None)
