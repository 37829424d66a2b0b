"""The timeline of a party: pages of what happened and of what is planned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit._checks import check_int, check_text
from crmkit.conditions import Condition
from crmkit.desks.groups import with_members
from crmkit.desks.planned_items import planned_items
from crmkit.entities import HistoryEntry
from crmkit.entities.timelines import Timeline, page_of, position_at, position_of
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmkit.desks.workplace import Workplace


def timeline_of(
    workplace: Workplace,
    party_id: str,
    *,
    kinds: Iterable[str] | None,
    past: bool,
    planned: bool,
    newest_first: bool,
    limit: int,
    cursor: str | None,
) -> Timeline:
    """Read one page; the party's own people and the parties that belong to it are rolled up into it."""
    check_int("limit", limit, at_least=1)
    wanted = None if kinds is None else frozenset(kinds)
    after = None if cursor is None else position_at(cursor)
    moment = workplace.moment()
    with workplace.reading() as transaction:
        party, *below = with_members(transaction, check_text("party_id", party_id))
        workplace.check_read(transaction, "timeline", party)
        party_ids = [party.id, *(child.id for child in below)]
        where = [Condition("party_id", "one_of", tuple(party_ids))]
        if wanted is not None:
            where.append(Condition("kind", "one_of", tuple(sorted(wanted))))
        order = "-happened_at" if newest_first else "happened_at"
        happened = transaction.find(Query(HistoryEntry, where, order_by=order, after=after, limit=limit + 1)) if past else ()
        coming = planned_items(transaction, party_ids, moment) if planned else []
    coming = [entry for entry in coming if wanted is None or entry.kind in wanted]
    if after is not None:
        coming = [entry for entry in coming if (position_of(entry) < after if newest_first else position_of(entry) > after)]
    return page_of(happened, coming, newest_first=newest_first, limit=limit)
