"""`Crm`: the verbs of a sales desk, each one transaction that leaves a history entry."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from crmkit._checks import check_each, check_kind, check_text
from crmkit.desks.additions import save_additions
from crmkit.desks.aliases import found_record
from crmkit.desks.changes import check_changeable, save_change
from crmkit.desks.collector import paused_collector
from crmkit.desks.customer_cards import card_of
from crmkit.desks.daily_work import due_work
from crmkit.desks.every_desk import Desks
from crmkit.desks.interactions import record_one
from crmkit.desks.portal import portal_of
from crmkit.desks.search import found_parties
from crmkit.desks.timeline import timeline_of
from crmkit.desks.voiding import check_voidable, save_void
from crmkit.desks.workplace import Workplace
from crmkit.entities import Commitment
from crmkit.entities._fields import kept
from crmkit.records import Stored
from crmkit.settings import Settings
from crmkit.store import Scope, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from crmkit.desks.moments import When
    from crmkit.desks.portal import Portal
    from crmkit.desks.search import Hit
    from crmkit.entities import Channel, Direction, Interaction, Role
    from crmkit.history import CustomerCard
    from crmkit.history.timelines import Timeline
    from crmkit.periods import Interval
    from crmkit.scheduling import WorkQueue

__all__ = ["Crm", "utc_now"]

E = TypeVar("E", bound=Stored)


def utc_now() -> datetime:
    """Tell the time: the only clock of crmkit."""
    return datetime.now(UTC)


class Crm(Desks):
    """
    A sales desk on a store.

    What crosses all topics is here; everything else is a verb of a desk, such as `crm.contact.plan`. Every verb that
    writes is one transaction, leaves a history entry, and takes *at* (when it happened; the clock by default) and *key*
    (an idempotency key: the same call with the same key happens once).

    >>> from datetime import UTC, date, datetime
    >>> from crmkit import Crm, Scope, days
    >>> from crmkit.entities import Party
    >>> from crmkit.persistence import MemoryStore
    >>> crm = Crm(MemoryStore(), scope=Scope(tenant="acme", actor="anna"), clock=lambda: datetime(2026, 2, 1, 9, tzinfo=UTC))
    >>> crm.add(Party(id="C-17", name="Müller GmbH", created_on=date(2026, 1, 1), roles="customer"))
    >>> crm.record_interaction("C-17", kind="phone", topics=["spring offer"], recall=days(7)).party_id
    'C-17'
    >>> [(row.party.name, str(row.reasons[0])) for row in crm.work_queue(as_of=date(2026, 2, 8))]
    [('Müller GmbH', 'recall today')]
    """

    def __init__(self, store: Store, *, scope: Scope, settings: Settings = Settings(), clock: Callable[[], datetime] = utc_now) -> None:  # noqa: B008  # frozen
        """Work on a store that the caller opens and closes."""
        super().__init__(Workplace(store=store, scope=check_kind("scope", scope, Scope), settings=settings, clock=clock))

    @classmethod
    def open(cls, url: str, *, scope: Scope, settings: Settings = Settings(), clock: Callable[[], datetime] = utc_now) -> Crm:  # noqa: B008  # frozen
        """
        Open a database of its own and make or migrate its tables; close it with `close` or by using `Crm` in a `with`.

        Raises:
            MissingExtraError: When SQLAlchemy is not installed.
        """
        from crmkit.persistence.sql import open_store  # noqa: PLC0415  # an extra, needed only here

        return cls(open_store(url), scope=scope, settings=settings, clock=clock)

    def __repr__(self) -> str:
        """Name the store and the scope."""
        return f"<Crm of {self._workplace.scope} on {type(self._workplace.store).__name__}>"

    def add(self, *entities: Stored, at: datetime | None = None, key: str | None = None) -> None:
        """
        Take over new records, all of them or none: parties, documents, recalls, interactions.

        A party gets a contact plan. Whoever gets a document becomes a customer. An interaction counts as a recorded one does.
        While a thousand or more are written, Python's cyclic garbage collector rests.

        Raises:
            StaleWriteError: For an id that exists (expected version 0).
            NotStoredError: For a reference to nothing.
            InvalidValueError: For other kinds, for an interaction in the future, and for a document's number that another of its kind has.
        """
        with paused_collector(records=len(entities)):
            self._workplace.do("add", lambda work: save_additions(work, entities), arguments={"entities": entities}, at=at, key=key)

    def get(self, kind: type[E], id: str) -> E:
        """
        Find one record by its id; under the id of a merged party the one that it was merged into.

        Raises:
            NotStoredError: When this tenant has none.
        """
        return found_record(self._workplace, kind, id)

    def change(self, entity: E, *, at: datetime | None = None, key: str | None = None) -> E:
        """
        Store changed fields of a record, and return it at its new version. What is a business event is a verb of a desk.

        Raises:
            StaleWriteError: When someone else was quicker.
            NotStoredError: When there is none to change.
            InvalidValueError: For kinds and fields that change by verbs of their own, and for a source that would be overwritten.
        """
        check_changeable(entity)
        arguments = {"entity": entity, "version": entity.version}
        return self._workplace.do("change", lambda work: save_change(work, entity), arguments=arguments, at=at, key=key)

    def void(self, entity: Stored, *, because: str, at: datetime | None = None, key: str | None = None) -> None:
        """
        Take back what was recorded by mistake. It stays readable and in the timeline; figures, lists and facts leave it out.

        An invoice that was issued here gets a cancellation, a booking on a loyalty card the opposite entry. A credit note that was issued
        here is cancelled: its invoice is open and can be credited again.

        Raises:
            NotStoredError: When there is none.
            StateMoveError: When it is void already, or something stands in the way, such as a payment.
            InvalidValueError: For kinds that end by a verb of their own, which is named.
        """
        arguments = {"entity": check_voidable(entity), "because": check_text("because", because)}
        self._workplace.do("void", lambda work: save_void(work, entity, because=because), arguments=arguments, at=at, key=key)

    def record_interaction(
        self,
        party_id: str | None = None,
        *,
        kind: str,
        document_id: str | None = None,
        person_id: str | None = None,
        topics: Iterable[str] = (),
        commitments: Iterable[Commitment] = (),
        result: str | None = None,
        direction: Direction = "out",
        reached: bool = True,
        minutes: int | None = None,
        recall: When | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> Interaction:
        """
        Record a contact with a party, or about a document whose party is taken over.

        It raises the count by one, moves the last contact forward (a back-dated one only counts), completes the recalls
        that were due by its local day, and plans the next recall where one is asked for. With `reached=False` it is an
        attempt: that has a count of its own and completes nothing. The actor of the scope is the employee.

        Raises:
            NotStoredError: When party, document or contact person is not stored.
            InvalidValueError: For a time in the future, and where neither party nor document is given.
        """
        arguments: dict[str, Any] = {name: value for name, value in locals().items() if name not in ("self", "at", "key")}
        arguments |= {"topics": check_each("topics", topics, check_text), "commitments": kept("commitments", Commitment, commitments)}
        return self._workplace.do("record_interaction", lambda work: record_one(work, **arguments), arguments=arguments, at=at, key=key)

    def find(self, text: str, *, roles: Iterable[Role] | None = None, limit: int = 20) -> tuple[Hit, ...]:
        """
        Search all parties at once, whatever their roles, in their names and in those of their contact persons.

        Each word of the text must begin a word of the name or of a contact person: "Müller Bike" finds Bike GmbH with Ms Müller. Case,
        accents, ä or ae or a, ß or ss do not matter. Hits by name alone come first.

        Args:
            text: One or several words, or their beginnings.
            roles: Only parties with one of these roles.
            limit: The most hits.
        """
        return found_parties(self._workplace, text, roles=roles, limit=limit)

    def timeline(
        self,
        party_id: str,
        *,
        kinds: Iterable[str] | None = None,
        past: bool = True,
        planned: bool = True,
        newest_first: bool = True,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Timeline:
        """
        Read what happened to a party and what is planned, one page at a time. Parties that belong to it are rolled up into it.

        Args:
            party_id: Whose.
            kinds: Only entries about these kinds of records, for example "document" and "interaction".
            past: With what happened.
            planned: With what is still to come, or overdue.
            newest_first: The order.
            limit: The most entries of a page.
            cursor: Of the page before; it stays right while entries are added.

        Raises:
            NotStoredError: When there is no such party.
            InvalidValueError: For a cursor that is none.
        """
        return timeline_of(
            self._workplace, party_id, kinds=kinds, past=past, planned=planned, newest_first=newest_first, limit=limit, cursor=cursor
        )

    def work_queue(
        self,
        *,
        as_of: date | None = None,
        employee_id: str | None = None,
        team: str | None = None,
        horizon: Interval | None = None,
        group: bool = False,
        purpose: str | None = "service",
        channel: Channel = "phone",
        limit: int = 50,
        cursor: str | None = None,
    ) -> WorkQueue:
        """
        List what is due on a day, as `crmkit.scheduling.work_queue` does: each party once with all its reasons, the most urgent first.

        It is read by index as far as the page needs, so that a page takes as long in a large company as in a small one; the list per
        company group is read whole. `left_out` names those who would have been on the page; all pages together name each once.

        Args:
            as_of: The day; the local day by default.
            employee_id: Only what this employee is to do, also as deputy of others on that day; what is nobody's is in `unassigned`.
            team: Only what the employees of this department are to do, see `Settings.departments`.
            horizon: How far to look ahead; what is still to come follows after all that is due.
            group: One row for each company group, under its head.
            purpose: What for, as in `crm.consents.may_contact`: contacting one's own customers is service unless said otherwise.
            channel: By what.
            limit: The most rows of a page: with 40 they are the forty most urgent and valuable of the day; `spread_over_days` spreads more.
            cursor: Of the page before.

        Raises:
            InvalidValueError: For an employee beside a team, a department that the settings do not name, and a cursor that is none.
        """
        asked: dict[str, Any] = {name: value for name, value in locals().items() if name != "self"}
        return due_work(self._workplace, **asked)

    def customer_card(self, party_id: str, *, as_of: date | None = None, group: bool = True, currency: str | None = None) -> CustomerCard:
        """
        Make the card of a party: its figures, and all that is open with it.

        Args:
            party_id: Whose.
            as_of: The last day that counts in the figures; the local day by default. What is open is as it is now.
            group: Roll up the parties that belong to it.
            currency: Of the figures; that of the settings by default, or of the last invoice where none is in it.

        Raises:
            NotStoredError: When there is no such party.
            MissingExtraError: Without Polars.
        """
        return card_of(self._workplace, party_id, as_of=as_of, group=group, currency=currency)

    def portal(self, party_id: str, *, person_id: str | None = None) -> Portal:
        """
        Give a customer, or one of its contact persons, what he may see of himself and ask for.

        Raises:
            NotStoredError: When there is no such party, or it has no such contact person.
        """
        return portal_of(self._workplace, party_id, person_id=person_id)
