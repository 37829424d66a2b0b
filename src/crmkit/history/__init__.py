"""What happened."""

from crmkit.entities.timelines import Timeline
from crmkit.history.card_values import CustomerCard, OpenCommitment, YearOfCard
from crmkit.history.cards import customer_card, customer_cards
from crmkit.history.sales_lists import purchased_items, sales_history

__all__ = [
    "CustomerCard",
    "OpenCommitment",
    "Timeline",
    "YearOfCard",
    "customer_card",
    "customer_cards",
    "purchased_items",
    "sales_history",
]
