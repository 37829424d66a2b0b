"""The search for parameters, and the functions it needs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.errors import UndefinedMetricError
from crmkit.metrics.lifetime_losses import bg_nbd_losses, gamma_gamma_loss
from crmkit.metrics.likelihoods import digamma, fitted, gauss_series, log_gamma

PARAMETERS = st.floats(0.05, 20)


@given(st.floats(0.01, 1e6))
def test_log_gamma_is_that_of_python(z: float) -> None:
    assert log_gamma(z) == pytest.approx(math.lgamma(z), rel=1e-11, abs=1e-11)


@given(st.floats(0.01, 1e6))
def test_digamma_rises_by_the_inverse(z: float) -> None:
    assert digamma(z + 1) - digamma(z) == pytest.approx(1 / z, rel=1e-8, abs=1e-9)


def test_digamma_of_one_is_euler_s_constant_below_zero() -> None:
    assert digamma(1.0) == pytest.approx(-0.5772156649015329, abs=1e-12)


@pytest.mark.parametrize("z", [0.0, 0.5, 0.99])
def test_gauss_s_series_of_a_known_function(z: float) -> None:
    assert gauss_series(1, 1, 1, z) == pytest.approx(1 / (1 - z))


def test_a_series_that_hardly_settles_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmkit.metrics.likelihoods._TERMS", 3)

    assert gauss_series(1, 1, 1, 0.5) == 1 + 0.5 + 0.25 + 0.125


@given(st.tuples(PARAMETERS, PARAMETERS, PARAMETERS, PARAMETERS))
def test_the_slope_of_bg_nbd_is_that_of_its_loss(place: tuple[float, ...]) -> None:
    repeats, spans, ages = np.array([0, 1, 3, 3]), np.array([0, 20, 90, 90]), np.array([70, 30, 100, 100])

    (loss,) = bg_nbd_losses(repeats, spans, ages, 7)

    check_slope(loss, place)


def test_of_many_kinds_of_buyers_a_sample_is_looked_at_first_and_is_like_the_whole() -> None:
    random = np.random.default_rng(7)
    ages = random.integers(100, 1000, 30_000)
    spans = (ages * random.random(30_000)).astype(np.int64)

    sample, whole = bg_nbd_losses(random.integers(0, 9, 30_000), spans, ages, 7)

    place = np.array([0.3, 5.0, 0.8, 2.0])
    assert sample(place)[0] == pytest.approx(whole(place)[0], rel=0.01)
    check_slope(sample, tuple(place))


@given(st.tuples(PARAMETERS, PARAMETERS, PARAMETERS))
def test_the_slope_of_gamma_gamma_is_that_of_its_loss(place: tuple[float, ...]) -> None:
    check_slope(gamma_gamma_loss(np.array([1, 2, 2, 7]), np.array([0.5, 1.0, 2.5, 1.1])), place)


def check_slope(loss: Any, place: tuple[float, ...]) -> None:
    at = np.array(place)
    _, slope = loss(at)
    for which, step in enumerate(np.diag(at * 1e-5)):
        between = (loss(at + step)[0] - loss(at - step)[0]) / (2 * step[which])
        assert slope[which] == pytest.approx(between, rel=1e-4, abs=1e-6)


def test_the_lowest_place_of_a_valley_is_found() -> None:
    target = np.array([3.0, 0.2])

    found = fitted("Valley", [lambda at: (float(np.sum(np.log(at / target) ** 2)), 2 * np.log(at / target) / at)], [1, 1])

    assert found == pytest.approx(target, rel=1e-5)


def test_a_loss_that_always_falls_determines_nothing() -> None:
    with pytest.raises(UndefinedMetricError, match="do not determine"):
        fitted("Slide", [lambda at: (-float(np.log(at[0])), -1 / at)], [1])


def test_a_slope_that_lies_leads_nowhere() -> None:
    with pytest.raises(UndefinedMetricError, match="do not determine"):
        fitted("Lie", [lambda at: (float(at[0]), -np.ones(1))], [1])


@pytest.mark.parametrize(("slope", "is_flat"), [(9.9e-5, True), (1.01e-4, False)])
def test_where_nothing_is_lower_an_almost_flat_place_is_the_lowest(slope: float, is_flat: bool) -> None:
    def flat(at: Any) -> tuple[float, Any]:
        return 1.0, np.array([slope]) / at

    if is_flat:
        assert fitted("Flat", [flat], [2]) == pytest.approx([2])
    else:
        with pytest.raises(UndefinedMetricError):
            fitted("Flat", [flat], [2])
