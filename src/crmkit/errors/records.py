"""Records that are not there, changed meanwhile, or must not change so; and failures of the database."""

from __future__ import annotations

from datetime import datetime

import attrs

from crmkit.errors.base import CrmkitError, listed


@attrs.frozen
class StateMoveError(CrmkitError):
    """
    A move that the states of a record do not allow.

    Attributes:
        kind: What kind of record.
        id: Which one.
        from_state: Its state now.
        to_state: The state asked for.
        allowed: The states it can move to.
        hint: What stands in the way, or what to do instead; None where the states say it all.
    """

    kind: str
    id: str
    from_state: str
    to_state: str
    allowed: tuple[str, ...]
    hint: str | None = None

    def __str__(self) -> str:
        """Name both states and the allowed ones, and what to do."""
        said = f"{self.kind} {self.id!r} cannot move from {self.from_state!r} to {self.to_state!r}; allowed: {listed(self.allowed)}"
        return said if self.hint is None else f"{said}. {self.hint}"


@attrs.frozen
class NotStoredError(CrmkitError, LookupError):
    """
    No such record in this tenant.

    Attributes:
        kind: What kind of record.
        id: Which one was asked for.
    """

    kind: str
    id: str

    def __str__(self) -> str:
        """Name the record."""
        return f"no {self.kind} with id {self.id!r} is stored in this tenant"


@attrs.frozen
class SlotTakenError(CrmkitError):
    """
    An appointment where the employee is busy already.

    Attributes:
        employee_id: Who is busy.
        start_at: The start that was asked for.
    """

    employee_id: str
    start_at: datetime

    def __str__(self) -> str:
        """Name the employee and the time."""
        return f"employee {self.employee_id!r} is busy at {self.start_at.isoformat()}; ask free_slots for another time"


@attrs.frozen
class StaleWriteError(CrmkitError):
    """
    Someone else was quicker, or an added id exists already.

    Attributes:
        kind: What kind of record.
        id: Which one.
        expected_version: The version that the change was based on; 0 for a new record.
        found_version: The version that is stored now.
    """

    kind: str
    id: str
    expected_version: int
    found_version: int

    def __str__(self) -> str:
        """Name both versions and what to do."""
        if self.expected_version == 0:
            return f"{self.kind} {self.id!r} exists already (version {self.found_version}); use change() on what get() returns"
        return (
            f"{self.kind} {self.id!r} is at version {self.found_version}, the change was based on {self.expected_version}; "
            "get() it again and repeat the change"
        )


@attrs.frozen
class KeyReusedError(CrmkitError):
    """
    An idempotency key that came before with another payload.

    Attributes:
        key: The key.
    """

    key: str

    def __str__(self) -> str:
        """Name the key."""
        return f"key {self.key!r} was used before with other arguments; a new command needs a new key"


@attrs.frozen
class NotPermittedError(CrmkitError):
    """
    A verb that the scope does not allow.

    Attributes:
        actor: Who asked.
        verb: What was asked.
        beyond_reach: Whether the rights list the verb, but for fewer parties than it was asked for.
    """

    actor: str
    verb: str
    beyond_reach: bool = False

    def __str__(self) -> str:
        """Name actor and verb, and what of the rights denies it."""
        denied = f"actor {self.actor!r} may not {self.verb!r}"
        if self.beyond_reach:
            return f"{denied} here; the rights of the scope list it, but only for parties of one's own or of the team"
        return f"{denied}; the rights of the scope do not list it"


_FIXES = {
    "unreadable_data": "a record of this kind is not as this crmkit writes it; update crmkit, or bring it back from a backup",
    "SQLITE_CANTOPEN": "the folder of the file must exist, and this user must be allowed to write in it",
    "SQLITE_READONLY": "this user must be allowed to write the file and its folder",
    "SQLITE_NOTADB": "the file is no SQLite database",
    "SQLITE_FULL": "there is no space left for the file",
}


@attrs.frozen
class StoreError(CrmkitError):
    """
    A failure of the database; the driver's own text is withheld because it can hold personal data.

    Attributes:
        code: The database's error code, or the name of the driver's error class.
        constraint: The constraint that refused, where it is known.
    """

    code: str
    constraint: str | None = None

    def __str__(self) -> str:
        """Name code and constraint."""
        refusal = f"the database refused ({self.code})" + (f" by {self.constraint}" if self.constraint else "")
        return refusal + (f": {_FIXES[self.code]}" if self.code in _FIXES else "")


@attrs.frozen
class OutcomeUnknownError(StoreError):
    """The connection was lost while committing, and without a key the command cannot be repeated safely."""

    def __str__(self) -> str:
        """Say what to do."""
        return f"the connection was lost while committing ({self.code}); look whether it was stored, or pass key= and repeat"


@attrs.frozen
class TransientStoreError(StoreError):
    """
    The database could not serve a unit of work just now: nothing of it is stored, and repeating all of it may succeed.

    Every store raises it for a deadlock, a lock that it waited for too long, or a lost connection before the end: `Crm` then runs the verb
    again, a few times, before the caller sees it, unless it has waited already.

    Attributes:
        waited: It waited in line as long as it may, so that trying again at once would only wait again.
    """

    waited: bool = False

    def __str__(self) -> str:
        """Say that nothing was stored."""
        return f"the database could not do it just now ({self.code}); nothing was stored, so it can be repeated"
