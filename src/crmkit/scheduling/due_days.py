"""The first day on which a gap has passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.periods import Interval

if TYPE_CHECKING:
    from datetime import date


def due_after(last_contact_on: date, gap: Interval) -> date:
    """
    Say on which day a party is due again: the day after last contact + gap.

    >>> from datetime import date
    >>> due_after(date(2026, 1, 31), Interval(months=1)).isoformat()
    '2026-03-01'
    """
    return Interval(months=gap.months, days=gap.days + 1).after(last_contact_on)
