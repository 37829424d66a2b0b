"""How many contacts fall due on which day, and who is slipping away: over tables of contact plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from crmkit._frames import F
    from crmkit.scheduling.contact_policy import ContactPolicy

# As in `frames`: Narwhals is loaded only when they are called.


def load_by_day(contact_plans: F, *by: str, days: Iterable[date], policy: ContactPolicy | None = None) -> F:
    """
    Count the contacts that fall due on each of some days, usually the working days of the coming weeks, by employee.

    A party counts with its next contact: the earliest open recall, else what its frequency or its rule says. Then it counts again as often
    as its gap ends within the days, until its plan ends, as if each contact took place on the day on which it falls due; of a rule only the
    next day is known to a table. What is overdue falls on the first of the days; what falls on a day between two of them, on the next one.
    A next contact that falls into days on which the party wishes to be left alone falls on the first day after those.

    All other work that falls due, with its parties, is in `Crm.work_queue` with a horizon, which `spread_over_days` brings onto days.

    >>> import polars as pl
    >>> from datetime import date
    >>> plans = pl.DataFrame({"customer_id": ["C-1", "C-2"], "frequency_days": [30, 2], "last_contact_on": [date(2026, 1, 1)] * 2})
    >>> load_by_day(plans, days=[date(2026, 1, 30), date(2026, 2, 2), date(2026, 2, 3)]).rows()
    [(datetime.date(2026, 1, 30), 1), (datetime.date(2026, 2, 2), 2), (datetime.date(2026, 2, 3), 0)]

    Args:
        contact_plans: As for `call_suggestions`.
        *by: Columns to group by, usually "owner_id".
        days: The days; their order does not matter.
        policy: The gaps of those without a frequency of their own.

    Returns:
        The columns of *by*, `day` (Date) and `contacts` (count): a row for each group and day, zero where nothing falls due. Their order
        is not promised.

    Raises:
        MissingColumnError: For a frame without customer_id, or without a column of *by*.
        InvalidValueError: Without a single day.
    """
    from crmkit.scheduling import frame_forecasts  # noqa: PLC0415  # see above

    return frame_forecasts.load_by_day(contact_plans, by, days=days, policy=policy)


def add_contact_light(contact_plans: F, *, as_of: date, policy: ContactPolicy | None = None, into: str = "contact_light") -> F:
    """
    Add the traffic light of each party, as `contact_light` says of one plan: amber after the ideal gap, red after the longest.

    >>> import polars as pl
    >>> from datetime import date
    >>> plans = pl.DataFrame({"customer_id": ["C-1"], "frequency_days": [30], "last_contact_on": [date(2026, 1, 1)]})
    >>> add_contact_light(plans, as_of=date(2026, 2, 1))["contact_light"].to_list()
    ['red']

    Args:
        contact_plans: As for `add_next_contact`.
        as_of: Today.
        policy: The gaps of those without a frequency of their own, and the ideal gaps of all.
        into: Name of the new column; a column of this name is replaced.

    Returns:
        All columns, and *into* (String: "green", "amber" or "red").

    Raises:
        MissingColumnError: For a frame without customer_id.
    """
    from crmkit.scheduling import frame_forecasts  # noqa: PLC0415  # see above

    return frame_forecasts.add_contact_light(contact_plans, as_of=as_of, policy=policy, into=into)


def slipping_by(contact_plans: F, *by: str, as_of: date, policy: ContactPolicy | None = None) -> F:
    """
    Count who is about to be forgotten: the parties of each light, usually by class.

    >>> import polars as pl
    >>> from datetime import date
    >>> last = [date(2026, 1, 1), date(2026, 1, 31)]
    >>> plans = pl.DataFrame({"customer_id": ["C-1", "C-2"], "frequency_days": [30, 30], "last_contact_on": last})
    >>> slipping_by(plans, as_of=date(2026, 2, 1)).rows()
    [(2, 1, 0, 1)]

    Args:
        contact_plans: As for `add_next_contact`.
        *by: Columns to group by, usually "abc_class".
        as_of: Today.
        policy: The gaps of those without a frequency of their own, and the ideal gaps of all.

    Returns:
        The columns of *by*, then `parties`, `green`, `amber` and `red` (counts).

    Raises:
        MissingColumnError: For a frame without customer_id, or without a column of *by*.
    """
    from crmkit.scheduling import frame_forecasts  # noqa: PLC0415  # see above

    return frame_forecasts.slipping_by(contact_plans, by, as_of=as_of, policy=policy)
