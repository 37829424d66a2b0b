"""The rows of a work queue, and for whom it is made."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

import attrs

from crmkit._checks import check_each, check_text, refused
from crmkit.entities import Party
from crmkit.money import Money, totals
from crmkit.scheduling.queue_entries import Entry, QueueKind
from crmkit.scheduling.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crmkit.entities import OpenItem

Value: TypeAlias = Money | Decimal | int


@attrs.frozen(kw_only=True)
class QueueRow:
    """
    One party, or one thing without a party, to deal with.

    Attributes:
        party: Whom; None for what stands alone, such as a task about no party: `reasons[0].about` says what.
        kind: The most urgent thing: "appointment", "recall", "commitment", "case", "task", "follow_up", "contract", "quote",
            "suggestion" or "birthday", in this order.
        due_on: The day of that thing; it may lie ahead where something comes up before its day, or with a horizon.
        overdue_days: Days since then; 0 up to that day.
        reasons: Why, the most urgent first; then overdue invoices, dunning level and blocks of the party.
        employee_id: Who is to do the most urgent thing; None is a department's, or nobody's.
        value: What the party is worth, where that is known.
        members: The parties below it that the reasons are about too, where a list is made per company group.
    """

    party: Party | None
    kind: QueueKind
    due_on: date
    overdue_days: int
    reasons: tuple[Reason, ...]
    employee_id: str | None = None
    value: Value | None = None
    members: tuple[Party, ...] = ()

    @property
    def party_id(self) -> str | None:
        """The id of the party; None for what stands alone."""
        return None if self.party is None else self.party.id


@attrs.frozen
class LeftOut:
    """
    A party that is due and yet not listed for it.

    Attributes:
        party_id: Which.
        reason: Why it is left out.
    """

    party_id: str
    reason: Reason


@attrs.frozen(kw_only=True)
class WorkQueue:
    """
    What is due; it iterates over its rows.

    Attributes:
        rows: What to do, the most urgent first.
        unassigned: What is due and neither an employee's nor a department's, as many as rows are asked for, the same on every page.
        left_out: The parties that are due and not to be contacted, with the reason: switched off, excluded, stopped by the gate (see
            `may_contact`), on a holiday, or on a day on which they wish to be left alone. Of a page: those that would have been on it.
            What was promised, fixed or handed in is listed for them all the same.
        cursor: Where the next page of rows begins; None after the last one.
    """

    rows: tuple[QueueRow, ...] = ()
    unassigned: tuple[QueueRow, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    cursor: str | None = None

    @property
    def left_out_counts(self) -> Mapping[str, int]:
        """How many parties are left out, by the code of the reason."""
        return counts_by_reason(self.left_out)

    def __iter__(self) -> Iterator[QueueRow]:
        """Iterate over the rows."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.rows)


@attrs.frozen(kw_only=True)
class Viewer:
    """
    For whom a queue is made.

    Attributes:
        employees: Whose work it is; None is everybody's and nobody's.
        stands_in_for: The employees for whom they do it too, while those are away.
        departments: The departments whose tasks are theirs.
    """

    employees: frozenset[str] | None = None
    stands_in_for: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        employee_id: str | None,
        *,
        stands_in_for: Iterable[str] = (),
        team: Iterable[str] | None = None,
        departments: Iterable[str] = (),
    ) -> Viewer:
        """
        Check whom a caller names.

        Raises:
            InvalidValueError: For an employee beside a team.
        """
        if employee_id is not None and team is not None:
            raise refused("team", team, "either employee_id or team")
        employees = team if employee_id is None else (check_text("employee_id", employee_id),)
        return cls(
            employees=None if employees is None else _ids("team", employees),
            stands_in_for=_ids("stands_in_for", stands_in_for),
            departments=_ids("departments", departments),
        )

    def sees(self, entry: Entry) -> Entry | None:
        """Give an entry as the viewer sees it; None where it is somebody else's."""
        if self.employees is None or entry.employees & self.employees or entry.department_id in self.departments:
            return entry
        away = sorted(entry.employees & self.stands_in_for)
        if not away:
            return None
        return attrs.evolve(entry, reason=attrs.evolve(entry.reason, facts={**entry.reason.facts, "stands_in_for": away[0]}))


def _ids(name: str, values: Iterable[str]) -> frozenset[str]:
    return frozenset(check_each(name, values, check_text))


def counts_by_reason(left_out: Iterable[LeftOut]) -> Mapping[str, int]:
    """Count who is left out, by the code of the reason."""
    return dict(Counter(one.reason.code for one in left_out))


def why_left_out(party: Party) -> Reason | None:
    """Tell why a party is not to be contacted; None where it may."""
    if not party.active:
        return Reason("inactive")
    return None if party.excluded is None else Reason("excluded", {"because": party.excluded})


def with_open_items(queue: WorkQueue, open_items: Iterable[OpenItem]) -> WorkQueue:
    """Show overdue invoices in a queue that was made without them: they change no order, so only the parties of a page need them."""
    by_party: dict[str, list[OpenItem]] = {}
    for item in open_items:
        by_party.setdefault(item.party_id, []).append(item)

    def shown(row: QueueRow) -> QueueRow:
        parties = () if row.party is None else (row.party, *row.members)
        if not any(party.id in by_party for party in parties):
            return row
        to_do = (reason for reason in row.reasons if reason.about is not None)
        to_know = (reason for party in parties for reason in payment_reasons(party, by_party.get(party.id, ())))
        return attrs.evolve(row, reasons=(*to_do, *to_know))

    return attrs.evolve(queue, rows=tuple(map(shown, queue.rows)), unassigned=tuple(map(shown, queue.unassigned)))


def payment_reasons(party: Party, open_items: Iterable[OpenItem]) -> Iterator[Reason]:
    """Tell what to know of a party's payments before it is contacted; none of it puts a party on the list."""
    overdue = [item for item in open_items if item.overdue_days > 0 and item.due_on is not None]
    for currency, amount in sorted(totals(item.amount for item in overdue).items()) if overdue else ():
        days = [item.due_on for item in overdue if item.amount.currency == currency and item.due_on is not None]
        yield Reason("invoices_overdue", {"due_on": min(days), "amount": amount, "invoices": len(days)})
    if party.dunning_level:
        yield Reason("dunned", {"level": party.dunning_level})
    for block in sorted(party.blocks):
        yield Reason(f"{block}_blocked")
