"""A call of every public verb, with arguments of the full house."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from typing import Any, TypeAlias

import attrs

from crmkit import Crm, Interval, days
from crmkit.classification import Segment
from crmkit.conditions import Condition
from crmkit.entities import Appointment, Document, OpenHours, OrderedItem, Party, Rating, Ref
from crmkit.periods import Period
from crmkit.scheduling import ContactPolicy
from tests.desks.full_house import DAY, LINES, NOON, SETTINGS, FullHouse, eur
from tests.desks.public_verbs import A_FOLDER

Calls: TypeAlias = Mapping[str, Callable[[FullHouse], tuple[tuple[Any, ...], dict[str, Any]]]]

C1 = Ref("party", "C-1")


def _told(house: FullHouse, **changes: Any) -> Appointment:
    """An appointment as another calendar tells of it."""
    return attrs.evolve(house.crm.get(Appointment, house.planned), subject="moved elsewhere", **changes)


def _planned_otherwise(house: FullHouse) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The plans follow another policy than that of the settings."""
    workplace = house.crm._workplace  # noqa: SLF001  # the same desk but for its settings
    settings = attrs.evolve(SETTINGS, policy=ContactPolicy(otherwise=days(3)))
    Crm(workplace.store, scope=workplace.scope, settings=settings, clock=workplace.clock).contact.refresh()
    return (), {}


def _merged(house: FullHouse) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """A party that was merged."""
    house.crm.duplicates.merge("C-2", into="C-1")
    return ("C-2",), {}


WRITING: Calls = {
    "add": lambda _: ((Party(id="C-9", name="Neu", created_on=DAY), Rating(id="1", party_id="C-1", rated_on=DAY, kind="nps", score=9)), {}),
    "change": lambda house: ((attrs.evolve(house.crm.get(Party, "C-1"), region="west"),), {}),
    "void": lambda house: ((house.crm.get(Document, "R-0"),), {"because": "twice"}),
    "record_interaction": lambda _: (("C-1",), {"kind": "phone", "recall": days(7)}),
    "appointments.schedule": lambda _: (("C-1",), {"start_at": NOON, "minutes": 30, "attendees": "ben", "subject": "x"}),
    "appointments.move": lambda house: ((house.planned,), {"start_at": NOON + timedelta(days=1)}),
    "appointments.move_rest": lambda house: ((house.series,), {"start_at": NOON + timedelta(days=2)}),
    "appointments.hold": lambda house: ((house.begun,), {"summary": "20 pieces"}),
    "appointments.cancel": lambda house: ((house.planned,), {"because": "ill"}),
    "appointments.cancel_rest": lambda house: ((house.series,), {"because": "ill"}),
    "calendars.take_in": lambda house: (([_told(house), _told(house, id="from elsewhere")],), {}),
    "campaigns.add_members": lambda _: (("F-1", ["C-1", "C-2"]), {}),
    "campaigns.record_response": lambda _: (("F-1", "C-2"), {"response": "accepted"}),
    "campaigns.record_spend": lambda _: (("F-1",), {"amount": eur("5")}),
    "campaigns.record_touch": lambda _: (("C-1",), {"channel": "email"}),
    "cases.open": lambda _: ((C1,), {"text": "scratched"}),
    "cases.start": lambda house: ((house.case,), {}),
    "cases.close": lambda house: ((house.case,), {"result": "replaced"}),
    "cases.reopen": lambda house: ((house.closed,), {"because": "again"}),
    "cases.assign": lambda house: ((house.case,), {"employee_id": "ben"}),
    "cases.rate": lambda _: (("C-1",), {"kind": "csat", "score": 5}),
    "consents.grant": lambda _: (("C-1",), {"purpose": "advertising", "channel": "email", "source": "fair", "text_version": "1"}),
    "consents.withdraw": lambda _: (("C-1",), {"purpose": "advertising", "channel": "phone"}),
    "consents.object": lambda _: (("C-1",), {"channel": "letter"}),
    "consents.lift_objection": lambda house: ((house.objection,), {"because": "called us"}),
    "consents.record_use": lambda house: ((house.consent,), {}),
    "contact.plan": lambda _: (("C-1",), {"frequency": days(30)}),
    "contact.keep_quiet": lambda _: (("C-1",), {"period": Period.month(2026, 8), "reachable": [OpenHours(0, time(9), time(12))]}),
    "contact.refresh": _planned_otherwise,
    "contact.recall": lambda _: (("C-1",), {"on": days(1)}),
    "contact.cancel_recall": lambda house: ((house.recall,), {}),
    "contact.postpone": lambda _: (("C-1",), {"to": days(9)}),
    "contact.keep_commitment": lambda house: ((house.interaction,), {"text": "a list"}),
    "contact.open_balance": lambda _: (("C-1",), {"last_contact_on": date(2025, 5, 1), "contact_count": 3}),
    "contact.reassign": lambda house: ((house.interaction,), {"party_id": "C-2"}),
    "contracts.renew": lambda _: (("V-1",), {}),
    "contracts.renew_due": lambda _: ((), {}),
    "contracts.cancel": lambda _: (("V-1",), {"because": "price"}),
    "documents.quote": lambda _: (("L-1",), {"lines": LINES}),
    "documents.revise": lambda house: ((house.quote,), {"lines": LINES}),
    "documents.accept": lambda house: ((house.quote,), {}),
    "documents.lose": lambda house: ((house.quote,), {"because": "price"}),
    "documents.order": lambda house: ((house.quote,), {}),
    "documents.deliver": lambda house: ((house.order,), {}),
    "documents.invoice": lambda house: ((house.order,), {}),
    "documents.issue_credit_note": lambda house: ((house.invoice,), {"because": "broken"}),
    "documents.cancel": lambda house: ((house.quote,), {"because": "typo"}),
    "documents.record_payment": lambda house: ((house.invoice,), {"amount": eur("5")}),
    "duplicates.keep_apart": lambda _: (("C-1", "C-2"), {"because": "sisters"}),
    "duplicates.merge": lambda _: (("C-2",), {"into": "C-1"}),
    "duplicates.unmerge": _merged,
    "emails.file": lambda _: ((), {"sender": "huber@mueller.example", "recipients": "x@acme.example", "subject": "hello", "uri": "dms:1"}),
    "emails.assign": lambda house: ((house.email, "C-1"), {}),
    "emails.dismiss": lambda house: ((house.email,), {"because": "spam"}),
    "loyalty.book": lambda _: (("G-0",), {"rate": "0.02"}),
    "loyalty.set_rate": lambda _: (("C-1",), {"ratio": "0.03", "since": DAY}),
    "loyalty.redeem": lambda _: (("C-1",), {"amount": eur("1")}),
    "loyalty.open_balance": lambda _: (("C-1",), {"credit": eur("1")}),
    "loyalty.expire": lambda _: (("C-1",), {"points": 1}),
    "loyalty.reset": lambda _: (("C-1",), {}),
    "loyalty.give_back": lambda _: (("C-1",), {"because": "lost"}),
    "notes.write": lambda _: ((C1,), {"text": "x"}),
    "notes.attach": lambda _: ((C1,), {"uri": "dms:1", "title": "x", "kind": "offer"}),
    "notes.record_event": lambda _: (("C-1",), {"kind": "move", "text": "x"}),
    "opportunities.open": lambda _: (("C-1",), {"title": "press", "lines": LINES}),
    "opportunities.move": lambda house: ((house.opportunity,), {"to": "offer"}),
    "opportunities.win": lambda house: ((house.opportunity,), {}),
    "opportunities.lose": lambda house: ((house.opportunity,), {"because": "price"}),
    "opportunities.disqualify": lambda house: ((house.opportunity,), {"because": "none"}),
    "opportunities.supersede": lambda house: ((house.opportunity,), {"by": house.lost}),
    "opportunities.reopen": lambda house: ((house.lost,), {}),
    "parties.convert_lead": lambda _: (("L-1",), {"into": "C-1"}),
    "parties.categorise": lambda _: (("C-1",), {"add": ["fair"]}),
    "parties.deactivate": lambda _: (("C-1",), {"because": "closed"}),
    "parties.reactivate": lambda _: (("E-1",), {}),
    "parties.verify": lambda _: (("C-1",), {}),
    "parties.remind": lambda _: (("C-1",), {}),
    "parties.leave": lambda _: (("C-1",), {"because": "price"}),
    "parties.set_class": lambda _: (("C-1", "A"), {"because": "references"}),
    "parties.record_classes": lambda _: (({"C-1": "A"},), {}),
    "parties.refresh_segments": lambda _: (([Segment("south", [Condition("region", "missing")])],), {}),
    "parties.end_segment": lambda _: (("all",), {}),
    "parties.hand_over": lambda _: ((), {"from_owner": "anna", "to_owner": "ben"}),
    "parties.carry_out_handovers": lambda _: ((), {}),
    "parties.appoint_deputy": lambda _: (("anna",), {"deputy_id": "ben", "period": Period.month(2026, 2)}),
    "portal.order": lambda _: (("C-1", [OrderedItem(item_id="I-1", quantity=2)]), {"person_id": "P-1"}),
    "portal.propose": lambda house: (("C-1", attrs.evolve(house.crm.portal("C-1").view().data, emails="new@mueller.example")), {}),
    "portal.open_case": lambda house: (("C-1",), {"text": "it rattles", "document_id": house.invoice}),
    "purchases.request": lambda _: (("S-1",), {"lines": LINES}),
    "purchases.order": lambda _: (("S-1",), {"lines": LINES}),
    "purchases.order_requested": lambda house: ((house.request,), {}),
    "requests.accept": lambda house: ((house.asked,), {"lines": LINES}),
    "requests.refuse": lambda house: ((house.asked,), {"because": "sold out"}),
    "tasks.assign": lambda _: (("anna",), {"text": "pack", "due_on": days(1)}),
    "tasks.complete": lambda house: ((house.task,), {}),
    "tasks.cancel": lambda house: ((house.task,), {"because": "late"}),
    "tasks.move": lambda house: ((house.task,), {"due_on": days(5)}),
    "tasks.hand_to": lambda house: ((house.task, "ben"), {}),
    "tasks.follow_up": lambda _: ((C1,), {"on": days(1), "note": "ask"}),
    "tasks.complete_follow_up": lambda house: ((house.follow_up,), {}),
    "tasks.move_follow_up": lambda house: ((house.follow_up,), {"to": days(2)}),
}
"""Verbs that write, each with something to change."""

READING: Calls = {
    "get": lambda _: ((Party, "C-1"), {}),
    "find": lambda _: (("mueller",), {}),
    "timeline": lambda _: (("C-1",), {}),
    "work_queue": lambda _: ((), {}),
    "customer_card": lambda _: (("C-1",), {"as_of": DAY}),
    "check": lambda _: ((), {}),
    "export": lambda _: ((), {}),
    "export_facts": lambda _: ((A_FOLDER.name,), {}),
    "appointments.agenda": lambda _: ((), {"employee_id": "anna"}),
    "appointments.upcoming": lambda _: (("C-1",), {}),
    "appointments.free_slots": lambda _: ((["anna", "ben"],), {"minutes": 30, "within": Period.month(2026, 1)}),
    "calendars.feed": lambda _: (("anna",), {"within": Period.year(2026)}),
    "calendars.free_busy": lambda _: (("anna",), {"within": Period.year(2026)}),
    "campaigns.members": lambda _: (("F-1",), {}),
    "campaigns.audience": lambda _: (("F-1",), {"channel": "email"}),
    "campaigns.cost": lambda _: (("F-1",), {}),
    "campaigns.budget": lambda _: (("M-1",), {}),
    "campaigns.touches": lambda _: (("C-1",), {}),
    "campaigns.first_touch": lambda _: (("C-1",), {}),
    "cases.pending": lambda _: ((), {}),
    "cases.events": lambda house: ((house.case,), {}),
    "consents.consents_of": lambda _: (("C-1",), {}),
    "consents.objections_of": lambda _: (("C-1",), {}),
    "consents.may_contact": lambda _: (("C-1",), {"purpose": "advertising", "channel": "phone"}),
    "consents.audience": lambda _: ((["C-1", "L-1"],), {"channel": "phone"}),
    "contracts.due": lambda _: ((), {"by": Interval(months=12)}),
    "contact.quiet_now": lambda _: (("C-1",), {}),
    "documents.open_items": lambda _: ((), {}),
    "documents.quotes": lambda _: ((), {"party_id": "C-1"}),
    "documents.open_lines": lambda house: ((house.order,), {"to": "invoice"}),
    "documents.asks_only_for_quotes": lambda _: (("C-1",), {}),
    "duplicates.find": lambda _: ((), {"at_least": "0.1"}),
    "duplicates.similar_to": lambda house: ((house.crm.get(Party, "C-1"),), {}),
    "emails.unassigned": lambda _: ((), {}),
    "facts.sales": lambda _: ((), {}),
    "facts.customers": lambda _: ((), {}),
    "facts.customer_figures": lambda _: ((), {}),
    "facts.contact_plans": lambda _: ((), {}),
    "facts.documents": lambda _: ((), {}),
    "facts.leads": lambda _: ((), {}),
    "facts.conversions": lambda _: ((), {}),
    "facts.quotas": lambda _: ((), {}),
    "facts.interactions": lambda _: ((), {}),
    "facts.opportunities": lambda _: ((), {}),
    "facts.stage_moves": lambda _: ((), {}),
    "facts.touches": lambda _: ((), {}),
    "facts.spend": lambda _: ((), {}),
    "facts.cases": lambda _: ((), {}),
    "facts.case_events": lambda _: ((), {}),
    "facts.ratings": lambda _: ((), {}),
    "journal.head": lambda _: ((), {}),
    "journal.entries": lambda _: ((), {}),
    "journal.changes_of": lambda _: ((C1,), {}),
    "journal.verify": lambda _: ((), {}),
    "loyalty.balance": lambda _: (("C-1",), {}),
    "loyalty.entries": lambda _: (("C-1",), {}),
    "notes.notes_about": lambda _: ((C1,), {}),
    "notes.attachments_of": lambda _: ((C1,), {}),
    "notes.events_of": lambda _: (("C-1",), {}),
    "opportunities.pending": lambda _: ((), {}),
    "opportunities.stage_moves": lambda house: ((house.lost,), {}),
    "outbox.pending": lambda _: ((), {}),
    "parties.deputies": lambda _: ((), {}),
    "parties.segments": lambda _: ((), {}),
    "parties.segment_members": lambda house: ((house.segment,), {}),
    "parties.segments_of": lambda _: (("C-1",), {}),
    "parties.stale": lambda _: ((), {"verified_before": DAY}),
    "parties.excluded": lambda _: ((), {}),
    "parties.completeness": lambda _: (("C-1",), {}),
    "parties.incomplete": lambda _: ((), {"limit": 2}),
    "parties.group": lambda _: (("C-1",), {}),
    "parties.by_external_id": lambda _: (("erp", "1"), {}),
    "parties.changed_since": lambda _: ((), {}),
    "parties.value_on": lambda _: (("C-1", "owner_id"), {"on": DAY}),
    "parties.loss_reasons": lambda _: ((), {}),
    "portal.view": lambda _: (("C-1",), {"person_id": "P-1", "since": DAY}),
    "requests.pending": lambda _: ((), {}),
    "tasks.pending": lambda _: ((), {}),
    "tasks.pending_follow_ups": lambda _: ((), {}),
}

WITHOUT_TRACES: Calls = {
    "import_": lambda house: ((house.crm.export(),), {}),
    "outbox.deliver": lambda _: (({"*": str},), {"limit": 3}),
    "outbox.done": lambda house: (([house.crm.outbox.pending()[0].id],), {}),
}
"""What is imported brings its histories and its journal along; that the host was told of something happened to nobody."""
