from .activities import Commitment, Interaction, OpeningBalance
from .appointments import Appointment, AppointmentState
from .campaigns import (
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
from .cases import CASE_MOVES, SCORES, Case, CaseEvent, CaseKind, CaseState, Rating, RatingKind
from .consents import Consent, ConsentBasis, Objection, Purpose
from .contact_details import Address, Channel, ContactPerson, FormOfAddress, Phone, Profile
from .contact_plans import ContactPlan, CountedFrom, OpenHours, Recall, RecallState
from .contracts import Contract, ContractState
from .data_policy import DataPolicy
from .document_lines import Line, RoundingPolicy
from .document_totals import DocumentTotals
from .documents import Document, DocumentKind, DocumentState, DocumentSubtype, NumberSeries
from .emails import Unassigned, UnassignedState
from .history_entries import HistoryEntry
from .json_form import structure, unstructure
from .loyalty import (
    LoyaltyBalance,
    LoyaltyBase,
    LoyaltyCard,
    LoyaltyEntry,
    LoyaltyEntryKind,
    LoyaltyPolicy,
    LoyaltyRate,
)
from .notes import Attachment, Event, Note
from .number_formats import NumberFormat
from .opportunities import ForecastCategory, Opportunity, OpportunityState, StageMove
from .parties import Block, Conditions, CustomValue, Party, Source
from .party_changes import ChangedField, Departure, Deputy, ExternalId, Handover, HandoverState, KeptApart, PartyChange, SingleField
from .payments import OpenItem, Payment, cash_discount_until, open_items, payment_due_on
from .personal_data import personal_fields
from .pipelines import OpportunityEnd, Pipeline, Stage
from .portal_data import PortalData, PortalPerson, ProposedChange
from .portal_requests import (
    OrderedItem,
    PortalField,
    PortalPolicy,
    PortalRequest,
    PortalRequestKind,
    PortalRequestState,
    PortalSection,
)
from .portal_views import PortalAppointment, PortalCase, PortalContract, PortalDocument, PortalLine, PortalView
from .quotas import Quota
from .recurrences import Recurrence
from .refs import Ref
from .segments import SavedSegment, SegmentMember
from .tasks import Department, FollowUp, FollowUpState, Task, TaskState
from .words import AbcClass, Direction, PartyKind, Role

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
    "Consent",
    "ConsentBasis",
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
    "KeptApart",
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
    "NumberSeries",
    "Objection",
    "OpenHours",
    "OpenItem",
    "OpeningBalance",
    "Opportunity",
    "OpportunityEnd",
    "OpportunityState",
    "OrderedItem",
    "Party",
    "PartyChange",
    "PartyKind",
    "Payment",
    "Phone",
    "Pipeline",
    "PlannedAction",
    "PortalAppointment",
    "PortalCase",
    "PortalContract",
    "PortalData",
    "PortalDocument",
    "PortalField",
    "PortalLine",
    "PortalPerson",
    "PortalPolicy",
    "PortalRequest",
    "PortalRequestKind",
    "PortalRequestState",
    "PortalSection",
    "PortalView",
    "Profile",
    "ProposedChange",
    "Purpose",
    "Quota",
    "Rating",
    "RatingKind",
    "Recall",
    "RecallState",
    "Recurrence",
    "Ref",
    "Role",
    "RoundingPolicy",
    "SavedSegment",
    "SegmentMember",
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
    "cash_discount_until",
    "open_items",
    "payment_due_on",
    "personal_fields",
    "structure",
    "unstructure",
]
