"""Documents: each made of the one before, whole or in part, and never by more than it was (rule 27)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmkit import Crm, Money, Scope, Settings, days
from crmkit.entities import Address, Conditions, Document, Line, NumberFormat, OrderedItem, Party
from crmkit.errors import InvalidValueError, NotStoredError, StateMoveError

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit.store import Store
    from tests.desks.conftest import Clock, HistoryOf


def a_line(item_id: str = "I-1", quantity: int | str = 10, **fields: Any) -> Line:
    return Line(**{"item_id": item_id, "quantity": quantity, "unit_price": 100, "unit_cost": 60, "tax_ratio": "0.19"} | fields)


def an_order(crm: Crm, *lines: Line) -> Document:
    return crm.documents.order(crm.documents.quote("C-17", lines=lines or [a_line()]).id)


def quantities(document: Document) -> list[tuple[str, int]]:
    return [(line.item_id, int(line.quantity)) for line in document.lines]


def open_of(crm: Crm, document: Document, to: Any) -> list[int]:
    return [int(line.quantity) for line in crm.documents.open_lines(document.id, to=to)]


def test_each_document_knows_its_predecessor_from_the_quote_to_the_credit_note(crm: Crm) -> None:
    quote = crm.documents.quote("C-17", lines=[a_line()])
    order = crm.documents.order(quote.id)
    note = crm.documents.deliver(order.id)
    invoice = crm.documents.invoice(note.id)
    credit = crm.documents.issue_credit_note(invoice.id, because="returned")

    chain = [quote, order, note, invoice, credit]
    assert [document.kind for document in chain] == ["quote", "order", "delivery_note", "invoice", "credit_note"]
    assert [document.predecessor_id for document in chain] == [None, quote.id, order.id, note.id, invoice.id]
    assert {document.net() for document in chain} == {Money.of(1000, "EUR")}
    assert [crm.get(Document, document.id) for document in chain[1:]] == chain[1:]
    assert (credit.reason, credit.salesperson_id, credit.issued_on) == ("returned", "anna", date(2026, 1, 1))


def test_the_first_quote_makes_a_lead_a_customer_who_keeps_the_id(crm: Crm, history_of: HistoryOf) -> None:
    crm.add(Party(id="L-1", name="Meier", created_on=date(2026, 1, 1)))

    crm.documents.quote("L-1", lines=[a_line()])

    assert crm.get(Party, "L-1").roles == {"customer"}
    assert [(entry.verb, entry.about.kind) for entry in history_of() if entry.party_id == "L-1" and entry.verb != "add"] == [
        ("documents.quote", "party"),
        ("documents.quote", "document"),
    ]


@pytest.mark.parametrize("kind", ["quote", "order", "delivery_note", "invoice", "credit_note"])
def test_the_first_document_of_each_kind_of_sale_makes_a_customer(crm: Crm, kind: Any) -> None:
    crm.add(Party(id="L-1", name="Meier", created_on=date(2026, 1, 1)))
    crm.add(Document(id="D-1", kind=kind, party_id="L-1", issued_on=date(2026, 1, 1), lines=[]))

    assert crm.get(Party, "L-1").roles == {"customer"}


def test_a_document_keeps_name_addresses_and_conditions_as_they_were(crm: Crm) -> None:
    party = crm.get(Party, "C-17")
    billing, delivery = Address(kind="billing", city="Berlin"), Address(kind="delivery", city="Kiel")
    crm.change(attrs.evolve(party, addresses=[delivery, billing], conditions=Conditions(payment_days=14)))
    quote = crm.documents.quote("C-17", lines=[a_line()])

    crm.change(attrs.evolve(crm.get(Party, "C-17"), name="Müller AG", addresses=[], conditions=None, language="en"))

    order = crm.documents.order(quote.id)
    for document in (quote, order):
        assert (document.recipient, document.billing_address, document.delivery_address) == ("Müller GmbH", billing, delivery)
        assert (document.conditions, document.language) == (Conditions(payment_days=14), "de")
    assert crm.documents.quote("C-17", lines=[a_line()]).recipient == "Müller AG"


@pytest.mark.parametrize(("quantity", "accepted"), [(3, True), (4, True), (5, False)])
def test_no_more_is_delivered_than_is_open(crm: Crm, quantity: int, accepted: bool) -> None:
    order = an_order(crm)
    crm.documents.deliver(order.id, lines=[a_line(quantity=6)])

    if accepted:
        crm.documents.deliver(order.id, lines=[a_line(quantity=quantity)])
        assert sum(open_of(crm, order, "delivery_note")) == 4 - quantity
    else:
        with pytest.raises(InvalidValueError, match="at most 4 piece"):
            crm.documents.deliver(order.id, lines=[a_line(quantity=quantity)])


@pytest.mark.parametrize("verb", ["order", "deliver", "invoice"])
def test_more_goes_through_only_where_the_line_says_that_it_is_additional(crm: Crm, verb: str) -> None:
    before = crm.documents.quote("C-17", lines=[a_line()]) if verb == "order" else an_order(crm)
    make = getattr(crm.documents, verb)

    with pytest.raises(InvalidValueError, match="additional=True"):
        make(before.id, lines=[a_line("I-2", 1)])

    assert quantities(make(before.id, lines=[a_line(), a_line("I-2", 1, additional=True)])) == [("I-1", 10), ("I-2", 1)]
    with pytest.raises(StateMoveError, match="wholly"):
        make(before.id)


def test_without_lines_all_that_is_still_open_is_taken(crm: Crm) -> None:
    order = an_order(crm, a_line(), a_line("I-2", 5))
    crm.documents.deliver(order.id, lines=[a_line(quantity=4), a_line("I-2", 5)])

    assert quantities(crm.documents.deliver(order.id)) == [("I-1", 6)]
    assert open_of(crm, order, "delivery_note") == []
    with pytest.raises(StateMoveError, match="wholly delivered"):
        crm.documents.deliver(order.id)


def test_two_lines_of_one_item_are_told_apart_by_their_place(crm: Crm) -> None:
    order = an_order(crm, a_line(quantity=2), a_line(quantity=3, unit_price=90))

    crm.documents.deliver(order.id, lines=[a_line(quantity=3, predecessor_line=2)])
    assert [(line.quantity, line.unit_price) for line in crm.documents.open_lines(order.id, to="delivery_note")] == [
        (Decimal(2), Decimal(100))
    ]
    with pytest.raises(InvalidValueError, match="at most 0"):
        crm.documents.deliver(order.id, lines=[a_line(quantity=1, predecessor_line=2)])


def test_a_line_over_several_lines_of_the_order_is_split(crm: Crm) -> None:
    order = an_order(crm, a_line(quantity=2), a_line(quantity=3))

    note = crm.documents.deliver(order.id, lines=[a_line(quantity=4)])

    assert [(line.quantity, line.predecessor_line) for line in note.lines] == [(Decimal(2), 1), (Decimal(2), 2)]


def test_lines_that_are_given_together_do_not_exceed_what_is_open_either(crm: Crm) -> None:
    order = an_order(crm)

    crm.documents.deliver(order.id, lines=[a_line(quantity=4), a_line(quantity=2)])
    with pytest.raises(InvalidValueError, match="at most 1 piece"):
        crm.documents.deliver(order.id, lines=[a_line(quantity=3), a_line(quantity=2)])


def test_what_the_host_delivered_counts_by_item_and_unit(crm: Crm) -> None:
    order = an_order(crm)
    for number, unit in enumerate(("piece", "box")):
        note = Document(
            id=f"L-{number}",
            kind="delivery_note",
            party_id="C-17",
            issued_on=date(2026, 1, 1),
            predecessor_id=order.id,
            lines=[a_line(quantity=3, unit=unit)],
        )
        crm.add(note)

    assert open_of(crm, order, "delivery_note") == [7]


def test_what_was_delivered_is_invoiced_once_whether_from_the_delivery_note_or_from_the_order(crm: Crm) -> None:
    order = an_order(crm)
    first = crm.documents.deliver(order.id, lines=[a_line(quantity=4)])
    second = crm.documents.deliver(order.id)
    crm.documents.invoice(order.id, lines=[a_line(quantity=5)])

    assert quantities(crm.documents.invoice(first.id)) == [("I-1", 4)]
    assert open_of(crm, order, "invoice") == [1]
    assert quantities(crm.documents.invoice(second.id)) == [("I-1", 1)]
    assert open_of(crm, order, "invoice") == open_of(crm, second, "invoice") == []


def test_an_additional_delivery_can_be_invoiced_beyond_the_order(crm: Crm) -> None:
    order = an_order(crm)
    note = crm.documents.deliver(order.id, lines=[a_line(), a_line(quantity=2, additional=True)])

    assert quantities(crm.documents.invoice(note.id)) == [("I-1", 10), ("I-1", 2)]


def test_unknown_cost_and_group_come_from_the_line_before(crm: Crm) -> None:
    order = an_order(crm, a_line(item_group="screws"))

    (line,) = crm.documents.invoice(order.id, lines=[a_line(quantity=1, unit_cost=None)]).lines

    assert (line.unit_cost, line.item_group) == (Decimal(60), "screws")


def test_an_order_accepts_its_quote(crm: Crm) -> None:
    quote = crm.documents.quote("C-17", lines=[a_line()])
    crm.documents.order(quote.id, lines=[a_line(quantity=1)])

    stored = crm.get(Document, quote.id)
    assert (stored.state, stored.decided_on, stored.accepted_by) == ("accepted", date(2026, 1, 1), None)


def test_a_quote_is_accepted_by_someone_on_a_day(crm: Crm, clock: Clock) -> None:
    quote = crm.documents.quote("C-17", lines=[a_line()])
    clock.move_to(date(2026, 1, 5))

    accepted = crm.documents.accept(quote.id, by="P-1", at=datetime(2026, 1, 3, 9, tzinfo=UTC))

    assert (accepted.state, accepted.accepted_by, accepted.decided_on) == ("accepted", "P-1", date(2026, 1, 3))


@pytest.mark.parametrize(("day", "accepted"), [(14, True), (15, True), (16, False)])
@pytest.mark.parametrize("verb", ["accept", "order"])
def test_a_quote_is_valid_up_to_its_last_day(crm: Crm, clock: Clock, day: int, accepted: bool, verb: str) -> None:
    quote = crm.documents.quote("C-17", lines=[a_line()], valid_until=date(2026, 1, 15))
    clock.move_to(date(2026, 1, day))

    if accepted:
        getattr(crm.documents, verb)(quote.id)
    else:
        with pytest.raises(InvalidValueError, match="revise the quote"):
            getattr(crm.documents, verb)(quote.id)


def test_a_quote_is_lost_with_a_reason(crm: Crm) -> None:
    quote = crm.documents.quote("C-17", lines=[a_line()])

    lost = crm.documents.lose(quote.id, because="price")

    assert (lost.state, lost.reason, lost.decided_on) == ("lost", "price", date(2026, 1, 1))
    for verb in (crm.documents.order, crm.documents.accept, crm.documents.invoice):
        with pytest.raises(StateMoveError, match="from 'lost'"):
            verb(quote.id)


def test_of_the_revisions_of_a_quote_only_the_latest_counts(crm: Crm) -> None:
    first = crm.documents.quote("C-17", lines=[a_line()], number="A-1")
    second = crm.documents.revise(first.id, lines=[a_line(quantity=8)])
    third = crm.documents.revise(second.id, lines=[a_line(quantity=9)])

    assert [crm.get(Document, quote.id).state for quote in (first, second, third)] == ["superseded", "superseded", "open"]
    assert [(quote.number, quote.revision, quote.revision_of) for quote in (second, third)] == [
        ("A-1-2", 2, first.id),
        ("A-1-3", 3, second.id),
    ]
    with pytest.raises(StateMoveError, match="from 'superseded'"):
        crm.documents.order(first.id)
    with pytest.raises(StateMoveError, match="from 'superseded'"):
        crm.documents.revise(first.id, lines=[a_line()])
    crm.documents.order(third.id)
    with pytest.raises(StateMoveError, match="followed by order"):
        crm.documents.revise(third.id, lines=[a_line()])


def test_a_cancelled_document_uses_nothing_up(crm: Crm) -> None:
    order = an_order(crm)
    note = crm.documents.deliver(order.id)

    with pytest.raises(StateMoveError, match="followed by delivery_note"):
        crm.documents.cancel(order.id, because="mistake")
    assert crm.documents.cancel(note.id, because="mistake").state == "cancelled"
    assert open_of(crm, order, "delivery_note") == [10]
    assert crm.documents.cancel(order.id, because="mistake").state == "cancelled"
    with pytest.raises(StateMoveError, match="from 'cancelled'"):
        crm.documents.deliver(order.id)


def test_an_invoice_is_cancelled_by_a_document_of_its_own_and_can_be_issued_anew(crm: Crm) -> None:
    order = an_order(crm)
    note = crm.documents.deliver(order.id)
    invoice = crm.documents.invoice(note.id)

    reversal = crm.documents.cancel(invoice.id, because="wrong address")

    assert (reversal.kind, reversal.subtype, reversal.predecessor_id, reversal.gross()) == (
        "credit_note",
        "cancellation",
        invoice.id,
        invoice.gross(),
    )
    assert crm.get(Document, invoice.id) == invoice
    assert open_of(crm, note, "invoice") == open_of(crm, order, "invoice") == [10]
    assert crm.documents.invoice(note.id).net() == invoice.net()
    with pytest.raises(StateMoveError, match="wholly credited"):
        crm.documents.cancel(invoice.id, because="again")
    with pytest.raises(StateMoveError):
        crm.documents.cancel(reversal.id, because="again")


def test_a_return_does_not_open_the_order_again(crm: Crm) -> None:
    order = an_order(crm)
    crm.documents.issue_credit_note(crm.documents.invoice(order.id).id, because="returned")

    assert open_of(crm, order, "invoice") == []


def test_a_delivery_block_keeps_goods_back(crm: Crm) -> None:
    order = an_order(crm)
    crm.change(attrs.evolve(crm.get(Party, "C-17"), blocks="delivery"))

    with pytest.raises(InvalidValueError, match="without a delivery block"):
        crm.documents.deliver(order.id)
    crm.documents.invoice(order.id)


@pytest.mark.parametrize(("verb", "kind"), [("order", "order"), ("deliver", "quote"), ("deliver", "invoice"), ("invoice", "invoice")])
def test_a_document_is_made_only_of_what_comes_before_it(crm: Crm, verb: str, kind: Any) -> None:
    crm.add(Document(id="D-1", kind=kind, party_id="C-17", issued_on=date(2026, 1, 1), lines=[a_line()]))

    with pytest.raises(InvalidValueError, match="can be made"):
        getattr(crm.documents, verb)("D-1")


def test_only_an_invoice_can_be_credited(crm: Crm) -> None:
    with pytest.raises(InvalidValueError, match="an invoice that counts"):
        crm.documents.issue_credit_note(an_order(crm).id, because="x")


def test_nothing_is_made_of_nothing(crm: Crm) -> None:
    with pytest.raises(NotStoredError):
        crm.documents.quote("C-99", lines=[a_line()])
    with pytest.raises(NotStoredError):
        crm.documents.order("Q-99")


def test_with_a_key_a_document_is_made_once(crm: Crm) -> None:
    order = an_order(crm)

    assert crm.documents.invoice(order.id, key="k") == crm.documents.invoice(order.id, key="k")


def test_a_change_keeps_to_the_moves_and_to_what_was_built_on(crm: Crm) -> None:
    quote = crm.documents.quote("C-17", lines=[a_line()])
    changed = crm.change(attrs.evolve(quote, lines=[a_line(quantity=9)]))
    crm.documents.order(quote.id)
    stored = crm.get(Document, quote.id)

    assert changed.lines[0].quantity == 9
    with pytest.raises(InvalidValueError, match="another document came from it"):
        crm.change(attrs.evolve(stored, lines=[a_line()]))
    with pytest.raises(InvalidValueError, match="a verb of its own"):
        crm.change(attrs.evolve(stored, kind="invoice"))
    with pytest.raises(StateMoveError):
        crm.change(attrs.evolve(stored, state="lost"))
    assert crm.change(attrs.evolve(stored, valid_until=date(2026, 2, 1))).valid_until == date(2026, 2, 1)


@pytest.mark.parametrize(
    "fields",
    [{"lines": [a_line(quantity=9)]}, {"number": "4711"}, {"issued_on": date(2020, 1, 1)}, {"state": "cancelled"}, {"currency": "CHF"}],
    ids=lambda fields: next(iter(fields)),
)
def test_an_invoice_that_was_issued_here_is_never_changed(crm: Crm, fields: dict[str, Any]) -> None:
    invoice = crm.documents.invoice(an_order(crm).id)

    with pytest.raises(InvalidValueError, match="what was issued"):
        crm.change(attrs.evolve(invoice, **fields))
    assert crm.get(Document, invoice.id) == invoice


def test_open_quotes_with_a_last_day_are_planned_in_the_timeline(crm: Crm) -> None:
    quote = crm.documents.quote("C-17", lines=[a_line()], valid_until=date(2026, 2, 1))
    assert [entry.about.id for entry in crm.timeline("C-17").entries if entry.planned] == [quote.id]

    crm.documents.lose(quote.id, because="price")
    assert [entry for entry in crm.timeline("C-17").entries if entry.planned] == []


def test_whoever_has_quotes_and_no_order_only_asks_for_quotes(crm: Crm) -> None:
    crm.add(Party(id="L-1", name="Meier", created_on=date(2026, 1, 1)))
    assert not crm.documents.asks_only_for_quotes("L-1")

    quote = crm.documents.quote("L-1", lines=[a_line()])
    assert crm.documents.asks_only_for_quotes("L-1")

    order = crm.documents.order(quote.id)
    assert not crm.documents.asks_only_for_quotes("L-1")

    crm.documents.cancel(order.id, because="mistake")
    assert crm.documents.asks_only_for_quotes("L-1")


def test_a_supplier_is_asked_and_ordered_from_and_is_no_customer_thereby(crm: Crm) -> None:
    crm.add(Party(id="S-1", name="Stahl AG", created_on=date(2026, 1, 1), roles="partner"))

    request = crm.purchases.request("S-1", lines=[a_line()])
    order = crm.purchases.order_requested(request.id, lines=[a_line(quantity=4)])
    crm.purchases.order("S-1", lines=[a_line("I-9", 1)])

    assert crm.get(Party, "S-1").roles == {"partner", "supplier"}
    assert (request.kind, order.kind, order.predecessor_id) == ("request_for_quotation", "purchase_order", request.id)
    assert open_of(crm, request, "purchase_order") == [6]
    with pytest.raises(InvalidValueError, match="at most 6"):
        crm.purchases.order_requested(request.id, lines=[a_line(quantity=7)])


def test_an_interaction_about_a_document_takes_its_party_over(crm: Crm) -> None:
    quote = crm.documents.quote("C-17", lines=[a_line()])

    interaction = crm.record_interaction(document_id=quote.id, kind="phone", recall=days(7))

    assert (interaction.party_id, interaction.document_id, interaction.employee_id) == ("C-17", quote.id, "anna")


def test_the_quantity_of_a_line_may_have_decimals(crm: Crm) -> None:
    order = an_order(crm, a_line(quantity="2.5", unit="kg"))
    crm.documents.deliver(order.id, lines=[a_line(quantity="0.75", unit="kg")])

    assert [line.quantity for line in crm.documents.open_lines(order.id, to="delivery_note")] == [Decimal("1.75")]


def test_quotes_are_listed_by_what_became_of_them(crm: Crm, clock: Clock) -> None:
    crm.add(Party(id="C-18", name="Meier", created_on=date(2026, 1, 1)))
    first, accepted, lost, other = (crm.documents.quote(party, lines=[a_line()]) for party in ("C-17", "C-17", "C-17", "C-18"))
    crm.documents.accept(accepted.id)
    crm.documents.lose(lost.id, because="price")
    clock.move_to(date(2026, 1, 2))
    newest = crm.documents.revise(first.id, lines=[a_line(quantity=2)])

    def listed(**fields: Any) -> list[str]:
        return [quote.id for quote in crm.documents.quotes(**fields)]

    assert listed() == [newest.id, other.id]
    assert listed(limit=1) == [newest.id]
    assert (listed(state="accepted"), listed(state="lost"), listed(state="superseded")) == ([accepted.id], [lost.id], [first.id])
    assert listed(party_id="C-18", state=None) == [other.id]
    with pytest.raises(InvalidValueError):
        crm.documents.quotes(state="gone")  # type: ignore[arg-type]
    with pytest.raises(NotStoredError):
        crm.documents.quotes(party_id="C-99")


@pytest.mark.parametrize("first", ["predecessor", "successor"])
def test_a_document_of_the_host_is_in_the_currency_of_its_predecessor(crm: Crm, first: str) -> None:
    order = Document(id="A-8", kind="order", party_id="C-17", issued_on=date(2026, 1, 1), lines=[])
    invoice = attrs.evolve(order, id="R-8", kind="invoice", predecessor_id="A-8", currency="USD")
    one, other = (order, invoice) if first == "predecessor" else (invoice, order)
    crm.add(one)

    with pytest.raises(InvalidValueError, match="currency"):
        crm.add(other)
    crm.add(attrs.evolve(other, currency=one.currency))
    with pytest.raises(InvalidValueError, match="currency"):
        crm.change(attrs.evolve(crm.get(Document, "R-8"), currency="JPY"))
    assert crm.check() == ()


def a_pair(**fields: Any) -> tuple[Document, Document]:
    invoice = Document(id="R-8", kind="invoice", party_id="C-17", issued_on=date(2026, 1, 1), lines=[a_line()])
    return invoice, attrs.evolve(invoice, **{"id": "G-8", "kind": "credit_note", "predecessor_id": "R-8"} | fields)


@pytest.mark.parametrize("kind", ["credit_note", "invoice"])
@pytest.mark.parametrize("order", [["R-8", "G-8"], ["G-8", "R-8"], ["both"]])
def test_what_takes_an_invoice_back_is_of_its_party(crm: Crm, kind: str, order: list[str]) -> None:
    crm.add(Party(id="C-18", name="Sister", created_on=date(2025, 6, 1), parent_id="C-17"))
    invoice, note = a_pair(party_id="C-18", kind=kind, subtype="cancellation")
    steps = [[invoice, note]] if order == ["both"] else [[{"R-8": invoice, "G-8": note}[id]] for id in order]
    for step in steps[:-1]:
        crm.add(*step)

    with pytest.raises(InvalidValueError, match="an invoice of 'C-18'; this one is of 'C-17'"):
        crm.add(*steps[-1])
    assert crm.check() == ()


def test_what_takes_an_invoice_back_may_name_a_party_that_was_merged_into_its_own(crm: Crm) -> None:
    crm.add(Party(id="L-1", name="Lead", created_on=date(2025, 6, 1)))
    crm.parties.convert_lead("L-1", into="C-17")
    invoice, note = a_pair(party_id="L-1")
    crm.add(invoice)

    crm.add(note)

    assert crm.get(Document, "G-8").party_id == "C-17"


@pytest.mark.parametrize("kind", ["quote", "order", "delivery_note", "credit_note"])
def test_a_credit_note_of_the_host_is_one_of_an_invoice_or_of_nothing(crm: Crm, kind: Any) -> None:
    before, note = a_pair()
    crm.add(attrs.evolve(before, kind=kind))

    with pytest.raises(InvalidValueError, match="an invoice, or None"):
        crm.add(note)
    crm.add(attrs.evolve(note, predecessor_id=None))


MADE_OF_LINES: dict[str, Callable[[Crm, Any], object]] = {
    "documents.quote": lambda crm, lines: crm.documents.quote("C-17", lines=lines),
    "documents.revise": lambda crm, lines: crm.documents.revise(a_stored(crm, "quote").id, lines=lines),
    "documents.order": lambda crm, lines: crm.documents.order(a_stored(crm, "quote").id, lines=lines),
    "documents.deliver": lambda crm, lines: crm.documents.deliver(a_stored(crm, "order").id, lines=lines),
    "documents.invoice": lambda crm, lines: crm.documents.invoice(a_stored(crm, "order").id, lines=lines),
    "documents.issue_credit_note": lambda crm, lines: crm.documents.issue_credit_note("R-1", lines=lines, because="x"),
    "purchases.request": lambda crm, lines: crm.purchases.request("C-17", lines=lines),
    "purchases.order": lambda crm, lines: crm.purchases.order("C-17", lines=lines),
    "purchases.order_requested": lambda crm, lines: crm.purchases.order_requested(a_stored(crm, "request_for_quotation").id, lines=lines),
    "opportunities.open": lambda crm, lines: crm.opportunities.open("C-17", title="x", lines=lines),
}


def a_stored(crm: Crm, kind: Any) -> Document:
    document = Document(id="D-8", kind=kind, party_id="C-17", issued_on=date(2026, 1, 1), lines=[a_line()])
    crm.add(document)
    return document


@pytest.mark.parametrize("verb", sorted(MADE_OF_LINES.keys() - {"opportunities.open"}))
@pytest.mark.parametrize("empty", [[], ()])
def test_no_document_is_empty(crm: Crm, verb: str, empty: Any) -> None:
    with pytest.raises(InvalidValueError, match="at least one line"):
        MADE_OF_LINES[verb](crm, empty)


@pytest.mark.parametrize("verb", MADE_OF_LINES)
@pytest.mark.parametrize("wrong", [a_line(), [None], [a_line(), "I-1"], "I-1", 7])
def test_what_is_no_list_of_lines_is_refused_by_name(crm: Crm, verb: str, wrong: Any) -> None:
    with pytest.raises(InvalidValueError, match="lines"):
        MADE_OF_LINES[verb](crm, wrong)


@pytest.mark.parametrize("wrong", [OrderedItem(item_id="I-1", quantity=1), [None], 7])
def test_what_is_no_list_of_items_is_refused_by_name(crm: Crm, wrong: Any) -> None:
    with pytest.raises(InvalidValueError, match="items"):
        crm.portal("C-17").order(wrong)


@pytest.mark.usefixtures("crm")
def test_an_empty_document_uses_no_number_up(store: Store, clock: Clock) -> None:
    settings = Settings(numbers={"quote": NumberFormat("Q-{count}")})
    numbered = Crm(store, scope=Scope(tenant="acme", actor="anna"), settings=settings, clock=clock)

    with pytest.raises(InvalidValueError):
        numbered.documents.quote("C-17", lines=[])
    assert numbered.documents.quote("C-17", lines=[a_line()]).number == "Q-1"


@pytest.mark.parametrize(("day", "accepted"), [(date(2025, 12, 31), False), (date(2026, 1, 1), True), (date(2026, 1, 2), True)])
@pytest.mark.parametrize("verb", ["quote", "revise"])
def test_a_quote_is_valid_on_its_own_day_at_least(crm: Crm, verb: str, day: date, accepted: bool) -> None:
    subject = "C-17" if verb == "quote" else a_stored(crm, "quote").id

    if accepted:
        assert getattr(crm.documents, verb)(subject, lines=[a_line()], valid_until=day).valid_until == day
    else:
        with pytest.raises(InvalidValueError, match="from 2026-01-01 on"):
            getattr(crm.documents, verb)(subject, lines=[a_line()], valid_until=day)


def test_an_order_that_was_accepted_from_the_portal_was_issued_here(crm: Crm) -> None:
    request = crm.portal("C-17").order([OrderedItem(item_id="I-1", quantity=1)])
    order = crm.get(Document, str(crm.requests.accept(request.id, lines=[a_line()]).document_id))

    crm.void(order, because="x")

    void = crm.get(Document, order.id)
    assert (void.state, void.voided_because) == ("cancelled", None)
