"""Every day from 1970 to 2100 against a second implementation: no difference."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from crmkit import days, months, weeks
from crmkit.entities import ContactPlan
from crmkit.scheduling import add_next_contact, next_contact_on
from tests.engines import by_id, on

FREQUENCIES = (days(1), days(30), weeks(2), months(1), months(2), months(3), months(12), months(13))
SHORT = (date(2023, 12, 1), date(2025, 4, 1))  # with a leap day
LONG = (date(1970, 1, 1), date(2101, 1, 1))


def every_day(first: date, end: date) -> list[date]:
    return [date.fromordinal(ordinal) for ordinal in range(first.toordinal(), end.toordinal())]


def expected(first: date, end: date, count_months: int, count_days: int) -> list[date]:
    """The day after so many months, clamped, and days, by calendar arithmetic of NumPy."""
    given = np.arange(np.datetime64(first), np.datetime64(end))
    month = given.astype("datetime64[M]")
    in_month = (given - month).astype(int)
    later = month + count_months
    length = ((later + 1).astype("datetime64[D]") - later.astype("datetime64[D]")).astype(int)
    found: list[date] = (later.astype("datetime64[D]") + np.minimum(in_month, length - 1) + count_days + 1).tolist()
    return found


def check_plans(first: date, end: date) -> None:
    for frequency in FREQUENCIES:
        wanted = expected(first, end, frequency.months, frequency.days)
        found = [next_contact_on(ContactPlan(party_id="C", frequency=frequency, last_contact_on=day)) for day in every_day(first, end)]
        assert found == wanted


def check_tables(first: date, end: date, engine: str) -> None:
    last = every_day(first, end)
    for frequency in FREQUENCIES:
        table = pl.DataFrame({"customer_id": [str(day) for day in last], "last_contact_on": last}).with_columns(
            frequency_months=pl.lit(frequency.months), frequency_days=pl.lit(frequency.days)
        )
        found = by_id(add_next_contact(on(engine, table)), "next_contact_on")
        assert [found[str(day)] for day in last] == expected(first, end, frequency.months, frequency.days)


def test_the_next_contact_of_a_plan_is_right_on_every_day() -> None:
    check_plans(*SHORT)


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_the_next_contact_in_a_table_is_right_on_every_day(engine: str) -> None:
    check_tables(*SHORT, engine)


@pytest.mark.long
def test_the_next_contact_of_a_plan_is_right_on_every_day_from_1970_to_2100() -> None:
    check_plans(*LONG)


@pytest.mark.long
@pytest.mark.parametrize("engine", ["polars", "pandas", "duckdb"])
def test_the_next_contact_in_a_table_is_right_on_every_day_from_1970_to_2100(engine: str) -> None:
    check_tables(*LONG, engine)
