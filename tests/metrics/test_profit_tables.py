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
from crmkit.metrics import add_roi, concentration, gross_margin, gross_profit_by, ranked, revenue_without_profit_by
from tests.engines import by_id, day, dicts, numbered, on, on_every_engine, rows, rows_in_order, sales, schema_of, with_every_number

LINES = sales(
    [("C-1", 100, 60), ("C-1", 50, None), ("C-2", 80, 90), ("C-3", 30, None), (None, 10, 4)],
    *("customer_id", "revenue", "cost"),
)


@on_every_engine
@with_every_number
def test_gross_profit_is_over_the_lines_whose_cost_is_known(engine: str, number: str) -> None:
    frame = on(engine, numbered(LINES, number, "revenue", "cost"))

    assert rows_in_order(gross_profit_by(frame, "customer_id")) == [
        ("C-1", 150, 60, 40, 50, 0.4),
        ("C-2", 80, 90, -10, 0, -0.125),
        ("C-3", 30, None, None, 30, None),
        (None, 10, 4, 6, 0, 0.6),
    ]


@on_every_engine
@with_every_number
def test_without_groups_there_is_one_row_in_all(engine: str, number: str) -> None:
    frame = on(engine, numbered(LINES, number, "revenue", "cost"))

    assert rows(gross_profit_by(frame), "revenue", "cost", "gross_profit", "revenue_without_cost") == [(270, 154, 36, 80)]


@on_every_engine
@with_every_number
def test_amounts_keep_the_callers_numeric_type(engine: str, number: str) -> None:
    frame = on(engine, numbered(LINES, number, "revenue", "cost"))

    result = gross_profit_by(frame, "customer_id")

    # The whole numbers of a lazy frame, which is not looked into, might leave 64 bits when they are added.
    is_widened = number == "int" and engine not in {"polars", "pandas", "pandas-arrow", "pyarrow"}
    assert schema_of(result)["revenue"] == (nw.Decimal(38, 0) if is_widened else schema_of(frame)["revenue"])
    assert type(result) is type(frame)


@on_every_engine
def test_an_empty_frame_has_no_groups(engine: str) -> None:
    assert dicts(gross_profit_by(on(engine, LINES.clear()), "customer_id")) == []


@on_every_engine
def test_of_an_empty_frame_everything_is_zero_or_undefined(engine: str) -> None:
    assert rows(gross_profit_by(on(engine, LINES.clear()))) == [(0, None, None, 0, None)]


@on_every_engine
def test_two_currencies_are_never_added(engine: str) -> None:
    frame = on(engine, LINES.with_columns(currency=pl.Series(["EUR", "CHF", "EUR", "EUR", None])))

    assert rows_in_order(gross_profit_by(frame), "currency", "revenue") == [("CHF", 50), ("EUR", 210), (None, 10)]


@on_every_engine
def test_a_line_of_unknown_revenue_adds_nothing(engine: str) -> None:
    frame = on(engine, sales([("C-1", None, 5), ("C-1", 10, 4)], "customer_id", "revenue", "cost"))

    assert rows(gross_profit_by(frame)) == [(10, 4, 6, 0, 0.6)]


@on_every_engine
def test_nan_is_unknown(engine: str) -> None:
    frame = on(engine, sales([("C-1", 10.0, float("nan")), ("C-1", 5.0, 4.0)], "customer_id", "revenue", "cost"))

    assert rows(gross_profit_by(frame)) == [(15, 4, 1, 10, 0.2)]


@on_every_engine
def test_a_margin_of_returns_alone_is_undefined(engine: str) -> None:
    frame = on(engine, sales([("C-1", -10, -4)], "customer_id", "revenue", "cost"))

    assert rows(gross_profit_by(frame)) == [(-10, -4, -6, 0, None)]


@on_every_engine
@pytest.mark.parametrize(("first", "counted"), [("2025-12-31", 0), ("2026-01-01", 1), ("2026-01-31", 1), ("2026-02-01", 0)])
def test_a_period_counts_its_first_day_but_not_its_end(engine: str, first: str, counted: int) -> None:
    frame = on(engine, sales([("C-1", day(first), 10, 4)], "customer_id", "issued_on", "revenue", "cost"))

    assert len(dicts(gross_profit_by(frame, "customer_id", period=Period.month(2026, 1)))) == counted


@on_every_engine
def test_amounts_of_ten_to_the_eighteen_add_exactly(engine: str) -> None:
    huge = 10**18
    frame = on(
        engine,
        sales(
            [("C-1", Decimal(huge), Decimal(1))] * 10, "customer_id", "revenue", "cost", revenue=pl.Decimal(28, 3), cost=pl.Decimal(28, 3)
        ),
    )

    assert rows(gross_profit_by(frame), "revenue", "gross_profit") == [(10 * huge, 10 * huge - 10)]


@pytest.mark.parametrize("engine", ["polars", "pandas", "pandas-arrow", "pyarrow"])
def test_whole_numbers_that_would_leave_64_bits_become_decimals(engine: str) -> None:
    huge = 10**18
    frame = on(engine, sales([("C-1", huge, 1)] * 10, "customer_id", "revenue", "cost"))

    assert rows(gross_profit_by(frame), "revenue", "gross_profit") == [(10 * huge, 10 * huge - 10)]


@on_every_engine
def test_duplicate_rows_are_lines_of_their_own(engine: str) -> None:
    frame = on(engine, sales([("C-1", 10, 4)] * 2, "customer_id", "revenue", "cost"))

    assert rows(gross_profit_by(frame), "revenue") == [(20,)]


@on_every_engine
def test_a_missing_column_is_named_beside_those_that_exist(engine: str) -> None:
    with pytest.raises(MissingColumnError) as raised:
        gross_profit_by(on(engine, LINES.drop("cost")), "customer_id")

    assert raised.value.missing == ("cost",)
    assert raised.value.available == ("customer_id", "revenue")


def test_a_group_must_be_a_column() -> None:
    with pytest.raises(MissingColumnError, match="'region'"):
        gross_profit_by(LINES, "region")


def test_a_group_cannot_be_a_figure() -> None:
    with pytest.raises(InvalidValueError, match="another column than those of the result"):
        gross_profit_by(LINES, "revenue")


def test_text_is_no_amount() -> None:
    with pytest.raises(InvalidValueError, match="revenue='a column of type String'"):
        gross_profit_by(LINES.with_columns(pl.col("revenue").cast(pl.String)))


def test_decimal_objects_of_pandas_are_refused_with_the_fix() -> None:
    frame = LINES.with_columns(pl.col("revenue").cast(pl.Decimal(28, 3))).to_pandas()

    with pytest.raises(InvalidValueError, match=r"pd.ArrowDtype\(pa.decimal128\(28, 3\)\)"):
        gross_profit_by(frame)


def test_amounts_of_two_numeric_types_meet() -> None:
    frame = LINES.with_columns(pl.col("cost").cast(pl.Decimal(28, 3)))

    assert rows(gross_profit_by(frame), "gross_profit") == [(36,)]


def test_narrow_whole_numbers_are_widened_before_they_are_added() -> None:
    frame = pl.DataFrame({"revenue": [2**31 - 1] * 2, "cost": [1, 1]}, schema={"revenue": pl.Int32, "cost": pl.Int32})

    assert rows(gross_profit_by(frame), "revenue") == [(2**32 - 2,)]


def test_narrow_floats_are_widened_before_they_are_added() -> None:
    frame = pl.DataFrame({"revenue": [16_777_216.0, 1.0], "cost": [1.0, 1.0]}, schema={"revenue": pl.Float32, "cost": pl.Float32})

    assert rows(gross_profit_by(frame), "revenue") == [(16_777_217,)]


LINE = st.tuples(st.sampled_from("ABC"), st.integers(-1000, 1000), st.none() | st.integers(-1000, 1000))


@given(st.lists(LINE, min_size=1), st.integers(0, 20))
def test_the_figures_of_the_parts_add_up_to_those_of_the_whole(lines: list[Any], cut: int) -> None:
    def figures(part: list[Any]) -> list[int]:
        frame = pl.DataFrame(part, schema={"customer_id": pl.String, "revenue": pl.Int64, "cost": pl.Int64}, orient="row")
        (row,) = dicts(gross_profit_by(frame))
        return [row[name] or 0 for name in ("revenue", "cost", "gross_profit", "revenue_without_cost")]

    parts = zip(figures(lines[:cut]), figures(lines[cut:]), strict=True)

    assert figures(lines) == [left + right for left, right in parts]


@given(st.lists(LINE, min_size=1))
def test_the_margin_of_a_table_is_that_of_the_numbers(lines: list[Any]) -> None:
    frame = pl.DataFrame(lines, schema={"customer_id": pl.String, "revenue": pl.Int64, "cost": pl.Int64}, orient="row")

    for row in dicts(gross_profit_by(frame, "customer_id")):
        known = row["revenue"] - row["revenue_without_cost"]
        if row["gross_profit"] is not None and known > 0:
            assert row["gross_margin"] == pytest.approx(float(gross_margin(gross_profit=row["gross_profit"], revenue=known)))
        else:
            assert row["gross_margin"] is None


@on_every_engine
def test_groups_that_lose_money_come_largest_revenue_first(engine: str) -> None:
    lines = [("C-1", 50, 70), ("C-2", 80, 90), ("C-3", 90, 10), ("C-4", 99, None), ("C-5", 80, 81)]
    frame = on(engine, sales(lines, "customer_id", "revenue", "cost"))

    assert rows(revenue_without_profit_by(frame, "customer_id"), "customer_id") == [("C-2",), ("C-5",), ("C-1",)]


@on_every_engine
def test_the_discount_given_to_loss_makers_is_shown(engine: str) -> None:
    frame = on(engine, sales([("C-1", 50, 70, 5), ("C-1", 50, 70, 6)], "customer_id", "revenue", "cost", "discount"))

    assert rows(revenue_without_profit_by(frame, "customer_id"), "discount") == [(11,)]


@on_every_engine
@with_every_number
def test_the_return_of_a_row_is_null_where_nothing_was_spent(engine: str, number: str) -> None:
    frame = numbered(
        sales([("a", 30, 10), ("b", 5, 0), ("c", None, 3), ("d", 3, None), ("e", 1, -1)], "id", "gain", "spend"), number, "gain", "spend"
    )

    assert by_id(add_roi(on(engine, frame), gain="gain", cost="spend"), "roi", id_="id") == {
        "a": 2,
        "b": None,
        "c": None,
        "d": None,
        "e": None,
    }


@on_every_engine
def test_equal_values_share_a_rank(engine: str) -> None:
    frame = on(engine, sales([("a", 5), ("b", 9), ("c", 9), ("d", None)], "id", "revenue"))

    assert rows(ranked(frame, value="revenue"), "id", "rank") == [("b", 1), ("c", 1), ("a", 3), ("d", None)]


@on_every_engine
def test_a_rank_counts_within_its_currency(engine: str) -> None:
    frame = on(engine, sales([("a", 5, "EUR"), ("b", 9, "CHF"), ("c", 7, "EUR")], "id", "revenue", "currency"))

    assert rows(ranked(frame, value="revenue"), "id", "rank") == [("b", 1), ("c", 1), ("a", 2)]


@pytest.mark.parametrize("into", ["revenue", "currency"])
def test_a_rank_cannot_replace_what_it_ranks(into: str) -> None:
    with pytest.raises(InvalidValueError, match="another name"):
        ranked(sales([("EUR", 5)], "currency", "revenue"), value="revenue", into=into)


@on_every_engine
@with_every_number
def test_the_share_of_the_largest_rounds_their_number_up(engine: str, number: str) -> None:
    frame = numbered(sales([("a", 80), ("b", 10), ("c", 5), ("d", 3), ("e", 2), ("f", None)], "id", "revenue"), number, "revenue")

    result = concentration(on(engine, frame), value="revenue", shares=[Decimal("0.2"), Decimal("0.21"), Decimal(1)])

    assert rows(result) == [(0.2, 1, 80, 0.8), (0.21, 2, 90, 0.9), (1, 5, 100, 1)]


@on_every_engine
def test_concentration_is_per_currency(engine: str) -> None:
    frame = on(engine, sales([(80, "EUR"), (20, "EUR"), (5, "CHF")], "revenue", "currency"))

    assert rows(concentration(frame, value="revenue", shares=[Decimal("0.5")])) == [("CHF", 0.5, 1, 5, 1), ("EUR", 0.5, 1, 80, 0.8)]


@on_every_engine
def test_a_share_of_nothing_is_undefined(engine: str) -> None:
    frame = on(engine, sales([(5,), (-5,)], "revenue"))

    assert rows(concentration(frame, value="revenue", shares=[Decimal("0.5")])) == [(0.5, 1, 5, None)]


@pytest.mark.parametrize("shares", [[], [Decimal(0)], [Decimal("1.1")]])
def test_a_share_lies_above_zero_and_up_to_one(shares: list[Decimal]) -> None:
    with pytest.raises(InvalidValueError):
        concentration(LINES, value="revenue", shares=shares)
