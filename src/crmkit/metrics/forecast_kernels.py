"""Forecasts of many series at once: months are rows, series are columns, and the grid of smoothing constants is the outer loop."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, TypeAlias

from crmkit.metrics.arrays import np

if TYPE_CHECKING:
    from crmkit.metrics.forecasting import ForecastMethod

__all__ = ["forecasts", "np"]

Array: TypeAlias = Any
_SEASON = 12
_GRID = tuple(product((0.05, 0.1, 0.2, 0.4, 0.7), (0.0, 0.02, 0.1), (0.0, 0.05, 0.1, 0.3)))


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
    """Additive Holt-Winters: for each series the constants with the smallest squared error one month ahead."""
    count = grid.shape[1]
    best = np.full(count, np.inf)
    value, spread = np.zeros((horizon, count)), np.zeros((horizon, count))
    for alpha, beta, gamma in _GRID:
        error, ahead = _smoothed(grid, horizon, alpha, beta, gamma)
        better = error < best
        best = np.where(better, error, best)
        value = np.where(better, ahead, value)
        steps = np.arange(1, horizon)
        reach = alpha * (1 + steps * beta) + gamma * (1 - alpha) * (steps % _SEASON == 0)
        growth = np.sqrt(1 + np.concatenate([[0], np.cumsum(reach**2)]))
        spread = np.where(better, growth[:, None] * np.sqrt(error), spread)
    return value, spread


def _smoothed(grid: Array, horizon: int, alpha: float, beta: float, gamma: float) -> tuple[Array, Array]:
    """Mean squared error one month ahead from the second year on, and the forecast, with fixed constants."""
    months = grid.shape[0]
    first, second = grid[:_SEASON].mean(axis=0), grid[_SEASON : 2 * _SEASON].mean(axis=0)
    trend = (second - first) / _SEASON
    level = first + trend * (_SEASON - 1) / 2
    drift = (np.arange(_SEASON) - (_SEASON - 1) / 2)[:, None] * trend
    season = grid[:_SEASON] - first - drift
    total = np.zeros(grid.shape[1])
    for month in range(_SEASON, months):
        place = month % _SEASON
        error = grid[month] - (level + trend + season[place])
        total += error * error
        before = level
        level = level + trend + alpha * error
        trend = trend + beta * (level - before - trend)
        season[place] = season[place] + gamma * (1 - alpha) * error
    steps = np.arange(1, horizon + 1)[:, None]
    ahead = level + steps * trend + season[(months + np.arange(horizon)) % _SEASON]
    return total / max(months - _SEASON, 1), ahead
