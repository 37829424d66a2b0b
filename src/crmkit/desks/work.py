"""One verb at work: what it reads, what it writes, and the traces that it leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import attrs

from crmkit._checks import check_text
from crmkit.conditions import Condition
from crmkit.desks.aliases import person_at, resolved
from crmkit.desks.chain import journal_records
from crmkit.desks.companions import save_companions
from crmkit.desks.loyalty_booking import book_documents
from crmkit.desks.moments import Moment
from crmkit.desks.party_traces import save_party_traces
from crmkit.desks.work_items import save_work_items
from crmkit.entities import ContactPlan, Document, HistoryEntry, Party, Ref
from crmkit.entities.stored_form import as_stored, kept_text_of
from crmkit.errors import NotPermittedError, NotStoredError
from crmkit.ids import new_id
from crmkit.records import OutboxEvent, Stored, kind_of
from crmkit.scheduling import next_contact_on
from crmkit.settings import Settings
from crmkit.store import Query, Scope, Transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime


E = TypeVar("E", bound=Stored)


@attrs.frozen(kw_only=True, eq=False)
class Work:
    """
    One verb at work: its transaction, its moment and who acts.

    Attributes:
        transaction: Everything in it happens, or nothing.
        scope: Whose data, and who acts.
        settings: How the desk works.
        moment: When it runs.
        verb: Its name in history, journal and events.
    """

    transaction: Transaction
    scope: Scope
    settings: Settings
    moment: Moment
    verb: str
    _seen: dict[tuple[type, str], Stored] = attrs.field(factory=dict, init=False)
    _changes: list[tuple[Stored | None, Stored, str | None]] = attrs.field(factory=list, init=False)
    _merged: dict[str, str] = attrs.field(factory=dict, init=False)

    def get(self, kind: type[E], id: str, *, lock: bool = True) -> E:
        """
        Find one that must exist; locked, because a verb changes what it gets. A merged party is the one it was merged into.

        Raises:
            NotStoredError: When there is none in this tenant.
        """
        declared = kind_of(kind)
        found = self.transaction.get(kind, self._merged.get(id, id) if declared.id_refers_to else check_text("id", id), lock=lock)
        if found is None:
            raise NotStoredError(declared.name, id)
        if isinstance(found, Party) and found.merged_into is not None:
            return cast("E", self._followed(found, lock=lock))
        self._seen[kind, found.id] = found
        return found

    def _followed(self, alias: Party, *, lock: bool = False) -> Party:
        """Go on with the party that another was merged into."""
        party = resolved(self.transaction, alias)
        if lock:
            party = self.transaction.get(Party, party.id, lock=True) or party
        self._merged[alias.id] = party.id
        self._seen[Party, party.id] = party
        return party

    def find(self, kind: type[E], *where: Condition, order_by: Iterable[str] = (), limit: int | None = None) -> Sequence[E]:
        """Find all that fit."""
        found = self.transaction.find(Query(kind, where, order_by=order_by, limit=limit))
        self._seen.update({(kind, entity.id): entity for entity in found})
        return found

    def find_each(self, kind: type[E], field: str, values: Iterable[str], *where: Condition) -> Sequence[E]:
        """Find all whose field is one of the values; of parties by id, merged ones are those that they were merged into."""
        wanted = tuple(dict.fromkeys(values))
        found = self.find(kind, Condition(field, "one_of", wanted), *where) if wanted else ()
        if kind is Party and field == "id" and any(isinstance(one, Party) and one.merged_into is not None for one in found):
            parties = [self._followed(one) if one.merged_into is not None else one for one in cast("Sequence[Party]", found)]
            return cast("Sequence[E]", tuple({party.id: party for party in parties}.values()))
        return found

    def at_home(self, entities: Iterable[E]) -> list[E]:
        """Bring new records of merged parties to the parties that those were merged into."""
        given = list(entities)
        named = {_party_of(entity) for entity in given if not entity.version and not isinstance(entity, Party)}
        added = {entity.id for entity in given if isinstance(entity, Party)}
        elsewhere = (id for id in named if id and id not in added and id not in self._merged and (Party, id) not in self._seen)
        self.find_each(Party, "id", elsewhere, Condition("merged_into", "missing", value=False))
        if named.isdisjoint(self._merged):
            return given
        return [
            cast("E", self._brought_home(entity, party_id))
            if not entity.version and not isinstance(entity, Party) and (party_id := _party_of(entity)) in self._merged
            else entity
            for entity in given
        ]

    def _brought_home(self, entity: Any, alias: str) -> Stored:  # noqa: ANN401  # a record that names a party
        party_id = self._merged[alias]
        party, person_id = self.seen(Party, party_id), getattr(entity, "person_id", None)
        if party is None or person_id is None:
            return cast("Stored", attrs.evolve(entity, party_id=party_id))
        return cast("Stored", attrs.evolve(entity, party_id=party_id, person_id=person_at(party, person_id, asked=alias)))

    def save(self, *entities: Stored, party_id: str | None = None, since: date | None = None) -> None:
        """
        Write new or changed records, and note the change in the journal.

        Args:
            entities: The records.
            party_id: The party that they are about, where they do not name it themselves.
            since: The day from which changes of parties hold; the day of the verb by default.
        """
        saved = self.at_home(entities)
        for entity in saved:
            kept_text_of(entity)
        self.transaction.save(saved)
        pairs = [(self._before(entity) if entity.version else None, entity) for entity in saved]
        for before, entity in pairs:
            self._changes.append((before, entity, _party_of(entity) or party_id))
            self._seen[type(entity), entity.id] = entity
        save_party_traces(self, pairs, since=since)
        save_companions(self, saved)
        save_work_items(self, pairs)

    def stored(self, entity: E) -> E:
        """Give a record as this verb stored it last."""
        key = type(entity), entity.id
        return as_stored(next(cast("E", after) for _, after, _ in reversed(self._changes) if (type(after), after.id) == key))

    def seen(self, kind: type[E], id: str) -> E | None:
        """Give a record as this verb last read or stored it; None where it did not."""
        return cast("E | None", self._seen.get((kind, id)))

    def _before(self, entity: Stored) -> Stored | None:
        """What was stored before; a verb has nearly always read it already."""
        return self._seen.get((type(entity), entity.id))

    def record(self, entity: E, *, party_id: str | None = None, happened_at: datetime | None = None, summary: str | None = None) -> E:
        """Write one record with its history entry, and return it as stored."""
        self.save(entity, party_id=party_id)
        self.log(entity, party_id=party_id or _party_of(entity), happened_at=happened_at, summary=summary)
        return self.stored(entity)

    def log(self, about: Stored, *, party_id: str | None, happened_at: datetime | None = None, summary: str | None = None) -> None:
        """
        Leave the history entry of this verb about a record, and tell the host if it asked for it.

        Raises:
            NotPermittedError: When the actor's rights do not reach the party.
        """
        self.log_all([(about, party_id, happened_at, summary)])

    def log_all(self, entries: Sequence[tuple[Stored, str | None, datetime | None, str | None]]) -> None:
        """Leave several history entries at once: what about, which party, when, and in a few words."""
        entries = [(about, self._merged.get(party_id or "", party_id), at, summary) for about, party_id, at, summary in entries]
        self._check_reach(party_id for _, party_id, _, _ in entries)
        written = [
            HistoryEntry(
                id=new_id(),
                party_id=party_id,
                happened_at=happened_at or self.moment.at,
                recorded_at=self.moment.now,
                actor=self.scope.actor,
                verb=self.verb,
                about=Ref(kind_of(type(about)).name, about.id),
                summary=summary,
            )
            for about, party_id, happened_at, summary in entries
        ]
        self.transaction.save(written)
        if self.settings.tells_of(self.verb):
            self.transaction.save([_event_of(entry) for entry in written])

    def planned(self, plan: ContactPlan, party: Party) -> ContactPlan:
        """Bring the next contact of a plan up to date."""
        following = next_contact_on(plan, policy=self.settings.policy, party=party)
        return plan if following == plan.next_contact_on else attrs.evolve(plan, next_contact_on=following)

    def finish(self) -> None:
        """Book new invoices and credit notes on loyalty cards, then write the journal entry of the verb."""
        if self.settings.loyalty.automatic:
            book_documents(self, [after for _, after, _ in self._changes if isinstance(after, Document)])
        if self._changes:
            self.transaction.save(
                journal_records(self.transaction, self._changes, at=self.moment.now, actor=self.scope.actor, verb=self.verb)
            )

    def _check_reach(self, party_ids: Iterable[str | None]) -> None:
        """Whoever may only touch some parties touches no other; what counts is the owner before this verb."""
        owners = self.scope.owners_reached(self.verb)
        if owners is None:
            return
        wanted = [party_id for party_id in dict.fromkeys(party_ids) if party_id is not None]
        owned_by = {party.id: party.owner_id for party in self.find_each(Party, "id", wanted)}
        owned_by |= {before.id: before.owner_id for before, _, _ in self._changes if isinstance(before, Party)}
        if not owners.issuperset(owned_by.get(party_id) for party_id in wanted):
            raise NotPermittedError(self.scope.actor, self.verb, beyond_reach=True)


def _party_of(entity: Stored) -> str | None:
    party_id: str | None = entity.id if isinstance(entity, Party) else getattr(entity, "party_id", None)
    return party_id


def _event_of(entry: HistoryEntry) -> OutboxEvent:
    return OutboxEvent(id=new_id(), verb=entry.verb, about=entry.about, party_id=entry.party_id, happened_at=entry.happened_at)
