"""The opportunities desk: what may be sold, on its way through a pipeline until it is won or lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_text
from crmkit.desks.sales_stages import first_contact_of, open_opportunities, pipeline_of, save_move, stage_moves_of
from crmkit.desks.workplace import Workplace
from crmkit.entities import Line, Opportunity, Party
from crmkit.entities._fields import kept
from crmkit.entities.opportunities import lines_total
from crmkit.errors import CurrencyMismatchError
from crmkit.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime
    from decimal import Decimal

    from crmkit.desks.work import Work
    from crmkit.entities import ForecastCategory, OpportunityEnd, StageMove
    from crmkit.money import Money


@attrs.frozen
class OpportunitiesDesk:
    """
    `crm.opportunities`: what may be sold, and how far it is.

    Attributes:
        workplace: What all desks share.
    """

    workplace: Workplace = attrs.field(repr=False)

    def open(
        self,
        party_id: str,
        *,
        title: str,
        amount: Money | None = None,
        expected_on: date | None = None,
        pipeline: str | None = None,
        stage: str | None = None,
        lines: Iterable[Line] = (),
        probability: Decimal | int | str | None = None,
        category: ForecastCategory = "pipeline",
        salesperson_id: str | None = None,
        first_contact_on: date | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> Opportunity:
        """
        Open an opportunity in the first stage of a pipeline.

        Args:
            party_id: To whom something may be sold.
            title: What.
            amount: What it is worth; else the sum of the lines, where there are any.
            expected_on: When it is expected to be won.
            pipeline: The pipeline; else the one of the settings.
            stage: The stage that it enters; else the first.
            lines: What it consists of.
            probability: How likely it is won; else that of the stage.
            category: How sure it is in a forecast.
            salesperson_id: Who sells it; else the actor of the scope.
            first_contact_on: The day of the first contact about it; for a lead it is otherwise taken from its first interaction.
            at: When it was opened; now by default.
            key: Idempotency key.

        Raises:
            NotStoredError: When party or pipeline is not stored.
            InvalidValueError: For a stage that the pipeline does not have.
        """
        arguments = {name: value for name, value in locals().items() if name not in ("self", "at", "key")}
        arguments |= {"lines": (lines := kept("lines", Line, lines))}

        def work(work: Work) -> Opportunity:
            party = work.get(Party, party_id, lock=False)
            through = pipeline_of(work, pipeline)
            entered = through.stage(through.names[0] if stage is None else stage)
            opened = Opportunity(
                id=new_id(),
                party_id=party.id,
                title=title,
                opened_on=work.moment.on,
                stage=entered.name,
                probability=entered.probability if probability is None else probability,
                pipeline_id=through.id,
                amount=lines_total(lines, currency=work.settings.currency) if amount is None and lines else amount,
                lines=lines,
                expected_on=expected_on,
                category=category,
                salesperson_id=salesperson_id or work.scope.actor,
                first_contact_on=first_contact_on or first_contact_of(work, party),
            )
            return save_move(work, None, opened)

        return self.workplace.do("opportunities.open", work, arguments=arguments, at=at, key=key)

    def move(self, opportunity_id: str, *, to: str, at: datetime | None = None, key: str | None = None) -> Opportunity:
        """
        Move one to another stage, with the probability of that stage.

        Raises:
            StateMoveError: When it is closed, or its stage does not allow the move; it names what is allowed.
            InvalidValueError: For a time before its last move.
        """

        def moved(work: Work, opportunity: Opportunity) -> Opportunity:
            return opportunity.moved(check_text("to", to), pipeline=pipeline_of(work, opportunity.pipeline_id))

        return self._change("move", opportunity_id, moved, {"to": to}, at=at, key=key)

    def win(self, opportunity_id: str, *, amount: Money | None = None, at: datetime | None = None, key: str | None = None) -> Opportunity:
        """
        Close one as won, for the amount that was expected or for another one.

        Raises:
            StateMoveError: When it is closed already, or cannot be won from its stage.
            CurrencyMismatchError: For an amount in another currency than was expected.
        """

        def won(work: Work, opportunity: Opportunity) -> Opportunity:
            closed = _closed(work, opportunity, "won")
            if amount is not None and opportunity.amount is not None and amount.currency != opportunity.amount.currency:
                raise CurrencyMismatchError(left=opportunity.amount.currency, right=amount.currency)
            return closed if amount is None else attrs.evolve(closed, amount=amount)

        return self._change("win", opportunity_id, won, {"amount": amount}, at=at, key=key)

    def lose(self, opportunity_id: str, *, because: str, at: datetime | None = None, key: str | None = None) -> Opportunity:
        """
        Close one as lost.

        Raises:
            StateMoveError: When it is closed already.
            InvalidValueError: For a reason that its pipeline does not list.
        """

        def lost(work: Work, opportunity: Opportunity) -> Opportunity:
            pipeline = pipeline_of(work, opportunity.pipeline_id)
            return attrs.evolve(_closed(work, opportunity, "lost"), reason=pipeline.check_lost_reason(because))

        return self._change("lose", opportunity_id, lost, {"because": because}, at=at, key=key)

    def disqualify(self, opportunity_id: str, *, because: str, at: datetime | None = None, key: str | None = None) -> Opportunity:
        """
        Close one that never was one: it counts neither as won nor as lost.

        Raises:
            StateMoveError: When it is closed already.
        """

        def disqualified(work: Work, opportunity: Opportunity) -> Opportunity:
            return attrs.evolve(_closed(work, opportunity, "disqualified"), reason=check_text("because", because))

        return self._change("disqualify", opportunity_id, disqualified, {"because": because}, at=at, key=key)

    def supersede(self, opportunity_id: str, *, by: str, at: datetime | None = None, key: str | None = None) -> Opportunity:
        """
        Close one whose place another one took: it counts neither as won nor as lost.

        Raises:
            StateMoveError: When it is closed already.
            NotStoredError: When there is no other one.
        """

        def superseded(work: Work, opportunity: Opportunity) -> Opportunity:
            other = work.get(Opportunity, by, lock=False)
            return attrs.evolve(_closed(work, opportunity, "superseded"), superseded_by=other.id)

        return self._change("supersede", opportunity_id, superseded, {"by": by}, at=at, key=key)

    def reopen(self, opportunity_id: str, *, because: str | None = None, at: datetime | None = None, key: str | None = None) -> Opportunity:
        """
        Open a closed one again, in the stage that it was in. Its stage moves keep the day and the reason of each closing.

        Raises:
            StateMoveError: When it is open.
        """

        def reopened(work: Work, opportunity: Opportunity) -> Opportunity:
            return opportunity.reopened(pipeline=pipeline_of(work, opportunity.pipeline_id))

        return self._change("reopen", opportunity_id, reopened, {"because": because}, because=because, at=at, key=key)

    def pending(
        self,
        *,
        party_id: str | None = None,
        salesperson_id: str | None = None,
        pipeline: str | None = None,
        expected_by: date | None = None,
        limit: int | None = None,
    ) -> tuple[Opportunity, ...]:
        """
        List the open ones.

        Args:
            party_id: Only those of this party.
            salesperson_id: Only what this salesperson sells.
            pipeline: Only those in this pipeline.
            expected_by: Only those expected up to this day, the earliest first.
            limit: The most of them.
        """
        wanted = {"salesperson_id": salesperson_id, "pipeline_id": pipeline}
        return open_opportunities(self.workplace, wanted, party_id=party_id, expected_by=expected_by, limit=limit)

    def stage_moves(self, opportunity_id: str) -> tuple[StageMove, ...]:
        """
        Tell through which stages one went, the earliest first.

        Raises:
            NotStoredError: When there is none.
        """
        return stage_moves_of(self.workplace, opportunity_id)

    def _change(
        self,
        verb: str,
        opportunity_id: str,
        change: Callable[[Work, Opportunity], Opportunity],
        arguments: dict[str, object],
        *,
        because: str | None = None,
        at: datetime | None,
        key: str | None,
    ) -> Opportunity:
        def work(work: Work) -> Opportunity:
            before = work.get(Opportunity, opportunity_id)
            return save_move(work, before, change(work, before), because=because)

        return self.workplace.do(f"opportunities.{verb}", work, arguments={"opportunity_id": opportunity_id, **arguments}, at=at, key=key)


def _closed(work: Work, opportunity: Opportunity, to: OpportunityEnd) -> Opportunity:
    pipeline = pipeline_of(work, opportunity.pipeline_id)
    return opportunity.closed(to, pipeline=pipeline, at=work.moment.at, on=work.moment.on)
