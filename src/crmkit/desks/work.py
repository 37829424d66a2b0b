"""One verb at work: what it reads, what it writes, and the traces that it leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import attrs

from crmkit._checks import check_text
from crmkit.conditions import Condition
from crmkit.desks.chain import journal_records
from crmkit.desks.moments import Moment
from crmkit.desks.terms import search_terms
from crmkit.entities import ContactPlan, HistoryEntry, Party, Ref
from crmkit.errors import NotPermittedError, NotStoredError
from crmkit.ids import new_id
from crmkit.records import OutboxEvent, SearchTerm, Stored, kind_of
from crmkit.scheduling import next_contact_on
from crmkit.settings import Settings
from crmkit.store import Query, Scope, Transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime


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

    def get(self, kind: type[E], id: str, *, lock: bool = True) -> E:
        """
        Find one that must exist; locked, because a verb changes what it gets.

        Raises:
            NotStoredError: When there is none in this tenant.
        """
        found = self.transaction.get(kind, check_text("id", id), lock=lock)
        if found is None:
            raise NotStoredError(kind_of(kind).name, id)
        self._seen[kind, id] = found
        return found

    def find(self, kind: type[E], *where: Condition, order_by: Iterable[str] = (), limit: int | None = None) -> Sequence[E]:
        """Find all that fit."""
        found = self.transaction.find(Query(kind, where, order_by=order_by, limit=limit))
        self._seen.update({(kind, entity.id): entity for entity in found})
        return found

    def find_each(self, kind: type[E], field: str, values: Iterable[str], *where: Condition) -> Sequence[E]:
        """Find all whose field is one of the values."""
        wanted = tuple(dict.fromkeys(values))
        return self.find(kind, Condition(field, "one_of", wanted), *where) if wanted else ()

    def save(self, *entities: Stored, party_id: str | None = None) -> None:
        """
        Write new or changed records, and note the change in the journal.

        Args:
            entities: The records.
            party_id: The party that they are about, where they do not name it themselves.
        """
        self.transaction.save(entities)
        for entity in entities:
            before = self._before(entity) if entity.version else None
            self._changes.append((before, entity, _party_of(entity) or party_id))
            self._seen[type(entity), entity.id] = as_stored(entity)
        self._save_search_terms([entity for entity in entities if isinstance(entity, Party)])

    def _save_search_terms(self, parties: Sequence[Party]) -> None:
        """Keep the words by which parties are found as their names are now."""
        known = {term.id: term for term in self.find_each(SearchTerm, "party_id", (party.id for party in parties if party.version))}
        wanted = {term.id: term for party in parties for term in search_terms(party)}
        for id in known.keys() - wanted.keys():
            self.transaction.remove(SearchTerm, id)
        self.transaction.save([term for id, term in wanted.items() if id not in known])

    def _before(self, entity: Stored) -> Stored | None:
        """What was stored before; a verb has nearly always read it already."""
        return self._seen.get((type(entity), entity.id))

    def record(self, entity: E, *, party_id: str | None = None, happened_at: datetime | None = None, summary: str | None = None) -> E:
        """Write one record with its history entry, and return it as stored."""
        self.save(entity, party_id=party_id)
        self.log(entity, party_id=party_id or _party_of(entity), happened_at=happened_at, summary=summary)
        return as_stored(entity)

    def log(self, about: Stored, *, party_id: str | None, happened_at: datetime | None = None, summary: str | None = None) -> None:
        """
        Leave the history entry of this verb about a record, and tell the host if it asked for it.

        Raises:
            NotPermittedError: When the actor's rights do not reach the party.
        """
        self.log_all([(about, party_id, happened_at, summary)])

    def log_all(self, entries: Sequence[tuple[Stored, str | None, datetime | None, str | None]]) -> None:
        """Leave several history entries at once: what about, which party, when, and in a few words."""
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
        following = next_contact_on(plan, policy=self.settings.policy, abc_class=party.manual_class, created_on=party.created_on)
        return attrs.evolve(plan, next_contact_on=following)

    def finish(self) -> None:
        """Write the journal entry of the verb."""
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
            raise NotPermittedError(self.scope.actor, self.verb)


def as_stored(entity: E) -> E:
    """Give a saved record the version at which it is stored now."""
    return attrs.evolve(entity, version=entity.version + 1)  # type: ignore[misc]  # every stored record is an attrs class


def _party_of(entity: Stored) -> str | None:
    party_id: str | None = entity.id if isinstance(entity, Party) else getattr(entity, "party_id", None)
    return party_id


def _event_of(entry: HistoryEntry) -> OutboxEvent:
    return OutboxEvent(id=new_id(), verb=entry.verb, about=entry.about, party_id=entry.party_id, happened_at=entry.happened_at)
