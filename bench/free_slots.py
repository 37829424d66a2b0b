"""
Free slots of a year against 10,000 busy appointments of three attendees, beside a sort and sweep written by hand in NumPy.

Both start from the same appointments and working hours. That from arrays which are there already is shown for comparison.

    python bench/free_slots.py
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from timing import milliseconds

from crmkit import Period
from crmkit.scheduling import Busy, WorkingHours, free_slots

ALLOWED = 3.0
ROUNDS = 15
ZONE = "Europe/Berlin"
YEAR = Period.year(2026)
MINUTES = 30
OFFICE = WorkingHours(ZONE)


def appointments() -> dict[str, list[Busy]]:
    """10,000 appointments of 5 to 20 minutes over the year, for three people."""
    chance = random.Random(7)  # noqa: S311  # the same every time
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    busy: dict[str, list[Busy]] = {"anna": [], "ben": [], "cleo": []}
    for place in range(10_000):
        start = begin + timedelta(minutes=chance.randrange(365 * 24 * 60))
        busy[("anna", "ben", "cleo")[place % 3]].append(Busy(start, start + timedelta(minutes=chance.randint(5, 20))))
    return busy


def arrays(busy: dict[str, list[Busy]]) -> tuple[np.ndarray, np.ndarray]:
    """Starts and ends as seconds."""
    everyone = [one for own in busy.values() for one in own]
    starts = np.array([int(one.start_at.timestamp()) for one in everyone])
    return starts, np.array([int(one.end_at.timestamp()) for one in everyone])


def office_by_hand() -> tuple[np.ndarray, np.ndarray]:
    """The hours of the year as seconds: nine to five on weekdays, by the clock on the wall."""
    zone = ZoneInfo(ZONE)
    days = [date(2026, 1, 1) + timedelta(days=place) for place in range(365)]
    wanted = [day for day in days if day.weekday() < 5]  # noqa: PLR2004  # Saturday
    return tuple(
        np.array([int(datetime(day.year, day.month, day.day, hour, tzinfo=zone).timestamp()) for day in wanted]) for hour in (9, 17)
    )  # type: ignore[return-value]


def by_hand(starts: np.ndarray, ends: np.ndarray) -> list[tuple[int, int]]:
    """Sort and sweep: whatever lies outside the hours is busy too."""
    opens, closes = office_by_hand()
    all_starts = np.concatenate([starts, [0], closes])
    all_ends = np.concatenate([ends, opens, [2**40]])
    order = np.argsort(all_starts, kind="stable")
    all_starts, until = all_starts[order], np.maximum.accumulate(all_ends[order])
    free_from, free_to = until[:-1], all_starts[1:]
    long_enough = free_to - free_from >= MINUTES * 60
    return list(zip(free_from[long_enough].tolist(), free_to[long_enough].tolist(), strict=True))


def main() -> int:
    """See that both find the same, then measure."""
    busy = appointments()
    hours = dict.fromkeys(busy, OFFICE)

    def ours() -> list[tuple[int, int]]:
        found = free_slots(busy, within=YEAR, minutes=MINUTES, hours=hours, zone=ZONE)
        return [(int(slot.start_at.timestamp()), int(slot.end_at.timestamp())) for slot in found]

    ready = arrays(busy)
    assert ours() == by_hand(*ready)
    own, hand, from_arrays = milliseconds(
        lambda: list(free_slots(busy, within=YEAR, minutes=MINUTES, hours=hours, zone=ZONE)),
        lambda: by_hand(*arrays(busy)),
        lambda: by_hand(*ready),
        rounds=ROUNDS,
    )
    print(f"{len(ours())} slots: free_slots {own:.1f} ms, NumPy {hand:.1f} ms, NumPy from arrays {from_arrays:.1f} ms")
    print(f"ratio {own / hand:.2f}, allowed {ALLOWED}")
    return 0 if own <= ALLOWED * hand else 1


if __name__ == "__main__":
    raise SystemExit(main())
