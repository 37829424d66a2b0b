"""Changing plain fields of records: what `Crm.change` checks, and what it writes beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from crmkit._checks import refused
from crmkit.conditions import Condition
from crmkit.desks.document_moves import SALES_KINDS
from crmkit.desks.document_verbs import check_document_change
from crmkit.desks.origin import check_origin_change
from crmkit.entities import (
    Appointment,
    Attachment,
    Campaign,
    Consent,
    ContactPlan,
    Contract,
    Document,
    Event,
    Interaction,
    MarketingPlan,
    Note,
    Objection,
    Opportunity,
    Party,
    Pipeline,
    PortalRequest,
    Quota,
    Recall,
)
from crmkit.entities.stored_form import as_stored
from crmkit.errors import StateMoveError
from crmkit.records import Stored, kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit.desks.work import Work

E = TypeVar("E", bound=Stored)

CHANGEABLE = (Party, Document, Recall, Pipeline, Opportunity, Contract, Campaign, MarketingPlan, Quota, Note, Attachment, Event)
"""The kinds of record whose fields can be changed as such."""

WITH_PEOPLE: tuple[type[Any], ...] = (Interaction, Appointment, Consent, Objection, PortalRequest)
"""The kinds of record that name a contact person of their party."""

_BY_VERBS: Mapping[type, tuple[str, ...]] = {
    Party: ("merged_into", "computed_class"),
    Document: ("party_id", "kind", "subtype", "predecessor_id", "revision_of", "revision", "voided_because"),
    Recall: ("party_id", "done_by_id"),
    Quota: ("voided_because",),
    Note: ("about", "party_id", "voided_because"),
    Attachment: ("about", "party_id", "voided_because"),
    Event: ("party_id", "voided_because"),
    Opportunity: ("party_id", "opened_on", "pipeline_id", "stage", "state", "closed_on", "closed_at", "reason", "superseded_by"),
    Contract: ("party_id", "renewals", "state", "cancelled_on", "ended_on", "reason"),
}


def check_changeable(entity: object) -> None:
    """
    Accept the kinds of record whose fields can be changed as such.

    Raises:
        InvalidValueError: For other kinds.
    """
    if not isinstance(entity, CHANGEABLE):
        kinds = ", ".join(kind.__name__ for kind in CHANGEABLE)
        raise refused("entity", type(entity).__name__, f"one of {kinds}; anything else changes by a verb of its own")


def save_change(work: Work, entity: E) -> E:
    """
    Write a changed record with its history entry, and what follows from it.

    Raises:
        NotStoredError: When there is none to change.
        StaleWriteError: When someone else was quicker.
        InvalidValueError: For a change of what only a verb of its own changes.
        StateMoveError: When it is void.
    """
    before = work.get(type(entity), entity.id)
    if getattr(before, "voided_because", None) is not None:
        raise StateMoveError(kind_of(type(entity)).name, entity.id, "voided", "changed", ())
    for name in _BY_VERBS.get(type(entity), ()):
        if getattr(before, name) != getattr(entity, name):
            raise refused(name, getattr(entity, name), f"what is stored, {getattr(before, name)!r}; it changes by a verb of its own")
    if isinstance(before, Document) and isinstance(entity, Document):
        check_document_change(work, before, entity)
    if isinstance(before, Party) and isinstance(entity, Party):
        check_origin_change(work, before, entity)
        _check_people(work, before, entity)
    work.save(entity)
    if isinstance(before, Party) and isinstance(entity, Party):
        _check_roles(work, before, entity)
        plan = work.get(ContactPlan, entity.id)
        work.save(*(planned for planned in [work.planned(plan, entity)] if planned != plan))
    work.log(entity, party_id=entity.id if isinstance(entity, Party) else getattr(entity, "party_id", None))
    return as_stored(entity)


def _check_people(work: Work, before: Party, after: Party) -> None:
    """Whoever was talked to stays a contact person, or what was said would be with nobody."""
    gone = {person.id for person in before.people} - {person.id for person in after.people}
    if not gone:
        return
    for kind in WITH_PEOPLE:
        for record in work.find(kind, Condition("party_id", "equal", before.id)):
            if record.person_id in gone:
                named = f"{record.person_id!r}, whom {kind_of(kind).name} {record.id!r} names; empty the fields that must go instead"
                raise refused("people", sorted(person.id for person in after.people), f"contact persons with {named}")


def _check_roles(work: Work, before: Party, after: Party) -> None:
    """Whoever has a document of a sale is a customer."""
    if "customer" in before.roles - after.roles:
        own, sold = Condition("party_id", "equal", before.id), Condition("kind", "one_of", SALES_KINDS)
        if work.find(Document, own, sold, limit=1):
            raise refused("roles", sorted(after.roles), "roles with 'customer', because it has documents of sales")
