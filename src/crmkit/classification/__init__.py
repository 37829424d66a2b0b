"""Which kind of customer is this?"""

from crmkit.classification.abc_analysis import abc_classes, add_abc_class
from crmkit.classification.abc_cross import abc_cross_table
from crmkit.classification.abc_history import abc_history
from crmkit.classification.lead_models import LeadModel
from crmkit.classification.lead_scores import ScoreRule, account_scores_by, add_lead_score, hot_leads
from crmkit.classification.lifecycle import LifecycleStage, add_lifecycle_stage, lifecycle_stage, quote_only_customers
from crmkit.classification.purchase_activity import PurchaseActivity, add_purchase_activity, customers_with_revenue, lost_customers
from crmkit.classification.purchase_rhythm import customers_at_risk, won_back_customers
from crmkit.classification.rfm_figures import rfm_by
from crmkit.classification.rfm_scores import Binning, Limits, Quantiles, add_rfm_scores
from crmkit.classification.rfm_segments import ELEVEN_SEGMENTS, TEN_SEGMENTS, SegmentGrid, add_rfm_segment, segment_migration
from crmkit.classification.segments import Segment, add_segments
from crmkit.classification.stage_funnel import DROPPED, drop_outs_by, stage_conversion_by, time_in_stage_by
from crmkit.classification.xyz_analysis import add_xyz_class

__all__ = [
    "DROPPED",
    "ELEVEN_SEGMENTS",
    "TEN_SEGMENTS",
    "Binning",
    "LeadModel",
    "LifecycleStage",
    "Limits",
    "PurchaseActivity",
    "Quantiles",
    "ScoreRule",
    "Segment",
    "SegmentGrid",
    "abc_classes",
    "abc_cross_table",
    "abc_history",
    "account_scores_by",
    "add_abc_class",
    "add_lead_score",
    "add_lifecycle_stage",
    "add_purchase_activity",
    "add_rfm_scores",
    "add_rfm_segment",
    "add_segments",
    "add_xyz_class",
    "customers_at_risk",
    "customers_with_revenue",
    "drop_outs_by",
    "hot_leads",
    "lifecycle_stage",
    "lost_customers",
    "quote_only_customers",
    "rfm_by",
    "segment_migration",
    "stage_conversion_by",
    "time_in_stage_by",
    "won_back_customers",
]
