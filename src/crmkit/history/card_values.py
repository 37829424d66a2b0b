"""The card of a customer as a value: what sales say, and what a store knows beside them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TypeAlias

import attrs

from crmkit.entities import (
    AbcClass,
    Appointment,
    Case,
    Contract,
    Document,
    FollowUp,
    LoyaltyBalance,
    OpenItem,
    Opportunity,
    Party,
    Recall,
    Source,
    Task,
)
from crmkit.entities._fields import FrozenMapping
from crmkit.money import Money

__all__ = ["CustomerCard", "OpenCommitment", "YearOfCard"]

Amount: TypeAlias = Decimal | int | float


@attrs.frozen(kw_only=True)
class YearOfCard:
    """
    One calendar year of a customer.

    Attributes:
        revenue: Net revenue.
        gross_profit: Over the lines whose cost is known; None where none is.
    """

    revenue: Amount
    gross_profit: Amount | None


@attrs.frozen(kw_only=True)
class OpenCommitment:
    """
    A promise that is not kept yet, and where it was made; `crm.contact.keep_commitment` takes the interaction and the text.

    Attributes:
        interaction_id: In which interaction.
        party_id: With whom.
        text: What was promised.
        due_on: Until when.
        employee_id: Who promised it.
        person_id: To which contact person.
    """

    interaction_id: str
    party_id: str
    text: str = attrs.field(repr=False)
    due_on: date | None = None
    employee_id: str | None = None
    person_id: str | None = None


@attrs.frozen(kw_only=True)
class CustomerCard:
    """
    What to know of one customer on a day: what its sales say, and what a store knows beside them.

    `crmkit.history.customer_card` makes the figures out of a frame; amounts are of its own numeric type. `Crm.customer_card` makes
    the same figures out of the stored documents and adds the rest; what is open is as it is now.

    Attributes:
        customer_id: Whose card it is.
        as_of: The last day that counts.
        currency: The currency of the amounts; None where the frame names none.
        revenue_this_year: Net revenue from 1 January on.
        revenue_last_year: Net revenue of the calendar year before.
        revenue: Net revenue in all.
        gross_profit: Over the lines whose cost is known; None where none is.
        revenue_without_cost: Revenue of the other lines.
        contribution_margin: Revenue less variable cost, over the lines where one is known (the cost of the goods where there is no other);
            without variable costs the gross profit.
        gross_margin: Gross profit / revenue with known cost; None where that is not above zero.
        purchases: How many purchases.
        first_purchase_on: The day of the first.
        last_purchase_on: The day of the last.
        rhythm_days: Median days between two purchase days; None with fewer than two.
        overdue_days: Whole days beyond that rhythm since the last purchase; 0 within it, None without one.
        yearly: Revenue and gross profit of each calendar year with sales.
        other_currencies: The currencies of further sales, which are not in the figures.
        party: The party: where it came from, computed, manual and effective class, conditions, blocks, contact persons.
        members: The parties of its group that are rolled up into the card.
        last_contact_on: Local day of the last contact.
        next_contact_on: The first day on which a contact is suggested.
        contact_count: How many contacts there were.
        open_recalls: The recalls that are open, the earliest first, as in the following.
        open_tasks: The tasks that are open.
        open_follow_ups: The follow-ups that are open.
        planned_appointments: The appointments that are planned.
        open_commitments: What was promised and not kept yet.
        open_quotes: The quotes that are not decided.
        open_orders: The orders of which something is still to be invoiced.
        open_deliveries: The delivery notes of which something is still to be invoiced.
        open_items: What is to be paid, on the day of the card.
        open_amount: What that comes to in the card's currency.
        overdue_amount: What of that is overdue.
        open_cases: The cases that are not closed.
        open_opportunities: What may be sold.
        contracts: The contracts in force on the day, or beginning later.
        quote_only: It asks for quotes and never orders.
        loyalty: The balance of the party's loyalty card; None without one.
    """

    customer_id: str
    as_of: date
    currency: str | None = attrs.field(default=None, repr=False)
    revenue_this_year: Amount = attrs.field(default=0, repr=False)
    revenue_last_year: Amount = attrs.field(default=0, repr=False)
    revenue: Amount = attrs.field(default=0, repr=False)
    gross_profit: Amount | None = attrs.field(default=None, repr=False)
    revenue_without_cost: Amount = attrs.field(default=0, repr=False)
    contribution_margin: Amount | None = attrs.field(default=None, repr=False)
    gross_margin: float | None = attrs.field(default=None, repr=False)
    purchases: int = attrs.field(default=0, repr=False)
    first_purchase_on: date | None = attrs.field(default=None, repr=False)
    last_purchase_on: date | None = attrs.field(default=None, repr=False)
    rhythm_days: float | None = attrs.field(default=None, repr=False)
    overdue_days: int | None = attrs.field(default=None, repr=False)
    yearly: Mapping[int, YearOfCard] = attrs.field(factory=dict, repr=False, converter=FrozenMapping[int, YearOfCard])
    other_currencies: tuple[str, ...] = attrs.field(default=(), repr=False)
    party: Party | None = attrs.field(default=None, repr=False)
    members: tuple[Party, ...] = attrs.field(default=(), repr=False)
    last_contact_on: date | None = attrs.field(default=None, repr=False)
    next_contact_on: date | None = attrs.field(default=None, repr=False)
    contact_count: int = attrs.field(default=0, repr=False)
    open_recalls: tuple[Recall, ...] = attrs.field(default=(), repr=False)
    open_tasks: tuple[Task, ...] = attrs.field(default=(), repr=False)
    open_follow_ups: tuple[FollowUp, ...] = attrs.field(default=(), repr=False)
    planned_appointments: tuple[Appointment, ...] = attrs.field(default=(), repr=False)
    open_commitments: tuple[OpenCommitment, ...] = attrs.field(default=(), repr=False)
    open_quotes: tuple[Document, ...] = attrs.field(default=(), repr=False)
    open_orders: tuple[Document, ...] = attrs.field(default=(), repr=False)
    open_deliveries: tuple[Document, ...] = attrs.field(default=(), repr=False)
    open_items: tuple[OpenItem, ...] = attrs.field(default=(), repr=False)
    open_amount: Money | None = attrs.field(default=None, repr=False)
    overdue_amount: Money | None = attrs.field(default=None, repr=False)
    open_cases: tuple[Case, ...] = attrs.field(default=(), repr=False)
    open_opportunities: tuple[Opportunity, ...] = attrs.field(default=(), repr=False)
    contracts: tuple[Contract, ...] = attrs.field(default=(), repr=False)
    quote_only: bool = attrs.field(default=False, repr=False)
    loyalty: LoyaltyBalance | None = attrs.field(default=None, repr=False)

    @property
    def open_documents(self) -> tuple[Document, ...]:
        """The quotes, orders and delivery notes that are open."""
        return (*self.open_quotes, *self.open_orders, *self.open_deliveries)

    @property
    def effective_class(self) -> AbcClass | None:
        """The class that counts: set by hand, else as computed."""
        return None if self.party is None else self.party.effective_class

    @property
    def source(self) -> Source | None:
        """Where the party came from."""
        return None if self.party is None else self.party.source
