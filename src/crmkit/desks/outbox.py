"""The outbox: what the host asked to be told, at least once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_each, check_int, check_text
from crmkit.conditions import Condition
from crmkit.desks.workplace import Workplace, find_each
from crmkit.errors import NotStoredError
from crmkit.records import OutboxEvent
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_PENDING = Condition("state", "equal", "pending")


@attrs.frozen
class OutboxDesk:
    """
    `crm.outbox`: events written in the transaction of their verb; the verbs are chosen by `Settings.events`.

    Take what is pending, do your work (with the event's id as key, for it may come again), then say what is done.

    Attributes:
        workplace: What all desks share.
    """

    workplace: Workplace = attrs.field(repr=False)

    def pending(self, *, limit: int = 100) -> Sequence[OutboxEvent]:
        """List what is not done yet, the oldest first."""
        self.workplace.scope.owners_reached("outbox.pending")
        check_int("limit", limit, at_least=1)
        with self.workplace.reading() as transaction:
            return transaction.find(Query(OutboxEvent, [_PENDING], limit=limit))

    def done(self, ids: Iterable[str]) -> None:
        """
        Mark events as done; marking one again changes nothing.

        Raises:
            NotStoredError: For an id that is no event.
        """
        self.workplace.scope.owners_reached("outbox.done")
        wanted = check_each("ids", ids, check_text)
        with self.workplace.store.transaction(self.workplace.scope.tenant, write=True) as transaction:
            events = {event.id: event for event in find_each(transaction, OutboxEvent, "id", wanted)}
            for id in wanted:
                if id not in events:
                    raise NotStoredError("outbox_event", id)
            transaction.save([attrs.evolve(event, state="done") for event in events.values() if event.state == "pending"])
