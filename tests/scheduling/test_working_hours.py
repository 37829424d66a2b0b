"""Hours of work: by the clock on the wall, on both daylight-saving days too."""

from __future__ import annotations

import pickle
import sys
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Period
from crmkit.errors import InvalidValueError, MissingExtraError
from crmkit.scheduling import PublicHolidays, WorkingHours
from crmkit.scheduling import public_holidays as holidays_module

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BERLIN = ZoneInfo("Europe/Berlin")
# Daylight saving by a whole and by half an hour, at midnight, in Ramadan; a whole day that never was.
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia", "Africa/Casablanca")
ROUND_THE_CLOCK = {weekday: [(time(0), time(2, 30)), (time(3), time(9)), (time(22, 30), time(0))] for weekday in range(7)}
HALF_AN_HOUR = timedelta(minutes=30)


def berlin(text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold)


def test_working_days_leave_out_free_weekdays_and_both_kinds_of_holidays() -> None:
    hours = WorkingHours("Europe/Berlin", {0: [(time(9), time(12))], 2: [], 4: [(time(9), time(12))]}, holidays=[date(2026, 3, 6)])

    found = hours.working_days(Period(date(2026, 3, 2), date(2026, 3, 16)), holidays={date(2026, 3, 9)})

    assert found == (date(2026, 3, 2), date(2026, 3, 13))


def test_the_last_working_day_is_the_one_before_the_end() -> None:
    monday = date(2026, 3, 2)

    ends = [monday + timedelta(days=count) for count in (0, 1, 2)]

    assert [len(WorkingHours().working_days(Period(monday, end))) for end in ends[1:]] == [1, 2]


def every_day(start: time, end: time, **fields: Any) -> WorkingHours:
    return WorkingHours("Europe/Berlin", {weekday: [(start, end)] for weekday in range(7)}, **fields)


def test_by_default_it_is_nine_to_five_from_monday_to_friday() -> None:
    week = WorkingHours("Europe/Berlin")

    assert week.minutes_between(berlin("2026-03-02"), berlin("2026-03-09")) == 5 * 8 * 60


@pytest.mark.parametrize(("at", "is_open"), [("08:59", False), ("09:00", True), ("16:59", True), ("17:00", False)])
def test_hours_begin_with_their_first_minute_and_end_before_their_last(at: str, is_open: bool) -> None:
    assert WorkingHours("Europe/Berlin").is_open(berlin(f"2026-03-02T{at}")) is is_open


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 24), ("2026-03-29", 23), ("2026-03-30", 24)])
def test_the_day_that_loses_an_hour_has_23(day: str, hours: int) -> None:
    midnight = berlin(day)

    assert every_day(time(0), time(0)).minutes_between(midnight, midnight + timedelta(days=1)) == hours * 60


@pytest.mark.parametrize(("day", "hours"), [("2026-10-24", 24), ("2026-10-25", 25), ("2026-10-26", 24)])
def test_the_day_that_gains_an_hour_has_25(day: str, hours: int) -> None:
    midnight = berlin(day)

    assert every_day(time(0), time(0)).minutes_between(midnight, midnight + timedelta(days=1)) == hours * 60


def test_an_hour_that_comes_twice_is_worked_twice() -> None:
    night = every_day(time(2), time(3))

    assert night.minutes_between(berlin("2026-10-25"), berlin("2026-10-26")) == 120
    assert night.is_open(berlin("2026-10-25T02:30", fold=0))
    assert night.is_open(berlin("2026-10-25T02:30", fold=1))


def test_an_hour_that_is_skipped_is_not_worked() -> None:
    assert every_day(time(2), time(3)).minutes_between(berlin("2026-03-29"), berlin("2026-03-30")) == 0


def test_office_hours_are_the_same_hours_of_the_clock_before_and_after_the_change() -> None:
    office = every_day(time(9), time(10))

    starts = [office.after(berlin(day), minutes=0) for day in ("2026-03-28", "2026-03-29")]

    assert starts == [datetime(2026, 3, 28, 8, tzinfo=UTC), datetime(2026, 3, 29, 7, tzinfo=UTC)]


def test_what_is_left_of_a_minute_does_not_count() -> None:
    start = berlin("2026-03-02T09:00")

    assert [WorkingHours("Europe/Berlin").minutes_between(start, start + timedelta(seconds=passed)) for passed in (59, 60, 119, 120)] == [
        *(0, 1, 1, 2)
    ]


def test_a_holiday_has_no_hours() -> None:
    day = date(2026, 5, 14)
    ascension = WorkingHours("Europe/Berlin", holidays={day})

    assert [ascension.is_open(berlin(f"2026-05-{number}T10:00")) for number in (13, 14, 15)] == [True, False, True]


def test_minutes_of_work_pass_over_nights_weekends_and_holidays() -> None:
    hours = WorkingHours("Europe/Berlin", holidays=[date(2026, 3, 9)])

    assert hours.after(berlin("2026-03-06T16:30"), minutes=30) == berlin("2026-03-06T17:00")
    assert hours.after(berlin("2026-03-06T16:30"), minutes=31) == berlin("2026-03-10T09:01")
    assert hours.after(berlin("2026-03-07T12:00"), minutes=0) == berlin("2026-03-10T09:00")


def test_who_never_works_is_never_done() -> None:
    with pytest.raises(InvalidValueError, match="minutes=1"):
        WorkingHours("Europe/Berlin", {}).after(berlin("2026-03-06T16:30"), minutes=1)


@pytest.mark.parametrize(
    "fields",
    [
        {"zone": "Europe/Nowhere"},
        {"weekdays": {7: [(time(9), time(17))]}},
        {"weekdays": {0: [(time(17), time(9))]}},
        {"weekdays": {0: [(time(9), time(9))]}},
        {"weekdays": {0: [(time(9), time(12)), (time(11), time(13))]}},
        {"weekdays": {0: [(time(20), time(0)), (time(22), time(23))]}},
        {"weekdays": {0: [time(9)]}},
        {"weekdays": {0: [(time(9, tzinfo=UTC), time(17))]}},
        {"weekdays": {0: [(time(9, microsecond=1), time(17))]}},
        {"weekdays": [(time(9), time(17))]},
        {"holidays": 15},
    ],
)
def test_hours_that_are_none_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        WorkingHours(**fields)


def test_a_naive_time_or_an_end_before_the_start_is_refused() -> None:
    hours, now = WorkingHours(), datetime(2026, 3, 2, tzinfo=UTC)

    with pytest.raises(InvalidValueError, match="naive"):
        hours.is_open(datetime(2026, 3, 2))  # noqa: DTZ001  # a naive one is the point
    with pytest.raises(InvalidValueError, match="end_at"):
        hours.minutes_between(now, now - timedelta(seconds=1))


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # in UTC
    st.lists(st.integers(0, 60_000), min_size=2, max_size=2),
    st.sampled_from(ZONES),
)
def test_minutes_add_up_and_after_undoes_between(start: datetime, gaps: list[int], zone: str) -> None:
    hours = WorkingHours(zone, ROUND_THE_CLOCK)
    start = start.replace(second=0, microsecond=0)
    middle = start + timedelta(minutes=gaps[0])
    end = middle + timedelta(minutes=gaps[1])

    parts = hours.minutes_between(start, middle), hours.minutes_between(middle, end)

    assert sum(parts) == hours.minutes_between(start, end)
    done = hours.after(start, minutes=sum(parts))
    assert hours.minutes_between(start, done) == sum(parts)
    assert done <= end or hours.is_open(done)


def local_times(zone: str, first: date, end: date) -> Iterator[tuple[datetime, datetime]]:
    """The second implementation: look at the clock on the wall, every half hour."""
    clock, at = ZoneInfo(zone), datetime.combine(first, time(0), UTC) - timedelta(days=1)
    while at < datetime.combine(end, time(0), UTC) + timedelta(days=1):
        yield at, at.astimezone(clock)
        at += HALF_AN_HOUR


def differences(zone: str, first: date, end: date) -> list[date]:
    """Days on which the hours are not those that the clock shows."""
    hours = WorkingHours(zone, ROUND_THE_CLOCK)
    shown: dict[int, set[int]] = {}
    for at, local in local_times(zone, first, end):
        minute = local.hour * 60 + local.minute
        if minute < 150 or 180 <= minute < 540 or minute >= 1350:
            shown.setdefault(local.toordinal(), set()).add(int(at.timestamp()))
    return [
        date.fromordinal(day)
        for day in range(first.toordinal(), end.toordinal())
        if {second for start, over in hours.spans(day, day + 1) for second in range(start, over, 1800)} != shown.get(day, set())
    ]


@pytest.mark.parametrize("zone", ZONES)
def test_each_day_has_the_hours_that_the_clock_on_the_wall_shows(zone: str) -> None:
    assert differences(zone, date(2011, 12, 1), date(2013, 1, 1)) == []


@pytest.mark.long
@pytest.mark.parametrize("zone", ZONES)
def test_each_day_from_1970_to_2100_has_the_hours_that_the_clock_on_the_wall_shows(zone: str) -> None:
    assert differences(zone, date(1970, 1, 1), date(2101, 1, 1)) == []


def test_assumption_is_a_holiday_in_the_catholic_places_of_bavaria() -> None:
    day = date(2026, 8, 15)

    assert [
        day in PublicHolidays("DE", region, categories=categories) for region, categories in [("BY", ()), ("BY", "catholic"), ("BE", ())]
    ] == [*(False, True, False)]
    assert PublicHolidays("DE", "BY", categories="catholic").name_of(day) == "Mariä Himmelfahrt"


@pytest.mark.parametrize(("day", "is_holiday"), [(date(2026, 10, 2), False), (date(2026, 10, 3), True), (date(2026, 10, 4), False)])
def test_public_holidays_are_a_container_of_dates(day: date, is_holiday: bool) -> None:
    germany = PublicHolidays("DE")

    assert (day in germany, germany.name_of(day) is not None) == (is_holiday, is_holiday)
    assert WorkingHours("Europe/Berlin", holidays=germany) == pickle.loads(pickle.dumps(WorkingHours("Europe/Berlin", holidays=germany)))  # noqa: S301  # our own


@pytest.mark.parametrize("fields", [{"country": "XX"}, {"country": "DE", "region": "ZZ"}, {"country": "DE", "categories": "nonsense"}])
def test_a_place_without_known_holidays_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError, match="country"):
        PublicHolidays(**fields)


def test_what_the_extra_itself_lacks_is_not_hidden(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "holidays.py").write_text("import something_that_nobody_has", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "holidays")
    holidays_module._known.cache_clear()  # noqa: SLF001  # as at the first use

    with pytest.raises(ModuleNotFoundError, match="something_that_nobody_has"):
        PublicHolidays("DE")


def test_without_the_extra_public_holidays_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    holidays_module._known.cache_clear()  # noqa: SLF001  # as at the first use

    with pytest.raises(MissingExtraError, match="holidays"):
        PublicHolidays("DE")
