"""Campaigns, who takes part and how they respond, what they cost, and the plan that they stand in."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

import attrs

from crmkit._checks import check_choice, check_date, check_kind, check_text, check_texts, refused
from crmkit.entities._fields import happened_at, kept
from crmkit.money import Money
from crmkit.periods import Period

if TYPE_CHECKING:
    from collections.abc import Iterable

CampaignState = Literal["planned", "running", "ended", "cancelled"]
TouchKind = Literal["click", "view", "contact"]


def _check_amount(name: str, amount: Money | None) -> None:
    if amount is not None and check_kind(name, amount, Money).minor < 0:
        raise refused(name, amount, "an amount of zero or more")


@attrs.frozen(kw_only=True)
class Campaign:
    """
    Something that is done to win customers or to sell more to them.

    Attributes:
        id: Its id.
        name: Its name.
        kind: For example "mailing", "advertisement", "fair"; an open list. The members of an "event" are its participants.
        period: When it runs.
        budget: What it may cost; what it does cost are its spends.
        channel: For example "email", "letter"; an open list.
        employee_id: Who looks after it.
        state: "planned", "running", "ended" or "cancelled".
        text: What it is about.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    name: str
    kind: str = "campaign"
    period: Period | None = None
    budget: Money | None = None
    channel: str | None = None
    employee_id: str | None = None
    state: CampaignState = "planned"
    text: str = attrs.field(default="", repr=False)
    version: int = attrs.field(default=0, eq=False)

    @property
    def starts_on(self) -> date | None:
        """The first day of its period."""
        return None if self.period is None else self.period.start

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_texts(self, "channel", "employee_id")
        for name in ("id", "name", "kind"):
            check_text(name, getattr(self, name))
        check_text("text", self.text, empty=True)
        check_choice("state", self.state, CampaignState)
        if self.period is not None:
            check_kind("period", self.period, Period)
        _check_amount("budget", self.budget)


@attrs.frozen(kw_only=True)
class CampaignResponse:
    """
    How a member responded to a campaign.

    Attributes:
        response: For example "interested", "accepted", "declined", "attended"; an open list.
        happened_at: When; kept in UTC.
    """

    response: str
    happened_at: datetime = attrs.field(converter=happened_at)

    def __attrs_post_init__(self) -> None:
        """Refuse an empty response."""
        check_text("response", self.response)


def _responses(values: Iterable[CampaignResponse]) -> tuple[CampaignResponse, ...]:
    return kept("responses", CampaignResponse, values)


@attrs.frozen(kw_only=True)
class CampaignMember:
    """
    A party that a campaign is meant for; the participant of an event.

    Attributes:
        id: Its id; `member_id` makes it, so that each party is a member once.
        campaign_id: The campaign.
        party_id: Who.
        added_on: Since when.
        responses: How it responded, in the order in which it was recorded.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    campaign_id: str
    party_id: str
    added_on: date
    responses: tuple[CampaignResponse, ...] = attrs.field(default=(), converter=_responses)
    version: int = attrs.field(default=0, eq=False)

    @property
    def response(self) -> str | None:
        """The latest response; of two at the same time the one recorded later."""
        latest = max(self.responses, key=lambda response: response.happened_at, default=None)
        same = [one for one in self.responses if latest is not None and one.happened_at == latest.happened_at]
        return same[-1].response if same else None

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        for name in ("id", "campaign_id", "party_id"):
            check_text(name, getattr(self, name))
        check_date("added_on", self.added_on)

    def responded(self, response: str, *, at: datetime) -> CampaignMember:
        """Add a response; the earlier ones stay."""
        return attrs.evolve(self, responses=(*self.responses, CampaignResponse(response=response, happened_at=at)))


def member_id(campaign_id: str, party_id: str) -> str:
    """Make the id of a new member; the length keeps "1" and "12 3" apart from "1 12" and "3"."""
    return f"{len(campaign_id)} {campaign_id} {party_id}"


@attrs.frozen(kw_only=True)
class Spend:
    """
    Money that was put into marketing.

    Attributes:
        id: Its id.
        spent_on: When.
        amount: How much; a refund is negative.
        campaign_id: For which campaign; None where it was for none.
        source: For which source category, for example "fair".
        channel: For which channel.
        text: What it was for.
        voided_because: Why it is void: it was wrong, so it is kept but counts no more. None is valid.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    spent_on: date
    amount: Money
    campaign_id: str | None = None
    source: str | None = None
    channel: str | None = None
    text: str = ""
    voided_because: str | None = attrs.field(default=None, repr=False)
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_texts(self, "campaign_id", "source", "channel", "voided_because")
        check_text("id", self.id)
        check_date("spent_on", self.spent_on)
        check_kind("amount", self.amount, Money)
        check_text("text", self.text, empty=True)


@attrs.frozen(kw_only=True)
class PlannedAction:
    """
    One line of a marketing plan.

    Attributes:
        title: What is planned.
        period: When.
        budget: What it may cost.
        campaign_id: The campaign that carries it out, whose spends are its actual cost; None while there is none.
        channel: By which channel.
    """

    title: str
    period: Period
    budget: Money | None = None
    campaign_id: str | None = None
    channel: str | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse an action without a title or a time."""
        check_texts(self, "campaign_id", "channel")
        check_text("title", self.title)
        check_kind("period", self.period, Period)
        _check_amount("budget", self.budget)


def _actions(values: Iterable[PlannedAction]) -> tuple[PlannedAction, ...]:
    return kept("actions", PlannedAction, values)


@attrs.frozen(kw_only=True)
class MarketingPlan:
    """
    What is planned to win customers.

    Attributes:
        id: Its id.
        name: Its name.
        actions: What is planned.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    name: str
    actions: tuple[PlannedAction, ...] = attrs.field(default=(), converter=_actions)
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_text("id", self.id)
        check_text("name", self.name)

    @property
    def campaign_ids(self) -> tuple[str, ...]:
        """The campaigns that carry it out, each once."""
        return tuple(dict.fromkeys(action.campaign_id for action in self.actions if action.campaign_id is not None))


@attrs.frozen(kw_only=True)
class Touch:
    """
    A marketing exposure of a party before it buys. It never changes.

    Attributes:
        id: Its id.
        party_id: Who was exposed.
        happened_at: When; kept in UTC.
        channel: By what, for example "email", "search", "fair"; an open list.
        kind: "click", "view" or "contact".
        campaign_id: To which campaign it belongs.
        cost: What it cost.
        voided_because: Why it is void: it was wrong, so it is kept but counts no more. None is valid.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    party_id: str
    happened_at: datetime = attrs.field(converter=happened_at)
    channel: str
    kind: TouchKind = "click"
    campaign_id: str | None = None
    cost: Money | None = None
    voided_because: str | None = attrs.field(default=None, repr=False)
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_texts(self, "campaign_id", "voided_because")
        for name in ("id", "party_id", "channel"):
            check_text(name, getattr(self, name))
        check_choice("kind", self.kind, TouchKind)
        _check_amount("cost", self.cost)
