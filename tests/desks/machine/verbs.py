"""Every public verb with how its arguments are drawn: those by position, then those by keyword."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any, get_args

import attrs

from crmkit import days, months
from crmkit.classification import Segment
from crmkit.conditions import Condition
from crmkit.desks.voiding import VOIDABLE
from crmkit.entities import (
    Appointment,
    Campaign,
    Case,
    Consent,
    Contract,
    Department,
    Document,
    DocumentKind,
    FollowUp,
    HistoryEntry,
    Interaction,
    LoyaltyCard,
    MarketingPlan,
    Objection,
    OpenHours,
    Opportunity,
    OrderedItem,
    Party,
    PortalData,
    PortalRequest,
    Recall,
    Recurrence,
    SavedSegment,
    Task,
    Unassigned,
)
from crmkit.history.timelines import cursor_at, position_of
from crmkit.periods import Interval
from crmkit.records import KINDS, OutboxEvent
from tests.desks.machine.additions import ADDED, CHANGED, added, addresses, changed
from tests.desks.machine.values import NOBODY
from tests.desks.public_verbs import A_FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.desks.machine.values import Draw

    Arguments = tuple[tuple[Any, ...], dict[str, Any]]
    Ways = Mapping[str, Callable[[Draw], Arguments]]


_RULES = (
    Condition("revenue", "at_least", 100),
    Condition("abc_class", "equal", "A"),
    Condition("days_since_purchase", "at_most", 1),
    Condition("active", "equal", value=True),
)


def _open(draw: Draw, kind: type[Any], state: str = "open") -> str:
    return draw.id(kind, lambda one: one.state == state)


def _holder(draw: Draw) -> str:
    card = draw.record(LoyaltyCard, lambda one: one.active)
    return draw.party() if card is None else card.party_id


def _consenting(draw: Draw) -> str:
    consent = draw.record(Consent, lambda one: one.in_force)
    return draw.party() if consent is None else consent.party_id


def _posted(draw: Draw, *kinds: str) -> str:
    return draw.id(Document, lambda one: one.kind in kinds and one.is_posted)


def _to(draw: Draw) -> Any:
    return draw.of(draw.employee(), Department("dispatch"))


def _portal(draw: Draw, *asked: Any, **options: Any) -> Arguments:
    """What a party asks for in the portal, at times by its contact person."""
    return ((draw.party(), *asked), {"person_id": draw.of(None, None, "P-1", wrong=[NOBODY]), **options})


def _proposed(draw: Draw) -> Arguments:
    party: Any = draw.record(Party, lambda one: one.merged_into is None) or added(draw, Party)
    person_id = draw.maybe(lambda: draw.of(*(person.id for person in party.people), NOBODY), 0.5)
    data = PortalData.of(party, person_id)
    own: Any = None if data.person is None else attrs.evolve(data.person, first_name=draw.name(), birthday=draw.maybe(draw.day))
    changes: dict[str, Any] = {
        "name": draw.name(),
        "emails": draw.some(draw.address, 0, 2),
        "addresses": addresses(draw),
        "person": own,
        "language": draw.of("de", "en", wrong=["x"]),
    }
    some = {draw.of(*changes) for _ in range(draw.of(1, 2))}
    data = attrs.evolve(data, **{name: changes[name] for name in some})
    return ((party.id, data), {"person_id": person_id, "text": draw.of("", "x")})


def _told(draw: Draw) -> Appointment:
    """An appointment as another calendar tells of it: a new one, or one that is known here."""
    known = draw.maybe(lambda: draw.record(Appointment), 0.6)
    told: Appointment = known or added(draw, Appointment)
    states: dict[str, Any] = {"state": draw.of("planned", "cancelled"), "because": draw.maybe(draw.text)}
    return attrs.evolve(told, start_at=draw.moment(), subject=draw.text(), place=draw.maybe(draw.text), summary=None, **states)


def _to_invoice(draw: Draw) -> Arguments:
    """One document in its several ways, or several of one party at once."""
    kinds = ("quote", "order", "delivery_note")
    one, number = draw.document(*kinds), draw.number()
    if draw.chance(0.3):
        first = draw.record(Document, lambda one: one.kind in kinds and one.state in ("open", "accepted"))
        party_id = None if first is None else first.party_id
        several = draw.some(lambda: draw.id(Document, lambda one: one.kind in kinds and one.party_id == party_id), 1, 3)
        return (([one, *several] if first is None else [first.id, *several],), {"number": number})
    subtype = draw.of("normal", "normal", "down_payment", "final", "pro_forma", wrong=["x"])
    lines = draw.lines() if subtype == "down_payment" else draw.lines_or_all()
    return ((one,), {"subtype": subtype, "lines": lines, "number": number, "totals": draw.totals()})


def _frequency(draw: Draw) -> Any:
    rule = draw.of("FREQ=WEEKLY;BYDAY=MO", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=WEEKLY;COUNT=3", "FREQ=DAILY;INTERVAL=2;UNTIL=20260110")
    return draw.of(Interval(days=30), Interval(months=1), Interval(days=1), None, Recurrence(rule, draw.day()), wrong=["x"])


def _unwilling(event: OutboxEvent) -> None:
    """A function of a host that is not there."""
    raise ConnectionError(event.id)


def _page_after(draw: Draw) -> str:
    """The cursor of a page that ended with some entry, of this party or another one."""
    entry = draw.record(HistoryEntry)
    return "x" if entry is None else cursor_at(position_of(entry), of=entry.party_id or "x")


def _opportunity(draw: Draw) -> str:
    return _open(draw, Opportunity)


def _voided(draw: Draw, kind: type[Any]) -> Arguments:
    valid = draw.record(kind, lambda one: getattr(one, "voided_because", None) is None)
    return ((valid or added(draw, Party),), {"because": draw.text()})


WRITING: Ways = {
    "record_interaction": lambda draw: (
        (draw.of(draw.party(), wrong=[None]),),
        {
            "kind": draw.of("phone", "visit", wrong=[""]),
            "document_id": draw.of(None, wrong=[draw.id(Document)]),
            "person_id": draw.of(None, wrong=["P-1"]),
            "topics": draw.some(draw.text, 0, 1),
            "commitments": draw.commitments(),
            "result": draw.maybe(draw.text),
            "direction": draw.of("out", "in", wrong=["up"]),
            "reached": not draw.chance(0.2),
            "minutes": draw.of(None, 5, wrong=[-1]),
            "recall": draw.maybe(draw.when),
        },
    ),
    "appointments.schedule": lambda draw: (
        (draw.maybe(draw.party, 0.8),),
        {
            "start_at": draw.moment(),
            "minutes": draw.of(30, 90, wrong=[0]),
            "attendees": draw.some(draw.employee, 1, 2),
            "subject": draw.text(),
            "person_id": draw.of(None, wrong=["P-1"]),
            "place": draw.maybe(draw.text),
            "rule": draw.of(None, None, "FREQ=WEEKLY;COUNT=3", "FREQ=DAILY;UNTIL=20260104", wrong=["FREQ=DAILY", "x"]),
        },
    ),
    "appointments.move": lambda draw: (
        (_open(draw, Appointment, "planned"),),
        {"start_at": draw.moment(), "minutes": draw.of(None, 15, wrong=[-5])},
    ),
    "appointments.move_rest": lambda draw: (
        (_open(draw, Appointment, "planned"),),
        {"start_at": draw.moment(), "minutes": draw.of(None, 15, wrong=[-5])},
    ),
    "appointments.hold": lambda draw: (
        (draw.id(Appointment, lambda one: one.state == "planned" and one.start_at <= draw.now),),
        {"summary": draw.text(), "contact": draw.of("visit", None, wrong=[""])},
    ),
    "appointments.cancel": lambda draw: ((_open(draw, Appointment, "planned"),), {"because": draw.text()}),
    "appointments.cancel_rest": lambda draw: ((_open(draw, Appointment, "planned"),), {"because": draw.text()}),
    "calendars.take_in": lambda draw: ((draw.some(lambda: _told(draw), 0, 3),), {}),
    "campaigns.add_members": lambda draw: ((draw.id(Campaign), draw.some(draw.party, 0, 3)), {}),
    "campaigns.record_response": lambda draw: ((draw.id(Campaign), draw.party()), {"response": draw.text()}),
    "campaigns.record_spend": lambda draw: (
        (draw.maybe(lambda: draw.id(Campaign), 0.8),),
        {
            "amount": draw.amount(),
            "spent_on": draw.maybe(draw.day),
            "source": draw.maybe(draw.text),
            "channel": draw.maybe(draw.text),
            "text": draw.of("", "x"),
        },
    ),
    "campaigns.record_touch": lambda draw: (
        (draw.party(),),
        {
            "channel": draw.text(),
            "campaign_id": draw.maybe(lambda: draw.id(Campaign)),
            "kind": draw.of("click", "view", wrong=["x"]),
            "cost": draw.maybe(draw.amount),
        },
    ),
    "cases.open": lambda draw: (
        (draw.about(),),
        {
            "text": draw.text(),
            "kind": draw.of("complaint", "defect", wrong=["x"]),
            "channel": draw.maybe(draw.text),
            "employee_id": draw.maybe(draw.employee),
            "due_at": draw.maybe(lambda: draw.moment(1)),
            "party_id": draw.of(None, wrong=[draw.party()]),
        },
    ),
    "cases.start": lambda draw: ((_open(draw, Case, "captured"),), {"employee_id": draw.maybe(draw.employee)}),
    "cases.close": lambda draw: ((draw.id(Case, lambda one: one.state != "closed"),), {"result": draw.text()}),
    "cases.reopen": lambda draw: ((_open(draw, Case, "closed"),), {"because": draw.text()}),
    "cases.assign": lambda draw: ((draw.id(Case),), {"employee_id": draw.employee()}),
    "cases.rate": lambda draw: (
        (draw.party(),),
        {
            "kind": draw.of("csat", "nps", wrong=["x"]),
            "score": draw.of(5, 1, wrong=[0, 11]),
            "case_id": draw.of(None, wrong=[draw.id(Case)]),
            "comment": draw.maybe(draw.text),
        },
    ),
    "consents.grant": lambda draw: (
        (draw.party(),),
        {
            "purpose": draw.of("advertising", "service", wrong=["x"]),
            "channel": draw.of("phone", "email", wrong=["fax"]),
            "source": draw.text(),
            "text_version": draw.text(),
            "person_id": draw.of(None, wrong=["P-1"]),
            "basis": draw.of("consent", wrong=["existing_customer"]),
        },
    ),
    "consents.withdraw": lambda draw: (
        (_consenting(draw),),
        {
            "purpose": draw.of("advertising", "service", wrong=["x"]),
            "channel": draw.of("phone", "email", wrong=["fax"]),
            "because": draw.maybe(draw.text),
        },
    ),
    "consents.object": lambda draw: (
        (draw.party(),),
        {
            "channel": draw.of(None, "phone", wrong=["fax"]),
            "purpose": draw.of(None, "advertising", wrong=["x"]),
            "source": draw.maybe(draw.text),
        },
    ),
    "consents.lift_objection": lambda draw: ((draw.id(Objection, lambda one: one.lifted_at is None),), {"because": draw.text()}),
    "consents.record_use": lambda draw: ((draw.some(lambda: draw.id(Consent), 1, 2),), {}),
    "contact.plan": lambda draw: (
        (draw.party(),),
        {
            "frequency": _frequency(draw),
            "counted_from": draw.of("contact", "deadline", wrong=["x"]),
            "ends_on": draw.maybe(draw.day),
        },
    ),
    "contact.keep_quiet": lambda draw: (
        (draw.party(),),
        {
            "period": draw.maybe(draw.period, 0.6),
            "reachable": draw.some(lambda: OpenHours(draw.of(0, 4, 6), time(9), draw.of(time(17), time(0))), 0, 2),
            "zone": draw.of(None, "America/New_York", wrong=["x"]),
        },
    ),
    "contact.refresh": lambda _: ((), {}),
    "contact.recall": lambda draw: (
        (draw.party(),),
        {"on": draw.when(), "reason": draw.maybe(draw.text), "employee_id": draw.maybe(draw.employee)},
    ),
    "contact.cancel_recall": lambda draw: ((_open(draw, Recall),), {}),
    "contact.postpone": lambda draw: ((draw.party(),), {"to": draw.when(), "because": draw.maybe(draw.text)}),
    "contact.keep_commitment": lambda draw: (
        (draw.id(Interaction, lambda one: one.open_commitments),),
        {"text": draw.of("x", "a list", wrong=["price"])},
    ),
    "contact.open_balance": lambda draw: (
        (draw.party(),),
        {"last_contact_on": draw.maybe(lambda: draw.day(last=0), 0.7), "contact_count": draw.of(3, 1, wrong=[0, -1])},
    ),
    "contact.reassign": lambda draw: (
        (draw.id(Interaction, lambda one: one.voided_because is None),),
        {"party_id": draw.party(), "because": draw.maybe(draw.text)},
    ),
    "contracts.renew": lambda draw: ((_open(draw, Contract, "active"),), {}),
    "contracts.renew_due": lambda _: ((), {}),
    "contracts.cancel": lambda draw: (
        (_open(draw, Contract, "active"),),
        {"because": draw.text(), "ends_on": draw.maybe(lambda: draw.day(0))},
    ),
    "documents.quote": lambda draw: (
        (draw.party(),),
        {
            "lines": draw.lines(),
            "valid_until": draw.maybe(draw.day),
            "number": draw.number(),
            "currency": draw.of(None, None, None, "USD", wrong=["x"]),
            "totals": draw.totals(),
        },
    ),
    "documents.revise": lambda draw: (
        (draw.document("quote"),),
        {"lines": draw.lines(), "valid_until": draw.maybe(draw.day), "number": draw.number(), "totals": draw.totals()},
    ),
    "documents.accept": lambda draw: ((draw.document("quote"),), {"by": draw.maybe(draw.text)}),
    "documents.lose": lambda draw: ((draw.document("quote"),), {"because": draw.text()}),
    "documents.order": lambda draw: (
        (draw.document("quote"),),
        {"lines": draw.lines_or_all(), "number": draw.number(), "totals": draw.totals()},
    ),
    "documents.deliver": lambda draw: ((draw.document("order"),), {"lines": draw.lines_or_all(), "number": draw.number()}),
    "documents.invoice": _to_invoice,
    "documents.issue_credit_note": lambda draw: (
        (_posted(draw, "invoice"),),
        {
            "subtype": (subtype := draw.of("normal", "normal", "bonus", "cancellation", wrong=["x"])),
            "lines": draw.lines() if subtype == "bonus" else draw.lines_or_all(),
            "because": draw.text(),
            "number": draw.number(),
        },
    ),
    "documents.cancel": lambda draw: ((draw.id(Document, lambda one: one.state == "open"),), {"because": draw.text()}),
    "documents.record_payment": lambda draw: (
        (_posted(draw, "invoice", "credit_note"),),
        {
            "amount": draw.amount(),
            "paid_on": draw.maybe(lambda: draw.day(last=0)),
            "cash_discount": draw.maybe(draw.amount),
            "reference": draw.maybe(draw.text),
        },
    ),
    "emails.file": lambda draw: (
        (),
        {
            "sender": draw.address(),
            "recipients": draw.some(draw.address, 1, 2),
            "subject": draw.text(),
            "uri": draw.of(None, "dms:1", wrong=["/etc/passwd"]),
        },
    ),
    "emails.assign": lambda draw: ((_open(draw, Unassigned), draw.party()), {}),
    "emails.dismiss": lambda draw: ((_open(draw, Unassigned),), {"because": draw.text()}),
    "loyalty.book": lambda draw: (
        (draw.id(Document, lambda one: one.is_posted and one.predecessor_id is None),),
        {"rate": draw.of(None, draw.ratio())},
    ),
    "loyalty.set_rate": lambda draw: ((_holder(draw),), {"ratio": draw.ratio(), "since": draw.day(last=0)}),
    "loyalty.redeem": lambda draw: ((_holder(draw),), {"amount": draw.amount(), "because": draw.maybe(draw.text)}),
    "loyalty.open_balance": lambda draw: (
        (_holder(draw),),
        {"credit": draw.maybe(draw.amount, 0.8), "revenue": draw.maybe(draw.amount), "points": draw.of(9, 0, wrong=[-1])},
    ),
    "loyalty.expire": lambda draw: (
        (_holder(draw),),
        {"credit": draw.maybe(draw.amount), "points": draw.of(1, 0, wrong=[-1]), "because": draw.maybe(draw.text)},
    ),
    "loyalty.reset": lambda draw: ((_holder(draw),), {"credit": draw.chance(0.5)}),
    "loyalty.give_back": lambda draw: ((_holder(draw),), {"because": draw.text()}),
    "notes.write": lambda draw: ((draw.about(),), {"text": draw.text(), "kind": draw.of("note", wrong=[""])}),
    "notes.attach": lambda draw: (
        (draw.about(),),
        {"uri": draw.of("https://x.example/1", wrong=["../x"]), "title": draw.text(), "kind": draw.of("offer", wrong=[""])},
    ),
    "notes.record_event": lambda draw: ((draw.party(),), {"kind": draw.text(), "text": draw.text()}),
    "opportunities.open": lambda draw: (
        (draw.party(),),
        {
            "title": draw.text(),
            "amount": draw.maybe(draw.amount, 0.8),
            "expected_on": draw.maybe(draw.day),
            "pipeline": draw.of(None, "service", wrong=["x"]),
            "stage": draw.of(None, "offer", wrong=["x"]),
            "category": draw.of("pipeline", "best_case", "commit", wrong=["x"]),
            "salesperson_id": draw.maybe(draw.employee),
            "first_contact_on": draw.maybe(draw.day),
            "lines": draw.some(draw.line, 0, 1),
            "probability": draw.maybe(draw.ratio),
        },
    ),
    "opportunities.move": lambda draw: (
        (_opportunity(draw),),
        {"to": draw.of("offer", "negotiation", "qualification", "visit", wrong=["won"])},
    ),
    "opportunities.win": lambda draw: ((_opportunity(draw),), {"amount": draw.maybe(draw.amount)}),
    "opportunities.lose": lambda draw: ((_opportunity(draw),), {"because": draw.text()}),
    "opportunities.disqualify": lambda draw: ((_opportunity(draw),), {"because": draw.text()}),
    "opportunities.supersede": lambda draw: ((_opportunity(draw),), {"by": draw.id(Opportunity)}),
    "opportunities.reopen": lambda draw: ((draw.id(Opportunity, lambda one: one.state != "open"),), {"because": draw.maybe(draw.text)}),
    "duplicates.keep_apart": lambda draw: ((draw.party(), draw.party()), {"because": draw.maybe(draw.text)}),
    "duplicates.merge": lambda draw: ((draw.party(),), {"into": draw.party()}),
    "duplicates.unmerge": lambda draw: ((draw.id(Party, lambda one: one.merged_into is not None),), {}),
    "parties.convert_lead": lambda draw: ((draw.id(Party, lambda one: "lead" in one.roles),), {"into": draw.maybe(draw.party, 0.7)}),
    "parties.categorise": lambda draw: ((draw.party(),), {"add": draw.some(draw.text, 0, 2), "remove": draw.some(draw.text, 0, 1)}),
    "parties.deactivate": lambda draw: ((draw.party(),), {"because": draw.text()}),
    "parties.reactivate": lambda draw: ((draw.id(Party, lambda one: not one.active),), {}),
    "parties.verify": lambda draw: ((draw.party(),), {}),
    "parties.remind": lambda draw: ((draw.id(Party, lambda one: "customer" in one.roles),), {}),
    "parties.leave": lambda draw: (
        (draw.party(),),
        {"because": draw.text(), "interaction_id": draw.of(None, wrong=[draw.id(Interaction)])},
    ),
    "parties.set_class": lambda draw: ((draw.party(), draw.of("A", "C", None, wrong=["X"])), {"because": draw.text()}),
    "parties.record_classes": lambda draw: (({draw.party(): draw.of("A", "C", None, wrong=["X"]) for _ in range(2)},), {}),
    "parties.refresh_segments": lambda draw: (
        (draw.of(None, [Segment(name, [draw.of(*_RULES)]) for name in draw.of(("big",), ("big", "new"), wrong=[("big", "big")])]),),
        {},
    ),
    "parties.end_segment": lambda draw: ((draw.of("big", "new", wrong=["none"]),), {}),
    "parties.hand_over": lambda draw: (
        (),
        {"from_owner": draw.employee(), "to_owner": draw.employee(), "on": draw.maybe(draw.day)},
    ),
    "parties.carry_out_handovers": lambda _: ((), {}),
    "parties.appoint_deputy": lambda draw: ((draw.employee(),), {"deputy_id": draw.employee(), "period": draw.period()}),
    "portal.order": lambda draw: _portal(
        draw,
        draw.some(lambda: OrderedItem(item_id="I-1", quantity=draw.of("1", "2.5", wrong=[0]), text=draw.of("", "x")), 0, 2),
        quote_id=draw.maybe(lambda: draw.document("quote"), 0.5),
        text=draw.of("", "x"),
    ),
    "portal.propose": _proposed,
    "portal.open_case": lambda draw: _portal(
        draw,
        text=draw.text(),
        kind=draw.of("complaint", "question", wrong=["defect"]),
        document_id=draw.maybe(lambda: draw.id(Document)),
    ),
    "purchases.request": lambda draw: ((draw.party(),), {"lines": draw.lines(), "number": draw.number()}),
    "purchases.order": lambda draw: ((draw.party(),), {"lines": draw.lines(), "number": draw.number()}),
    "purchases.order_requested": lambda draw: (
        (draw.document("request_for_quotation"),),
        {"lines": draw.lines_or_all(), "number": draw.number()},
    ),
    "requests.accept": lambda draw: (
        (_open(draw, PortalRequest),),
        {"lines": draw.maybe(draw.lines, 0.6), "document_id": draw.maybe(lambda: draw.id(Document), 0.2)},
    ),
    "requests.refuse": lambda draw: ((_open(draw, PortalRequest),), {"because": draw.text()}),
    "tasks.assign": lambda draw: ((_to(draw),), {"text": draw.text(), "due_on": draw.when(), "about": draw.maybe(draw.about)}),
    "tasks.complete": lambda draw: ((_open(draw, Task),), {"result": draw.maybe(draw.text)}),
    "tasks.cancel": lambda draw: ((_open(draw, Task),), {"because": draw.text()}),
    "tasks.move": lambda draw: ((_open(draw, Task),), {"due_on": draw.when()}),
    "tasks.hand_to": lambda draw: ((_open(draw, Task), _to(draw)), {}),
    "tasks.follow_up": lambda draw: (
        (draw.about(),),
        {"on": draw.when(), "note": draw.text(), "employee_id": draw.maybe(draw.employee)},
    ),
    "tasks.complete_follow_up": lambda draw: ((_open(draw, FollowUp),), {}),
    "tasks.move_follow_up": lambda draw: ((_open(draw, FollowUp),), {"to": draw.when()}),
}

ON_EACH_KIND: Mapping[str, Ways] = {
    "add": {
        **{kind.__name__: lambda draw, kind=kind: ((added(draw, kind),), {}) for kind in ADDED},  # type: ignore[misc]
        "several": lambda draw: (tuple(added(draw, draw.of(*ADDED)) for _ in range(3)), {}),
    },
    "change": {kind.__name__: lambda draw, kind=kind: ((changed(draw, kind),), {}) for kind in CHANGED},  # type: ignore[misc]
    "void": {
        **{kind.__name__: lambda draw, kind=kind: _voided(draw, kind) for kind in VOIDABLE},  # type: ignore[misc]
        "another": lambda draw: _voided(draw, KINDS[draw.of(*KINDS)].entity),
    },
}
"""Verbs that are called on several kinds of record, with a way for each."""

READING: Ways = {
    "get": lambda draw: ((draw.of(Party, Document, Task), draw.of(draw.party(), draw.new_id())), {}),
    "find": lambda draw: (
        (draw.of("mu", "gross ann", "müller", wrong=[" "]),),
        {"roles": draw.maybe(lambda: draw.of("lead", "customer")), "limit": draw.limit()},
    ),
    "timeline": lambda draw: (
        (draw.party(),),
        {
            "kinds": draw.maybe(lambda: [draw.of("document", "interaction")]),
            "past": not draw.chance(0.2),
            "planned": not draw.chance(0.3),
            "newest_first": draw.chance(0.5),
            "limit": draw.limit(),
            "cursor": draw.maybe(lambda: _page_after(draw)),
        },
    ),
    "work_queue": lambda draw: (
        (),
        {
            "as_of": draw.maybe(draw.day),
            "employee_id": draw.maybe(draw.employee),
            "team": draw.of(None, wrong=["dispatch"]),
            "horizon": draw.maybe(lambda: draw.of(days(14), months(2))),
            "group": draw.chance(0.3),
            "limit": draw.limit(),
            "purpose": draw.of("service", None),
        },
    ),
    "customer_card": lambda draw: (
        (draw.party(),),
        {"as_of": draw.maybe(draw.day), "group": not draw.chance(0.3), "currency": draw.of(None, "EUR", "USD", wrong=["x"])},
    ),
    "check": lambda _: ((), {}),
    "export": lambda _: ((), {}),
    "export_facts": lambda _: ((A_FOLDER.name,), {}),
    "appointments.agenda": lambda draw: (
        (),
        {"within": draw.maybe(draw.period), "employee_id": draw.maybe(draw.employee), "party_id": draw.maybe(draw.party)},
    ),
    "appointments.free_slots": lambda draw: (
        (draw.some(draw.employee, 1, 2),),
        {"minutes": draw.of(30, 1, wrong=[0]), "within": draw.period(), "buffer_minutes": draw.of(0, 15, wrong=[-1])},
    ),
    "calendars.feed": lambda draw: (
        (draw.employee(),),
        {"within": draw.maybe(draw.period), "alarm_minutes": draw.of(15, None, wrong=[-1])},
    ),
    "calendars.free_busy": lambda draw: ((draw.some(draw.employee, 1, 2),), {"within": draw.period()}),
    "appointments.upcoming": lambda draw: ((draw.party(),), {}),
    "campaigns.members": lambda draw: ((draw.id(Campaign),), {"response": draw.maybe(draw.text)}),
    "campaigns.audience": lambda draw: ((draw.id(Campaign),), {"channel": draw.of(None, "email", wrong=["fax"])}),
    "campaigns.cost": lambda draw: ((draw.id(Campaign),), {}),
    "campaigns.budget": lambda draw: ((draw.id(MarketingPlan),), {}),
    "campaigns.touches": lambda draw: ((draw.party(),), {}),
    "campaigns.first_touch": lambda draw: ((draw.party(),), {}),
    "cases.pending": lambda draw: ((), {"employee_id": draw.maybe(draw.employee), "limit": draw.limit()}),
    "cases.events": lambda draw: ((draw.id(Case),), {}),
    "consents.consents_of": lambda draw: ((draw.party(),), {}),
    "consents.objections_of": lambda draw: ((draw.party(),), {}),
    "consents.may_contact": lambda draw: (
        (draw.party(),),
        {"purpose": draw.of("service", None), "channel": draw.of("phone", wrong=["fax"])},
    ),
    "consents.audience": lambda draw: ((draw.some(draw.party, 0, 3),), {"channel": draw.of("phone", "letter", wrong=["fax"])}),
    "contracts.due": lambda draw: ((), {"by": draw.when(), "employee_id": draw.maybe(draw.employee)}),
    "contact.quiet_now": lambda draw: ((draw.party(),), {}),
    "documents.quotes": lambda draw: (
        (),
        {"state": draw.of("open", None, "accepted", wrong=["x"]), "party_id": draw.maybe(draw.party), "limit": draw.limit()},
    ),
    "documents.open_items": lambda draw: ((draw.maybe(draw.party),), {"as_of": draw.maybe(draw.day)}),
    "documents.open_lines": lambda draw: ((draw.id(Document),), {"to": draw.of(*get_args(DocumentKind))}),
    "documents.asks_only_for_quotes": lambda draw: ((draw.party(),), {}),
    "emails.unassigned": lambda draw: ((), {"limit": draw.limit()}),
    "facts.sales": lambda draw: ((), {"period": draw.maybe(draw.period)}),
    "facts.customers": lambda _: ((), {}),
    "facts.customer_figures": lambda draw: ((), {"as_of": draw.maybe(draw.day)}),
    "facts.contact_plans": lambda _: ((), {}),
    "facts.documents": lambda draw: ((), {"period": draw.maybe(draw.period)}),
    "facts.interactions": lambda draw: ((), {"period": draw.maybe(draw.period)}),
    "facts.leads": lambda draw: ((), {"period": draw.maybe(draw.period)}),
    "facts.conversions": lambda draw: ((), {"period": draw.maybe(draw.period)}),
    "facts.quotas": lambda _: ((), {}),
    "facts.ratings": lambda draw: ((), {"period": draw.maybe(draw.period)}),
    "facts.spend": lambda draw: ((), {"period": draw.maybe(draw.period)}),
    "facts.stage_moves": lambda draw: ((), {"period": draw.maybe(draw.period)}),
    "facts.touches": lambda draw: ((), {"period": draw.maybe(draw.period)}),
    "facts.case_events": lambda _: ((), {}),
    "facts.cases": lambda _: ((), {}),
    "facts.opportunities": lambda _: ((), {}),
    "journal.head": lambda _: ((), {}),
    "journal.entries": lambda draw: ((), {"limit": draw.limit()}),
    "journal.changes_of": lambda draw: ((draw.about(),), {}),
    "journal.verify": lambda _: ((), {}),
    "loyalty.balance": lambda draw: ((_holder(draw),), {}),
    "loyalty.entries": lambda draw: ((_holder(draw),), {}),
    "notes.notes_about": lambda draw: ((draw.about(),), {}),
    "notes.attachments_of": lambda draw: ((draw.about(),), {}),
    "notes.events_of": lambda draw: ((draw.party(),), {}),
    "opportunities.pending": lambda draw: ((), {"party_id": draw.maybe(draw.party), "expected_by": draw.maybe(draw.day)}),
    "opportunities.stage_moves": lambda draw: ((draw.id(Opportunity),), {}),
    "outbox.pending": lambda draw: ((), {"limit": draw.limit()}),
    "outbox.done": lambda draw: ((draw.some(lambda: draw.id(OutboxEvent), 0, 2),), {}),
    "outbox.deliver": lambda draw: (
        (draw.of({"*": str}, {"add": str, "documents.quote": _unwilling}, {"*": _unwilling}, wrong=[{}]),),
        {"limit": draw.limit()},
    ),
    "duplicates.find": lambda draw: ((), {"at_least": draw.of("0.8", "0.3", 0, wrong=[2]), "limit": draw.limit()}),
    "duplicates.similar_to": lambda draw: ((draw.record(Party) or added(draw, Party),), {"limit": draw.limit()}),
    "parties.deputies": lambda draw: ((), {"on": draw.maybe(draw.day)}),
    "parties.segments": lambda _: ((), {}),
    "parties.segment_members": lambda draw: ((draw.id(SavedSegment),), {"on": draw.maybe(draw.day)}),
    "parties.segments_of": lambda draw: ((draw.party(),), {"on": draw.maybe(draw.day)}),
    "parties.stale": lambda draw: ((), {"verified_before": draw.day(), "limit": draw.limit()}),
    "parties.excluded": lambda draw: ((), {"because": draw.of(None, "internal")}),
    "parties.completeness": lambda draw: ((draw.party(),), {}),
    "parties.incomplete": lambda draw: ((draw.of("", "C-1"),), {"limit": draw.limit()}),
    "parties.group": lambda draw: ((draw.party(),), {}),
    "parties.by_external_id": lambda draw: (("erp", draw.new_id()), {}),
    "parties.changed_since": lambda draw: ((draw.of("", "000000000009"),), {"limit": draw.limit()}),
    "parties.value_on": lambda draw: ((draw.party(), draw.of("owner_id", "active", "region", wrong=["name"])), {"on": draw.day()}),
    "parties.loss_reasons": lambda draw: ((), {"period": draw.maybe(draw.period)}),
    "portal.view": lambda draw: _portal(draw, as_of=draw.maybe(draw.day), since=draw.maybe(draw.day)),
    "requests.pending": lambda draw: ((), {"limit": draw.limit()}),
    "tasks.pending": lambda draw: (
        (),
        {"to": draw.maybe(lambda: _to(draw)), "about": draw.maybe(draw.about), "due_by": draw.maybe(draw.day)},
    ),
    "tasks.pending_follow_ups": lambda draw: (
        (),
        {"employee_id": draw.maybe(draw.employee), "about": draw.maybe(draw.about), "due_by": draw.maybe(draw.day)},
    ),
}

WITHOUT_TRACES = ("outbox.done", "outbox.deliver")
"""What the host was told of changes nothing but that."""

ELSEWHERE = ("import_",)
"""What every example does at its end."""
