"""The timeline of a party: pages of what happened and of what is planned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit._checks import check_each, check_int, check_text, refused
from crmkit.conditions import Condition
from crmkit.desks.aliases import resolved
from crmkit.desks.groups import members_of, with_those_below
from crmkit.desks.planned_items import open_records, planned_items
from crmkit.entities import HistoryEntry, Party
from crmkit.errors import NotStoredError
from crmkit.history.timelines import Timeline, page_of, position_at, position_of
from crmkit.records import KINDS
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmkit.desks.workplace import Workplace
    from crmkit.store import Transaction


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
    wanted = None if kinds is None else frozenset(check_each("kinds", kinds, _kind))
    moment = workplace.moment()
    with workplace.reading() as transaction:
        party, below, opened = _opened(transaction, check_text("party_id", party_id), planned=planned)
        workplace.check_read(transaction, "timeline", party)
        after = None if cursor is None else position_at(cursor, of=party.id)
        party_ids = [party.id, *(child.id for child in below)]
        where = [Condition("party_id", "one_of", tuple(party_ids))]
        if wanted is not None:
            where.append(Condition("kind", "one_of", tuple(sorted(wanted))))
        order = "-happened_at" if newest_first else "happened_at"
        happened = transaction.find(Query(HistoryEntry, where, order_by=order, after=after, limit=limit + 1)) if past else ()
        coming = planned_items(transaction, opened, moment) if planned else []
    coming = [entry for entry in coming if wanted is None or entry.kind in wanted]
    if after is not None:
        coming = [entry for entry in coming if (position_of(entry) < after if newest_first else position_of(entry) > after)]
    return page_of(happened, coming, of=party.id, newest_first=newest_first, limit=limit)


def _kind(name: str, kind: object) -> str:
    if kind not in KINDS:
        raise refused(name, kind, "one of " + ", ".join(map(repr, sorted(KINDS))))
    return str(kind)


def _opened(transaction: Transaction, party_id: str, *, planned: bool) -> tuple[Party, tuple[Party, ...], Sequence[Sequence[Any]]]:
    """
    Find a party, those below it, and what is open with all of them: at once for a party that stands alone, as nearly all do.

    Raises:
        NotStoredError: When there is no such party.
    """
    family = [Query(Party, [Condition(field, "equal", party_id)]) for field in ("id", "parent_id")]
    found, below, *opened = transaction.find_several([*family, *(open_records([party_id]) if planned else ())])
    if not found:
        raise NotStoredError("party", party_id)
    party = resolved(transaction, found[0])
    members = with_those_below(transaction, party_id, below) if party.id == party_id else members_of(transaction, party.id)
    if planned and (members or party.id != party_id):
        opened = list(transaction.find_several(open_records([party.id, *(member.id for member in members)])))
    return party, members, opened
