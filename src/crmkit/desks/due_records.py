"""What is due, read by index in the order of the list: as much of it as a page needs."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs

from crmkit.conditions import Condition
from crmkit.desks.work_items import ASKING, MOST_WORTH, NOBODY, UNKNOWN, rank_of, time_text
from crmkit.money import Money
from crmkit.records import Birthday, WorkItem, kind_of
from crmkit.scheduling.queue_pages import Position
from crmkit.scheduling.queue_policy import QueuePolicy
from crmkit.store import Query, Transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_A_YEAR = 366
_IN_ORDER = ("day", "at", "worth", "key")
_CONTRACT, _QUOTE, _BIRTHDAY = rank_of("contract"), rank_of("quote"), rank_of("birthday")
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
        as_of: The day.
        last: The last day that is looked ahead to.
        queue: How early things come up.
        currency: That of the worth of parties.
        after: Only what comes after this position.
    """

    transaction: Transaction
    as_of: date
    last: date
    queue: QueuePolicy
    currency: str
    after: Position | None = None

    def found(self, whose: Iterable[str] | None, *, most: int | None) -> Found:
        """
        Read a list from its beginning, or from where the page before ended, kind by kind.

        Args:
            whose: Of which employees and departments, as in `WorkItem.whose`; None is everybody's and nobody's.
            most: How many records to read of each kind, and in all before kinds are left out that are less urgent; None is all.
        """
        each = [None] if whose is None else sorted(whose)
        items: list[WorkItem] = []
        for rank in range(_BIRTHDAY) if self._is_due else ():
            if self.after is not None and rank < self.after[1]:
                continue
            ends = [end for one in each if (end := self._read(items, rank, one, most)) is not None]
            if ends or (most is not None and len({item.party_id or item.record_key for item in items}) >= most):
                return _of(items, unread_from=min([*ends, self._start_of(rank + 1)]))
        born = self._born(each)
        ends = []
        if self.last > self.as_of:
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

    def _read(self, items: list[WorkItem], rank: int, whose: str | None, most: int | None) -> Position | None:
        """Read what is due of one kind; tell where it goes on."""
        where = [*_of_kind(rank, whose), Condition("day", "at_most", self._until(rank, self.as_of))]
        place: tuple[str | int | date, ...] | None = None
        after = self.after if self.after is not None and self.after[1] == rank != _QUOTE else None
        if after is not None:
            _, _, due_on, at, unknown, _, key = after
            if unknown:  # of a time, those that may be worth something stand among the others
                mixed = [Condition("day", "equal", due_on), Condition("worth", "less_than", UNKNOWN)]
                items += self.transaction.find(Query(WorkItem, [*_of_kind(rank, whose), *mixed]))
            place = (due_on, time_text(at), UNKNOWN if unknown else MOST_WORTH, key if unknown else "", "")
        found = self.transaction.find(Query(WorkItem, where, order_by=_IN_ORDER, after=place, limit=most))
        items += found
        return None if len(found) != most else self._position(found[-1], date.min)

    def _coming(self, items: list[WorkItem], rank: int, whose: str | None, most: int | None) -> Position | None:
        """Read what comes up after the day, of one kind; what comes up before its own day is read whole."""
        first = self.as_of if self._is_due or self.after is None else max(self.as_of, self.after[0] - timedelta(days=1))
        where = [*_of_kind(rank, whose), Condition("day", "at_most", self._until(rank, self.last))]
        if rank in (_CONTRACT, _QUOTE):
            most = None
        else:
            where.append(Condition("day", "more_than", first))
        found = self.transaction.find(Query(WorkItem, where, order_by=_IN_ORDER, limit=most))
        items += found
        return None if len(found) != most else self._position(found[-1], found[-1].day or date.max)

    def _until(self, rank: int, day: date) -> date:
        return self.queue.contract_ahead.after(day) if rank == _CONTRACT else day

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
        if not self.queue.birthdays:
            return
        count = min((self.last - self.as_of).days, _A_YEAR)
        days = {f"{self.as_of + timedelta(days=number):%m-%d}" for number in range(count + 1)}
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


def _of_kind(rank: int, whose: str | None) -> list[Condition]:
    of_kind = [Condition("rank", "equal", rank)]
    return of_kind if whose is None else [Condition("whose", "equal", whose), *of_kind]


def _of(items: Iterable[WorkItem], born: Iterable[str] = (), *, unread_from: Position | None) -> Found:
    party_ids, alone = set(born), set()
    for item in items:
        if item.party_id is None:
            alone.add(item.record_key)
        else:
            party_ids.add(item.party_id)
    return Found(party_ids=frozenset(party_ids), records=frozenset(alone), unread_from=unread_from)


def records_asking(items: Iterable[WorkItem], records: Iterable[str]) -> list[Query[Any]]:
    """Ask for the records of work items, and for some that stand alone."""
    ids: dict[str, list[str]] = {}
    for key in sorted({*records, *(item.record_key for item in items)}):
        kind, _, id = key.partition(" ")
        ids.setdefault(kind, []).append(id)
    return [Query(kind, [Condition("id", "one_of", tuple(ids[name]))]) for kind in ASKING if (name := kind_of(kind).name) in ids]
