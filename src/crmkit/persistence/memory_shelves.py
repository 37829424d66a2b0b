"""The records of one kind in memory, with sorted indexes over the fields that queries begin with."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping
from itertools import chain, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast

import attrs

from crmkit.conditions import Scalar
from crmkit.records import Stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmkit.conditions import Condition
    from crmkit.records import RecordKind
    from crmkit.store import Query

_VALUE = itemgetter(0)
_FROM, _UP_TO = ("at_least", "more_than"), ("at_most", "less_than")
_FEW = 64
"""So many new places are put into an order one by one; more are sorted in."""


class _Last:
    """What comes after every id."""

    def __gt__(self, other: object) -> bool:
        return True


_LAST = _Last()


@attrs.frozen
class Held:
    """A record with the comparable values of its declared fields and its id."""

    entity: Stored
    values: Mapping[str, Scalar | None]


class Shelf:
    """
    All records of one kind and tenant, by id.

    An index is made when a query first needs it: pairs of value and id, sorted when they are read. A changed record leaves its old pair
    behind until there are too many of those; whoever looks for records tests them anyway.
    """

    def __init__(self, kind: RecordKind[Any]) -> None:
        """Begin empty."""
        self.records: dict[str, Held] = {}
        self._indexed = frozenset(index[0] for index in kind.indexes)
        self._indexes: dict[str, list[tuple[Any, str]]] = {}
        self._unsorted: set[str] = set()
        self._declared = kind.indexes
        self._orders: dict[tuple[tuple[str, ...], int], _Order] = {}

    def merge(self, changes: Mapping[str, Held | None]) -> None:
        """Take over what a transaction has changed."""
        for id, held in changes.items():
            before = self.records.pop(id, None) if held is None else self.records.get(id)
            if held is None:
                continue
            self.records[id] = held
            for field, pairs in self._indexes.items():
                value = held.values[field]
                if value is not None and (before is None or before.values[field] != value):
                    pairs.append((value, id))
                    self._unsorted.add(field)
        for order in self._orders.values():
            order.merge(changes, self.records)
        for field in [field for field, pairs in self._indexes.items() if len(pairs) > 2 * len(self.records) + len(changes)]:
            del self._indexes[field]

    def in_order(self, query: Query[Any], conditions: Sequence[Condition], position: tuple[Any, ...] | None) -> Iterator[Held] | None:
        """
        Walk through the records that can fit in the order of a query, from a place on; None where no declared index has that order.

        Of the conditions only those on the fields before the sorted ones hold for all of them.
        """
        names = tuple(name for name, _ in query.sort_fields[:-1])
        if not names or any(descending for _, descending in query.sort_fields):
            return None
        fixed = {one.column: one.value for one in conditions if one.test == "equal"}
        several = next((one.value for one in conditions if one.column == names[0] and one.test == "one_of"), None)
        if several is None:
            return self._walk(names, conditions, fixed, position)
        walks = []
        for value in sorted(set(cast("Any", several))):  # one after the other they are in the order of the query
            if position is None or value >= position[0]:
                rest = position[1:] if position is not None and value == position[0] else None
                walks.append(self._walk(names[1:], conditions, {**fixed, names[0]: value}, rest))
        found = [walk for walk in walks if walk is not None]
        return chain.from_iterable(found) if len(found) == len(walks) else None

    def _walk(
        self, names: tuple[str, ...], conditions: Sequence[Condition], fixed: Mapping[str, Any], position: tuple[Any, ...] | None
    ) -> Iterator[Held] | None:
        fitting = [one for one in self._declared if names and one[-len(names) :] == names and fixed.keys() >= {*one[: -len(names)]}]
        if not fitting:
            return None
        index = max(fitting, key=len)
        order = self._orders.get((index, len(names))) or self._orders.setdefault((index, len(names)), _Order(index, names, self.records))
        low = next((one.value for one in conditions if one.column == names[0] and one.test in _FROM), None)
        high = next((one.value for one in conditions if one.column == names[0] and one.test in _UP_TO), None)
        return order.walk(tuple(fixed[name] for name in index[: -len(names)]), self.records, low=low, high=high, position=position)

    def candidates(self, conditions: Iterable[Condition]) -> Iterable[str] | None:
        """List the ids that the most selective index finds for conditions; None where no index helps."""
        spans = [spans for condition in conditions if condition.column in self._indexed and (spans := self._spans(condition)) is not None]
        if not spans:
            return None
        pairs, ranges = min(spans, key=lambda found: sum(end - begin for begin, end in found[1]))
        return dict.fromkeys(id for begin, end in ranges for _, id in pairs[begin:end])

    def _spans(self, condition: Condition) -> tuple[Sequence[tuple[Any, str]], list[tuple[int, int]]] | None:
        """Find where in the index of its field the values of a condition stand."""
        wanted: Any = condition.value
        pairs = self._sorted(condition.column)
        match condition.test:
            case "equal" | "one_of":
                values = wanted if isinstance(wanted, tuple) else (wanted,)
                return pairs, [(bisect_left(pairs, (value,)), bisect_left(pairs, (value, _LAST))) for value in values]
            case "at_least" | "more_than":
                return pairs, [(bisect_left(pairs, wanted, key=_VALUE), len(pairs))]
            case "at_most" | "less_than":
                return pairs, [(0, bisect_right(pairs, wanted, key=_VALUE))]
            case "missing" if wanted is False:
                return pairs, [(0, len(pairs))]
            case _:
                return None

    def _sorted(self, field: str) -> Sequence[tuple[Any, str]]:
        if field not in self._indexes:
            self._indexes[field] = list(self._pairs(field))
            self._unsorted.add(field)
        if field in self._unsorted:
            self._indexes[field].sort()
            self._unsorted.remove(field)
        return self._indexes[field]

    def _pairs(self, field: str) -> Iterator[tuple[Any, str]]:
        return ((value, id) for id, held in self.records.items() if (value := held.values[field]) is not None)


class _Order:
    """
    The records of a kind in the order of a declared index: places by the values of its first fields, sorted by the others and id.

    A changed record leaves its old place behind, which whoever walks by steps over.
    """

    def __init__(self, index: tuple[str, ...], names: tuple[str, ...], records: Mapping[str, Held]) -> None:
        """Begin with all records."""
        self._fixed, self._names = index[: -len(names)], names
        self._places: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
        self._new: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
        self._count = 0
        self.merge(records, records)

    def merge(self, changes: Mapping[str, Held | None], records: Mapping[str, Held]) -> None:
        """Take over what has changed."""
        if self._count > 2 * len(records) + len(changes):
            self._places, self._new, self._count, changes = {}, {}, 0, records
        for held in changes.values():
            if held is not None and (place := self._place(held)) is not None:
                self._new.setdefault(tuple(held.values[name] for name in self._fixed), []).append(place)
                self._count += 1

    def walk(
        self,
        fixed: tuple[Any, ...],
        records: Mapping[str, Held],
        *,
        low: Any,  # noqa: ANN401  # of the type of the field
        high: Any,  # noqa: ANN401  # as above
        position: tuple[Any, ...] | None,
    ) -> Iterator[Held]:
        """List the records from a value of the first field, or after a place, up to a value."""
        places = self._places.setdefault(fixed, [])
        new = self._new.pop(fixed, [])
        if len(new) <= _FEW:
            for place in new:
                insort(places, place)
        else:
            places += new
            places.sort()
        begin = 0 if low is None else bisect_left(places, low, key=_VALUE)
        begin = begin if position is None else max(begin, bisect_right(places, position))
        before = None
        for place in islice(places, begin, None):
            if high is not None and place[0] > high:
                return
            held = records.get(place[-1])
            if held is not None and place != before and self._is_at(held, fixed, place):
                yield held
            before = place

    def _is_at(self, held: Held, fixed: tuple[Any, ...], place: tuple[Any, ...]) -> bool:
        return self._place(held) == place and all(held.values[name] == value for name, value in zip(self._fixed, fixed, strict=True))

    def _place(self, held: Held) -> tuple[Any, ...] | None:
        values = tuple(held.values[name] for name in self._names)
        return None if None in values else (*values, held.values["id"])
