"""The portal: a customer sees himself only, and what he asks for waits for an employee (row 148)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmkit import Crm, Money, Scope, Settings, months
from crmkit.entities import (
    Address,
    Conditions,
    ContactPerson,
    Contract,
    Document,
    Line,
    LoyaltyCard,
    LoyaltyRate,
    OrderedItem,
    Party,
    Phone,
    PortalPolicy,
    PortalRequest,
    PortalView,
    Ref,
    Task,
    structure,
    unstructure,
)
from crmkit.errors import InvalidValueError, NotPermittedError, NotStoredError, StateMoveError
from crmkit.persistence import MemoryStore
from crmkit.store import Query, Rights
from crmkit.testing.strategies import contact_persons, lines, parties

if TYPE_CHECKING:
    from crmkit.desks import Portal
    from tests.desks.conftest import Clock, HistoryOf


def a_line(**fields: Any) -> Line:
    usual: dict[str, Any] = {"item_id": "I-1", "quantity": 2, "unit_price": 100, "unit_cost": 60, "tax_ratio": "0.19"}
    return Line(**usual | fields)


def with_policy(crm: Crm, **fields: Any) -> Crm:
    place = crm._workplace  # noqa: SLF001  # the same store and clock, other settings
    return Crm(place.store, scope=place.scope, settings=attrs.evolve(place.settings, portal=PortalPolicy(**fields)), clock=place.clock)


def tasks_of(crm: Crm, request: PortalRequest) -> list[Task]:
    with crm._workplace.reading() as transaction:  # noqa: SLF001  # there is no list of tasks by what they are about
        return [task for task in transaction.find(Query(Task)) if task.about == Ref("portal_request", request.id)]


def ordered(portal: Portal, **fields: Any) -> PortalRequest:
    usual: dict[str, Any] = {"items": [OrderedItem(item_id="I-1", quantity=3)]}
    return portal.order(**usual | fields)


def test_a_customer_sees_his_documents_with_totals_and_what_is_open(crm: Crm) -> None:
    crm.change(attrs.evolve(crm.get(Party, "C-17"), conditions=Conditions(payment_days=14)))
    quote = crm.documents.quote("C-17", lines=[a_line()], valid_until=date(2026, 1, 31))
    invoice = crm.documents.invoice(quote.id)
    crm.documents.record_payment(invoice.id, amount=Money.of(38, "EUR"))

    view = crm.portal("C-17").view(as_of=date(2026, 1, 16))

    shown = {document.id: document for document in view.documents}
    assert (shown[quote.id].state, shown[quote.id].valid_until) == ("accepted", date(2026, 1, 31))
    assert (shown[invoice.id].net, shown[invoice.id].tax, shown[invoice.id].payable) == tuple(
        Money.of(amount, "EUR") for amount in (200, 38, 238)
    )
    assert [(line.item_id, int(line.quantity), line.net) for line in shown[invoice.id].lines] == [("I-1", 2, Money.of(200, "EUR"))]
    assert [(item.document_id, item.amount, item.overdue_days) for item in view.open_items] == [
        (invoice.id, Money.of(200, "EUR"), 1),
        ("R-1", Money.of(200, "EUR"), 0),
    ]


def test_a_customer_sees_appointments_cases_contracts_and_the_card(crm: Crm) -> None:
    crm.add(
        LoyaltyCard(id="K-1", party_id="C-17", rates=[LoyaltyRate(ratio="0.02", since=date(2025, 1, 1))]),
        Contract(id="V-1", party_id="C-17", title="press", starts_on=date(2026, 1, 1), term=months(12), notice=months(3)),
    )
    crm.appointments.schedule("C-17", start_at=datetime(2026, 2, 1, 9, tzinfo=UTC), minutes=30, attendees="anna", subject="spring offer")
    crm.cases.start(crm.cases.open(crm.get(Party, "C-17"), text="he shouts", kind="complaint").id)
    crm.documents.invoice(crm.documents.quote("C-17", lines=[a_line()]).id)

    view = crm.portal("C-17").view()

    assert [(one.subject, one.minutes, one.state) for one in view.appointments] == [("spring offer", 30, "planned")]
    assert [(one.kind, one.state) for one in view.cases] == [("complaint", "in_progress")]
    assert [(one.title, one.last_day, one.notice_by) for one in view.contracts] == [("press", date(2026, 12, 31), date(2026, 9, 30))]
    assert view.loyalty is not None
    assert view.loyalty.credit == Money.of(4, "EUR")


SECRETS = ("s-cost", "s-note", "s-talk", "s-because", "s-summary", "s-case", "s-result", "s-defect", "s-rating", "s-tag", "s-excluded")


def test_costs_notes_ratings_and_reasons_of_ours_are_not_shown(crm: Crm) -> None:
    person = ContactPerson(id="P-1", last_name="Huber", talk_notes="s-talk", interests="s-talk", relationship="s-talk", partner="s-talk")
    crm.change(
        attrs.evolve(crm.get(Party, "C-17"), people=[person], tags="s-tag", manual_class="C", blocks="delivery", excluded="s-excluded")
    )
    quote = crm.documents.quote("C-17", lines=[a_line(unit_cost="12345.67")])
    crm.documents.lose(quote.id, because="s-because")
    crm.notes.write(Ref("party", "C-17"), text="s-note")
    appointment = crm.appointments.schedule(
        "C-17", start_at=datetime(2026, 1, 1, 9, tzinfo=UTC), minutes=30, attendees="anna", subject="talk"
    )
    crm.appointments.hold(appointment.id, summary="s-summary")
    case = crm.cases.open(Ref("party", "C-17"), text="s-case")
    crm.cases.close(case.id, result="s-result")
    crm.cases.open(Ref("party", "C-17"), text="s-defect", kind="defect")
    crm.cases.rate("C-17", kind="csat", score=1, case_id=case.id, comment="s-rating")
    crm.record_interaction("C-17", kind="phone", result="s-note")
    crm.purchases.request("C-17", lines=[a_line(item_id="s-cost")])

    shown = json.dumps(unstructure(crm.portal("C-17", person_id="P-1").view()))

    assert [secret for secret in (*SECRETS, "12345.67", "delivery", "anna", "cost") if secret in shown] == []
    assert "Huber" in shown


def test_a_case_of_his_own_is_shown_in_his_words(crm: Crm, history_of: HistoryOf) -> None:
    portal = crm.portal("C-17")

    case = portal.open_case(text="it rattles", kind="complaint", document_id="R-1")

    assert (case.channel, case.about, case.party_id) == ("portal", Ref("document", "R-1"), "C-17")
    assert [(one.text, one.state) for one in portal.view().cases] == [("it rattles", "captured")]
    assert crm.cases.pending() == (case,)
    assert [event.employee_id for event in crm.cases.events(case.id)] == [None]
    assert [(entry.actor, entry.verb) for entry in history_of() if entry.about == Ref("case", case.id)] == [("C-17", "cases.open")]


def test_of_a_quote_only_the_latest_revision_is_shown(crm: Crm) -> None:
    quote = crm.documents.quote("C-17", lines=[a_line()])
    revision = crm.documents.revise(quote.id, lines=[a_line(quantity=3)])

    assert {document.id for document in crm.portal("C-17").view().documents} == {revision.id, "R-1"}


@pytest.mark.parametrize(("since", "shown"), [(date(2025, 11, 30), 1), (date(2025, 12, 1), 1), (date(2025, 12, 2), 0)])
def test_documents_are_shown_from_a_day_on_and_open_items_always(crm: Crm, since: date, shown: int) -> None:
    view = crm.portal("C-17").view(since=since)

    assert (len(view.documents), len(view.open_items)) == (shown, 1)


def test_the_policy_decides_what_is_shown(crm: Crm) -> None:
    portal = with_policy(crm, shows=["open_items"]).portal("C-17")
    portal.open_case(text="it rattles")

    view = portal.view()

    assert (view.documents, view.cases, view.data.name) == ((), (), "Müller GmbH")
    assert len(view.open_items) == 1


def test_the_policy_decides_what_may_be_asked_for(crm: Crm) -> None:
    portal = with_policy(crm, orders=False, cases=False, changeable=["emails"]).portal("C-17")

    with pytest.raises(InvalidValueError, match="no order"):
        ordered(portal)
    with pytest.raises(InvalidValueError, match="no case"):
        portal.open_case(text="x")
    with pytest.raises(InvalidValueError, match="one of emails"):
        portal.propose(attrs.evolve(portal.view().data, name="Meier"))
    assert portal.propose(attrs.evolve(portal.view().data, emails="a@b.example")).state == "open"


def test_an_order_is_no_document_until_an_employee_accepts_it(crm: Crm, history_of: HistoryOf) -> None:
    request = ordered(crm.portal("C-17"), text="until Friday, please")

    assert crm.requests.pending() == (request,)
    assert [(task.employee_id, task.state, task.due_on) for task in tasks_of(crm, request)] == [("anna", "open", date(2026, 1, 1))]
    assert [document.id for document in crm.portal("C-17").view().documents] == ["R-1"]

    accepted = crm.requests.accept(request.id, lines=[a_line(quantity=3)])

    order = crm.get(Document, str(accepted.document_id))
    assert (order.kind, order.party_id, order.salesperson_id, order.net()) == ("order", "C-17", "anna", Money.of(300, "EUR"))
    assert crm.requests.pending() == ()
    assert [task.state for task in tasks_of(crm, request)] == ["done"]
    assert [(entry.actor, entry.verb) for entry in history_of() if entry.about == Ref("portal_request", request.id)] == [
        ("C-17", "portal.order"),
        ("anna", "requests.accept"),
    ]
    assert crm.check() == ()


def test_a_quote_is_ordered_whole_once_it_is_accepted(crm: Crm) -> None:
    quote = crm.documents.quote("C-17", lines=[a_line()])
    request = crm.portal("C-17").order(quote_id=quote.id)

    order = crm.get(Document, str(crm.requests.accept(request.id).document_id))

    assert (order.predecessor_id, order.net(), crm.get(Document, quote.id).state) == (quote.id, quote.net(), "accepted")


@pytest.mark.parametrize(("day", "taken"), [(30, True), (31, True), (32, False)])
def test_a_quote_can_be_ordered_up_to_its_last_valid_day(crm: Crm, clock: Clock, day: int, taken: bool) -> None:
    quote = crm.documents.quote("C-17", lines=[a_line()], valid_until=date(2026, 1, 31))
    clock.move_to(date.fromordinal(date(2025, 12, 31).toordinal() + day))

    if taken:
        assert crm.portal("C-17").order(quote_id=quote.id).quote_id == quote.id
    else:
        with pytest.raises(InvalidValueError, match="valid"):
            crm.portal("C-17").order(quote_id=quote.id)


def test_an_order_that_the_host_posts_itself_is_named(crm: Crm) -> None:
    request = ordered(crm.portal("C-17"))
    crm.add(Document(id="A-9", kind="order", party_id="C-17", issued_on=date(2026, 1, 1), lines=[a_line()]))

    assert crm.requests.accept(request.id, document_id="A-9").document_id == "A-9"


def test_an_order_needs_prices_or_a_document_of_the_customer(crm: Crm) -> None:
    crm.add(
        Party(id="C-18", name="Meier", created_on=date(2026, 1, 1)),
        Document(id="A-9", kind="order", party_id="C-18", issued_on=date(2026, 1, 1), lines=[a_line()]),
    )
    request = ordered(crm.portal("C-17"))

    for arguments in ({}, {"document_id": "A-9"}, {"document_id": "R-1", "lines": [a_line()]}):
        with pytest.raises(InvalidValueError):
            crm.requests.accept(request.id, **arguments)
    assert crm.requests.pending() == (request,)


def test_what_nobody_owns_goes_to_the_department_of_the_policy(crm: Crm) -> None:
    crm.change(attrs.evolve(crm.get(Party, "C-17"), owner_id=None))

    request = ordered(with_policy(crm, department_id="office").portal("C-17"))

    assert [(task.employee_id, task.department_id) for task in tasks_of(crm, request)] == [(None, "office")]


def test_a_proposed_change_holds_once_an_employee_accepts_it(crm: Crm, history_of: HistoryOf) -> None:
    portal = crm.portal("C-17", person_id="P-1")
    data = portal.view().data
    assert data.person is not None
    person = attrs.evolve(data.person, phones=[Phone(number="+49 40 66969 1", extension="12")], position="buyer")

    request = portal.propose(attrs.evolve(data, addresses=[Address(city="Kiel")], person=person))

    assert [change.field for change in request.changes] == ["addresses", "person.phones", "person.position"]
    assert crm.get(Party, "C-17").addresses == ()

    crm.requests.accept(request.id)

    party = crm.get(Party, "C-17")
    assert (party.addresses, party.name) == ((Address(city="Kiel"),), "Müller GmbH")
    assert [(one.position, one.phones[0].extension, one.last_name) for one in party.people] == [("buyer", "12", "Huber")]
    assert [entry.verb for entry in history_of()][-3:] == ["requests.accept"] * 3
    assert portal.view().requests[0].state == "accepted"
    assert crm.journal.changes_of(Ref("party", "C-17"))[-1].after is not None


def test_accepting_keeps_what_an_employee_noted_about_the_person(crm: Crm) -> None:
    noted = ContactPerson(id="P-1", last_name="Huber", talk_notes="likes golf", topics="prices", form="informal")
    crm.change(attrs.evolve(crm.get(Party, "C-17"), people=[noted, ContactPerson(id="P-2", last_name="Auer")]))
    portal = crm.portal("C-17", person_id="P-1")
    data = portal.view().data
    assert data.person is not None

    crm.requests.accept(portal.propose(attrs.evolve(data, person=attrs.evolve(data.person, last_name="Maier"))).id)

    assert crm.get(Party, "C-17").people == (attrs.evolve(noted, last_name="Maier"), ContactPerson(id="P-2", last_name="Auer"))


def test_data_that_changed_meanwhile_are_not_overwritten(crm: Crm) -> None:
    portal = crm.portal("C-17")
    request = portal.propose(attrs.evolve(portal.view().data, emails="new@example.com"))
    crm.change(attrs.evolve(crm.get(Party, "C-17"), emails="ours@example.com"))

    with pytest.raises(InvalidValueError, match="still what it was"):
        crm.requests.accept(request.id)
    assert crm.get(Party, "C-17").emails == ("ours@example.com",)


def test_other_fields_may_change_meanwhile(crm: Crm) -> None:
    portal = crm.portal("C-17")
    request = portal.propose(attrs.evolve(portal.view().data, emails="new@example.com"))
    crm.change(attrs.evolve(crm.get(Party, "C-17"), name="Müller AG"))

    crm.requests.accept(request.id)

    assert (crm.get(Party, "C-17").name, crm.get(Party, "C-17").emails) == ("Müller AG", ("new@example.com",))


def test_a_refused_request_changes_nothing_and_the_customer_reads_why(crm: Crm) -> None:
    portal = crm.portal("C-17")
    request = portal.propose(attrs.evolve(portal.view().data, name="Meier GmbH"))

    crm.requests.refuse(request.id, because="please send the register entry")

    assert crm.get(Party, "C-17").name == "Müller GmbH"
    assert [(one.state, one.answer) for one in portal.view().requests] == [("refused", "please send the register entry")]
    assert [task.state for task in tasks_of(crm, request)] == ["done"]


def test_a_request_is_decided_once(crm: Crm) -> None:
    request = ordered(crm.portal("C-17"))
    crm.requests.refuse(request.id, because="sold out")

    with pytest.raises(StateMoveError):
        crm.requests.accept(request.id, lines=[a_line()])
    with pytest.raises(StateMoveError):
        crm.requests.refuse(request.id, because="sold out")


def test_the_same_order_with_the_same_key_is_placed_once(crm: Crm) -> None:
    portal = crm.portal("C-17")

    assert ordered(portal, key="4711") == ordered(portal, key="4711")
    assert len(crm.requests.pending()) == 1


@pytest.mark.parametrize("name", ["", "a\0b"], ids=["empty", "NUL"])
def test_data_that_the_party_cannot_have_are_refused_at_once(crm: Crm, name: str) -> None:
    portal = crm.portal("C-17")

    with pytest.raises(InvalidValueError):
        portal.propose(attrs.evolve(portal.view().data, name=name))
    assert crm.requests.pending() == ()


def test_data_as_they_are_and_another_person_are_no_change(crm: Crm) -> None:
    crm.change(attrs.evolve(crm.get(Party, "C-17"), people=[ContactPerson(id=id, last_name="Huber") for id in ("P-1", "P-2")]))
    one, other = (crm.portal("C-17", person_id=id) for id in ("P-1", "P-2"))

    with pytest.raises(InvalidValueError, match="differ"):
        one.propose(one.view().data)
    with pytest.raises(InvalidValueError, match="contact person who looks"):
        one.propose(other.view().data)


def test_an_order_of_nothing_is_refused(crm: Crm) -> None:
    with pytest.raises(InvalidValueError, match="at least one item"):
        crm.portal("C-17").order()
    for quantity in (0, -1):
        with pytest.raises(InvalidValueError, match="above zero"):
            OrderedItem(item_id="I-1", quantity=quantity)


def test_what_is_somebody_else_s_is_not_there(crm: Crm) -> None:
    crm.add(Party(id="C-18", name="Meier", created_on=date(2026, 1, 1)))
    quote = crm.documents.quote("C-17", lines=[a_line()])
    other = crm.portal("C-18")

    for call in (lambda: other.order(quote_id=quote.id), lambda: other.open_case(text="x", document_id="R-1")):
        with pytest.raises(NotStoredError):
            call()
    for party_id, person_id in (("C-99", None), ("C-18", "P-1")):
        with pytest.raises(NotStoredError):
            crm.portal(party_id, person_id=person_id)


def test_who_opens_a_portal_must_reach_the_party(crm: Crm) -> None:
    place = crm._workplace  # noqa: SLF001  # the same store and clock, another actor
    ben = Crm(place.store, scope=Scope(tenant="acme", actor="ben", rights=Rights(verbs={"portal": "own"})), clock=place.clock)

    with pytest.raises(NotPermittedError):
        ben.portal("C-17")


def test_what_a_lead_asked_for_stays_when_it_is_merged_into_a_customer(crm: Crm) -> None:
    crm.add(Party(id="L-1", name="Jonas Auer", kind="person", created_on=date(2026, 1, 1)))
    request = ordered(crm.portal("L-1"))

    crm.parties.convert_lead("L-1", into="C-17")

    assert [one.party_id for one in crm.requests.pending()] == ["C-17"]
    order = crm.get(Document, str(crm.requests.accept(request.id, lines=[a_line()]).document_id))
    assert order.party_id == "C-17"
    assert crm.portal("L-1").party_id == "C-17"
    assert crm.check() == ()


def test_a_request_without_its_document_is_found_by_the_check(crm: Crm) -> None:
    request = ordered(crm.portal("C-17"))
    crm.requests.accept(request.id, lines=[a_line()])
    with crm._workplace.store.transaction("acme", write=True) as transaction:  # noqa: SLF001  # past the desk, as a mistake would
        stored = transaction.get(PortalRequest, request.id)
        assert stored is not None
        transaction.save([attrs.evolve(stored, document_id="gone")])

    assert "accepted_orders_lead_to_a_document" in {problem.source for problem in crm.check()}


def test_a_request_is_told_to_the_host(crm: Crm) -> None:
    place = crm._workplace  # noqa: SLF001  # as above
    desk = Crm(place.store, scope=place.scope, settings=attrs.evolve(place.settings, events="portal.order"), clock=place.clock)
    request = ordered(desk.portal("C-17"))

    assert (Ref("portal_request", request.id), "C-17") in [(event.about, event.party_id) for event in desk.outbox.pending()]


def test_the_view_has_a_json_form(crm: Crm) -> None:
    portal = crm.portal("C-17", person_id="P-1")
    ordered(portal)
    portal.open_case(text="it rattles")
    view = portal.view()

    assert structure(PortalView, json.loads(json.dumps(unstructure(view)))) == view


def test_nothing_personal_shows_in_reprs(crm: Crm) -> None:
    portal = crm.portal("C-17", person_id="P-1")
    request = portal.propose(attrs.evolve(portal.view().data, name="Meier GmbH", emails="a@b.example"))

    assert [word for word in ("Müller", "Meier", "b.example", "Huber") if word in repr((portal, portal.view(), request))] == []


@settings(max_examples=40)
@given(st.data())
def test_nothing_of_another_party_is_in_a_view(data: st.DataObject) -> None:
    """Two parties with everything that a party can have: what one sees holds no id and no name of the other."""
    crm = Crm(
        MemoryStore(),
        scope=Scope(tenant="acme", actor="anna"),
        settings=Settings(zone="Europe/Berlin"),
        clock=lambda: datetime(2026, 1, 1, 11, tzinfo=UTC),
    )
    marks = {"one": "ONE-", "other": "OTHER-"}
    for mark in marks.values():
        party = data.draw(parties(roles=["lead", "customer", "supplier"]))
        person = attrs.evolve(data.draw(contact_persons()), id=f"{mark}P", last_name=f"{mark}name")
        party = attrs.evolve(
            party, id=f"{mark}C", name=f"{mark}name", people=[person], owner_id=f"{mark}owner", source=None, addresses=[Address(city=mark)]
        )
        crm.add(
            party,
            Contract(id=f"{mark}V", party_id=party.id, title=f"{mark}title", starts_on=date(2026, 1, 1)),
            LoyaltyCard(id=f"{mark}K", party_id=party.id, rates=[LoyaltyRate(ratio="0.02", since=date(2025, 1, 1))]),
        )
    crm.change(attrs.evolve(crm.get(Party, "OTHER-C"), parent_id="ONE-C"))
    for step in data.draw(st.lists(st.tuples(st.sampled_from(sorted(marks.values())), st.integers(0, 6)), min_size=1, max_size=12)):
        _do_something(crm, *step, data.draw(st.lists(lines(), min_size=1, max_size=2)))

    for mark, foreign in (("ONE-", "OTHER-"), ("OTHER-", "ONE-")):
        for person_id in (None, f"{mark}P"):
            assert foreign not in json.dumps(unstructure(crm.portal(f"{mark}C", person_id=person_id).view()))
    shown = json.dumps(unstructure(crm.portal("ONE-C").view()))
    assert [id for id in _ids_of(crm, "OTHER-C") if id in shown] == []


def _do_something(crm: Crm, mark: str, what: int, own: list[Line]) -> None:
    party_id, portal = f"{mark}C", crm.portal(f"{mark}C", person_id=f"{mark}P")
    marked = [attrs.evolve(line, item_id=f"{mark}item", description=mark, item_group=mark) for line in own]
    match what:
        case 0:
            crm.documents.invoice(crm.documents.quote(party_id, lines=marked).id)
        case 1:
            crm.documents.quote(party_id, lines=marked)
        case 2:
            crm.cases.open(Ref("party", party_id), text=mark)
        case 3:
            start = crm._workplace.moment().now.replace(year=2027)  # noqa: SLF001  # the clock of the desk
            crm.appointments.schedule(party_id, start_at=start, minutes=30, attendees=f"{mark}{len(crm.journal.entries())}", subject=mark)
        case 4:
            portal.order([OrderedItem(item_id=f"{mark}item", quantity=1, text=mark)])
        case 5:
            portal.propose(attrs.evolve(portal.view().data, emails=f"{mark}{len(crm.journal.entries())}@example.com"))
        case _:
            portal.open_case(text=mark)


def _ids_of(crm: Crm, party_id: str) -> set[str]:
    """The ids of all records of a party."""
    records: Any = crm.export()["records"]
    return {record["id"] for kind in records.values() for record in kind if record.get("party_id") == party_id and "id" in record}
