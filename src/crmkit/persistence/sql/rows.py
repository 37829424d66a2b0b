"""Records as rows, and rows as records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from crmkit._checks import check_text
from crmkit.entities.stored_form import entity_of, text_of
from crmkit.errors import StoreError
from crmkit.persistence.field_values import field_values
from crmkit.records import RecordKind, Stored

if TYPE_CHECKING:
    from collections.abc import Sequence

E = TypeVar("E", bound=Stored)


def to_row(kind: RecordKind[Any], entity: Stored, tenant: str) -> dict[str, Any]:
    """Make the row of the next version of a record."""
    row: dict[str, Any] = field_values(kind, entity)
    row["tenant"] = tenant
    row["id"] = entity.id
    row["version"] = entity.version + 1
    row["data"] = check_text(kind.name, text_of(entity))
    return row


def from_rows(kind: RecordKind[E], rows: Sequence[Sequence[Any]]) -> list[E]:
    """
    Make the records of rows, each a version and data; one JSON text is read faster than many.

    Raises:
        StoreError: For data that crmkit does not write; nothing of it is in the error, for it can be personal.
    """
    if not rows:
        return []
    try:
        return _read(kind, rows)
    except Exception:  # noqa: BLE001  # whatever reading meets in foreign data: no JSON, a field missing, no date
        refusal = StoreError("unreadable_data", kind.name)
    raise refusal  # out here, so that what was read is not its context


def _read(kind: RecordKind[E], rows: Sequence[Sequence[Any]]) -> list[E]:
    values: list[dict[str, Any]] = json.loads(f"[{','.join([data for _, data in rows])}]")
    for one, (version, _) in zip(values, rows, strict=True):
        one["version"] = version
    return [entity_of(kind.entity, one) for one in values]
