"""NumPy, which every kernel over arrays needs, and whole numbers for texts."""

from __future__ import annotations

from typing import Any, TypeAlias

import narwhals.stable.v2 as nw

from crmkit.errors import MissingExtraError

try:
    import numpy as np
except ModuleNotFoundError as error:
    if error.name != "numpy":
        raise
    raise MissingExtraError("analytics", "numpy") from None

__all__ = ["changes", "grouped", "np", "numbers_of"]

Array: TypeAlias = Any


def grouped(*columns: nw.Series[Any]) -> tuple[Array, Array]:
    """
    Places of columns, one behind the other, in an order that puts equal values together, and at each place the number of the value.

    What is sorted are hashes of 64 bits, and values are equal where a second hash is equal too; else the values are sorted themselves.
    """
    values = [column.to_native() for column in columns]
    hashes, second = (np.concatenate([one.hash(seed).to_numpy() for one in values]) for seed in (0, 1))
    order = _by_hash(hashes)
    new = changes(hashes[order])
    if (changes(second[order]) & ~new).any():
        together = nw.concat([column.alias("value").to_frame() for column in columns])["value"]
        numbers = together.rank("dense").fill_null(0).to_numpy()
        order = np.argsort(numbers)
        new = changes(numbers[order])
    return order, np.cumsum(new) - 1


def _by_hash(hashes: Array) -> Array:
    """The order of hashes: by their first bits, which sort quickest with the place in the others; where that is not enough, by all."""
    bits = len(hashes).bit_length()
    packed = np.sort((hashes >> np.uint64(bits) << np.uint64(bits)) | np.arange(len(hashes), dtype=np.uint64))
    order = (packed & np.uint64((1 << bits) - 1)).astype(np.int64)
    new = changes(packed >> np.uint64(bits))
    mixed = changes(hashes[order]) & ~new
    if mixed.any():
        run = np.cumsum(new) - 1
        several = np.zeros(len(run), bool)
        several[run[mixed]] = True
        rows = np.flatnonzero(several[run])
        order[rows] = order[rows][np.argsort(hashes[order[rows]])]
    return order


def numbers_of(texts: nw.Series[Any]) -> tuple[Array, Array]:
    """For each row the place of its text among the distinct ones, and for each of these a row; none is null, and few should differ."""
    codes = texts.cast(nw.Categorical).to_native().to_physical().to_numpy()
    rows = np.full(int(codes.max(initial=0)) + 1, -1)
    rows[codes] = np.arange(len(codes))
    present = np.flatnonzero(rows >= 0)
    order = present[texts.to_native().gather(rows[present]).arg_sort().to_numpy()]
    numbers = np.zeros(len(rows), np.int64)
    numbers[order] = np.arange(len(order))
    return numbers[codes], rows[order]


def changes(values: Array) -> Array:
    """Where a value differs from the one before; the first always does."""
    new = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=new[1:])
    return new
