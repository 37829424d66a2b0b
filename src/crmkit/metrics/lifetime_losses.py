"""Negative log-likelihoods of the lifetime models for a customer, with their slopes: what the same customers share is computed once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from crmkit.metrics.arrays import np
from crmkit.metrics.likelihoods import digamma, log_gamma

if TYPE_CHECKING:
    from crmkit.metrics.likelihoods import Loss

__all__ = ["bg_nbd_losses", "gamma_gamma_loss"]

Array: TypeAlias = Any
_MANY = 20_000  # kinds of buyers from which a sample saves time
_SAMPLE = 4_000


def bg_nbd_losses(repeats: Array, spans: Array, ages: Array, unit_days: int) -> list[Loss]:
    """
    Loss of r, alpha, a and b, after one of a sample where there are many kinds of buyers; spans and ages are days.

    Every logarithm of time is one of a day, only who bought again can have left, and those who are alike are counted once. The sample
    takes every so manieth kind of those in order, so it is a fair one, and finds the neighbourhood of the answer at little cost.
    """
    base = int(ages.max()) + 1
    moments = np.arange(base) / unit_days
    people, bought = np.bincount(ages, minlength=base), np.bincount(ages, repeats, minlength=base)
    sizes, counts = _counted(repeats)
    again = repeats > 0
    kinds, often = _counted((repeats[again] * base + spans[again]) * base + ages[again])

    def of_every(step: int) -> Loss:
        some = slice(step // 2, None, step)
        times = _Times(x=kinds[some] // base**2, last=kinds[some] // base % base, age=kinds[some] % base, often=often[some] * float(step))
        return _bg_nbd_loss(times, moments, (people, bought), (sizes, counts))

    return [of_every(len(kinds) // _SAMPLE), of_every(1)] if len(kinds) >= _MANY else [of_every(1)]


@attrs.frozen(eq=False)
class _Times:
    """Buyers who came again: their repeats, the day of the last one, the age in days, and how many are like them."""

    x: Array
    last: Array
    age: Array
    often: Array


def _bg_nbd_loss(buyers: _Times, moments: Array, by_age: tuple[Array, Array], by_size: tuple[Array, Array]) -> Loss:
    people, bought = by_age
    sizes, counts = by_size
    last, age, often = buyers.last, buyers.age, buyers.often
    several, which = np.unique(buyers.x, return_inverse=True)
    x = buyers.x.astype(float)

    def loss(parameters: Array) -> tuple[float, Array]:
        r, alpha, a, b = parameters
        known, slower = np.log(alpha + moments), 1 / (alpha + moments)
        passed = known[age] - known[last]
        odds = np.log(a / (b + several - 1))[which] + (r + x) * passed
        small = np.exp(-np.abs(odds))
        gone = often * np.where(odds >= 0, 1, small) / (1 + small)
        left = np.bincount(which, gone, minlength=len(several))
        waited = r * people + bought
        shape = log_gamma(r + sizes) - log_gamma(r) + log_gamma(a + b) + log_gamma(b + sizes) - log_gamma(b) - log_gamma(a + b + sizes)
        total = counts @ (shape + r * np.log(alpha)) - waited @ known + (often * (np.maximum(odds, 0) + np.log(1 + small))).sum()
        stay = digamma(a + b) - digamma(a + b + sizes)
        slope = [
            counts @ (digamma(r + sizes) - digamma(r) + np.log(alpha)) - people @ known + (gone * passed).sum(),
            counts.sum() * r / alpha - waited @ slower + (gone * (r + x) * (slower[age] - slower[last])).sum(),
            counts @ stay + left.sum() / a,
            counts @ (stay + digamma(b + sizes) - digamma(b)) - left @ (1 / (b + several - 1)),
        ]
        return -float(total) / counts.sum(), -np.array(slope) / counts.sum()

    return loss


def _counted(numbers: Array) -> tuple[Array, Array]:
    """Distinct numbers, and how often each occurs."""
    ordered = np.sort(numbers)
    first = np.flatnonzero(np.diff(ordered, prepend=-1))
    return ordered[first], np.diff(first, append=len(ordered))


def gamma_gamma_loss(repeats: Array, means: Array) -> Loss:
    """Loss of p, q and v, for customers with repeats of a positive mean value."""
    sizes, counts = np.unique(repeats, return_counts=True)
    totals, log_means, log_totals = repeats * means, np.log(means), np.log(repeats * means)

    def loss(parameters: Array) -> tuple[float, Array]:
        p, q, v = parameters
        grown = np.log(totals + v)
        shape = log_gamma(p * sizes + q) - log_gamma(p * sizes) - log_gamma(q)
        terms = q * np.log(v) - log_means + p * repeats * log_totals - (p * repeats + q) * grown
        both = digamma(p * sizes + q)
        slope = [
            counts @ (sizes * (both - digamma(p * sizes))) + repeats @ (log_totals - grown),
            counts @ (both - digamma(q)) + (np.log(v) - grown).sum(),
            q / v * len(repeats) - ((p * repeats + q) / (totals + v)).sum(),
        ]
        return -float(counts @ shape + terms.sum()) / len(repeats), -np.array(slope) / len(repeats)

    return loss
