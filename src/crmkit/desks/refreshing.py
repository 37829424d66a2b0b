"""Bringing what is stored beside records up to date, after settings have changed that it was made with."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, Any

import attrs

from crmkit.desks.planned_items import SOURCES
from crmkit.desks.work_items import ASKING, MOST_WORTH, UNKNOWN, gain_of, items_of
from crmkit.desks.workplace import find_each
from crmkit.entities import ContactPlan, Document, Interaction, OpeningBalance, Party
from crmkit.records import WorkItem
from crmkit.scheduling.contact_counts import recounted
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crmkit.desks.work import Work

_AT_ONCE = 5_000


def refresh(work: Work) -> None:
    """Count and plan the contacts of every party anew by policy and time zone, and write the work items anew by time zone and currency."""
    parties = work.find(Party)
    owner_of, worth = {party.id: party.owner_id for party in parties}, _worth(work)
    plans = (_refreshed(work, parties[place : place + _AT_ONCE]) for place in range(0, len(parties), _AT_ONCE))
    open_records = (work.transaction.find(Query(source.kind, source.where)) for source in SOURCES if source.kind in ASKING)
    for records in chain(plans, open_records):
        items = (item for one in records for item in items_of(one, owner_id=owner_of.get(one.party_id or ""), zone=work.moment.zone))
        _write(work, {item.id: attrs.evolve(item, worth=worth.get(item.party_id or "", UNKNOWN)) for item in items})


def _refreshed(work: Work, parties: Sequence[Party]) -> Sequence[Any]:
    """Bring the contact plans of some parties up to date."""
    by_id = {party.id: party for party in parties}
    before = work.find_each(ContactPlan, "id", by_id)
    interactions, balances = (_by_party(find_each(work.transaction, kind, "party_id", by_id)) for kind in (Interaction, OpeningBalance))
    zone, policy = work.moment.zone, work.settings.policy
    after = [
        work.planned(recounted(plan, interactions[plan.id], balances[plan.id], zone=zone, policy=policy), by_id[plan.id]) for plan in before
    ]
    changed = [plan for plan, stored in zip(after, before, strict=True) if plan != stored]
    work.save(*changed)
    work.log_all([(plan, plan.party_id, None, f"next contact {plan.next_contact_on or 'never'}") for plan in changed])
    return after


def _by_party(records: Iterable[Any]) -> Mapping[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for record in records:
        found[record.party_id].append(record)
    return found


def _worth(work: Work) -> Mapping[str, int]:
    """Tell what each party can be worth at most, as `WorkItem.worth` has it."""
    found: dict[str, int] = {}
    place: tuple[str] | None = None
    while documents := work.transaction.find(Query(Document, after=place, limit=_AT_ONCE)):
        place = (documents[-1].id,)
        for document in documents:
            if (gain := gain_of(document, work.settings.currency)) is not None:
                found[document.party_id] = max(MOST_WORTH, found.get(document.party_id, 0) - gain)
    return found


def _write(work: Work, wanted: Mapping[str, WorkItem]) -> None:
    """Write what is not stored as it ought to be."""
    known = {item.id: item for item in find_each(work.transaction, WorkItem, "id", wanted)}
    changed = [item for id, item in wanted.items() if item != known.get(id)]
    work.transaction.save([attrs.evolve(item, version=known[item.id].version) if item.id in known else item for item in changed])
