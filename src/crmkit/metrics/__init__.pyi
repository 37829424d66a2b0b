from .attribution import attributed_by, attributed_paths, compared_attribution_by, credited_touches
from .attribution_models import First, Last, LastNonDirect, Linear, Markov, Model, PositionBased, Shapley, TimeDecay, ViewThrough
from .baskets import next_items, pairs, upgrade_paths
from .cohort_tables import cohorts, survival
from .commissions import CommissionBase, CommissionPlan, commissions_by
from .forecasting import ForecastMethod, forecast_by
from .kpis import Kpi, kpis
from .lifetime import BgNbd, GammaGamma
from .loss_sources import loss_sources_by
from .margin_tables import contribution_margin_by, margin_bridge_by, net_margin_by
from .marketing import cac_ratio, cost_per_customer, cost_per_lead
from .marketing_tables import campaign_report, cost_per_lead_by, leads_by
from .opportunity_tables import CycleStart, amount_win_rate_by, cohort_win_rate_by, sales_cycle_by, win_rate_by
from .payback import cumulated_flows, payback_days, payback_on
from .pipeline_tables import pipeline_by, pipeline_velocity_by
from .productivity import activity_by, campaign_roi, revenue_uplift_by, saved_cost
from .profit_tables import TOP_SHARES, add_roi, concentration, gross_profit_by, ranked, revenue_without_profit_by
from .profitability import (
    benefit_cost_ratio,
    contribution_margin,
    gross_margin,
    gross_profit,
    markup,
    net_margin,
    net_profit,
    roi,
)
from .repeat_purchases import repeat_purchases_by
from .retention import churn_rate, repeat_rate_by, retention_by, retention_rate
from .satisfaction import SatisfactionKind, satisfaction_by
from .selling import calls_to_sales, deal_size, win_rate
from .selling_tables import calls_to_sales_by, deal_size_by, lead_response_time_by, quota_attainment_by
from .service_tables import backlog_by, cases_by, reopen_rate_by, same_day_closure_rate_by, sla_rate_by
from .service_times import BusinessHours, resolution_time_by, response_time_by

__all__ = [
    "TOP_SHARES",
    "BgNbd",
    "BusinessHours",
    "CommissionBase",
    "CommissionPlan",
    "CycleStart",
    "First",
    "ForecastMethod",
    "GammaGamma",
    "Kpi",
    "Last",
    "LastNonDirect",
    "Linear",
    "Markov",
    "Model",
    "PositionBased",
    "SatisfactionKind",
    "Shapley",
    "TimeDecay",
    "ViewThrough",
    "activity_by",
    "add_roi",
    "amount_win_rate_by",
    "attributed_by",
    "attributed_paths",
    "backlog_by",
    "benefit_cost_ratio",
    "cac_ratio",
    "calls_to_sales",
    "calls_to_sales_by",
    "campaign_report",
    "campaign_roi",
    "cases_by",
    "churn_rate",
    "cohort_win_rate_by",
    "cohorts",
    "commissions_by",
    "compared_attribution_by",
    "concentration",
    "contribution_margin",
    "contribution_margin_by",
    "cost_per_customer",
    "cost_per_lead",
    "cost_per_lead_by",
    "credited_touches",
    "cumulated_flows",
    "deal_size",
    "deal_size_by",
    "forecast_by",
    "gross_margin",
    "gross_profit",
    "gross_profit_by",
    "kpis",
    "lead_response_time_by",
    "leads_by",
    "loss_sources_by",
    "margin_bridge_by",
    "markup",
    "net_margin",
    "net_margin_by",
    "net_profit",
    "next_items",
    "pairs",
    "payback_days",
    "payback_on",
    "pipeline_by",
    "pipeline_velocity_by",
    "quota_attainment_by",
    "ranked",
    "reopen_rate_by",
    "repeat_purchases_by",
    "repeat_rate_by",
    "resolution_time_by",
    "response_time_by",
    "retention_by",
    "retention_rate",
    "revenue_uplift_by",
    "revenue_without_profit_by",
    "roi",
    "sales_cycle_by",
    "same_day_closure_rate_by",
    "satisfaction_by",
    "saved_cost",
    "sla_rate_by",
    "survival",
    "upgrade_paths",
    "win_rate",
    "win_rate_by",
]
