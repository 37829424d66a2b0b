"""Campaigns, marketing plans and touches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmkit.records.declarations import RecordKind

CAMPAIGNS: tuple[RecordKind[Any], ...] = ()
