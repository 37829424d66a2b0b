"""
Attribution over arrays: touches sorted by conversion and time, with whole numbers for channels.

A *walk* is the sequence of touches before one conversion (or of one path). No loop runs over touches: only over channels, positions of a
Markov state, and rounds of halving.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from crmkit.metrics.arrays import np
from crmkit.metrics.attribution_models import First, LastNonDirect, Linear, Markov, PositionBased, Shapley, TimeDecay

if TYPE_CHECKING:
    from crmkit.metrics.attribution_models import Model

__all__ = ["Chain", "Walks", "allocated", "credits_of", "np", "removal_effects"]

Array: TypeAlias = Any
_MICROSECONDS_A_DAY = 86_400_000_000
_DENSE = 1500  # states up to which a system is solved at once
_SETTLED = 1e-15
_FEW = 4_000_000  # codes that are looked up in a table


@attrs.frozen(eq=False)
class Walks:
    """
    Touches, walk by walk and in order.

    Attributes:
        owner: Number of the walk of each touch, rising from 0 without gaps.
        channel: Number of its channel.
        age: Microseconds from it to the conversion, where times are known.
    """

    owner: Array
    channel: Array
    age: Array = None

    @property
    def starts(self) -> Array:
        """Place of the first touch of each walk."""
        return np.flatnonzero(np.diff(self.owner, prepend=-1))

    @property
    def ends(self) -> Array:
        """Place of the last one."""
        return np.flatnonzero(np.diff(self.owner, append=-1))

    @property
    def lengths(self) -> Array:
        """Number of touches of each walk."""
        return np.bincount(self.owner)


def credits_of(walks: Walks, model: Model, *, direct: Array = None, effects: Array | None = None) -> Array:
    """Share of each touch in its conversion; those of one walk add up to 1."""
    weights = _weights(walks, model, direct, effects)
    return weights / np.bincount(walks.owner, weights)[walks.owner]


def _weights(walks: Walks, model: Model, direct: Array, effects: Array | None) -> Array:  # noqa: PLR0911  # one for each model
    size, starts, ends = len(walks.owner), walks.starts, walks.ends
    match model:
        case First():
            return _ones_at(size, starts)
        case Linear():
            return np.ones(size)
        case PositionBased():
            return _by_position(walks, model, starts, ends)
        case TimeDecay():
            # Against the youngest touch of the walk, so that old ones do not vanish below the smallest float.
            age = walks.age - walks.age[ends][walks.owner]
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
    pair = walks.owner.astype(np.int64) * (int(walks.channel.max(initial=0)) + 1) + walks.channel
    _, which, counts = np.unique(pair, return_inverse=True, return_counts=True)
    return counts[which]


def allocated(amounts: Array, owner: Array, shares: Array) -> Array:
    """
    Whole units of each owner by shares that add up to 1: exactly, the largest remainders first, ties to the earlier row.

    Rows stand owner by owner.
    """
    whole = amounts[owner]
    exact = np.abs(whole) * shares
    parts = np.floor(exact)
    left = np.abs(amounts) - np.bincount(owner, parts, minlength=len(amounts)).astype(np.int64)
    order = np.lexsort((np.arange(len(owner)), -_steady(exact - parts), owner))
    counts = np.bincount(owner, minlength=len(amounts))
    first = np.cumsum(counts) - counts
    place = np.empty(len(owner), np.int64)
    place[order] = np.arange(len(owner)) - first[owner[order]]
    parts = parts.astype(np.int64) + (place < left[owner])
    return np.where(whole < 0, -parts, parts)


def _steady(remainder: Array) -> Array:
    """Remainders that are equal but for the last bits of a float are ties."""
    return np.round(remainder, 9)


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
        passed = (converted + lost)[walks.owner]
        ends = walks.ends
        start = np.concatenate([previous, states[ends], states[ends]])
        end = np.concatenate([states, np.full(len(ends), -1), np.full(len(ends), -2)])
        weight = np.concatenate([passed, converted, lost]).astype(float)
        key = start.astype(np.int64) * (len(member) + 2) + end + 2
        keys, which = _numbered(key, (len(member) + 2) ** 2)
        total = np.bincount(which, weight)
        kept = total > 0
        return cls(start=keys[kept] // (len(member) + 2), end=keys[kept] % (len(member) + 2) - 2, weight=total[kept], member=member)

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
    place = np.arange(len(walks.owner)) - walks.starts[walks.owner]
    code = np.zeros(len(walks.owner), np.int64)
    for back in reversed(range(order)):
        earlier = np.roll(walks.channel, back) + 1
        code = code * base + np.where(place >= back, earlier, 0)
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


def removal_effects(chain: Chain) -> Array:
    """Share of the conversions that would be lost without each channel."""
    rate = chain.conversion_rate()
    if not rate:
        return np.zeros(chain.member.shape[1])
    kept = np.array([chain.conversion_rate(without=channel) for channel in range(chain.member.shape[1])])
    return np.clip(1 - kept / rate, 0, 1)
