"""The diaries of employees: who is taken when, so that nobody is in two places at once."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from crmkit._checks import check_kind
from crmkit.conditions import Condition
from crmkit.desks.aliases import home_of
from crmkit.desks.reach import within_reach
from crmkit.desks.workplace import find_each
from crmkit.entities import Appointment
from crmkit.errors import SlotTakenError, StaleWriteError
from crmkit.periods import Period
from crmkit.records import Attendance, Diary
from crmkit.scheduling import Busy, Slot
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from crmkit.desks.work import Work
    from crmkit.desks.workplace import Workplace
    from crmkit.store import Transaction

TAKES_TIME = Condition("state", "one_of", ("planned", "held"))


def found_in_diaries(
    workplace: Workplace,
    *,
    verb: str,
    within: Period | None,
    employee_id: str | None,
    party_id: str | None,
    states: frozenset[str],
) -> tuple[Appointment, ...]:
    """Find appointments by employee, party, local days and state, the earliest first, as far as the rights to a verb reach."""
    moment = workplace.moment()
    begin = None if within is None else moment.start_of(check_kind("within", within, Period).start)
    before_end = [] if within is None else [Condition("start_at", "less_than", moment.start_of(within.end))]
    with workplace.reading() as transaction:
        if party_id is not None:
            party_id = home_of(transaction, party_id)
        if employee_id is None:
            mine = [] if party_id is None else [Condition("party_id", "equal", party_id)]
            found = transaction.find(Query(Appointment, [*mine, *before_end]))
        else:
            found = _attended(transaction, employee_id, begin, before_end)
        fitting = [
            one
            for one in found
            if one.state in states and (begin is None or one.end_at > begin) and (party_id is None or one.party_id == party_id)
        ]
        fitting.sort(key=lambda one: (one.start_at, one.id))
        return within_reach(workplace, transaction, verb, fitting)


def _attended(transaction: Transaction, employee_id: str, begin: datetime | None, before_end: Sequence[Condition]) -> Sequence[Appointment]:
    after_begin = [] if begin is None else [Condition("end_at", "more_than", begin)]
    found = transaction.find(Query(Attendance, [Condition("employee_id", "equal", employee_id), *after_begin, *before_end]))
    return find_each(transaction, Appointment, "id", (one.appointment_id for one in found))


def busy_of(transaction: Transaction, employees: Iterable[str], begin: datetime, end: datetime) -> dict[str, list[Busy]]:
    """When each of some employees is taken between two moments."""
    busy: dict[str, list[Busy]] = {employee_id: [] for employee_id in employees}
    during = Condition("end_at", "more_than", begin), Condition("start_at", "less_than", end)
    for one in find_each(transaction, Attendance, "employee_id", busy, *during, TAKES_TIME):
        busy[one.employee_id].append(Busy(one.start_at, one.end_at))
    return busy


def to_come(slots: Iterable[Slot], now: datetime, minutes: int) -> Iterator[Slot]:
    """What is left of free slots from now on, where it is long enough."""
    shortest = timedelta(minutes=minutes)
    begin = now if now.second == now.microsecond == 0 else now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    for slot in slots:
        start_at = max(slot.start_at, begin.astimezone(UTC))
        if slot.end_at - start_at >= shortest:
            yield Slot(start_at, slot.end_at)


def take(work: Work, appointments: Sequence[Appointment]) -> None:
    """
    Hold the diaries of the attendees, always in one order, then see that nobody is busy.

    Raises:
        SlotTakenError: When one is, by another appointment or by another one of these.
    """
    employees = sorted({employee_id for one in appointments for employee_id in one.attendees})
    for employee_id in employees:
        _hold_diary(work, employee_id)
    during = (
        Condition("end_at", "more_than", min(one.start_at for one in appointments)),
        Condition("start_at", "less_than", max(one.end_at for one in appointments)),
    )
    own = {one.id for one in appointments}
    taken = [
        (one.employee_id, one.start_at, one.end_at, False)
        for one in work.find_each(Attendance, "employee_id", employees, *during, TAKES_TIME)
        if one.appointment_id not in own
    ]
    taken += [(employee_id, one.start_at, one.end_at, True) for one in appointments for employee_id in one.attendees]
    taken.sort()
    latest: tuple[str, datetime, datetime, bool] | None = None  # of those of one employee that began already, the one that ends last
    for employee_id, start_at, end_at, is_own in taken:
        if latest is not None and latest[0] == employee_id and start_at < latest[2]:
            if is_own or latest[3]:
                raise SlotTakenError(employee_id, start_at if is_own else latest[1])
            if end_at <= latest[2]:
                continue
        latest = (employee_id, start_at, end_at, is_own)


def _hold_diary(work: Work, employee_id: str) -> None:
    if work.transaction.get(Diary, employee_id, lock=True) is None:
        try:
            work.transaction.save([Diary(id=employee_id)])
        except StaleWriteError:  # another one made it meanwhile
            work.transaction.get(Diary, employee_id, lock=True)
