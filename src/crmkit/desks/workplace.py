"""What all desks share: the store, whose data it is, the settings, the clock, and how a verb runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast
from zoneinfo import ZoneInfo

import attrs

from crmkit._checks import check_date, check_instant, check_text, refused
from crmkit.conditions import Condition
from crmkit.entities import ContactPlan, HistoryEntry, Party, Ref
from crmkit.entities.json_form import structure_trusted, unstructure
from crmkit.errors import KeyReusedError, NotStoredError, StaleWriteError
from crmkit.ids import new_id
from crmkit.periods import Interval
from crmkit.records import KINDS, Stored, UsedKey, kind_of
from crmkit.scheduling import next_contact_on
from crmkit.settings import Settings
from crmkit.store import Query, Scope, Store, Transaction

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

When: TypeAlias = date | Interval
E = TypeVar("E", bound=Stored)
R = TypeVar("R", bound=Stored | None)

_TRIES = 3


@attrs.frozen(kw_only=True)
class Moment:
    """
    When a verb runs.

    Attributes:
        now: The clock's time.
        at: The time it is about: given by the caller, else now.
        zone: The time zone in which days begin.
    """

    now: datetime
    at: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The local day of the clock."""
        return self.now.astimezone(self.zone).date()

    @property
    def on(self) -> date:
        """The local day it is about."""
        return self.at.astimezone(self.zone).date()

    def day_of(self, when: When, *, name: str) -> date:
        """Turn a day, a moment or a span from today on into a local day."""
        if isinstance(when, Interval):
            return when.after(self.today)
        if isinstance(when, datetime):
            return check_instant(name, when).astimezone(self.zone).date()
        return check_date(name, when)


@attrs.frozen(kw_only=True)
class Work:
    """
    One verb at work: its transaction, its moment and who acts.

    Attributes:
        transaction: Everything in it happens, or nothing.
        scope: Whose data, and who acts.
        settings: How the desk works.
        moment: When it runs.
        verb: Its name in history entries.
    """

    transaction: Transaction
    scope: Scope
    settings: Settings
    moment: Moment
    verb: str

    def get(self, kind: type[E], id: str, *, lock: bool = True) -> E:
        """
        Find one that must exist; locked, because a verb changes what it gets.

        Raises:
            NotStoredError: When there is none in this tenant.
        """
        found = self.transaction.get(kind, check_text("id", id), lock=lock)
        if found is None:
            raise NotStoredError(kind_of(kind).name, id)
        return found

    def find_each(self, kind: type[E], field: str, values: Iterable[str], *where: Condition) -> Sequence[E]:
        """Find all whose field is one of the values."""
        return find_each(self.transaction, kind, field, values, *where)

    def save(self, *entities: Stored) -> None:
        """Write new or changed records."""
        self.transaction.save(entities)

    def planned(self, plan: ContactPlan, party: Party) -> ContactPlan:
        """Bring the next contact of a plan up to date."""
        following = next_contact_on(plan, policy=self.settings.policy, abc_class=party.manual_class, created_on=party.created_on)
        return attrs.evolve(plan, next_contact_on=following)

    def entry(self, about: Stored, *, party_id: str | None, happened_at: datetime | None = None) -> HistoryEntry:
        """Make the history entry of this verb about a record."""
        return HistoryEntry(
            id=new_id(),
            party_id=party_id,
            happened_at=happened_at or self.moment.at,
            recorded_at=self.moment.now,
            actor=self.scope.actor,
            verb=self.verb,
            about=Ref(kind_of(type(about)).name, about.id),
        )


@attrs.frozen(kw_only=True)
class Workplace:
    """
    What all desks share.

    Attributes:
        store: Where records are kept.
        scope: Whose data, and who acts.
        settings: How the desk works.
        clock: Tells the time.
    """

    store: Store
    scope: Scope
    settings: Settings
    clock: Callable[[], datetime]

    def reading(self) -> AbstractContextManager[Transaction]:
        """Open a transaction that only reads."""
        return self.store.transaction(self.scope.tenant, write=False)

    def moment(self, at: datetime | None = None) -> Moment:
        """
        Read the clock once.

        Raises:
            InvalidValueError: For a naive time, and for one in the future.
        """
        now = check_instant("clock", self.clock())
        if at is not None and check_instant("at", at) > now:
            raise refused("at", at, f"a time up to now ({now.isoformat()}); what is to come is planned with a recall or an appointment")
        return Moment(now=now, at=at or now, zone=ZoneInfo(self.settings.zone))

    def do(
        self,
        verb: str,
        work: Callable[[Work], R],
        *,
        arguments: Mapping[str, object],
        at: datetime | None = None,
        key: str | None = None,
    ) -> R:
        """
        Run a verb as one transaction. With a key it happens once: the same call again gives the same result.

        Raises:
            KeyReusedError: When the key came before with other arguments.
        """
        moment = self.moment(at)
        fingerprint = _fingerprint(verb, arguments) if key is not None else ""
        for _ in range(_TRIES):
            try:
                with self.store.transaction(self.scope.tenant, write=True) as transaction:
                    used = transaction.get(UsedKey, check_text("key", key)) if key is not None else None
                    if used is not None:
                        return cast("R", _replayed(used, fingerprint))
                    result = work(Work(transaction=transaction, scope=self.scope, settings=self.settings, moment=moment, verb=verb))
                    if key is not None:
                        transaction.save([_used_key(key, fingerprint, result)])
                    return result
            except StaleWriteError as error:
                if key is None or error.kind != "used_key":
                    raise
        raise KeyReusedError(str(key))


def find_each(transaction: Transaction, kind: type[E], field: str, values: Iterable[str], *where: Condition) -> Sequence[E]:
    """Find all records of a kind whose field is one of the values."""
    wanted = tuple(dict.fromkeys(values))
    return transaction.find(Query(kind, (Condition(field, "one_of", wanted), *where))) if wanted else ()


def as_stored(entity: E) -> E:
    """Give a saved record the version at which it is stored now."""
    return attrs.evolve(entity, version=entity.version + 1)  # type: ignore[misc]  # every stored record is an attrs class


def _fingerprint(verb: str, arguments: Mapping[str, object]) -> str:
    text = json.dumps([verb, unstructure(dict(arguments))], sort_keys=True, default=repr)
    return hashlib.sha256(text.encode()).hexdigest()


def _used_key(key: str, fingerprint: str, result: Stored | None) -> UsedKey:
    if result is None:
        return UsedKey(id=key, fingerprint=fingerprint, result_kind="none", result="null")
    return UsedKey(id=key, fingerprint=fingerprint, result_kind=kind_of(type(result)).name, result=json.dumps(unstructure(result)))


def _replayed(used: UsedKey, fingerprint: str) -> Stored | None:
    if used.fingerprint != fingerprint:
        raise KeyReusedError(used.id)
    if used.result_kind == "none":
        return None
    result: Stored = structure_trusted(KINDS[used.result_kind].entity, json.loads(used.result))
    return result
