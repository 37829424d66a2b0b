"""What is due on a day: each party once, with all reasons, the most urgent first."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias
from zoneinfo import ZoneInfo

import attrs

from crmkit._checks import check_date, check_each, check_int, check_kind, check_text, check_zone, refused
from crmkit.entities import Party
from crmkit.errors import NotStoredError
from crmkit.money import Money, totals
from crmkit.periods import Interval
from crmkit.scheduling.queue_entries import KINDS, Asking, Concern, Entry, Plannable, QueueKind
from crmkit.scheduling.queue_pages import Position, cursor_at, position_at
from crmkit.scheduling.queue_policy import QueuePolicy
from crmkit.scheduling.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmkit.entities import OpenItem
    from crmkit.scheduling.contact_policy import ContactPolicy

Value: TypeAlias = Money | Decimal | int


@attrs.frozen(kw_only=True)
class QueueRow:
    """
    One party, or one thing without a party, to deal with.

    Attributes:
        party: Whom; None for what stands alone, such as a task about no party: `reasons[0].about` says what.
        kind: The most urgent thing: "appointment", "recall", "commitment", "case", "task", "follow_up", "contract", "quote",
            "suggestion" or "birthday", in this order.
        due_on: The day of that thing; it may lie ahead where something comes up before its day, or with a horizon.
        overdue_days: Days since then; 0 up to that day.
        reasons: Why, the most urgent first; then overdue invoices, dunning level and blocks of the party.
        employee_id: Who is to do the most urgent thing; None is a department's, or nobody's.
        value: What the party is worth, where that is known.
    """

    party: Party | None
    kind: QueueKind
    due_on: date
    overdue_days: int
    reasons: tuple[Reason, ...]
    employee_id: str | None = None
    value: Value | None = None

    @property
    def party_id(self) -> str | None:
        """The id of the party; None for what stands alone."""
        return None if self.party is None else self.party.id


@attrs.frozen
class LeftOut:
    """
    A party that is due and yet not listed for it.

    Attributes:
        party_id: Which.
        reason: Why it is left out.
    """

    party_id: str
    reason: Reason


@attrs.frozen(kw_only=True)
class WorkQueue:
    """
    What is due; it iterates over its rows.

    Attributes:
        rows: What to do, the most urgent first.
        unassigned: What is due and neither an employee's nor a department's.
        left_out: The parties that are not to be contacted, with the reason: switched off, or excluded. What was promised, fixed or
            handed in is listed for them all the same.
        cursor: Where the next page of rows begins; None after the last one.
    """

    rows: tuple[QueueRow, ...] = ()
    unassigned: tuple[QueueRow, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    cursor: str | None = None

    def __iter__(self) -> Iterator[QueueRow]:
        """Iterate over the rows."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.rows)


@attrs.frozen(kw_only=True)
class Viewer:
    """
    For whom a queue is made.

    Attributes:
        employees: Whose work it is; None is everybody's and nobody's.
        stands_in_for: The employees for whom they do it too, while those are away.
        departments: The departments whose tasks are theirs.
    """

    employees: frozenset[str] | None = None
    stands_in_for: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()

    def sees(self, entry: Entry) -> Entry | None:
        """Give an entry as the viewer sees it; None where it is somebody else's."""
        if self.employees is None or entry.employees & self.employees or entry.department_id in self.departments:
            return entry
        away = sorted(entry.employees & self.stands_in_for)
        if not away:
            return None
        return attrs.evolve(entry, reason=attrs.evolve(entry.reason, facts={**entry.reason.facts, "stands_in_for": away[0]}))


def work_queue(
    items: Iterable[Plannable],
    *,
    as_of: date,
    parties: Iterable[Party] = (),
    horizon: Interval | None = None,
    employee_id: str | None = None,
    stands_in_for: Iterable[str] = (),
    team: Iterable[str] | None = None,
    departments: Iterable[str] = (),
    values: Mapping[str, Value] | None = None,
    policy: ContactPolicy | None = None,
    queue: QueuePolicy | None = None,
    zone: str = "UTC",
    limit: int | None = None,
    cursor: str | None = None,
) -> WorkQueue:
    """
    List what is due on a day, from any mix of records that have a day: each party once, and alone what belongs to none.

    The most urgent kind comes first (see `QueueRow.kind`), then the longest overdue, then the most valuable; what has no value
    comes last. What only comes up within the horizon follows after all that is due, day by day.

    Args:
        items: Contact plans, recalls, tasks, follow-ups, interactions (for what was promised), appointments, contracts, quotes and
            cases, in any order. Open items are shown with parties that are listed for another reason.
        as_of: The day.
        parties: The parties that they belong to; birthdays of their contact persons are listed too.
        horizon: How far to look ahead.
        employee_id: Only what this employee is to do; None lists everybody's and nobody's.
        stands_in_for: The employees for whom this one stands in on the day.
        team: Only what these employees are to do; in place of *employee_id*.
        departments: The departments whose tasks belong to the employee, or the team.
        values: What each party is worth, by its id, all in one currency.
        policy: Gaps of those without a frequency of their own; the class is the party's effective class.
        queue: How early contracts and quotes come up, and whether birthdays do.
        zone: IANA time zone in which days begin.
        limit: The most rows.
        cursor: Of the page before.

    Raises:
        NotStoredError: For an item whose party is not among *parties*.
        InvalidValueError: For anything else among the items, for an employee beside a team, and for a cursor that is none.

    >>> from crmkit import days
    >>> from crmkit.entities import ContactPlan, Task
    >>> anna = Party(id="C-1", name="Müller", created_on=date(2026, 1, 1), owner_id="anna")
    >>> plan = ContactPlan(party_id="C-1", frequency=days(30), last_contact_on=date(2026, 1, 1))
    >>> task = Task(id="T-1", text="order paper", due_on=date(2026, 1, 31), employee_id="ben")
    >>> found = work_queue([plan, task], parties=[anna], as_of=date(2026, 2, 1))
    >>> [(row.party_id, row.overdue_days, str(row.reasons[0])) for row in found]
    [(None, 1, 'task was due on 2026-01-31: order paper'), ('C-1', 0, 'last contact on 2026-01-01, more than 30 days ago')]
    """
    if employee_id is not None and team is not None:
        raise refused("team", team, "either employee_id or team")
    asking = Asking(
        as_of=check_date("as_of", as_of),
        last=as_of if horizon is None else check_kind("horizon", horizon, Interval).after(as_of),
        zone=ZoneInfo(check_zone("zone", zone)),
        contacts=policy,
        queue=queue or QueuePolicy(),
    )
    employees = team if employee_id is None else (employee_id,)
    viewer = Viewer(
        employees=None if employees is None else _ids("team", employees),
        stands_in_for=_ids("stands_in_for", stands_in_for),
        departments=_ids("departments", departments),
    )
    most = None if limit is None else check_int("limit", limit, at_least=1)
    after = None if cursor is None else position_at(cursor)
    return _queue(_concerns(items, parties), asking, viewer, values or {}, most=most, after=after)


def _ids(name: str, values: Iterable[str]) -> frozenset[str]:
    return frozenset(check_each(name, values, check_text))


def _concerns(items: Iterable[Plannable], parties: Iterable[Party]) -> Sequence[Concern]:
    """Bring everything about a party together; what belongs to none stands alone."""
    by_party = {party.id: Concern(party) for party in parties}
    alone = []
    for item in items:
        party_id = getattr(item, "party_id", None)
        if party_id is None:
            alone.append(Concern())
            alone[-1].take(item)
        elif party_id not in by_party:
            raise NotStoredError("party", party_id)
        else:
            by_party[party_id].take(item)
    return [*by_party.values(), *alone]


def _queue(
    concerns: Iterable[Concern],
    asking: Asking,
    viewer: Viewer,
    values: Mapping[str, Value],
    *,
    most: int | None,
    after: Position | None,
) -> WorkQueue:
    rows: list[tuple[Position, QueueRow]] = []
    nobodys: list[tuple[Position, QueueRow]] = []
    left_out: list[LeftOut] = []
    for concern in concerns:
        entries = concern.entries(asking)
        because = None if concern.party is None else why_left_out(concern.party)
        seen = [entry for each in entries if (entry := viewer.sees(each)) is not None]
        if because is not None and concern.party is not None:
            if any(entry.is_our_initiative for entry in seen):
                left_out.append(LeftOut(concern.party.id, because))
            seen = [entry for entry in seen if not entry.is_our_initiative]
            entries = [entry for entry in entries if not entry.is_our_initiative]
        rows += _row(concern, seen, asking, viewer, values)
        nobodys += _row(concern, [one for one in entries if not one.employees and one.department_id is None], asking, viewer, values)
    rows = sorted((row for row in rows if after is None or row[0] > after), key=lambda row: row[0])
    nobodys.sort(key=lambda row: row[0])
    page = rows[:most]
    return WorkQueue(
        rows=tuple(row for _, row in page),
        unassigned=tuple(row for _, row in nobodys[:most]),
        left_out=tuple(left_out),
        cursor=cursor_at(page[-1][0]) if len(rows) > len(page) else None,
    )


def _row(
    concern: Concern, entries: Sequence[Entry], asking: Asking, viewer: Viewer, values: Mapping[str, Value]
) -> Iterator[tuple[Position, QueueRow]]:
    """One row where there is anything to do, with its place."""
    if not entries:
        return
    party = concern.party
    in_order = sorted(entries, key=lambda entry: (_urgency(entry, asking), str(entry.reason)))
    first = in_order[0]
    value = None if party is None else values.get(party.id)
    worth = value.amount if isinstance(value, Money) else Decimal(value or 0)
    about = first.reason.about
    key = party.id if party is not None else about.key if about is not None else ""
    mine = first.employees & viewer.employees if viewer.employees else first.employees
    yield (
        (*_urgency(first, asking), value is None, -worth, key),
        QueueRow(
            party=party,
            kind=first.kind,
            due_on=first.due_on,
            overdue_days=max(0, (asking.as_of - first.due_on).days),
            reasons=(*(entry.reason for entry in in_order), *payment_reasons(party, concern.open_items)),
            employee_id=min(mine or first.employees, default=None),
            value=value,
        ),
    )


def _urgency(entry: Entry, asking: Asking) -> tuple[date, int, date, time]:
    """What is due comes before what is still to come; the kinds in their order, the longest overdue first."""
    coming = date.min if entry.listed_on <= asking.as_of else entry.listed_on
    return (coming, KINDS.index(entry.kind), entry.due_on, entry.at)


def why_left_out(party: Party) -> Reason | None:
    """Tell why a party is not to be contacted; None where it may."""
    if not party.active:
        return Reason("inactive")
    return None if party.excluded is None else Reason("excluded", {"because": party.excluded})


def with_open_items(queue: WorkQueue, open_items: Iterable[OpenItem]) -> WorkQueue:
    """Show overdue invoices in a queue that was made without them: they change no order, so only the parties of a page need them."""
    by_party: dict[str, list[OpenItem]] = {}
    for item in open_items:
        by_party.setdefault(item.party_id, []).append(item)

    def shown(row: QueueRow) -> QueueRow:
        to_do = (reason for reason in row.reasons if reason.about is not None)
        return attrs.evolve(row, reasons=(*to_do, *payment_reasons(row.party, by_party.get(row.party_id or "", ()))))

    return attrs.evolve(queue, rows=tuple(map(shown, queue.rows)), unassigned=tuple(map(shown, queue.unassigned)))


def payment_reasons(party: Party | None, open_items: Iterable[OpenItem]) -> Iterator[Reason]:
    """Tell what to know of a party's payments before it is contacted; none of it puts a party on the list."""
    if party is None:
        return
    overdue = [item for item in open_items if item.overdue_days > 0 and item.due_on is not None]
    for currency, amount in sorted(totals(item.amount for item in overdue).items()):
        days = [item.due_on for item in overdue if item.amount.currency == currency and item.due_on is not None]
        yield Reason("invoices_overdue", {"due_on": min(days), "amount": amount, "invoices": len(days)})
    if party.dunning_level:
        yield Reason("dunned", {"level": party.dunning_level})
    for block in sorted(party.blocks):
        yield Reason(f"{block}_blocked")
