"""Whom to contact, over frames: `next_contact_on` and `suggestion` for a whole table of contact plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from crmkit._frames import F
    from crmkit.scheduling.contact_policy import ContactPolicy

# `Crm` needs this room's other rules and no frames, so the two functions load Narwhals only when they are called.


def add_next_contact(contact_plans: F, *, policy: ContactPolicy | None = None, into: str = "next_contact_on") -> F:
    """
    Add the first day on which each party is to be contacted, as `next_contact_on` says of one plan.

    >>> import polars as pl
    >>> from datetime import date
    >>> plans = pl.DataFrame({"customer_id": ["C-1"], "frequency_days": [30], "last_contact_on": [date(2026, 1, 1)]})
    >>> add_next_contact(plans)["next_contact_on"].to_list()
    [datetime.date(2026, 2, 1)]

    Args:
        contact_plans: Frame with `customer_id`; `frequency_days`, `frequency_months` (counts), `counted_from`, `last_contact_on`,
            `planned_on`, `created_on`, `postponed_to`, `ends_on` (Date) and `abc_class` are used where they are.
        policy: The gaps of those without a frequency of their own.
        into: Name of the new column; a column of this name is replaced.

    Returns:
        All columns, and *into* (Date): null where there is no frequency, the plan has ended before, or neither the day of the last contact
        nor that of planning or creation is known.

    Raises:
        MissingColumnError: For a frame without customer_id.
        InvalidDataError: For a frequency that is zero or negative; in a lazy frame, which is not looked into, it counts as none.
    """
    from crmkit.scheduling import frame_rules  # noqa: PLC0415  # see above

    return frame_rules.add_next_contact(contact_plans, policy=policy, into=into)


def call_suggestions(contact_plans: F, *, as_of: date, policy: ContactPolicy | None = None) -> F:
    """
    Tell whom to contact on a day: whose recall is due, and whose last contact is too long ago, as `suggestion` says of one plan.

    A due recall is listed once, as a recall; a future one silences the suggestion, and so does an appointment that is planned for the
    day or later. Never contacted but a frequency is set: at once.

    >>> import polars as pl
    >>> from datetime import date
    >>> plans = pl.DataFrame({"customer_id": ["C-1", "C-2"], "frequency_days": [30, 60], "last_contact_on": [date(2026, 1, 1)] * 2})
    >>> due = call_suggestions(plans, as_of=date(2026, 2, 3))
    >>> due.select("customer_id", "reason", "overdue_days").rows()
    [('C-1', 'frequency_passed', 2)]

    A frame has the code of the reason; its words are made of the columns beside it, where they are to be read.

    >>> from crmkit import days
    >>> from crmkit.scheduling import Reason
    >>> for row in due.rows(named=True):
    ...     facts = {"last_contact_on": row["last_contact_on"], "frequency": days(row["frequency_days"])}
    ...     print(Reason(row["reason"], facts))
    last contact on 2026-01-01, more than 30 days ago

    Args:
        contact_plans: As for `add_next_contact`; `recall_on` (Date, the earliest open recall), `appointment_on` (Date, the latest
            planned appointment) and `value` (amount) are used where they are.
        as_of: Today.
        policy: The gaps of those without a frequency of their own.

    Returns:
        The rows that are due, with `next_contact_on` (Date, by frequency), `reason` (String: the code of a `Reason`) and `overdue_days`
        (count); sorted: recalls first, then the most overdue, then the highest value, unknown last, then customer_id.

    Raises:
        MissingColumnError: For a frame without customer_id.
        InvalidDataError: For a frequency that is zero or negative; in a lazy frame, which is not looked into, it counts as none.
    """
    from crmkit.scheduling import frame_rules  # noqa: PLC0415  # see above

    return frame_rules.call_suggestions(contact_plans, as_of=as_of, policy=policy)
