"""Payments and open items: what is still to be paid, until when, and how long overdue (row 154)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import attrs
import pytest

from crmkit import Crm, Money, Scope
from crmkit.entities import Conditions, Document, Line, OpenItem, Party, Payment
from crmkit.errors import InvalidValueError, NotPermittedError, NotStoredError
from crmkit.store import Rights

if TYPE_CHECKING:
    from crmkit.store import Store
    from tests.desks.conftest import Clock, HistoryOf


def eur(amount: int | str) -> Money:
    return Money.of(amount, "EUR")


def an_invoice(crm: Crm, quantity: int = 1) -> Document:
    crm.change(attrs.evolve(crm.get(Party, "C-17"), conditions=Conditions(payment_days=14)))
    return crm.documents.invoice(crm.documents.quote("C-17", lines=[Line(item_id="I-1", quantity=quantity, unit_price=100)]).id)


def open_of(crm: Crm, document: Document, as_of: date | None = None) -> list[OpenItem]:
    return [item for item in crm.documents.open_items("C-17", as_of=as_of) if item.document_id == document.id]


def test_the_last_day_to_pay_follows_from_the_conditions(crm: Crm) -> None:
    assert an_invoice(crm).due_on == date(2026, 1, 15)


@pytest.mark.parametrize(("day", "overdue"), [(14, 0), (15, 0), (16, 1)])
def test_an_invoice_is_overdue_from_the_day_after_its_last(crm: Crm, day: int, overdue: int) -> None:
    invoice = an_invoice(crm)

    (item,) = open_of(crm, invoice, as_of=date(2026, 1, day))

    assert (item.amount, item.due_on, item.overdue_days) == (eur(100), date(2026, 1, 15), overdue)


def test_payments_and_cash_discount_lower_what_is_open(crm: Crm) -> None:
    invoice = an_invoice(crm)

    crm.documents.record_payment(invoice.id, amount=eur(40))
    assert open_of(crm, invoice)[0].amount == eur(60)

    payment = crm.documents.record_payment(invoice.id, amount=eur(58), cash_discount=eur(2), reference="bank 7")
    assert open_of(crm, invoice) == []
    assert (payment.party_id, payment.paid_on) == ("C-17", date(2026, 1, 1))
    assert crm.get(Payment, payment.id) == payment


def test_what_is_paid_too_much_stays_open_the_other_way(crm: Crm) -> None:
    invoice = an_invoice(crm)
    crm.documents.record_payment(invoice.id, amount=eur(130))

    (item,) = open_of(crm, invoice, as_of=date(2026, 3, 1))
    assert (item.amount, item.overdue_days) == (eur(-30), 0)

    crm.documents.record_payment(invoice.id, amount=eur(-30))
    assert open_of(crm, invoice) == []


def test_a_credit_note_lowers_its_invoice_and_is_paid_out(crm: Crm) -> None:
    invoice = an_invoice(crm, quantity=2)
    crm.documents.record_payment(invoice.id, amount=eur(200))

    note = crm.documents.issue_credit_note(invoice.id, lines=[Line(item_id="I-1", quantity=1, unit_price=100)], because="returned")
    assert open_of(crm, invoice)[0].amount == eur(-100)

    crm.documents.record_payment(note.id, amount=eur(100))
    assert open_of(crm, invoice) == open_of(crm, note) == []


def test_a_credit_note_without_invoice_is_an_item_of_its_own(crm: Crm) -> None:
    bonus = Document(
        id="B-1",
        kind="credit_note",
        subtype="bonus",
        party_id="C-17",
        issued_on=date(2026, 1, 1),
        lines=[Line(item_id="bonus", quantity=1, unit_price=30)],
    )
    crm.add(bonus)

    assert open_of(crm, bonus)[0].amount == eur(-30)


def test_what_was_open_on_an_earlier_day_can_be_asked(crm: Crm, clock: Clock) -> None:
    invoice = an_invoice(crm)
    clock.move_to(date(2026, 1, 10))
    crm.documents.record_payment(invoice.id, amount=eur(100), paid_on=date(2026, 1, 5))

    assert [len(open_of(crm, invoice, as_of=date(2026, 1, day))) for day in (4, 5, 6)] == [1, 0, 0]
    assert open_of(crm, invoice, as_of=date(2025, 12, 31)) == []


def test_open_items_come_the_earliest_due_first_and_those_without_a_day_last(crm: Crm) -> None:
    later = an_invoice(crm)
    crm.change(attrs.evolve(later, due_on=date(2026, 5, 1)))
    sooner = an_invoice(crm)

    assert [item.document_id for item in crm.documents.open_items("C-17")] == [sooner.id, later.id, "R-1"]


def test_pro_forma_invoices_and_cancelled_ones_are_not_open(crm: Crm) -> None:
    quote = crm.documents.quote("C-17", lines=[Line(item_id="I-1", quantity=1, unit_price=100)])
    paper = crm.documents.invoice(quote.id, subtype="pro_forma")
    invoice = crm.documents.invoice(quote.id)
    crm.documents.cancel(invoice.id, because="x")

    assert [item.document_id for item in crm.documents.open_items("C-17")] == ["R-1"]
    with pytest.raises(InvalidValueError, match="counts in the books"):
        crm.documents.record_payment(paper.id, amount=eur(1))


def test_a_payment_leaves_a_history_entry(crm: Crm, history_of: HistoryOf) -> None:
    invoice = an_invoice(crm)
    crm.documents.record_payment(invoice.id, amount=eur(100))

    assert ("documents.record_payment", "payment", "C-17") in [(entry.verb, entry.about.kind, entry.party_id) for entry in history_of()]


@pytest.mark.parametrize(("day", "accepted"), [(date(2025, 12, 31), True), (date(2026, 1, 1), True), (date(2026, 1, 2), False)])
def test_a_payment_in_the_future_is_refused(crm: Crm, day: date, accepted: bool) -> None:
    if accepted:
        assert crm.documents.record_payment("R-1", amount=eur(1), paid_on=day).paid_on == day
    else:
        with pytest.raises(InvalidValueError, match="up to today"):
            crm.documents.record_payment("R-1", amount=eur(1), paid_on=day)


def test_a_payment_in_another_currency_is_refused(crm: Crm) -> None:
    with pytest.raises(InvalidValueError, match="an amount in EUR"):
        crm.documents.record_payment("R-1", amount=Money.of(1, "CHF"))
    with pytest.raises(InvalidValueError, match="an amount in EUR"):
        crm.documents.record_payment("R-1", amount=eur(1), cash_discount=Money.of(1, "CHF"))


def test_open_items_show_only_what_the_reader_s_rights_reach(crm: Crm, store: Store, clock: Clock) -> None:
    crm.add(
        Party(id="C-18", name="Meier", created_on=date(2026, 1, 1), owner_id="ben"),
        Document(
            id="R-2", kind="invoice", party_id="C-18", issued_on=date(2026, 1, 1), lines=[Line(item_id="I-1", quantity=1, unit_price=9)]
        ),
    )
    own = Crm(store, scope=Scope(tenant="acme", actor="ben", rights=Rights(verbs={"documents.open_items": "own"})), clock=clock)

    assert {item.document_id for item in crm.documents.open_items()} == {"R-1", "R-2"}
    assert {item.document_id for item in own.documents.open_items()} == {"R-2"}
    with pytest.raises(NotPermittedError):
        own.documents.open_items("C-17")
    with pytest.raises(NotPermittedError):
        own.documents.asks_only_for_quotes("C-18")
    with pytest.raises(NotStoredError):
        crm.documents.open_items("C-99")


@pytest.mark.parametrize(("day", "overdue"), [(14, False), (15, False), (16, True)])
def test_a_party_is_reminded_only_of_what_is_overdue(crm: Crm, clock: Clock, day: int, *, overdue: bool) -> None:
    an_invoice(crm)
    clock.move_to(date(2026, 1, day))

    if overdue:
        assert [crm.parties.remind("C-17").dunning_level for _ in range(2)] == [1, 2]
    else:
        with pytest.raises(InvalidValueError, match="owes something overdue"):
            crm.parties.remind("C-17")


def test_the_payment_that_leaves_nothing_overdue_brings_the_dunning_level_to_0(crm: Crm, clock: Clock, history_of: HistoryOf) -> None:
    invoice = an_invoice(crm)
    clock.move_to(date(2026, 2, 1))
    crm.parties.remind("C-17")

    crm.documents.record_payment(invoice.id, amount=eur(60))
    assert crm.get(Party, "C-17").dunning_level == 1

    crm.documents.record_payment(invoice.id, amount=eur(40))
    assert crm.get(Party, "C-17").dunning_level == 0
    assert [entry.summary for entry in history_of() if (entry.summary or "").startswith("dunning")] == [
        "dunning level 1",
        "dunning level 0",
    ]


def test_a_dunning_block_sends_no_reminders(crm: Crm, clock: Clock) -> None:
    an_invoice(crm)
    clock.move_to(date(2026, 2, 1))
    crm.change(attrs.evolve(crm.get(Party, "C-17"), blocks="dunning"))

    with pytest.raises(InvalidValueError, match="without a dunning block"):
        crm.parties.remind("C-17")


def test_an_open_item_tells_what_was_settled(crm: Crm) -> None:
    invoice = an_invoice(crm)
    crm.documents.record_payment(invoice.id, amount=eur(40))

    (item,) = open_of(crm, invoice)

    assert (item.total, item.settled, item.amount) == (eur(100), eur(40), eur(60))
