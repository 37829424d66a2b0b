"""What is planned with a party, as entries of its timeline: one function for each kind of record that can be open."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from crmkit.conditions import Condition
from crmkit.desks.document_moves import in_short
from crmkit.desks.planned_sales import SALES_SOURCES
from crmkit.desks.workplace import find_each
from crmkit.entities import Appointment, Case, Document, FollowUp, HistoryEntry, Interaction, Recall, Ref, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from crmkit.desks.moments import Moment
    from crmkit.store import Transaction

    Source = Callable[[Transaction, Sequence[str], Moment], Iterable[HistoryEntry]]

OPEN = Condition("state", "equal", "open")


def planned_items(transaction: Transaction, party_ids: Sequence[str], moment: Moment) -> list[HistoryEntry]:
    """List what is open with some parties."""
    return [entry for source in SOURCES for entry in source(transaction, party_ids, moment)]


def _recalls(transaction: Transaction, party_ids: Sequence[str], moment: Moment) -> Iterable[HistoryEntry]:
    for recall in find_each(transaction, Recall, "party_id", party_ids, OPEN):
        at = moment.start_of(recall.due_on) if recall.due_time is None else moment.local(recall.due_on, recall.due_time)
        yield HistoryEntry(
            id=recall.id,
            party_id=recall.party_id,
            happened_at=at,
            recorded_at=at,
            actor=recall.employee_id or "nobody",
            verb="contact.recall",
            about=Ref("recall", recall.id),
            summary=recall.reason,
            planned=True,
        )


def _tasks(transaction: Transaction, party_ids: Sequence[str], moment: Moment) -> Iterable[HistoryEntry]:
    for task in find_each(transaction, Task, "party_id", party_ids, OPEN):
        at = moment.start_of(task.due_on)
        doer = task.employee_id or task.department_id
        yield _planned(task.id, task.party_id, at, doer, verb="tasks.assign", about=Ref("task", task.id), summary=task.text)


def _follow_ups(transaction: Transaction, party_ids: Sequence[str], moment: Moment) -> Iterable[HistoryEntry]:
    for one in find_each(transaction, FollowUp, "party_id", party_ids, OPEN):
        at = moment.start_of(one.due_on) if one.due_time is None else moment.local(one.due_on, one.due_time)
        yield _planned(one.id, one.party_id, at, one.employee_id, verb="tasks.follow_up", about=Ref("follow_up", one.id), summary=one.note)


def _appointments(transaction: Transaction, party_ids: Sequence[str], moment: Moment) -> Iterable[HistoryEntry]:
    del moment
    for one in find_each(transaction, Appointment, "party_id", party_ids, Condition("state", "equal", "planned")):
        attendee, about = min(one.attendees), Ref("appointment", one.id)
        yield _planned(one.id, one.party_id, one.start_at, attendee, verb="appointments.schedule", about=about, summary=one.subject)


def _commitments(transaction: Transaction, party_ids: Sequence[str], moment: Moment) -> Iterable[HistoryEntry]:
    """Open promises, each at its day; one without a day at the moment at which it was made."""
    with_open_ones = Condition("commitment_due_on", "at_most", date.max)
    for interaction in find_each(transaction, Interaction, "party_id", party_ids, with_open_ones):
        for place, one in enumerate(interaction.commitments):
            if one.kept_on is None:
                at = interaction.happened_at if one.due_on is None else moment.start_of(one.due_on)
                id, about = f"{interaction.id}.{place}", Ref("interaction", interaction.id)
                yield _planned(
                    id, interaction.party_id, at, interaction.employee_id, verb="contact.keep_commitment", about=about, summary=one.text
                )


def _planned(id: str, party_id: str | None, at: datetime, actor: str | None, *, verb: str, about: Ref, summary: str | None) -> HistoryEntry:
    return HistoryEntry(
        id=id,
        party_id=party_id,
        happened_at=at,
        recorded_at=at,
        actor=actor or "nobody",
        verb=verb,
        about=about,
        summary=summary,
        planned=True,
    )


def _quotes(transaction: Transaction, party_ids: Sequence[str], moment: Moment) -> Iterable[HistoryEntry]:
    for quote in find_each(transaction, Document, "party_id", party_ids, Condition("kind", "equal", "quote"), OPEN):
        if quote.valid_until is not None:
            at = moment.start_of(quote.valid_until)
            yield HistoryEntry(
                id=quote.id,
                party_id=quote.party_id,
                happened_at=at,
                recorded_at=at,
                actor=quote.salesperson_id or "nobody",
                verb="documents.accept",
                about=Ref("document", quote.id),
                summary=in_short(quote),
                planned=True,
            )


def _cases(transaction: Transaction, party_ids: Sequence[str], moment: Moment) -> Iterable[HistoryEntry]:  # noqa: ARG001  # as the others
    for case in find_each(transaction, Case, "party_id", party_ids, Condition("pending_since", "missing", value=False)):
        if case.due_at is not None:
            yield HistoryEntry(
                id=case.id,
                party_id=case.party_id,
                happened_at=case.due_at,
                recorded_at=case.due_at,
                actor=case.employee_id or "nobody",
                verb="cases.close",
                about=Ref("case", case.id),
                summary=f"{case.kind} due",
                planned=True,
            )


SOURCES: tuple[Source, ...] = (_quotes, _cases, _recalls, _tasks, _follow_ups, _appointments, _commitments, *SALES_SOURCES)
