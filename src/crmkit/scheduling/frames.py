"""Whom to contact, over frames: `next_contact_on`, `suggestion` and `may_contact` for whole tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from crmkit._frames import F
    from crmkit.entities import Channel
    from crmkit.scheduling.contact_policy import ContactPolicy
    from crmkit.scheduling.permission_policy import PermissionPolicy

# `Crm` needs this room's other rules and no frames, so these functions load Narwhals only when they are called.


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


def add_contact_permission(
    customers: F,
    consents: F,
    objections: F | None = None,
    *,
    purpose: str | None,
    channel: Channel,
    on: date,
    policy: PermissionPolicy | None = None,
    into: str = "may_contact",
) -> F:
    """
    Tell of each party whether it may be contacted, as `may_contact` says of one without contact persons.

    >>> import polars as pl
    >>> from datetime import date
    >>> customers = pl.DataFrame({"customer_id": ["C-1", "C-2"], "party_kind": ["organisation", "person"], "country": ["DE", "DE"]})
    >>> none = pl.DataFrame(schema={"customer_id": pl.String, "purpose": pl.String, "channel": pl.String, "granted_on": pl.Date})
    >>> asked = add_contact_permission(customers, none, purpose="advertising", channel="phone", on=date(2026, 2, 1))
    >>> asked.select("customer_id", "may_contact", "may_contact_reason").rows()
    [('C-1', True, 'presumed_consent'), ('C-2', False, 'no_consent')]

    Args:
        customers: Frame with `customer_id`; `country` (String, ISO 3166-1 alpha-2), `party_kind` (String, "organisation" or "person") and
            `is_customer` (Flag, for the exception for existing customers) are used where they are. An unknown kind is a person.
        consents: Frame with `customer_id`, `purpose`, `channel` (String) and `granted_on` (Date); `withdrawn_on` (Date), `basis` (String)
            and `person_id` are used where they are: consents of contact persons are passed over.
        objections: Frame with `customer_id`; `purpose` and `channel` (String, null is all), `objected_on` and `lifted_on` (Date) are used
            where they are.
        purpose: For what; unknown is advertising.
        channel: By what.
        on: The local day.
        policy: What each country needs.
        into: Name of the new column; columns of the new names are replaced.

    Returns:
        All columns, *into* (Flag), and *into* with `_reason` (String: a code of `Reason`).

    Raises:
        MissingColumnError: For a frame without one of these columns.
        MixedFramesError: For frames of several kinds.
    """
    from crmkit.scheduling import permission_frames  # noqa: PLC0415  # see above

    return permission_frames.add_contact_permission(
        customers, consents, objections, purpose=purpose, channel=channel, on=on, policy=policy, into=into
    )
