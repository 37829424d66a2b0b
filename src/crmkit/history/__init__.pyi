from .card_values import CustomerCard, OpenCommitment, YearOfCard
from .cards import customer_card, customer_cards
from .control_totals import control_totals, freeze_figures, frozen_differences
from .explanations import Explanation, explain
from .sales_lists import purchased_items, sales_history
from .sales_periods import sales_by_period
from .sales_statistics import sales_by_month, sales_by_year, sales_to_date
from .timelines import Timeline

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
