"""What the opportunities desk writes and reads beside an opportunity: its stage moves, its pipeline, the first contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit._checks import check_date, check_text, refused
from crmkit.conditions import Condition
from crmkit.desks.aliases import home_of
from crmkit.desks.reach import within_reach
from crmkit.entities import Interaction, Opportunity, Party, Pipeline, StageMove
from crmkit.errors import NotStoredError
from crmkit.ids import new_id
from crmkit.scheduling.contact_policy import NO_POLICY
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from crmkit.desks.work import Work
    from crmkit.desks.workplace import Workplace


def pipeline_of(work: Work, pipeline_id: str | None) -> Pipeline:
    """
    Find a pipeline: that of the settings, or a stored one.

    Raises:
        NotStoredError: When there is none of this id.
    """
    if pipeline_id is None or pipeline_id == work.settings.pipeline.id:
        return work.settings.pipeline
    return work.get(Pipeline, check_text("pipeline", pipeline_id), lock=False)


def pipelines_of(work: Work, pipeline_ids: Iterable[str]) -> Mapping[str, Pipeline]:
    """
    Find several pipelines at once.

    Raises:
        NotStoredError: When there is none of an id.
    """
    wanted = dict.fromkeys(pipeline_ids)
    own = work.settings.pipeline
    found = {own.id: own} | {pipeline.id: pipeline for pipeline in work.find_each(Pipeline, "id", (id for id in wanted if id != own.id))}
    for id in wanted:
        if id not in found:
            raise NotStoredError("pipeline", id)
    return found


def first_contact_of(work: Work, party: Party) -> date | None:
    """
    Tell the day of the first contact with a lead.

    With a customer there were contacts about other things, so that the first one about this is nobody's guess.
    """
    if "customer" in party.roles:
        return None
    counts = (work.settings.policy or NO_POLICY).counts
    found = work.find(Interaction, Condition("party_id", "equal", party.id), order_by=("happened_at",))
    first = next((interaction for interaction in found if counts.is_contact(interaction)), None)
    return None if first is None else first.happened_at.astimezone(work.moment.zone).date()


def save_move(work: Work, before: Opportunity | None, after: Opportunity, *, because: str | None = None) -> Opportunity:
    """
    Write an opportunity that was opened, moved or closed, with its stage move and its history entry.

    Raises:
        InvalidValueError: For a time before its last move.
    """
    if before is not None:
        _check_order(work, before)
    was, becomes = None if before is None else place_of(before), place_of(after)
    stored = work.record(after, summary=f"{after.title}: " + (becomes if was is None else f"{was} → {becomes}"))
    work.save(move_of(work, after, was, becomes, at=work.moment.at, on=work.moment.on, because=because or after.reason))
    return stored


def move_of(
    work: Work, opportunity: Opportunity, was: str | None, becomes: str, *, at: datetime, on: date, because: str | None = None
) -> StageMove:
    """Make the record of a move."""
    return StageMove(
        id=new_id(),
        opportunity_id=opportunity.id,
        party_id=opportunity.party_id,
        happened_at=at,
        happened_on=on,
        to_stage=becomes,
        from_stage=was,
        pipeline_id=opportunity.pipeline_id,
        reason=because,
        employee_id=work.scope.actor,
    )


def place_of(opportunity: Opportunity) -> str:
    """Tell where it is: its stage, or its end."""
    return opportunity.stage if opportunity.state == "open" else opportunity.state


def open_opportunities(
    workplace: Workplace, wanted: Mapping[str, str | None], *, party_id: str | None, expected_by: date | None, limit: int | None
) -> tuple[Opportunity, ...]:
    """List the open ones whose fields are as wanted, those expected up to a day by that day."""
    where = [Condition("state", "equal", "open"), *(Condition(name, "equal", is_) for name, is_ in wanted.items() if is_ is not None)]
    order: tuple[str, ...] = ()
    if expected_by is not None:
        where.append(Condition("expected_on", "at_most", check_date("expected_by", expected_by)))
        order = ("expected_on",)
    with workplace.reading() as transaction:
        if party_id is not None:
            where.append(Condition("party_id", "equal", home_of(transaction, party_id)))
        found = transaction.find(Query(Opportunity, where, order_by=order, limit=limit))
        return within_reach(workplace, transaction, "opportunities.pending", found)


def stage_moves_of(workplace: Workplace, opportunity_id: str) -> tuple[StageMove, ...]:
    """List the moves of an opportunity."""
    with workplace.reading() as transaction:
        opportunity = transaction.get(Opportunity, check_text("opportunity_id", opportunity_id))
        if opportunity is None:
            raise NotStoredError("opportunity", opportunity_id)
        workplace.check_read(transaction, "opportunities.stage_moves", opportunity)
        where = [Condition("opportunity_id", "equal", opportunity_id)]
        return tuple(transaction.find(Query(StageMove, where, order_by="happened_at")))


def _check_order(work: Work, opportunity: Opportunity) -> None:
    """Time in a stage comes from the moves, so none may come before the one before it."""
    last = work.find(StageMove, Condition("opportunity_id", "equal", opportunity.id), order_by=("-happened_at",), limit=1)
    if last and work.moment.at < last[0].happened_at:
        raise refused("at", work.moment.at, f"a time from its last move on ({last[0].happened_at.isoformat()})")
