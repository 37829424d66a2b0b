"""The outbox: what the host asked to be told, at least once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_each, check_int, check_mapping, check_text, refused
from crmkit.conditions import Condition
from crmkit.desks.host_work import Delivery, FailedEvent
from crmkit.desks.reach import within_reach
from crmkit.desks.workplace import Workplace, find_each
from crmkit.errors import NotPermittedError, NotStoredError
from crmkit.records import OutboxEvent
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crmkit.desks.host_work import EventHandler

_PENDING = Condition("state", "equal", "pending")


@attrs.frozen
class OutboxDesk:
    """
    `crm.outbox`: events written in the transaction of their verb; the verbs are chosen by `Settings.events`.

    `deliver` hands what is pending to your functions. Or take it yourself, do your work (with the event's id as key, for it may
    come again), then say what is done. Rights that reach only some parties reach the events of those parties.

    Attributes:
        workplace: What all desks share.
    """

    workplace: Workplace = attrs.field(repr=False)

    def pending(self, *, limit: int = 100) -> Sequence[OutboxEvent]:
        """List what is not done yet, the oldest first."""
        self.workplace.scope.owners_reached("outbox.pending")
        check_int("limit", limit, at_least=1)
        return self._reached(("outbox.pending",), Query(OutboxEvent, [_PENDING]), limit)

    def done(self, ids: Iterable[str]) -> None:
        """
        Mark events as done; marking one again changes nothing.

        Raises:
            NotStoredError: For an id that is no event.
            NotPermittedError: When the rights do not list the verb, or do not reach the party of an event; then none is marked.
        """
        self.workplace.scope.owners_reached("outbox.done")
        wanted = check_each("ids", ids, check_text)
        with self.workplace.store.transaction(self.workplace.scope.tenant, write=True) as transaction:
            events = {event.id: event for event in find_each(transaction, OutboxEvent, "id", wanted)}
            for id in wanted:
                if id not in events:
                    raise NotStoredError("outbox_event", id)
            if len(within_reach(self.workplace, transaction, "outbox.done", tuple(events.values()))) < len(events):
                raise NotPermittedError(self.workplace.scope.actor, "outbox.done", beyond_reach=True)
            transaction.save([attrs.evolve(event, state="done") for event in events.values() if event.state == "pending"])

    def deliver(self, handlers: Mapping[str, EventHandler], *, limit: int = 100) -> Delivery:
        """
        Hand pending events to the host's functions, and mark each as done right after its function returned.

        An event comes at least once: again, where the program ended between the two. One whose function raises stays pending and
        comes after those that were tried less often. What no function is for stays pending too.

        Args:
            handlers: A function for each verb, for example "documents.invoice"; "*" is for all others.
            limit: The most events of one round.

        Raises:
            InvalidValueError: Without any function.
            NotPermittedError: When the rights do not list both "outbox.pending" and "outbox.done".
        """
        check_int("limit", limit, at_least=1)
        if not check_mapping("handlers", handlers):
            raise refused("handlers", handlers, "a function for at least one verb, or for '*'")
        where = [_PENDING] if "*" in handlers else [_PENDING, Condition("verb", "one_of", tuple(sorted(handlers)))]
        found = self._reached(("outbox.pending", "outbox.done"), Query(OutboxEvent, where, order_by="attempts"), limit + 1)
        done: list[OutboxEvent] = []
        failed: list[FailedEvent] = []
        for event in found[:limit]:
            try:
                (handlers.get(event.verb) or handlers["*"])(event)
            except Exception as error:  # noqa: BLE001  # whatever the host's function raises, the other events get their turn
                self._note_attempt(event.id)
                failed.append(FailedEvent(event=event, error=error))
            else:
                self.done([event.id])
                done.append(event)
        return Delivery(done=tuple(done), failed=tuple(failed), more=len(found) > limit)

    def _reached(self, verbs: Iterable[str], query: Query[OutboxEvent], limit: int) -> Sequence[OutboxEvent]:
        """Find the first events that all these verbs reach; those of other parties do not count."""
        everything = all(self.workplace.scope.owners_reached(verb) is None for verb in verbs)
        with self.workplace.reading() as transaction:
            found = transaction.find(attrs.evolve(query, limit=limit) if everything else query)
            for verb in verbs:
                found = within_reach(self.workplace, transaction, verb, found)
        return found[:limit]

    def _note_attempt(self, id: str) -> None:
        with self.workplace.store.transaction(self.workplace.scope.tenant, write=True) as transaction:
            event = transaction.get(OutboxEvent, id, lock=True)
            if event is not None and event.state == "pending":
                transaction.save([attrs.evolve(event, attempts=event.attempts + 1)])
