"""What must hold over contacts, appointments, tasks and notes: each rule is one function that names what breaks it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

import attrs

from crmkit.desks.companions import attendances, birthdays, email_addresses
from crmkit.desks.work_items import ASKING, UNKNOWN, gain_of, items_of
from crmkit.entities import (
    Appointment,
    Attachment,
    Consent,
    ContactPlan,
    Document,
    Event,
    FollowUp,
    HistoryEntry,
    Interaction,
    Note,
    Objection,
    OpeningBalance,
    Party,
    Ref,
    Task,
    Unassigned,
)
from crmkit.records import Attendance, Birthday, EmailAddress, WorkItem, kind_of
from crmkit.scheduling.contact_counts import recounted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crmkit.desks.invariants import Everything

E = TypeVar("E", Interaction, OpeningBalance)


def _counts_and_last_contacts_are_those_of_the_entries(everything: Everything) -> Iterator[tuple[str, str]]:
    interactions, balances = _by_party(everything.of(Interaction)), _by_party(everything.of(OpeningBalance))
    zone, policy = ZoneInfo(everything.settings.zone), everything.settings.policy
    for plan in everything.of(ContactPlan):
        if recounted(plan, interactions.get(plan.id, ()), balances.get(plan.id, ()), zone=zone, policy=policy) != plan:
            yield f"plan of {plan.id}", "differs from what its interactions and opening balances say"


def _employees_are_taken_by_their_appointments(everything: Everything) -> Iterator[tuple[str, str]]:
    wanted = {one.id: one for appointment in everything.of(Appointment) for one in attendances(appointment)}
    if wanted != everything.by_id(Attendance):
        yield "appointments", "take their attendees at other times than they say"


def _parties_are_found_by_their_email_addresses(everything: Everything) -> Iterator[tuple[str, str]]:
    kept: dict[str, set[EmailAddress]] = defaultdict(set)
    for address in everything.of(EmailAddress):
        kept[address.party_id].add(address)
    for party in everything.of(Party):
        if kept[party.id] != set(email_addresses(party)):
            yield f"party {party.id}", "is found by other e-mail addresses than it has"


def _parties_are_found_by_the_birthdays_of_their_people(everything: Everything) -> Iterator[tuple[str, str]]:
    wanted = {one.id: one for party in everything.of(Party) for one in birthdays(party)}
    if wanted != everything.by_id(Birthday):
        yield "parties", "are found by other birthdays than their contact persons have"


def _what_is_open_is_found_by_its_work_items(everything: Everything) -> Iterator[tuple[str, str]]:
    zone, currency = ZoneInfo(everything.settings.zone), everything.settings.currency
    owner_of = {party.id: party.owner_id for party in everything.of(Party)}
    worth: dict[str, int] = {}
    for document in everything.of(Document):
        gain = gain_of(document, currency)
        if gain is not None:
            worth[document.party_id] = worth.get(document.party_id, 0) - gain
    wanted = {
        item.id: item
        for kind in ASKING
        for record in everything.by_class[kind]
        for item in items_of(record, owner_id=owner_of.get(getattr(record, "party_id", None) or ""), zone=zone)
    }
    for id, item in everything.by_id(WorkItem).items():
        if id not in wanted or item != attrs.evolve(wanted[id], worth=item.worth):
            yield f"work_item {id}", "is not what its record asks for"
        elif item.worth > worth.get(item.party_id or "", UNKNOWN):
            yield f"work_item {id}", "takes its party for worth less than it may be"
    for id in wanted.keys() - everything.by_id(WorkItem).keys():
        yield f"work_item {id}", "is missing"


def _what_people_do_has_a_history(everything: Everything) -> Iterator[tuple[str, str]]:
    told = {entry.about for entry in everything.of(HistoryEntry)}
    for kind in (Appointment, Task, FollowUp, Note, Event, OpeningBalance, Unassigned, Attachment, Consent, Objection):
        name = kind_of(kind).name
        for record in everything.of(kind):
            filed_with = record.about if isinstance(record, Attachment) else None
            if Ref(name, record.id) not in told and filed_with not in told:
                yield f"{name} {record.id}", "has no history entry"


def _an_assigned_email_has_its_interaction(everything: Everything) -> Iterator[tuple[str, str]]:
    interactions = everything.by_id(Interaction)
    for waiting in everything.of(Unassigned):
        if waiting.interaction_id is not None and waiting.interaction_id not in interactions:
            yield f"unassigned {waiting.id}", f"was filed as {waiting.interaction_id}, which is not there"


def _by_party(records: Iterable[E]) -> Mapping[str, list[E]]:
    found: dict[str, list[E]] = defaultdict(list)
    for record in records:
        found[record.party_id].append(record)
    return found


ACTIVITY_RULES = (
    _counts_and_last_contacts_are_those_of_the_entries,
    _employees_are_taken_by_their_appointments,
    _parties_are_found_by_their_email_addresses,
    _parties_are_found_by_the_birthdays_of_their_people,
    _what_is_open_is_found_by_its_work_items,
    _what_people_do_has_a_history,
    _an_assigned_email_has_its_interaction,
)
