"""The tables of what people do: interactions and leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.facts.columns import INTERACTIONS, LEADS
from crmkit.facts.naming import standard_table

if TYPE_CHECKING:
    from crmkit._frames import F

__all__ = ["interactions", "leads"]


def interactions(  # every standard name is a keyword of its own, so that editors complete it
    frame: F,
    *,
    customer_id: str = "customer_id",
    happened_at: str = "happened_at",
    happened_on: str = "happened_on",
    kind: str = "kind",
    direction: str = "direction",
    reached: str = "reached",
    automatic: str = "automatic",
    salesperson_id: str = "salesperson_id",
    document_id: str = "document_id",
    minutes: str = "minutes",
    zone: str | None = None,
) -> F:
    """
    Bring your table of interactions: what was said or written to a party, into the standard one.

    Each argument names your column for a standard one; a column that already has its standard name need not be named. All other
    columns travel along.

    >>> import polars as pl
    >>> from datetime import datetime, timezone
    >>> rows = pl.DataFrame({"Kunde": ["C-1"], "Zeit": [datetime(2026, 1, 31, 23, 30, tzinfo=timezone.utc)]})
    >>> interactions(rows, customer_id="Kunde", happened_at="Zeit", zone="Europe/Berlin").columns
    ['customer_id', 'happened_at', 'happened_on']

    Args:
        frame: One row per interaction.
        customer_id: Column with the party.
        happened_at: Column (Instant) with when it happened.
        happened_on: Column (Date) with its local day.
        kind: Column (String), open: "phone", "talk", "visit", "meeting", "letter", "email" ….
        direction: Column (String) with "in" or "out".
        reached: Column (Boolean), false for an attempt that nobody answered; without it all are true.
        automatic: Column (Boolean), true for what was filed by itself; without it none is.
        salesperson_id: Column with who did it.
        document_id: Column with the document it was about.
        minutes: Column (count) with how long it took.
        zone: Time zone of the business: moments without a zone are read in it, and missing local days are those in it.

    Returns:
        The same rows in the same kind of frame, standard columns first.

    Raises:
        MissingColumnError: For a name that is no column of the frame, and for a frame without customer_id or happened_at.
        InvalidValueError: For columns of another type, and for moments without a zone where none is given.
        UnsupportedEngineError: For *zone* on DuckDB and Ibis, which cannot: give aware moments and their `_on` there.
    """
    return standard_table(frame, "interactions", INTERACTIONS, locals(), required=("customer_id", "happened_at"), zone=zone)


def leads(  # every standard name is a keyword of its own, so that editors complete it
    frame: F,
    *,
    created_on: str = "created_on",
    created_at: str = "created_at",
    customer_id: str = "customer_id",
    converted_on: str = "converted_on",
    source: str = "source",
    source_detail: str = "source_detail",
    campaign_id: str = "campaign_id",
    salesperson_id: str = "salesperson_id",
    region: str = "region",
    zone: str | None = None,
) -> F:
    """
    Bring your table of leads: one row for each, kept after conversion, into the standard one.

    Each argument names your column for a standard one; a column that already has its standard name need not be named. All other
    columns travel along.

    >>> import polars as pl
    >>> from datetime import date
    >>> rows = pl.DataFrame({"Eingang": [date(2026, 1, 31)], "Quelle": ["Messe"]})
    >>> leads(rows, created_on="Eingang", source="Quelle").columns
    ['created_on', 'source']

    Args:
        frame: One row per lead.
        created_on: Column (Date, or datetime without zone) with the day on which it came in.
        created_at: Column (Instant) with the moment, for the time to first response.
        customer_id: Column with its id, which it keeps as a customer.
        converted_on: Column (Date) with the day on which it became a customer; null is not yet. Figures about customers count buyers, so
            `crm.facts.leads` has the day of the first purchase.
        source: Column (String) with where it came from.
        source_detail: Column (String) that refines the source.
        campaign_id: Column with the campaign of its first touch.
        salesperson_id: Column with who looks after it.
        region: Column (String) with its sales region.
        zone: Time zone of the business: moments without a zone are read in it, and missing local days are those in it.

    Returns:
        The same rows in the same kind of frame, standard columns first.

    Raises:
        MissingColumnError: For a name that is no column of the frame, and for a frame without created_on.
        InvalidValueError: For columns of another type, and for moments without a zone where none is given.
        UnsupportedEngineError: For *zone* on DuckDB and Ibis, which cannot: give aware moments and their `_on` there.
    """
    return standard_table(frame, "leads", LEADS, locals(), required=("created_on",), zone=zone)
