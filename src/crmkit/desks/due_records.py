"""What is due, found by index: one query for each kind of record."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from crmkit.conditions import Condition
from crmkit.desks.workplace import find_each
from crmkit.entities import Appointment, Case, ContactPlan, Contract, Document, FollowUp, Interaction, Recall, Task
from crmkit.records import Birthday
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmkit.scheduling import Plannable
    from crmkit.settings import Settings
    from crmkit.store import Transaction

_DAY = timedelta(days=1)
_A_YEAR = 366
_OPEN = Condition("state", "equal", "open")
_PLANNED = Condition("state", "equal", "planned")


def due_items(transaction: Transaction, settings: Settings, last: date) -> list[Plannable]:
    """Find what comes up until the last day, without suggestions."""
    end, due = _end_of(last, settings), Condition("due_on", "at_most", last)
    decided_by = Condition("due_on", "at_most", settings.queue.contract_ahead.after(last))
    queries: Sequence[Query[Any]] = (
        Query(Recall, [_OPEN, due]),
        Query(Task, [_OPEN, due]),
        Query(FollowUp, [_OPEN, due]),
        Query(Appointment, [_PLANNED, Condition("start_at", "less_than", end)]),
        Query(Interaction, [Condition("commitment_due_on", "at_most", last)]),
        Query(Contract, [Condition("state", "equal", "active"), decided_by]),
        Query(Case, [Condition("pending_since", "less_than", end)]),
        Query(Document, [Condition("kind", "equal", "quote"), _OPEN, Condition("issued_on", "at_most", last)]),
    )
    return [item for query in queries for item in transaction.find(query)]


def suggested_items(
    transaction: Transaction, settings: Settings, last: date, *, concerned: Iterable[str], most: int | None
) -> tuple[list[Plannable], date | None]:
    """
    Find the plans that come up until the last day, and what is planned after it, which silences them.

    Args:
        transaction: The open one.
        settings: For days and their zone.
        last: The last day.
        concerned: The parties that are listed anyway: their plans are read whenever they come up.
        most: How many plans to read; None is all.

    Returns:
        The records, and the first day of which plans may be unread; None where all are read.
    """
    query = Query(ContactPlan, [Condition("next_contact_on", "at_most", last)], order_by="next_contact_on", limit=most and most + 1)
    plans = transaction.find(query)
    unread_from = plans[-1].next_contact_on if most is not None and len(plans) > most else None
    ids = {plan.party_id for plan in plans}
    further = find_each(transaction, ContactPlan, "id", sorted({*concerned} - ids))
    ids.update(plan.party_id for plan in further)
    later = Condition("start_at", "at_least", _end_of(last, settings))
    recalls = find_each(transaction, Recall, "party_id", sorted(ids), _OPEN, Condition("due_on", "more_than", last))
    appointments = find_each(transaction, Appointment, "party_id", sorted(ids), _PLANNED, later)
    return [*plans, *further, *recalls, *appointments], unread_from


def birthday_parties(transaction: Transaction, first: date, last: date) -> frozenset[str]:
    """Name the parties of which a contact person has a birthday; one of 29 February is found with the 28th too."""
    days = {f"{first + timedelta(days=number):%m-%d}" for number in range(min((last - first).days, _A_YEAR) + 1)}
    wanted = tuple(sorted(days | ({"02-29"} if "02-28" in days else set())))
    return frozenset(one.party_id for one in transaction.find(Query(Birthday, [Condition("day", "one_of", wanted)])))


def _end_of(last: date, settings: Settings) -> datetime:
    return datetime.combine(last + _DAY, time(0), ZoneInfo(settings.zone))
