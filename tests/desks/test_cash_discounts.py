"""Cash discount (Skonto): paid early and less, it closes the invoice and lowers revenue (rows 154, 164)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs
import pytest

from crmkit import Crm, Money, Scope, Settings
from crmkit.entities import Conditions, Document, Line, LoyaltyCard, LoyaltyPolicy, LoyaltyRate, Party, cash_discount_until
from crmkit.errors import InvalidValueError

if TYPE_CHECKING:
    from crmkit.store import Store
    from tests.desks.conftest import Clock, HistoryOf


def eur(amount: int | str) -> Money:
    return Money.of(amount, "EUR")


def an_invoice(crm: Crm, price: int = 100, **terms: object) -> Document:
    agreed = Conditions(**{"payment_days": 30, "cash_discount_ratio": "0.02", "cash_discount_days": 10} | terms)  # type: ignore[arg-type]
    crm.change(attrs.evolve(crm.get(Party, "C-17"), conditions=agreed))
    line = Line(item_id="I-1", quantity=1, unit_price=price, unit_cost=60, tax_ratio="0.19")
    return crm.documents.invoice(crm.documents.quote("C-17", lines=[line]).id)


def open_of(crm: Crm, document: Document) -> Money:
    return next((item.amount for item in crm.documents.open_items("C-17") if item.document_id == document.id), eur(0))


@pytest.mark.parametrize(("day", "left"), [(10, "0"), (11, "0"), (12, "2.38")])
def test_paid_within_the_days_less_the_discount_it_is_paid(crm: Crm, clock: Clock, day: int, left: str) -> None:
    invoice = an_invoice(crm)
    clock.move_to(date(2026, 1, day))

    crm.documents.record_payment(invoice.id, amount=eur("116.62"))

    assert cash_discount_until(invoice) == date(2026, 1, 11)
    assert open_of(crm, invoice) == eur(left)


@pytest.mark.parametrize(("paid", "left"), [("116.61", "2.39"), ("116.62", "0"), ("116.63", "0"), ("119.00", "0")])
def test_what_is_left_counts_as_discount_up_to_the_agreed_share(crm: Crm, paid: str, left: str) -> None:
    invoice = an_invoice(crm)

    crm.documents.record_payment(invoice.id, amount=eur(paid))

    assert open_of(crm, invoice) == eur(left)


def test_it_lowers_revenue_on_the_day_of_the_payment_and_its_cost_is_known(crm: Crm, clock: Clock) -> None:
    invoice = an_invoice(crm)
    clock.move_to(date(2026, 1, 8))
    payment = crm.documents.record_payment(invoice.id, amount=eur("116.62"), paid_on=date(2026, 1, 5))

    assert payment.cash_discount == eur("2.38")
    booked = crm.get(Document, str(payment.discount_document_id))
    assert (booked.kind, booked.subtype, booked.number, booked.net(), booked.tax()) == (
        "credit_note",
        "cash_discount",
        None,
        eur("2.00"),
        eur("0.38"),
    )
    pytest.importorskip("polars")
    (row,) = crm.facts.sales().collect().filter(document_subtype="cash_discount").to_dicts()
    assert (row["issued_on"], row["revenue"], row["cost"], row["reverses_document_id"], row["customer_id"]) == (
        date(2026, 1, 5),
        Decimal("-2.00"),
        0,
        invoice.id,
        "C-17",
    )
    assert crm.check() == ()


def test_a_table_of_sales_with_discounts_has_no_problems(crm: Crm) -> None:
    pytest.importorskip("polars")
    from crmkit.facts import sales_problems  # noqa: PLC0415  # Narwhals is an extra

    invoice = an_invoice(crm)
    crm.documents.record_payment(invoice.id, amount=eur("116.62"))
    crm.documents.issue_credit_note(invoice.id, because="returned")

    assert sales_problems(crm.facts.sales().collect()) == ()


def test_what_comes_back_after_a_discount_is_credited_less_it(crm: Crm) -> None:
    invoice = an_invoice(crm)
    crm.documents.record_payment(invoice.id, amount=eur("116.62"))

    note = crm.documents.issue_credit_note(invoice.id, because="returned")

    assert (note.net(), note.gross()) == (eur(98), eur("116.62"))
    assert open_of(crm, invoice) == eur("-116.62")


def test_an_invoice_with_a_discount_can_still_be_credited_in_full_quantity(crm: Crm) -> None:
    invoice = an_invoice(crm)
    crm.documents.record_payment(invoice.id, amount=eur("116.62"))

    assert [int(line.quantity) for line in crm.documents.open_lines(invoice.id, to="credit_note")] == [1]


def test_the_loyalty_card_is_credited_for_what_was_paid(crm: Crm) -> None:
    crm.add(LoyaltyCard(id="K-1", party_id="C-17", rates=[LoyaltyRate(ratio="0.1", since=date(2025, 1, 1))]))
    invoice = an_invoice(crm)
    before = crm.loyalty.balance("C-17").credit

    crm.documents.record_payment(invoice.id, amount=eur("116.62"))

    assert (before, crm.loyalty.balance("C-17").credit) == (eur("10.00"), eur("9.80"))


def test_what_was_credited_before_lowers_the_discount(crm: Crm) -> None:
    invoice = an_invoice(crm, price=200)
    crm.documents.issue_credit_note(invoice.id, lines=[Line(item_id="I-1", quantity="0.5", unit_price=200, tax_ratio="0.19")], because="x")

    crm.documents.record_payment(invoice.id, amount=eur("116.62"))

    assert open_of(crm, invoice) == eur(0)


def test_who_pays_it_says_how_much_was_taken_off(crm: Crm, history_of: HistoryOf) -> None:
    invoice = an_invoice(crm, cash_discount_ratio=0)

    crm.documents.record_payment(invoice.id, amount=eur(50), cash_discount=eur(1))
    crm.documents.record_payment(invoice.id, amount=eur(60), cash_discount=eur(0))

    assert open_of(crm, invoice) == eur(8)
    assert [entry.about.kind for entry in history_of() if entry.verb == "documents.record_payment"].count("document") == 1


def test_without_terms_nothing_is_taken_off(crm: Crm) -> None:
    invoice = an_invoice(crm, cash_discount_ratio=0)

    crm.documents.record_payment(invoice.id, amount=eur("116.62"))

    assert open_of(crm, invoice) == eur("2.38")


def test_a_discount_of_less_than_nothing_and_a_payment_of_a_discount_are_refused(crm: Crm) -> None:
    invoice = an_invoice(crm)
    with pytest.raises(InvalidValueError, match="zero or more"):
        crm.documents.record_payment(invoice.id, amount=eur(1), cash_discount=eur(-1))

    payment = crm.documents.record_payment(invoice.id, amount=eur("116.62"))

    with pytest.raises(InvalidValueError, match="counts in the books"):
        crm.documents.record_payment(str(payment.discount_document_id), amount=eur(1))


@pytest.mark.parametrize(("discount", "accepted"), [("117.99", True), ("118", True), ("118.01", False), ("500", False)])
def test_payment_and_discount_together_are_at_most_what_is_open(crm: Crm, discount: str, accepted: bool) -> None:
    invoice = an_invoice(crm)

    if accepted:
        crm.documents.record_payment(invoice.id, amount=eur(1), cash_discount=eur(discount))
    else:
        with pytest.raises(InvalidValueError, match=r"at most what the payment leaves open, here 118\.00"):
            crm.documents.record_payment(invoice.id, amount=eur(1), cash_discount=eur(discount))
    assert open_of(crm, invoice) == (eur(118) - eur(discount) if accepted else eur(119))


@pytest.mark.parametrize("amount", ["1", "-1", "119"])
def test_nothing_is_taken_off_a_wholly_credited_invoice(crm: Crm, amount: str) -> None:
    invoice = an_invoice(crm)
    crm.documents.issue_credit_note(invoice.id, because="returned")

    with pytest.raises(InvalidValueError, match=r"here 0\.00"):
        crm.documents.record_payment(invoice.id, amount=eur(amount), cash_discount=eur("0.01"))


def test_what_is_paid_back_leaves_no_more_to_take_off(crm: Crm) -> None:
    invoice = an_invoice(crm)

    with pytest.raises(InvalidValueError, match=r"here 119\.00"):
        crm.documents.record_payment(invoice.id, amount=eur(-500), cash_discount=eur(500))


def test_nothing_is_taken_off_a_credit_note(crm: Crm) -> None:
    note = crm.documents.issue_credit_note(an_invoice(crm).id, because="returned")

    with pytest.raises(InvalidValueError, match="none for a credit_note"):
        crm.documents.record_payment(note.id, amount=eur(1), cash_discount=eur(1))


def test_a_payment_of_nothing_is_refused(crm: Crm) -> None:
    with pytest.raises(InvalidValueError, match="what was paid"):
        crm.documents.record_payment(an_invoice(crm).id, amount=eur(0))


def test_a_customer_does_not_see_our_booking(crm: Crm) -> None:
    invoice = an_invoice(crm)
    crm.documents.record_payment(invoice.id, amount=eur("116.62"))

    assert {document.kind for document in crm.portal("C-17").view().documents} == {"quote", "invoice"}


def test_a_discount_that_is_not_booked_is_found_by_the_check(crm: Crm) -> None:
    invoice = an_invoice(crm)
    payment = crm.documents.record_payment(invoice.id, amount=eur("116.62"))
    with crm._workplace.store.transaction("acme", write=True) as transaction:  # noqa: SLF001  # past the desk, as a mistake would
        transaction.save([attrs.evolve(payment, cash_discount=eur(9))])

    assert "cash_discounts_are_booked_once" in {problem.source for problem in crm.check()}


def test_a_void_payment_takes_its_discount_with_it(crm: Crm) -> None:
    invoice = an_invoice(crm)
    payment = crm.documents.record_payment(invoice.id, amount=eur("116.62"))

    crm.void(payment, because="booked twice")

    assert open_of(crm, invoice) == eur(119)
    assert crm.get(Document, str(payment.discount_document_id)).state == "cancelled"
    assert crm.check() == ()


def test_a_discount_that_was_booked_by_hand_comes_back_to_the_card_too(store: Store, clock: Clock, crm: Crm) -> None:
    by_hand = Crm(store, scope=Scope(tenant="acme", actor="anna"), settings=Settings(loyalty=LoyaltyPolicy(automatic=False)), clock=clock)
    crm.add(LoyaltyCard(id="K-1", party_id="C-17", rates=[LoyaltyRate(ratio="0.5", since=date(2025, 1, 1))]))
    invoice = an_invoice(by_hand)
    payment = by_hand.documents.record_payment(invoice.id, amount=eur("116.62"))
    by_hand.loyalty.book(invoice.id)
    before = by_hand.loyalty.balance("C-17").credit

    by_hand.void(payment, because="bounced")

    assert (before, by_hand.loyalty.balance("C-17").credit) == (eur(49), eur(50))
