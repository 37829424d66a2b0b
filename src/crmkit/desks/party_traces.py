"""What every stored change of a party leaves beside it, and what it must not break."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit._checks import refused
from crmkit.conditions import Condition
from crmkit.desks.groups import check_groups
from crmkit.entities import ExternalId, Party, PartyChange
from crmkit.ids import new_id
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from crmkit.desks.work import Work
    from crmkit.entities import ChangedField
    from crmkit.records import Stored

    Pair = tuple[Stored | None, Stored]

_SINGLE: tuple[ChangedField, ...] = ("effective_class", "owner_id", "parent_id", "region")


def save_party_traces(work: Work, pairs: Sequence[Pair], *, since: date | None = None) -> None:
    """
    Check parties that were just saved, and write their dated changes.

    Args:
        work: The verb at work.
        pairs: Each record before and after; what is no party is passed over.
        since: The day from which the changes hold; the day of the verb by default.

    Raises:
        InvalidValueError: For a party above itself, an external id that is another party's, and one employee more than there are seats.
        NotStoredError: For a party above that is not stored.
    """
    parties = [(before if isinstance(before, Party) else None, after) for before, after in pairs if isinstance(after, Party)]
    if not parties:
        return
    check_groups(work, [after for before, after in parties if after.parent_id and (before is None or before.parent_id != after.parent_id)])
    _check_external_ids(work, parties)
    _check_seats(work, parties)
    changes = [change for before, after in parties if before is not None for change in _changes(before, after, since or work.moment.on)]
    if any(change.changed_on < work.moment.today for change in changes):
        changes = _not_before_others(work, changes)
    work.transaction.save(changes)


def external_ids(party: Party) -> list[ExternalId]:
    """List the ids of a party in other systems, as records by which it is found."""
    return [ExternalId(system=system, external_id=id, party_id=party.id) for system, id in party.external_ids.items()]


def _changes(before: Party, after: Party, on: date) -> Iterator[PartyChange]:
    def change(field: ChangedField, old: str | None, new: str | None) -> PartyChange:
        return PartyChange(id=new_id(), party_id=after.id, field=field, changed_on=on, before=old, after=new)

    for field in _SINGLE:
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            yield change(field, old, new)
    if before.active != after.active:
        yield change("active", _yes_or_no(before.active), _yes_or_no(after.active))
    several: tuple[tuple[ChangedField, frozenset[str], frozenset[str]], ...] = (
        ("category", before.categories, after.categories),
        ("role", frozenset(before.roles), frozenset(after.roles)),
    )
    for field, were, are in several:
        yield from (change(field, gone, None) for gone in sorted(were - are))
        yield from (change(field, None, added) for added in sorted(are - were))


def _yes_or_no(value: bool) -> str:  # noqa: FBT001  # one of two words
    return "yes" if value else "no"


def _not_before_others(work: Work, changes: Sequence[PartyChange]) -> list[PartyChange]:
    """A back-dated change begins no earlier than the change before it, so that the newest value is the one that holds last."""
    last: dict[tuple[str, str], date] = {}
    for known in work.find_each(PartyChange, "party_id", (change.party_id for change in changes)):
        key = known.party_id, known.field
        last[key] = max(known.changed_on, last.get(key, known.changed_on))
    return [
        attrs.evolve(change, changed_on=max(change.changed_on, last.get((change.party_id, change.field), change.changed_on)))
        for change in changes
    ]


def _check_external_ids(work: Work, parties: Sequence[tuple[Party | None, Party]]) -> None:
    wanted = [
        one for before, after in parties if before is None or before.external_ids != after.external_ids for one in external_ids(after)
    ]
    owners = {one.id: one.party_id for one in work.find_each(ExternalId, "id", (one.id for one in wanted))}
    for one in wanted:
        if owners.setdefault(one.id, one.party_id) != one.party_id:
            raise refused("external_ids", one.system, f"an id in {one.system!r} that is not the one of party {owners[one.id]!r}")


def _check_seats(work: Work, parties: Sequence[tuple[Party | None, Party]]) -> None:
    seats = work.settings.seats
    if seats is None or not any(after.seat and (before is None or not before.seat) for before, after in parties):
        return
    taken = len(work.transaction.find(Query(Party, [Condition("seat", "missing", value=False)], limit=seats + 1)))
    if taken > seats:
        raise refused("roles", "employee", f"at most {seats} active employees, as many as there are seats")
