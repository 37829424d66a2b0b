"""What is planned with a party, as entries of its timeline: one function for each kind of record that can be open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.conditions import Condition
from crmkit.desks.workplace import find_each
from crmkit.entities import Contract, HistoryEntry, Opportunity, Recall, Ref

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


def _opportunities(transaction: Transaction, party_ids: Sequence[str], moment: Moment) -> Iterable[HistoryEntry]:
    for opportunity in find_each(transaction, Opportunity, "party_id", party_ids, OPEN):
        if opportunity.expected_on is not None:
            at = moment.start_of(opportunity.expected_on)
            yield HistoryEntry(
                id=opportunity.id,
                party_id=opportunity.party_id,
                happened_at=at,
                recorded_at=at,
                actor=opportunity.salesperson_id or "nobody",
                verb="opportunities.win",
                about=Ref("opportunity", opportunity.id),
                summary=opportunity.title,
                planned=True,
            )


def _contracts(transaction: Transaction, party_ids: Sequence[str], moment: Moment) -> Iterable[HistoryEntry]:
    for contract in find_each(transaction, Contract, "party_id", party_ids, Condition("state", "equal", "active")):
        if contract.due_on is not None:
            at = moment.start_of(contract.due_on)
            yield HistoryEntry(
                id=contract.id,
                party_id=contract.party_id,
                happened_at=at,
                recorded_at=at,
                actor=contract.employee_id or "nobody",
                verb="contracts.cancel" if contract.automatic else "contracts.renew",
                about=Ref("contract", contract.id),
                summary=contract.title,
                planned=True,
            )


SOURCES: tuple[Source, ...] = (_recalls, _opportunities, _contracts)
