"""One invoice for several documents of a party: each is invoiced once, whichever way."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmkit import Crm, Money, Scope
from crmkit.entities import Document, Line, Party
from crmkit.errors import InvalidValueError, StateMoveError
from crmkit.persistence import MemoryStore

if TYPE_CHECKING:
    from tests.desks.conftest import HistoryOf


def a_line(item_id: str = "I-1", quantity: int = 10, **fields: Any) -> Line:
    usual: dict[str, Any] = {"item_id": item_id, "quantity": quantity, "unit_price": 100, "unit_cost": 60, "tax_ratio": "0.19"}
    return Line(**usual | fields)


def a_note(crm: Crm, *lines: Line, party_id: str = "C-17") -> Document:
    return crm.documents.deliver(crm.documents.order(crm.documents.quote(party_id, lines=lines or [a_line()]).id).id)


def open_of(crm: Crm, document: Document, to: Any) -> list[int]:
    return [int(line.quantity) for line in crm.documents.open_lines(document.id, to=to)]


def test_several_delivery_notes_become_one_invoice(crm: Crm, history_of: HistoryOf) -> None:
    notes = [a_note(crm), a_note(crm, a_line("I-2", 3), a_line("I-1", 1))]

    invoice = crm.documents.invoice([note.id for note in notes])

    assert [(line.item_id, int(line.quantity)) for line in invoice.lines] == [("I-1", 10), ("I-2", 3), ("I-1", 1)]
    assert invoice.predecessor_ids == tuple(note.id for note in notes)
    assert (invoice.net(), crm.get(Document, invoice.id)) == (Money.of(1400, "EUR"), invoice)
    assert [open_of(crm, note, "invoice") for note in notes] == [[], []]
    assert [entry.summary for entry in history_of() if entry.about.id == invoice.id] == [f"invoice {invoice.id}, 1400.00 EUR"]
    assert crm.check() == ()


def test_the_delivery_notes_of_one_order_use_it_up(crm: Crm) -> None:
    order = crm.documents.order(crm.documents.quote("C-17", lines=[a_line()]).id)
    notes = [crm.documents.deliver(order.id, lines=[a_line(quantity=quantity)]) for quantity in (4, 3)]

    crm.documents.invoice([note.id for note in notes])

    assert open_of(crm, order, "invoice") == [3]
    with pytest.raises(StateMoveError):
        crm.documents.invoice(notes[1].id)


def test_quotes_and_orders_can_be_invoiced_together_and_the_quotes_are_accepted(crm: Crm) -> None:
    quote = crm.documents.quote("C-17", lines=[a_line("I-2")])
    order = crm.documents.order(crm.documents.quote("C-17", lines=[a_line()]).id)

    crm.documents.invoice([order.id, quote.id])

    assert crm.get(Document, quote.id).state == "accepted"
    assert (open_of(crm, quote, "order"), open_of(crm, order, "invoice")) == ([], [])


@pytest.mark.parametrize("turned", [False, True], ids=["order first", "note first"])
def test_an_order_and_its_delivery_note_are_not_invoiced_twice(crm: Crm, *, turned: bool) -> None:
    order = crm.documents.order(crm.documents.quote("C-17", lines=[a_line()]).id)
    ids = [order.id, crm.documents.deliver(order.id).id]

    with pytest.raises(StateMoveError, match="wholly invoiced"):
        crm.documents.invoice(ids[::-1] if turned else ids)


def test_what_was_invoiced_from_the_order_is_not_invoiced_from_its_notes_again(crm: Crm) -> None:
    order = crm.documents.order(crm.documents.quote("C-17", lines=[a_line()]).id)
    crm.documents.invoice(order.id, lines=[a_line(quantity=5)])
    notes = [crm.documents.deliver(order.id, lines=[a_line(quantity=quantity)]) for quantity in (4, 6)]

    invoice = crm.documents.invoice([note.id for note in notes])

    assert [int(line.quantity) for line in invoice.lines] == [4, 1]


def test_a_credit_note_takes_a_collective_invoice_back_to_the_last_cent(crm: Crm) -> None:
    notes = [a_note(crm), a_note(crm, a_line("I-2", 3))]
    invoice = crm.documents.invoice([note.id for note in notes])

    part = crm.documents.issue_credit_note(invoice.id, lines=[a_line("I-2", 1)], because="broken")
    rest = crm.documents.issue_credit_note(invoice.id, because="returned")

    assert (part.net() + rest.net(), part.tax() + rest.tax()) == (invoice.net(), invoice.tax())
    assert [open_of(crm, note, "invoice") for note in notes] == [[], []]
    assert crm.documents.open_items("C-17")[0].document_id == "R-1"


def test_a_cancelled_collective_invoice_can_be_written_anew(crm: Crm) -> None:
    notes = [a_note(crm), a_note(crm, a_line("I-2", 3))]
    first = crm.documents.invoice([note.id for note in notes])

    crm.documents.cancel(first.id, because="wrong address")

    assert [open_of(crm, note, "invoice") for note in notes] == [[10], [3]]
    assert crm.documents.invoice([note.id for note in notes]).net() == first.net()


def test_a_note_in_a_collective_invoice_cannot_be_cancelled(crm: Crm) -> None:
    notes = [a_note(crm), a_note(crm)]
    crm.documents.invoice([note.id for note in notes])

    for note in notes:
        with pytest.raises(StateMoveError, match="followed by invoice"):
            crm.documents.cancel(note.id, because="x")


def test_the_host_s_number_and_totals_win(crm: Crm) -> None:
    notes = [a_note(crm), a_note(crm)]

    assert crm.documents.invoice([note.id for note in notes], number="4711").number == "4711"


def test_documents_of_two_parties_or_currencies_are_refused(crm: Crm) -> None:
    crm.add(Party(id="C-18", name="Meier", created_on=date(2026, 1, 1)))
    francs = crm.documents.quote("C-17", lines=[a_line()], currency="CHF")

    for other in (a_note(crm, party_id="C-18"), francs):
        with pytest.raises(InvalidValueError, match="documents of one party in one currency"):
            crm.documents.invoice([a_note(crm).id, other.id])


def test_a_collective_invoice_is_whole_and_normal(crm: Crm) -> None:
    ids = [a_note(crm).id, a_note(crm).id]

    wrong: list[dict[str, Any]] = [{"document_id": []}, {"document_id": ids, "lines": [a_line()]}, {"document_id": ids, "subtype": "final"}]
    for arguments in wrong:
        with pytest.raises(InvalidValueError, match="only with a single one"):
            crm.documents.invoice(**arguments)


def test_what_the_host_invoiced_together_counts_too(crm: Crm) -> None:
    notes = [a_note(crm), a_note(crm)]
    crm.add(
        Document(
            id="R-9",
            kind="invoice",
            party_id="C-17",
            issued_on=date(2026, 1, 1),
            predecessor_id=notes[0].id,
            lines=[a_line(quantity=10), a_line(quantity=4, predecessor_id=notes[1].id)],
        )
    )

    assert [open_of(crm, note, "invoice") for note in notes] == [[], [6]]


@settings(max_examples=30)
@given(st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=3), min_size=1, max_size=4))
def test_a_collective_invoice_comes_to_what_single_ones_come_to(quantities: list[list[int]]) -> None:
    def notes(crm: Crm) -> list[str]:
        crm.add(Party(id="C-17", name="Müller", created_on=date(2026, 1, 1)))
        return [a_note(crm, *(a_line(f"I-{place}", each) for place, each in enumerate(note))).id for note in quantities]

    one, other = (Crm(MemoryStore(), scope=Scope(tenant="acme", actor="anna")) for _ in range(2))
    single = [one.documents.invoice(id) for id in notes(one)]
    together = other.documents.invoice(notes(other))

    assert together.net().minor == sum(invoice.net().minor for invoice in single)
    assert other.check() == ()


def test_what_was_invoiced_together_is_not_open_on_the_card(crm: Crm) -> None:
    pytest.importorskip("polars")
    notes = [a_note(crm), a_note(crm, a_line("I-2", 3))]
    assert len(crm.customer_card("C-17").open_orders) == len(crm.customer_card("C-17").open_deliveries) == 2

    crm.documents.invoice([note.id for note in notes])

    card = crm.customer_card("C-17")
    assert (card.open_orders, card.open_deliveries) == ((), ())
