"""Rules 4 and 26: what was wrong is taken back, stays readable with its reason, and counts nowhere any more."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmkit import Crm, Money
from crmkit.entities import (
    Appointment,
    Attachment,
    Campaign,
    ContactPlan,
    Contract,
    Document,
    Event,
    FollowUp,
    Interaction,
    Line,
    LoyaltyCard,
    LoyaltyRate,
    MarketingPlan,
    Note,
    OpeningBalance,
    Party,
    PlannedAction,
    Rating,
    Recall,
    Ref,
)
from crmkit.errors import InvalidValueError, KeyReusedError, NotStoredError, StateMoveError
from crmkit.periods import Period

if TYPE_CHECKING:
    from tests.desks.conftest import HistoryOf

DAY = date(2025, 12, 1)
WROTE = datetime(2025, 12, 1, 9, tzinfo=UTC)


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def an_invoice(id: str = "R-2", *, amount: int = 100, **fields: Any) -> Document:
    line = Line(item_id="I-1", quantity=1, unit_price=amount)
    given: dict[str, Any] = {"id": id, "kind": "invoice", "party_id": "C-17", "issued_on": DAY, "lines": [line], **fields}
    return Document(**given)


def a_note(id: str, predecessor_id: str, *, amount: int = 40) -> Document:
    return an_invoice(id, amount=amount, kind="credit_note", predecessor_id=predecessor_id)


def with_card(crm: Crm) -> Crm:
    crm.add(LoyaltyCard(id="K-1", party_id="C-17", rates=[LoyaltyRate(ratio="0.1", since=date(2025, 1, 1))]))
    return crm


def owed(crm: Crm) -> dict[str, str]:
    return {item.document_id: str(item.amount) for item in crm.documents.open_items("C-17")}


def test_a_void_interaction_counts_no_more(crm: Crm) -> None:
    wrong = crm.record_interaction("C-17", kind="phone")

    crm.void(wrong, because="wrong customer")

    assert crm.get(ContactPlan, "C-17").contact_count == 0
    assert crm.get(type(wrong), wrong.id).voided_because == "wrong customer"


def test_a_void_opening_balance_counts_no_more(crm: Crm) -> None:
    wrong = crm.contact.open_balance("C-17", last_contact_on=DAY, contact_count=3)

    crm.void(wrong, because="twice")

    assert crm.get(ContactPlan, "C-17").contact_count == 0


def test_what_is_added_void_counts_not(crm: Crm) -> None:
    void: dict[str, Any] = {"party_id": "C-17", "voided_because": "x"}
    crm.add(OpeningBalance(id="1", contact_count=3, **void), Interaction(id="1", happened_at=WROTE, kind="phone", **void))

    assert crm.get(ContactPlan, "C-17").contact_count == 0
    crm.add(OpeningBalance(id="2", contact_count=3, party_id="C-17"))
    assert crm.get(ContactPlan, "C-17").contact_count == 3
    assert crm.check() == ()


def test_a_void_payment_leaves_the_invoice_open(crm: Crm) -> None:
    paid = crm.documents.record_payment("R-1", amount=eur("200"))
    assert owed(crm) == {}

    crm.void(paid, because="another invoice")

    assert owed(crm) == {"R-1": "200.00 EUR"}


def test_a_host_document_that_was_added_by_mistake_is_in_no_figure(crm: Crm) -> None:
    crm.add(wrong := an_invoice(number="2025-7"))
    crm.void(wrong, because="twice")

    assert owed(crm) == {"R-1": "200.00 EUR"}
    assert crm.facts.sales().collect()["document_id"].to_list() == ["R-1"]
    assert crm.facts.documents().collect()["document_id"].to_list() == ["R-1"]
    stored = crm.get(Document, "R-2")
    assert (stored.state, stored.voided_because) == ("cancelled", "twice")


def test_the_number_of_a_void_document_is_free_again(crm: Crm) -> None:
    crm.add(wrong := an_invoice(number="2025-7"))
    with pytest.raises(InvalidValueError, match="no other invoice"):
        crm.add(an_invoice("R-3", number="2025-7"))

    crm.void(wrong, because="wrong id")
    crm.add(an_invoice("R-3", number="2025-7"))

    assert crm.check() == ()


@pytest.mark.parametrize("by_hand", [False, True])
def test_what_a_void_invoice_brought_to_the_card_goes_back(crm: Crm, by_hand: bool) -> None:
    with_card(crm).add(wrong := an_invoice())
    if by_hand:
        crm.loyalty.book("R-2")
    assert str(crm.loyalty.balance("C-17").credit) == "10.00 EUR"

    crm.void(wrong, because="twice")

    assert str(crm.loyalty.balance("C-17").credit) == "0.00 EUR"
    assert crm.loyalty.balance("C-17").points == 0


def test_a_void_credit_note_leaves_its_invoice_as_it_was(crm: Crm) -> None:
    with_card(crm).add(an_invoice(), wrong := a_note("G-1", "R-2"))
    assert (owed(crm)["R-2"], str(crm.loyalty.balance("C-17").credit)) == ("60.00 EUR", "6.00 EUR")

    crm.void(wrong, because="another invoice")

    assert (owed(crm)["R-2"], str(crm.loyalty.balance("C-17").credit)) == ("100.00 EUR", "10.00 EUR")


def test_a_return_without_an_invoice_is_taken_back_with_its_document(crm: Crm) -> None:
    with_card(crm).add(wrong := an_invoice("G-1", amount=50, kind="credit_note"))
    crm.loyalty.book("G-1", rate="0.1")
    assert str(crm.loyalty.balance("C-17").credit) == "-5.00 EUR"

    crm.void(wrong, because="twice")

    assert str(crm.loyalty.balance("C-17").credit) == "0.00 EUR"


def test_a_document_from_which_another_came_is_not_void_before_that_is(crm: Crm) -> None:
    crm.add(invoice := an_invoice(), note := a_note("G-1", "R-2"))

    with pytest.raises(StateMoveError, match="followed by credit_note G-1"):
        crm.void(invoice, because="twice")
    crm.void(note, because="twice")
    crm.void(invoice, because="twice")

    assert crm.get(Document, "R-2").voided_because == "twice"


def a_cancelled_invoice(crm: Crm, *, from_delivery: bool = False) -> Document:
    """An order, delivered or not, its invoice, and the cancellation that the host posted."""
    crm.add(an_invoice("A-1", kind="order"))
    if from_delivery:
        crm.add(an_invoice("L-1", kind="delivery_note", predecessor_id="A-1"))
    crm.add(
        an_invoice("R-2", predecessor_id="L-1" if from_delivery else "A-1"),
        cancellation := an_invoice("G-1", kind="credit_note", subtype="cancellation", predecessor_id="R-2"),
    )
    return cancellation


@pytest.mark.parametrize("from_delivery", [False, True])
def test_a_cancellation_is_void_as_long_as_nothing_was_invoiced_again(crm: Crm, from_delivery: bool) -> None:
    cancellation = a_cancelled_invoice(crm, from_delivery=from_delivery)

    crm.void(cancellation, because="it stands after all")

    assert owed(crm)["R-2"] == "100.00 EUR"
    assert crm.documents.open_lines("A-1", to="invoice") == ()


@pytest.mark.parametrize("from_delivery", [False, True])
def test_a_cancellation_is_not_void_once_the_order_was_invoiced_again(crm: Crm, from_delivery: bool) -> None:
    cancellation = a_cancelled_invoice(crm, from_delivery=from_delivery)
    again = crm.documents.invoice("A-1")

    with pytest.raises(StateMoveError, match="was invoiced again"):
        crm.void(cancellation, because="it stands after all")

    crm.documents.cancel(again.id, because="twice")
    crm.void(cancellation, because="it stands after all")
    assert owed(crm)["R-2"] == "100.00 EUR"


def test_a_cancellation_is_not_void_once_a_down_payment_was_taken_off_again(crm: Crm) -> None:
    crm.add(an_invoice("A-1", kind="order"))
    down = an_invoice("R-1D", subtype="down_payment", predecessor_id="A-1", amount=30)
    off = Line(item_id="down", quantity=-1, unit_price=30, deducts_id="R-1D")
    extra = Line(item_id="I-9", quantity=1, unit_price=40, additional=True)
    final = an_invoice("R-2", subtype="final", predecessor_id="A-1", lines=[extra, off])
    cancellation = an_invoice("G-1", kind="credit_note", subtype="cancellation", predecessor_id="R-2", lines=[extra, off])
    crm.add(down, final, cancellation)
    crm.add(an_invoice("R-3", subtype="final", predecessor_id="A-1", lines=[extra, off]))

    with pytest.raises(StateMoveError, match="was invoiced again"):
        crm.void(cancellation, because="it stands after all")


def test_a_paid_document_is_not_void_before_its_payment_is(crm: Crm) -> None:
    invoice = crm.get(Document, "R-1")
    paid = crm.documents.record_payment("R-1", amount=eur("1"))

    with pytest.raises(StateMoveError, match=f"paid by payment {paid.id}: void that first"):
        crm.void(invoice, because="twice")
    crm.void(paid, because="twice")
    crm.void(invoice, because="twice")

    assert owed(crm) == {}


def test_a_down_payment_that_was_taken_off_is_not_void(crm: Crm) -> None:
    order = an_invoice("A-1", kind="order")
    down = an_invoice("R-2", amount=30, subtype="down_payment", predecessor_id="A-1")
    deducted = Line(item_id="I-1", quantity=-1, unit_price=30, deducts_id="R-2")
    final = an_invoice("R-3", subtype="final", predecessor_id="A-1", lines=[Line(item_id="I-1", quantity=1, unit_price=100), deducted])
    crm.add(order, down, final)

    with pytest.raises(StateMoveError, match="taken off by a final invoice"):
        crm.void(down, because="twice")


def test_an_invoice_that_was_issued_here_gets_a_cancellation(crm: Crm) -> None:
    lines = [Line(item_id="I-1", quantity=1, unit_price=100)]
    invoice = crm.documents.invoice(crm.documents.quote("C-17", lines=lines).id)

    crm.void(invoice, because="wrong price")

    (item,) = crm.facts.sales().filter(reverses_document_id=invoice.id).collect()["document_id"].to_list()
    note = crm.get(Document, item)
    assert (note.kind, note.subtype, note.predecessor_id, note.reason) == ("credit_note", "cancellation", invoice.id, "wrong price")
    assert crm.get(Document, invoice.id) == invoice
    assert owed(crm) == {"R-1": "200.00 EUR"}
    with pytest.raises(StateMoveError, match="wholly credited"):
        crm.void(invoice, because="again")


def an_issued_invoice(crm: Crm) -> Document:
    return crm.documents.invoice(crm.documents.quote("C-17", lines=[Line(item_id="I-1", quantity=1, unit_price=100)]).id)


@pytest.mark.parametrize("by", ["credit_note", "bonus", "cancel", "void"])
def test_a_void_credit_note_of_our_own_leaves_its_invoice_as_it_was(crm: Crm, history_of: HistoryOf, by: str) -> None:
    with_card(crm)
    invoice = an_issued_invoice(crm)
    before = (owed(crm), crm.facts.sales().collect().sum().rows(), crm.loyalty.balance("C-17"))
    match by:
        case "credit_note":
            crm.documents.issue_credit_note(invoice.id, because="x")
        case "bonus":
            crm.documents.issue_credit_note(invoice.id, lines=[Line(item_id="b", quantity=1, unit_price=9)], because="x", subtype="bonus")
        case "cancel":
            crm.documents.cancel(invoice.id, because="x")
        case _:
            crm.void(invoice, because="x")
    (id,) = crm.facts.sales().filter(reverses_document_id=invoice.id).collect()["document_id"].to_list()
    note = crm.get(Document, id)
    assert (owed(crm), crm.loyalty.balance("C-17")) != (before[0], before[2])

    crm.void(note, because="wrong invoice")

    assert (owed(crm), crm.facts.sales().collect().sum().rows(), crm.loyalty.balance("C-17")) == before
    assert crm.documents.open_lines(invoice.id, to="credit_note")[0].quantity == 1
    stored = crm.get(Document, note.id)
    assert (stored.state, stored.reason, stored.lines) == ("cancelled", "wrong invoice", note.lines)
    assert "void: wrong invoice" in {entry.summary for entry in history_of() if entry.about.id == note.id}
    assert crm.check() == ()
    with pytest.raises(StateMoveError, match="from 'cancelled' to 'voided'"):
        crm.void(note, because="again")
    assert crm.documents.cancel(invoice.id, because="now rightly").net() == invoice.net()


def test_a_void_credit_note_of_our_own_keeps_its_number(crm: Crm) -> None:
    invoice = an_issued_invoice(crm)
    crm.void(crm.documents.issue_credit_note(invoice.id, because="x", number="G-7"), because="wrong invoice")

    with pytest.raises(InvalidValueError, match="no other credit_note"):
        crm.documents.issue_credit_note(invoice.id, because="x", number="G-7")


def test_a_cancellation_of_our_own_is_not_void_once_the_order_was_invoiced_again(crm: Crm) -> None:
    quote = crm.documents.quote("C-17", lines=[Line(item_id="I-1", quantity=1, unit_price=100)])
    cancellation = crm.documents.cancel(crm.documents.invoice(quote.id).id, because="wrong address")
    crm.documents.invoice(quote.id)

    with pytest.raises(StateMoveError, match="was invoiced again"):
        crm.void(cancellation, because="x")


def test_a_credit_note_that_was_paid_out_is_not_void_before_its_payment_is(crm: Crm) -> None:
    note = crm.documents.issue_credit_note(an_issued_invoice(crm).id, because="x")
    paid = crm.documents.record_payment(note.id, amount=eur("100"))

    with pytest.raises(StateMoveError, match="void that first"):
        crm.void(note, because="wrong invoice")
    crm.void(paid, because="wrong invoice")
    crm.void(note, because="wrong invoice")


def test_a_credit_note_for_a_down_payment_is_not_void_once_a_final_invoice_took_the_rest_off(crm: Crm) -> None:
    order = crm.documents.order(crm.documents.quote("C-17", lines=[Line(item_id="I-1", quantity=1, unit_price=100)]).id)
    down = crm.documents.invoice(order.id, lines=[Line(item_id="d", quantity=2, unit_price=20)], subtype="down_payment")
    note = crm.documents.issue_credit_note(down.id, lines=[Line(item_id="d", quantity=1, unit_price=20)], because="x")
    crm.documents.invoice(order.id, subtype="final")

    with pytest.raises(StateMoveError, match="taken off by a final invoice"):
        crm.void(note, because="wrong invoice")


def test_a_cash_discount_is_void_with_its_payment_only(crm: Crm) -> None:
    paid = crm.documents.record_payment(an_issued_invoice(crm).id, amount=eur("98"), cash_discount=eur("2"))

    with pytest.raises(StateMoveError, match="booked with its payment: void that"):
        crm.void(crm.get(Document, str(paid.discount_document_id)), because="x")


def test_who_cancels_a_credit_note_is_told_what_takes_it_back(crm: Crm) -> None:
    note = crm.documents.issue_credit_note(an_issued_invoice(crm).id, because="x")

    with pytest.raises(StateMoveError, match=r"crm\.void\(\) takes it back"):
        crm.documents.cancel(note.id, because="wrong invoice")


@pytest.mark.parametrize("kind", ["quote", "order", "delivery_note"])
def test_what_else_was_issued_here_is_cancelled(crm: Crm, kind: str) -> None:
    quote = crm.documents.quote("C-17", lines=[Line(item_id="I-1", quantity=1, unit_price=100)])
    document = quote if kind == "quote" else crm.documents.order(quote.id)
    document = crm.documents.deliver(document.id) if kind == "delivery_note" else document

    crm.void(document, because="typo")

    stored = crm.get(Document, document.id)
    assert (stored.state, stored.reason, stored.voided_because) == ("cancelled", "typo", None)


def test_a_void_booking_gets_the_opposite_entry(crm: Crm) -> None:
    with_card(crm).add(an_invoice())
    wrong = crm.loyalty.redeem("C-17", amount=eur("4"))

    crm.void(wrong, because="other customer")

    entries = crm.loyalty.entries("C-17")
    assert [(entry.kind, str(entry.credit)) for entry in entries if entry.because or entry.kind == "redemption"] == [
        ("redemption", "-4.00 EUR"),
        ("cancellation", "4.00 EUR"),
    ]
    assert str(crm.loyalty.balance("C-17").credit) == "10.00 EUR"
    for entry in entries:
        if entry.kind != "invoice":
            with pytest.raises(StateMoveError, match="from 'voided'"):
                crm.void(entry, because="again")


def test_the_booking_of_an_invoice_is_void_with_the_invoice_only(crm: Crm) -> None:
    with_card(crm).add(an_invoice())
    (entry,) = crm.loyalty.entries("C-17")

    with pytest.raises(StateMoveError, match="booked for document R-2: void that"):
        crm.void(entry, because="x")


def test_a_return_can_be_booked_at_another_rate_once_its_entry_is_void(crm: Crm) -> None:
    with_card(crm).add(an_invoice("G-1", amount=50, kind="credit_note"))
    for rate in ("0.2", "0.3"):
        wrong = crm.loyalty.book("G-1", rate=rate)
        assert wrong is not None
        crm.void(wrong, because="wrong rate")

    right = crm.loyalty.book("G-1", rate="0.1")

    assert right == crm.loyalty.book("G-1", rate="0.1")
    assert str(crm.loyalty.balance("C-17").credit) == "-5.00 EUR"


def test_without_a_void_touch_the_next_one_is_the_first(crm: Crm) -> None:
    touches = [crm.campaigns.record_touch("C-17", channel=channel) for channel in ("email", "fair")]

    crm.void(touches[0], because="somebody else clicked")

    assert crm.campaigns.first_touch("C-17") == touches[1]
    assert crm.campaigns.touches("C-17") == (touches[1],)
    crm.void(touches[1], because="somebody else")
    assert crm.campaigns.first_touch("C-17") is None


def test_a_void_spend_costs_nothing(crm: Crm) -> None:
    crm.add(Campaign(id="F-1", name="fair"))
    action = PlannedAction(title="fair", period=Period.year(2026), campaign_id="F-1", budget=eur("500"))
    crm.add(MarketingPlan(id="P-1", name="2026", actions=[action]))
    spends = [crm.campaigns.record_spend("F-1", amount=eur(amount)) for amount in ("100", "30")]

    crm.void(spends[0], because="twice")

    assert crm.campaigns.cost("F-1") == {"EUR": eur("30")}
    assert [row.left for row in crm.campaigns.budget("P-1")] == [eur("470")]


def test_what_was_written_by_mistake_is_listed_no_more(crm: Crm) -> None:
    about = Ref("party", "C-17")
    note = crm.notes.write(about, text="x")
    file = crm.notes.attach(about, uri="dms:1", title="x", kind="offer")
    event = crm.notes.record_event("C-17", kind="move", text="x")

    for wrong in (note, file, event):
        crm.void(wrong, because="wrong customer")

    assert (crm.notes.notes_about(about), crm.notes.attachments_of(about), crm.notes.events_of("C-17")) == ((), (), ())


def test_a_void_departure_is_no_reason_for_leaving(crm: Crm) -> None:
    wrong = crm.parties.leave("C-17", because="price")

    crm.void(wrong, because="they did not leave")

    assert crm.parties.loss_reasons() == {}


MARKED = {
    "note": lambda crm: crm.notes.write(Ref("party", "C-17"), text="x"),
    "attachment": lambda crm: crm.notes.attach(Ref("party", "C-17"), uri="dms:1", title="x", kind="offer"),
    "event": lambda crm: crm.notes.record_event("C-17", kind="move", text="x"),
    "payment": lambda crm: crm.documents.record_payment("R-1", amount=eur("1")),
    "touch": lambda crm: crm.campaigns.record_touch("C-17", channel="email"),
    "spend": lambda crm: crm.campaigns.record_spend(None, amount=eur("1")),
    "rating": lambda crm: crm.cases.rate("C-17", kind="csat", score=5),
    "departure": lambda crm: crm.parties.leave("C-17", because="price"),
    "interaction": lambda crm: crm.record_interaction("C-17", kind="phone"),
    "document": lambda crm: crm.get(Document, "R-1"),
}


@pytest.mark.parametrize("kind", MARKED)
def test_what_is_void_stays_readable_with_its_reason_in_the_history(crm: Crm, history_of: HistoryOf, kind: str) -> None:
    wrong = MARKED[kind](crm)

    crm.void(wrong, because="it was wrong")

    assert crm.get(type(wrong), wrong.id).voided_because == "it was wrong"
    assert [(entry.verb, entry.summary) for entry in history_of() if entry.about == Ref(kind, wrong.id)][-1] == (
        "void",
        "void: it was wrong",
    )
    with pytest.raises(StateMoveError, match="cannot move from 'voided' to 'voided'"):
        crm.void(wrong, because="again")
    assert crm.check() == ()


def test_voiding_happens_once_for_a_key(crm: Crm) -> None:
    wrong = crm.notes.write(Ref("party", "C-17"), text="x")

    for _ in range(2):
        crm.void(wrong, because="typo", key="K")
    with pytest.raises(KeyReusedError):
        crm.void(wrong, because="other", key="K")


def test_what_is_not_stored_cannot_be_void(crm: Crm) -> None:
    for nothing in (an_invoice("R-99"), Rating(id="1", party_id="C-17", rated_on=DAY, kind="nps", score=1)):
        with pytest.raises(NotStoredError):
            crm.void(nothing, because="x")


def test_a_reason_is_needed(crm: Crm) -> None:
    with pytest.raises(InvalidValueError, match="because="):
        crm.void(crm.get(Document, "R-1"), because=" ")


@pytest.mark.parametrize(
    ("entity", "verb"),
    [
        (Appointment(id="1", start_at=WROTE, minutes=1, attendees="anna", subject="x"), "appointments.cancel"),
        (Contract(id="1", party_id="C-17", title="x", starts_on=DAY), "contracts.cancel"),
        (Recall(id="1", party_id="C-17", due_on=DAY), "contact.cancel_recall"),
        (FollowUp(id="1", about=Ref("party", "C-17"), due_on=DAY, note="x"), "tasks.complete_follow_up"),
        (Party(id="C-17", name="x", created_on=DAY), "parties.deactivate"),
    ],
    ids=lambda value: type(value).__name__ if attrs.has(type(value)) else str(value),
)
def test_what_ends_by_a_verb_of_its_own_is_refused_with_its_name(crm: Crm, entity: Any, verb: str) -> None:
    with pytest.raises(InvalidValueError, match=rf"there is crm\.{verb}\(\)"):
        crm.void(entity, because="x")


@pytest.mark.parametrize(
    "entity",
    [
        Note(id="1", about=Ref("party", "C-17"), text="x", written_at=WROTE),
        Attachment(id="1", about=Ref("party", "C-17"), uri="dms:1", title="x", kind="offer", written_at=WROTE),
        Event(id="1", party_id="C-17", kind="move", text="x", happened_at=WROTE),
    ],
    ids=lambda entity: type(entity).__name__,
)
class TestNotesChange:
    def test_what_is_written_can_be_changed(self, crm: Crm, history_of: HistoryOf, entity: Any) -> None:
        crm.add(entity)

        changed = crm.change(attrs.evolve(crm.get(type(entity), "1"), kind="other"))

        assert crm.get(type(entity), "1") == changed
        assert (changed.kind, history_of()[-1].verb) == ("other", "change")

    def test_it_stays_where_it_is(self, crm: Crm, entity: Any) -> None:
        crm.add(entity, Party(id="C-18", name="x", created_on=DAY))

        with pytest.raises(InvalidValueError, match="changes by a verb of its own"):
            crm.change(attrs.evolve(crm.get(type(entity), "1"), party_id="C-18"))
        with pytest.raises(InvalidValueError, match="changes by a verb of its own"):
            crm.change(attrs.evolve(crm.get(type(entity), "1"), voided_because="x"))

    def test_what_is_void_is_changed_no_more(self, crm: Crm, entity: Any) -> None:
        crm.add(entity)
        crm.void(entity, because="typo")

        with pytest.raises(StateMoveError, match="from 'voided' to 'changed'"):
            crm.change(attrs.evolve(crm.get(type(entity), "1"), kind="other"))


def test_only_a_cancelled_document_can_be_void() -> None:
    with pytest.raises(InvalidValueError, match="'cancelled' for a void document"):
        an_invoice(voided_because="x")


def test_a_document_that_was_paid_keeps_its_currency(crm: Crm) -> None:
    crm.documents.record_payment("R-1", amount=eur("5"))

    with pytest.raises(InvalidValueError, match="in which it was paid"):
        crm.change(attrs.evolve(crm.get(Document, "R-1"), currency="USD"))


def test_a_number_is_not_changed_to_one_that_another_document_has(crm: Crm) -> None:
    crm.add(an_invoice(number="2025-7"), an_invoice("A-1", kind="order", number="2025-7"))

    with pytest.raises(InvalidValueError, match="no other invoice"):
        crm.change(attrs.evolve(crm.get(Document, "R-1"), number="2025-7"))
    with pytest.raises(InvalidValueError, match="no other invoice"):
        crm.add(an_invoice("R-8", number="8"), an_invoice("R-9", number="8"))


def test_whoever_has_documents_of_sales_stays_a_customer(crm: Crm) -> None:
    with pytest.raises(InvalidValueError, match="roles with 'customer'"):
        crm.change(attrs.evolve(crm.get(Party, "C-17"), roles="lead"))


def test_a_recall_stays_with_its_party(crm: Crm) -> None:
    recall = crm.contact.recall("C-17", on=date(2026, 1, 5))

    with pytest.raises(InvalidValueError, match="changes by a verb of its own"):
        crm.change(attrs.evolve(recall, done_by_id="x"))


def test_void_records_are_in_the_export(crm: Crm) -> None:
    wrong = crm.cases.rate("C-17", kind="csat", score=5, comment="x")
    crm.void(wrong, because="twice")

    assert crm.export()["records"]["rating"][0]["voided_because"] == "twice"  # type: ignore[index, call-overload]
