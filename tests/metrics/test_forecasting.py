from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.errors import InvalidValueError
from crmkit.metrics import forecast_by
from tests.engines import dicts, numbered, on, on_every_engine, rows, schema_of, with_every_number

SEASON = [10, 20, 30, 10, 5, 5, 10, 40, 20, 10, 60, 90]


def months(count: int) -> list[date]:
    return [date(2020 + place // 12, place % 12 + 1, 1) for place in range(count)]


def series(*values: Any, name: str = "D") -> pl.DataFrame:
    return pl.DataFrame({"region": name, "month": months(len(values)), "revenue": list(values)})


GROWING = series(*(100 + 2 * place + SEASON[place % 12] for place in range(60)))


@on_every_engine
@with_every_number
def test_the_same_month_of_the_last_year(engine: str, number: str) -> None:
    frame = on(engine, numbered(series(*SEASON, *[value * 2 for value in SEASON]), number, "revenue"))

    result = forecast_by(frame, "region", horizon_months=3, method="seasonal_naive")

    assert rows(result, "region", "month", "forecast", "method", "mase") == [
        ("D", date(2022, 1, 1), 20, "seasonal_naive", None),
        ("D", date(2022, 2, 1), 40, "seasonal_naive", None),
        ("D", date(2022, 3, 1), 60, "seasonal_naive", None),
    ]
    assert type(result) is type(frame)


@on_every_engine
def test_growth_and_season_are_followed_and_the_backtest_says_so(engine: str) -> None:
    result = forecast_by(on(engine, GROWING), "region", horizon_months=6)

    for place, row in enumerate(dicts(result)):
        assert row["forecast"] == pytest.approx(100 + 2 * (60 + place) + SEASON[place], abs=0.5)
        assert row["method"] == "holt_winters"
        assert row["mase"] < 0.05
        assert row["low"] <= row["forecast"] <= row["high"]


def test_a_series_without_growth_keeps_the_simple_method() -> None:
    noisy = series(*(SEASON[place % 12] for place in range(48)), *(value + 1 for value in SEASON))

    (row, *_) = dicts(forecast_by(noisy, horizon_months=1))

    assert row["mase"] is None or row["mase"] >= 0


@on_every_engine
def test_each_group_has_its_method_and_its_error(engine: str) -> None:
    flat = GROWING.with_columns(region=pl.lit("A"), revenue=pl.Series([SEASON[(place * 7) % 12] for place in range(60)]))

    result = dicts(forecast_by(on(engine, pl.concat([GROWING, flat])), "region", horizon_months=2))

    assert [(row["region"], row["month"]) for row in result] == [
        ("A", date(2025, 1, 1)),
        ("A", date(2025, 2, 1)),
        ("D", date(2025, 1, 1)),
        ("D", date(2025, 2, 1)),
    ]


def test_one_pass_over_groups_is_the_same_as_one_by_one() -> None:
    other = GROWING.with_columns(region=pl.lit("A"), revenue=pl.col("revenue") ** 2 % 97)

    together = dicts(forecast_by(pl.concat([GROWING, other]), "region", horizon_months=4))
    alone = [row for part in (other, GROWING) for row in dicts(forecast_by(part, "region", horizon_months=4))]

    assert together == [
        {name: figure if isinstance(figure, (str, date)) else pytest.approx(figure) for name, figure in row.items()} for row in alone
    ]


def test_a_month_without_sales_is_zero() -> None:
    gap = series(*SEASON, *SEASON).filter(pl.col("month") != date(2021, 3, 1))

    assert dicts(forecast_by(gap, horizon_months=3, method="seasonal_naive"))[2]["forecast"] == 0


def test_a_partial_month_is_left_out() -> None:
    cut = series(*SEASON, *SEASON, 1).with_columns(partial=pl.col("month") == date(2022, 1, 1))

    assert dicts(forecast_by(cut, horizon_months=1))[0]["month"] == date(2022, 1, 1)


@pytest.mark.parametrize(("count", "known"), [(11, False), (12, True), (13, True)])
def test_less_than_a_year_has_no_forecast(count: int, known: bool) -> None:
    (row,) = dicts(forecast_by(series(*(SEASON + SEASON)[:count]), horizon_months=1))

    assert (row["forecast"] is not None, row["mase"]) == (known, None)


@pytest.mark.parametrize(("count", "tried"), [(24, False), (25, True), (26, True)])
def test_a_backtest_needs_two_years_and_the_months_tried(count: int, tried: bool) -> None:
    values = [value + place for place, value in enumerate((SEASON * 3)[:count])]

    (row,) = dicts(forecast_by(series(*values), horizon_months=1))

    assert (row["mase"] is not None) is tried


@on_every_engine
def test_two_currencies_are_two_series(engine: str) -> None:
    both = pl.concat([GROWING.with_columns(currency=pl.lit(name)) for name in ("EUR", "CHF")])

    assert [row["currency"] for row in dicts(forecast_by(on(engine, both), horizon_months=1))] == ["CHF", "EUR"]


@on_every_engine
def test_of_nothing_there_is_nothing(engine: str) -> None:
    result = forecast_by(on(engine, GROWING.clear()), "region", horizon_months=1)

    assert dicts(result) == []
    assert list(schema_of(result)) == ["region", "month", "forecast", "low", "high", "method", "mase"]


@given(st.lists(st.integers(0, 1000), min_size=12, max_size=60), st.integers(1, 15))
def test_an_interval_holds_its_forecast_and_grows_with_confidence(values: list[int], horizon: int) -> None:
    narrow = dicts(forecast_by(series(*values), horizon_months=horizon, confidence=Decimal("0.5")))
    wide = dicts(forecast_by(series(*values), horizon_months=horizon, confidence=Decimal("0.95")))

    assert len(narrow) == horizon
    for close, far in zip(narrow, wide, strict=True):
        if close["low"] is not None:
            assert far["low"] <= close["low"] <= close["forecast"] <= close["high"] <= far["high"]


@pytest.mark.parametrize("wrong", [{"horizon_months": 0}, {"method": "arima"}, {"confidence": Decimal(1)}])
def test_a_forecast_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        forecast_by(GROWING, **{"horizon_months": 1, **wrong})
