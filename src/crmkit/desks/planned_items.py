"""What is planned with a party, as entries of its timeline: one function for each kind of record that can be open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.conditions import Condition
from crmkit.desks.document_moves import in_short
from crmkit.desks.planned_sales import SALES_SOURCES
from crmkit.desks.workplace import find_each
from crmkit.entities import Document, HistoryEntry, Recall, Ref

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

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


SOURCES: tuple[Source, ...] = (_quotes, _recalls, *SALES_SOURCES)
