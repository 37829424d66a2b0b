"""Stores: memory, and SQL databases in `crmkit.persistence.sql` (extra `sql`)."""

from crmkit.persistence.memory import MemoryStore

__all__ = ["MemoryStore"]
