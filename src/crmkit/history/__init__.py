"""What happened."""

from crmkit.entities.timelines import Timeline
from crmkit.history.cards import CustomerCard, YearOfCard, customer_card, customer_cards
from crmkit.history.sales_lists import purchased_items, sales_history
from crmkit.history.sales_statistics import sales_by_month, sales_by_year, sales_to_date

__all__ = [
    "CustomerCard",
    "Timeline",
    "YearOfCard",
    "customer_card",
    "customer_cards",
    "purchased_items",
    "sales_by_month",
    "sales_by_year",
    "sales_history",
    "sales_to_date",
]
