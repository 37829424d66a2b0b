"""Maximum likelihood over arrays, without SciPy: log gamma, Gauss's series and a quasi-Newton search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from crmkit.errors import UndefinedMetricError
from crmkit.metrics.arrays import np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Loss", "digamma", "fitted", "gauss_series", "log_gamma", "np"]

Array: TypeAlias = Any
Loss: TypeAlias = "Callable[[Array], tuple[float, Array]]"
_SHIFT = 10
_ROUNDS = 200
_TERMS = 100_000
_SHORTEST = 1e-10  # of a step
_FARTHEST = 20  # logarithm of a parameter


def log_gamma(z: Array) -> Array:
    """
    Logarithm of the gamma function, above zero.

    Source: Abramowitz, Stegun, "Handbook of Mathematical Functions", 6.1.15 and 6.1.41.
    """
    z = np.asarray(z, float)
    y = z + _SHIFT
    series = 1 / (12 * y) - 1 / (360 * y**3) + 1 / (1260 * y**5) - 1 / (1680 * y**7)
    return (y - 0.5) * np.log(y) - y + 0.5 * np.log(2 * np.pi) + series - sum(np.log(z + step) for step in range(_SHIFT))


def digamma(z: Array) -> Array:
    """
    Slope of the logarithm of the gamma function, above zero.

    Source: Abramowitz, Stegun, "Handbook of Mathematical Functions", 6.3.5 and 6.3.18.
    """
    z = np.asarray(z, float)
    y = z + _SHIFT
    series = np.log(y) - 1 / (2 * y) - 1 / (12 * y**2) + 1 / (120 * y**4) - 1 / (252 * y**6) + 1 / (240 * y**8)
    return series - sum(1 / (z + step) for step in range(_SHIFT))


def gauss_series(a: Array, b: Array, c: Array, z: Array) -> Array:
    """
    Hypergeometric function 2F1 for 0 ≤ z < 1.

    Source: Abramowitz, Stegun, "Handbook of Mathematical Functions", 15.1.1.
    """
    term = total = np.ones(np.broadcast(a, b, c, z).shape)
    for n in range(_TERMS):
        term = term * (a + n) * (b + n) / ((c + n) * (n + 1)) * z
        total = total + term
        if np.all(np.abs(term) <= 1e-15 * np.abs(total)):
            break
    return total


def fitted(model: str, losses: Iterable[Loss], start: Array) -> Array:
    """
    Positive parameters that make a loss, which tells its slope too, smallest: BFGS over their logarithms.

    Of several losses, each is like the next but quicker: it tells where to begin, and with which curvature.

    Source: Nocedal, Wright, "Numerical Optimization", 2nd ed., Springer 2006, algorithm 6.1.

    Raises:
        UndefinedMetricError: When the data do not determine them.
    """
    place, inverse = np.log(np.asarray(start, float)), np.eye(len(start))
    settled = False
    for loss in losses:
        place, inverse, settled = _lowest(loss, place, inverse)
    if not settled:
        raise UndefinedMetricError(model, "the data do not determine its parameters; there are too few repeat purchases")
    return np.exp(place)


def _lowest(loss: Loss, place: Array, inverse: Array) -> tuple[Array, Array, bool]:
    """Where a loss is smallest, the inverse of its curvature there, and whether that place is one."""
    value, slope = _at(loss, place)
    for _ in range(_ROUNDS):
        if np.max(np.abs(slope)) <= 1e-8 * max(1.0, abs(value)):
            break
        step = np.clip(-inverse @ slope, -2, 2)
        if step @ slope >= 0:
            inverse, step = np.eye(len(place)), -slope / np.max(np.abs(slope))
        length, (tried, after) = 1.0, _at(loss, place + step)
        while not (np.isfinite(tried) and tried <= value + 1e-4 * length * (step @ slope)) and length > _SHORTEST:
            length /= 2
            tried, after = _at(loss, place + length * step)
        if not tried < value:
            break
        moved, bent = length * step, after - slope
        place, value, slope = place + moved, tried, after
        if (curve := moved @ bent) > 0:
            left = np.eye(len(place)) - np.outer(moved, bent) / curve
            inverse = left @ inverse @ left.T + np.outer(moved, moved) / curve
    return place, inverse, bool(np.max(np.abs(slope)) <= 1e-4 * max(1.0, abs(value)) and np.max(np.abs(place)) <= _FARTHEST)


def _at(loss: Loss, place: Array) -> tuple[float, Array]:
    """A loss and its slope by the logarithms of the parameters."""
    value, slope = loss(np.exp(place))
    return value, slope * np.exp(place)
