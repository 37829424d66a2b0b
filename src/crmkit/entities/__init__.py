"""The nouns: frozen values without behaviour of their own. Change is a method that returns a new value, or a verb of `Crm`."""

from crmkit.entities.activities import Commitment, Direction, Interaction
from crmkit.entities.campaigns import (
    Campaign,
    CampaignMember,
    CampaignResponse,
    CampaignState,
    MarketingPlan,
    PlannedAction,
    Spend,
    Touch,
    TouchKind,
)
from crmkit.entities.contact_details import Address, Channel, ContactPerson, FormOfAddress, Phone, Profile
from crmkit.entities.contact_plans import ContactPlan, CountedFrom, Recall, RecallState
from crmkit.entities.contracts import Contract, ContractState
from crmkit.entities.documents import Document, DocumentKind, DocumentState, Line, RoundingPolicy
from crmkit.entities.history_entries import HistoryEntry
from crmkit.entities.json_form import structure, unstructure
from crmkit.entities.opportunities import ForecastCategory, Opportunity, OpportunityState, StageMove
from crmkit.entities.parties import AbcClass, Conditions, CustomValue, Party, PartyKind, Role, Source
from crmkit.entities.pipelines import OpportunityEnd, Pipeline, Stage
from crmkit.entities.refs import Ref

__all__ = [
    "AbcClass",
    "Address",
    "Campaign",
    "CampaignMember",
    "CampaignResponse",
    "CampaignState",
    "Channel",
    "Commitment",
    "Conditions",
    "ContactPerson",
    "ContactPlan",
    "Contract",
    "ContractState",
    "CountedFrom",
    "CustomValue",
    "Direction",
    "Document",
    "DocumentKind",
    "DocumentState",
    "ForecastCategory",
    "FormOfAddress",
    "HistoryEntry",
    "Interaction",
    "Line",
    "MarketingPlan",
    "Opportunity",
    "OpportunityEnd",
    "OpportunityState",
    "Party",
    "PartyKind",
    "Phone",
    "Pipeline",
    "PlannedAction",
    "Profile",
    "Recall",
    "RecallState",
    "Ref",
    "Role",
    "RoundingPolicy",
    "Source",
    "Spend",
    "Stage",
    "StageMove",
    "Touch",
    "TouchKind",
    "structure",
    "unstructure",
]
