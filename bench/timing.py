"""Taking turns: what is compared runs round by round, so that all see the same load of the machine."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def milliseconds(*jobs: Callable[[], object], rounds: int, clock: Callable[[], float] = time.perf_counter) -> list[float]:
    """Take the median of some rounds for each job; by the clock on the wall, or `time.process_time` where one job is one thread."""
    taken: list[list[float]] = [[] for _ in jobs]
    for _ in range(rounds):
        for place, job in enumerate(jobs):
            begin = clock()
            job()
            taken[place].append(clock() - begin)
    return [median(times) * 1000 for times in taken]
