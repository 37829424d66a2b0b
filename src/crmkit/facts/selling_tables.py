"""The tables of selling: opportunities, their moves from stage to stage, quotas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.facts.columns import OPPORTUNITIES, QUOTAS, STAGE_MOVES
from crmkit.facts.naming import standard_table

if TYPE_CHECKING:
    from crmkit._frames import F

__all__ = ["opportunities", "quotas", "stage_moves"]


def opportunities(  # every standard name is a keyword of its own, so that editors complete it
    frame: F,
    *,
    opportunity_id: str = "opportunity_id",
    customer_id: str = "customer_id",
    opened_on: str = "opened_on",
    state: str = "state",
    closed_on: str = "closed_on",
    expected_on: str = "expected_on",
    amount: str = "amount",
    probability: str = "probability",
    category: str = "category",
    stage: str = "stage",
    pipeline: str = "pipeline",
    lost_reason: str = "lost_reason",
    first_contact_on: str = "first_contact_on",
    salesperson_id: str = "salesperson_id",
    region: str = "region",
    currency: str = "currency",
) -> F:
    """
    Bring your table of opportunities: what may be sold, into the standard one.

    Each argument names your column for a standard one; a column that already has its standard name need not be named. All other
    columns travel along.

    >>> import polars as pl
    >>> from datetime import date
    >>> rows = pl.DataFrame({"id": ["O-1"], "Beginn": [date(2026, 1, 5)], "state": ["open"]})
    >>> opportunities(rows, opportunity_id="id", opened_on="Beginn").columns
    ['opportunity_id', 'opened_on', 'state']

    Args:
        frame: One row per opportunity.
        opportunity_id: Column with its id.
        customer_id: Column with the party.
        opened_on: Column (Date, or datetime without zone) with the day on which it was opened.
        state: Column (String) with "open", "won" or "lost"; any other state counts in no win rate.
        closed_on: Column (Date) with the day on which it was won or lost.
        expected_on: Column (Date) with the day on which it is expected to close.
        amount: Column (amount) with its value.
        probability: Column (ratio) with the chance to win it.
        category: Column (String) with "commit", "best_case" or "pipeline".
        stage: Column (String) with its stage.
        pipeline: Column (String) with its pipeline.
        lost_reason: Column (String) with why it was lost.
        first_contact_on: Column (Date) with the first contact with the party about it.
        salesperson_id: Column with who sells it.
        region: Column (String) with the sales region.
        currency: Column (String) with the ISO 4217 code of the amount.

    Returns:
        The same rows in the same kind of frame, standard columns first.

    Raises:
        MissingColumnError: For a name that is no column of the frame, and for a frame without opportunity_id, opened_on or state.
        InvalidValueError: For columns of another type.
    """
    return standard_table(frame, "opportunities", OPPORTUNITIES, locals(), required=("opportunity_id", "opened_on", "state"))


def stage_moves(  # every standard name is a keyword of its own, so that editors complete it
    frame: F,
    *,
    subject_id: str = "subject_id",
    happened_at: str = "happened_at",
    happened_on: str = "happened_on",
    to_stage: str = "to_stage",
    from_stage: str = "from_stage",
    pipeline: str = "pipeline",
    reason: str = "reason",
    salesperson_id: str = "salesperson_id",
    zone: str | None = None,
) -> F:
    """
    Bring your table of stage moves of leads or opportunities, into the standard one.

    Each argument names your column for a standard one; a column that already has its standard name need not be named. All other
    columns travel along.

    >>> import polars as pl
    >>> from datetime import datetime
    >>> rows = pl.DataFrame({"id": ["O-1"], "Zeit": [datetime(2026, 1, 31, 9)], "Stufe": ["Angebot"]})
    >>> stage_moves(rows, subject_id="id", happened_at="Zeit", to_stage="Stufe", zone="Europe/Berlin").columns
    ['subject_id', 'happened_at', 'happened_on', 'to_stage']

    Args:
        frame: One row per move.
        subject_id: Column with the lead or opportunity.
        happened_at: Column (Instant) with when it moved.
        happened_on: Column (Date) with its local day.
        to_stage: Column (String) with the stage that it entered.
        from_stage: Column (String) with the stage that it left; null is its entry.
        pipeline: Column (String) with the pipeline.
        reason: Column (String) with why.
        salesperson_id: Column with who moved it.
        zone: Time zone of the business: moments without a zone are read in it, and missing local days are those in it.

    Returns:
        The same rows in the same kind of frame, standard columns first.

    Raises:
        MissingColumnError: For a name that is no column of the frame, and for a frame without subject_id, happened_at or to_stage.
        InvalidValueError: For columns of another type, and for moments without a zone where none is given.
        UnsupportedEngineError: For *zone* on DuckDB and Ibis, which cannot: give aware moments and their `_on` there.
    """
    return standard_table(frame, "stage_moves", STAGE_MOVES, locals(), required=("subject_id", "happened_at", "to_stage"), zone=zone)


def quotas(  # every standard name is a keyword of its own, so that editors complete it
    frame: F,
    *,
    salesperson_id: str = "salesperson_id",
    start: str = "start",
    end: str = "end",
    amount: str = "amount",
    currency: str = "currency",
) -> F:
    """
    Bring your table of quotas: what is to be sold, into the standard one.

    Each argument names your column for a standard one; a column that already has its standard name need not be named. All other
    columns travel along.

    >>> import polars as pl
    >>> from datetime import date
    >>> rows = pl.DataFrame({"Wer": ["anna"], "Von": [date(2026, 1, 1)], "Bis": [date(2026, 4, 1)], "Soll": [90_000]})
    >>> quotas(rows, salesperson_id="Wer", start="Von", end="Bis", amount="Soll").columns
    ['salesperson_id', 'start', 'end', 'amount']

    Args:
        frame: One row per salesperson and span.
        salesperson_id: Column with who is to sell it.
        start: Column (Date) with the first day.
        end: Column (Date) with the day after the last one.
        amount: Column (amount) with what is to be sold.
        currency: Column (String) with the ISO 4217 code of the amount.

    Returns:
        The same rows in the same kind of frame, standard columns first.

    Raises:
        MissingColumnError: For a name that is no column of the frame, and for a frame without salesperson_id, start, end or amount.
        InvalidValueError: For columns of another type.
    """
    return standard_table(frame, "quotas", QUOTAS, locals(), required=("salesperson_id", "start", "end", "amount"))
