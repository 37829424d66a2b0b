"""Failures after which the same unit of work may succeed."""

from __future__ import annotations

import attrs

from crmkit.errors import StoreError

__all__ = ["TransientStoreError"]


@attrs.frozen
class TransientStoreError(StoreError):
    """A unit of work that the database could not serve just now: nothing of it is stored, and repeating all of it may succeed."""

    def __str__(self) -> str:
        """Say that nothing was stored."""
        return f"the database could not do it just now ({self.code}); nothing was stored, so it can be repeated"
