"""Taking over what selling and marketing keep, consents and objections: what `Crm.add` writes beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit._checks import refused
from crmkit.desks.sales_stages import move_of, pipelines_of, place_of
from crmkit.entities import Campaign, Consent, Contract, MarketingPlan, Objection, Opportunity, Pipeline, Quota, Spend

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmkit.desks.work import Work
    from crmkit.entities import StageMove
    from crmkit.records import Stored

SALES_KINDS = (Pipeline, Opportunity, Contract, Campaign, MarketingPlan, Spend, Quota, Consent, Objection)
"""The kinds of record that this module takes over."""


def save_sales_additions(work: Work, entities: Sequence[Stored]) -> None:
    """
    Write those of the new records that are of these kinds; an opportunity with the moves that it must have made.

    Raises:
        InvalidValueError: For a pipeline with the id of the one in the settings, and for a stage that a pipeline does not have.
        NotStoredError: For a reference to nothing.
        StaleWriteError: For an id that exists.
    """
    added = [entity for entity in entities if isinstance(entity, SALES_KINDS)]
    for entity in added:
        if isinstance(entity, Pipeline) and entity.id == work.settings.pipeline.id:
            raise refused("id", entity.id, "another id than that of the pipeline in the settings")
    opportunities = [entity for entity in added if isinstance(entity, Opportunity)]
    work.save(*(entity for entity in added if isinstance(entity, Pipeline)))
    pipelines = pipelines_of(work, (opportunity.pipeline_id for opportunity in opportunities))
    for opportunity in opportunities:
        pipelines[opportunity.pipeline_id].stage(opportunity.stage)
    work.save(*(entity for entity in added if not isinstance(entity, Pipeline)))
    work.save(*(move for opportunity in opportunities for move in _moves(work, opportunity)))
    work.log_all([(entity, getattr(entity, "party_id", None), None, None) for entity in added])


def _moves(work: Work, opportunity: Opportunity) -> Iterator[StageMove]:
    """All that is known of the past of one that comes from elsewhere: that it entered its stage, and how it was closed."""
    opened_at = work.moment.start_of(opportunity.opened_on)
    yield move_of(work, opportunity, None, opportunity.stage, at=opened_at, on=opportunity.opened_on)
    if opportunity.closed_on is not None:
        at = opportunity.closed_at or work.moment.start_of(opportunity.closed_on)
        on, because = opportunity.closed_on, opportunity.reason
        yield move_of(work, opportunity, opportunity.stage, place_of(opportunity), at=at, on=on, because=because)
