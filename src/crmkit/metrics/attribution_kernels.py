"""
Attribution over arrays: touches sorted by conversion and time, with whole numbers for channels.

A *walk* is the sequence of touches before one conversion (or of one path). No loop runs over touches: only over channels, positions of a
Markov state, and rounds of halving.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from crmkit.metrics.arrays import changes, np
from crmkit.metrics.attribution_models import First, LastNonDirect, Linear, Markov, PositionBased, Shapley, TimeDecay

if TYPE_CHECKING:
    from crmkit.metrics.attribution_models import Model

__all__ = ["Chain", "Walks", "allocated", "credits_of", "np", "removal_effects"]

Array: TypeAlias = Any
_MICROSECONDS_A_DAY = 86_400_000_000
_DENSE = 1500  # states up to which a system is solved at once
_SETTLED = 1e-15
_STEADY = 10**9
_WHOLE = 63  # bits of a whole number
_FEW = 4_000_000  # codes that are looked up in a table


@attrs.frozen(eq=False)
class Walks:
    """
    Touches, walk by walk and in order.

    Attributes:
        channel: Number of the channel of each touch.
        lengths: Number of touches of each walk, above nothing.
    """

    channel: Array
    lengths: Array

    @cached_property
    def owner(self) -> Array:
        """Number of the walk of each touch."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    @cached_property
    def starts(self) -> Array:
        """Place of the first touch of each walk."""
        return np.cumsum(self.lengths) - self.lengths

    @cached_property
    def ends(self) -> Array:
        """Place of the last one."""
        return np.cumsum(self.lengths) - 1


def credits_of(walks: Walks, model: Model, *, ages: Array = None, direct: Array = None, effects: Array | None = None) -> Array:
    """Share of each touch in its conversion; those of one walk add up to 1."""
    weights = _weights(walks, model, ages, direct, effects)
    return weights / np.bincount(walks.owner, weights)[walks.owner]


def _weights(walks: Walks, model: Model, ages: Array, direct: Array, effects: Array | None) -> Array:  # noqa: PLR0911  # one for each model
    size, starts, ends = len(walks.channel), walks.starts, walks.ends
    match model:
        case First():
            return _ones_at(size, starts)
        case Linear():
            return np.ones(size)
        case PositionBased():
            return _by_position(walks, model, starts, ends)
        case TimeDecay():
            # Against the youngest touch of the walk, so that old ones do not vanish below the smallest float.
            age = ages - ages[ends][walks.owner]
            return np.exp2(-age / (model.half_life.days * _MICROSECONDS_A_DAY))
        case LastNonDirect():
            place = np.where(direct, -1, np.arange(size))
            last = np.maximum.reduceat(place, starts) if size else place
            return _ones_at(size, np.where(last >= 0, last, ends))
        case Markov():
            weights = np.asarray(effects)[walks.channel] / _repeats(walks)
            none = np.bincount(walks.owner, weights) == 0
            return np.where(none[walks.owner], 1.0, weights)
        case Shapley():
            return 1 / _repeats(walks)
    return _ones_at(size, ends)


def _ones_at(size: int, places: Array) -> Array:
    weights = np.zeros(size)
    weights[places] = 1
    return weights


def _by_position(walks: Walks, model: PositionBased, starts: Array, ends: Array) -> Array:
    count = walks.lengths[walks.owner]
    between = np.divide(float(1 - model.first - model.last), count - 2, out=np.zeros(len(count)), where=count > 2)  # noqa: PLR2004
    weights = np.where(count > 2, between, 0.0)  # noqa: PLR2004
    weights[starts] += float(model.first) - weights[starts]
    alone = starts == ends
    weights[ends] = np.where(alone, 1.0, float(model.last))
    return weights


def _repeats(walks: Walks) -> Array:
    """How often the channel of a touch occurs in its walk."""
    pair = walks.owner * (int(walks.channel.max(initial=0)) + 1) + walks.channel
    order = np.argsort(pair)
    first = np.flatnonzero(changes(pair[order]))
    counts = np.diff(first, append=len(pair))
    result = np.empty(len(pair), np.int64)
    result[order] = np.repeat(counts, counts)
    return result


def allocated(amounts: Array, owner: Array, shares: Array) -> Array:
    """
    Whole units of each owner by shares that add up to 1: exactly, the largest remainders first, ties to the earlier row.

    Rows stand owner by owner.
    """
    whole = amounts[owner]
    exact = np.abs(whole) * shares
    floor = np.floor(exact)
    parts = floor.astype(np.int64)
    left = np.abs(amounts) - np.bincount(owner, floor, minlength=len(amounts)).astype(np.int64)
    open_ = np.flatnonzero((left > 0)[owner])
    if len(open_):
        whose = owner[open_]
        counts = np.bincount(whose, minlength=len(amounts))
        first = np.cumsum(counts) - counts
        place = np.arange(len(open_)) - first[whose]
        order = _largest_first(whose, first, place, exact[open_] - floor[open_])
        parts[open_[order[place < left[whose]]]] += 1  # owners stay where they are
    return np.where(whole < 0, -parts, parts)


def _largest_first(owner: Array, first: Array, place: Array, remainder: Array) -> Array:
    """
    Rows owner by owner, the largest remainder first, ties to the earlier: as one number where it has room.

    Remainders that are equal but for the last bits of a float are ties.
    """
    below = (_STEADY - np.rint(remainder * _STEADY)).astype(np.int64)
    places, scale = int(place.max()).bit_length(), _STEADY.bit_length()
    if int(owner[-1]).bit_length() + places + scale > _WHOLE:
        return np.lexsort((below, owner))
    return first[owner] + (np.sort((owner << scale | below) << places | place) & (1 << places) - 1)


@attrs.frozen(eq=False)
class Chain:
    """
    Transitions of a Markov chain, counted.

    Attributes:
        start: Where each edge begins; the state 0 is the begin of all walks.
        end: Where it leads; −1 is a conversion, −2 is none.
        weight: How often.
        member: For each state whether it holds a channel (states × channels).
    """

    start: Array
    end: Array
    weight: Array
    member: Array

    @classmethod
    def counted(cls, walks: Walks, converted: Array, lost: Array, *, order: int, channels: int) -> Chain:
        """Count the transitions of walks, each of which led to so many conversions and so often to none."""
        states, member = _states(walks, order, channels)
        previous = np.roll(states, 1)
        previous[walks.starts] = 0
        last, size = states[walks.ends], len(member) + 2
        passed = converted + lost
        weight = None if (passed == 1).all() else np.repeat(passed, walks.lengths)
        counted = [
            _summed(previous * size + states + 2, weight, size * size),
            _summed(last * size + 1, converted, size * size),
            _summed(last * size, lost, size * size),
        ]
        keys, total = (np.concatenate(part) for part in zip(*counted, strict=True))
        return cls(start=keys // size, end=keys % size - 2, weight=total, member=member)

    def conversion_rate(self, without: int | None = None) -> float:
        """Chance that a walk converts, when every step to a channel leads nowhere."""
        size = len(self.member)
        out = np.bincount(self.start, self.weight, minlength=size)
        chance = self.weight / out[self.start]
        dead = self.member[:, without] if without is not None else np.zeros(size, bool)
        open_ = ~dead[self.start] & ((self.end < 0) | ~dead[np.maximum(self.end, 0)])
        arrive = open_ & (self.end == -1)
        direct = np.bincount(self.start[arrive], chance[arrive], minlength=size)
        inner = open_ & (self.end >= 0)
        edges = self.start[inner], self.end[inner], chance[inner]
        return float(_solved(size, edges, direct)[0])


def _solved(size: int, edges: tuple[Array, Array, Array], direct: Array) -> Array:
    """Chance of each state to convert: its direct one, and that of where it leads."""
    start, end, chance = edges
    if size <= _DENSE:
        system = np.eye(size)
        np.subtract.at(system, (start, end), chance)
        return np.linalg.solve(system, direct)
    result = direct.copy()
    while True:
        following = direct + np.bincount(start, chance * result[end], minlength=size)
        if np.max(np.abs(following - result)) <= _SETTLED:
            return following
        result = following


def _states(walks: Walks, order: int, channels: int) -> tuple[Array, Array]:
    """Number the last channels before and at each touch, from 1; and which channels each of these states holds."""
    base = channels + 1
    here = walks.channel.astype(np.int64) + 1
    if order == 1:
        return here, np.eye(base, dtype=bool)[:, 1:]
    code = here
    for back in range(1, order):
        earlier = np.roll(here, back)
        for step in range(back):
            short = walks.lengths > step
            earlier[walks.starts[short] + step] = 0
        code = code + earlier * base**back
    keys, states = _numbered(code, base**order)
    member = np.zeros((len(keys) + 1, channels), bool)
    left = keys
    for _ in range(order):
        held = left % base
        rows = np.flatnonzero(held)
        member[rows + 1, held[rows] - 1] = True
        left = left // base
    return states + 1, member


def _numbered(codes: Array, size: int) -> tuple[Array, Array]:
    """Distinct codes in order, and for each which of them it is; few possible codes need no sorting."""
    if size > _FEW:
        return np.unique(codes, return_inverse=True)
    present = np.zeros(size, bool)
    present[codes] = True
    return np.flatnonzero(present), (np.cumsum(present) - 1)[codes]


def _summed(codes: Array, weights: Array, size: int) -> tuple[Array, Array]:
    """Codes with the sum of their weights, or their number; few possible codes need no sorting."""
    if size <= _FEW:
        sums = np.bincount(codes, weights, minlength=size)
        keys = np.flatnonzero(sums)
        return keys, sums[keys].astype(float)
    keys, which = np.unique(codes, return_inverse=True)
    sums = np.bincount(which, weights).astype(float)
    return keys[sums > 0], sums[sums > 0]


def removal_effects(chain: Chain) -> Array:
    """Share of the conversions that would be lost without each channel."""
    rate = chain.conversion_rate()
    if not rate:
        return np.zeros(chain.member.shape[1])
    kept = np.array([chain.conversion_rate(without=channel) for channel in range(chain.member.shape[1])])
    return np.clip(1 - kept / rate, 0, 1)
