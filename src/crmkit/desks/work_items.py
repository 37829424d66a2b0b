"""What is open, in the order of a work queue: kept beside each record that asks for something, so that a page is read by index."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING, TypeAlias

import attrs

from crmkit.entities import Appointment, Case, ContactPlan, Contract, Document, FollowUp, Interaction, Party, Recall, Ref, Task
from crmkit.records import WorkItem, kind_of
from crmkit.scheduling.queue_entries import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from crmkit.desks.work import Work
    from crmkit.records import Stored
    from crmkit.scheduling.queue_entries import QueueKind

Asking: TypeAlias = ContactPlan | Recall | Task | FollowUp | Appointment | Interaction | Contract | Case | Document
ASKING = (ContactPlan, Recall, Task, FollowUp, Appointment, Interaction, Contract, Case, Document)
"""What puts something on a work queue by itself."""

NOBODY = "nobody"
UNKNOWN = 1
"""The worth of a party of which no gross profit is known: after all that may be known."""

MOST_WORTH = -(2**62)
"""Where the worth of a party ends; it is negative, so that the most valuable comes first."""


def of_employee(id: str) -> str:
    """Name an employee in `WorkItem.whose`."""
    return f"employee {id}"


def of_department(id: str) -> str:
    """Name a department in `WorkItem.whose`."""
    return f"department {id}"


def rank_of(kind: QueueKind) -> int:
    """Tell how urgent a kind is."""
    return KINDS.index(kind)


def time_text(at: time) -> str:
    """Write a local time so that text sorts as time does."""
    return at.isoformat(timespec="microseconds")


def suggestion_id(party_id: str) -> str:
    """Name the item of a contact plan, which every party has: what it is worth is known there."""
    return f"{kind_of(ContactPlan).name} {party_id}"


def items_of(record: Stored, *, owner_id: str | None, zone: ZoneInfo) -> list[WorkItem]:  # noqa: PLR0911  # one line for each kind
    """List what a record asks for, with the owner of its party for what names nobody; nothing for what is done with."""
    match record:
        case ContactPlan():
            return [_owned("suggestion", record, None, owner_id, record.next_contact_on)]
        case Recall() if record.state == "open":
            return [_owned("recall", record, record.employee_id, owner_id, record.due_on)]
        case Task() if record.state == "open":
            return [_item("task", record, record.due_on, whose=_task_of(record))]
        case FollowUp() if record.state == "open":
            return [_owned("follow_up", record, record.employee_id, owner_id, record.due_on)]
        case Appointment() if record.state == "planned":
            start = record.start_at.astimezone(zone)
            item = _item("appointment", record, start.date(), at=start.time())
            return [attrs.evolve(item, id=f"{item.id} {one}", whose=of_employee(one)) for one in sorted(record.attendees)]
        case Interaction() if dated := [one.due_on for one in record.open_commitments if one.due_on is not None]:
            return [_owned("commitment", record, record.employee_id, owner_id, min(dated))]
        case Contract() if record.state == "active" and record.due_on is not None:
            return [_owned("contract", record, record.employee_id, owner_id, record.due_on)]
        case Case() if record.pending_since is not None:
            day = (record.due_at or record.opened_at).astimezone(zone).date()
            return [_owned("case", record, record.employee_id, owner_id, day)]
        case Document() if record.kind == "quote" and record.state == "open":
            earliest = min(record.issued_on, record.valid_until or record.issued_on)
            return [_owned("quote", record, record.salesperson_id, owner_id, earliest)]
        case _:
            return []


def _item(
    kind: QueueKind, record: Asking, day: date | None, *, at: time = time.min, whose: str = NOBODY, by_owner: bool = False
) -> WorkItem:
    id, party_id = _key_of(record), record.party_id
    return WorkItem(
        id=id,
        record_key=id,
        party_id=party_id,
        key=party_id or id,
        whose=whose,
        by_owner=by_owner,
        rank=rank_of(kind),
        day=day,
        at=time_text(at),
    )


def _owned(kind: QueueKind, record: Asking, employee_id: str | None, owner_id: str | None, day: date | None) -> WorkItem:
    """Give an item to whoever is named, else to the owner of the party, else to nobody."""
    return _item(kind, record, day, whose=_doer(employee_id or owner_id), by_owner=not employee_id)


def _doer(employee_id: str | None) -> str:
    return of_employee(employee_id) if employee_id else NOBODY


def _task_of(task: Task) -> str:
    if task.employee_id:
        return of_employee(task.employee_id)
    return of_department(task.department_id) if task.department_id else NOBODY


def save_work_items(work: Work, pairs: Sequence[tuple[Stored | None, Stored]]) -> None:
    """Keep the work items of records, and those of parties with another owner or worth, as the records are now: before and after."""
    asking = {
        _key_of(after): after
        for before, after in pairs
        if isinstance(after, ASKING) and not (isinstance(after, Document) and after.kind != "quote")
    }
    moved = {
        after.id: after.owner_id
        for before, after in pairs
        if isinstance(after, Party) and after.version and not (isinstance(before, Party) and before.owner_id == after.owner_id)
    }
    gains = _gains(pairs, work.settings.currency)
    if not (asking or moved or gains):
        return
    known = {item.id: item for item in work.find_each(WorkItem, "record_key", (key for key, one in asking.items() if one.version))}
    known |= {item.id: item for item in work.find_each(WorkItem, "party_id", moved.keys() | gains.keys())}
    plans = {suggestion_id(one.party_id) for one in asking.values() if one.party_id is not None and not isinstance(one, ContactPlan)}
    known |= {item.id: item for item in work.find_each(WorkItem, "id", plans - known.keys())}
    wanted = {id: item for id, item in known.items() if item.record_key not in asking}
    for id, item in wanted.items():
        if item.by_owner and item.party_id in moved:
            wanted[id] = attrs.evolve(item, whose=_doer(moved[item.party_id]))
    owners = _owners(work, asking.values())
    for record in asking.values():
        for item in items_of(record, owner_id=owners.get(record.party_id or ""), zone=work.moment.zone):
            like = known.get(suggestion_id(record.party_id or ""))
            wanted[item.id] = item if like is None or like.worth == item.worth else attrs.evolve(item, worth=like.worth)
    for id, item in wanted.items():
        if (gain := gains.get(item.party_id or "")) is not None:
            wanted[id] = attrs.evolve(item, worth=max(MOST_WORTH, min(item.worth, 0) - gain))
    for id in known.keys() - wanted.keys():
        work.transaction.remove(WorkItem, id)
    changed = [item for id, item in wanted.items() if item != known.get(id)]
    work.transaction.save([_at_version_of(known.get(item.id), item) for item in changed])


def _at_version_of(known: WorkItem | None, item: WorkItem) -> WorkItem:
    return item if known is None or known.version == item.version else attrs.evolve(item, version=known.version)


def gain_of(document: Document, currency: str) -> int | None:
    """Tell what a document can add to the worth of its party, in minor units; None where it tells nothing of it."""
    profit = document.gross_profit() if document.is_posted and document.currency == currency else None
    return None if profit is None else max(0, profit.minor) if document.kind == "invoice" else max(0, -profit.minor)


def _gains(pairs: Iterable[tuple[Stored | None, Stored]], currency: str) -> Mapping[str, int]:
    """Add up what documents add to the worth of their parties; what they take away is left out, so that it is never less than it is."""
    found: dict[str, int] = {}
    for before, after in pairs:
        if isinstance(after, Document) and (gain := gain_of(after, currency)) is not None:
            counted = None
            if isinstance(before, Document) and before.party_id == after.party_id:
                counted = gain_of(before, currency)
            if counted is None or gain > counted:
                found[after.party_id] = found.get(after.party_id, 0) + gain - (counted or 0)
    return found


def _owners(work: Work, records: Iterable[Asking]) -> Mapping[str, str | None]:
    """Tell who owns the parties of records; most of them were read by the verb."""
    ids = {record.party_id for record in records if record.party_id is not None}
    known = {id: party for id in ids if (party := work.seen(Party, id)) is not None}
    known |= {party.id: party for party in work.find_each(Party, "id", sorted(ids - known.keys()))}
    return {id: party.owner_id for id, party in known.items()}


def _key_of(record: Stored) -> str:
    return Ref(kind_of(type(record)).name, record.id).key
