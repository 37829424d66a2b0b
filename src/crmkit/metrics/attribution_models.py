"""How the credit for a conversion is shared among the touches before it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeAlias, cast, get_args

import attrs

from crmkit._checks import Exact, check_int, check_kind, check_ratio, check_text, refused
from crmkit.periods import Interval, days

__all__ = [
    "First",
    "Last",
    "LastNonDirect",
    "Linear",
    "Markov",
    "Model",
    "PositionBased",
    "Shapley",
    "TimeDecay",
    "ViewThrough",
    "check_model",
]

_LONGEST_ORDER = 3


def _first(share: Exact | str) -> Decimal:
    return check_ratio("first", share)


def _last(share: Exact | str) -> Decimal:
    return check_ratio("last", share)


def _direct(channel: str) -> str:
    return check_text("direct", channel)


@attrs.frozen
class First:
    """All credit to the first click or contact."""


@attrs.frozen
class Last:
    """All credit to the last click or contact."""


@attrs.frozen
class Linear:
    """The same credit to every click or contact."""


@attrs.frozen
class PositionBased:
    """
    Fixed shares for the first and the last touch; what is left is spread evenly over those between.

    A single touch gets all; two share in proportion to *first* and *last*.

    Attributes:
        first: Share of the first touch.
        last: Share of the last touch.

    >>> PositionBased(first="0.3", last="0.5").last
    Decimal('0.5')
    """

    first: Decimal = attrs.field(default=Decimal("0.4"), converter=_first)
    last: Decimal = attrs.field(default=Decimal("0.4"), converter=_last)

    def __attrs_post_init__(self) -> None:
        """Refuse more than there is, and nothing at all for two touches."""
        if not 0 < self.first + self.last <= 1:
            raise refused("first + last", self.first + self.last, "above 0 and at most 1")


@attrs.frozen
class TimeDecay:
    """
    More credit to later touches: it halves with every half-life before the conversion.

    Attributes:
        half_life: Whole days.
    """

    half_life: Interval = attrs.field(factory=lambda: days(7))

    def __attrs_post_init__(self) -> None:
        """Refuse months, whose length differs."""
        if check_kind("half_life", self.half_life, Interval).months:
            raise refused("half_life", self.half_life, "whole days, such as days(7)")


@attrs.frozen
class ViewThrough:
    """All credit to the last click or contact; where there is none, to the last view. Every other model leaves views out."""


@attrs.frozen
class LastNonDirect:
    """
    All credit to the last touch that did not come directly; where all did, to the last.

    Attributes:
        direct: The channel that says that nothing led there.
    """

    direct: str = attrs.field(default="direct", converter=_direct)


@attrs.frozen
class Markov:
    """
    Credit in proportion to the conversions that would be lost without a channel (removal effect), in a Markov chain fitted to the paths.

    Attributes:
        order: How many steps back the next one depends on, 1 to 3.
    """

    order: int = 1

    def __attrs_post_init__(self) -> None:
        """Refuse orders whose states no data fill."""
        if check_int("order", self.order) not in range(1, _LONGEST_ORDER + 1):
            raise refused("order", self.order, f"1 to {_LONGEST_ORDER}")


@attrs.frozen
class Shapley:
    """
    Credit by Shapley value, where a set of channels is worth the conversions of all paths that need no other channel.

    That value is exact and simple: each path shares its conversions equally among its channels, however often each occurs.
    """


Model: TypeAlias = First | Last | Linear | PositionBased | TimeDecay | ViewThrough | LastNonDirect | Markov | Shapley


def check_model(model: object, *, timeless: bool = False) -> Model:
    """Accept a model; a table of paths has no times, and no views."""
    kinds: tuple[type[Any], ...] = tuple(kind for kind in get_args(Model) if not (timeless and kind in {TimeDecay, ViewThrough}))
    if not isinstance(model, kinds):
        raise refused(
            "model", model, f"one of {', '.join(kind.__name__ for kind in kinds)}" + (" (paths have no times)" if timeless else "")
        )
    return cast("Model", model)
