"""The records of one kind in memory, with sorted indexes over the fields that queries begin with."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import attrs

from crmkit.conditions import Scalar
from crmkit.records import Stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmkit.conditions import Condition
    from crmkit.records import RecordKind

_VALUE = itemgetter(0)


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
        for field in [field for field, pairs in self._indexes.items() if len(pairs) > 2 * len(self.records) + len(changes)]:
            del self._indexes[field]

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
                return pairs, [(bisect_left(pairs, value, key=_VALUE), bisect_right(pairs, value, key=_VALUE)) for value in values]
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
