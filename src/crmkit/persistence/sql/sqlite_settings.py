"""What a connection to SQLite needs so that no update is lost and no reference dangles."""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from crmkit.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping

BUSY_TIMEOUT_MS = 30_000
_OLDEST = (3, 37)  # the first with STRICT tables
_LEGACY_CONTROL = -1  # sqlite3.LEGACY_TRANSACTION_CONTROL, which Python 3.11 does not have
_WAL_RETRY_SECONDS = 0.05
_SETTLED = "crmkit_settled"
_JOURNAL = "crmkit_journal"


def settle(raw: Any) -> dict[str, Any]:  # noqa: ANN401  # sqlite3.Connection, or what behaves like it
    """
    Let crmkit begin and end transactions, check foreign keys and wait for locks.

    Returns:
        What was set before, for `restore`.
    """
    before: dict[str, Any] = {"isolation_level": raw.isolation_level, "autocommit": getattr(raw, "autocommit", None)}
    if isinstance(before["autocommit"], bool):  # Python 3.12: the driver begins transactions by itself
        raw.autocommit = True
        raw.autocommit = _LEGACY_CONTROL
    raw.isolation_level = None
    before["foreign_keys"] = pragma(raw, "foreign_keys")
    before["busy_timeout"] = pragma(raw, "busy_timeout")
    if not before["foreign_keys"]:
        raw.execute("PRAGMA foreign_keys = ON")
    if before["busy_timeout"] < BUSY_TIMEOUT_MS:
        raw.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    return before


def restore(raw: Any, before: dict[str, Any]) -> None:  # noqa: ANN401  # as above
    """Leave a connection as it was found."""
    if raw.in_transaction:
        raw.execute("ROLLBACK")
    if not before["foreign_keys"]:
        raw.execute("PRAGMA foreign_keys = OFF")
    if before["busy_timeout"] < BUSY_TIMEOUT_MS:
        raw.execute(f"PRAGMA busy_timeout = {before['busy_timeout']}")
    raw.isolation_level = before["isolation_level"]
    if isinstance(before["autocommit"], bool):
        raw.autocommit = before["autocommit"]


@contextmanager
def settled(raw: Any, info: MutableMapping[Any, Any], *, write: bool) -> Iterator[None]:  # noqa: ANN401  # as above
    """Settle a borrowed connection for one unit of work. What it needs is asserted when it is seen for the first time."""
    before = settle(raw)
    try:
        if _SETTLED not in info:
            check_settings(raw)
            info[_SETTLED] = True
        if write and _JOURNAL not in info:
            set_wal(raw)
            info[_JOURNAL] = True
        yield
    finally:
        with suppress(sqlite3.Error):  # a connection that cannot even do this is not used again
            restore(raw, before)


def check_settings(raw: Any) -> None:  # noqa: ANN401  # as above
    """
    Assert what crmkit relies on.

    Raises:
        StoreError: Naming the setting that this SQLite does not accept.
    """
    if sqlite3.sqlite_version_info < _OLDEST:
        raise StoreError("sqlite_too_old", "3.37")
    if pragma(raw, "foreign_keys") != 1:
        raise StoreError("sqlite_setting", "foreign_keys")
    if pragma(raw, "busy_timeout") < BUSY_TIMEOUT_MS:
        raise StoreError("sqlite_setting", "busy_timeout")


def set_wal(raw: Any) -> None:  # noqa: ANN401  # as above
    """
    Switch a file to write-ahead logging, in which readers do not wait for the writer; memory has no file to switch.

    Raises:
        StoreError: Where the file system cannot do it.
    """
    give_up_at = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while (journal := _switched(raw, wait=time.monotonic() < give_up_at)) is None:
        time.sleep(_WAL_RETRY_SECONDS)
    if journal not in ("wal", "memory"):
        raise StoreError("sqlite_setting", "journal_mode")


def _switched(raw: Any, *, wait: bool) -> str | None:  # noqa: ANN401  # as above
    try:
        return str(raw.execute("PRAGMA journal_mode = WAL").fetchone()[0])
    except sqlite3.OperationalError as error:  # another process is just switching; SQLite does not wait for that by itself
        if wait and getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY"):
            return None
        raise


def pragma(raw: Any, name: str) -> int:  # noqa: ANN401  # as above
    """Read a setting."""
    row = raw.execute(f"PRAGMA {name}").fetchone()
    return 0 if row is None else int(row[0])
