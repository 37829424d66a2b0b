"""Negative log-likelihoods of the lifetime models for a customer, with their slopes: what the same customers share is computed once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from crmkit.metrics.arrays import np
from crmkit.metrics.likelihoods import digamma, log_gamma

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["bg_nbd_loss", "gamma_gamma_loss"]

Array: TypeAlias = Any


def bg_nbd_loss(repeats: Array, spans: Array, ages: Array, unit_days: int) -> Callable[[Array], tuple[float, Array]]:
    """
    Loss of r, alpha, a and b; spans and ages are days.

    Every logarithm of time is one of a day, and only who bought again can have left: the others are counts by age.
    """
    base = int(ages.max()) + 1
    moments = np.arange(base) / unit_days
    people, bought = np.bincount(ages, minlength=base), np.bincount(ages, repeats, minlength=base)
    sizes, counts = np.unique(repeats, return_counts=True)
    again = repeats > 0
    kinds, often = np.unique((repeats[again] * base + spans[again]) * base + ages[again], return_counts=True)
    x, last, age = kinds // base**2, kinds // base % base, kinds % base
    several, which = np.unique(x, return_inverse=True)

    def loss(parameters: Array) -> tuple[float, Array]:
        r, alpha, a, b = parameters
        known = np.log(alpha + moments)
        passed, slower = known[age] - known[last], 1 / (alpha + moments)
        odds = np.log(a / (b + several - 1))[which] + (r + x) * passed
        small = np.exp(-np.abs(odds))
        gone = often * np.where(odds >= 0, 1, small) / (1 + small)
        by_size = np.bincount(which, gone, minlength=len(several))
        waited = r * people + bought
        shape = log_gamma(r + sizes) - log_gamma(r) + log_gamma(a + b) + log_gamma(b + sizes) - log_gamma(b) - log_gamma(a + b + sizes)
        total = counts @ (shape + r * np.log(alpha)) - waited @ known + often @ (np.maximum(odds, 0) + np.log1p(small))
        stay = digamma(a + b) - digamma(a + b + sizes)
        slope = [
            counts @ (digamma(r + sizes) - digamma(r) + np.log(alpha)) - people @ known + gone @ passed,
            counts.sum() * r / alpha - waited @ slower + (gone * (r + x)) @ (slower[age] - slower[last]),
            counts @ stay + by_size.sum() / a,
            counts @ (stay + digamma(b + sizes) - digamma(b)) - by_size @ (1 / (b + several - 1)),
        ]
        return -float(total) / len(repeats), -np.array(slope) / len(repeats)

    return loss


def gamma_gamma_loss(repeats: Array, means: Array) -> Callable[[Array], tuple[float, Array]]:
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
