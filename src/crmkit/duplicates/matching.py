"""Finding parties that may be one: only those that share a mark are compared."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING

from crmkit._checks import check_int, check_ratio
from crmkit.duplicates.comparing import alike
from crmkit.duplicates.matches import LARGEST_BLOCK, LargeBlock, Matches, largest_first, most_certain_first
from crmkit.duplicates.sounds import match_keys

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from crmkit.entities import Party


def matches_among(
    parties: Iterable[Party],
    *,
    at_least: Decimal | int | str = Decimal("0.8"),
    apart: Collection[frozenset[str]] = frozenset[frozenset[str]](),
    largest_block: int = LARGEST_BLOCK,
) -> Matches:
    """
    Find the parties that may be one, the most certain pair first.

    Args:
        parties: Among whom; merged ones are left out.
        at_least: How certain a pair must be.
        apart: Pairs of ids that are known to be two.
        largest_block: How many parties may share one mark to be compared with each other; larger blocks are named, not compared.

    Raises:
        MissingExtraError: Without the extra "match".
    """
    score = check_ratio("at_least", at_least)
    check_int("largest_block", largest_block, at_least=2)
    by_id = {party.id: party for party in parties}
    blocks: dict[tuple[str, str], list[str]] = defaultdict(list)
    for party in by_id.values():
        for key in match_keys(party):
            blocks[key].append(party.id)
    pairs = {pair for ids in blocks.values() if len(ids) <= largest_block for pair in combinations(sorted(ids), 2)}
    compared = (alike(by_id[one], by_id[other]) for one, other in pairs if not apart or frozenset((one, other)) not in apart)
    too_large = (LargeBlock(mark=mark, count=len(ids)) for (mark, _), ids in blocks.items() if len(ids) > largest_block)
    return Matches(pairs=most_certain_first(pair for pair in compared if pair.score >= score), too_large=largest_first(too_large))
