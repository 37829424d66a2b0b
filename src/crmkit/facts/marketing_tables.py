"""The tables of marketing: touches, conversions, ready-made paths, spend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.facts.columns import CONVERSIONS, PATHS, SPEND, TOUCHES
from crmkit.facts.naming import standard_table

if TYPE_CHECKING:
    from crmkit._frames import F

__all__ = ["conversions", "paths", "spend", "touches"]


def touches(  # every standard name is a keyword of its own, so that editors complete it
    frame: F,
    *,
    customer_id: str = "customer_id",
    happened_at: str = "happened_at",
    happened_on: str = "happened_on",
    channel: str = "channel",
    kind: str = "kind",
    campaign_id: str = "campaign_id",
    cost: str = "cost",
    zone: str | None = None,
) -> F:
    """
    Bring your table of touches: marketing exposures before a conversion, into the standard one.

    Each argument names your column for a standard one; a column that already has its standard name need not be named. All other
    columns travel along.

    >>> import polars as pl
    >>> from datetime import datetime
    >>> rows = pl.DataFrame({"Kunde": ["C-1"], "Zeit": [datetime(2026, 1, 31, 9)], "Kanal": ["Messe"]})
    >>> touches(rows, customer_id="Kunde", happened_at="Zeit", channel="Kanal", zone="Europe/Berlin").columns
    ['customer_id', 'happened_at', 'happened_on', 'channel']

    Args:
        frame: One row per touch.
        customer_id: Column with the party.
        happened_at: Column (Instant) with when.
        happened_on: Column (Date) with its local day.
        channel: Column (String) with the channel.
        kind: Column (String) with "click", "view" or "contact"; without it all are clicks.
        campaign_id: Column with the campaign.
        cost: Column (amount) with what it cost.
        zone: Time zone of the business: moments without a zone are read in it, and missing local days are those in it.

    Returns:
        The same rows in the same kind of frame, standard columns first.

    Raises:
        MissingColumnError: For a name that is no column of the frame, and for a frame without customer_id, happened_at or channel.
        InvalidValueError: For columns of another type, and for moments without a zone where none is given.
        UnsupportedEngineError: For *zone* on DuckDB and Ibis, which cannot: give aware moments and their `_on` there.
    """
    return standard_table(frame, "touches", TOUCHES, locals(), required=("customer_id", "happened_at", "channel"), zone=zone)


def conversions(  # every standard name is a keyword of its own, so that editors complete it
    frame: F,
    *,
    conversion_id: str = "conversion_id",
    customer_id: str = "customer_id",
    happened_at: str = "happened_at",
    happened_on: str = "happened_on",
    amount: str = "amount",
    currency: str = "currency",
    zone: str | None = None,
) -> F:
    """
    Bring your table of conversions: sales, sign-ups, whatever touches lead to, into the standard one.

    Each argument names your column for a standard one; a column that already has its standard name need not be named. All other
    columns travel along.

    >>> import polars as pl
    >>> from datetime import datetime
    >>> rows = pl.DataFrame({"Rechnung": ["R-1"], "Kunde": ["C-1"], "Zeit": [datetime(2026, 2, 2, 9)]})
    >>> conversions(rows, conversion_id="Rechnung", customer_id="Kunde", happened_at="Zeit", zone="Europe/Berlin").columns
    ['conversion_id', 'customer_id', 'happened_at', 'happened_on']

    Args:
        frame: One row per conversion.
        conversion_id: Column with its id.
        customer_id: Column with the party.
        happened_at: Column (Instant) with when.
        happened_on: Column (Date) with its local day.
        amount: Column (amount) with its value; negative where a credit note takes it back.
        currency: Column (String) with the ISO 4217 code of the amount.
        zone: Time zone of the business: moments without a zone are read in it, and missing local days are those in it.

    Returns:
        The same rows in the same kind of frame, standard columns first.

    Raises:
        MissingColumnError: For a name that is no column of the frame, and for a frame without conversion_id, customer_id or happened_at.
        InvalidValueError: For columns of another type, and for moments without a zone where none is given.
        UnsupportedEngineError: For *zone* on DuckDB and Ibis, which cannot: give aware moments and their `_on` there.
    """
    return standard_table(frame, "conversions", CONVERSIONS, locals(), required=("conversion_id", "customer_id", "happened_at"), zone=zone)


def paths(  # every standard name is a keyword of its own, so that editors complete it
    frame: F,
    *,
    path: str = "path",
    conversions: str = "conversions",
    amount: str = "amount",
    non_conversions: str = "non_conversions",
) -> F:
    """
    Bring your ready-made table of paths: sequences of channels with what came of them, into the standard one.

    Each argument names your column for a standard one; a column that already has its standard name need not be named. All other
    columns travel along.

    >>> import polars as pl
    >>> rows = pl.DataFrame({"Pfad": ["Messe > Anruf"], "Erfolge": [3]})
    >>> paths(rows, path="Pfad", conversions="Erfolge").columns
    ['path', 'conversions']

    Args:
        frame: One row per path.
        path: Column (String) with the channels in order, "a > b > c".
        conversions: Column (count) with how often it led to a conversion.
        amount: Column (amount) with what those conversions brought.
        non_conversions: Column (count) with how often it led to none.

    Returns:
        The same rows in the same kind of frame, standard columns first.

    Raises:
        MissingColumnError: For a name that is no column of the frame, and for a frame without path or conversions.
        InvalidValueError: For columns of another type.
    """
    return standard_table(frame, "paths", PATHS, locals(), required=("path", "conversions"))


def spend(  # every standard name is a keyword of its own, so that editors complete it
    frame: F,
    *,
    spent_on: str = "spent_on",
    amount: str = "amount",
    campaign_id: str = "campaign_id",
    source: str = "source",
    channel: str = "channel",
    currency: str = "currency",
) -> F:
    """
    Bring your table of marketing spend into the standard one.

    Each argument names your column for a standard one; a column that already has its standard name need not be named. All other
    columns travel along.

    >>> import polars as pl
    >>> from datetime import date
    >>> rows = pl.DataFrame({"Tag": [date(2026, 1, 31)], "Netto": [500], "campaign_id": ["K-1"]})
    >>> spend(rows, spent_on="Tag", amount="Netto").columns
    ['spent_on', 'amount', 'campaign_id']

    Args:
        frame: One row per spend.
        spent_on: Column (Date, or datetime without zone) with its day.
        amount: Column (amount) with how much.
        campaign_id: Column with the campaign.
        source: Column (String) with the source of leads that it paid for.
        channel: Column (String) with the channel.
        currency: Column (String) with the ISO 4217 code of the amount.

    Returns:
        The same rows in the same kind of frame, standard columns first.

    Raises:
        MissingColumnError: For a name that is no column of the frame, and for a frame without spent_on or amount.
        InvalidValueError: For columns of another type.
    """
    return standard_table(frame, "spend", SPEND, locals(), required=("spent_on", "amount"))
