"""Counting of pairs in baskets over arrays."""

from __future__ import annotations

from typing import Any, TypeAlias

from crmkit.metrics.arrays import np

__all__ = ["counted_pairs", "np"]

Array: TypeAlias = Any
_CHUNK = 8_000_000


def counted_pairs(baskets: Array, items: Array, at_least: int) -> tuple[Array, Array, Array]:
    """
    Pairs of items with the number of baskets that hold both, from rows sorted by basket and item.

    Each round pairs every row with the one so many places on, while that is in the same basket: as many rounds as the largest basket has
    items, and no more work than there are pairs.
    """
    size = int(items.max(initial=0)) + 1
    keys: list[Array] = []
    found: dict[str, Array] = {"keys": np.zeros(0, np.int64), "counts": np.zeros(0, np.int64)}
    here, waiting = np.arange(len(items)), 0
    for step in range(1, len(items)):
        here = here[here + step < len(items)]
        here = here[baskets[here] == baskets[here + step]]
        if not len(here):
            break
        keys.append(items[here].astype(np.int64) * size + items[here + step])
        waiting += len(here)
        if waiting >= _CHUNK:
            found, keys, waiting = _merged(found, keys), [], 0
    found = _merged(found, keys)
    kept = found["counts"] >= at_least
    pairs = found["keys"][kept]
    return pairs // size, pairs % size, found["counts"][kept]


def _merged(found: dict[str, Array], keys: list[Array]) -> dict[str, Array]:
    more, counts = np.unique(np.concatenate([*keys, np.zeros(0, np.int64)]), return_counts=True)
    whole, which = np.unique(np.concatenate([found["keys"], more]), return_inverse=True)
    sums = np.zeros(len(whole), np.int64)
    np.add.at(sums, which, np.concatenate([found["counts"], counts]))
    return {"keys": whole, "counts": sums}
