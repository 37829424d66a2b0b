from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from statistics import median
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Interval, Period, days, months
from crmkit.classification import customers_at_risk, won_back_customers
from crmkit.errors import InvalidValueError
from tests.engines import day, dicts, on, on_every_engine, rows, rows_in_order, sales

AS_OF = day("2026-06-30")


def bought(*dates: str, customer: str = "C-1", revenue: int = 10) -> pl.DataFrame:
    return sales([(customer, day(date), revenue) for date in dates], "customer_id", "issued_on", "revenue")


MONTHLY = bought("2026-01-01", "2026-01-31", "2026-03-02")


@on_every_engine
@pytest.mark.parametrize(("as_of", "is_at_risk"), [("2026-04-15", False), ("2026-04-16", True), ("2026-04-17", True)])
def test_who_is_half_a_rhythm_late_is_at_risk(engine: str, as_of: str, is_at_risk: bool) -> None:
    assert len(dicts(customers_at_risk(on(engine, MONTHLY), as_of=day(as_of)))) == is_at_risk


@on_every_engine
def test_a_row_tells_rhythm_and_how_late(engine: str) -> None:
    assert rows(customers_at_risk(on(engine, MONTHLY), as_of=day("2026-05-01"))) == [("C-1", day("2026-03-02"), 30, 60, 2)]


@on_every_engine
@pytest.mark.parametrize(("least", "is_at_risk"), [(2, True), (3, True), (4, False)])
def test_a_rhythm_needs_so_many_purchases(engine: str, least: int, is_at_risk: bool) -> None:
    assert len(dicts(customers_at_risk(on(engine, MONTHLY), as_of=AS_OF, purchases_at_least=least))) == is_at_risk


@on_every_engine
def test_several_purchases_of_one_day_are_no_rhythm(engine: str) -> None:
    lines = bought("2026-01-01", "2026-01-01", "2026-01-01").with_columns(document_id=pl.Series(["1", "2", "3"]))

    assert dicts(customers_at_risk(on(engine, lines), as_of=AS_OF)) == []


@on_every_engine
def test_several_purchases_of_one_day_count_but_are_no_gap(engine: str) -> None:
    lines = bought("2026-01-01", "2026-01-01", "2026-01-31").with_columns(document_id=pl.Series(["1", "2", "3"]))

    assert rows(customers_at_risk(on(engine, lines), as_of=AS_OF), "rhythm_days", "days_since") == [(30, 150)]


@on_every_engine
def test_what_is_dated_later_and_what_was_wholly_reversed_is_no_purchase(engine: str) -> None:
    lines = sales(
        [
            *(("C-1", day(date), 10, number, "invoice", None) for number, date in enumerate(("2026-01-01", "2026-01-31", "2026-03-02"))),
            ("C-1", day("2026-06-01"), 10, 8, "invoice", None),
            ("C-1", day("2026-06-02"), -10, 9, "credit_note", 8),
            ("C-1", day("2026-07-01"), 10, 10, "invoice", None),
        ],
        *("customer_id", "issued_on", "revenue", "document_id", "document_kind", "reverses_document_id"),
    )

    assert rows(customers_at_risk(on(engine, lines), as_of=AS_OF), "last_purchase_on", "rhythm_days") == [(day("2026-03-02"), 30)]


@on_every_engine
def test_a_rhythm_runs_over_all_currencies(engine: str) -> None:
    lines = on(engine, MONTHLY.with_columns(currency=pl.Series(["EUR", "CHF", None])))

    assert rows(customers_at_risk(lines, as_of=AS_OF), "rhythm_days") == [(30,)]


@on_every_engine
def test_lines_without_a_customer_belong_to_nobody(engine: str) -> None:
    lines = on(engine, MONTHLY.with_columns(customer_id=pl.lit(None, dtype=pl.String)))

    assert dicts(customers_at_risk(lines, as_of=AS_OF)) == []
    assert dicts(won_back_customers(lines, period=Period.year(2026), gap=days(1))) == []


@given(st.lists(st.dates(min_value=day("2025-01-01"), max_value=AS_OF), min_size=3, max_size=9, unique=True))
def test_the_rhythm_is_the_median_of_the_gaps(dates: list[Any]) -> None:
    ordered = sorted(dates)
    gaps = [(after - before).days for before, after in pairwise(ordered)]

    found = customers_at_risk(bought(*map(str, dates)), as_of=AS_OF, overdue_at_least=Decimal("0.0001"))

    late = (AS_OF - ordered[-1]).days
    assert rows(found, "rhythm_days", "days_since") == ([(median(gaps), late)] if late else [])


@pytest.mark.parametrize("options", [{"overdue_at_least": Decimal(0)}, {"purchases_at_least": 1}, {"overdue_at_least": 1.5}])
def test_a_rhythm_has_two_purchases_and_lateness_is_above_zero(options: Any) -> None:
    with pytest.raises(InvalidValueError):
        customers_at_risk(MONTHLY, as_of=AS_OF, **options)


@on_every_engine
@pytest.mark.parametrize(("back_on", "is_back"), [("2026-02-27", False), ("2026-02-28", True), ("2026-03-01", True)])
def test_who_bought_again_after_the_gap_is_won_back(engine: str, back_on: str, is_back: bool) -> None:
    lines = on(engine, bought("2025-08-31", back_on))

    assert len(dicts(won_back_customers(lines, period=Period.year(2026), gap=months(6)))) == is_back


@on_every_engine
@pytest.mark.parametrize(("back_on", "is_back"), [("2026-01-31", False), ("2026-02-01", True), ("2026-02-28", True), ("2026-03-01", False)])
def test_the_return_lies_in_the_period(engine: str, back_on: str, is_back: bool) -> None:
    lines = on(engine, bought("2025-01-01", back_on))

    assert len(dicts(won_back_customers(lines, period=Period.month(2026, 2), gap=days(30)))) == is_back


@on_every_engine
def test_the_first_return_of_the_period_is_shown(engine: str) -> None:
    lines = on(engine, pl.concat([bought("2025-01-01", "2026-01-10", "2026-01-20", "2026-06-20"), bought("2026-01-05", customer="C-2")]))

    back = won_back_customers(lines, period=Period.year(2026), gap=days(60))

    assert rows_in_order(back) == [("C-1", day("2026-01-10"), day("2025-01-01"), 374)]


@given(st.lists(st.dates(min_value=day("2024-01-01"), max_value=AS_OF), min_size=1, max_size=8, unique=True), st.integers(1, 400))
def test_nobody_is_won_back_who_bought_within_the_gap(dates: list[Any], gap: int) -> None:
    ordered, period = sorted(dates), Period.year(2026)
    returns = [(after, before) for before, after in pairwise(ordered) if after in period and before + timedelta(days=gap) <= after]

    back = won_back_customers(bought(*map(str, dates)), period=period, gap=days(gap))

    assert rows(back, "back_on", "last_before_on") == returns[:1]


def test_a_gap_is_an_interval() -> None:
    with pytest.raises(InvalidValueError, match=Interval.__name__):
        won_back_customers(MONTHLY, period=Period.year(2026), gap=timedelta(days=3))  # type: ignore[arg-type]
