"""
Errors of drivers become errors of crmkit.

A driver's text can hold personal data ("Key (email)=(…) already exists"). So nothing of it stays: not as text, not as an
argument, not as cause or context of the new error.
"""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from crmkit._checks import refused
from crmkit.errors import CrmkitError, OutcomeUnknownError, StoreError, TransientStoreError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_SQLITE_CONSTRAINT = re.compile(r"(?:UNIQUE|CHECK|NOT NULL) constraint failed: (\w+(?:\.\w+)?)")
_SQLITE_NO_TABLE = re.compile(r"no such table: ")
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED")
_WAITED = "SQLITE_BUSY"  # its busy timeout is over
_CONNECTION_LOST = ("08", "57P01", "57P02", "57P03")
_WORTH_REPEATING = ("40001", "40P01", "55P03", "53300", *_CONNECTION_LOST)
_NO_TABLE = ("42P01", "3F000")


def guarded(work: Callable[[], T], *, joined: bool = False) -> T:
    """
    Do some work of the database; its errors come out as errors of crmkit.

    Args:
        work: What to do.
        joined: True in a transaction of the host's, which only the host can repeat.

    Raises:
        StoreError: With the code of the database, and nothing else of it.
    """
    try:
        return work()
    except (SQLAlchemyError, sqlite3.Error) as error:
        refusal = refusal_of(error, joined=joined)
    raise refusal  # out here, so that the driver's error is not its context


def refusal_of(error: SQLAlchemyError | sqlite3.Error, *, joined: bool = False) -> CrmkitError:
    """Find the error of crmkit for a driver's error."""
    code = code_of(error)
    if code in _NO_TABLE or (code == "SQLITE_ERROR" and _SQLITE_NO_TABLE.match(str(_driver_error(error)))):
        return refused(
            "database", "one without these tables", "tables that crmkit.persistence.sql.upgrade() made, with the same prefix and schema"
        )
    if not joined and (
        _connection_lost(error, code) or code.startswith((*_BUSY, *_WORTH_REPEATING)) or isinstance(error, PoolTimeoutError)
    ):
        return TransientStoreError(code, constraint_of(error), waited=code == _WAITED)
    return StoreError(code, constraint_of(error))


def commit_refusal_of(error: SQLAlchemyError | sqlite3.Error) -> CrmkitError:
    """Find the error of crmkit for a failed COMMIT: a lost connection leaves in doubt whether it happened."""
    code = code_of(error)
    return OutcomeUnknownError(code) if _connection_lost(error, code) else refusal_of(error)


def code_of(error: SQLAlchemyError | sqlite3.Error) -> str:
    """Read the code: SQLSTATE, SQLite's name of it, or the name of the error's class."""
    found = _driver_error(error)
    return getattr(found, "sqlstate", None) or getattr(found, "sqlite_errorname", None) or type(found).__name__


def constraint_of(error: SQLAlchemyError | sqlite3.Error) -> str | None:
    """Read which constraint refused, where the driver names it apart from the values."""
    found = _driver_error(error)
    name: str | None = getattr(getattr(found, "diag", None), "constraint_name", None)
    if name is None and isinstance(found, sqlite3.Error) and (match := _SQLITE_CONSTRAINT.fullmatch(str(found).partition(",")[0])):
        return match[1]
    return name


def _driver_error(error: BaseException) -> BaseException:
    return getattr(error, "orig", None) or error


def _connection_lost(error: BaseException, code: str) -> bool:
    return (isinstance(error, DBAPIError) and error.connection_invalidated) or code.startswith(_CONNECTION_LOST)
