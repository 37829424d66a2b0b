"""Amounts in one currency, at the rates of their days: an explicit step, since nothing adds two currencies by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from crmkit._checks import check_currency, check_each, check_text, refused
from crmkit._frames import CURRENCY, Asked, F, Lazy, Table, amount_of, opened, units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from narwhals.stable.v2.dtypes import DType

__all__ = ["in_currency"]

_AMOUNTS = ("revenue", "cost", "variable_cost", "discount", "unit_price", "amount")
_MADE = ("original_currency", "rate")
_ONE = 10**8  # rates count to eight decimals


def in_currency(frame: F, rates: F, *, currency: str, on: str = "issued_on", amounts: Sequence[str] | None = None) -> F:
    """
    Convert the amounts of each row into one currency, at the rate that holds on its day.

    What holds is the latest rate of the row's currency on or before the day. Each amount is multiplied exactly and rounded to the last
    decimal of its type, half away from zero; whole numbers must stay within 64 bits. A row whose currency has no rate yet stays as it is,
    in its own currency: it is neither lost nor added to the others, since every figure keeps currencies apart.

    >>> import polars as pl
    >>> from datetime import date
    >>> days = [date(2026, 1, 5), date(2026, 2, 5), date(2026, 2, 5)]
    >>> sales = pl.DataFrame({"issued_on": days, "currency": ["CHF", "CHF", "EUR"], "revenue": [10000, 10000, 500]})
    >>> rates = pl.DataFrame({"currency": ["CHF", "CHF"], "since_on": [date(2026, 1, 1), date(2026, 2, 1)], "rate": [1.05, 1.0725]})
    >>> in_currency(sales, rates, currency="EUR").sort("revenue").select("currency", "revenue", "original_currency", "rate").rows()
    [('EUR', 500, 'EUR', 1.0), ('EUR', 10500, 'CHF', 1.05), ('EUR', 10725, 'CHF', 1.0725)]

    Args:
        frame: Sales, documents, opportunities, spend: rows with `currency`, a day and amounts.
        rates: `currency` (String), `since_on` (Date, the first day on which the rate holds) and `rate` (number above zero: what one unit of
            the currency is worth in *currency*; it counts to eight decimals). One row for each currency and day.
        currency: The currency to report in.
        on: Column (Date) by which rates are chosen.
        amounts: Columns to convert; without it those of `revenue`, `cost`, `variable_cost`, `discount`, `unit_price` and `amount` that
            there are. Prices with more decimals than amounts are rounded to their own.

    Returns:
        All rows with their columns, `currency` being the new one, and `original_currency` (String?) and `rate` (Ratio; 1 for what was in
        the currency already, null where there is none). Row order is not kept.

    Raises:
        MissingColumnError: For a frame without one of these columns.
        MixedFramesError: For frames of two kinds.
    """
    check_currency("currency", currency)
    check_text("on", on)
    asked = None if amounts is None else check_each("amounts", amounts, check_text)
    needs = (CURRENCY, on)
    rows, known = opened(
        Asked(frame, "frame", needs=needs, amounts=asked or (), optional_amounts=_AMOUNTS if asked is None else ()),
        Asked(rates, "rates", needs=(CURRENCY, "since_on"), amounts=("rate",)),
    )
    if rows.dtypes[on] != nw.Date():
        raise refused("on", on, "a column of days")
    names = [name for name in _AMOUNTS if name in rows.dtypes] if asked is None else list(asked)
    taken = [name for name in _MADE if name in rows.dtypes]
    if taken:
        raise refused("frame", f"a frame with {', '.join(taken)}", "one that was not converted yet")
    day = nw.col(on)
    pairs = rows.frame.select(CURRENCY, day.alias("_day")).unique()
    dated = pairs.join(_in_parts(known), on=CURRENCY, how="inner").filter(nw.col("since_on") <= nw.col("_day"))
    last = dated.group_by(CURRENCY, "_day").agg(nw.col("since_on").max())
    chosen = last.join(_in_parts(known), on=[CURRENCY, "since_on"], how="inner").select(CURRENCY, "_day", "_whole", "_part")
    is_it = nw.col(CURRENCY) == currency
    with_rate = rows.frame.with_columns(day.alias("_day")).join(chosen, on=[CURRENCY, "_day"], how="left")
    with_rate = with_rate.with_columns(  # a rate of 1 leaves what has none as it is
        nw.when(is_it).then(nw.lit(1)).otherwise(nw.col("_whole").fill_null(1)).cast(nw.Int64).alias("_whole"),
        nw.when(is_it).then(nw.lit(0)).otherwise(nw.col("_part").fill_null(0)).cast(nw.Int64).alias("_part"),
        nw.when(is_it | ~nw.col("_whole").is_null()).then(nw.lit(1)).otherwise(nw.lit(0)).alias("_rated"),
    )
    for name in names:
        with_rate = _converted(with_rate, name, rows.dtypes[name])
    has_rate = nw.col("_rated") == 1
    result = with_rate.with_columns(
        nw.col(CURRENCY).alias("original_currency"),
        nw.when(has_rate).then(nw.col("_whole").cast(nw.Float64) + nw.col("_part").cast(nw.Float64) / _ONE).alias("rate"),
        nw.when(has_rate).then(nw.lit(currency)).otherwise(nw.col(CURRENCY)).alias(CURRENCY),
    )
    return rows.back(result.select(*rows.columns, *_MADE))


def _in_parts(rates: Table[Any]) -> Lazy:
    """Rates as whole numbers: what stands before the point, and eight decimals."""
    rate = rates.amount("rate").cast(nw.Float64)
    known = rates.frame.filter(~nw.col(CURRENCY).is_null(), rate > 0).select(CURRENCY, "since_on", rate.floor().alias("_whole"), rate)
    part = ((nw.col("rate") - nw.col("_whole")) * _ONE + 0.5).floor()
    return known.select(CURRENCY, "since_on", nw.col("_whole").cast(nw.Int64), part.cast(nw.Int64).alias("_part"))


def _converted(rows: Lazy, name: str, dtype: DType) -> Lazy:
    """Multiply an amount by the rate: in two steps, since the product of all digits of both may leave the range of its units."""
    amount, whole, part = nw.col(name), nw.col("_whole"), nw.col("_part")
    if dtype.is_float():
        return rows.with_columns((amount * (whole.cast(nw.Float64) + part.cast(nw.Float64) / _ONE)).alias(name))
    rows = rows.with_columns(units(amount, dtype, rows.implementation).abs().alias("_size"))
    rows = rows.with_columns((nw.col("_size") // _ONE).alias("_upper"))
    lower = nw.col("_size") - nw.col("_upper") * _ONE
    product = nw.col("_size") * whole + nw.col("_upper") * part + (lower * part * 2 + _ONE) // (_ONE * 2)
    signed = nw.when(amount < 0).then(nw.lit(0) - product).otherwise(product)
    return rows.with_columns(amount_of(signed, dtype).alias(name))
