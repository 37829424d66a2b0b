"""So many a day: peaks of a work queue spread over the coming working days."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_date, check_each, check_int, refused
from crmkit.entities._fields import FrozenMapping
from crmkit.scheduling.queue_rows import QueueRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MOVABLE = ("quote", "suggestion")


def _days(values: Mapping[date, Sequence[QueueRow]]) -> Mapping[date, tuple[QueueRow, ...]]:
    return FrozenMapping({day: tuple(rows) for day, rows in values.items()})


@attrs.frozen(kw_only=True)
class Workload:
    """
    Work, spread over days.

    Attributes:
        days: The rows of each working day, in the order of the queue.
        later: What no day had room for, or what comes after the last of them.
    """

    days: Mapping[date, tuple[QueueRow, ...]] = attrs.field(factory=dict, converter=_days)
    later: tuple[QueueRow, ...] = ()


def spread_over_days(rows: Iterable[QueueRow], *, per_day: int, working_days: Iterable[date]) -> Workload:
    """
    Spread a work queue over working days: the most urgent and valuable first, and no more a day than can be done.

    What has a day of its own stays on it, however many there are, and takes its place first: everything but suggestions and quotes to
    chase, which fill what is left and move on where nothing is. Nothing comes before its day; what is overdue, or falls on a free day,
    comes on the next working day.

    Args:
        rows: A work queue; with a horizon also what is still to come. Days get their rows in its order.
        per_day: How many parties can be dealt with on a day.
        working_days: The days, today first: without weekends, holidays, days off; see `WorkingHours.working_days`.

    Raises:
        InvalidValueError: For less than one a day, and for days that do not follow each other.

    >>> from datetime import date
    >>> from crmkit import days
    >>> from crmkit.entities import ContactPlan, Party
    >>> from crmkit.scheduling import work_queue
    >>> ids = ["C-1", "C-2", "C-3"]
    >>> plans = [ContactPlan(party_id=id, frequency=days(30), last_contact_on=date(2026, 1, 1)) for id in ids]
    >>> parties = [Party(id=id, name=id, created_on=date(2026, 1, 1)) for id in ids]
    >>> queue = work_queue(plans, parties=parties, as_of=date(2026, 2, 6), values={"C-3": 100})
    >>> load = spread_over_days(queue, per_day=2, working_days=[date(2026, 2, 6), date(2026, 2, 9)])
    >>> [(day.isoformat(), [row.party_id for row in rows]) for day, rows in load.days.items()]
    [('2026-02-06', ['C-3', 'C-1']), ('2026-02-09', ['C-2'])]
    """
    check_int("per_day", per_day, at_least=1)
    days = check_each("working_days", working_days, check_date)
    if any(day >= following for day, following in pairwise(days)):
        raise refused("working_days", f"<{len(days)} days>", "days in their order, each once")
    given = list(rows)
    places: dict[int, int] = {}
    taken = [0] * len(days)
    fixed = [number for number, row in enumerate(given) if row.kind not in _MOVABLE]
    movable = [number for number, row in enumerate(given) if row.kind in _MOVABLE]
    for number in (*fixed, *movable):
        place = bisect_left(days, given[number].due_on)
        while given[number].kind in _MOVABLE and place < len(days) and taken[place] >= per_day:
            place += 1
        places[number] = place
        if place < len(days):
            taken[place] += 1
    by_day: list[list[QueueRow]] = [[] for _ in range(len(days) + 1)]
    for number, row in enumerate(given):
        by_day[places[number]].append(row)
    return Workload(days=dict(zip(days, by_day[:-1], strict=True)), later=tuple(by_day[-1]))
