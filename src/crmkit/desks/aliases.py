"""Parties that turned out to be another one: their ids stay, as aliases of the party that they were merged into."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from crmkit._checks import check_text
from crmkit.entities import Party
from crmkit.errors import NotStoredError
from crmkit.records import Stored, kind_of

if TYPE_CHECKING:
    from crmkit.desks.workplace import Workplace
    from crmkit.store import Transaction

E = TypeVar("E", bound=Stored)


def found_record(workplace: Workplace, kind: type[E], id: str) -> E:
    """Read one record by its id; of a merged party the one that it was merged into."""
    with workplace.reading() as transaction:
        found = transaction.get(kind, id)
        if isinstance(found, Party):
            found = cast("E", resolved(transaction, found))
        if found is not None:
            workplace.check_read(transaction, "get", found)
    if found is None:
        raise NotStoredError(kind_of(kind).name, id)
    return found


def person_at(party: Party, person_id: str | None, *, asked: str) -> str | None:
    """
    Give the id that a contact person of a merged party has at the party that it was merged into: another one where it was taken there.

    Args:
        party: The party that was found.
        person_id: Who was asked for.
        asked: The id under which the party was asked for.
    """
    if person_id is None or asked == party.id:
        return None if person_id is None else check_text("person_id", person_id)
    renamed = f"{asked} {person_id}"
    return next((one.id for one in party.people if one.id == renamed or one.id.endswith(f" {renamed}")), person_id)


def home_of(transaction: Transaction, party_id: str) -> str:
    """Under which id the records of a party are kept: of a merged one that of the party it was merged into."""
    party = transaction.get(Party, check_text("party_id", party_id))
    return party_id if party is None else resolved(transaction, party).id


def resolved(transaction: Transaction, party: Party) -> Party:
    """Follow a merged party to the one that it was merged into."""
    while party.merged_into is not None:
        target = transaction.get(Party, party.merged_into)
        if target is None:
            break
        party = target
    return party
