"""What of a list a reader may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from crmkit.desks.workplace import Workplace, find_each
from crmkit.entities import Party

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmkit.records import Stored
    from crmkit.store import Transaction

E = TypeVar("E", bound="Stored")


def within_reach(workplace: Workplace, transaction: Transaction, verb: str, records: Sequence[E]) -> tuple[E, ...]:
    """
    Leave out what the reader's rights do not reach: by the owner of the record's party, else by the employee it names.

    Raises:
        NotPermittedError: When the rights do not list the verb.
    """
    owners = workplace.scope.owners_reached(verb)
    if owners is None:
        return tuple(records)
    party_ids = [party_id for record in records if (party_id := getattr(record, "party_id", None)) is not None]
    owner_of = {party.id: party.owner_id for party in find_each(transaction, Party, "id", party_ids)}
    return tuple(record for record in records if not owners.isdisjoint(_responsible(record, owner_of)))


def _responsible(record: Stored, owner_of: dict[str, str | None]) -> set[str | None]:
    party_id = getattr(record, "party_id", None)
    if party_id is not None:
        return {owner_of.get(party_id)}
    return {getattr(record, "employee_id", None), *getattr(record, "attendees", ())}
