"""Opportunities: what may be sold to a party, and how it moves through its pipeline."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

import attrs

from crmkit._checks import check_choice, check_date, check_instant, check_kind, check_ratio, check_text, check_texts, refused
from crmkit.entities._fields import happened_at, kept
from crmkit.entities.document_lines import Line
from crmkit.errors import StateMoveError
from crmkit.money import Money, minor_digits, rounded, total

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmkit.entities.pipelines import OpportunityEnd, Pipeline

OpportunityState = Literal["open", "won", "lost", "disqualified", "superseded"]
ForecastCategory = Literal["commit", "best_case", "pipeline"]


def _probability(value: Decimal | int | str) -> Decimal:
    return check_ratio("probability", value)


def _closed_at(value: datetime | None) -> datetime | None:
    return None if value is None else check_instant("closed_at", value).astimezone(UTC)


def _lines(values: Iterable[Line]) -> tuple[Line, ...]:
    return kept("lines", Line, values)


def _count_shown(lines: tuple[Line, ...]) -> str:
    return f"<{len(lines)} lines>"


def lines_total(lines: Iterable[Line], *, currency: str) -> Money:
    """Net sum of lines, each rounded to the minor unit."""
    digits = minor_digits(currency)
    return total((Money.of(rounded(line.net_amount(), digits), currency) for line in lines), currency=currency)


@attrs.frozen(kw_only=True)
class Opportunity:
    """
    Something that may be sold to a party.

    Attributes:
        id: Its id.
        party_id: To whom.
        title: What may be sold.
        opened_on: The local day on which it was opened.
        stage: The stage of the pipeline that it is in; once closed, the last one it was in.
        probability: How likely it is won, 0.25 for 25 %: that of its stage, or as set by hand.
        pipeline_id: The pipeline that it moves through.
        amount: What it is worth, net; None while nobody knows.
        lines: What it consists of.
        expected_on: When it is expected to be won.
        category: How sure it is in a forecast: "commit", "best_case" or "pipeline".
        salesperson_id: Who sells it.
        first_contact_on: The day of the first contact about it.
        state: "open", "won", "lost", "disqualified" (never was one) or "superseded" (another one took its place). Only won and lost
            ones count in a win rate.
        closed_on: The local day of its last closing; None while it is open.
        closed_at: The moment of its last closing, kept in UTC; None while it is open, or where only the day is known.
        reason: Why it was lost or disqualified.
        superseded_by: The opportunity that took its place.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    party_id: str
    title: str = attrs.field(repr=False)
    opened_on: date
    stage: str
    probability: Decimal = attrs.field(converter=_probability)
    pipeline_id: str
    amount: Money | None = None
    lines: tuple[Line, ...] = attrs.field(default=(), converter=_lines, repr=_count_shown)
    expected_on: date | None = None
    category: ForecastCategory = "pipeline"
    salesperson_id: str | None = None
    first_contact_on: date | None = None
    state: OpportunityState = "open"
    closed_on: date | None = None
    closed_at: datetime | None = attrs.field(default=None, converter=_closed_at)
    reason: str | None = attrs.field(default=None, repr=False)
    superseded_by: str | None = None
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_texts(self, "salesperson_id", "reason", "superseded_by")
        for name in ("id", "party_id", "title", "stage", "pipeline_id"):
            check_text(name, getattr(self, name))
        check_choice("category", self.category, ForecastCategory)
        check_choice("state", self.state, OpportunityState)
        for name in ("opened_on", "expected_on", "first_contact_on", "closed_on"):
            if getattr(self, name) is not None:
                check_date(name, getattr(self, name))
        if self.amount is not None and check_kind("amount", self.amount, Money).minor < 0:
            raise refused("amount", self.amount, "an amount of zero or more")
        if self.superseded_by == self.id:
            raise refused("superseded_by", self.superseded_by, "another opportunity than itself")
        self._check_closing()

    def _check_closing(self) -> None:
        if (self.closed_on is None) != (self.state == "open"):
            raise refused("closed_on", self.closed_on, "the day of the closing where it is closed, and none while it is open")
        if self.closed_on is not None and self.closed_on < self.opened_on:
            raise refused("closed_on", self.closed_on, f"a day from the opening {self.opened_on} on")
        if self.closed_on is None and self.closed_at is not None:
            raise refused("closed_at", self.closed_at, "none while it is open")

    def weighted_amount(self) -> Money | None:
        """Amount × probability, rounded to the minor unit; None where the amount is unknown."""
        return None if self.amount is None else self.amount.times(self.probability)

    def moved(self, to: str, *, pipeline: Pipeline) -> Opportunity:
        """
        Move it to another stage, with the probability of that.

        Raises:
            StateMoveError: When it is closed, or its stage does not allow the move.
        """
        self._check_move(to, pipeline, pipeline.names)
        return attrs.evolve(self, stage=to, probability=pipeline.stage(to).probability)

    def closed(self, to: OpportunityEnd, *, pipeline: Pipeline, at: datetime, on: date) -> Opportunity:
        """
        Close it: won, or lost, or out of the figures; it stays in its last stage.

        Raises:
            StateMoveError: When it is closed already, or cannot be won from its stage.
        """
        self._check_move(to, pipeline, ("won", "lost", "disqualified", "superseded"))
        return attrs.evolve(self, state=to, probability=int(to == "won"), closed_at=at, closed_on=on)

    def reopened(self, *, pipeline: Pipeline) -> Opportunity:
        """
        Open it again in the stage that it was in; one that the pipeline no longer has leads to the first.

        Raises:
            StateMoveError: When it is open.
        """
        if self.state == "open":
            raise StateMoveError("opportunity", self.id, self.stage, "open", pipeline.moves_from(self.stage))
        stage = pipeline.stage(self.stage if self.stage in pipeline.names else pipeline.names[0])
        return attrs.evolve(
            self,
            state="open",
            stage=stage.name,
            probability=stage.probability,
            closed_at=None,
            closed_on=None,
            reason=None,
            superseded_by=None,
        )

    def _check_move(self, to: str, pipeline: Pipeline, among: tuple[str, ...]) -> None:
        if self.state != "open":
            raise StateMoveError("opportunity", self.id, self.state, to, ("open",))
        allowed = pipeline.moves_from(self.stage)
        if to not in allowed or to not in among:
            raise StateMoveError("opportunity", self.id, self.stage, to, allowed)


@attrs.frozen(kw_only=True)
class StageMove:
    """
    One move of an opportunity, for good: entering its pipeline is a move from None, closing one to "won" or "lost".

    Attributes:
        id: Its id.
        opportunity_id: What moved.
        party_id: Whose opportunity it is.
        happened_at: When; kept in UTC.
        happened_on: On which local day.
        to_stage: The stage that it moved to, or the end.
        from_stage: The stage that it moved from, or the end that was taken back; None where it entered.
        pipeline_id: In which pipeline.
        reason: Why it was lost, or opened again.
        employee_id: Who moved it.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    opportunity_id: str
    party_id: str
    happened_at: datetime = attrs.field(converter=happened_at)
    happened_on: date
    to_stage: str
    from_stage: str | None = None
    pipeline_id: str
    reason: str | None = attrs.field(default=None, repr=False)
    employee_id: str | None = None
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_texts(self, "from_stage", "reason", "employee_id")
        for name in ("id", "opportunity_id", "party_id", "to_stage", "pipeline_id"):
            check_text(name, getattr(self, name))
        check_date("happened_on", self.happened_on)
        if self.from_stage == self.to_stage:
            raise refused("to_stage", self.to_stage, "another stage than before")
