from __future__ import annotations

from decimal import Decimal
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Period
from crmkit.errors import InvalidValueError, MissingColumnError
from crmkit.history import sales_by_month, sales_by_year, sales_to_date
from tests.engines import day, dicts, numbered, on, on_every_engine, rows, sales, schema_of, with_every_number

FIRST_QUARTER = Period.quarter(2026, 1)
LATER = day("2026-12-31")
LINES = sales(
    [
        ("C-1", "bikes", day("2025-01-15"), 100),
        ("C-1", "bikes", day("2025-12-31"), 40),
        ("C-1", "bikes", day("2026-01-01"), 50),
        ("C-1", "bikes", day("2026-01-31"), 75),
        ("C-1", "bikes", day("2026-03-02"), 30),
        ("C-1", "parts", day("2026-02-02"), 8),
        ("C-2", None, day("2025-02-28"), 7),
    ],
    *("customer_id", "item_group", "issued_on", "revenue"),
)


def months(*names: str) -> list[Any]:
    return [day(f"{name}-01") for name in names]


@on_every_engine
@with_every_number
def test_months_without_sales_are_rows_with_zero(engine: str, number: str) -> None:
    frame = on(engine, numbered(LINES, number, "revenue"))

    series = sales_by_month(frame, "customer_id", "item_group", period=FIRST_QUARTER, as_of=LATER)

    january, february, march = months("2026-01", "2026-02", "2026-03")
    assert rows(series, "customer_id", "item_group", "month", "revenue") == [
        ("C-1", "bikes", january, 125),
        ("C-1", "bikes", february, 0),
        ("C-1", "bikes", march, 30),
        ("C-1", "parts", january, 0),
        ("C-1", "parts", february, 8),
        ("C-1", "parts", march, 0),
        ("C-2", None, january, 0),
        ("C-2", None, february, 0),
        ("C-2", None, march, 0),
    ]


@on_every_engine
@with_every_number
def test_a_change_compares_with_the_calendar_month_before_not_with_the_last_active_one(engine: str, number: str) -> None:
    bikes = on(engine, numbered(LINES.filter(pl.col("item_group") == "bikes"), number, "revenue"))

    series = sales_by_month(bikes, period=FIRST_QUARTER, as_of=LATER)

    assert rows(series, "revenue", "previous", "change_ratio") == [(125, 40, 2.125), (0, 125, -1), (30, 0, None)]


@on_every_engine
def test_the_season_compares_with_the_same_month_of_last_year(engine: str) -> None:
    series = sales_by_month(on(engine, LINES), "customer_id", period=FIRST_QUARTER, as_of=LATER)

    assert rows(series, "customer_id", "year_before", "year_change_ratio") == [
        *(("C-1", 100, 0.25), ("C-1", 0, None), ("C-1", 0, None)),
        *(("C-2", 0, None), ("C-2", 7, -1), ("C-2", 0, None)),
    ]


@on_every_engine
@pytest.mark.parametrize(("earlier", "change"), [(-1, None), (0, None), (1, 9), (None, None)])
def test_a_change_is_null_when_the_earlier_value_is_zero_negative_or_missing(engine: str, earlier: int | None, change: int | None) -> None:
    lines = [("2026-02-01", 10), *([] if earlier is None else [("2026-01-01", earlier)])]
    frame = on(engine, sales([(day(at), amount) for at, amount in lines], "issued_on", "revenue"))

    assert rows(sales_by_month(frame, period=Period.month(2026, 2), as_of=LATER), "previous", "change_ratio") == [(earlier, change)]


@on_every_engine
def test_what_was_before_the_first_line_is_unknown_not_zero(engine: str) -> None:
    frame = on(engine, sales([(day("2025-02-28"), 5), (day("2026-03-01"), 5)], "issued_on", "revenue"))

    series = sales_by_month(frame, period=FIRST_QUARTER, as_of=LATER)

    assert rows(series, "previous", "year_before") == [(0, None), (0, 5), (0, 0)]


@on_every_engine
@pytest.mark.parametrize(
    ("start", "end", "partial"),
    [
        ("2026-01-01", "2026-03-01", [False, False]),
        ("2026-01-02", "2026-03-01", [True, False]),
        ("2026-01-01", "2026-02-28", [False, True]),
        ("2026-01-02", "2026-01-31", [True]),
    ],
)
def test_months_cut_at_either_end_are_partial(engine: str, start: str, end: str, partial: list[bool]) -> None:
    series = sales_by_month(on(engine, LINES), period=Period(day(start), day(end)), as_of=LATER)

    assert rows(series, "partial") == [(flag,) for flag in partial]


@on_every_engine
@pytest.mark.parametrize(("as_of", "partial"), [("2026-01-30", True), ("2026-01-31", False), ("2026-02-01", False)])
def test_a_month_is_partial_until_its_last_day_is_over(engine: str, as_of: str, partial: bool) -> None:
    assert rows(sales_by_month(on(engine, LINES), period=Period.month(2026, 1), as_of=day(as_of)), "partial") == [(partial,)]


@on_every_engine
@pytest.mark.parametrize(("as_of", "revenue"), [("2026-01-30", 50), ("2026-01-31", 125), ("2026-02-01", 125)])
def test_what_is_dated_after_the_day_of_asking_is_not_known_yet(engine: str, as_of: str, revenue: int) -> None:
    assert rows(sales_by_month(on(engine, LINES), period=Period.month(2026, 1), as_of=day(as_of)), "revenue") == [(revenue,)]


@on_every_engine
def test_a_cut_month_counts_its_days_but_is_compared_with_whole_months(engine: str) -> None:
    series = sales_by_month(on(engine, LINES), period=Period(day("2026-01-02"), day("2026-03-01")), as_of=LATER)

    assert rows(series, "revenue", "previous") == [(75, 40), (8, 125)]


@on_every_engine
@with_every_number
def test_quantities_of_different_units_are_not_added(engine: str, number: str) -> None:
    lines = sales(
        [(day("2026-01-05"), 3, "kg"), (day("2026-01-06"), 2, "kg"), (day("2026-01-07"), 4, "piece"), (day("2026-01-08"), 1, None)],
        *("issued_on", "quantity", "unit"),
    )

    series = sales_by_month(on(engine, numbered(lines, number, "quantity")), period=Period.month(2026, 1), as_of=LATER, value="quantity")

    assert rows(series, "unit", "quantity") == [("kg", 5), ("piece", 4), (None, 1)]


@on_every_engine
def test_two_currencies_are_series_of_their_own(engine: str) -> None:
    frame = on(engine, LINES.with_columns(currency=pl.Series(["EUR"] * 5 + ["CHF"] * 2)))

    series = sales_by_month(frame, period=Period.month(2026, 2), as_of=LATER)

    assert rows(series, "currency", "revenue") == [("CHF", 8), ("EUR", 0)]


@on_every_engine
@with_every_number
def test_gross_profit_is_over_known_cost_and_comes_with_the_revenue_of_the_rest(engine: str, number: str) -> None:
    lines = sales(
        [
            ("a", day("2026-01-05"), 100, 60),
            ("a", day("2026-01-06"), 50, None),
            ("a", day("2026-02-05"), 20, None),
            ("b", day("2026-01-05"), 10, 25),
        ],
        *("item_group", "issued_on", "revenue", "cost"),
    )

    frame = on(engine, numbered(lines, number, "revenue", "cost"))
    series = sales_by_month(frame, "item_group", period=Period(day("2026-01-01"), day("2026-04-01")), as_of=LATER, value="gross_profit")

    assert rows(series, "item_group", "gross_profit", "revenue_without_cost", "previous", "change_ratio") == [
        ("a", 40, 50, None, None),
        ("a", None, 20, 40, None),
        ("a", 0, 0, None, None),
        ("b", -15, 0, None, None),
        ("b", 0, 0, -15, None),
        ("b", 0, 0, 0, None),
    ]


@on_every_engine
def test_years_are_compared_with_the_year_before(engine: str) -> None:
    series = sales_by_year(on(engine, LINES), "customer_id", period=Period(day("2025-01-01"), day("2027-01-01")), as_of=day("2026-06-30"))

    assert rows(series, "customer_id", "year", "revenue", "previous", "change_ratio", "partial") == [
        ("C-1", 2025, 140, None, None, False),
        ("C-1", 2026, 163, 140, pytest.approx(23 / 140), True),
        ("C-2", 2025, 7, None, None, False),
        ("C-2", 2026, 0, 7, -1, True),
    ]


@on_every_engine
@with_every_number
@pytest.mark.parametrize(
    ("as_of", "this_year", "last_year"), [("2024-02-28", 1, 10), ("2024-02-29", 3, 10), ("2024-03-01", 7, 110), ("2024-03-02", 7, 110)]
)
def test_like_for_like_ends_on_the_same_day_clamped(engine: str, number: str, as_of: str, this_year: int, last_year: int) -> None:
    days = {"2022-12-31": 900, "2023-02-28": 10, "2023-03-01": 100, "2024-02-28": 1, "2024-02-29": 2, "2024-03-01": 4}
    frame = on(engine, numbered(sales([(day(at), amount) for at, amount in days.items()], "issued_on", "revenue"), number, "revenue"))

    compared = sales_to_date(frame, as_of=day(as_of))

    assert rows(compared) == [(this_year, last_year, pytest.approx((this_year - last_year) / last_year))]


@on_every_engine
def test_like_for_like_can_compare_a_month_or_a_fiscal_year(engine: str) -> None:
    frame = on(engine, LINES.filter(pl.col("item_group") == "bikes"))

    month = sales_to_date(frame, "customer_id", as_of=day("2026-01-15"), period=Period.month(2026, 1))
    fiscal = sales_to_date(frame, "customer_id", as_of=day("2026-01-15"), period=Period(day("2025-10-01"), day("2026-10-01")))

    assert rows(month) == [("C-1", 50, 100, -0.5)]
    assert rows(fiscal) == [("C-1", 90, 100, pytest.approx(-0.1))]


@on_every_engine
def test_like_for_like_keeps_units_apart(engine: str) -> None:
    lines = sales([(day("2026-01-05"), 3, "kg"), (day("2026-01-07"), 4, "piece")], "issued_on", "quantity", "unit")

    assert sorted(rows(sales_to_date(on(engine, lines), as_of=day("2026-01-31"), value="quantity"))) == [
        ("kg", 3, 0, None),
        ("piece", 4, 0, None),
    ]


@on_every_engine
@with_every_number
def test_per_working_day_leaves_weekends_and_holidays_out(engine: str, number: str) -> None:
    lines = sales([(day("2025-12-05"), 22), (day("2026-01-15"), 21)], "issued_on", "revenue")  # 23 and 22 weekdays
    frame = on(engine, numbered(lines, number, "revenue"))

    holidays = {day("2025-12-25"), day("2026-01-01"), day("2026-01-04")}  # a Thursday, a Thursday, a Sunday
    series = sales_by_month(frame, period=Period.month(2026, 1), as_of=LATER, holidays=holidays)

    assert rows(series, "working_days", "per_working_day", "working_day_change_ratio") == [(21, 1, 0)]


@on_every_engine
@pytest.mark.parametrize(("as_of", "working_days"), [("2026-01-01", 1), ("2026-01-04", 2), ("2026-01-05", 3), ("2025-12-31", 0)])
def test_working_days_are_counted_up_to_the_day_of_asking(engine: str, as_of: str, working_days: int) -> None:
    frame = on(engine, sales([(day("2025-01-01"), 1)], "issued_on", "revenue"))

    (row,) = dicts(sales_by_month(frame, period=Period.month(2026, 1), as_of=day(as_of), holidays=()))

    assert row["working_days"] == working_days
    assert (row["per_working_day"] is None) == (working_days == 0)


def test_other_days_of_the_week_can_be_worked_on() -> None:
    series = sales_by_year(LINES, period=Period.year(2025), as_of=LATER, holidays=(), weekdays=range(6))

    assert series["working_days"].to_list() == [313]


@on_every_engine
def test_without_any_line_one_series_is_zero_and_groups_are_none(engine: str) -> None:
    frame = on(engine, LINES.clear())

    assert rows(sales_by_month(frame, period=Period.month(2026, 1), as_of=LATER), "revenue", "previous") == [(0, None)]
    assert rows(sales_by_month(frame, "customer_id", period=Period.month(2026, 1), as_of=LATER)) == []
    assert rows(sales_to_date(frame, as_of=LATER)) == [(0, 0, None)]


@on_every_engine
@with_every_number
def test_a_series_keeps_the_kind_of_frame_and_of_number(engine: str, number: str) -> None:
    frame = on(engine, numbered(LINES, number, "revenue"))

    series = sales_by_month(frame, "customer_id", period=FIRST_QUARTER, as_of=LATER)

    assert type(series) is type(frame)
    # A lazy frame is not looked into, and its sum may leave 64 bits.
    is_wide = number == "int" and engine not in {"polars", "pandas", "pandas-arrow", "pyarrow"}
    assert schema_of(series)["revenue"] == (nw.Decimal(38, 0) if is_wide else schema_of(frame)["revenue"])


@pytest.mark.parametrize("engine", ["polars", "pandas-arrow", "pyarrow", "duckdb"])
def test_amounts_of_ten_to_the_eighteen_add_exactly(engine: str) -> None:
    huge = [(day("2026-01-05"), Decimal(10**18)), (day("2026-01-06"), Decimal("0.001"))]
    frame = on(engine, sales(huge, "issued_on", "revenue", revenue=pl.Decimal(28, 3)))

    assert rows(sales_by_month(frame, period=Period.month(2026, 1), as_of=LATER), "revenue") == [(Decimal("1000000000000000000.001"),)]


def test_a_group_cannot_be_named_like_a_figure() -> None:
    with pytest.raises(InvalidValueError, match="another column than those of the result"):
        sales_by_month(LINES.with_columns(month=pl.lit(1)), "month", period=FIRST_QUARTER, as_of=LATER)


def test_the_value_must_be_a_number_that_is_there() -> None:
    with pytest.raises(MissingColumnError, match="'quantity'"):
        sales_by_month(LINES, period=FIRST_QUARTER, as_of=LATER, value="quantity")
    with pytest.raises(MissingColumnError, match="'cost'"):
        sales_by_month(LINES, period=FIRST_QUARTER, as_of=LATER, value="gross_profit")
    with pytest.raises(InvalidValueError, match="numbers"):
        sales_by_month(LINES, period=FIRST_QUARTER, as_of=LATER, value="item_group")


@pytest.mark.parametrize("weekdays", [(), (7,)])
def test_weekdays_are_from_monday_to_sunday(weekdays: tuple[int, ...]) -> None:
    with pytest.raises(InvalidValueError, match="0 \\(Monday\\) to 6"):
        sales_by_month(LINES, period=FIRST_QUARTER, as_of=LATER, holidays=(), weekdays=weekdays)


DAYS = st.dates(min_value=day("2024-01-01"), max_value=day("2026-12-31"))


@given(st.lists(st.tuples(st.sampled_from(["C-1", "C-2"]), DAYS, st.integers(-100, 100)), min_size=1))
def test_months_add_up_to_years_and_years_to_the_whole(lines: list[tuple[Any, ...]]) -> None:
    frame = sales(lines, "customer_id", "issued_on", "revenue")
    period = Period(day("2024-01-01"), day("2027-01-01"))

    by_month = sales_by_month(frame, "customer_id", period=period, as_of=LATER)
    by_year = sales_by_year(frame, period=period, as_of=LATER)

    assert by_month["revenue"].sum() == by_year["revenue"].sum() == frame["revenue"].sum()
    assert by_month.height == 36 * frame["customer_id"].n_unique()
