from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.exchange.amounts import LARGEST, amounts, evidence, from_floats


def read(text: str, mark: str) -> Decimal | None:
    value: Decimal | None = amounts(pl.Series([text], dtype=pl.String), mark=mark)[0]  # type: ignore[arg-type]
    return value


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [
        ("1.234,56", "comma", "1234.56"),
        ("1,234.56", "point", "1234.56"),
        ("1234.56", "point", "1234.56"),
        ("1234,56", "comma", "1234.56"),
        ("1.234.567", "comma", "1234567"),
        ("1 234,56", "comma", "1234.56"),
        ("1\u00a0234,56", "comma", "1234.56"),
        ("1\u202f234,56", "comma", "1234.56"),
        ("1'234.56", "point", "1234.56"),
        (" 12 ", "point", "12"),
        ("-12.50", "point", "-12.5"),
        ("−12,50", "comma", "-12.5"),
        ("12,50-", "comma", "-12.5"),
        ("+12.50", "point", "12.5"),
        (".5", "point", "0.5"),
        ("5.", "point", "5"),
        ("1E+3", "point", "1000"),
        ("1.5e-4", "point", "0.00015"),
        ("0,0137", "comma", "0.0137"),
    ],
)
def test_the_usual_ways_to_write_an_amount_are_read(text: str, mark: str, expected: str) -> None:
    assert read(text, mark) == Decimal(expected)


@pytest.mark.parametrize(
    "text", ["", "-", ".", "1.2.3", "12.34,5", "1,23,456.00", "abc", "12 EUR", "€ 5", "0x10", "inf", "1e999", "--5", "-5-1", "1_000"]
)
def test_anything_else_is_no_amount(text: str) -> None:
    assert read(text, "point") is None


@pytest.mark.parametrize(
    ("text", "is_read"), [("999999999999999999.999", True), ("1000000000000000000", True), ("1000000000000000000.001", False)]
)
def test_amounts_go_up_to_a_million_million_million(text: str, is_read: bool) -> None:
    assert read(text, "point") == (Decimal(text) if is_read else None)


@pytest.mark.parametrize(("decimals", "is_read"), [(17, True), (18, True), (19, False)])
def test_amounts_keep_up_to_eighteen_decimals(decimals: int, is_read: bool) -> None:
    text = "0." + "1" * decimals
    assert read(text, "point") == (Decimal(text) if is_read else None)


@pytest.mark.parametrize(("text", "scale"), [("1.25", 3), ("1.255", 3), ("1.2555", 4)])
def test_a_column_has_three_decimals_unless_it_needs_more(text: str, scale: int) -> None:
    dtype = amounts(pl.Series([text, "7"]), mark="point").dtype

    assert isinstance(dtype, pl.Decimal)
    assert dtype.scale == scale


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["1.5"], "point"),
        (["1,5"], "comma"),
        (["1.234,5"], "comma"),
        (["1,234.5"], "point"),
        (["1.234", "0,5"], "comma"),
        (["1.234.567"], "comma"),
        (["1,234,567"], "point"),
        (["0.125"], "point"),
        (["1234.567"], "point"),
        (["12", "13"], "point"),
        (["1.234"], None),
        (["1,234"], None),
        (["1.5", "1,5"], None),
        (["1.5", "2.5", "1,5"], "point"),
        ([], "point"),
    ],
)
def test_the_decimal_mark_is_found_unless_it_can_be_either(texts: list[str], mark: str | None) -> None:
    assert evidence(pl.Series(texts, dtype=pl.String)).mark == mark


def german(amount: Decimal) -> str:
    return f"{amount:,}".translate(str.maketrans(",.", ".,"))


@given(st.decimals(-LARGEST, LARGEST, places=3))
def test_every_amount_reads_the_same_in_english_as_in_german(amount: Decimal) -> None:
    assert read(f"{amount:,}", "point") == read(german(amount), "comma") == read(f"{amount:f}", "point") == amount


@given(st.decimals(-(10**11), 10**11, places=3))
def test_a_number_that_went_through_a_workbook_comes_back_as_it_was_written(amount: Decimal) -> None:
    assert read(from_floats(pl.Series([float(amount)]))[0], "point") == amount


def test_nothing_known_is_no_amount() -> None:
    assert from_floats(pl.Series([float("nan"), None])).to_list() == [None, None]
