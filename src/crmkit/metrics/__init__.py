"""Figures with a definition: over single exact numbers, and over frames."""

from crmkit.metrics.loss_sources import loss_sources_by
from crmkit.metrics.profit_tables import TOP_SHARES, add_roi, concentration, gross_profit_by, ranked, revenue_without_profit_by
from crmkit.metrics.profitability import (
    benefit_cost_ratio,
    contribution_margin,
    gross_margin,
    gross_profit,
    markup,
    net_margin,
    net_profit,
    roi,
)

__all__ = [
    "TOP_SHARES",
    "add_roi",
    "benefit_cost_ratio",
    "concentration",
    "contribution_margin",
    "gross_margin",
    "gross_profit",
    "gross_profit_by",
    "loss_sources_by",
    "markup",
    "net_margin",
    "net_profit",
    "ranked",
    "revenue_without_profit_by",
    "roi",
]
