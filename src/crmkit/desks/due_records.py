"""What is due, read by index in the order of the list: as much of it as a page needs."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs

from crmkit.conditions import Condition
from crmkit.desks.planned_items import SOURCES
from crmkit.desks.work_items import ASKING, MOST_WORTH, NOBODY, UNKNOWN, rank_of, time_text
from crmkit.entities import ContactPlan
from crmkit.money import Money
from crmkit.records import Birthday, WorkItem, kind_of
from crmkit.scheduling.queue_entries import Asking
from crmkit.scheduling.queue_pages import Position
from crmkit.store import Query, Transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_A_YEAR = 366
_OF_A_KIND = ("day", "at", "worth", "key")
_IN_ORDER = ("rank", *_OF_A_KIND)
_CONTRACT, _QUOTE, _BIRTHDAY = rank_of("contract"), rank_of("quote"), rank_of("birthday")
_READ_AT_ONCE = (range(_CONTRACT), *(range(rank, rank + 1) for rank in range(_CONTRACT, _BIRTHDAY)))
"""The kinds in their order: those that come up on their own day together, in one query, then those that may be many, each alone."""
_ANY_VALUE = Decimal("-Infinity")


@attrs.frozen(kw_only=True)
class Found:
    """
    What was read of a list.

    Attributes:
        party_ids: The parties that may be on it.
        records: What stands alone, by kind and id.
        unread_from: No row before this position is missing; None where everything was read.
    """

    party_ids: frozenset[str] = frozenset()
    records: frozenset[str] = frozenset()
    unread_from: Position | None = None


@attrs.frozen(kw_only=True)
class Reading:
    """
    A list that is asked for.

    Attributes:
        transaction: The open one.
        asking: For which days.
        currency: That of the worth of parties.
        after: Only what comes after this position.
    """

    transaction: Transaction
    asking: Asking
    currency: str
    after: Position | None = None

    def found(self, whose: Iterable[str] | None, *, most: int | None) -> Found:
        """
        Read a list from its beginning, or from where the page before ended, in the order of the kinds.

        Args:
            whose: Of which employees and departments, as in `WorkItem.whose`; None is everybody's and nobody's.
            most: How many records to read at once, and in all before kinds are left out that are less urgent; None is all.
        """
        each = [None] if whose is None else sorted(whose)
        items: list[WorkItem] = []
        for ranks in _READ_AT_ONCE if self._is_due else ():
            wanted = [rank for rank in ranks if self.after is None or rank >= self.after[1]]
            if not wanted:
                continue
            ends = [end for one in each if (end := self._read(items, wanted, one, most)) is not None]
            if ends or _are_enough(items, most):
                return _of(items, unread_from=min([*ends, self._start_of(ranks.stop)]))
        born = self._born(each)
        ends = []
        if self.asking.last > self.asking.as_of:
            ends = [end for rank in range(_BIRTHDAY) for one in each if (end := self._coming(items, rank, one, most)) is not None]
        return _of(items, born, unread_from=min(ends, default=None))

    @property
    def from_the_beginning(self) -> Reading:
        """The same list from its first row on."""
        return attrs.evolve(self, after=None)

    @property
    def _is_due(self) -> bool:
        """Whether anything that is due is still to come in the list."""
        return self.after is None or self.after[0] == date.min

    def _start_of(self, rank: int) -> Position:
        return (date.min, rank, date.min, time.min, False, _ANY_VALUE, "")

    def _read(self, items: list[WorkItem], ranks: Sequence[int], whose: str | None, most: int | None) -> Position | None:
        """Read what is due of some kinds; tell where it goes on."""
        where = [*_of_kinds(ranks, whose), Condition("day", "at_most", self._until(ranks[0], self.asking.as_of))]
        place: tuple[str | int | date, ...] | None = None
        if self.after is not None and self.after[1] == ranks[0] != _QUOTE:
            _, rank, due_on, at, unknown, _, key = self.after
            if unknown:  # of a time, those that may be worth something stand among the others
                mixed = [Condition("day", "equal", due_on), Condition("worth", "less_than", UNKNOWN)]
                items += self.transaction.find(Query(WorkItem, [*_of_kinds([rank], whose), *mixed]))
            place = (rank, due_on, time_text(at), UNKNOWN if unknown else MOST_WORTH, key if unknown else "", "")
        while True:
            found = self.transaction.find(Query(WorkItem, where, order_by=_IN_ORDER, after=place, limit=most))
            items += found
            if len(found) != most:
                return None
            last = found[-1]
            if _are_enough(items, most):
                return self._position(last, date.min)
            place = (last.rank, last.day or date.max, last.at, last.worth, last.key, last.id)

    def _coming(self, items: list[WorkItem], rank: int, whose: str | None, most: int | None) -> Position | None:
        """Read what comes up after the day, of one kind; what comes up before its own day is read whole."""
        as_of = self.asking.as_of
        first = as_of if self._is_due or self.after is None else max(as_of, self.after[0] - timedelta(days=1))
        where = [*_of_kinds([rank], whose), Condition("day", "at_most", self._until(rank, self.asking.last))]
        if rank in (_CONTRACT, _QUOTE):
            most = None
        else:
            where.append(Condition("day", "more_than", first))
        found = self.transaction.find(Query(WorkItem, where, order_by=_OF_A_KIND, limit=most))
        items += found
        return None if len(found) != most else self._position(found[-1], found[-1].day or date.max)

    def _until(self, rank: int, day: date) -> date:
        return self.asking.queue.contract_ahead.after(day) if rank == _CONTRACT else day

    def _position(self, item: WorkItem, listed_on: date) -> Position:
        """Tell where the list goes on after an item."""
        due_on, at = item.day or date.max, time.fromisoformat(item.at)
        if item.rank == _QUOTE:  # it may come later than its item
            return (listed_on, item.rank, due_on, at, False, _ANY_VALUE, "")
        if item.worth == UNKNOWN:
            return (listed_on, item.rank, due_on, at, True, Decimal(0), item.key)
        return (listed_on, item.rank, due_on, at, False, Money(minor=item.worth, currency=self.currency).amount, "")

    def _born(self, each: Sequence[str | None]) -> Iterator[str]:
        """Name the parties of which a contact person has a birthday; one of 29 February is found with the 28th too."""
        as_of = self.asking.as_of
        if not self.asking.queue.birthdays:
            return
        count = min((self.asking.last - as_of).days, _A_YEAR)
        days = {f"{as_of + timedelta(days=number):%m-%d}" for number in range(count + 1)}
        on_days = Condition("day", "one_of", tuple(sorted(days | ({"02-29"} if "02-28" in days else set()))))
        for whose in each:
            kind, _, owner_id = (whose or "").partition(" ")
            if whose is None:
                where = [on_days]
            elif whose == NOBODY:
                where = [on_days, Condition("owner_id", "missing")]
            elif kind == "employee":
                where = [on_days, Condition("owner_id", "equal", owner_id)]
            else:
                continue
            yield from (one.party_id for one in self.transaction.find(Query(Birthday, where)))


def _of_kinds(ranks: Sequence[int], whose: str | None) -> list[Condition]:
    of_kinds = [Condition("rank", "one_of", tuple(ranks))]
    return of_kinds if whose is None else [Condition("whose", "equal", whose), *of_kinds]


def _are_enough(items: Iterable[WorkItem], most: int | None) -> bool:
    return most is not None and len({item.party_id or item.record_key for item in items}) >= most


def _of(items: Iterable[WorkItem], born: Iterable[str] = (), *, unread_from: Position | None) -> Found:
    party_ids, alone = set(born), set()
    for item in items:
        if item.party_id is None:
            alone.add(item.record_key)
        else:
            party_ids.add(item.party_id)
    return Found(party_ids=frozenset(party_ids), records=frozenset(alone), unread_from=unread_from)


def open_with(party_ids: tuple[str, ...]) -> Iterator[Query[Any]]:
    """Ask for everything that is open with some parties."""
    of_parties = Condition("party_id", "one_of", party_ids)
    yield Query(ContactPlan, [Condition("id", "one_of", party_ids)])
    yield from (Query(source.kind, [of_parties, *source.where]) for source in SOURCES if source.kind in ASKING)


def records_named(keys: Iterable[str]) -> Iterator[Query[Any]]:
    """Ask for records by kind and id."""
    ids: dict[str, list[str]] = {}
    for key in sorted(keys):
        kind, _, id = key.partition(" ")
        ids.setdefault(kind, []).append(id)
    return (Query(kind, [Condition("id", "one_of", tuple(ids[name]))]) for kind in ASKING if (name := kind_of(kind).name) in ids)
