"""What is planned with a party, as entries of its timeline: one function for each kind of record that can be open."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from crmkit.conditions import Condition
from crmkit.desks.document_moves import in_short
from crmkit.desks.planned_sales import SALES_SOURCES, planned_events
from crmkit.desks.planned_sources import OPEN, Source, planned
from crmkit.entities import Appointment, CampaignMember, Case, Document, FollowUp, Interaction, Recall, Ref, Task
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmkit.desks.moments import Moment
    from crmkit.entities import HistoryEntry
    from crmkit.store import Transaction


def open_records(party_ids: Sequence[str]) -> list[Query[Any]]:
    """Ask for what is open with some parties; `planned_items` makes entries of what is found."""
    of_parties = Condition(
        "party_id", "one_of" if len(party_ids) > 1 else "equal", tuple(party_ids) if len(party_ids) > 1 else party_ids[0]
    )
    return [*(Query(source.kind, (of_parties, *source.where)) for source in SOURCES), Query(CampaignMember, (of_parties,))]


def planned_items(transaction: Transaction, found: Sequence[Sequence[Any]], moment: Moment) -> list[HistoryEntry]:
    """List what is planned, of what the queries of `open_records` have found."""
    *records, members = found
    entries = [entry for source, own in zip(SOURCES, records, strict=True) for one in own for entry in source.entries(one, moment)]
    return [*entries, *planned_events(transaction, members, moment)]


def _recall(one: Recall, moment: Moment) -> Iterator[HistoryEntry]:
    at = moment.start_of(one.due_on) if one.due_time is None else moment.local(one.due_on, one.due_time)
    yield planned(one.party_id, Ref("recall", one.id), at, actor=one.employee_id, verb="contact.recall", summary=one.reason)


def _task(one: Task, moment: Moment) -> Iterator[HistoryEntry]:
    actor = one.employee_id or one.department_id
    yield planned(one.party_id, Ref("task", one.id), moment.start_of(one.due_on), actor=actor, verb="tasks.assign", summary=one.text)


def _follow_up(one: FollowUp, moment: Moment) -> Iterator[HistoryEntry]:
    at = moment.start_of(one.due_on) if one.due_time is None else moment.local(one.due_on, one.due_time)
    yield planned(one.party_id, Ref("follow_up", one.id), at, actor=one.employee_id, verb="tasks.follow_up", summary=one.note)


def _appointment(one: Appointment, _: Moment) -> Iterator[HistoryEntry]:
    about, verb = Ref("appointment", one.id), "appointments.schedule"
    yield planned(one.party_id, about, one.start_at, actor=min(one.attendees), verb=verb, summary=one.subject)


def _commitments(one: Interaction, moment: Moment) -> Iterator[HistoryEntry]:
    """Open promises, each at its day; one without a day at the moment at which it was made."""
    for place, promise in enumerate(one.commitments):
        if promise.kept_on is None:
            at = one.happened_at if promise.due_on is None else moment.start_of(promise.due_on)
            about, verb = Ref("interaction", one.id), "contact.keep_commitment"
            yield planned(one.party_id, about, at, actor=one.employee_id, verb=verb, summary=promise.text, id=f"{one.id}.{place}")


def _quote(one: Document, moment: Moment) -> Iterator[HistoryEntry]:
    if one.valid_until is not None:
        about, at = Ref("document", one.id), moment.start_of(one.valid_until)
        yield planned(one.party_id, about, at, actor=one.salesperson_id, verb="documents.accept", summary=in_short(one))


def _case(one: Case, _: Moment) -> Iterator[HistoryEntry]:
    if one.due_at is not None:
        yield planned(one.party_id, Ref("case", one.id), one.due_at, actor=one.employee_id, verb="cases.close", summary=f"{one.kind} due")


SOURCES = (
    Source(Document, (Condition("kind", "equal", "quote"), OPEN), _quote),
    Source(Case, (Condition("pending_since", "missing", value=False),), _case),
    Source(Recall, (OPEN,), _recall),
    Source(Task, (OPEN,), _task),
    Source(FollowUp, (OPEN,), _follow_up),
    Source(Appointment, (Condition("state", "equal", "planned"),), _appointment),
    Source(Interaction, (Condition("commitment_due_on", "at_most", date.max),), _commitments),
    *SALES_SOURCES,
)
