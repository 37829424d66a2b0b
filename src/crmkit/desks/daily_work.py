"""The work queue of a desk: what is stored and due, and what each party is worth."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from crmkit.conditions import Condition
from crmkit.desks.workplace import Workplace, find_each
from crmkit.entities import ContactPlan, Document, Party, Recall
from crmkit.periods import Period
from crmkit.scheduling import Plannable, WorkQueue, work_queue
from crmkit.store import Query, Transaction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmkit.money import Money

_OPEN = Condition("state", "equal", "open")


def due_work(workplace: Workplace, *, as_of: date, employee_id: str | None, limit: int) -> WorkQueue:
    """List what is due on a day, the most valuable of equal urgency first."""
    owners = workplace.scope.owners_reached("work_queue")
    with workplace.reading() as transaction:
        plans = transaction.find(Query(ContactPlan, [Condition("next_contact_on", "at_most", as_of)]))
        due_recalls = transaction.find(Query(Recall, [_OPEN, Condition("due_on", "at_most", as_of)]))
        silencing = find_each(
            transaction, Recall, "party_id", (plan.party_id for plan in plans), _OPEN, Condition("due_on", "more_than", as_of)
        )
        concerned = [*(plan.party_id for plan in plans), *(recall.party_id for recall in due_recalls)]
        parties = find_each(transaction, Party, "id", concerned)
        if owners is not None:
            parties = [party for party in parties if party.owner_id in owners]
        reached = {party.id for party in parties}
        items: list[Plannable] = [*plans, *due_recalls, *silencing]
        return work_queue(
            [item for item in items if item.party_id in reached],
            parties=parties,
            as_of=as_of,
            employee_id=employee_id,
            values=_gross_profit_of_a_year(transaction, parties, as_of=as_of, currency=workplace.settings.currency),
            policy=workplace.settings.policy,
            limit=limit,
        )


def _gross_profit_of_a_year(transaction: Transaction, parties: Sequence[Party], *, as_of: date, currency: str) -> Mapping[str, Money]:
    """Gross profit of the twelve months up to the day; a party without known cost, or only in other currencies, has none."""
    first_day = Period(as_of, date.fromordinal(as_of.toordinal() + 1)).year_before().end
    issued = (Condition("issued_on", "at_least", first_day), Condition("issued_on", "at_most", as_of))
    kinds = Condition("kind", "one_of", ("invoice", "credit_note"))
    worth: dict[str, Money] = {}
    for document in find_each(transaction, Document, "party_id", (party.id for party in parties), kinds, *issued):
        profit = document.gross_profit() if document.currency == currency and document.is_posted else None
        if profit is not None:
            signed = -profit if document.kind == "credit_note" else profit
            worth[document.party_id] = worth[document.party_id] + signed if document.party_id in worth else signed
    return worth
