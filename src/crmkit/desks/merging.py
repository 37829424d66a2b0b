"""Merging a party into another one: all that belongs to it moves over, and its id stays as an alias."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import attrs

from crmkit._checks import check_text, refused
from crmkit.conditions import Condition
from crmkit.desks.aliases import resolved
from crmkit.desks.companions import COMPANIONS
from crmkit.desks.groups import members_of
from crmkit.desks.merged_consents import end_what_one_side_withdrew
from crmkit.entities import (
    Appointment,
    Consent,
    ContactPerson,
    ContactPlan,
    Document,
    HistoryEntry,
    Interaction,
    KeptApart,
    LoyaltyCard,
    Objection,
    OpeningBalance,
    Party,
    PartyChange,
    PortalRequest,
    Ref,
)
from crmkit.errors import NotStoredError
from crmkit.records import KINDS, WorkItem
from crmkit.scheduling.contact_counts import recounted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmkit.desks.work import Work
    from crmkit.records import RecordKind, Stored

STAYING = frozenset(companion.kind for companion in COMPANIONS if companion.owner is Party) | {PartyChange, WorkItem}
"""The kinds of record that stay with a merged party: what it is found by, and whose it was when; its open work follows by itself."""


def merge_lead(work: Work, lead_id: str, *, into: str) -> Party:
    """
    Merge a lead into a party, as `merge_party` does.

    Raises:
        InvalidValueError: As there, and for a lead that bought.
    """
    lead = work.transaction.get(Party, check_text("party_id", lead_id))
    if lead is not None and lead.merged_into is None and lead.id != into:
        invoices = work.find(Document, Condition("party_id", "equal", lead.id), Condition("kind", "equal", "invoice"))
        if any(invoice.voided_because is None for invoice in invoices):
            raise refused("party_id", lead.id, "a lead; this one has invoices, so it is a customer of its own: crm.duplicates.merge()")
    return merge_party(work, lead_id, into=into)


def merge_party(work: Work, lead_id: str, *, into: str) -> Party:
    """
    Merge a party into another one. Merging it again gives that party and changes nothing.

    A person that is merged into an organisation becomes its contact person; otherwise both are taken for the same.

    Raises:
        NotStoredError: When one of them is not stored.
        InvalidValueError: When it was merged into another party, when it is the party itself, and where somebody keeps the two apart.
    """
    lead = work.transaction.get(Party, check_text("party_id", lead_id), lock=True)
    if lead is None:
        raise NotStoredError("party", lead_id)
    target = work.get(Party, into)
    if lead.merged_into is not None:
        found = resolved(work.transaction, lead)
        if found.id != target.id:
            raise refused("into", into, f"{found.id!r}: that is what {lead_id!r} was merged into")
        if _move_records(work, lead, target, {}):  # what somebody was writing while the two were merged
            _join_plans(work, lead, target)
            work.log(target, party_id=target.id, summary=f"late records of {lead_id} moved to it")
        return target
    _check_two(work, lead, target)
    people = _people_of(lead, target)
    work.get(Party, lead.id)
    if target.id in {party.id for party in members_of(work.transaction, lead.id)}:
        work.save(attrs.evolve(target, parent_id=lead.parent_id))
        target = work.stored(target)
    work.log(lead, party_id=lead.id, summary=f"merged into {target.id}")
    end_what_one_side_withdrew(work, lead, target, people)
    _move_records(work, lead, target, people)
    _move_children(work, lead, target)
    gone = attrs.evolve(lead, active=False, merged_into=target.id, parent_id=None)
    merged = _with_data_of(lead, target, people)
    work.save(gone, merged)
    _join_plans(work, gone, merged)
    work.log(merged, party_id=merged.id, summary=f"{lead.id} merged into it")
    return work.stored(merged)


def _check_two(work: Work, lead: Party, target: Party) -> None:
    if lead.id == target.id:
        raise refused("into", target.id, "another party than the one that is merged")
    ids = {lead.id, target.id}
    for one in work.find_each(KeptApart, "party_id", sorted(ids)):
        if one.voided_because is None and {one.party_id, one.other_id} == ids:
            raise refused("into", target.id, f"a party that is not kept apart from {lead.id!r}; void that first: KeptApart {one.id!r}")


def _people_of(lead: Party, target: Party) -> Mapping[str | None, ContactPerson]:
    """Make the contact persons that the party gains, by their ids at the lead; a person who was the lead himself by None."""
    own: dict[str | None, ContactPerson] = {person.id: person for person in lead.people}
    if _becomes_contact_person(lead, target):
        given, _, family = lead.name.rpartition(" ")
        if "," in lead.name:
            family, _, given = (part.strip() for part in lead.name.partition(","))
        own[None] = ContactPerson(
            id=lead.id, last_name=family or lead.name, first_name=given, emails=lead.emails, phones=lead.phones, profiles=lead.profiles
        )
    taken = {person.id for person in target.people}
    return {key: attrs.evolve(person, id=_free_id(person.id, taken, lead.id)) for key, person in own.items()}


def _becomes_contact_person(lead: Party, target: Party) -> bool:
    return lead.kind == "person" and target.kind == "organisation"


def _free_id(wanted: str, taken: set[str], lead_id: str) -> str:
    id = wanted
    while id in taken:
        id = f"{lead_id} {id}"
    taken.add(id)
    return id


def _with_data_of(lead: Party, target: Party, people: Mapping[str | None, ContactPerson]) -> Party:
    """Add what the lead knew and the party did not; what the party says of itself stays."""
    for role in lead.roles - {"lead"}:
        target = target.with_role(role)
    person = _becomes_contact_person(lead, target)
    addresses = [attrs.evolve(address, default=False) for address in lead.addresses]
    return attrs.evolve(
        target,
        people=(*target.people, *people.values()),
        addresses=_joined(target.addresses, addresses),
        emails=target.emails if person else _joined(target.emails, lead.emails),
        phones=target.phones if person else _joined(target.phones, lead.phones),
        profiles=target.profiles if person else _joined(target.profiles, lead.profiles),
        categories=target.categories | lead.categories,
        tags=target.tags | lead.tags,
        custom={**lead.custom, **target.custom},
    )


def _joined(known: Sequence[Any], further: Sequence[Any]) -> tuple[Any, ...]:
    return (*known, *(one for one in further if one not in known))


def _move_records(work: Work, lead: Party, target: Party, people: Mapping[str | None, ContactPerson]) -> bool:
    """Point everything that names the lead to the party: records of it, and records about it. Tell whether there was any."""
    moved: dict[tuple[type, str], Stored] = {}
    for kind, condition in _places_of(lead):
        for record in work.find(kind.entity, condition):
            moved.setdefault((kind.entity, record.id), _pointed(kind, record, lead, target))
    for key, record in moved.items():
        if isinstance(record, Appointment | Consent | Interaction | PortalRequest) and record.person_id in people:
            moved[key] = attrs.evolve(record, person_id=people[record.person_id].id)
        elif isinstance(record, Objection) and record.person_id is not None and record.person_id in people:
            moved[key] = attrs.evolve(record, person_id=people[record.person_id].id)  # one of the lead as such holds for the party as such
    if any(card.active for card in work.find(LoyaltyCard, Condition("party_id", "equal", target.id))):
        moved |= {key: attrs.evolve(card, active=False) for key, card in moved.items() if isinstance(card, LoyaltyCard)}
    work.save(*moved.values())
    return bool(moved)


def _places_of(lead: Party) -> Iterator[tuple[RecordKind[Any], Condition]]:
    for kind in KINDS.values():
        if kind.entity in STAYING:
            continue
        for field in kind.fields:
            if field.refers_to == "party":
                yield kind, Condition(field.name, "equal", lead.id)
            elif field.name == "about_key":
                yield kind, Condition(field.name, "equal", Ref("party", lead.id).key)


def _pointed(kind: RecordKind[Any], record: Stored, lead: Party, target: Party) -> Stored:
    changes: dict[str, object] = {
        field.name: target.id for field in kind.fields if field.refers_to == "party" and getattr(record, field.name) == lead.id
    }
    if kind.entity is not HistoryEntry and getattr(record, "about", None) == Ref("party", lead.id):
        changes["about"] = Ref("party", target.id)
    pointed: Stored = attrs.evolve(record, **changes)  # type: ignore[misc]  # every stored record is an attrs class
    return pointed


def _move_children(work: Work, lead: Party, target: Party) -> None:
    moved = [attrs.evolve(child, parent_id=target.id) for child in work.find(Party, Condition("parent_id", "equal", lead.id))]
    work.save(*moved)
    work.log_all([(child, child.id, None, f"belongs to {target.id}") for child in moved])


def _join_plans(work: Work, gone: Party, merged: Party) -> None:
    """The lead is never listed again; its contacts count for the party."""
    of_party = Condition("party_id", "equal", merged.id)
    plan = recounted(
        work.get(ContactPlan, merged.id),
        work.find(Interaction, of_party),
        work.find(OpeningBalance, of_party),
        zone=work.moment.zone,
        policy=work.settings.policy,
    )
    lead_plan = work.get(ContactPlan, gone.id)
    if plan.frequency is None and lead_plan.frequency is not None:
        plan = attrs.evolve(plan, frequency=lead_plan.frequency, counted_from=lead_plan.counted_from, planned_on=lead_plan.planned_on)
    if not plan.reachable:
        plan = attrs.evolve(plan, reachable=lead_plan.reachable, zone=lead_plan.zone)
    plan = attrs.evolve(plan, quiet=plan.quiet or lead_plan.quiet)
    ended = attrs.evolve(ContactPlan(party_id=gone.id, ends_on=date.min), version=lead_plan.version)
    work.save(work.planned(plan, merged), work.planned(ended, gone))
