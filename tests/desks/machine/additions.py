"""Records that are added and changed as such: how one of each kind is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import attrs

from crmkit import days, months
from crmkit.entities import (
    Address,
    Appointment,
    Attachment,
    Campaign,
    Case,
    Consent,
    ContactPerson,
    Contract,
    Document,
    DocumentKind,
    DocumentTotals,
    Event,
    FollowUp,
    Interaction,
    LoyaltyCard,
    LoyaltyRate,
    MarketingPlan,
    Note,
    Objection,
    OpeningBalance,
    Opportunity,
    Party,
    Pipeline,
    PlannedAction,
    Quota,
    Rating,
    Recall,
    Role,
    Source,
    Spend,
    Stage,
    Task,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.desks.machine.values import Draw

    Fields = Callable[[Draw], Mapping[str, Any]]


def _people(draw: Draw) -> list[ContactPerson]:
    return [
        ContactPerson(
            id=f"P-{place}",
            last_name=draw.name(),
            first_name=draw.name(),
            emails=draw.some(draw.address, 0, 1),
            birthday=draw.maybe(draw.day),
        )
        for place in draw.some(lambda: draw.of(1, 2, 3), 0, 2)
    ]


def _source(draw: Draw) -> Source:
    return Source(
        category=draw.maybe(draw.text, 0.8),
        detail=draw.maybe(draw.text),
        referred_by=draw.maybe(draw.party),
        met_at_id=draw.maybe(lambda: draw.id(Appointment)),
        campaign_id=draw.maybe(lambda: draw.id(Campaign)),
    )


def addresses(draw: Draw) -> list[Address]:
    return draw.some(lambda: Address(city=draw.text(), default=draw.chance(0.4), country=draw.of("DE", wrong=["de"])), 0, 2)


def _totals(draw: Draw) -> DocumentTotals:
    return DocumentTotals(net=draw.amount(), tax=draw.amount())


def _roles(draw: Draw) -> list[Role]:
    return draw.some(lambda: draw.of(*get_args(Role)), 1, 2)


def _stages(draw: Draw) -> list[Stage]:
    return draw.some(lambda: Stage(name=draw.of("offer", "visit", "x", wrong=["won"]), probability=draw.ratio()), 1, 2)


def _external_ids(draw: Draw) -> dict[str, str]:
    return draw.of({}, {}, {"erp": "1"}, {"erp": "2", "shop": "2"})


ADDED: Mapping[type[Any], Fields] = {
    Consent: lambda draw: {
        "party_id": draw.party(),
        "channel": draw.of("phone", "email"),
        "granted_at": draw.moment(last=0),
        "source": draw.text(),
        "text_version": draw.text(),
        "withdrawn_at": draw.maybe(lambda: draw.now),
    },
    Objection: lambda draw: {
        "party_id": draw.party(),
        "objected_at": draw.moment(last=0),
        "channel": draw.of(None, "email", wrong=["fax"]),
    },
    Party: lambda draw: {
        "name": draw.name(),
        "created_on": draw.day(last=0),
        "kind": draw.of("organisation", "person"),
        "roles": _roles(draw),
        "people": _people(draw),
        "emails": draw.some(draw.address, 0, 1),
        "addresses": addresses(draw),
        "source": draw.maybe(lambda: _source(draw)),
        "owner_id": draw.maybe(draw.employee, 0.7),
        "parent_id": draw.maybe(draw.party),
        "manual_class": draw.of(None, None, "A", wrong=["X"]),
        "excluded": draw.of(None, None, "internal"),
        "external_ids": _external_ids(draw),
        "custom": draw.of({}, {"size": 3}, wrong=[{"x": "\ud800"}]),
    },
    Document: lambda draw: {
        "kind": draw.of(*get_args(DocumentKind)),
        "party_id": draw.party(),
        "issued_on": draw.day(last=0),
        "lines": draw.lines(),
        "currency": draw.of("EUR", wrong=["USD", "JPY"]),
        "number": draw.number(),
        "subtype": draw.of("normal", "normal", "normal", "down_payment", "pro_forma", "cancellation", "bonus", "final"),
        "predecessor_id": draw.maybe(lambda: draw.id(Document), 0.5),
        "state": draw.of("open", "open", "open", "accepted", "cancelled"),
        "totals": draw.maybe(lambda: _totals(draw), 0.2),
        "voided_because": draw.of(None, wrong=["x"]),
    },
    Interaction: lambda draw: {
        "party_id": draw.party(),
        "happened_at": draw.moment(last=0),
        "kind": draw.text(),
        "reached": not draw.chance(0.2),
        "automatic": draw.chance(0.2),
        "commitments": draw.commitments(),
        "document_id": draw.maybe(lambda: draw.id(Document)),
        "voided_because": draw.of(None, None, "x"),
    },
    OpeningBalance: lambda draw: {
        "party_id": draw.party(),
        "contact_count": draw.of(3, 1, wrong=[0, -1]),
        "last_contact_on": draw.maybe(lambda: draw.day(last=0), 0.7),
        "voided_because": draw.of(None, None, None, "x"),
    },
    Recall: lambda draw: {
        "party_id": draw.party(),
        "due_on": draw.day(),
        "employee_id": draw.maybe(draw.employee),
        "state": draw.of("open", "open", "done", "cancelled"),
        "done_by_id": draw.maybe(lambda: draw.id(Interaction), 0.1),
    },
    Case: lambda draw: {
        "about": draw.about(),
        "opened_at": draw.moment(-3_000, -2_000),
        "text": draw.text(),
        "party_id": draw.maybe(draw.party),
        "started_at": draw.maybe(lambda: draw.moment(-2_000, -1_000)),
        "closed_at": (closed := draw.maybe(lambda: draw.moment(-1_000, 0))),
        "state": draw.of("closed", wrong=["captured"]) if closed else draw.of("captured", "in_progress", "reopened", wrong=["closed"]),
    },
    Rating: lambda draw: {
        "party_id": draw.party(),
        "rated_on": draw.day(last=0),
        "kind": draw.of("nps", "csat"),
        "score": draw.of(5, 1, wrong=[0, 9]),
        "case_id": draw.maybe(lambda: draw.id(Case)),
        "voided_because": draw.of(None, None, None, "x"),
    },
    LoyaltyCard: lambda draw: {
        "party_id": draw.party(),
        "rates": [
            LoyaltyRate(ratio=draw.ratio(), since=draw.day(-400, -30)),
            *draw.some(lambda: LoyaltyRate(ratio=draw.ratio(), since=draw.day()), 0, 1),
        ],
        "currency": draw.of("EUR", wrong=["USD"]),
        "active": not draw.chance(0.2),
    },
    Note: lambda draw: {
        "about": draw.about(),
        "text": draw.text(),
        "written_at": draw.moment(last=0),
        "party_id": draw.of(None, wrong=[draw.party()]),
        "voided_because": draw.of(None, None, None, "x"),
    },
    Attachment: lambda draw: {
        "about": draw.about(),
        "uri": draw.of("dms:1", wrong=["C:\\x"]),
        "title": draw.text(),
        "kind": draw.text(),
        "written_at": draw.moment(last=0),
    },
    Event: lambda draw: {"party_id": draw.party(), "kind": draw.text(), "text": draw.text(), "happened_at": draw.moment()},
    Task: lambda draw: {
        "text": draw.text(),
        "due_on": draw.day(),
        "employee_id": draw.of("anna", wrong=[None]),
        "department_id": draw.of(None, wrong=["dispatch"]),
        "about": draw.maybe(draw.about),
        "state": draw.of("open", "open", "done"),
    },
    FollowUp: lambda draw: {"about": draw.about(), "due_on": draw.day(), "note": draw.text(), "employee_id": draw.maybe(draw.employee)},
    Appointment: lambda draw: {
        "start_at": draw.moment(),
        "minutes": draw.of(30, 90, wrong=[0]),
        "attendees": draw.some(draw.employee, 1, 2),
        "subject": draw.text(),
        "party_id": draw.maybe(draw.party),
        "state": draw.of("planned", "planned", "held", "cancelled"),
    },
    Contract: lambda draw: {
        "party_id": draw.party(),
        "title": draw.text(),
        "starts_on": draw.day(),
        "term": draw.of(months(1), None, days(10)),
        "notice": draw.of(None, days(7)),
        "automatic": draw.chance(0.7),
        "amount": draw.maybe(draw.amount),
    },
    Opportunity: lambda draw: {
        "party_id": draw.party(),
        "title": draw.text(),
        "opened_on": draw.day(-40, -20),
        "stage": draw.of("offer", wrong=["visit", "x"]),
        "probability": draw.ratio(),
        "pipeline_id": draw.of("sales", "service", wrong=["x"]),
        "closed_on": (closed := draw.maybe(lambda: draw.day(-20, 0))),
        "state": draw.of("won", "lost", wrong=["open"]) if closed else draw.of("open", wrong=["won"]),
        "amount": draw.maybe(draw.amount),
    },
    Campaign: lambda draw: {
        "name": draw.text(),
        "kind": draw.of("mailing", "event"),
        "period": draw.maybe(draw.period),
        "budget": draw.maybe(draw.amount),
    },
    MarketingPlan: lambda draw: {
        "name": draw.text(),
        "actions": draw.some(
            lambda: PlannedAction(title=draw.text(), period=draw.period(), campaign_id=draw.maybe(lambda: draw.id(Campaign))), 0, 2
        ),
    },
    Pipeline: lambda draw: {"id": draw.of("2", "3", wrong=["sales"]), "stages": _stages(draw)},
    Quota: lambda draw: {"salesperson_id": draw.employee(), "period": draw.period(), "amount": draw.amount()},
    Spend: lambda draw: {
        "spent_on": draw.day(last=0),
        "amount": draw.amount(),
        "campaign_id": draw.maybe(lambda: draw.id(Campaign), 0.7),
        "voided_because": draw.of(None, None, None, "x"),
    },
}

CHANGED: Mapping[type[Any], Fields] = {
    Party: lambda draw: {
        "name": draw.name(),
        "region": draw.text(),
        "industry": draw.maybe(draw.text),
        "owner_id": draw.maybe(draw.employee, 0.7),
        "parent_id": draw.maybe(draw.party, 0.7),
        "people": _people(draw),
        "emails": draw.some(draw.address, 0, 1),
        "addresses": addresses(draw),
        "source": _source(draw),
        "active": draw.chance(0.5),
        "roles": _roles(draw),
        "manual_class": draw.of(None, "A", "B"),
        "excluded": draw.of(None, "internal"),
        "external_ids": _external_ids(draw),
        "merged_into": draw.of(None, wrong=[draw.party()]),
        "version": draw.of(1, 2),
    },
    Document: lambda draw: {
        "state": draw.of("cancelled", "open", "accepted", "lost"),
        "number": draw.number(),
        "lines": draw.lines(),
        "issued_on": draw.day(last=0),
        "currency": draw.of("EUR", wrong=["USD"]),
        "party_id": draw.party(),
        "totals": draw.maybe(lambda: _totals(draw)),
        "due_on": draw.day(),
        "voided_because": draw.of("x", None),
    },
    Recall: lambda draw: {
        "state": draw.of("open", "done", "cancelled"),
        "due_on": draw.day(),
        "party_id": draw.party(),
        "reason": draw.maybe(draw.text),
        "done_by_id": draw.maybe(lambda: draw.id(Interaction)),
    },
    Pipeline: lambda draw: {"stages": _stages(draw)},
    Opportunity: lambda draw: {
        "title": draw.text(),
        "amount": draw.maybe(draw.amount),
        "stage": draw.of("offer", "x"),
        "expected_on": draw.day(),
        "probability": draw.ratio(),
    },
    Contract: lambda draw: {
        "title": draw.text(),
        "starts_on": draw.day(),
        "term": draw.of(months(1), None),
        "notice": draw.of(None, days(3)),
        "party_id": draw.party(),
    },
    Campaign: lambda draw: {"name": draw.text(), "state": draw.of("running", "ended", wrong=["x"]), "budget": draw.maybe(draw.amount)},
    MarketingPlan: lambda draw: {"name": draw.text()},
    Note: lambda draw: {"text": draw.text(), "written_at": draw.moment(), "party_id": draw.party(), "about": draw.about()},
    Attachment: lambda draw: {"title": draw.text(), "uri": draw.of("dms:2", wrong=["~/x"])},
    Event: lambda draw: {"text": draw.text(), "happened_at": draw.moment(), "kind": draw.text()},
    Task: lambda draw: {"text": draw.text()},
}


def added(draw: Draw, kind: type[Any]) -> Any:
    """A new record."""
    fields = ADDED[kind](draw)
    return kind(**{"id": draw.new_id(), **fields})


def changed(draw: Draw, kind: type[Any]) -> Any:
    """A stored record with one or two fields changed; a new one where there is none."""
    stored = draw.record(kind)
    if stored is None:
        return added(draw, kind)
    fields = CHANGED[kind](draw)
    some = {draw.of(*fields) for _ in range(draw.of(1, 1, 2))}
    return attrs.evolve(stored, **{name: fields[name] for name in some})
