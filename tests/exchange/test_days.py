from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.exchange.days import AmbiguousDates, days_of, has_zone

DAY = date(2025, 12, 31)


def read(*texts: str, date_format: str | None = None) -> list[date | None]:
    days = days_of(pl.Series(texts, dtype=pl.String), date_format=date_format)
    assert isinstance(days, pl.Series)
    return days.to_list()


@pytest.mark.parametrize(
    "text",
    [
        "2025-12-31",
        "31.12.2025",
        "31.12.25",
        "20251231",
        "2025/12/31",
        "31/12/2025",
        "12/31/2025",
        "31-12-2025",
        " 2025-12-31 ",
        "2025-12-31 23:59:59",
        "2025-12-31T23:59",
        "2025-12-31T23:59:59.123456",
        "31.12.2025 8:05",
        "12/31/2025 11:59 PM",
    ],
)
def test_the_usual_ways_to_write_a_day_are_read(text: str) -> None:
    assert read(text) == [DAY]


@pytest.mark.parametrize(
    "text", ["", "2025", "32.12.2025", "2025-13-01", "29.02.2025", "soon", "31.12.2025 25", "12.31.2025", "2025-12-31 evening"]
)
def test_anything_else_is_no_day(text: str) -> None:
    assert read(text) == [None]


@pytest.mark.parametrize("text", ["2025-12-31T23:59:59.123456Z", "2025-12-31T23:59:59+01:00", "31.12.2025 8:05 UTC"])
def test_a_moment_with_a_time_zone_is_a_day_only_when_the_format_is_given(text: str) -> None:
    assert read(text) == [None]
    assert has_zone(text)
    assert not has_zone("2025-12-31 23:59:59")
    assert read(text, date_format="%d.%m.%Y" if "." in text[:3] else "%Y-%m-%d") == [DAY]


@pytest.mark.parametrize(
    ("text", "is_read"), [("1899-12-31", False), ("1900-01-01", True), ("2199-12-31", True), ("2200-01-01", False), ("0025-12-31", False)]
)
def test_days_of_four_centuries_are_read(text: str, is_read: bool) -> None:
    assert (read(text) != [None]) == is_read


def test_days_with_points_have_the_day_first() -> None:
    assert read("01.02.2025") == [date(2025, 2, 1)]


def test_day_or_month_first_is_found_from_the_other_dates_of_the_column() -> None:
    assert read("01/02/2025", "31/12/2025") == [date(2025, 2, 1), DAY]
    assert read("01/02/2025", "12/31/2025") == [date(2025, 1, 2), DAY]


def test_dates_that_can_be_read_two_ways_are_refused_with_both_formats() -> None:
    found = days_of(pl.Series(["01/02/2025", "03/04/2025"]), date_format=None)

    assert isinstance(found, AmbiguousDates)
    assert "'%d/%m/%Y' or '%m/%d/%Y'" in str(found)
    assert found.example == "01/02/2025"


def test_dates_that_mean_the_same_both_ways_are_read() -> None:
    assert read("05/05/2025") == [date(2025, 5, 5)]


def test_a_given_format_settles_it() -> None:
    assert read("01/02/2025", date_format="%m/%d/%Y") == [date(2025, 1, 2)]
    assert read("31-Dec-2025", date_format="%d-%b-%Y") == [DAY]
    assert read("31/12/2025 14:30", date_format="%d/%m/%Y") == [DAY]


def test_one_wrong_date_does_not_change_how_the_others_are_read() -> None:
    assert read("31.12.2025", "2025", "01.12.2025") == [DAY, None, date(2025, 12, 1)]


@given(st.lists(st.dates(date(1900, 1, 1), date(2199, 12, 31)), min_size=1))
def test_every_list_of_days_reads_the_same_in_iso_and_german(days: list[date]) -> None:
    assert read(*(day.isoformat() for day in days)) == read(*(day.strftime("%d.%m.%Y") for day in days)) == days
