"""What happened."""

from crmkit.entities.timelines import Timeline
from crmkit.history.card_values import CustomerCard, OpenCommitment, YearOfCard
from crmkit.history.cards import customer_card, customer_cards
from crmkit.history.control_totals import control_totals, freeze_figures, frozen_differences
from crmkit.history.explanations import Explanation, explain
from crmkit.history.sales_lists import purchased_items, sales_history
from crmkit.history.sales_periods import sales_by_period
from crmkit.history.sales_statistics import sales_by_month, sales_by_year, sales_to_date

__all__ = [
    "CustomerCard",
    "Explanation",
    "OpenCommitment",
    "Timeline",
    "YearOfCard",
    "control_totals",
    "customer_card",
    "customer_cards",
    "explain",
    "freeze_figures",
    "frozen_differences",
    "purchased_items",
    "sales_by_month",
    "sales_by_period",
    "sales_by_year",
    "sales_history",
    "sales_to_date",
]
