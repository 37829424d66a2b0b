"""Free and busy times in iCalendar: out, in, and what free slots make of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from crmkit import Period
from crmkit.errors import InvalidValueError
from crmkit.exchange import read_free_busy, write_free_busy
from crmkit.scheduling import Busy, WorkingHours, free_slots

MARCH = Period.month(2026, 3)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
BEGIN = datetime(2026, 2, 28, 23, tzinfo=UTC)
MINUTES = st.integers(1, 60 * 24 * 30)


def busy(start: int, minutes: int) -> Busy:
    at = BEGIN + timedelta(minutes=start)
    return Busy(at, at + timedelta(minutes=minutes))


def a_file(*lines: str) -> str:
    return "\n".join(["BEGIN:VCALENDAR", "BEGIN:VFREEBUSY", "UID:7", *lines, "END:VFREEBUSY", "END:VCALENDAR"])


@given(st.dictionaries(st.sampled_from(["anna", "ben; x", "Zoë"]), st.lists(st.builds(busy, MINUTES, st.integers(1, 600)), max_size=4)))
def test_what_was_written_comes_back_equal(taken: dict[str, list[Busy]]) -> None:
    text = write_free_busy(taken, within=MARCH, zone="Europe/Berlin", at=NOW)

    assert read_free_busy(text, zone="Europe/Berlin") == {
        who: tuple(sorted(set(times), key=lambda one: (one.start_at, one.end_at))) for who, times in taken.items()
    }


def test_a_second_reader_finds_the_same_times() -> None:
    text = write_free_busy({"anna": [busy(600, 60)]}, within=MARCH, zone="Europe/Berlin", at=NOW, emails={"anna": "anna@acme.example"})

    part: Any = Calendar.from_ical(text).walk("VFREEBUSY")[0]

    assert part["FREEBUSY"].dt == (busy(600, 60).start_at, busy(600, 60).end_at)
    assert (str(part["ORGANIZER"]), part["DTSTART"].dt) == ("mailto:anna@acme.example", BEGIN)


def test_times_are_cut_to_the_days_that_are_told_of() -> None:
    text = write_free_busy({"anna": [busy(-60, 60), busy(-60, 61)]}, within=MARCH, zone="Europe/Berlin", at=NOW)

    assert read_free_busy(text, zone="Europe/Berlin") == {"anna": (busy(0, 1),)}


@pytest.mark.parametrize(("kind", "taken"), [("FREE", 0), ("BUSY", 1), ("BUSY-UNAVAILABLE", 1), ("BUSY-TENTATIVE", 1)])
def test_what_is_marked_as_free_is_free(kind: str, taken: int) -> None:
    found = read_free_busy(a_file(f"FREEBUSY;FBTYPE={kind}:20260302T080000Z/PT1H"), zone="UTC")

    assert [len(times) for times in found.values()] == [taken]


@pytest.mark.parametrize(
    ("line", "who"), [("ORGANIZER:mailto:Ben@a.example", "ben"), ("ATTENDEE:MAILTO:eva@a.example", "eva@a.example"), ("COMMENT:x", "7")]
)
def test_a_person_goes_by_id_else_by_address_else_by_uid(line: str, who: str) -> None:
    assert [*read_free_busy(a_file(line), zone="UTC", employees={"ben@A.example": "ben"})] == [who]


def test_a_time_without_a_zone_is_meant_in_the_zone_that_is_given() -> None:
    found = read_free_busy(a_file("FREEBUSY:20260302T080000/20260302T090000"), zone="Europe/Berlin")

    assert found["7"][0].start_at == datetime(2026, 3, 2, 7, tzinfo=UTC)


def test_what_was_read_is_what_free_slots_take() -> None:
    theirs = read_free_busy(a_file("FREEBUSY:20260302T080000Z/PT8H"), zone="Europe/Berlin")

    slots = free_slots(
        theirs, within=Period(date(2026, 3, 2), date(2026, 3, 3)), minutes=30, hours={"7": WorkingHours("UTC")}, zone="Europe/Berlin"
    )

    assert [(slot.start_at.hour, slot.end_at.hour) for slot in slots] == [(16, 17)]


@pytest.mark.parametrize("data", ["", "no calendar", b"\xff", 7])
def test_what_is_no_calendar_is_refused(data: str) -> None:
    with pytest.raises(InvalidValueError):
        read_free_busy(data, zone="UTC")
