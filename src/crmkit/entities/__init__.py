"""The nouns: frozen values without behaviour of their own. Change is a method that returns a new value, or a verb of `Crm`."""

from crmkit.entities.activities import Commitment, Direction, Interaction, OpeningBalance
from crmkit.entities.appointments import Appointment, AppointmentState
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
from crmkit.entities.cases import CASE_MOVES, SCORES, Case, CaseEvent, CaseKind, CaseState, Rating, RatingKind
from crmkit.entities.contact_details import Address, Channel, ContactPerson, FormOfAddress, Phone, Profile
from crmkit.entities.contact_plans import ContactPlan, CountedFrom, Recall, RecallState
from crmkit.entities.contracts import Contract, ContractState
from crmkit.entities.data_policy import DataPolicy
from crmkit.entities.document_lines import Line, RoundingPolicy
from crmkit.entities.document_totals import DocumentTotals
from crmkit.entities.documents import Document, DocumentKind, DocumentState, DocumentSubtype
from crmkit.entities.emails import Unassigned, UnassignedState
from crmkit.entities.history_entries import HistoryEntry
from crmkit.entities.json_form import structure, unstructure
from crmkit.entities.loyalty import (
    LoyaltyBalance,
    LoyaltyBase,
    LoyaltyCard,
    LoyaltyEntry,
    LoyaltyEntryKind,
    LoyaltyPolicy,
    LoyaltyRate,
)
from crmkit.entities.notes import Attachment, Event, Note
from crmkit.entities.number_formats import NumberFormat
from crmkit.entities.opportunities import ForecastCategory, Opportunity, OpportunityState, StageMove
from crmkit.entities.parties import AbcClass, Block, Conditions, CustomValue, Party, PartyKind, Role, Source
from crmkit.entities.party_changes import ChangedField, Departure, Deputy, ExternalId, Handover, HandoverState, PartyChange, SingleField
from crmkit.entities.payments import OpenItem, Payment, open_items, payment_due_on
from crmkit.entities.pipelines import OpportunityEnd, Pipeline, Stage
from crmkit.entities.refs import Ref
from crmkit.entities.tasks import Department, FollowUp, FollowUpState, Task, TaskState

__all__ = [
    "CASE_MOVES",
    "SCORES",
    "AbcClass",
    "Address",
    "Appointment",
    "AppointmentState",
    "Attachment",
    "Block",
    "Campaign",
    "CampaignMember",
    "CampaignResponse",
    "CampaignState",
    "Case",
    "CaseEvent",
    "CaseKind",
    "CaseState",
    "ChangedField",
    "Channel",
    "Commitment",
    "Conditions",
    "ContactPerson",
    "ContactPlan",
    "Contract",
    "ContractState",
    "CountedFrom",
    "CustomValue",
    "DataPolicy",
    "Department",
    "Departure",
    "Deputy",
    "Direction",
    "Document",
    "DocumentKind",
    "DocumentState",
    "DocumentSubtype",
    "DocumentTotals",
    "Event",
    "ExternalId",
    "FollowUp",
    "FollowUpState",
    "ForecastCategory",
    "FormOfAddress",
    "Handover",
    "HandoverState",
    "HistoryEntry",
    "Interaction",
    "Line",
    "LoyaltyBalance",
    "LoyaltyBase",
    "LoyaltyCard",
    "LoyaltyEntry",
    "LoyaltyEntryKind",
    "LoyaltyPolicy",
    "LoyaltyRate",
    "MarketingPlan",
    "Note",
    "NumberFormat",
    "OpenItem",
    "OpeningBalance",
    "Opportunity",
    "OpportunityEnd",
    "OpportunityState",
    "Party",
    "PartyChange",
    "PartyKind",
    "Payment",
    "Phone",
    "Pipeline",
    "PlannedAction",
    "Profile",
    "Rating",
    "RatingKind",
    "Recall",
    "RecallState",
    "Ref",
    "Role",
    "RoundingPolicy",
    "SingleField",
    "Source",
    "Spend",
    "Stage",
    "StageMove",
    "Task",
    "TaskState",
    "Touch",
    "TouchKind",
    "Unassigned",
    "UnassignedState",
    "open_items",
    "payment_due_on",
    "structure",
    "unstructure",
]
