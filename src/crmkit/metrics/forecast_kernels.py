"""Forecasts of many series at once: months are rows, series are columns, and all smoothing constants run side by side."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, TypeAlias

from crmkit.metrics.arrays import np

if TYPE_CHECKING:
    from crmkit.metrics.forecasting import ForecastMethod

__all__ = ["forecasts", "np"]

Array: TypeAlias = Any
_SEASON = 12
_STATES = _SEASON + 1  # a level, a trend, and the months, which add up to nothing
_SERIES = 500  # at once
_RIDGE, _EXACT = 1e-9, 1e-20
# alpha, beta, gamma, and the damping of the trend
_CONSTANTS = np.array(list(product((0.05, 0.15, 0.35, 0.7), (0.0, 0.02, 0.1), (0.0, 0.1, 0.3), (0.9, 1.0)))).T


def forecasts(grid: Array, horizon: int, method: ForecastMethod, z: float) -> dict[str, Array]:
    """Forecast, low and high of each series (series × months), with its method and backtest error."""
    months, count = grid.shape
    tried = min(horizon, _SEASON)
    enough = months >= 2 * _SEASON + tried
    naive, naive_spread = _naive(grid, horizon)
    errors = np.full((2, count), np.nan)
    if enough:
        known, hidden = grid[:-tried], grid[-tried:]
        scale = np.mean(np.abs(known[_SEASON:] - known[:-_SEASON]), axis=0)
        for place, guess in enumerate((_naive(known, tried)[0], _holt_winters(known, tried)[0])):
            error = np.mean(np.abs(guess - hidden), axis=0)
            errors[place] = np.divide(error, scale, out=np.full(count, np.nan), where=scale > 0)
    smooth = np.full(count, method == "holt_winters" and months >= 2 * _SEASON)
    if method == "best" and enough:
        smooth = errors[1] < errors[0]
    value, spread = naive, naive_spread
    if smooth.any():
        fitted, fitted_spread = _holt_winters(grid, horizon)
        value, spread = np.where(smooth, fitted, naive), np.where(smooth, fitted_spread, naive_spread)
    return {
        "forecast": value.T,
        "low": (value - z * spread).T,
        "high": (value + z * spread).T,
        "method": np.where(smooth, "holt_winters", "seasonal_naive"),
        "mase": np.where(smooth, errors[1], errors[0]),
    }


def _naive(grid: Array, horizon: int) -> tuple[Array, Array]:
    """The same month of the last year, and how far that was off (root of the mean square, growing with the years)."""
    months, count = grid.shape
    if months < _SEASON:
        return (np.full((horizon, count), np.nan),) * 2
    steps = np.arange(horizon)
    value = grid[months - _SEASON + steps % _SEASON]
    if months == _SEASON:
        return value, np.full((horizon, count), np.nan)
    off = np.sqrt(np.mean((grid[_SEASON:] - grid[:-_SEASON]) ** 2, axis=0))
    return value, np.sqrt(steps // _SEASON + 1)[:, None] * off


def _holt_winters(grid: Array, horizon: int) -> tuple[Array, Array]:
    """Additive Holt-Winters, some series at a time."""
    each = [_averaged(grid[:, begin : begin + _SERIES], horizon) for begin in range(0, grid.shape[1], _SERIES)]
    value, spread = (np.concatenate(part, axis=1) for part in zip(*each, strict=True))
    return value, spread


def _averaged(grid: Array, horizon: int) -> tuple[Array, Array]:
    """
    Forecasts of all constants, weighed by the likelihood of each for the series; the spread has that between them in it.

    One month ahead, errors are linear in the state at the begin. So the best begin is least squares, exactly, and takes one pass: the
    states of a level, a trend and eleven months run along as series of their own, the same for all.
    """
    months, count = grid.shape
    middle = grid.mean(axis=0)
    error, ahead = _smoothed(grid - middle, horizon)
    basis, moved = -error[..., count:], ahead[..., count:]
    turned = np.swapaxes(basis, 1, 2)
    inverse = np.linalg.inv(turned @ basis + _RIDGE * np.eye(_STATES))
    begin = inverse @ (turned @ error[..., :count])
    squares = ((error[..., :count] - basis @ begin) ** 2).sum(axis=1)
    value = ahead[..., :count] + moved @ begin + middle
    unsure = ((moved @ inverse) * moved).sum(axis=2)  # of the begin
    free = max(months - _STATES, 1)
    squares = np.maximum(squares, _EXACT * (grid**2).sum(axis=0) + np.finfo(float).tiny)
    likely = (squares / squares.min(axis=0)) ** (-free / 2)
    weights = (likely / likely.sum(axis=0))[:, None]
    mean = (weights * value).sum(axis=0)
    variance = (weights * ((_growth(horizon) + unsure)[..., None] * squares[:, None] / free + (value - mean) ** 2)).sum(axis=0)
    return mean, np.sqrt(variance)


def _growth(horizon: int) -> Array:
    """How much wider the variance is in each month ahead, for each choice of constants."""
    alpha, beta, gamma, damping = (constants[:, None] for constants in _CONSTANTS)
    steps = np.arange(1, horizon)
    reach = alpha * (1 + beta * np.cumsum(damping**steps, axis=1)) + gamma * (1 - alpha) * (steps % _SEASON == 0)
    return 1 + np.concatenate([np.zeros((len(alpha), 1)), np.cumsum(reach**2, axis=1)], axis=1)


def _smoothed(grid: Array, horizon: int) -> tuple[Array, Array]:
    """Errors one month ahead and forecasts (constants × months × series) from nothing; then those of each state at the begin alone."""
    months, count = grid.shape
    alpha, beta, gamma, damping = (constants[:, None] for constants in _CONSTANTS)
    size = (len(alpha), count + _STATES)
    level, trend = np.zeros(size), np.zeros(size)
    season = np.zeros((_SEASON, *size))
    level[:, count] = trend[:, count + 1] = 1
    season[np.arange(_SEASON - 1), :, np.arange(count + 2, count + _STATES)] = 1
    season[-1, :, count + 2 :] = -1  # the seasons add up to nothing
    padded = np.concatenate([grid, np.zeros((months, _STATES))], axis=1)
    error = np.empty((len(alpha), months, count + _STATES))
    for month in range(months):
        place = month % _SEASON
        level = level + damping * trend
        off = error[:, month] = padded[month] - level - season[place]
        level = level + alpha * off
        trend = damping * trend + alpha * beta * off
        season[place] += gamma * (1 - alpha) * off
    lengths = np.cumsum(damping ** np.arange(1, horizon + 1), axis=1)[..., None]
    coming = np.moveaxis(season[(months + np.arange(horizon)) % _SEASON], 0, 1)
    return error, level[:, None] + lengths * trend[:, None] + coming
