"""The tables of selling and marketing from entities, as Polars frames with exact amounts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from crmkit._checks import check_each, check_kind, check_zone, refused
from crmkit.entities import Interaction, Opportunity, Quota, Spend, StageMove, Touch
from crmkit.facts.from_entities import DECIMALS, frame, loaded_polars
from crmkit.money import Money, rounded

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    import polars as pl

__all__ = [
    "interactions_from",
    "made",
    "moments_of",
    "opportunities_from",
    "quotas_from",
    "spend_from",
    "stage_moves_from",
    "touches_from",
    "valid_of",
]

E = TypeVar("E")


def interactions_from(interactions: Iterable[Interaction], *, zone: str = "UTC") -> pl.DataFrame:
    """
    Make the table of interactions; voided ones are left out. Local days are those of *zone*.

    Returns:
        The columns of `interactions`; moments in UTC.

    Raises:
        MissingExtraError: Without Polars.
    """
    kept = valid_of("interactions", interactions, Interaction)
    text = loaded_polars().String
    return made(
        {
            "customer_id": ([one.party_id for one in kept], text),
            **moments_of("happened", [one.happened_at for one in kept], zone),
            "kind": ([one.kind for one in kept], text),
            "direction": ([one.direction for one in kept], text),
            "reached": ([one.reached for one in kept], loaded_polars().Boolean),
            "automatic": ([one.automatic for one in kept], loaded_polars().Boolean),
            "salesperson_id": ([one.employee_id for one in kept], text),
            "document_id": ([one.document_id for one in kept], text),
            "minutes": ([one.minutes for one in kept], loaded_polars().Int64),
        }
    )


def opportunities_from(opportunities: Iterable[Opportunity]) -> pl.DataFrame:
    """
    Make the table of opportunities.

    >>> from decimal import Decimal
    >>> deal = dict(id="O-1", party_id="C-17", title="Tables", opened_on=date(2026, 1, 5), pipeline_id="standard")
    >>> made = opportunities_from([Opportunity(**deal, stage="offer", probability="0.5", amount=Money.of(900, "EUR"))])
    >>> made.select("opportunity_id", "state", "amount", "probability").rows()
    [('O-1', 'open', Decimal('900.000'), 0.5)]

    Returns:
        The columns of `opportunities` without `region`; the reason is that of a lost one.

    Raises:
        InvalidValueError: For an amount with more than 3 decimals; some currencies have 4.
        MissingExtraError: Without Polars.
    """
    kept = valid_of("opportunities", opportunities, Opportunity)
    polars = loaded_polars()
    text, day = polars.String, polars.Date
    return made(
        {
            "opportunity_id": ([one.id for one in kept], text),
            "customer_id": ([one.party_id for one in kept], text),
            "opened_on": ([one.opened_on for one in kept], day),
            "state": ([one.state for one in kept], text),
            "closed_on": ([one.closed_on for one in kept], day),
            "expected_on": ([one.expected_on for one in kept], day),
            "amount": ([_amount(one.amount) for one in kept], polars.Decimal(28, DECIMALS)),
            "probability": ([float(one.probability) for one in kept], polars.Float64),
            "category": ([one.category for one in kept], text),
            "stage": ([one.stage for one in kept], text),
            "pipeline": ([one.pipeline_id for one in kept], text),
            "lost_reason": ([one.reason if one.state == "lost" else None for one in kept], text),
            "first_contact_on": ([one.first_contact_on for one in kept], day),
            "salesperson_id": ([one.salesperson_id for one in kept], text),
            "currency": ([one.amount and one.amount.currency for one in kept], text),
        }
    )


def stage_moves_from(moves: Iterable[StageMove]) -> pl.DataFrame:
    """
    Make the table of stage moves of opportunities.

    Returns:
        The columns of `stage_moves`, and `customer_id`; moments in UTC.

    Raises:
        MissingExtraError: Without Polars.
    """
    kept = valid_of("moves", moves, StageMove)
    text = loaded_polars().String
    return made(
        {
            "subject_id": ([one.opportunity_id for one in kept], text),
            "happened_at": ([one.happened_at for one in kept], loaded_polars().Datetime("us", "UTC")),
            "happened_on": ([one.happened_on for one in kept], loaded_polars().Date),
            "to_stage": ([one.to_stage for one in kept], text),
            "from_stage": ([one.from_stage for one in kept], text),
            "pipeline": ([one.pipeline_id for one in kept], text),
            "reason": ([one.reason for one in kept], text),
            "salesperson_id": ([one.employee_id for one in kept], text),
            "customer_id": ([one.party_id for one in kept], text),
        }
    )


def touches_from(touches: Iterable[Touch], *, zone: str = "UTC") -> pl.DataFrame:
    """
    Make the table of touches. Local days are those of *zone*.

    Returns:
        The columns of `touches`, and `currency` of the cost; moments in UTC.

    Raises:
        InvalidValueError: For an amount with more than 3 decimals; some currencies have 4.
        MissingExtraError: Without Polars.
    """
    kept = valid_of("touches", touches, Touch)
    text = loaded_polars().String
    return made(
        {
            "customer_id": ([one.party_id for one in kept], text),
            **moments_of("happened", [one.happened_at for one in kept], zone),
            "channel": ([one.channel for one in kept], text),
            "kind": ([one.kind for one in kept], text),
            "campaign_id": ([one.campaign_id for one in kept], text),
            "cost": ([_amount(one.cost) for one in kept], loaded_polars().Decimal(28, DECIMALS)),
            "currency": ([one.cost and one.cost.currency for one in kept], text),
        }
    )


def spend_from(spend: Iterable[Spend]) -> pl.DataFrame:
    """
    Make the table of marketing spend.

    Returns:
        The columns of `spend`; amounts are Decimal(28, 3).

    Raises:
        InvalidValueError: For an amount with more than 3 decimals; some currencies have 4.
        MissingExtraError: Without Polars.
    """
    kept = valid_of("spend", spend, Spend)
    text = loaded_polars().String
    return made(
        {
            "spent_on": ([one.spent_on for one in kept], loaded_polars().Date),
            "amount": ([_amount(one.amount) for one in kept], loaded_polars().Decimal(28, DECIMALS)),
            "campaign_id": ([one.campaign_id for one in kept], text),
            "source": ([one.source for one in kept], text),
            "channel": ([one.channel for one in kept], text),
            "currency": ([one.amount.currency for one in kept], text),
        }
    )


def quotas_from(quotas: Iterable[Quota]) -> pl.DataFrame:
    """
    Make the table of quotas; void ones are left out.

    Returns:
        The columns of `quotas`; amounts are Decimal(28, 3).

    Raises:
        InvalidValueError: For an amount with more than 3 decimals; some currencies have 4.
        MissingExtraError: Without Polars.
    """
    kept = valid_of("quotas", quotas, Quota)
    text, day = loaded_polars().String, loaded_polars().Date
    return made(
        {
            "salesperson_id": ([one.salesperson_id for one in kept], text),
            "start": ([one.period.start for one in kept], day),
            "end": ([one.period.end for one in kept], day),
            "amount": ([_amount(one.amount) for one in kept], loaded_polars().Decimal(28, DECIMALS)),
            "currency": ([one.amount.currency for one in kept], text),
        }
    )


def made(columns: dict[str, tuple[list[Any], Any]]) -> pl.DataFrame:
    """Make a frame of columns with their types."""
    return frame(loaded_polars(), columns)


def valid_of(name: str, entities: Iterable[E], kind: type[E]) -> tuple[E, ...]:
    """Accept records of one kind, and leave the void ones out."""
    given = check_each(name, entities, lambda argument, item: check_kind(argument, item, kind))
    return tuple(one for one in given if getattr(one, "voided_because", None) is None)


def moments_of(name: str, moments: list[datetime | None] | list[datetime], zone: str) -> dict[str, tuple[list[Any], Any]]:
    """A column of moments in UTC, and one of their local days."""
    where, polars = ZoneInfo(check_zone("zone", zone)), loaded_polars()
    days: list[date | None] = [moment and moment.astimezone(where).date() for moment in moments]
    return {
        f"{name}_at": ([moment and moment.astimezone(UTC) for moment in moments], polars.Datetime("us", "UTC")),
        f"{name}_on": (days, polars.Date),
    }


def _amount(money: Money | None) -> Decimal | None:
    if money is not None and money.amount != rounded(money.amount, DECIMALS):
        raise refused("amount", money, f"an amount with at most {DECIMALS} decimals, which is what tables hold")
    return None if money is None else money.amount
