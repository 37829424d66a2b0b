"""What comes up in a work queue, and how early."""

from __future__ import annotations

from datetime import date, timedelta

import attrs

from crmkit._checks import check_kind
from crmkit.periods import Interval, days

_LONGEST_MONTH = 31


@attrs.frozen(kw_only=True)
class QueuePolicy:
    """
    How early things come up in a work queue that are to be dealt with before their day.

    Attributes:
        contract_ahead: How long before the last day of notice, or of renewal, a contract comes up.
        quote_ahead: How long before its last valid day an open quote comes up.
        quote_open_for: How long after its date, or after the last contact since then, an open quote comes up whatever its validity.
        birthdays: Whether birthdays of contact persons are listed.
    """

    contract_ahead: Interval = attrs.field(factory=lambda: days(30))
    quote_ahead: Interval = attrs.field(factory=lambda: days(7))
    quote_open_for: Interval = attrs.field(factory=lambda: days(14))
    birthdays: bool = True

    def __attrs_post_init__(self) -> None:
        """Refuse what is no interval."""
        for name in ("contract_ahead", "quote_ahead", "quote_open_for"):
            check_kind(name, getattr(self, name), Interval)
        check_kind("birthdays", self.birthdays, bool)


def first_day_before(deadline: date, ahead: Interval) -> date:
    """Find the first day from which *deadline* is no further away than *ahead*."""
    day = date.fromordinal(max(1, deadline.toordinal() - _LONGEST_MONTH * ahead.months - ahead.days))
    while ahead.after(day) < deadline:
        day += timedelta(days=1)
    return day
