"""Merging takes the stricter side: what one of two parties withdrew, the other's consent does not bring back."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import attrs

from crmkit.conditions import Condition
from crmkit.entities import Consent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmkit.desks.work import Work
    from crmkit.entities import ContactPerson, Party


def end_what_one_side_withdrew(work: Work, lead: Party, target: Party, people: Mapping[str | None, ContactPerson]) -> None:
    """
    End the consents of each side that the other side withdrew last. Objections need nothing: those of both sides hold.

    Args:
        work: The verb at work.
        lead: The party that is merged.
        target: The party that it is merged into.
        people: The contact persons that the target gains, by their ids at the lead.
    """
    theirs, ours = (work.find(Consent, Condition("party_id", "equal", party.id)) for party in (lead, target))
    at_target = {one.id: people[one.person_id].id if one.person_id in people else one.person_id for one in theirs}
    at_target |= {one.id: one.person_id for one in ours}
    ended = [
        attrs.evolve(one, withdrawn_at=max(work.moment.at, one.granted_at), withdrawn_because=f"{lead.id} merged into {target.id}")
        for mine, others in ((theirs, ours), (ours, theirs))
        for one in mine
        if one.in_force and any(_is_about(one, other, at_target) for other in _withdrawn(others))
    ]
    work.save(*ended)
    work.log_all([(one, one.party_id, None, f"{one.purpose} by {one.channel}: the stricter side holds") for one in ended])


def _withdrawn(consents: Iterable[Consent]) -> Iterator[Consent]:
    """The latest consent of each purpose, channel and contact person, where it was withdrawn."""
    by_subject: dict[tuple[str, str, str | None], list[Consent]] = defaultdict(list)
    for one in consents:
        if one.voided_because is None:
            by_subject[one.purpose, one.channel, one.person_id].append(one)
    for same in by_subject.values():
        latest = _latest(same)
        if latest.withdrawn_at is not None:
            yield latest


def _latest(consents: Sequence[Consent]) -> Consent:
    return max(consents, key=lambda one: (one.granted_at, one.withdrawn_at is not None))


def _is_about(one: Consent, other: Consent, person_of: Mapping[str, str | None]) -> bool:
    """Tell whether two consents are about the same purpose, channel and person; one of a party as such is about all its persons."""
    persons = {person_of[one.id], person_of[other.id]}
    return (one.purpose, one.channel) == (other.purpose, other.channel) and (None in persons or len(persons) == 1)
