"""Contracts: how long they run, when they renew, and until when notice can be given."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from typing import Literal

import attrs

from crmkit._checks import check_choice, check_date, check_int, check_kind, check_text, check_texts, refused
from crmkit.errors import StateMoveError
from crmkit.money import Money
from crmkit.periods import Interval

ContractState = Literal["active", "cancelled"]

_LONGEST_MONTH = 31


@attrs.frozen(kw_only=True)
class Contract:
    """
    A contract with a party. All its days are counted from its first day and clamped at month ends.

    Attributes:
        id: Its id.
        party_id: With whom.
        title: About what.
        starts_on: The first day.
        term: How long it runs at first; None until notice is given.
        renewal: By how much it is renewed; None renews it by the term.
        automatic: True where it renews itself unless notice is given; False where it ends unless it is renewed.
        notice: How long before the end of a term notice must be given; None up to the last day.
        renewals: How often it was renewed.
        kind: For example "maintenance", "subscription"; an open list.
        number: The number that people know.
        amount: What it is worth per term, net; None is unknown.
        employee_id: Who looks after it; None is the owner of the party.
        state: "active" or "cancelled"; a cancelled one runs until its end.
        cancelled_on: The local day of the notice.
        ended_on: The last day of a cancelled one.
        reason: Why it was cancelled.
        version: Raised by each stored change; 0 is not stored yet.

    >>> from crmkit import months
    >>> rent = Contract(id="V-1", party_id="C-17", title="press", starts_on=date(2026, 1, 1), term=months(12), notice=months(3))
    >>> rent.last_day.isoformat(), rent.notice_by.isoformat(), rent.renewed().last_day.isoformat()
    ('2026-12-31', '2026-09-30', '2027-12-31')
    """

    id: str
    party_id: str
    title: str = attrs.field(repr=False)
    starts_on: date
    term: Interval | None = None
    renewal: Interval | None = None
    automatic: bool = True
    notice: Interval | None = None
    renewals: int = 0
    kind: str = "contract"
    number: str | None = None
    amount: Money | None = None
    employee_id: str | None = None
    state: ContractState = "active"
    cancelled_on: date | None = None
    ended_on: date | None = None
    reason: str | None = attrs.field(default=None, repr=False)
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_texts(self, "number", "employee_id", "reason")
        for name in ("id", "party_id", "title", "kind"):
            check_text(name, getattr(self, name))
        check_date("starts_on", self.starts_on)
        for name in ("term", "renewal", "notice"):
            if getattr(self, name) is not None:
                check_kind(name, getattr(self, name), Interval)
        check_kind("automatic", self.automatic, bool)
        check_int("renewals", self.renewals, at_least=0)
        check_choice("state", self.state, ContractState)
        if self.amount is not None:
            check_kind("amount", self.amount, Money)
        if self.term is None and (self.renewal is not None or self.renewals):
            raise refused("renewal", self.renewal, "no renewal for a contract without a term; give term= too")
        self._check_end()

    def _check_end(self) -> None:
        for name in ("cancelled_on", "ended_on"):
            day = getattr(self, name)
            if (day is None) != (self.state == "active"):
                raise refused(name, day, "a day where it is cancelled, and none while it is active")
            if day is not None:
                check_date(name, day)

    @property
    def renews_on(self) -> date | None:
        """The first day of the next term; None where it has no term, or is cancelled."""
        return None if self.term is None or self.state == "cancelled" else self._begin_of_term(self.renewals + 1)

    @property
    def last_day(self) -> date | None:
        """The last day on which it runs as things are; None where it runs until notice is given."""
        return self.ended_on if self.renews_on is None else self.renews_on - timedelta(days=1)

    @property
    def notice_by(self) -> date | None:
        """The last day on which notice still ends it with the current term; None where it has no term, or is cancelled."""
        return None if self.renews_on is None else self._notice_before(self.renews_on)

    @property
    def due_on(self) -> date | None:
        """The last day to decide: on notice where it renews itself, else on renewal; None where nothing is to be decided."""
        return self.notice_by if self.automatic or self.renews_on is None else self.last_day

    def runs_on(self, day: date) -> bool:
        """Tell whether it is in force on a day; one that renews itself is, until it is cancelled."""
        last = self.last_day if self.state == "cancelled" or not self.automatic else None
        return self.starts_on <= check_date("day", day) and (last is None or day <= last)

    def renewed(self) -> Contract:
        """
        Let it run for one more term.

        Raises:
            StateMoveError: When it is cancelled.
            InvalidValueError: When it has no term.
        """
        if self.state == "cancelled":
            raise StateMoveError("contract", self.id, self.state, "renewed", ())
        if self.term is None:
            raise refused("term", None, "a contract with a term; this one runs until notice is given")
        return attrs.evolve(self, renewals=self.renewals + 1)

    def cancelled(self, *, on: date, because: str, ends_on: date | None = None) -> Contract:
        """
        Give notice on a day.

        Args:
            on: The day of the notice.
            because: Why.
            ends_on: Its last day where that was agreed otherwise; else it ends with the first term for which notice comes in time.

        Raises:
            StateMoveError: When it is cancelled already.
        """
        if self.state == "cancelled":
            raise StateMoveError("contract", self.id, self.state, "cancelled", ())
        last = self.last_day_after_notice(check_date("on", on)) if ends_on is None else check_date("ends_on", ends_on)
        if last < self.starts_on:
            raise refused("ends_on", last, f"a day from its first one on ({self.starts_on})")
        return attrs.evolve(self, state="cancelled", cancelled_on=on, ended_on=last, reason=check_text("because", because))

    def last_day_after_notice(self, on: date) -> date:
        """Tell on which day it ends when notice is given on a day."""
        if self.term is None:
            return max(on if self.notice is None else self.notice.after(on), self.starts_on)
        renewals = self.renewals
        while self.automatic and self._notice_before(self._begin_of_term(renewals + 1)) < on:
            renewals += 1
        return self._begin_of_term(renewals + 1) - timedelta(days=1)

    def _begin_of_term(self, number: int) -> date:
        """The first day of a term, the first term being number 0: added once from the first day, so that month ends do not drift."""
        if self.term is None or number == 0:
            return self.starts_on
        renewal, times = self.renewal or self.term, number - 1
        return Interval(months=self.term.months + times * renewal.months, days=self.term.days + times * renewal.days).after(self.starts_on)

    def _notice_before(self, end: date) -> date:
        """The latest day from which the notice, added forwards, still lies before *end*."""
        last = end.toordinal() - 1
        if self.notice is None:
            return date.fromordinal(last)
        notice = self.notice
        earliest = max(1, last - notice.months * _LONGEST_MONTH - notice.days)
        days = range(earliest, last + 1)
        fitting = bisect_right(days, last, key=lambda day: notice.after(date.fromordinal(day)).toordinal())
        return date.fromordinal(days[max(0, fitting - 1)])
