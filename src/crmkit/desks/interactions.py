"""Recording interactions: what each of them changes beside itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit._checks import refused
from crmkit.conditions import Condition
from crmkit.desks.recalls import plan_recall
from crmkit.entities import ContactPlan, Document, Interaction, Party, Recall
from crmkit.errors import NotStoredError
from crmkit.ids import new_id
from crmkit.scheduling.contact_plans import after_interaction
from crmkit.scheduling.contact_policy import NO_POLICY

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from crmkit.desks.moments import When
    from crmkit.desks.work import Work
    from crmkit.entities import Commitment, Direction
    from crmkit.records import Stored


def save_interactions(work: Work, interactions: Sequence[Interaction]) -> None:
    """
    Write interactions with all that follows: count and last contact of each party, done recalls, history entries.

    Raises:
        NotStoredError: When a party or a contact person is not stored.
        InvalidValueError: For a time in the future.
    """
    interactions = work.at_home(interactions)
    by_party = _by_party(interactions)
    parties = {party.id: party for party in work.find_each(Party, "id", by_party)}
    for party_id in by_party:
        if party_id not in parties:
            raise NotStoredError("party", party_id)
    plans = {plan.party_id: plan for plan in plans_of(work, by_party)}
    recalls = work.find_each(Recall, "party_id", by_party, Condition("state", "equal", "open"))
    changed: list[Stored] = []
    for party_id, own in by_party.items():
        plan = plans[party_id]
        done: dict[str, Recall] = {}
        for interaction in own:
            _check(work, interaction, parties[party_id])
            on = interaction.happened_at.astimezone(work.moment.zone).date()
            plan = after_interaction(plan, interaction, on=on, policy=work.settings.policy)
            done |= completed_recalls(work, interaction, (recall for recall in recalls if recall.party_id == party_id), on=on)
            changed.append(interaction)
        changed += [work.planned(plan, parties[party_id]), *done.values()]
    work.save(*changed)
    work.log_all([(interaction, interaction.party_id, interaction.happened_at, _in_short(interaction)) for interaction in interactions])


def record_one(
    work: Work,
    *,
    party_id: str | None,
    kind: str,
    document_id: str | None,
    person_id: str | None,
    topics: Sequence[str],
    commitments: Sequence[Commitment],
    result: str | None,
    direction: Direction,
    reached: bool,
    minutes: int | None,
    recall: When | None,
) -> Interaction:
    """Record what just happened, or happened at the given time, and plan the next recall where one is asked for."""
    interaction = Interaction(
        id=new_id(),
        party_id=party_of(work, party_id, document_id),
        happened_at=work.moment.at,
        kind=kind,
        direction=direction,
        reached=reached,
        employee_id=work.scope.actor,
        person_id=person_id,
        document_id=document_id,
        topics=topics,
        commitments=commitments,
        result=result,
        minutes=minutes,
    )
    save_interactions(work, [interaction])
    if recall is not None:
        plan_recall(work, interaction.party_id, on=recall, name="recall", employee_id=work.scope.actor)
    return work.stored(interaction)


def plans_of(work: Work, party_ids: Collection[str]) -> Sequence[ContactPlan]:
    """Lock the plan of one party, so that calls recorded at once wait for each other; many are guarded by their versions."""
    if len(party_ids) == 1:
        return [work.get(ContactPlan, party_id) for party_id in party_ids]
    return work.find_each(ContactPlan, "id", party_ids)


def party_of(work: Work, party_id: str | None, document_id: str | None) -> str:
    """
    Find whom an interaction is with: the party, else the party of the document.

    Raises:
        NotStoredError: When there is no such document.
        InvalidValueError: When neither is given, or the document is another party's.
    """
    if document_id is None:
        if party_id is None:
            raise refused("party_id", None, "a party, or a document whose party is taken over")
        return party_id
    document = work.get(Document, document_id, lock=False)
    if party_id not in (None, document.party_id):
        raise refused("party_id", party_id, f"the party of the document, {document.party_id!r}, or none")
    return document.party_id


def _in_short(interaction: Interaction) -> str:
    direction = {"in": "from", "out": "to"}[interaction.direction]
    return f"{interaction.kind} {direction} them" + "".join(f", {topic}" for topic in interaction.topics)


def _by_party(interactions: Iterable[Interaction]) -> Mapping[str, list[Interaction]]:
    found: dict[str, list[Interaction]] = {}
    for interaction in interactions:
        found.setdefault(interaction.party_id, []).append(interaction)
    return found


def _check(work: Work, interaction: Interaction, party: Party) -> None:
    if interaction.happened_at > work.moment.now:
        raise refused("happened_at", interaction.happened_at, f"a time up to now ({work.moment.now.isoformat()})")
    if interaction.person_id is not None and interaction.person_id not in {person.id for person in party.people}:
        raise NotStoredError("contact_person", interaction.person_id)


def completed_recalls(work: Work, interaction: Interaction, open_recalls: Iterable[Recall], *, on: date) -> dict[str, Recall]:
    """A contact completes the recalls that were due by its day; an attempt completes none."""
    if not (work.settings.policy or NO_POLICY).counts.is_contact(interaction):
        return {}
    return {recall.id: attrs.evolve(recall, state="done", done_by_id=interaction.id) for recall in open_recalls if recall.due_on <= on}
