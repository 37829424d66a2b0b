"""Free slots: working hours without what is busy, holidays and buffers, for several people at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import portion
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Period
from crmkit.entities import Appointment
from crmkit.errors import InvalidValueError
from crmkit.scheduling import Busy, Slot, WorkingHours, free_slots

BERLIN = ZoneInfo("Europe/Berlin")
NINE_TO_TWELVE = WorkingHours("Europe/Berlin", {weekday: [(time(9), time(12))] for weekday in range(7)})
MONDAY = Period(date(2026, 3, 2), date(2026, 3, 3))


def at(text: str, day: str = "2026-03-02") -> datetime:
    return datetime.fromisoformat(f"{day}T{text}").replace(tzinfo=BERLIN)


def busy(start: str, end: str) -> Busy:
    return Busy(at(start), at(end))


def found(taken: dict[str, list[Any]], **fields: Any) -> list[str]:
    """Free slots as local times."""
    given_: dict[str, Any] = {"within": MONDAY, "minutes": 30, "hours": dict.fromkeys(taken, NINE_TO_TWELVE), "zone": "Europe/Berlin"}
    return [shown(slot) for slot in free_slots(taken, **given_ | fields)]


def shown(slot: Slot) -> str:
    return f"{slot.start_at.astimezone(BERLIN):%H:%M}-{slot.end_at.astimezone(BERLIN):%H:%M}"


def test_whoever_has_nothing_planned_is_free_all_day() -> None:
    assert found({"anna": []}) == ["09:00-12:00"]
    assert found({}, hours={"anna": NINE_TO_TWELVE}) == ["09:00-12:00"]


def test_what_is_busy_is_not_free_and_slots_touch_it() -> None:
    assert found({"anna": [busy("10:00", "10:30")]}) == ["09:00-10:00", "10:30-12:00"]


@pytest.mark.parametrize(("minutes", "slots"), [(59, ["09:00-10:00"]), (60, ["09:00-10:00"]), (61, [])])
def test_a_slot_is_at_least_as_long_as_asked_for(minutes: int, slots: list[str]) -> None:
    assert found({"anna": [busy("10:00", "12:00")]}, minutes=minutes) == slots


def test_all_attendees_are_free_together() -> None:
    assert found({"anna": [busy("09:00", "10:00")], "ben": [busy("11:00", "13:00")]}) == ["10:00-11:00"]


def test_each_attendee_has_hours_in_a_zone_of_their_own() -> None:
    new_york = WorkingHours("America/New_York", {0: [(time(5), time(8))]})

    assert found({"anna": [], "bob": []}, hours={"anna": NINE_TO_TWELVE, "bob": new_york}) == ["11:00-12:00"]


@pytest.mark.parametrize(("buffer", "slots"), [(0, ["09:00-10:00", "11:00-12:00"]), (15, ["09:00-09:45", "11:15-12:00"]), (31, [])])
def test_a_buffer_is_kept_free_on_both_sides(buffer: int, slots: list[str]) -> None:
    assert found({"anna": [busy("10:00", "11:00")]}, buffer_minutes=buffer) == slots


def test_a_holiday_is_not_free_for_anybody() -> None:
    assert found({"anna": []}, holidays=[MONDAY.start]) == []
    assert found({"anna": []}, hours={"anna": WorkingHours("Europe/Berlin", holidays={MONDAY.start})}) == []


@pytest.mark.parametrize("taken", [["09:00-09:30", "09:00-11:00"], ["09:00-11:00", "10:00-10:30"], ["09:00-10:00", "10:00-11:00"]])
def test_what_is_busy_may_overlap_or_touch(taken: list[str]) -> None:
    for order in (taken, taken[::-1]):
        assert found({"anna": [busy(*one.split("-")) for one in order]}) == ["11:00-12:00"]


def test_a_cancelled_appointment_leaves_its_attendees_free() -> None:
    planned = Appointment(id="T-1", start_at=at("09:00"), minutes=60, attendees="anna", subject="visit")

    assert found({"anna": [planned]}) == ["10:00-12:00"]
    assert found({"anna": [planned.cancelled("ill")]}) == ["09:00-12:00"]


def test_only_the_days_asked_for_are_searched() -> None:
    assert found({"anna": []}, within=Period(date(2026, 3, 2), date(2026, 3, 5))) == ["09:00-12:00"] * 3


@pytest.mark.parametrize(("day", "minutes"), [("2026-03-29", 23 * 60), ("2026-10-25", 25 * 60)])
def test_the_daylight_saving_days_are_as_long_as_they_are(day: str, minutes: int) -> None:
    always = WorkingHours("Europe/Berlin", {weekday: [(time(0), time(0))] for weekday in range(7)})
    within = Period(date.fromisoformat(day), date.fromisoformat(day) + timedelta(days=1))

    slots = list(free_slots({"anna": []}, within=within, minutes=1, hours={"anna": always}, zone="Europe/Berlin"))

    assert [slot.minutes for slot in slots] == [minutes]


def test_the_hour_that_comes_twice_can_be_booked_twice() -> None:
    night = WorkingHours("Europe/Berlin", {6: [(time(2), time(3))]})
    first = Busy(datetime(2026, 10, 25, 0, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC))

    slots = list(
        free_slots(
            {"anna": [first]},
            within=Period(date(2026, 10, 25), date(2026, 10, 26)),
            minutes=60,
            hours={"anna": night},
            zone="Europe/Berlin",
        )
    )

    assert [slot.start_at for slot in slots] == [datetime(2026, 10, 25, 1, tzinfo=UTC)]


def test_a_part_of_a_second_is_busy_too() -> None:
    short = Busy(at("10:00"), at("10:00") + timedelta(microseconds=1))

    assert [
        slot.start_at
        for slot in free_slots({"anna": [short]}, within=MONDAY, minutes=1, hours={"anna": NINE_TO_TWELVE}, zone="Europe/Berlin")
    ] == [
        at("09:00"),
        at("10:00") + timedelta(seconds=1),
    ]


def test_a_slot_is_cut_into_parts_of_equal_length() -> None:
    (slot,) = free_slots({"anna": []}, within=MONDAY, minutes=60, hours={"anna": NINE_TO_TWELVE}, zone="Europe/Berlin")

    assert [shown(part) for part in slot.parts(80)] == ["09:00-10:20", "10:20-11:40"]


@pytest.mark.parametrize(
    "fields",
    [{"hours": {}}, {"minutes": 0}, {"buffer_minutes": -1}, {"zone": "Nowhere"}, {"hours": {"anna": None}}, {"within": 2026}],
)
def test_what_cannot_be_searched_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        found({"anna": []}, **fields)


def test_nobody_has_no_free_time() -> None:
    with pytest.raises(InvalidValueError, match="attendee"):
        found({})


def test_a_busy_time_takes_time() -> None:
    with pytest.raises(InvalidValueError, match="end_at"):
        busy("10:00", "10:00")
    with pytest.raises(InvalidValueError, match="naive"):
        Busy(datetime(2026, 3, 2), at("10:00"))  # noqa: DTZ001  # a naive one is the point


SUMMER = datetime(2026, 3, 27, tzinfo=UTC)
TIMES = st.builds(
    lambda start, length: Busy(SUMMER + timedelta(minutes=start), SUMMER + timedelta(minutes=start + length)),
    st.integers(-600, 5_000),
    st.integers(1, 600),
)
PARTS = st.lists(st.integers(0, 24), min_size=2, max_size=6, unique=True).map(sorted)


def hours_of(cuts: list[int]) -> list[tuple[time, time]]:
    return [(time(start), time(end % 24)) for start, end in zip(cuts[::2], cuts[1::2], strict=False) if start < 24]


@given(
    taken=st.dictionaries(st.sampled_from(["anna", "ben", "cleo"]), st.lists(TIMES, max_size=8), min_size=1),
    cuts=st.lists(PARTS, min_size=3, max_size=3),
    buffer=st.integers(0, 45),
    minutes=st.integers(1, 120),
)
def test_free_is_what_interval_arithmetic_leaves(taken: dict[str, list[Busy]], cuts: list[list[int]], buffer: int, minutes: int) -> None:
    """`portion` as oracle, over the weekend on which daylight saving begins."""
    within = Period(date(2026, 3, 28), date(2026, 3, 31))
    hours = {
        who: WorkingHours("Europe/Berlin", {weekday: hours_of(own) for weekday in range(7)}) for who, own in zip(taken, cuts, strict=False)
    }

    slots = free_slots(taken, within=within, minutes=minutes, hours=hours, zone="Europe/Berlin", buffer_minutes=buffer)

    free = portion.closedopen(at("00:00", "2026-03-28").astimezone(UTC), at("00:00", "2026-03-31").astimezone(UTC))
    margin = timedelta(minutes=buffer)
    for who, own in taken.items():
        free &= worked(hours[who], within)
        for one in own:
            free -= portion.closedopen(one.start_at - margin, one.end_at + margin)
    long_enough = [part for part in free if not part.empty and part.upper - part.lower >= timedelta(minutes=minutes)]
    assert [(slot.start_at, slot.end_at) for slot in slots] == [(part.lower, part.upper) for part in long_enough]


def worked(hours: WorkingHours, within: Period) -> Any:
    """The hours of some days, an hour at a time by the clock on the wall."""
    union = portion.empty()
    moment = datetime.combine(within.start, time(0), UTC) - timedelta(days=1)
    while moment.date() <= within.end:
        local = moment.astimezone(BERLIN)
        if any(start <= local.time() and (local.time() < end or end == time(0)) for start, end in hours.weekdays[local.weekday()]):
            union |= portion.closedopen(moment, moment + timedelta(hours=1))
        moment += timedelta(hours=1)
    return union
