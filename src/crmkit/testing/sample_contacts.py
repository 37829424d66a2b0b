"""Contacts of the sample company: interactions, frequencies and recalls, with a plan of who is due on the day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import attrs

from crmkit.entities import ContactPlan, Interaction, Recall
from crmkit.periods import days
from crmkit.testing.sample_chance import happens
from crmkit.testing.sample_words import TOPICS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

_KINDS = ("phone", "phone", "phone", "visit", "email", "letter")
_FREQUENCIES = (30, 30, 60, 90)
_PLANNED = 0.7


@attrs.frozen
class Contacts:
    """
    What happened with the parties, and what is planned.

    Attributes:
        interactions: Each with its local day in the past.
        plans: How often whom.
        recalls: Open ones, some due, some in the future.
        to_call: Parties that are due on the day, by recall or by frequency.
    """

    interactions: tuple[Interaction, ...]
    plans: tuple[ContactPlan, ...]
    recalls: tuple[Recall, ...]
    to_call: frozenset[str]


def contacts_of(random: Random, parties: Sequence[tuple[str, str, date]], *, as_of: date) -> Contacts:
    """Make them for parties, given as id, employee and day of creation. Every third one with a plan is due."""
    interactions: list[Interaction] = []
    plans: list[ContactPlan] = []
    recalls: list[Recall] = []
    to_call = set()
    for place, (party_id, employee_id, created_on) in enumerate(parties):
        if not happens(random, _PLANNED):
            continue
        frequency = random.choice(_FREQUENCIES)
        is_due = place % 3 == 0
        gap = frequency + random.randrange(1, 20) if is_due else random.randrange(1, frequency)
        last = max(as_of - timedelta(days=gap), created_on)
        interactions += _interactions(random, party_id, employee_id, since=created_on, last=last)
        plan = ContactPlan(party_id=party_id, frequency=days(frequency), last_contact_on=last)
        plans.append(plan)
        recall = _recall(random, party_id, employee_id, last=last, as_of=as_of) if place % 5 == 0 else None
        if recall is not None:
            recalls.append(recall)
        if recall.due_on <= as_of if recall is not None else last + timedelta(days=frequency) < as_of:
            to_call.add(party_id)
    return Contacts(tuple(interactions), tuple(plans), tuple(recalls), frozenset(to_call))


def _interactions(random: Random, party_id: str, employee_id: str, *, since: date, last: date) -> Iterator[Interaction]:
    """Up to six, the last one on its planned day."""
    earlier = [since + timedelta(days=random.randrange((last - since).days + 1)) for _ in range(random.randrange(6))]
    for number, day in enumerate([*sorted(earlier), last], start=1):
        moment = datetime.combine(day, time(random.randrange(8, 16), random.randrange(0, 60, 5)), tzinfo=UTC)
        yield Interaction(
            id=f"I-{party_id}-{number}",
            party_id=party_id,
            happened_at=moment,
            kind=random.choice(_KINDS),
            direction="in" if happens(random, 0.2) else "out",
            reached=True,
            employee_id=employee_id,
            topics=[random.choice(TOPICS)],
            minutes=random.randrange(3, 40),
        )


def _recall(random: Random, party_id: str, employee_id: str, *, last: date, as_of: date) -> Recall:
    """Due on the day, overdue, or in the future; never before the last contact, which would have done it."""
    due_on = max(as_of + timedelta(days=random.choice((-4, 0, 0, 7))), last + timedelta(days=1))
    return Recall(id=f"W-{party_id}", party_id=party_id, due_on=due_on, employee_id=employee_id, reason=random.choice(TOPICS))
