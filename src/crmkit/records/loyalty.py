"""Loyalty cards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmkit.records.declarations import RecordKind

LOYALTY: tuple[RecordKind[Any], ...] = ()
