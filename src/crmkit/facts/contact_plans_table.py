"""The table of contact plans: how often each party is to be contacted, and when it last was."""

from __future__ import annotations

from crmkit._frames import Asked, F, opened
from crmkit.facts.columns import CONTACT_PLANS
from crmkit.facts.naming import standard

__all__ = ["contact_plans"]


def contact_plans(  # every standard name is a keyword of its own, so that editors complete it
    frame: F,
    *,
    customer_id: str = "customer_id",
    frequency_days: str = "frequency_days",
    frequency_months: str = "frequency_months",
    series_on: str = "series_on",
    counted_from: str = "counted_from",
    last_contact_on: str = "last_contact_on",
    contact_count: str = "contact_count",
    planned_on: str = "planned_on",
    postponed_to: str = "postponed_to",
    ends_on: str = "ends_on",
    quiet_start_on: str = "quiet_start_on",
    quiet_end_on: str = "quiet_end_on",
    created_on: str = "created_on",
    recall_on: str = "recall_on",
    appointment_on: str = "appointment_on",
    abc_class: str = "abc_class",
    value: str = "value",
    tags: str = "tags",
    roles: str = "roles",
    owner_id: str = "owner_id",
) -> F:
    """
    Bring your table of contact plans into the standard one.

    Each argument names your column for a standard one; a column that already has its standard name need not be named. All other
    columns travel along.

    >>> import polars as pl
    >>> contact_plans(pl.DataFrame({"Kunde": ["C-1"], "Tage": [30]}), customer_id="Kunde", frequency_days="Tage").columns
    ['customer_id', 'frequency_days']

    Args:
        frame: One row per party.
        customer_id: Column with its id.
        frequency_days: Column (count) with the longest gap between two contacts, in days; null leaves it to the policy.
        frequency_months: Column (count) with whole months of that gap.
        series_on: Column (Date) with the next day that a recurrence rule names; where it is known, it is due then.
        counted_from: Column (String) with "contact" or "deadline"; without it all count from the last contact.
        last_contact_on: Column (Date, or datetime without zone) with the day of the last contact; null is never.
        contact_count: Column (count) with the number of contacts.
        planned_on: Column (Date) with the day on which the plan was made.
        postponed_to: Column (Date) until which the suggestion is silent.
        ends_on: Column (Date) with the last day of the plan.
        quiet_start_on: Column (Date) from which on the party wishes to be left alone.
        quiet_end_on: Column (Date) with the first day on which it may be contacted again.
        created_on: Column (Date) with the day on which the party was created.
        recall_on: Column (Date) with the earliest open recall.
        appointment_on: Column (Date) with the latest planned appointment.
        abc_class: Column (String) with the class of the party.
        value: Column (amount) to sort by.
        tags: Column (String) with its tags, parted by semicolons.
        roles: Column (String) with its roles, parted by semicolons.
        owner_id: Column with the employee who looks after it.

    Returns:
        The same rows in the same kind of frame, standard columns first.

    Raises:
        MissingColumnError: For a name that is no column of the frame, and for a frame without customer_id.
        InvalidValueError: For columns of another type.
    """
    names = {
        "customer_id": customer_id,
        "frequency_days": frequency_days,
        "frequency_months": frequency_months,
        "series_on": series_on,
        "counted_from": counted_from,
        "last_contact_on": last_contact_on,
        "contact_count": contact_count,
        "planned_on": planned_on,
        "postponed_to": postponed_to,
        "ends_on": ends_on,
        "quiet_start_on": quiet_start_on,
        "quiet_end_on": quiet_end_on,
        "created_on": created_on,
        "recall_on": recall_on,
        "appointment_on": appointment_on,
        "abc_class": abc_class,
        "value": value,
        "tags": tags,
        "roles": roles,
        "owner_id": owner_id,
    }
    (given,) = opened(Asked(frame, "contact_plans"))
    return given.back(standard(given.frame, "contact_plans", CONTACT_PLANS, names, required=("customer_id",)))
