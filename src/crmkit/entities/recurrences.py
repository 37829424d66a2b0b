"""Days that come again by a rule, such as every first Monday of a month."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, cast

import attrs

from crmkit._checks import check_date, check_text, refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dateutil.rrule import rrule

_FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")
_PARTS = ("FREQ", "UNTIL", "COUNT", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS", "WKST")
_UNTIL_DIGITS = 8  # 20261231; what follows is a time of day


def _rule(value: str) -> str:
    """Upper case, without the name of the property, as RFC 5545 writes it."""
    return check_text("rule", value).strip().upper().removeprefix("RRULE:")


@attrs.frozen
class Recurrence:
    """
    Days by a recurrence rule (RFC 5545, section 3.3.10), computed by dateutil.

    Attributes:
        rule: Such as "FREQ=MONTHLY;BYDAY=1MO". Parts of days only: what comes several times a day is refused.
        start_on: The first day that it may fall on, and the day from which intervals are counted.

    >>> first_monday = Recurrence("FREQ=MONTHLY;BYDAY=1MO", date(2026, 1, 1))
    >>> first_monday.next_after(date(2026, 1, 5)).isoformat()
    '2026-02-02'
    """

    rule: str = attrs.field(converter=_rule)
    start_on: date

    def __attrs_post_init__(self) -> None:
        """Refuse what is no rule of days, and one without a single day."""
        check_date("start_on", self.start_on)
        parts = dict(part.partition("=")[::2] for part in self.rule.split(";"))
        if parts.get("FREQ") not in _FREQUENCIES or not parts.keys() <= set(_PARTS):
            expected = f"a rule of RFC 5545 by days: FREQ={'|'.join(_FREQUENCIES)} and any of {', '.join(_PARTS[1:])}"
            raise refused("rule", self.rule, expected)
        interval, until = parts.get("INTERVAL", "1"), parts.get("UNTIL", "")
        if not interval.isdecimal() or not int(interval):
            raise refused("rule", self.rule, "INTERVAL as a whole number of at least 1")
        if until and not (len(until) == _UNTIL_DIGITS and until.isdecimal()):
            raise refused("rule", self.rule, "UNTIL as a day, for example UNTIL=20261231")
        try:
            first = next(iter(self._days_from(self.start_on)), None)
        except (ValueError, OverflowError, TypeError) as error:
            raise refused("rule", self.rule, f"a rule of RFC 5545 ({error})") from None
        if first is None:
            raise refused("rule", self.rule, f"a rule with a day from {self.start_on} on")

    @property
    def is_counted(self) -> bool:
        """Tell whether it ends after a number of times."""
        return "COUNT=" in self.rule

    @property
    def ends(self) -> bool:
        """Tell whether it ends at all."""
        return self.is_counted or "UNTIL=" in self.rule

    def days(self) -> Iterator[date]:
        """List its days; without an end they go on until the year 9999."""
        return self._days_from(self.start_on)

    def next_after(self, day: date, *, anchor_on: date | None = None) -> date | None:
        """
        Find the first of its days after a day; None when it has ended.

        Args:
            day: The day before.
            anchor_on: Count intervals from this day instead of the first one; days before the first one stay out.
        """
        anchor = max(self.start_on, check_date("anchor_on", anchor_on)) if anchor_on is not None else self.start_on
        found = _rrule(self.rule, anchor).after(datetime.combine(check_date("day", day), time(0)))
        return None if found is None else found.date()

    def _days_from(self, anchor: date) -> Iterator[date]:
        return (moment.date() for moment in _rrule(self.rule, anchor))


def _rrule(rule: str, anchor: date) -> rrule:
    from dateutil.rrule import rrulestr  # noqa: PLC0415  # only who has such a rule pays for it

    return cast("rrule", rrulestr(rule, dtstart=datetime.combine(anchor, time(0))))
