"""The table of customers: one row per party."""

from __future__ import annotations

from crmkit._frames import Asked, F, opened
from crmkit.facts.columns import CUSTOMERS
from crmkit.facts.naming import standard

__all__ = ["customers"]


def customers(  # every standard name is a keyword of its own, so that editors complete it
    frame: F,
    *,
    customer_id: str = "customer_id",
    name: str = "name",
    created_on: str = "created_on",
    active: str = "active",
    is_customer: str = "is_customer",
    industry: str = "industry",
    region: str = "region",
    owner_id: str = "owner_id",
    parent_id: str = "parent_id",
    excluded: str = "excluded",
) -> F:
    """
    Bring your table of customers into the standard one. Leads may be among them.

    Each argument names your column for a standard one; a column that already has its standard name need not be named. All other
    columns travel along.

    >>> import polars as pl
    >>> customers(pl.DataFrame({"ResellerKey": ["1"], "Reseller": ["A Bike Store"]}), customer_id="ResellerKey", name="Reseller").columns
    ['customer_id', 'name']

    Args:
        frame: One row per party.
        customer_id: Column with its id, of the same type as in sales.
        name: Column (String) with its name.
        created_on: Column (Date, or datetime without zone) with the day on which it was created.
        active: Column (Boolean), false once it is switched off.
        is_customer: Column (Boolean), false for leads and others who are no customers; without it all rows are customers.
        industry: Column (String) with its industry.
        region: Column (String) with its sales region.
        owner_id: Column with the employee who looks after it.
        parent_id: Column with the party that it belongs to, see `by_group`; null is none.
        excluded: Column (String) with why analyses leave it out, for example "walk-in"; null for whoever counts.

    Returns:
        The same rows in the same kind of frame, standard columns first.

    Raises:
        MissingColumnError: For a name that is no column of the frame, and for a frame without customer_id.
        InvalidValueError: For columns of another type.
    """
    names = {
        "customer_id": customer_id,
        "name": name,
        "created_on": created_on,
        "active": active,
        "is_customer": is_customer,
        "industry": industry,
        "region": region,
        "owner_id": owner_id,
        "parent_id": parent_id,
        "excluded": excluded,
    }
    (given,) = opened(Asked(frame, "customers"))
    return given.back(standard(given.frame, "customers", CUSTOMERS, names, required=("customer_id",)))
