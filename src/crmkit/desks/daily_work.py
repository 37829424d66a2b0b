"""The work queue of a desk: what is stored and due, and what each party is worth, read by index as far as a page needs it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_int, check_text, refused
from crmkit.conditions import Condition
from crmkit.desks.document_reading import POSTED
from crmkit.desks.due_records import Found, Reading, open_with, records_named
from crmkit.desks.groups import with_heads
from crmkit.desks.handing_over import deputies_on
from crmkit.desks.permission_reading import said_queries
from crmkit.desks.work_items import NOBODY, of_department, of_employee
from crmkit.entities import Consent, Document, Objection, Party, Payment, open_items, payment_due_on
from crmkit.periods import Interval, Period
from crmkit.scheduling import Plannable, WorkQueue
from crmkit.scheduling.audiences import Gate
from crmkit.scheduling.permissions import Asked, asked_for
from crmkit.scheduling.queue_entries import Asking
from crmkit.scheduling.queue_pages import position_at
from crmkit.scheduling.queue_rows import Viewer, with_open_items
from crmkit.scheduling.work_queues import concerns_of, listed_work
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crmkit.desks.workplace import Workplace
    from crmkit.entities import Channel
    from crmkit.money import Money
    from crmkit.settings import Settings
    from crmkit.store import Transaction

_SPARE = 4
"""How many more than a page are read at once, for those that turn out to be silent or left out."""
_FURTHER = 4


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

    What is open is read in the order of the list, until nothing that is unread could be on the page; of those that are read, everything
    is, so that each row is whole.
    """
    settings = workplace.settings
    owners = workplace.scope.owners_reached("work_queue")
    asking = Asking.of(workplace.day(as_of), horizon=horizon, zone=settings.zone, contacts=settings.policy, queue=settings.queue)
    asked = asked_for(purpose=purpose, channel=channel, on=asking.as_of, policy=settings.permissions, zone=settings.zone)
    after = None if cursor is None else position_at(cursor)
    check_int("limit", limit, at_least=1)
    most = nobodys_most = None if group else limit + _SPARE
    with workplace.reading() as transaction:
        viewer = _viewer(transaction, settings, asking.as_of, employee_id=employee_id, team=team)
        whose = _whose(viewer)
        reading = Reading(transaction=transaction, asking=asking, currency=settings.currency, after=after)
        while True:
            found = reading.found(whose, most=most)
            covers_nobodys = whose is None and after is None and found.unread_from is None
            nobodys = Found() if covers_nobodys else reading.from_the_beginning.found([NOBODY], most=nobodys_most)
            about = _gathered(transaction, found, nobodys, asked, group=group)
            parties, items = about.parties, about.items
            if owners is not None:
                parties = [party for party in parties if party.owner_id in owners]
                items = _reached(items, {party.id for party in parties}, owners)
            listed = listed_work(
                concerns_of(items, parties),
                asking,
                viewer,
                Gate.of(asked, about.consents, about.objections),
                values=_gross_profit_of_a_year(about.posted, as_of=asking.as_of, currency=settings.currency),
                group=group,
            )
            is_whole = listed.is_certain(limit=limit, after=after, unread_from=found.unread_from)
            if is_whole and listed.is_certain_of_nobodys(limit=limit, unread_from=nobodys.unread_from):
                break
            most = most if is_whole or most is None else most * _FURTHER
            nobodys_most = nobodys_most if not is_whole or nobodys_most is None else nobodys_most * _FURTHER
        page = listed.page(limit=limit, after=after, unread_from=found.unread_from)
        shown = {party.id for row in (*page.rows, *page.unassigned) if row.party is not None for party in (row.party, *row.members)}
        late = {one.party_id for one in about.posted if (due_on := payment_due_on(one)) is not None and due_on < asking.as_of} & shown
        owing = [document for document in about.posted if document.party_id in late]
        return with_open_items(page, open_items(owing, about.payments, as_of=asking.as_of))


def _viewer(transaction: Transaction, settings: Settings, day: date, *, employee_id: str | None, team: str | None) -> Viewer:
    """Tell for whom a list is made: also for whom they stand in, and which departments they belong to."""
    for name, value in (("employee_id", employee_id), ("team", team)):
        if value is not None:
            check_text(name, value)
    away = deputies_on(transaction, day).get(employee_id, ()) if employee_id is not None else ()
    members = None if team is None else _members(settings, team)
    departments = tuple(_departments(settings, employee_id, team))
    return Viewer.of(employee_id, stands_in_for=away, team=members, departments=departments)


def _whose(viewer: Viewer) -> set[str] | None:
    """Name whose work items to read; None is everybody's and nobody's."""
    if viewer.employees is None:
        return None
    return {*map(of_employee, viewer.employees | viewer.stands_in_for), *map(of_department, viewer.departments)}


@attrs.frozen(kw_only=True)
class _About:
    """Everything about the parties that may be listed, as far as a row tells of it."""

    parties: Sequence[Party]
    items: Sequence[Plannable]
    consents: Sequence[Consent]
    objections: Sequence[Objection]
    posted: Sequence[Document]
    payments: Sequence[Payment]


def _gathered(transaction: Transaction, found: Found, nobodys: Found, asked: Asked, *, group: bool) -> _About:
    """Read everything about the parties that may be listed, and what stands alone, in one round trip."""
    ids = tuple(sorted(found.party_ids | nobodys.party_ids))
    of_parties = Condition("party_id", "one_of", ids)
    parties, consents, objections, posted, payments, *records = transaction.find_several(
        [
            Query(Party, [Condition("id", "one_of", ids)]),
            *said_queries(asked, ids),
            Query(Document, [of_parties, POSTED]),
            Query(Payment, [of_parties]),
            *open_with(ids),
            *records_named(found.records | nobodys.records),
        ]
    )
    return _About(
        parties=with_heads(transaction, parties) if group else parties,
        items=[record for of_kind in records for record in of_kind],
        consents=consents,
        objections=objections,
        posted=posted,
        payments=payments,
    )


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


def _gross_profit_of_a_year(posted: Iterable[Document], *, as_of: date, currency: str) -> Mapping[str, Money]:
    """Gross profit of the twelve months up to the day; a party without known cost, or only in other currencies, has none."""
    first_day = Period(as_of, date.fromordinal(as_of.toordinal() + 1)).year_before().end
    worth: dict[str, Money] = {}
    for document in posted:
        if first_day <= document.issued_on <= as_of and document.currency == currency and document.is_posted:
            profit = document.gross_profit()
            if profit is not None:
                signed = -profit if document.kind == "credit_note" else profit
                worth[document.party_id] = worth[document.party_id] + signed if document.party_id in worth else signed
    return worth
