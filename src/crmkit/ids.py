"""Fresh ids for those who have none of their own."""

from __future__ import annotations

import sys

if sys.version_info >= (3, 14):
    from uuid import uuid7
else:
    from uuid_utils import uuid7

__all__ = ["new_id"]


def new_id() -> str:
    """
    Make a fresh id: a UUIDv7 as text, so that ids sort by the time they were made.

    >>> len(new_id())
    36
    """
    return str(uuid7())
