"""The tables of service: cases, what happened to them, ratings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.facts.columns import CASE_EVENTS, CASES, RATINGS
from crmkit.facts.naming import standard_table

if TYPE_CHECKING:
    from crmkit._frames import F

__all__ = ["case_events", "cases", "ratings"]


def cases(  # every standard name is a keyword of its own, so that editors complete it
    frame: F,
    *,
    case_id: str = "case_id",
    opened_at: str = "opened_at",
    opened_on: str = "opened_on",
    closed_at: str = "closed_at",
    closed_on: str = "closed_on",
    first_response_at: str = "first_response_at",
    due_at: str = "due_at",
    reopened: str = "reopened",
    kind: str = "kind",
    employee_id: str = "employee_id",
    customer_id: str = "customer_id",
    zone: str | None = None,
) -> F:
    """
    Bring your table of cases: any service matter, into the standard one.

    Each argument names your column for a standard one; a column that already has its standard name need not be named. All other
    columns travel along.

    >>> import polars as pl
    >>> from datetime import datetime
    >>> rows = pl.DataFrame({"Fall": ["F-1"], "Zeit": [datetime(2026, 1, 31, 9)]})
    >>> cases(rows, case_id="Fall", opened_at="Zeit", zone="Europe/Berlin").columns
    ['case_id', 'opened_at', 'opened_on']

    Args:
        frame: One row per case.
        case_id: Column with its id.
        opened_at: Column (Instant) with when it was first opened.
        opened_on: Column (Date) with the local day of it.
        closed_at: Column (Instant) with when it was last closed; null is open now.
        closed_on: Column (Date) with the local day of it.
        first_response_at: Column (Instant) with the first response.
        due_at: Column (Instant) by which it was to be closed.
        reopened: Column (count) with how often it was opened again; without it never.
        kind: Column (String) with "complaint", "defect", "question", "request" ….
        employee_id: Column with who handles it.
        customer_id: Column with the party.
        zone: Time zone of the business: moments without a zone are read in it, and missing local days are those in it.

    Returns:
        The same rows in the same kind of frame, standard columns first.

    Raises:
        MissingColumnError: For a name that is no column of the frame, and for a frame without case_id or opened_at.
        InvalidValueError: For columns of another type, and for moments without a zone where none is given.
        UnsupportedEngineError: For *zone* on DuckDB and Ibis, which cannot: give aware moments and their `_on` there.
    """
    return standard_table(frame, "cases", CASES, locals(), required=("case_id", "opened_at"), zone=zone)


def case_events(  # every standard name is a keyword of its own, so that editors complete it
    frame: F,
    *,
    case_id: str = "case_id",
    happened_at: str = "happened_at",
    happened_on: str = "happened_on",
    state: str = "state",
    zone: str | None = None,
) -> F:
    """
    Bring your table of what happened to cases: exact times, safe when cases are opened again, into the standard one.

    Each argument names your column for a standard one; a column that already has its standard name need not be named. All other
    columns travel along.

    >>> import polars as pl
    >>> from datetime import datetime
    >>> rows = pl.DataFrame({"Fall": ["F-1"], "Zeit": [datetime(2026, 1, 31, 9)], "state": ["open"]})
    >>> case_events(rows, case_id="Fall", happened_at="Zeit", zone="Europe/Berlin").columns
    ['case_id', 'happened_at', 'happened_on', 'state']

    Args:
        frame: One row per change of state.
        case_id: Column with the case.
        happened_at: Column (Instant) with when.
        happened_on: Column (Date) with its local day.
        state: Column (String) with "open", "waiting" or "closed", from that moment on.
        zone: Time zone of the business: moments without a zone are read in it, and missing local days are those in it.

    Returns:
        The same rows in the same kind of frame, standard columns first.

    Raises:
        MissingColumnError: For a name that is no column of the frame, and for a frame without case_id, happened_at or state.
        InvalidValueError: For columns of another type, and for moments without a zone where none is given.
        UnsupportedEngineError: For *zone* on DuckDB and Ibis, which cannot: give aware moments and their `_on` there.
    """
    return standard_table(frame, "case_events", CASE_EVENTS, locals(), required=("case_id", "happened_at", "state"), zone=zone)


def ratings(  # every standard name is a keyword of its own, so that editors complete it
    frame: F,
    *,
    rated_on: str = "rated_on",
    score: str = "score",
    kind: str = "kind",
    customer_id: str = "customer_id",
    employee_id: str = "employee_id",
) -> F:
    """
    Bring your table of ratings by customers into the standard one.

    Each argument names your column for a standard one; a column that already has its standard name need not be named. All other
    columns travel along.

    >>> import polars as pl
    >>> from datetime import date
    >>> rows = pl.DataFrame({"Tag": [date(2026, 1, 31)], "Note": [5]})
    >>> ratings(rows, rated_on="Tag", score="Note").columns
    ['rated_on', 'score']

    Args:
        frame: One row per answer.
        rated_on: Column (Date, or datetime without zone) with its day.
        score: Column (count): CSAT 1 to 5, NPS 0 to 10, CES 1 to 7.
        kind: Column (String) with "csat", "nps" or "ces".
        customer_id: Column with the party.
        employee_id: Column with whose work was rated.

    Returns:
        The same rows in the same kind of frame, standard columns first.

    Raises:
        MissingColumnError: For a name that is no column of the frame, and for a frame without rated_on or score.
        InvalidValueError: For columns of another type.
    """
    return standard_table(frame, "ratings", RATINGS, locals(), required=("rated_on", "score"))
