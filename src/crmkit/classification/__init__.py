"""Which kind of customer is this?"""

from crmkit.classification.abc_analysis import abc_classes, add_abc_class
from crmkit.classification.abc_cross import abc_cross_table
from crmkit.classification.purchase_activity import PurchaseActivity, add_purchase_activity, customers_with_revenue, lost_customers

__all__ = [
    "PurchaseActivity",
    "abc_classes",
    "abc_cross_table",
    "add_abc_class",
    "add_purchase_activity",
    "customers_with_revenue",
    "lost_customers",
]
