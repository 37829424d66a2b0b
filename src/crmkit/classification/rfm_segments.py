"""Segments over the grid of RFM scores: two published ones, and your own."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import attrs
import narwhals.stable.v2 as nw

from crmkit._checks import check_each, check_int, check_kind, check_text, refused
from crmkit._frames import Asked, F, check_same, opened
from crmkit.entities._fields import FrozenMapping
from crmkit.errors import InvalidDataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit._frames import Lazy, Table

__all__ = ["ELEVEN_SEGMENTS", "TEN_SEGMENTS", "SegmentGrid", "add_rfm_segment", "segment_migration"]

_PLACE = re.compile(r"\[(\d)-(\d)\]|(\d)")


def _names(names: str | Iterable[str]) -> tuple[str, ...]:
    return check_each("scores", names, check_text)


def _patterns(segments: Mapping[str, str | Iterable[str]]) -> FrozenMapping[str, tuple[str, ...]]:
    if not isinstance(segments, Mapping):
        raise refused("segments", type(segments).__name__, "a mapping from names to cells")
    return FrozenMapping(
        {
            check_text("segments", name): tuple(
                pattern for text in check_each("segments", patterns, check_text) for pattern in text.replace(",", " ").split()
            )
            for name, patterns in segments.items()
        }
    )


@attrs.frozen
class SegmentGrid:
    """
    Names for the cells of a grid of scores. Whether they are a partition, so that every score has one name, `problems` tells.

    >>> SegmentGrid({"gone": "[1-2][1-5]", "here": "[3-5][1-5]"}, scores=("r_score", "f_score")).problems()
    ()

    Attributes:
        segments: For each name its cells: codes such as "55", or ranges such as "[1-2][3-4]"; several in one text, or as several texts.
        scores: Columns of the scores, in the order of the digits.
        parts: The highest score, at most 9; the lowest is 1.
    """

    segments: Mapping[str, tuple[str, ...]] = attrs.field(converter=_patterns)
    scores: tuple[str, ...] = attrs.field(default=("r_score", "f_score", "m_score"), kw_only=True, converter=_names)
    parts: int = attrs.field(default=5, kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Refuse what is no grid, and cells that are not written as codes or ranges."""
        if check_int("parts", self.parts, at_least=2) > 9:  # noqa: PLR2004  # one digit
            raise refused("parts", self.parts, "at most 9: a score is one digit of a code")
        if not self.scores or len(set(self.scores)) < len(self.scores):
            raise refused("scores", self.scores, "names of columns, each once")
        for pattern in itertools.chain.from_iterable(self.segments.values()):
            self._codes(pattern)

    def cells(self, segment: str) -> tuple[str, ...]:
        """
        The codes of a segment.

        >>> TEN_SEGMENTS.cells("loyal_customers")
        ('34', '35', '44', '45')
        """
        return tuple(code for pattern in self.segments[segment] for code in self._codes(pattern))

    def problems(self) -> tuple[Problem, ...]:
        """
        Tell what keeps the grid from being a partition: cells without a name and cells with several.

        >>> for problem in SegmentGrid({"gone": "11 12", "here": "12 22"}, scores=("r_score", "f_score"), parts=2).problems():
        ...     print(problem.value, problem.message)
        12 is in several segments: gone, here
        21 is in no segment
        """
        names: dict[str, list[str]] = {"".join(code): [] for code in itertools.product(self._digits, repeat=len(self.scores))}
        for segment in self.segments:
            for code in self.cells(segment):
                names[code].append(segment)
        return tuple(Problem("segments", None, None, code, _told(found)) for code, found in names.items() if len(found) != 1)

    @property
    def _digits(self) -> tuple[str, ...]:
        return tuple(str(score) for score in range(1, self.parts + 1))

    def _codes(self, pattern: str) -> Iterator[str]:
        places = list(_PLACE.finditer(pattern))
        ranges = [range(int(match[1] or match[3]), int(match[2] or match[3]) + 1) for match in places]
        is_whole = "".join(match[0] for match in places) == pattern and len(places) == len(self.scores)
        if not is_whole or not all(one and one[0] >= 1 and one[-1] <= self.parts for one in ranges):
            raise refused("segments", pattern, f"codes of {len(self.scores)} scores from 1 to {self.parts}, such as '55' or '[1-2][3-4]'")
        return ("".join(map(str, code)) for code in itertools.product(*ranges))


def _told(segments: list[str]) -> str:
    return f"is in several segments: {', '.join(segments)}" if segments else "is in no segment"


TEN_SEGMENTS = SegmentGrid(
    {
        "hibernating": "[1-2][1-2]",
        "at_risk": "[1-2][3-4]",
        "cant_lose": "[1-2]5",
        "about_to_sleep": "3[1-2]",
        "need_attention": "33",
        "loyal_customers": "[3-4][4-5]",
        "promising": "41",
        "new_customers": "51",
        "potential_loyalists": "[4-5][2-3]",
        "champions": "5[4-5]",
    },
    scores=("r_score", "f_score"),
)
"""Ten segments over five scores of recency and frequency, as they are published in many places."""

ELEVEN_SEGMENTS = SegmentGrid(
    {
        "champions": "555 554 544 545 454 455 445",
        "loyal": "543 444 435 355 354 345 344 335",
        "potential_loyalist": "553 551 552 541 542 533 532 531 452 451 442 441 431 453 433 432 423 353 352 351 342 341 333 323",
        "new_customers": "512 511 422 421 412 411 311",
        "promising": "525 524 523 522 521 515 514 513 425 424 413 414 415 315 314 313",
        "need_attention": "535 534 443 434 343 334 325 324",
        "about_to_sleep": "331 321 312 221 213 231 241 251",
        "at_risk": "255 254 245 244 253 252 243 242 235 234 225 224 153 152 145 143 142 135 134 133 125 124",
        "cannot_lose_them": "155 154 144 214 215 115 114 113",
        "hibernating": "332 322 233 232 223 222 132 123 122 212 211",
        "lost": "111 112 121 131 141 151",
    }
)
"""Eleven segments over all 125 scores, as they are published in many places; some lists name 231, 241 and 251 twice, this one once."""


def add_rfm_segment(frame: F, *, grid: SegmentGrid, into: str = "rfm_segment") -> F:
    """
    Name the segment of each row by its scores.

    >>> import polars as pl
    >>> scored = pl.DataFrame({"customer_id": ["a", "b"], "r_score": [5, 1], "f_score": [5, 2]})
    >>> add_rfm_segment(scored, grid=TEN_SEGMENTS)["rfm_segment"].to_list()
    ['champions', 'hibernating']

    Args:
        frame: The result of `add_rfm_scores`, or any frame with the scores of the grid, of which the highest is the best.
        grid: TEN_SEGMENTS, ELEVEN_SEGMENTS, or your own.
        into: Name of the new column (String); a column of this name is replaced.

    Returns:
        All rows with the segment; null where a score is unknown or beyond the grid.

    Raises:
        InvalidDataError: For a grid that is no partition.
        MissingColumnError: For a frame without the scores.
    """
    check_kind("grid", grid, SegmentGrid)
    if problems := grid.problems():
        raise InvalidDataError(problems)
    if check_text("into", into) in grid.scores:
        raise refused("into", into, "another name than those of the scores")
    (table,) = opened(Asked(frame, "frame", amounts=grid.scores))
    code = nw.lit(0)
    for score in grid.scores:
        code = code * 10 + nw.col(score).cast(nw.Float64)
    within = [(nw.col(score) >= 1) & (nw.col(score) <= grid.parts) for score in grid.scores]
    rows = table.frame.with_columns(nw.when(*within).then(code).otherwise(nw.lit(0)).cast(nw.Int64).alias("_code"))
    named = nw.lit(None, dtype=nw.String).cast(nw.String)
    for segment in grid.segments:
        named = nw.when(nw.col("_code").is_in([int(cell) for cell in grid.cells(segment)])).then(nw.lit(segment)).otherwise(named)
    return table.back(rows.with_columns(named.alias(into)).drop("_code"))


def segment_migration(before: F, after: F, *, segment: str = "rfm_segment") -> F:
    """
    Count who moved from which segment to which, between two dates.

    >>> import polars as pl
    >>> january = pl.DataFrame({"customer_id": ["a", "b"], "rfm_segment": ["champions", "lost"]})
    >>> june = pl.DataFrame({"customer_id": ["a", "c"], "rfm_segment": ["lost", "champions"]})
    >>> segment_migration(january, june).rows()
    [('champions', 'lost', 1), ('lost', None, 1), (None, 'champions', 1)]

    Args:
        before: One row for each customer (and currency, where both have one) with the segment at the earlier date.
        after: The same at the later date.
        segment: Column (String) with the segment, or any other class.

    Returns:
        `currency` where both have one, `from_segment` and `to_segment` (String, null where a customer has none at that date) and
        `customers` (count); sorted.

    Raises:
        MissingColumnError: For a frame without `customer_id` or the segment.
        MixedFramesError: For frames of two kinds.
    """
    if check_text("segment", segment) in {"customer_id", "currency"}:
        raise refused("segment", segment, "a column with a class")
    first, second = opened(*(Asked(frame, "frame", needs=("customer_id", segment)) for frame in (before, after)))
    check_same("customer_id", first.dtypes["customer_id"], second.dtypes["customer_id"], where=("before", "after"))
    groups = first.currency if second.currency else ()
    keys = ("customer_id", *groups)
    moved = nw.concat([_held(first, keys, segment, "from_segment"), _held(second, keys, segment, "to_segment")])
    both = moved.group_by(*keys).agg(nw.col("from_segment", "to_segment").max())
    counts = both.group_by(*groups, "from_segment", "to_segment").agg(nw.len().alias("customers"))
    result = counts.with_columns(nw.col("customers").cast(nw.Int64)).sort(*groups, "from_segment", "to_segment", nulls_last=True)
    return first.back(result.select(*groups, "from_segment", "to_segment", "customers"))


def _held(table: Table[F], keys: tuple[str, ...], segment: str, name: str) -> Lazy:
    other = "to_segment" if name == "from_segment" else "from_segment"
    nothing = nw.lit(None, dtype=nw.String).cast(nw.String).alias(other)
    rows = table.frame.select(*keys, nw.col(segment).cast(nw.String).alias(name)).with_columns(nothing)
    return rows.select(*keys, "from_segment", "to_segment")
