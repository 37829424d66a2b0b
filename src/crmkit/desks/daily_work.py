"""The work queue of a desk: what is stored and due, and what each party is worth. What is due is found by index, never all parties."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from crmkit._checks import check_int, check_kind, refused
from crmkit.conditions import Condition
from crmkit.desks.document_reading import found_open_items
from crmkit.desks.due_records import birthday_parties, due_items, suggested_items
from crmkit.desks.groups import with_heads
from crmkit.desks.handing_over import deputies_on
from crmkit.desks.permission_reading import said_by
from crmkit.desks.workplace import Workplace, find_each
from crmkit.entities import Document, Party
from crmkit.periods import Interval, Period
from crmkit.scheduling import WorkQueue, work_queue
from crmkit.scheduling.queue_pages import reaches
from crmkit.scheduling.queue_rows import with_open_items

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crmkit.entities import Channel
    from crmkit.money import Money
    from crmkit.scheduling import Plannable
    from crmkit.settings import Settings
    from crmkit.store import Transaction

_FEWEST_PLANS = 200
_ROWS_TO_PLANS = 4


def due_work(
    workplace: Workplace,
    *,
    as_of: date | None,
    horizon: Interval | None,
    employee_id: str | None,
    team: str | None,
    group: bool,
    purpose: str | None,
    channel: Channel,
    limit: int,
    cursor: str | None,
) -> WorkQueue:
    """
    Gather what is due up to the last day that is asked for, and list it.

    Suggestions are many and less urgent than nearly all else, so they are read by index, the longest overdue first, and only until
    nothing that is still unread could be on the page.
    """
    settings = workplace.settings
    as_of = workplace.day(as_of)
    owners = workplace.scope.owners_reached("work_queue")
    last = as_of if horizon is None else check_kind("horizon", horizon, Interval).after(as_of)
    members = None if team is None else _members(settings, team)
    most = None if group else max(_FEWEST_PLANS, _ROWS_TO_PLANS * check_int("limit", limit, at_least=1))
    with workplace.reading() as transaction:
        deputies = {} if employee_id is None else deputies_on(transaction, as_of)
        others = due_items(transaction, settings, last)
        born = birthday_parties(transaction, as_of, last) if settings.queue.birthdays else ()
        concerned = {*born, *(item.party_id for item in others if item.party_id is not None)}
        while True:
            plans, unread_from = suggested_items(transaction, settings, last, concerned=concerned, most=most)
            items = [*others, *plans]
            party_ids = concerned.union(item.party_id for item in plans if item.party_id is not None)
            parties = find_each(transaction, Party, "id", sorted(party_ids))
            if group:
                parties = with_heads(transaction, parties)
            if owners is not None:
                parties = [party for party in parties if party.owner_id in owners]
                items = _reached(items, {party.id for party in parties}, owners)
            said = said_by(transaction, settings, (party.id for party in parties), purpose=purpose, channel=channel)
            found = work_queue(
                items,
                parties=parties,
                as_of=as_of,
                horizon=horizon,
                employee_id=employee_id,
                stands_in_for=deputies.get(employee_id or "", ()),
                team=members,
                departments=_departments(settings, employee_id, team),
                values=_gross_profit_of_a_year(transaction, parties, as_of=as_of, currency=settings.currency),
                policy=settings.policy,
                queue=settings.queue,
                purpose=purpose,
                channel=channel,
                consents=said.consents,
                objections=said.objections,
                permissions=settings.permissions,
                zone=settings.zone,
                limit=limit,
                cursor=cursor,
                group=group,
            )
            if most is None or unread_from is None or reaches(found.cursor, unread_from, as_of=as_of):
                break
            most *= _ROWS_TO_PLANS
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
