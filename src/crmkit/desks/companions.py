"""Records kept beside others, by which those are found: rewritten whenever the other is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import attrs

from crmkit.desks.numbering import document_numbers
from crmkit.desks.party_traces import external_ids
from crmkit.desks.terms import search_terms
from crmkit.duplicates.sounds import match_keys
from crmkit.entities import Appointment, Document, ExternalId, Party
from crmkit.entities.emails import folded_address
from crmkit.records import Attendance, Birthday, DocumentLink, DocumentNumber, EmailAddress, MatchKey, SearchTerm, Stored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmkit.desks.work import Work


@attrs.frozen(kw_only=True)
class _Companion:
    """
    One kind of record that is kept beside another.

    Attributes:
        owner: Beside what.
        kind: What is kept.
        field: The declared field with the owner's id.
        of: Lists what belongs beside an owner.
    """

    owner: type[Any]
    kind: type[Any]
    field: str
    of: Callable[[Any], Iterable[Stored]]


def email_addresses(party: Party) -> list[EmailAddress]:
    """List the addresses by which a party is found: its own, and those of its contact persons; a merged one is not found by any."""
    if party.merged_into is not None:
        return []
    owned = [(None, address) for address in party.emails] + [(person.id, address) for person in party.people for address in person.emails]
    folded = {(person_id, form) for person_id, address in owned if (form := folded_address(address)) is not None}
    return [
        EmailAddress(id=_joined(party.id, person_id or "", address), party_id=party.id, person_id=person_id, address=address)
        for person_id, address in folded
    ]


def stored_match_keys(party: Party) -> list[MatchKey]:
    """
    List the marks by which a party is brought together with those that may be the same.

    E-mails are kept as such already, and of a place the postcode is enough: rows cost time wherever a party is written.
    """
    keys = {f"{kind} {mark.partition(' ')[0] if kind == 'place' else mark}" for kind, mark in match_keys(party) if kind != "email"}
    return [MatchKey(id=_joined(party.id, key), party_id=party.id, key=key) for key in keys]


def birthdays(party: Party) -> list[Birthday]:
    """List the birthdays of its contact persons; those of a merged one are found at the party that it was merged into."""
    if party.merged_into is not None:
        return []
    return [
        Birthday(id=_joined(party.id, person.id), party_id=party.id, owner_id=party.owner_id, day=f"{person.birthday:%m-%d}")
        for person in party.people
        if person.birthday is not None
    ]


def attendances(appointment: Appointment) -> list[Attendance]:
    """List whom an appointment takes, and when."""
    return [
        Attendance(
            id=_joined(appointment.id, employee_id),
            appointment_id=appointment.id,
            employee_id=employee_id,
            start_at=appointment.start_at,
            end_at=appointment.end_at,
            state=appointment.state,
        )
        for employee_id in appointment.attendees
    ]


def document_links(document: Document) -> list[DocumentLink]:
    """List from what else a document came, beside its predecessor."""
    further = [id for id in document.predecessor_ids if id != document.predecessor_id]
    return [DocumentLink(id=_joined(document.id, id), document_id=document.id, predecessor_id=id) for id in further]


def _joined(*parts: str) -> str:
    """Join ids of the host's, which may hold anything, so that no two lists give one text."""
    return " ".join(f"{len(part)}:{part}" for part in parts)


COMPANIONS = (
    _Companion(owner=Party, kind=SearchTerm, field="party_id", of=search_terms),
    _Companion(owner=Party, kind=EmailAddress, field="party_id", of=email_addresses),
    _Companion(owner=Party, kind=MatchKey, field="party_id", of=stored_match_keys),
    _Companion(owner=Party, kind=Birthday, field="party_id", of=birthdays),
    _Companion(owner=Party, kind=ExternalId, field="party_id", of=external_ids),
    _Companion(owner=Document, kind=DocumentLink, field="document_id", of=document_links),
    _Companion(owner=Document, kind=DocumentNumber, field="document_id", of=document_numbers),
    _Companion(owner=Appointment, kind=Attendance, field="appointment_id", of=attendances),
)


def save_companions(work: Work, saved: Sequence[Stored]) -> None:
    """Keep what stands beside the saved records as those are now."""
    for companion in COMPANIONS:
        owners = [entity for entity in saved if isinstance(entity, companion.owner)]
        if owners:
            _save_beside(work, companion, owners)


def _save_beside(work: Work, companion: _Companion, owners: Sequence[Stored]) -> None:
    known = {one.id: one for one in work.find_each(companion.kind, companion.field, (owner.id for owner in owners if owner.version))}
    wanted: dict[str, Any] = {one.id: one for owner in owners for one in companion.of(owner)}
    for id in known.keys() - wanted.keys():
        work.transaction.remove(companion.kind, id)
    new = [one for id, one in wanted.items() if id not in known]
    changed = [attrs.evolve(one, version=known[id].version) for id, one in wanted.items() if id in known and one != known[id]]
    work.transaction.save([*new, *changed])
