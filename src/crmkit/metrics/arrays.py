"""NumPy, which every kernel over arrays needs, and whole numbers for texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import narwhals.stable.v2 as nw

from crmkit.errors import MissingExtraError

try:
    import numpy as np
except ModuleNotFoundError as error:
    if error.name != "numpy":
        raise
    raise MissingExtraError("analytics", "numpy") from None

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["changes", "grouped", "np", "numbers_of"]

Array: TypeAlias = Any


def grouped(column: nw.Series[Any]) -> tuple[Array, Array]:
    """
    Rows in an order that puts equal values together, and at each place of it the number of the value, from 0.

    Hashes are sorted, not texts. That equal hashes stand for equal values is then looked up, and where they do not, the values are sorted.
    """
    values = column.to_native()
    for order, hashes in _orders(values):
        ordered = values.gather(order)
        new = ordered.ne_missing(ordered.shift(1)).to_numpy(writable=True)
        new[:1] = True
        if np.count_nonzero(new) == np.count_nonzero(changes(hashes)):
            return order, np.cumsum(new) - 1
    numbers = values.rank("dense").fill_null(0).to_numpy()
    order = np.argsort(numbers)
    return order, np.cumsum(changes(numbers[order])) - 1


def _orders(values: Any) -> Iterator[tuple[Array, Array]]:  # noqa: ANN401  # a Polars series
    """The order by the first bits of the hashes, which is enough as a rule; by all of them."""
    hashes = values.hash().to_numpy()
    bits = np.uint64(len(hashes).bit_length())
    packed = np.sort((hashes >> bits << bits) | np.arange(len(hashes), dtype=np.uint64))
    yield (packed & np.uint64(2 ** int(bits) - 1)).astype(np.int64), packed >> bits
    order = np.argsort(hashes)
    yield order, hashes[order]


def numbers_of(texts: nw.Series[Any]) -> tuple[Array, Array]:
    """For each row the number of its text, from 0, and for each number a row that has it; none may be null, and few should differ."""
    codes = texts.cast(nw.Categorical).to_native().to_physical().to_numpy().astype(np.int64)
    rows = np.full(int(codes.max(initial=-1)) + 1, -1)
    rows[codes] = np.arange(len(codes))
    present = np.flatnonzero(rows >= 0)
    numbers = np.zeros(len(rows), np.int64)
    numbers[present] = np.arange(len(present))
    return numbers[codes], rows[present]


def changes(values: Array) -> Array:
    """Where a value differs from the one before; the first always does."""
    new = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=new[1:])
    return new
