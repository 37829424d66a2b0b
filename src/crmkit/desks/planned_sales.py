"""What is planned with a party in sales and marketing: expected wins, contracts to decide on, events to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.conditions import Condition
from crmkit.desks.workplace import find_each
from crmkit.entities import Campaign, CampaignMember, Contract, HistoryEntry, Opportunity, Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from crmkit.desks.moments import Moment
    from crmkit.store import Transaction


def planned_wins(transaction: Transaction, party_ids: Sequence[str], moment: Moment) -> Iterable[HistoryEntry]:
    """Open opportunities, each on the day on which it is expected to be won."""
    for one in find_each(transaction, Opportunity, "party_id", party_ids, Condition("state", "equal", "open")):
        if one.expected_on is not None:
            about, on = Ref("opportunity", one.id), one.expected_on
            yield _planned(about, one.party_id, on, moment, actor=one.salesperson_id, verb="opportunities.win", summary=one.title)


def planned_decisions(transaction: Transaction, party_ids: Sequence[str], moment: Moment) -> Iterable[HistoryEntry]:
    """Running contracts, each on the last day on which notice, or renewal, can be decided."""
    for one in find_each(transaction, Contract, "party_id", party_ids, Condition("state", "equal", "active")):
        if one.due_on is not None:
            about, verb = Ref("contract", one.id), "contracts.cancel" if one.automatic else "contracts.renew"
            yield _planned(about, one.party_id, one.due_on, moment, actor=one.employee_id, verb=verb, summary=one.title)


def planned_events(transaction: Transaction, party_ids: Sequence[str], moment: Moment) -> Iterable[HistoryEntry]:
    """Events that are not over, each for its participants; whoever declined takes no part."""
    members = find_each(transaction, CampaignMember, "party_id", party_ids)
    ids = (member.campaign_id for member in members)
    events = {event.id: event for event in find_each(transaction, Campaign, "id", ids, Condition("kind", "equal", "event"))}
    for member in members:
        event = events.get(member.campaign_id)
        if event is None or event.period is None or event.period.end <= moment.today:
            continue
        if event.state in ("planned", "running") and member.response != "declined":
            about, on = Ref("campaign_member", member.id), event.period.start
            verb, actor = "campaigns.record_response", event.employee_id
            yield _planned(about, member.party_id, on, moment, actor=actor, verb=verb, summary=event.name)


def _planned(about: Ref, party_id: str, on: date, moment: Moment, *, actor: str | None, verb: str, summary: str) -> HistoryEntry:
    at = moment.start_of(on)
    return HistoryEntry(
        id=about.id,
        party_id=party_id,
        happened_at=at,
        recorded_at=at,
        actor=actor or "nobody",
        verb=verb,
        about=about,
        summary=summary,
        planned=True,
    )


SALES_SOURCES = (planned_wins, planned_decisions, planned_events)
