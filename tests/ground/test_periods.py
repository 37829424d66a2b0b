"""Periods are half-open; intervals clamp at month ends and count from the anchor."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Interval, Period, days, months, weeks
from crmkit.errors import InvalidValueError

some_days = st.dates(date(1900, 1, 1), date(2199, 12, 31))


def months_after(day: date, count: int) -> date:
    """Count months by the calendar module: a second way."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def test_the_end_is_the_first_day_that_is_not_in_it() -> None:
    january = Period.month(2026, 1)

    assert [day in january for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1))] == [
        False,
        True,
        True,
        False,
    ]
    assert january.days == 31


@pytest.mark.parametrize("end", [date(2026, 1, 1), date(2025, 12, 31)])
def test_a_period_has_at_least_one_day(end: date) -> None:
    with pytest.raises(InvalidValueError, match="a day after the start"):
        Period(date(2026, 1, 1), end)


@pytest.mark.parametrize("wrong", [datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01", None])
def test_a_moment_is_not_a_day(wrong: object) -> None:
    with pytest.raises(InvalidValueError, match="a date"):
        Period(wrong, date(2027, 1, 1))  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="a date"):
        _ = wrong in Period.year(2026)


def test_months_quarters_and_years_are_those_of_the_calendar() -> None:
    assert Period.month(2026, 12) == Period(date(2026, 12, 1), date(2027, 1, 1))
    assert [Period.quarter(2026, quarter).start.month for quarter in (1, 2, 3, 4)] == [1, 4, 7, 10]
    assert Period.quarter(2026, 4).end == Period.year(2026).end == date(2027, 1, 1)


@pytest.mark.parametrize(("make", "number"), [(Period.month, 0), (Period.month, 13), (Period.quarter, 0), (Period.quarter, 5)])
def test_there_is_no_other_month_or_quarter(make: object, number: int) -> None:
    with pytest.raises(InvalidValueError):
        make(2026, number)  # type: ignore[operator]


@pytest.mark.parametrize("year", [0, 9999, -1])
def test_years_beyond_the_calendar_are_refused(year: int) -> None:
    with pytest.raises(InvalidValueError, match="year="):
        Period.year(year)


@pytest.mark.parametrize("as_of", [date(2026, 4, 1), date(2026, 4, 15), date(2026, 4, 30)])
def test_the_last_months_are_full_and_before_the_current_one(as_of: date) -> None:
    assert Period.last_months(3, as_of=as_of) == Period.quarter(2026, 1)


def test_last_months_need_at_least_one() -> None:
    with pytest.raises(InvalidValueError, match="at least 1"):
        Period.last_months(0, as_of=date(2026, 4, 1))


def test_touched_months_and_years_are_whole() -> None:
    period = Period(date(2025, 12, 31), date(2026, 2, 2))

    assert period.months() == (Period.month(2025, 12), Period.month(2026, 1), Period.month(2026, 2))
    assert period.years() == (Period.year(2025), Period.year(2026))


def test_before_whole_months_come_as_many_months_before_other_days_as_many_days() -> None:
    assert Period.month(2026, 3).previous() == Period.month(2026, 2)
    assert Period.quarter(2026, 1).previous() == Period.quarter(2025, 4)
    assert Period(date(2026, 3, 2), date(2026, 3, 5)).previous() == Period(date(2026, 2, 27), date(2026, 3, 2))


@pytest.mark.parametrize(
    ("period", "before"),
    [
        (Period.month(2024, 2), Period.month(2023, 2)),
        (Period.month(2025, 2), Period.month(2024, 2)),
        (Period(date(2024, 2, 29), date(2024, 3, 1)), Period(date(2023, 2, 28), date(2023, 3, 1))),
        (Period(date(2024, 1, 1), date(2024, 2, 29)), Period(date(2023, 1, 1), date(2023, 3, 1))),
        (Period(date(2026, 3, 5), date(2026, 3, 8)), Period(date(2025, 3, 5), date(2025, 3, 8))),
    ],
)
def test_the_year_before_has_the_same_days_and_29_february_becomes_28(period: Period, before: Period) -> None:
    assert period.year_before() == before


@given(some_days, st.integers(1, 800))
def test_the_period_before_ends_where_it_starts(start: date, length: int) -> None:
    period = Period(start, start + timedelta(days=length))

    assert period.previous().end == start
    assert period.year_before().start < period.start


@pytest.mark.parametrize(
    ("as_of", "end"),
    [
        (date(2026, 1, 1), date(2026, 1, 2)),
        (date(2026, 12, 30), date(2026, 12, 31)),
        (date(2026, 12, 31), date(2027, 1, 1)),
        (date(2027, 6, 1), date(2027, 1, 1)),
    ],
)
def test_like_for_like_cuts_after_the_day(as_of: date, end: date) -> None:
    assert Period.year(2026).up_to(as_of) == Period(date(2026, 1, 1), end)


def test_a_period_that_begins_later_has_nothing_up_to_the_day() -> None:
    with pytest.raises(InvalidValueError, match="a day from the start"):
        Period.year(2026).up_to(date(2025, 12, 31))


def test_month_ends_clamp_and_the_anchor_day_stays() -> None:
    january = date(2026, 1, 31)

    assert [months(1).after(january, times=times) for times in range(4)] == [
        january,
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
    ]
    assert months(2).after(january) == date(2026, 3, 31)
    assert months(1).after(date(2026, 2, 28)) == date(2026, 3, 28)
    assert months(12).after(date(2024, 2, 29)) == date(2025, 2, 28)


@given(some_days, st.integers(1, 240), st.integers(0, 400))
def test_an_interval_adds_its_months_first_and_then_its_days(day: date, month_count: int, day_count: int) -> None:
    assert Interval(months=month_count, days=day_count).after(day) == months_after(day, month_count) + timedelta(days=day_count)


def test_a_week_has_seven_days() -> None:
    assert weeks(2) == days(14)


@pytest.mark.parametrize("make", [days, weeks, months])
@pytest.mark.parametrize("count", [0, -1, 1.0, True, "3"])
def test_an_interval_leads_into_the_future(make: object, count: object) -> None:
    with pytest.raises(InvalidValueError):
        make(count)  # type: ignore[operator]


def test_an_interval_of_nothing_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="at least one day"):
        Interval()
    with pytest.raises(InvalidValueError):
        Interval(months=-1, days=60)


@pytest.mark.parametrize("interval", [days(3_000_000), months(120_000), days(2**60), months(2**60)])
def test_a_span_beyond_the_calendar_is_refused(interval: Interval) -> None:
    with pytest.raises(InvalidValueError, match="a span that stays"):
        interval.after(date(2026, 1, 1))


def test_a_fiscal_year_begins_in_its_first_month() -> None:
    assert Period.fiscal_year(2025, first_month=7) == Period(date(2025, 7, 1), date(2026, 7, 1))
    assert Period.fiscal_year(2025, first_month=1) == Period.year(2025)


@pytest.mark.parametrize(
    ("year", "week", "monday"), [(2026, 1, date(2025, 12, 29)), (2026, 53, date(2026, 12, 28)), (2027, 1, date(2027, 1, 4))]
)
def test_an_iso_week_begins_on_monday(year: int, week: int, monday: date) -> None:
    assert Period.iso_week(year, week) == Period(monday, monday + timedelta(days=7))


@pytest.mark.parametrize(("year", "week"), [(2025, 53), (2026, 54), (2026, 0)])
def test_a_week_that_the_year_lacks_is_refused(year: int, week: int) -> None:
    with pytest.raises(InvalidValueError, match="a week of the year"):
        Period.iso_week(year, week)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 400))
def test_the_weeks_of_a_period_are_iso_weeks_that_touch_it(start: date, length: int) -> None:
    period = Period(start, start + timedelta(days=length))

    weeks = period.weeks()

    assert all(week == Period.iso_week(*week.start.isocalendar()[:2]) for week in weeks)
    assert weeks[0].start <= period.start < weeks[0].end
    assert weeks[-1].start < period.end <= weeks[-1].end


def test_a_year_of_fifty_three_weeks_ends_with_six() -> None:
    year = Period(date(2025, 12, 29), date(2027, 1, 4))

    assert [part.days // 7 for part in year.split((4, 4, 5) * 4)] == [*(4, 4, 5) * 3, 4, 4, 6]


@pytest.mark.parametrize("weeks", [(), (5,), (4, 0)])
def test_parts_fit_into_the_period(weeks: tuple[int, ...]) -> None:
    with pytest.raises(InvalidValueError):
        Period.month(2026, 2).split(weeks)
