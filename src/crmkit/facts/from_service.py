"""The tables of service from entities, as Polars frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.entities import Case, CaseEvent, Rating
from crmkit.facts.from_entities import loaded_polars
from crmkit.facts.from_records import made, moments_of, valid_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

__all__ = ["case_events_from", "cases_from", "ratings_from"]


def cases_from(cases: Iterable[Case], *, zone: str = "UTC") -> pl.DataFrame:
    """
    Make the table of cases. Local days are those of *zone*; `first_response_at` is when somebody began to work on it.

    Returns:
        The columns of `cases`, and `state` and `channel` (String); moments in UTC.

    Raises:
        MissingExtraError: Without Polars.
    """
    kept = valid_of("cases", cases, Case)
    polars = loaded_polars()
    text, moment = polars.String, polars.Datetime("us", "UTC")
    return made(
        {
            "case_id": ([one.id for one in kept], text),
            **moments_of("opened", [one.opened_at for one in kept], zone),
            **moments_of("closed", [one.closed_at if one.state == "closed" else None for one in kept], zone),
            "first_response_at": ([one.started_at for one in kept], moment),
            "due_at": ([one.due_at for one in kept], moment),
            "reopened": ([one.reopened for one in kept], polars.Int64),
            "kind": ([one.kind for one in kept], text),
            "employee_id": ([one.employee_id for one in kept], text),
            "customer_id": ([one.party_id for one in kept], text),
            "state": ([one.state for one in kept], text),
            "channel": ([one.channel for one in kept], text),
        }
    )


def case_events_from(events: Iterable[CaseEvent], *, zone: str = "UTC") -> pl.DataFrame:
    """
    Make the table of what happened to cases: "closed", and "open" in every other state. Local days are those of *zone*.

    Returns:
        The columns of `case_events`, and `employee_id` (who did it); moments in UTC.

    Raises:
        MissingExtraError: Without Polars.
    """
    kept = valid_of("events", events, CaseEvent)
    text = loaded_polars().String
    return made(
        {
            "case_id": ([one.case_id for one in kept], text),
            **moments_of("happened", [one.happened_at for one in kept], zone),
            "state": (["closed" if one.state == "closed" else "open" for one in kept], text),
            "employee_id": ([one.employee_id for one in kept], text),
        }
    )


def ratings_from(ratings: Iterable[Rating]) -> pl.DataFrame:
    """
    Make the table of ratings.

    Returns:
        The columns of `ratings`, and `case_id`.

    Raises:
        MissingExtraError: Without Polars.
    """
    kept = valid_of("ratings", ratings, Rating)
    text = loaded_polars().String
    return made(
        {
            "rated_on": ([one.rated_on for one in kept], loaded_polars().Date),
            "score": ([one.score for one in kept], loaded_polars().Int64),
            "kind": ([one.kind for one in kept], text),
            "customer_id": ([one.party_id for one in kept], text),
            "employee_id": ([one.employee_id for one in kept], text),
            "case_id": ([one.case_id for one in kept], text),
        }
    )
