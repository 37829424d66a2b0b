"""Amounts of documents: credit notes mirror their invoices, down-payments are not counted twice, and the figures hold (rules 9, 11, 23)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmkit import Crm, Money, Scope, Settings, facts, total
from crmkit.classification import lost_customers
from crmkit.entities import Document, DocumentTotals, Line, Party, RoundingPolicy
from crmkit.errors import InvalidValueError, StateMoveError
from crmkit.persistence import MemoryStore
from tests.desks.conftest import Clock

if TYPE_CHECKING:
    from collections.abc import Sequence


def eur(amount: int | str) -> Money:
    return Money.of(amount, "EUR")


def a_line(item_id: str = "I-1", quantity: int | str = 10, **fields: Any) -> Line:
    return Line(**{"item_id": item_id, "quantity": quantity, "unit_price": 100, "unit_cost": 60, "tax_ratio": "0.19"} | fields)


def an_order(crm: Crm, *lines: Line) -> Document:
    return crm.documents.order(crm.documents.quote("C-17", lines=lines or [a_line()]).id)


def a_down_payment(crm: Crm, order: Document, net: int = 300) -> Document:
    lines = [Line(item_id="down-payment", quantity=1, unit_price=net, tax_ratio="0.19")]
    return crm.documents.invoice(order.id, lines=lines, subtype="down_payment")


def revenue_and_profit(crm: Crm) -> tuple[Decimal, Decimal]:
    """Of everything but the invoice that the fixture posted."""
    sales = crm.facts.sales().collect()
    rows = [row for row in sales.iter_rows(named=True) if row["document_id"] != "R-1"]
    return sum((row["revenue"] for row in rows), Decimal(0)), sum((row["revenue"] - row["cost"] for row in rows), Decimal(0))


def buyers_since(crm: Crm, since: date) -> set[str]:
    lost = lost_customers(crm.facts.customers().collect(), crm.facts.sales().collect(), since=since, as_of=date(2026, 12, 31))
    return {party.id for party in [crm.get(Party, "C-17")]} - set(lost["customer_id"])


@given(
    st.lists(
        st.builds(
            Line,
            item_id=st.sampled_from(["I-1", "I-2"]),
            quantity=st.integers(1, 5),
            unit_price=st.decimals(0, 100, places=3),
            tax_ratio=st.sampled_from(["0", "0.07", "0.19"]),
        ),
        min_size=1,
        max_size=4,
    ),
    st.lists(st.integers(1, 3), max_size=9),
    st.sampled_from(["line", "total"]),
    st.sampled_from([None, Decimal("0.05")]),
)
@settings(max_examples=60, deadline=None)
def test_the_credit_notes_of_an_invoice_add_up_to_it_to_the_last_cent(
    lines: list[Line], parts: Sequence[int], per: Any, step: Decimal | None
) -> None:
    rounding = RoundingPolicy(per=per, cash_step=step)
    crm = Crm(MemoryStore(), scope=Scope(tenant="acme", actor="anna"), settings=Settings(rounding=rounding), clock=Clock())
    crm.add(Party(id="C-17", name="Müller", created_on=date(2025, 1, 1)))
    invoice = crm.documents.invoice(crm.documents.quote("C-17", lines=lines).id)
    notes: list[Document] = []

    for part in parts:
        left = crm.documents.open_lines(invoice.id, to="credit_note")
        if left and left[0].quantity > part:
            notes.append(crm.documents.issue_credit_note(invoice.id, lines=[attrs.evolve(left[0], quantity=part)], because="x"))
    notes.append(crm.documents.issue_credit_note(invoice.id, because="rest"))

    assert total((note.net() for note in notes), currency="EUR") == invoice.net()
    assert total((note.tax() for note in notes), currency="EUR") == invoice.tax()
    assert total((note.payable() for note in notes), currency="EUR") == invoice.payable()


def test_three_returns_of_a_third_take_back_what_was_invoiced_and_not_a_cent_more(crm: Crm) -> None:
    invoice = crm.documents.invoice(an_order(crm, a_line(quantity=3, unit_price="0.335", tax_ratio=0)).id)
    third = [a_line(quantity=1, unit_price="0.335", tax_ratio=0)]

    notes = [crm.documents.issue_credit_note(invoice.id, lines=third, because="returned").net() for _ in range(3)]

    assert (invoice.net(), notes) == (eur("1.01"), [eur("0.34"), eur("0.34"), eur("0.33")])


def test_no_return_is_refused_for_what_rounding_gave_back_too_early(crm: Crm) -> None:
    invoice = crm.documents.invoice(an_order(crm, a_line(quantity=4, unit_price="0.005", unit_cost=0, tax_ratio=0)).id)
    piece = [a_line(quantity=1, unit_price="0.005", unit_cost=0, tax_ratio=0)]

    notes = [crm.documents.issue_credit_note(invoice.id, lines=piece, because="x").net() for _ in range(4)]

    assert (invoice.net(), notes) == (eur("0.02"), [eur("0.01"), eur("0.01"), eur("0"), eur("0")])


def test_a_piece_is_not_credited_at_more_than_it_was_invoiced_at(crm: Crm) -> None:
    invoice = crm.documents.invoice(an_order(crm, a_line(quantity=2)).id)

    with pytest.raises(InvalidValueError, match=r"at most 200\.00"):
        crm.documents.issue_credit_note(invoice.id, lines=[a_line(quantity=1, unit_price=201)], because="x")


@pytest.mark.parametrize(("price", "net", "tax"), [(30, "30", "5.70"), ("99.99", "99.99", "19.00"), (100, "100", "19")])
def test_a_credit_note_credits_the_prices_of_its_lines(crm: Crm, price: int | str, net: str, tax: str) -> None:
    invoice = crm.documents.invoice(an_order(crm, a_line(quantity=1)).id)

    note = crm.documents.issue_credit_note(invoice.id, lines=[a_line(quantity=1, unit_price=price)], because="scratched")

    assert (note.net(), note.tax()) == (eur(net), eur(tax))


@pytest.mark.parametrize("price", ["100.01", 500])
def test_more_than_is_left_is_refused_for_the_last_piece_too(crm: Crm, price: int | str) -> None:
    invoice = crm.documents.invoice(an_order(crm, a_line(quantity=1)).id)

    with pytest.raises(InvalidValueError, match=r"at most 100\.00"):
        crm.documents.issue_credit_note(invoice.id, lines=[a_line(quantity=1, unit_price=price)], because="x")


def test_what_a_lower_price_leaves_stays_creditable_once(crm: Crm) -> None:
    invoice = crm.documents.invoice(an_order(crm, a_line(quantity=1)).id)
    crm.documents.issue_credit_note(invoice.id, lines=[a_line(quantity=1, unit_price=30)], because="scratched")

    rest = crm.documents.issue_credit_note(invoice.id, because="broken")

    assert (rest.net(), rest.tax(), rest.payable()) == (eur(70), eur("13.30"), eur("83.30"))
    with pytest.raises(StateMoveError, match="wholly credited"):
        crm.documents.issue_credit_note(invoice.id, because="again")


def test_after_a_lower_price_the_last_piece_is_credited_at_its_own(crm: Crm) -> None:
    invoice = crm.documents.invoice(an_order(crm, a_line(quantity=2)).id)
    notes = [
        crm.documents.issue_credit_note(invoice.id, lines=[a_line(quantity=1, unit_price=price)], because="x").net() for price in (30, 100)
    ]

    assert notes == [eur(30), eur(100)]


def test_after_a_bonus_a_line_at_another_price_is_not_cut_to_what_is_left(crm: Crm) -> None:
    invoice = crm.documents.invoice(an_order(crm, a_line(quantity=1)).id)
    crm.documents.issue_credit_note(invoice.id, lines=[a_line("bonus", 1, unit_price=80)], because="year", subtype="bonus")

    with pytest.raises(InvalidValueError, match=r"at most 20\.00"):
        crm.documents.issue_credit_note(invoice.id, lines=[a_line(quantity=1, unit_price=30)], because="x")


def test_a_cent_that_no_single_piece_is_worth_comes_back_with_the_last_one(crm: Crm) -> None:
    invoice = crm.documents.invoice(
        an_order(crm, a_line(quantity=2, unit_price="0.003", unit_cost=0, tax_ratio=0), a_line("free", 1, unit_price=0)).id
    )
    piece = [a_line(quantity=1, unit_price="0.003", unit_cost=0, tax_ratio=0)]

    notes = [crm.documents.issue_credit_note(invoice.id, lines=lines, because="x").net() for lines in (piece, None)]

    assert (invoice.net(), notes) == (eur("0.01"), [eur("0"), eur("0.01")])


@pytest.mark.parametrize(("price", "accepted"), [(99, True), (100, True), (101, False)])
def test_credit_notes_never_exceed_their_invoice(crm: Crm, price: int, accepted: bool) -> None:
    invoice = crm.documents.invoice(an_order(crm, a_line(quantity=2)).id)
    crm.documents.issue_credit_note(invoice.id, lines=[a_line(quantity=1)], because="returned")
    bonus = [Line(item_id="bonus", quantity=1, unit_price=price)]

    if accepted:
        crm.documents.issue_credit_note(invoice.id, lines=bonus, because="late", subtype="bonus")
    else:
        with pytest.raises(InvalidValueError, match=r"at most 100\.00 EUR"):
            crm.documents.issue_credit_note(invoice.id, lines=bonus, because="late", subtype="bonus")


def test_a_bonus_brings_nothing_back_and_costs_nothing(crm: Crm) -> None:
    invoice = crm.documents.invoice(an_order(crm).id)

    bonus = crm.documents.issue_credit_note(
        invoice.id, lines=[Line(item_id="bonus", quantity=1, unit_price=50)], because="year", subtype="bonus"
    )

    assert (bonus.type_code, bonus.gross_profit(), bonus.lines[0].unit_cost) == ("83", eur(50), Decimal(0))
    assert len(crm.documents.open_lines(invoice.id, to="credit_note")) == 1
    assert revenue_and_profit(crm) == (Decimal(950), Decimal(350))
    with pytest.raises(InvalidValueError, match="lines of the bonus"):
        crm.documents.issue_credit_note(invoice.id, because="year", subtype="bonus")


def test_the_host_s_totals_win_over_the_lines_and_are_taken_back_whole(crm: Crm) -> None:
    stated = DocumentTotals(net=eur("950"), tax=eur("180"))
    invoice = crm.documents.invoice(an_order(crm).id, totals=stated)

    assert (invoice.net(), invoice.tax(), invoice.gross()) == (eur("950"), eur("180"), eur("1130"))
    assert (invoice.lines_net(), invoice.line_amounts()) == (eur("1000"), (eur("950"),))
    half = crm.documents.issue_credit_note(invoice.id, lines=[a_line(quantity=5)], because="returned")
    rest = crm.documents.issue_credit_note(invoice.id, because="returned")
    assert (half.net(), half.tax(), rest.net(), rest.tax()) == (eur("475"), eur("90"), eur("475"), eur("90"))
    assert revenue_and_profit(crm) == (Decimal(0), Decimal(0))


def test_the_final_invoice_takes_the_down_payment_off_so_that_revenue_is_not_doubled(crm: Crm) -> None:
    order = an_order(crm)
    first = a_down_payment(crm, order)
    assert revenue_and_profit(crm) == (Decimal(300), Decimal(300))

    final = crm.documents.invoice(order.id, subtype="final")

    assert (first.type_code, first.net(), final.net(), final.tax()) == ("386", eur(300), eur(700), eur(133))
    assert final.lines[-1].deducts_id == first.id
    assert revenue_and_profit(crm) == (Decimal(1000), Decimal(400))
    with pytest.raises(StateMoveError, match="taken off by a final invoice"):
        crm.documents.cancel(first.id, because="x")


def test_a_down_payment_is_taken_off_once(crm: Crm) -> None:
    order = an_order(crm)
    a_down_payment(crm, order)

    finals = [crm.documents.invoice(order.id, lines=lines, subtype="final").net() for lines in ([a_line(quantity=5)], None)]

    assert finals == [eur(200), eur(500)]


@pytest.mark.parametrize("net", [300, 1000])
def test_a_down_payment_is_no_purchase_and_the_final_invoice_is_one_however_much_was_paid_down(crm: Crm, net: int) -> None:
    since = date(2026, 1, 1)
    order = an_order(crm)
    a_down_payment(crm, order, net)
    assert buyers_since(crm, since) == set()

    final = crm.documents.invoice(order.id, subtype="final")
    assert buyers_since(crm, since) == {"C-17"}

    crm.documents.cancel(final.id, because="wrong")
    assert buyers_since(crm, since) == set()
    assert revenue_and_profit(crm)[0] == net
    assert crm.documents.invoice(order.id, subtype="final").net() == eur(1000 - net)


def test_a_down_payment_for_the_order_is_taken_off_when_the_delivery_note_is_invoiced(crm: Crm) -> None:
    order = an_order(crm)
    a_down_payment(crm, order)
    cancelled = a_down_payment(crm, order, 200)
    crm.documents.cancel(cancelled.id, because="x")

    assert crm.documents.invoice(crm.documents.deliver(order.id).id, subtype="final").net() == eur(700)


def test_a_pro_forma_invoice_is_neither_revenue_nor_purchase_and_uses_nothing_up(crm: Crm) -> None:
    order = an_order(crm)

    paper = crm.documents.invoice(order.id, subtype="pro_forma")

    assert (paper.type_code, paper.net(), paper.due_on) == ("325", eur(1000), None)
    assert revenue_and_profit(crm) == (Decimal(0), Decimal(0))
    assert buyers_since(crm, date(2026, 1, 1)) == set()
    assert len(crm.documents.open_lines(order.id, to="invoice")) == 1
    assert crm.documents.cancel(paper.id, because="x").state == "cancelled"


def test_a_down_payment_has_lines_of_its_own(crm: Crm) -> None:
    with pytest.raises(InvalidValueError, match="lines of the down-payment"):
        crm.documents.invoice(an_order(crm).id, subtype="down_payment")


def test_a_cancellation_that_the_host_posts_as_a_negative_invoice_reverses_its_invoice(crm: Crm) -> None:
    assert buyers_since(crm, date(2025, 12, 1)) == {"C-17"}
    line = Line(item_id="I-1", quantity=-2, unit_price=100, unit_cost=60)

    crm.add(
        Document(
            id="R-2",
            kind="invoice",
            subtype="cancellation",
            party_id="C-17",
            issued_on=date(2025, 12, 9),
            predecessor_id="R-1",
            lines=[line],
        )
    )

    assert buyers_since(crm, date(2025, 12, 1)) == set()
    with pytest.raises(StateMoveError, match="wholly credited"):
        crm.documents.issue_credit_note("R-1", because="x")


def test_purchases_and_quotes_never_enter_sales(crm: Crm) -> None:
    before = crm.facts.sales().collect()
    crm.purchases.order("C-17", lines=[a_line()])
    crm.purchases.request("C-17", lines=[a_line()])
    crm.documents.deliver(an_order(crm).id)

    assert crm.facts.sales().collect().equals(before)


def test_a_cancelled_invoice_of_the_host_is_no_revenue(crm: Crm) -> None:
    crm.change(attrs.evolve(crm.get(Document, "R-1"), state="cancelled"))

    assert crm.facts.sales().collect().is_empty()


def test_the_table_of_what_was_sold_and_taken_back_has_no_problems(crm: Crm) -> None:
    order = crm.documents.order(crm.documents.quote("C-17", lines=[a_line()]).id)
    crm.documents.invoice(order.id, lines=[a_line(item_id="down-payment", quantity=1, unit_price=300)], subtype="down_payment")
    final = crm.documents.invoice(order.id, subtype="final")
    crm.documents.issue_credit_note(final.id, because="returned")
    rebate = a_line(item_id="rebate", quantity=1, unit_price=-20)
    crm.documents.cancel(crm.documents.invoice(crm.documents.quote("C-17", lines=[a_line(), rebate]).id).id, because="wrong")

    table = crm.facts.sales().collect()

    assert facts.sales_problems(table) == ()
    assert facts.sales(table).equals(table)
