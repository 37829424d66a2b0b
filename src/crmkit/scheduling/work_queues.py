"""What is due on a day: each party once, with all reasons, the most urgent first."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeAlias

import attrs

from crmkit._checks import check_date, check_int, refused
from crmkit.entities import ContactPlan, Party, Recall
from crmkit.errors import NotStoredError
from crmkit.money import Money
from crmkit.scheduling.contact_plans import Due, suggestion
from crmkit.scheduling.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crmkit.scheduling.contact_policy import ContactPolicy

Plannable: TypeAlias = ContactPlan | Recall
QueueKind = Literal["recall", "suggestion"]
Value: TypeAlias = Money | Decimal | int


@attrs.frozen(kw_only=True)
class QueueRow:
    """
    One party to contact.

    Attributes:
        party: Whom.
        kind: The most urgent thing: "recall" before "suggestion".
        due_on: Since when it is due.
        overdue_days: Days since then.
        reasons: Why, the most urgent first.
        employee_id: Who is to do it: whoever the recall names, else the owner of the party; None is nobody.
        value: What the party is worth, where that is known.
    """

    party: Party
    kind: QueueKind
    due_on: date
    overdue_days: int
    reasons: tuple[Reason, ...]
    employee_id: str | None = None
    value: Value | None = None


@attrs.frozen
class LeftOut:
    """
    A party that is due and yet not listed.

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
        rows: The parties to contact, the most urgent first.
        unassigned: The parties that are due and nobody's.
        left_out: The parties that are due and left out, with the reason.
    """

    rows: tuple[QueueRow, ...] = ()
    unassigned: tuple[QueueRow, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    def __iter__(self) -> Iterator[QueueRow]:
        """Iterate over the rows."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.rows)


def work_queue(
    items: Iterable[Plannable],
    *,
    parties: Iterable[Party],
    as_of: date,
    employee_id: str | None = None,
    values: Mapping[str, Value] | None = None,
    policy: ContactPolicy | None = None,
    limit: int | None = None,
) -> WorkQueue:
    """
    List what is due on a day, from any mix of contact plans and recalls.

    Recalls come before suggestions, then the longest overdue, then the most valuable; what has no value comes last.

    Args:
        items: Plans and recalls, in any order.
        parties: The parties that they belong to.
        as_of: The day.
        employee_id: Only what this employee is to do; None lists everybody's and nobody's.
        values: What each party is worth, by its id, all in one currency.
        policy: Gaps of those without a frequency of their own; the class is the party's effective class.
        limit: The most rows.

    Raises:
        NotStoredError: For an item whose party is not among *parties*.

    >>> from crmkit import days
    >>> anna = Party(id="C-1", name="Müller", created_on=date(2026, 1, 1), owner_id="anna")
    >>> plan = ContactPlan(party_id="C-1", frequency=days(30), last_contact_on=date(2026, 1, 1))
    >>> [(row.party.id, row.overdue_days, str(row.reasons[0])) for row in work_queue([plan], parties=[anna], as_of=date(2026, 2, 1))]
    [('C-1', 0, 'last contact on 2026-01-01, more than 30 days ago')]
    """
    check_date("as_of", as_of)
    known = {party.id: party for party in parties}
    rows, left_out = [], []
    for party_id, (plan, recalls) in _by_party(items).items():
        if party_id not in known:
            raise NotStoredError("party", party_id)
        party = known[party_id]
        row = _row(party, plan, recalls, as_of=as_of, policy=policy)
        if row is None:
            continue
        because = _why_left_out(party)
        if because is None:
            rows.append(attrs.evolve(row, value=(values or {}).get(party_id)))
        else:
            left_out.append(LeftOut(party_id, because))
    rows.sort(key=_urgency)
    mine = [row for row in rows if employee_id in (None, row.employee_id)]
    nobodys = [row for row in rows if row.employee_id is None]
    most = None if limit is None else check_int("limit", limit, at_least=1)
    return WorkQueue(rows=tuple(mine[:most]), unassigned=tuple(nobodys[:most]), left_out=tuple(left_out))


def _by_party(items: Iterable[Plannable]) -> dict[str, tuple[ContactPlan, list[Recall]]]:
    found: dict[str, tuple[ContactPlan, list[Recall]]] = {}
    for item in items:
        if not isinstance(item, ContactPlan | Recall):
            raise refused("items", type(item).__name__, "contact plans and recalls")
        plan, recalls = found.get(item.party_id, (ContactPlan(party_id=item.party_id), []))
        if isinstance(item, Recall):
            recalls.append(item)
        else:
            plan = item
        found[item.party_id] = (plan, recalls)
    return found


def _row(party: Party, plan: ContactPlan, recalls: list[Recall], *, as_of: date, policy: ContactPolicy | None) -> QueueRow | None:
    """Each due recall is a reason of its own; a suggestion is one only where no recall is open."""
    due_recalls = sorted(
        (recall for recall in recalls if recall.state == "open" and recall.due_on <= as_of), key=lambda recall: recall.due_on
    )
    each = [[recall] for recall in due_recalls] or [recalls]
    found = [suggestion(plan, some, as_of=as_of, policy=policy, party=party) for some in each]
    due = [one for one in found if isinstance(one, Due)]
    if not due:
        return None
    named = next((recall.employee_id for recall in due_recalls if recall.employee_id is not None), None)
    return QueueRow(
        party=party,
        kind="recall" if due_recalls else "suggestion",
        due_on=due[0].since_on,
        overdue_days=(as_of - due[0].since_on).days,
        reasons=tuple(one.reason for one in due),
        employee_id=named or party.owner_id,
    )


def _why_left_out(party: Party) -> Reason | None:
    if not party.active:
        return Reason("inactive")
    return None if party.excluded is None else Reason("excluded", {"because": party.excluded})


def _urgency(row: QueueRow) -> tuple[bool, int, bool, Decimal, str]:
    worth = row.value.amount if isinstance(row.value, Money) else Decimal(row.value or 0)
    return (row.kind != "recall", -row.overdue_days, row.value is None, -worth, row.party.id)
