"""The nouns: frozen values without behaviour of their own. Change is a method that returns a new value, or a verb of `Crm`."""

from crmkit.entities.activities import Commitment, Direction, Interaction
from crmkit.entities.contact_details import Address, Channel, ContactPerson, FormOfAddress, Phone, Profile
from crmkit.entities.contact_plans import ContactPlan, CountedFrom, Recall, RecallState
from crmkit.entities.documents import Document, DocumentKind, DocumentState, Line, RoundingPolicy
from crmkit.entities.history_entries import HistoryEntry
from crmkit.entities.json_form import structure, unstructure
from crmkit.entities.parties import AbcClass, Conditions, CustomValue, Party, PartyKind, Role, Source
from crmkit.entities.refs import Ref

__all__ = [
    "AbcClass",
    "Address",
    "Channel",
    "Commitment",
    "Conditions",
    "ContactPerson",
    "ContactPlan",
    "CountedFrom",
    "CustomValue",
    "Direction",
    "Document",
    "DocumentKind",
    "DocumentState",
    "FormOfAddress",
    "HistoryEntry",
    "Interaction",
    "Line",
    "Party",
    "PartyKind",
    "Phone",
    "Profile",
    "Recall",
    "RecallState",
    "Ref",
    "Role",
    "RoundingPolicy",
    "Source",
    "structure",
    "unstructure",
]
