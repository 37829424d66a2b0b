"""What all desks share: the store, whose data it is, the settings, the clock, and how a verb runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar, cast
from zoneinfo import ZoneInfo

import attrs

from crmkit._checks import check_date, check_instant, check_text, refused
from crmkit.conditions import Condition
from crmkit.desks.keys import fingerprint_of, replayed, used_key
from crmkit.desks.moments import Moment
from crmkit.desks.work import Work
from crmkit.entities import Party
from crmkit.errors import NotPermittedError, StaleWriteError, TransientStoreError
from crmkit.records import Stored, UsedKey
from crmkit.settings import Settings
from crmkit.store import Query, Scope, Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmkit.store import Transaction

E = TypeVar("E", bound=Stored)
R = TypeVar("R", bound=Stored | None)

_TRIES = 5
_PAUSE_SECONDS = 0.01
_MADE_ALONG = ("used_key", "journal_head", "journal_entry", "journal_change", "number_counter", "document_number")
"""What the desk makes itself, for the first time: of two verbs at once one comes second, and finds it when it runs again."""


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

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Open a transaction that only reads."""
        with self.store.transaction(self.scope.tenant, write=False) as transaction:
            yield transaction

    def check_read(self, transaction: Transaction, verb: str, record: Stored) -> None:
        """
        Let a read of a record through, or refuse it.

        Raises:
            NotPermittedError: When the rights do not list the verb, or do not reach the party of the record.
        """
        owners = self.scope.owners_reached(verb)
        if owners is None:
            return
        party_id = getattr(record, "party_id", None)
        party = record if isinstance(record, Party) or party_id is None else transaction.get(Party, party_id)
        if getattr(party, "owner_id", None) not in owners:
            raise NotPermittedError(self.scope.actor, verb, beyond_reach=True)

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

    def day(self, as_of: date | None) -> date:
        """The day that is asked for; the local day of the clock by default."""
        return self.moment().today if as_of is None else check_date("as_of", as_of)

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
        Run a verb as one transaction; again, a few times, where the database could not serve it just now.

        With a key it happens once: the same call again gives the same result.

        Raises:
            KeyReusedError: When the key came before with other arguments.
            NotPermittedError: When the rights do not list the verb.
        """
        self.scope.owners_reached(verb)
        moment = self.moment(at)
        fingerprint = fingerprint_of(verb, arguments) if key is not None else ""
        for tried in range(_TRIES):
            try:
                with self.store.transaction(self.scope.tenant, write=True) as transaction:
                    used = transaction.get(UsedKey, check_text("key", key)) if key is not None else None
                    if used is not None:
                        return cast("R", replayed(used, fingerprint))
                    at_work = Work(transaction=transaction, scope=self.scope, settings=self.settings, moment=moment, verb=verb)
                    result = work(at_work)
                    at_work.finish()
                    if key is not None:
                        transaction.save([used_key(key, fingerprint, result)])
                    return result
            except StaleWriteError as error:
                if tried == _TRIES - 1 or not _comes_second(verb, error):
                    raise
            except TransientStoreError as error:
                if tried == _TRIES - 1 or error.waited:
                    raise
                time.sleep(_PAUSE_SECONDS * 2**tried)
        raise AssertionError  # the last try returns or raises


def _comes_second(verb: str, error: StaleWriteError) -> bool:
    """Tell whether another verb was quicker with what the caller knows nothing of: all that `add` is given is new, the rest it has read."""
    return verb == "add" if error.expected_version else error.kind in _MADE_ALONG


def check_cursor(transaction: Transaction, kind: type[Stored], name: str, cursor: str) -> str:
    """
    Accept the id of a record as the place from which a list goes on; empty is its beginning.

    Raises:
        InvalidValueError: For an id that no record has: the list would end there, as if there were nothing more.
    """
    if check_text(name, cursor, empty=True) and transaction.get(kind, cursor) is None:
        raise refused(name, f"<text of {len(cursor)} characters>", "what a page before gave, unchanged; empty begins anew")
    return cursor


def find_each(transaction: Transaction, kind: type[E], field: str, values: Iterable[str], *where: Condition) -> Sequence[E]:
    """Find all records of a kind whose field is one of the values."""
    wanted = tuple(dict.fromkeys(values))
    return transaction.find(Query(kind, (Condition(field, "one_of", wanted), *where))) if wanted else ()
