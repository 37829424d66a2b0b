"""How numbers of documents are written."""

from __future__ import annotations

import re
from string import Formatter
from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_int, check_text, refused

if TYPE_CHECKING:
    from datetime import date

_ALLOWED = {"count": re.compile(r"(0?[1-9])?"), "year": re.compile(""), "month": re.compile("(02)?")}


@attrs.frozen
class NumberFormat:
    """
    How the numbers of one kind of document are written.

    Counting begins anew wherever the rest of the pattern changes: with "{year}" in it, every year. Numbers are gapless, because the
    counter is raised in the transaction that issues the document.

    Attributes:
        pattern: With "{count}", or "{count:05}" for leading zeros; also "{year}" and "{month:02}" of the document's date.
        start: The first count.

    >>> from datetime import date
    >>> NumberFormat("RE-{year}-{count:05}").written(7, on=date(2026, 1, 31))
    'RE-2026-00007'
    """

    pattern: str
    start: int = 1

    def __attrs_post_init__(self) -> None:
        """Refuse a pattern without a count, and anything else that is no part of a number."""
        check_int("start", self.start, at_least=0)
        try:
            parsed = Formatter().parse(check_text("pattern", self.pattern))
            parts = [(name, f"{spec}{'!' if conversion else ''}") for _, name, spec, conversion in parsed if name is not None]
        except ValueError:
            parts = []
        known = all(name in _ALLOWED and _ALLOWED[name].fullmatch(spec) for name, spec in parts)
        if not known or [name for name, _ in parts].count("count") != 1:
            raise refused("pattern", self.pattern, "one {count}, beside it {year} and {month}, for example 'RE-{year}-{count:05}'")

    def written(self, count: int, *, on: date) -> str:
        """Write a number."""
        return self.pattern.format(count=count, year=on.year, month=on.month)

    def series(self, *, on: date) -> str:
        """Name the series that is counted on a day: the number without its count."""
        rest = re.sub(r"\{count[^}]*\}", "#", self.pattern)
        return rest.format(year=on.year, month=on.month)
