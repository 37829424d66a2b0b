"""What the next months will bring: seasonal naive or Holt-Winters, chosen by a backtest that is shown."""

from __future__ import annotations

from decimal import Decimal
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Literal

import narwhals.stable.v2 as nw

from crmkit._checks import check_choice, check_int, check_ratio, check_text, refused
from crmkit._frames import Asked, F, check_day, opened

if TYPE_CHECKING:
    from crmkit._frames import Table

__all__ = ["ForecastMethod", "forecast_by"]

ForecastMethod = Literal["best", "seasonal_naive", "holt_winters"]

_MADE = ("month", "forecast", "low", "high", "method", "mase")
_MONTHS_A_YEAR = 12


def forecast_by(
    monthly: F,
    *by: str,
    value: str = "revenue",
    horizon_months: int,
    method: ForecastMethod = "best",
    confidence: Decimal = Decimal("0.8"),
) -> F:
    """
    Forecast of the next months of every group, all in one pass.

    Definition: seasonal naive is the same month of the last year; Holt-Winters is additive level, trend (damped or not) and season: the
        average over a grid of smoothing constants, weighed by likelihood, each with its best begin. Each method is
        tried on the last months (as many as are asked for, at most 12) without knowing them; mase = mean absolute error there / mean
        absolute change from year to year before. "best" takes the smaller, and says which.
    Unit: forecast, low and high are amounts (Float64), mase a ratio: below 1 is better than seasonal naive was before.
    Undefined when: a group has less than 12 months: no forecast; too few to try (24 and the months tried): mase is null, seasonal naive is
        taken.
    Source: Hyndman, Athanasopoulos, "Forecasting: Principles and Practice", 3rd ed., OTexts 2021, chapters 5 and 8; weights:
        Burnham, Anderson, "Model Selection and Multimodel Inference", 2nd ed., Springer 2002, chapter 4; mase: Hyndman, Koehler,
        "Another Look at Measures of Forecast Accuracy", International Journal of Forecasting 22 (2006) 4.

    >>> import polars as pl
    >>> from datetime import date
    >>> months = [date(2024 + place // 12, place % 12 + 1, 1) for place in range(24)]
    >>> monthly = pl.DataFrame({"month": months, "revenue": [100 + place % 12 for place in range(24)]})
    >>> forecast_by(monthly, horizon_months=2, method="seasonal_naive").select("month", "forecast").rows()
    [(datetime.date(2026, 1, 1), 100.0), (datetime.date(2026, 2, 1), 101.0)]

    Args:
        monthly: The result of `crmkit.history.sales_by_month`: `month` (Date, first days), *value*, the columns of *by*. A month without a
            row, or of an unknown value, counts as zero between the first and the last of all; months that are `partial` are left out.
        by: Columns that make a series, for example "customer_id", "item_group" or "salesperson_id".
        value: Column (amount) to forecast.
        horizon_months: How many months, from the one after the last.
        method: Which method, or the better one.
        confidence: Share of the months that should lie between low and high.

    Returns:
        The columns of *by*, `currency` where there is one, `month` (Date), `forecast`, `low`, `high` (Float64), `method` (String), `mase`
        (Float64); sorted. Computed at once.

    Raises:
        MissingColumnError: For a frame without one of these columns.
        MissingExtraError: Without NumPy and Polars.
    """
    from crmkit.metrics.forecast_kernels import forecasts, np  # noqa: PLC0415  # needs NumPy

    check_int("horizon_months", horizon_months, at_least=1)
    check_choice("method", method, ForecastMethod)
    if check_ratio("confidence", confidence) in {0, 1}:
        raise refused("confidence", confidence, "above 0 and below 1")
    (table,) = opened(Asked(monthly, "frame", needs=("month",), amounts=(check_text("value", value),)), arrays=True)
    check_day("month", table.dtypes["month"])
    groups = table.groups(by, made=_MADE)
    grid, series, last = _grid(table, groups, value)
    if not len(series):
        return table.back(_nothing(table, groups).lazy())
    z = NormalDist().inv_cdf((1 + float(confidence)) / 2)
    found = forecasts(grid, horizon_months, method, z)
    months = np.arange(last + 1, last + 1 + horizon_months)
    named = series.with_columns(_series("_series", np.arange(len(series)))).select(*groups, "_series")
    rows = nw.from_dict(
        {"_series": np.repeat(np.arange(len(series)), horizon_months), "_month": np.tile(months, len(series))}, backend="polars"
    )
    made = rows.with_columns(_series(name, found[name].ravel()) for name in ("forecast", "low", "high"))
    made = made.with_columns(
        _series("method", np.repeat(found["method"], horizon_months)), _series("mase", np.repeat(found["mase"], horizon_months))
    )
    year, month = nw.col("_month") // _MONTHS_A_YEAR, nw.col("_month") % _MONTHS_A_YEAR + 1
    written = (year * 10_000 + month * 100 + 1).cast(nw.String).str.zfill(8).str.to_date(format="%Y%m%d")
    dated = made.with_columns(written.alias("month"), nw.col("forecast", "low", "high", "mase").fill_nan(None))
    joined = dated.join(named, on="_series", how="inner").sort("_series", "month")
    return table.back(joined.select(*groups, *_MADE).lazy())


def _grid(table: Table[Any], groups: tuple[str, ...], value: str) -> tuple[Any, nw.DataFrame[Any], int]:
    """Values of every series (columns) in every month (rows), with the series and the number of the last month."""
    from crmkit.metrics.forecast_kernels import np  # noqa: PLC0415  # needs NumPy

    rows = table.frame
    if "partial" in table.dtypes:
        rows = rows.filter(~nw.col("partial").fill_null(value=False))
    number = (nw.col("month").dt.year().cast(nw.Int64) * _MONTHS_A_YEAR + nw.col("month").dt.month().cast(nw.Int64) - 1).alias("_month")
    given = (
        rows.filter(~nw.col("month").is_null())
        .select(*groups, number, table.amount(value).cast(nw.Float64).fill_null(0).alias("_value"))
        .collect()
    )
    keyed = given.with_columns(_key(groups))
    series = keyed.unique("_key").sort(*groups, "_key", nulls_last=True).with_row_index("_series")
    if not len(series):
        return np.zeros((0, 0)), series, 0
    placed = keyed.join(series.select("_key", "_series"), on="_key", how="inner")
    months = placed["_month"].to_numpy()
    first, last = int(months.min()), int(months.max())
    grid = np.zeros((last - first + 1, len(series)))
    np.add.at(grid, (months - first, placed["_series"].to_numpy()), placed["_value"].to_numpy())
    return grid, series.drop("_series", "_month", "_value"), last


def _key(groups: tuple[str, ...]) -> nw.Expr:
    if not groups:
        return nw.lit("").alias("_key")
    return nw.concat_str(*(nw.col(name).cast(nw.String).fill_null("\x1f") for name in groups), separator="\x1f").alias("_key")


def _nothing(table: Table[Any], groups: tuple[str, ...]) -> nw.DataFrame[Any]:
    empty = table.frame.select(*groups, "month").collect().head(0)
    numbers = [nw.lit(None, dtype=nw.Float64).alias(name) for name in ("forecast", "low", "high", "mase")]
    return empty.with_columns(*numbers, nw.lit(None, dtype=nw.String).alias("method")).select(*groups, *_MADE)


def _series(name: str, values: Any) -> nw.Series[Any]:  # noqa: ANN401  # an array
    return nw.new_series(name, values.tolist() if values.dtype.kind in "UO" else values, backend="polars")
