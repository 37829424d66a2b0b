"""The campaigns desk: whom a campaign is for, how they respond, what it costs, and by what parties are touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import attrs

from crmkit._checks import check_choice, check_date, check_text
from crmkit.conditions import Condition
from crmkit.desks.aliases import resolved
from crmkit.desks.audiences import each_once, party_ids_of, stored_ids
from crmkit.desks.budgets import budget_rows
from crmkit.desks.permission_reading import audience_of
from crmkit.desks.reach import within_reach
from crmkit.desks.workplace import Workplace
from crmkit.entities import Campaign, CampaignMember, Channel, MarketingPlan, Party, Spend, Touch
from crmkit.entities.campaigns import member_id
from crmkit.errors import NotStoredError
from crmkit.ids import new_id
from crmkit.money import totals
from crmkit.records import kind_of
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from crmkit.desks.budgets import BudgetRow
    from crmkit.desks.work import Work
    from crmkit.entities import TouchKind
    from crmkit.money import Money
    from crmkit.scheduling import Audience
    from crmkit.store import Transaction

_PAGE = 20


@attrs.frozen
class CampaignsDesk:
    """
    `crm.campaigns`: campaigns, their members and costs, marketing plans, touches. Campaigns and plans are added with `crm.add`.

    Attributes:
        workplace: What all desks share.
    """

    workplace: Workplace = attrs.field(repr=False)

    def add_members(
        self,
        campaign_id: str,
        members: Iterable[str] | Any,  # noqa: ANN401  # a frame of any engine
        *,
        at: datetime | None = None,
        key: str | None = None,
    ) -> Campaign:
        """
        Make parties members of a campaign, or participants of an event; whoever is one already stays as it is.

        Whether they may be contacted is looked at when they are: consent can be withdrawn in between, see `audience`.

        Args:
            campaign_id: The campaign.
            members: Ids of parties, or a frame with `customer_id`, such as the lost customers.
            at: When they were added; now by default.
            key: Idempotency key.

        Raises:
            NotStoredError: When the campaign or one of the parties is not stored; then nobody is added.
        """
        party_ids = party_ids_of(members)

        def work(work: Work) -> Campaign:
            campaign = work.get(Campaign, campaign_id, lock=False)
            wanted = stored_ids(work, party_ids)
            there = {member.party_id for member in work.find_each(CampaignMember, "party_id", wanted, _of(campaign_id))}
            added = [_new_member(work, campaign_id, id) for id in wanted if id not in there]
            work.save(*added)
            work.log_all([(member, member.party_id, None, campaign.name) for member in added])
            return campaign

        arguments = {"campaign_id": campaign_id, "members": party_ids}
        return self.workplace.do("campaigns.add_members", work, arguments=arguments, at=at, key=key)

    def record_response(
        self, campaign_id: str, party_id: str, *, response: str, at: datetime | None = None, key: str | None = None
    ) -> CampaignMember:
        """
        Record how a party responded; earlier responses stay. Whoever responds uninvited becomes a member.

        Raises:
            NotStoredError: When campaign or party is not stored.
        """

        def work(work: Work) -> CampaignMember:
            campaign = work.get(Campaign, campaign_id, lock=False)
            party = work.get(Party, party_id, lock=False)
            found = work.find(CampaignMember, Condition("party_id", "equal", party.id), _of(campaign_id))
            member = found[0] if found else _new_member(work, campaign_id, party.id)
            return work.record(member.responded(response, at=work.moment.at), summary=f"{campaign.name}: {response}")

        arguments = {"campaign_id": campaign_id, "party_id": party_id, "response": response}
        return self.workplace.do("campaigns.record_response", work, arguments=arguments, at=at, key=key)

    def members(self, campaign_id: str, *, response: str | None = None) -> tuple[CampaignMember, ...]:
        """
        List the members of a campaign: all of them, or those whose latest response this is.

        Raises:
            NotStoredError: When there is no such campaign.
        """
        with self.workplace.reading() as transaction:
            _must_be_there(transaction, Campaign, campaign_id)
            found = transaction.find(Query(CampaignMember, [_of(campaign_id)]))
            members = within_reach(self.workplace, transaction, "campaigns.members", found)
        return tuple(member for member in each_once(members) if response is None or member.response == response)

    def audience(
        self, campaign_id: str, *, channel: Channel | None = None, purpose: str | None = "advertising", on: date | None = None
    ) -> Audience:
        """
        Let the members of a campaign through the gate, to carry it out: whom to write to or call, and who is left out with what reason.

        Args:
            campaign_id: The campaign.
            channel: By what; the channel of the campaign by default.
            purpose: For what; unknown is advertising.
            on: The day; the local day by default.

        Raises:
            NotStoredError: When there is no such campaign.
            InvalidValueError: When neither is a channel.
        """
        self.workplace.scope.owners_reached("campaigns.audience")
        with self.workplace.reading() as transaction:
            campaign = _must_be_there(transaction, Campaign, campaign_id)
            members = transaction.find(Query(CampaignMember, [_of(campaign_id)]))
        party_ids = tuple(dict.fromkeys(member.party_id for member in members))
        by = check_choice("channel", channel or campaign.channel, Channel)
        return audience_of(self.workplace, "campaigns.audience", party_ids, purpose=purpose, channel=cast("Channel", by), on=on)

    def record_spend(
        self,
        campaign_id: str | None,
        *,
        amount: Money,
        spent_on: date | None = None,
        source: str | None = None,
        channel: str | None = None,
        text: str = "",
        at: datetime | None = None,
        key: str | None = None,
    ) -> Spend:
        """
        Record what marketing cost; None is for no campaign. A refund is negative.

        Args:
            campaign_id: For which campaign.
            amount: How much.
            spent_on: When; the day of *at* by default.
            source: For which source category.
            channel: For which channel.
            text: What it was for.
            at: When it is recorded; now by default.
            key: Idempotency key.

        Raises:
            NotStoredError: When there is no such campaign.
        """
        arguments = {name: value for name, value in locals().items() if name not in ("self", "at", "key")}

        def work(work: Work) -> Spend:
            day = work.moment.on if spent_on is None else check_date("spent_on", spent_on)
            spend = Spend(id=new_id(), spent_on=day, amount=amount, campaign_id=campaign_id, source=source, channel=channel, text=text)
            return work.record(spend, summary=f"{amount}")

        return self.workplace.do("campaigns.record_spend", work, arguments=arguments, at=at, key=key)

    def cost(self, campaign_id: str) -> Mapping[str, Money]:
        """
        Sum what a campaign cost so far, by currency.

        Raises:
            NotStoredError: When there is no such campaign.
        """
        self.workplace.scope.owners_reached("campaigns.cost")
        with self.workplace.reading() as transaction:
            _must_be_there(transaction, Campaign, campaign_id)
            spends = transaction.find(Query(Spend, [_of(campaign_id)]))
        return totals(spend.amount for spend in spends if spend.voided_because is None)

    def budget(self, plan_id: str) -> tuple[BudgetRow, ...]:
        """
        Compare a marketing plan with what was spent: one row for each action, and one for what was spent outside their times.

        Raises:
            NotStoredError: When there is no such plan.
        """
        self.workplace.scope.owners_reached("campaigns.budget")
        with self.workplace.reading() as transaction:
            plan = _must_be_there(transaction, MarketingPlan, plan_id)
            wanted = plan.campaign_ids
            spends = transaction.find(Query(Spend, [Condition("campaign_id", "one_of", wanted)])) if wanted else ()
        return budget_rows(plan, spends)

    def record_touch(
        self,
        party_id: str,
        *,
        channel: str,
        campaign_id: str | None = None,
        kind: TouchKind = "click",
        cost: Money | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> Touch:
        """
        Record a marketing exposure of a party. It never changes, and the one that was recorded first stays the first.

        Raises:
            NotStoredError: When party or campaign is not stored.
        """
        arguments = {name: value for name, value in locals().items() if name not in ("self", "at", "key")}

        def work(work: Work) -> Touch:
            touch = Touch(
                id=new_id(),
                party_id=work.get(Party, party_id, lock=False).id,
                happened_at=work.moment.at,
                channel=channel,
                kind=kind,
                campaign_id=campaign_id,
                cost=cost,
            )
            return work.record(touch, summary=f"{kind} by {channel}")

        return self.workplace.do("campaigns.record_touch", work, arguments=arguments, at=at, key=key)

    def touches(self, party_id: str) -> tuple[Touch, ...]:
        """
        List by what a party was touched, the earliest first; void touches are left out.

        Raises:
            NotStoredError: When there is no such party.
        """
        with self.workplace.reading() as transaction:
            party = _must_be_there(transaction, Party, party_id)
            self.workplace.check_read(transaction, "campaigns.touches", party)
            found = transaction.find(Query(Touch, [Condition("party_id", "equal", party.id)], order_by="happened_at"))
            return tuple(touch for touch in found if touch.voided_because is None)

    def first_touch(self, party_id: str) -> Touch | None:
        """
        Find by what a party was touched when that was first recorded; nothing recorded later takes its place, unless it is void.

        Raises:
            NotStoredError: When there is no such party.
        """
        with self.workplace.reading() as transaction:
            party = _must_be_there(transaction, Party, party_id)
            self.workplace.check_read(transaction, "campaigns.first_touch", party)
            after = None
            while found := transaction.find(Query(Touch, [Condition("party_id", "equal", party.id)], after=after, limit=_PAGE)):
                for touch in found:  # ids sort by the time they were made
                    if touch.voided_because is None:
                        return touch
                after = (found[-1].id,)
            return None


def _of(campaign_id: str) -> Condition:
    return Condition("campaign_id", "equal", check_text("campaign_id", campaign_id))


def _new_member(work: Work, campaign_id: str, party_id: str) -> CampaignMember:
    return CampaignMember(id=member_id(campaign_id, party_id), campaign_id=campaign_id, party_id=party_id, added_on=work.moment.on)


def _must_be_there(transaction: Transaction, kind: type[Any], id: str) -> Any:  # noqa: ANN401  # of the kind
    found = transaction.get(kind, check_text("id", id))
    if found is None:
        raise NotStoredError(kind_of(kind).name, id)
    return resolved(transaction, found) if isinstance(found, Party) else found
