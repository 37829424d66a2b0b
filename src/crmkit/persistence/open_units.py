"""The rule that a thread has at most one unit of work of a store open, and uses it only while it is open."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from crmkit._checks import refused

if TYPE_CHECKING:
    from collections.abc import Iterator


class OpenUnits(threading.local):
    """Whether this thread has a unit of work open."""

    open: bool = False

    @contextmanager
    def entered(self) -> Iterator[None]:
        """
        Mark one as open.

        Raises:
            InvalidValueError: When this thread has one open already; a second would wait for the first for ever.
        """
        if self.open:
            raise refused("transaction", "a second one", "one transaction at a time in a thread; use the one that is open")
        self.open = True
        try:
            yield
        finally:
            self.open = False


class UnitState:
    """What a transaction may still do."""

    def __init__(self, *, write: bool) -> None:
        """Begin open."""
        self._write = write
        self._open = True

    def end(self) -> None:
        """Allow nothing any more."""
        self._open = False

    def check_reading(self) -> None:
        """Refuse after the end."""
        if not self._open:
            raise refused("transaction", "one that has ended", "an open transaction; use it inside its `with`")

    def check_writing(self, verb: str) -> None:
        """Refuse after the end, and in a transaction that only reads."""
        self.check_reading()
        if not self._write:
            raise refused("transaction", f"{verb} in one that reads", "transaction(tenant, write=True)")
