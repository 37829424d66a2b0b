"""What every store checks before or after it writes, in one order, so that all refuse the same with the same error."""

from __future__ import annotations

from collections import Counter
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

from crmkit._checks import refused
from crmkit.errors import NotStoredError, StaleWriteError
from crmkit.records import KINDS, RecordKind, Stored, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

Key = tuple[str, str]


def targets_of(kind: RecordKind[Any]) -> frozenset[str]:
    """Name the kinds that a kind refers to."""
    targets = {field.refers_to for field in kind.fields} | {kind.id_refers_to}
    return frozenset(target for target in targets if target is not None)


REFERENCED_FIRST: tuple[RecordKind[Any], ...] = tuple(
    KINDS[name] for name in TopologicalSorter({kind.name: targets_of(kind) for kind in KINDS.values()}).static_order()
)
"""Every kind after those that it refers to: the order in which records saved together are written."""


def key_of(entity: Stored) -> Key:
    """Name a record: its kind and id."""
    return kind_of(type(entity)).name, entity.id


def by_kind(entities: Sequence[Stored]) -> Mapping[str, list[Stored]]:
    """
    Sort records by kind, referenced kinds first.

    Raises:
        InvalidValueError: For a class that stores do not hold, and for a record that is given twice.
    """
    found: dict[type, list[Stored]] = {}
    for entity in entities:
        found.setdefault(type(entity), []).append(entity)
    batches = {kind_of(kind).name: batch for kind, batch in found.items()}
    for name, batch in batches.items():
        times = Counter(entity.id for entity in batch)
        if len(times) < len(batch):
            raise refused("entities", (name, times.most_common(1)[0][0]), "each record once")
    return {kind.name: batches[kind.name] for kind in REFERENCED_FIRST if kind.name in batches}


def references(entity: Stored) -> Iterator[Key]:
    """List the records that a record refers to."""
    kind = kind_of(type(entity))
    if kind.id_refers_to is not None:
        yield kind.id_refers_to, entity.id
    for field in kind.fields:
        if field.refers_to is not None and (value := getattr(entity, field.name)) is not None:
            yield field.refers_to, str(value)


def referring_fields(target: str) -> Iterator[tuple[RecordKind[Any], str]]:
    """List the fields that can refer to a kind."""
    for kind in KINDS.values():
        if kind.id_refers_to == target:
            yield kind, "id"
        for field in kind.fields:
            if field.refers_to == target:
                yield kind, field.name


def stale_write(entities: Iterable[Stored], version_of: Callable[[Key], int]) -> StaleWriteError | None:
    """Find the first record whose version is not the stored one; nothing stored is version 0."""
    for entity in entities:
        key = key_of(entity)
        if (found := version_of(key)) != entity.version:
            return StaleWriteError(*key, expected_version=entity.version, found_version=found)
    return None


def missing_reference(entities: Sequence[Stored], is_stored: Callable[[Key], bool]) -> NotStoredError | None:
    """Find the first reference to a record that is neither stored nor among those saved together."""
    saved = {key_of(entity) for entity in entities}
    for entity in entities:
        for key in references(entity):
            if key not in saved and not is_stored(key):
                return NotStoredError(*key)
    return None
