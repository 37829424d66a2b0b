"""The work queue of a desk: what is stored and due, and what each party is worth. What is due is found by index, never all parties."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from crmkit._checks import check_kind, refused
from crmkit.conditions import Condition
from crmkit.desks.document_reading import found_open_items
from crmkit.desks.groups import with_heads
from crmkit.desks.handing_over import deputies_on
from crmkit.desks.workplace import Workplace, find_each
from crmkit.entities import Appointment, Case, ContactPlan, Contract, Document, FollowUp, Interaction, Party, Recall, Task
from crmkit.periods import Interval, Period
from crmkit.records import Birthday
from crmkit.scheduling import WorkQueue, work_queue
from crmkit.scheduling.queue_rows import with_open_items
from crmkit.store import Query, Transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crmkit.money import Money
    from crmkit.scheduling import Plannable
    from crmkit.settings import Settings

_DAY = timedelta(days=1)
_OPEN = Condition("state", "equal", "open")
_PLANNED = Condition("state", "equal", "planned")


def due_work(
    workplace: Workplace,
    *,
    as_of: date | None,
    horizon: Interval | None,
    employee_id: str | None,
    team: str | None,
    group: bool,
    limit: int,
    cursor: str | None,
) -> WorkQueue:
    """Gather what is due up to the last day that is asked for, and list it."""
    settings = workplace.settings
    as_of = workplace.day(as_of)
    owners = workplace.scope.owners_reached("work_queue")
    last = as_of if horizon is None else check_kind("horizon", horizon, Interval).after(as_of)
    members = None if team is None else _members(settings, team)
    with workplace.reading() as transaction:
        items = _due(transaction, settings, last)
        party_ids = {item.party_id for item in items if item.party_id is not None}
        if settings.queue.birthdays:
            party_ids |= {one.party_id for one in transaction.find(Query(Birthday, [Condition("day", "one_of", _days(as_of, last))]))}
        parties = find_each(transaction, Party, "id", sorted(party_ids))
        if group:
            parties = with_heads(transaction, parties)
        if owners is not None:
            parties = [party for party in parties if party.owner_id in owners]
            items = _reached(items, {party.id for party in parties}, owners)
        found = work_queue(
            items,
            parties=parties,
            as_of=as_of,
            horizon=horizon,
            employee_id=employee_id,
            stands_in_for=() if employee_id is None else deputies_on(transaction, as_of).get(employee_id, ()),
            team=members,
            departments=_departments(settings, employee_id, team),
            values=_gross_profit_of_a_year(transaction, parties, as_of=as_of, currency=settings.currency),
            policy=settings.policy,
            queue=settings.queue,
            zone=settings.zone,
            limit=limit,
            cursor=cursor,
            group=group,
        )
        shown = {party.id for row in (*found.rows, *found.unassigned) if row.party is not None for party in (row.party, *row.members)}
        return with_open_items(found, found_open_items(transaction, sorted(shown), as_of=as_of))


def _members(settings: Settings, team: str) -> frozenset[str]:
    if team not in settings.departments:
        known = ", ".join(sorted(settings.departments)) or "none yet"
        raise refused("team", team, f"a department of Settings(departments=…): {known}")
    return settings.departments[team]


def _departments(settings: Settings, employee_id: str | None, team: str | None) -> Iterable[str]:
    if team is not None:
        return (team,)
    return (name for name, members in settings.departments.items() if employee_id in members)


def _due(transaction: Transaction, settings: Settings, last: date) -> list[Plannable]:
    """Find what comes up until the last day, and what silences a suggestion after it: one query for each kind."""
    zone = ZoneInfo(settings.zone)
    end = datetime.combine(last + _DAY, time(0), zone)
    due = Condition("due_on", "at_most", last)
    queries: Sequence[Query[Any]] = (
        Query(Recall, [_OPEN, due]),
        Query(Task, [_OPEN, due]),
        Query(FollowUp, [_OPEN, due]),
        Query(Appointment, [_PLANNED, Condition("start_at", "less_than", end)]),
        Query(Interaction, [Condition("commitment_due_on", "at_most", last)]),
        Query(Contract, [Condition("state", "equal", "active"), Condition("due_on", "at_most", settings.queue.contract_ahead.after(last))]),
        Query(Case, [Condition("pending_since", "less_than", end)]),
    )
    items: list[Plannable] = [item for query in queries for item in transaction.find(query)]
    quotes = transaction.find(Query(Document, [Condition("kind", "equal", "quote"), _OPEN, Condition("issued_on", "at_most", last)]))
    plans = transaction.find(Query(ContactPlan, [Condition("next_contact_on", "at_most", last)]))
    suggested = {plan.party_id for plan in plans}
    quoted = sorted({quote.party_id for quote in quotes} - suggested)
    by_contact = find_each(transaction, ContactPlan, "id", quoted)
    later = Condition("start_at", "at_least", end)
    return [
        *items,
        *quotes,
        *plans,
        *by_contact,
        *find_each(transaction, Recall, "party_id", sorted(suggested), _OPEN, Condition("due_on", "more_than", last)),
        *find_each(transaction, Appointment, "party_id", sorted(suggested), _PLANNED, later),
    ]


def _days(first: date, last: date) -> tuple[str, ...]:
    """Month and day of each day; 29 February with the 28th of a year that has none."""
    count = min((last - first).days, 366)
    days = {f"{first + timedelta(days=number):%m-%d}" for number in range(count + 1)}
    return tuple(sorted(days | ({"02-29"} if "02-28" in days else set())))


def _reached(items: Iterable[Plannable], party_ids: set[str], owners: frozenset[str]) -> list[Plannable]:
    """Leave out what the reader's rights do not reach: by the owner of the party, else by the employee who is to do it."""
    return [item for item in items if (item.party_id in party_ids if item.party_id is not None else not owners.isdisjoint(_doers(item)))]


def _doers(item: Plannable) -> set[str | None]:
    return {getattr(item, "employee_id", None), *getattr(item, "attendees", ())}


def _gross_profit_of_a_year(transaction: Transaction, parties: Sequence[Party], *, as_of: date, currency: str) -> Mapping[str, Money]:
    """Gross profit of the twelve months up to the day; a party without known cost, or only in other currencies, has none."""
    first_day = Period(as_of, date.fromordinal(as_of.toordinal() + 1)).year_before().end
    issued = (Condition("issued_on", "at_least", first_day), Condition("issued_on", "at_most", as_of))
    kinds = Condition("kind", "one_of", ("invoice", "credit_note"))
    worth: dict[str, Money] = {}
    for document in find_each(transaction, Document, "party_id", (party.id for party in parties), kinds, *issued):
        profit = document.gross_profit() if document.currency == currency and document.is_posted else None
        if profit is not None:
            signed = -profit if document.kind == "credit_note" else profit
            worth[document.party_id] = worth[document.party_id] + signed if document.party_id in worth else signed
    return worth
