"""Amounts in one currency: the rate of the day, exact, and nothing lost where there is none."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import facts
from crmkit.errors import InvalidValueError, MissingColumnError
from crmkit.history import sales_to_date
from tests.engines import day, dicts, numbered, on, on_every_engine, rows_in_order, sales, with_every_number

RATES = pl.DataFrame(
    [("CHF", day("2026-01-01"), 1.05), ("CHF", day("2026-02-01"), 1.0725), ("JPY", day("2026-01-01"), 0.00615)],
    schema=["currency", "since_on", "rate"],
    orient="row",
)
COLUMNS = ("line", "issued_on", "currency", "revenue")


def lines(*given: tuple[Any, ...]) -> pl.DataFrame:
    return sales([(n, day(issued_on), currency, amount) for n, (issued_on, currency, amount) in enumerate(given)], *COLUMNS)


@on_every_engine
@pytest.mark.parametrize(("on_", "rate"), [("2026-01-31", 1.05), ("2026-02-01", 1.0725), ("2026-02-02", 1.0725)])
def test_a_rate_holds_from_its_first_day_until_the_next(engine: str, on_: str, rate: float) -> None:
    frame, rates = on(engine, lines((on_, "CHF", 10_000)), RATES)

    (row,) = dicts(facts.in_currency(frame, rates, currency="EUR"))

    assert (row["currency"], row["original_currency"], row["revenue"], row["rate"]) == ("EUR", "CHF", round(10_000 * rate), rate)


@on_every_engine
def test_what_has_no_rate_stays_in_its_own_currency_and_is_added_to_nothing(engine: str) -> None:
    given = lines(("2025-12-31", "CHF", 100), ("2026-01-01", "USD", 50), ("2026-01-01", "EUR", 7), ("2026-01-01", "CHF", 100))
    converted = facts.in_currency(*on(engine, given, RATES), currency="EUR")

    assert rows_in_order(converted, "line", "currency", "revenue", "rate") == [
        (0, "CHF", 100, None),
        (1, "USD", 50, None),
        (2, "EUR", 7, 1.0),
        (3, "EUR", 105, 1.05),
    ]
    assert rows_in_order(sales_to_date(converted, as_of=day("2026-01-01")), "currency", "this_year") == [
        ("CHF", 0),
        ("EUR", 112),
        ("USD", 50),
    ]


@on_every_engine
@with_every_number
def test_every_amount_is_converted_and_keeps_its_type(engine: str, number: str) -> None:
    given = lines(("2026-01-05", "CHF", 200), ("2026-01-05", "EUR", 300)).with_columns(
        pl.lit(40).alias("cost"), pl.lit(7).alias("quantity")
    )
    frame, rates = on(engine, numbered(given, number, "revenue", "cost"), RATES)

    converted = facts.in_currency(frame, rates, currency="EUR")

    assert rows_in_order(converted, "line", "revenue", "cost", "quantity") == [(0, 210, 42, 7), (1, 300, 40, 7)]


@on_every_engine
def test_a_credit_note_mirrors_its_invoice(engine: str) -> None:
    frame, rates = on(engine, lines(("2026-01-05", "CHF", 10), ("2026-01-05", "CHF", -10)), RATES)

    assert rows_in_order(facts.in_currency(frame, rates, currency="EUR"), "line", "revenue") == [(0, 11), (1, -11)]


@on_every_engine
def test_an_unknown_amount_stays_unknown(engine: str) -> None:
    given = lines(("2026-01-05", "CHF", 10)).with_columns(pl.lit(None, dtype=pl.Int64).alias("cost"))
    frame, rates = on(engine, given, RATES)

    assert rows_in_order(facts.in_currency(frame, rates, currency="EUR"), "revenue", "cost") == [(11, None)]


@on_every_engine
def test_another_day_can_choose_the_rate(engine: str) -> None:
    given = lines(("2026-01-05", "CHF", 10_000)).with_columns(pl.lit(day("2026-02-01")).alias("paid_on"))
    frame, rates = on(engine, given, RATES)

    assert rows_in_order(facts.in_currency(frame, rates, currency="EUR", on="paid_on"), "revenue") == [(10_725,)]


@given(
    minor=st.integers(-(10**14), 10**14),
    rate=st.decimals(Decimal("0.0001"), Decimal(20_000), places=8),
)
def test_the_product_is_exact_and_rounded_half_away_from_zero(minor: int, rate: Decimal) -> None:
    frame = lines(("2026-01-05", "XXX", minor))
    rates = pl.DataFrame({"currency": ["XXX"], "since_on": [day("2026-01-01")], "rate": [float(rate)]})
    kept = Decimal(repr(float(rate))).quantize(Decimal("1e-8"))

    (found,) = facts.in_currency(frame, rates, currency="EUR")["revenue"].to_list()

    assert found == int((minor * kept).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def test_converting_twice_is_refused() -> None:
    once = facts.in_currency(lines(("2026-01-05", "CHF", 10)), RATES, currency="EUR")

    with pytest.raises(InvalidValueError, match="not converted yet"):
        facts.in_currency(once, RATES, currency="USD")


def test_without_a_currency_there_is_nothing_to_convert() -> None:
    with pytest.raises(MissingColumnError, match="currency"):
        facts.in_currency(lines(("2026-01-05", "CHF", 10)).drop("currency"), RATES, currency="EUR")


@pytest.mark.parametrize("of", ["line", "currency"])
def test_the_day_must_be_one(of: str) -> None:
    with pytest.raises(InvalidValueError, match="days"):
        facts.in_currency(lines(("2026-01-05", "CHF", 10)), RATES, currency="EUR", on=of)


def test_columns_can_be_named() -> None:
    frame = pl.DataFrame({"spent_on": [date(2026, 1, 5)], "currency": ["CHF"], "budget": [100], "amount": [100]})

    converted = facts.in_currency(frame, RATES, currency="EUR", on="spent_on", amounts=["budget"])

    assert converted.select("budget", "amount").rows() == [(105, 100)]
