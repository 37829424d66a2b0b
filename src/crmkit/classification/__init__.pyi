from .abc_analysis import add_abc_class
from .abc_classes import abc_classes
from .abc_cross import abc_cross_table
from .abc_history import abc_history
from .lead_models import LeadModel
from .lead_scores import ScoreRule, account_scores_by, add_lead_score, hot_leads
from .lifecycle import LifecycleStage, add_lifecycle_stage, lifecycle_stage, quote_only_customers
from .purchase_activity import PurchaseActivity, add_purchase_activity, customers_with_revenue, lost_customers
from .purchase_rhythm import customers_at_risk, won_back_customers
from .rfm_figures import rfm_by
from .rfm_scores import Binning, Limits, Quantiles, add_rfm_scores
from .rfm_segments import ELEVEN_SEGMENTS, TEN_SEGMENTS, SegmentGrid, add_rfm_segment, segment_migration
from .segments import Segment, add_segments
from .stage_funnel import DROPPED, drop_outs_by, stage_conversion_by, time_in_stage_by
from .xyz_analysis import add_xyz_class

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
