"""Counting of pairs in baskets over arrays."""

from __future__ import annotations

from typing import Any, TypeAlias

from crmkit.metrics.arrays import changes, np

__all__ = ["counted_pairs", "distinct_rows", "np"]

Array: TypeAlias = Any
_CHUNK = 8_000_000
_TABLE = 16_000_000  # pairs that might be, up to which each has a counter of its own


def distinct_rows(baskets: Array, items: Array) -> tuple[Array, Array]:
    """Each item of a basket once, sorted by basket and item; both are whole numbers from 0."""
    bits = int(items.max(initial=0)).bit_length()
    keys = np.sort(baskets << bits | items)
    keys = keys[changes(keys)]
    return keys >> bits, keys & (1 << bits) - 1


def counted_pairs(baskets: Array, items: Array, at_least: int) -> tuple[Array, Array, Array]:
    """
    Pairs of items with the number of baskets that hold both, from rows sorted by basket and item.

    Each round pairs every row with the one so many places on, while that is in the same basket: as many rounds as the largest basket has
    items, and no more work than there are pairs.
    """
    size = int(items.max(initial=0)) + 1
    counter = _Table(size * size) if size * size <= _TABLE else _Sorted()
    first = np.flatnonzero(changes(baskets))
    lengths = np.diff(first, append=len(baskets))
    here, following = np.arange(len(items)), np.repeat(first + lengths - 1, lengths) - np.arange(len(items))
    for step in range(1, int(lengths.max(initial=0))):
        more = following >= step
        here, following = here[more], following[more]
        counter.add(items[here] * size + items[here + step])
    keys, counts = counter.counted()
    kept = counts >= at_least
    pairs = keys[kept]
    return pairs // size, pairs % size, counts[kept]


class _Table:
    """A counter for each pair that might be, where that is not too many."""

    def __init__(self, size: int) -> None:
        self._counts = np.zeros(size, np.int64)

    def add(self, keys: Array) -> None:
        np.add.at(self._counts, keys, 1)

    def counted(self) -> tuple[Array, Array]:
        keys = np.flatnonzero(self._counts)
        return keys, self._counts[keys]


class _Sorted:
    """Pairs that were found, sorted and counted before they become too many."""

    def __init__(self) -> None:
        self._keys, self._counts = np.zeros(0, np.int64), np.zeros(0, np.int64)
        self._waiting: list[Array] = []

    def add(self, keys: Array) -> None:
        self._waiting.append(keys)
        if sum(map(len, self._waiting)) >= _CHUNK:
            self._merge()

    def counted(self) -> tuple[Array, Array]:
        self._merge()
        return self._keys, self._counts

    def _merge(self) -> None:
        keys = np.concatenate([self._keys, *self._waiting])
        counts = np.concatenate([self._counts, np.ones(len(keys) - len(self._counts), np.int64)])
        order = np.argsort(keys)
        first = np.flatnonzero(changes(keys[order]))
        self._keys = keys[order][first]
        self._counts = np.add.reduceat(counts[order], first) if len(keys) else counts
        self._waiting = []
