"""What is planned with a party in sales and marketing: expected wins, contracts to decide on, events to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.conditions import Condition
from crmkit.desks.planned_sources import OPEN, Source, planned
from crmkit.desks.workplace import find_each
from crmkit.entities import Campaign, Contract, Opportunity, Ref

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmkit.desks.moments import Moment
    from crmkit.entities import CampaignMember, HistoryEntry
    from crmkit.store import Transaction


def planned_events(transaction: Transaction, members: Sequence[CampaignMember], moment: Moment) -> Iterator[HistoryEntry]:
    """Events that are not over, each for its participants; whoever declined takes no part."""
    ids = (member.campaign_id for member in members)
    events = {event.id: event for event in find_each(transaction, Campaign, "id", ids, Condition("kind", "equal", "event"))}
    for member in members:
        event = events.get(member.campaign_id)
        if event is None or event.period is None or event.period.end <= moment.today:
            continue
        if event.state in ("planned", "running") and member.response != "declined":
            about, at, verb = Ref("campaign_member", member.id), moment.start_of(event.period.start), "campaigns.record_response"
            yield planned(member.party_id, about, at, actor=event.employee_id, verb=verb, summary=event.name)


def _win(one: Opportunity, moment: Moment) -> Iterator[HistoryEntry]:
    """An open opportunity, on the day on which it is expected to be won."""
    if one.expected_on is not None:
        about, at = Ref("opportunity", one.id), moment.start_of(one.expected_on)
        yield planned(one.party_id, about, at, actor=one.salesperson_id, verb="opportunities.win", summary=one.title)


def _decision(one: Contract, moment: Moment) -> Iterator[HistoryEntry]:
    """A running contract, on the last day on which notice, or renewal, can be decided."""
    if one.due_on is not None:
        about, verb = Ref("contract", one.id), "contracts.cancel" if one.automatic else "contracts.renew"
        yield planned(one.party_id, about, moment.start_of(one.due_on), actor=one.employee_id, verb=verb, summary=one.title)


SALES_SOURCES = (
    Source(Opportunity, (OPEN,), _win),
    Source(Contract, (Condition("state", "equal", "active"),), _decision),
)
