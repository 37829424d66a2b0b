"""The journal: who changed what and when, and the proof that nobody altered it since."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_int, check_kind, check_text
from crmkit.conditions import Condition
from crmkit.desks.chain import commitment_of, hash_of
from crmkit.desks.reach import within_reach
from crmkit.desks.workplace import Workplace, check_cursor, find_each
from crmkit.entities import Ref
from crmkit.errors import NotPermittedError, Problem
from crmkit.records import JournalChange, JournalEntry, JournalHead
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmkit.store import Transaction

_PAGE = 1_000


@attrs.frozen
class JournalDesk:
    """
    `crm.journal`: append-only. Each entry holds the hash of the one before and salted commitments to what was changed.

    What a person's erasure removes are the changes; the chain stays whole. Someone with full access to the database could
    write a whole new chain: keep `head()` outside from time to time, and `verify` against it.

    The journal as a whole needs the right to everybody's parties; `changes_of` shows what the reader's rights reach.

    Attributes:
        workplace: What all desks share.
    """

    workplace: Workplace = attrs.field(repr=False)

    def head(self) -> str:
        """Tell the hash of the last entry, to be kept outside; empty before the first."""
        self._check_whole("journal.head")
        with self.workplace.reading() as transaction:
            return (transaction.get(JournalHead, "journal") or JournalHead()).hash

    def entries(self, *, after: str = "", limit: int = 100) -> Sequence[JournalEntry]:
        """
        List entries, the oldest first, from the one after the id *after* on; empty is from the first on.

        Raises:
            InvalidValueError: For an *after* that is no entry's id.
        """
        self._check_whole("journal.entries")
        check_int("limit", limit, at_least=1)
        with self.workplace.reading() as transaction:
            after = check_cursor(transaction, JournalEntry, "after", after)
            return transaction.find(Query(JournalEntry, after=(after,), limit=limit))

    def changes_of(self, record: Ref) -> Sequence[JournalChange]:
        """
        List what was changed in one record, before and after, the oldest first; changes about parties out of reach are left out.

        Raises:
            NotPermittedError: When the rights do not list the verb, or reach none of the changes.
        """
        self.workplace.scope.owners_reached("journal.changes_of")
        with self.workplace.reading() as transaction:
            found = transaction.find(Query(JournalChange, [Condition("subject", "equal", check_kind("record", record, Ref).key)]))
            reached = within_reach(self.workplace, transaction, "journal.changes_of", found)
        if found and not reached:
            raise NotPermittedError(self.workplace.scope.actor, "journal.changes_of", beyond_reach=True)
        return reached

    def verify(self, *, head: str | None = None) -> tuple[Problem, ...]:
        """
        Recompute the whole chain, and name every place where it does not hold; empty is well.

        Found are entries altered, added, taken out or reordered, and changes that are not what was committed to. A change that is gone
        is not: erasing a person takes it. `Crm.check` finds that, where its record is still there, and whether records and history are
        as the journal says. A journal that was cut off or written anew together with its end is found only with *head*.

        Args:
            head: A hash that `head()` gave earlier: some entry must still have it.
        """
        self._check_whole("journal.verify")
        if head is not None:
            check_text("head", head, empty=True)
        problems: list[Problem] = []
        count, previous, heads = 0, "", {""}
        with self.workplace.reading() as transaction:
            for entry in _all_entries(transaction):
                count += 1
                problems += _problems_of(entry, place=count, previous=previous)
                previous = entry.hash
                heads.add(previous)
            problems += _problems_of_changes(transaction)
            end = transaction.get(JournalHead, "journal") or JournalHead()
        if (end.count, end.hash) != (count, previous):
            problems.append(_problem(end.count, "the end of the journal is not its last entry; entries were cut off or added"))
        if head is not None and head not in heads:
            problems.append(_problem(None, "no entry has the hash that was kept outside; the journal was written anew or cut off"))
        return tuple(problems)

    def _check_whole(self, verb: str) -> None:
        """Entries name records of every party: rights that reach only some parties do not reach them."""
        if self.workplace.scope.owners_reached(verb) is not None:
            raise NotPermittedError(self.workplace.scope.actor, verb, beyond_reach=True)


def _all_entries(transaction: Transaction) -> Iterator[JournalEntry]:
    after = ""
    while page := transaction.find(Query(JournalEntry, after=(after,), limit=_PAGE)):
        yield from page
        after = page[-1].id


def _problems_of(entry: JournalEntry, *, place: int, previous: str) -> Iterator[Problem]:
    if not entry.id.isdecimal() or int(entry.id) != place:
        yield _problem(place, f"entry {place} is missing")
    if entry.previous != previous:
        yield _problem(place, "it does not follow the entry before")
    if entry.hash != hash_of(entry):
        yield _problem(place, "its content is not what was hashed")


def _problems_of_changes(transaction: Transaction) -> Iterator[Problem]:
    """Compare each change that is still there with the commitment in its entry."""
    after = ""
    while page := transaction.find(Query(JournalChange, after=(after,), limit=_PAGE)):
        after = page[-1].id
        entries = find_each(transaction, JournalEntry, "id", (change.id.partition(".")[0] for change in page))
        committed = {f"{entry.id}.{place}": commitment for entry in entries for place, (_, commitment) in enumerate(entry.changes)}
        for change in page:
            if committed.get(change.id) != commitment_of(change):
                number = change.id.partition(".")[0]
                yield _problem(int(number) if number.isdecimal() else None, f"the change of {change.subject} is not what was committed to")


def _problem(place: int | None, message: str) -> Problem:
    return Problem("journal", place, None, None, message)
