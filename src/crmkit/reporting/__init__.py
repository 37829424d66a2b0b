"""Overviews for people: computed as values, printed as plain text or handed on as data."""

from crmkit.reporting.overview_texts import as_text, call_reason
from crmkit.reporting.overview_values import Call, ClassCell, CurrencyOverview, CustomerFigures, SalesOverview, Totals
from crmkit.reporting.sales_overviews import CALL_EVERY, sales_overview

__all__ = [
    "CALL_EVERY",
    "Call",
    "ClassCell",
    "CurrencyOverview",
    "CustomerFigures",
    "SalesOverview",
    "Totals",
    "as_text",
    "call_reason",
    "sales_overview",
]
