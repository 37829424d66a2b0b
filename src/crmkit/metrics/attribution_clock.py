"""Moments as small whole numbers that keep their order, so that a customer and a time are one number that sorts quickly."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Literal, TypeAlias

import attrs
import narwhals.stable.v2 as nw

from crmkit.metrics.arrays import changes, np

__all__ = ["Clock"]

Array: TypeAlias = Any
_THOUSANDS = (1, 1_000, 1_000_000, 1_000_000_000)


@attrs.frozen(eq=False)
class Clock:
    """
    Counts from the first touch on.

    Attributes:
        unit: What moments are read in: microseconds, or nanoseconds where a column has them.
        touches: When each touch was.
        step: How many units a number stands for.
        distinct: All times of touches, where numbers are their places and no steps.
    """

    unit: Literal["us", "ns"]
    touches: Array
    step: int = 1
    distinct: Array = None

    @classmethod
    def of(cls, converted: nw.Series[Any], touched: nw.Series[Any]) -> Clock:
        """Read both to the last digit of either."""
        finest: Literal["us", "ns"] = (
            "ns" if "ns" in {getattr(column.dtype, "time_unit", "us") for column in (converted, touched)} else "us"
        )
        return cls(unit=finest, touches=touched.dt.timestamp(finest).to_numpy())

    def within(self, bits: int) -> Clock:
        """Count in the finest steps that need no more bits and lose nothing; else number the distinct times."""
        span = self._last - self._first
        for step in _THOUSANDS:
            if (span // step + 2).bit_length() <= bits and (step == 1 or not ((self.touches - self._first) % step).any()):
                return attrs.evolve(self, step=step)
        distinct = np.sort(self.touches)
        return attrs.evolve(self, distinct=distinct[changes(distinct)])

    @cached_property
    def bits(self) -> int:
        """How many a number has at most, with one place after the last."""
        numbers = (self._last - self._first) // self.step if self.distinct is None else len(self.distinct)
        return (numbers + 2).bit_length()

    @property
    def microsecond(self) -> int:
        """How many units it has."""
        return 1000 if self.unit == "ns" else 1

    @cached_property
    def _first(self) -> int:
        return int(self.touches.min()) if len(self.touches) else 0

    @cached_property
    def _last(self) -> int:
        return int(self.touches.max()) if len(self.touches) else 0

    def read(self, column: nw.Series[Any]) -> Array:
        """Moments in the unit of the clock; what is unknown is nought."""
        return column.dt.timestamp(self.unit).fill_null(0).to_numpy()

    def shown(self, moments: Array) -> nw.Series[Any]:
        """Moments as such."""
        return nw.new_series("happened_at", moments, nw.Int64, backend="polars").cast(nw.Datetime(self.unit, "UTC"))

    def numbers(self, moments: Array) -> Array:
        """The number of the last moment that is not later, from 0; −1 where none is."""
        if self.distinct is not None:
            return np.searchsorted(self.distinct, moments, side="right") - 1
        since = np.clip(moments, self._first - 1, self._last) - self._first
        return since if self.step == 1 else since // self.step

    def seen(self, order: Array) -> Array:
        """The numbers of touches, in this order."""
        if self.distinct is not None:
            return self.numbers(self.touches[order])
        since = self.touches[order] - self._first
        return since if self.step == 1 else since // self.step

    def moments(self, numbers: Array) -> Array:
        """The moments of numbers that were given to touches."""
        return self.distinct[numbers] if self.distinct is not None else numbers * self.step + self._first
