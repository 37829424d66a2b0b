"""What is due on a day: each party once, with all reasons, the most urgent first."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, cast

import attrs

from crmkit._checks import check_each, check_exact, check_int, check_kind, check_mapping
from crmkit.entities import Party
from crmkit.errors import NotStoredError
from crmkit.money import Money
from crmkit.scheduling.audiences import Gate
from crmkit.scheduling.permissions import asked_for
from crmkit.scheduling.queue_entries import KINDS, Asking, Concern, Entry, Plannable
from crmkit.scheduling.queue_pages import Listed, Position, position_at
from crmkit.scheduling.queue_rows import LeftOut, QueueRow, Value, Viewer, WorkQueue, payment_reasons

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmkit.entities import Channel, Consent, Objection
    from crmkit.periods import Interval
    from crmkit.scheduling.contact_policy import ContactPolicy
    from crmkit.scheduling.permission_policy import PermissionPolicy
    from crmkit.scheduling.queue_policy import QueuePolicy
    from crmkit.scheduling.reasons import Reason


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
    purpose: str | None = "service",
    channel: Channel = "phone",
    consents: Iterable[Consent] = (),
    objections: Iterable[Objection] = (),
    permissions: PermissionPolicy | None = None,
    zone: str = "UTC",
    limit: int | None = None,
    cursor: str | None = None,
    group: bool = False,
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
        purpose: What recalls, suggestions, quotes and birthdays are contacted for, see `may_contact`; unknown is advertising.
        channel: By what.
        consents: Consents of the parties.
        objections: Objections of the parties.
        permissions: What each country needs.
        zone: IANA time zone in which days begin.
        limit: The most rows.
        cursor: Of the page before.
        group: One row for each company group, under its head; reasons about the others name them as `party_id`.

    Raises:
        NotStoredError: For an item whose party is not among *parties*.
        InvalidValueError: For anything else among the items, for an employee beside a team, and for a cursor that is none.

    >>> from crmkit import days
    >>> from crmkit.entities import ContactPlan, Party, Task
    >>> anna = Party(id="C-1", name="Müller", created_on=date(2026, 1, 1), owner_id="anna")
    >>> plan = ContactPlan(party_id="C-1", frequency=days(30), last_contact_on=date(2026, 1, 1))
    >>> task = Task(id="T-1", text="order paper", due_on=date(2026, 1, 31), employee_id="ben")
    >>> found = work_queue([plan, task], parties=[anna], as_of=date(2026, 2, 1))
    >>> [(row.party_id, row.overdue_days, str(row.reasons[0])) for row in found]
    [(None, 1, 'task was due on 2026-01-31: order paper'), ('C-1', 0, 'last contact on 2026-01-01, more than 30 days ago')]
    """
    most = None if limit is None else check_int("limit", limit, at_least=1)
    after = None if cursor is None else position_at(cursor)
    asking = Asking.of(as_of, horizon=horizon, zone=zone, contacts=policy, queue=queue)
    viewer = Viewer.of(employee_id, stands_in_for=stands_in_for, team=team, departments=departments)
    gate = Gate.of(asked_for(purpose=purpose, channel=channel, on=asking.as_of, policy=permissions, zone=zone), consents, objections)
    worth = {party_id: _checked(party_id, value) for party_id, value in check_mapping("values", values or {}).items()}
    listed = listed_work(concerns_of(items, parties), asking, viewer, gate, values=worth, group=check_kind("group", group, bool))
    return listed.page(limit=most, after=after)


def _checked(party_id: str, value: Value) -> Value:
    """Refuse amounts that are not exact."""
    return value if isinstance(value, Money) else check_exact(f"values[{party_id!r}]", value)


def concerns_of(items: Iterable[Plannable], parties: Iterable[Party]) -> Sequence[Concern]:
    """
    Bring everything about a party together; what belongs to none stands alone.

    Raises:
        NotStoredError: For an item whose party is not among *parties*.
        InvalidValueError: For what is no item, and no party.
    """
    by_party = {party.id: Concern(party) for party in check_each("parties", parties, lambda name, one: check_kind(name, one, Party))}
    alone = []
    for item in check_each("items", items, lambda _, one: cast("Plannable", one)):
        party_id = getattr(item, "party_id", None)
        if party_id is None:
            alone.append(Concern())
            alone[-1].take(item)
        elif party_id not in by_party:
            raise NotStoredError("party", party_id)
        else:
            by_party[party_id].take(item)
    return [*by_party.values(), *alone]


def _groups(concerns: Iterable[Concern]) -> Sequence[Sequence[Concern]]:
    """Bring what is about one company group together, its head first: the uppermost party that is among the given ones."""
    known = {concern.party.id: concern.party for concern in concerns if concern.party is not None}
    found: dict[str, list[Concern]] = {}
    alone = []
    for concern in concerns:
        if concern.party is None:
            alone.append([concern])
            continue
        head, seen = concern.party, {concern.party.id}
        while head.parent_id in known and head.parent_id not in seen:
            head = known[head.parent_id]
            seen.add(head.id)
        group = found.setdefault(head.id, [])
        group.insert(0 if head is concern.party else len(group), concern)
    return [*found.values(), *alone]


def listed_work(
    concerns: Sequence[Concern], asking: Asking, viewer: Viewer, gate: Gate, *, values: Mapping[str, Value], group: bool
) -> Listed:
    """List what is due as `work_queue` does, all of it, each with its place in the list."""
    rows: list[tuple[Position, QueueRow]] = []
    nobodys: list[tuple[Position, QueueRow]] = []
    left_out: list[tuple[Position, LeftOut]] = []
    for members in _groups(concerns) if group else ([concern] for concern in concerns):
        head = members[0]
        entries: list[tuple[Concern, Entry]] = []
        for concern in members:
            found = concern.entries(asking)
            refusal = _refusal(gate, concern, found)
            withheld = [one for one in found if one.withheld is not None or (refusal is not None and one.is_our_initiative)]
            if withheld:
                found = [one for one in found if one not in withheld]
                hidden = [(concern, own) for one in withheld if (own := viewer.sees(one)) is not None]
                for place, _ in _row(concern, hidden, asking, viewer, values):
                    reason = refusal or next(one.withheld for one in withheld if one.withheld is not None)
                    left_out.append((place, LeftOut(place[-1], reason)))
            entries += [(concern, entry) for entry in found]
        rows += _row(head, [(concern, entry) for concern, each in entries if (entry := viewer.sees(each))], asking, viewer, values)
        free = [(concern, each) for concern, each in entries if not each.employees and each.department_id is None]
        nobodys += _row(head, free, asking, viewer, values)
    rows.sort(key=itemgetter(0))
    nobodys.sort(key=itemgetter(0))
    return Listed(rows=rows, nobodys=nobodys, left_out=left_out)


def _refusal(gate: Gate, concern: Concern, entries: Iterable[Entry]) -> Reason | None:
    """Tell why a party may not be contacted on our own initiative, where anything of the kind is due."""
    if concern.party is None or not any(entry.is_our_initiative for entry in entries):
        return None
    return gate.refusal(concern.party)


def _row(
    head: Concern, entries: Sequence[tuple[Concern, Entry]], asking: Asking, viewer: Viewer, values: Mapping[str, Value]
) -> Iterator[tuple[Position, QueueRow]]:
    """One row where there is anything to do, with its place; what is to be known of the head's payments stands in it too."""
    if not entries:
        return
    party = head.party
    in_order = _in_order([_named(entry, concern.party, party) for concern, entry in entries], asking)
    first = in_order[0]
    concerned = {concern.party.id: concern for concern, _ in entries if concern.party is not None}
    known = [values[id] for id in concerned if id in values]
    value = None if not known else _sum(known)
    worth = value.amount if isinstance(value, Money) else Decimal(value or 0)
    about = first.reason.about
    key = party.id if party is not None else about.key if about is not None else ""
    mine = first.employees & viewer.employees if viewer.employees else first.employees
    others = [one for one in concerned.values() if one is not head]
    to_know = (reason for one in (head, *others) if one.party for reason in payment_reasons(one.party, one.open_items))
    yield (
        (*_urgency(first, asking), value is None, -worth, key),
        QueueRow(
            party=party,
            kind=first.kind,
            due_on=first.due_on,
            overdue_days=max(0, (asking.as_of - first.due_on).days),
            reasons=(*(entry.reason for entry in in_order), *to_know),
            employee_id=min(mine or first.employees, default=None),
            value=value,
            members=tuple(one.party for one in others if one.party is not None),
        ),
    )


def _in_order(entries: list[Entry], asking: Asking) -> Sequence[Entry]:
    """Sort by urgency; what is as urgent, by what it says, which takes longer to find out than all else."""
    if len(entries) == 1:
        return entries
    keyed = sorted(((_urgency(entry, asking), entry) for entry in entries), key=itemgetter(0))
    if any(one[0] == other[0] for one, other in pairwise(keyed)):
        keyed.sort(key=lambda one: (one[0], str(one[1].reason)))
    return [entry for _, entry in keyed]


def _named(entry: Entry, party: Party | None, head: Party | None) -> Entry:
    """Name whom a reason is about where that is not the party of the row."""
    if party is None or party is head:
        return entry
    return attrs.evolve(entry, reason=attrs.evolve(entry.reason, facts={**entry.reason.facts, "party_id": party.id}))


def _sum(values: Sequence[Value]) -> Value:
    first, *others = values
    for other in others:
        first = first + other  # type: ignore[operator]  # all are of one type, as the caller promised
    return first


def _urgency(entry: Entry, asking: Asking) -> tuple[date, int, date, time]:
    """What is due comes before what is still to come; the kinds in their order, the longest overdue first."""
    coming = date.min if entry.listed_on <= asking.as_of else entry.listed_on
    return (coming, KINDS.index(entry.kind), entry.due_on, entry.at)
