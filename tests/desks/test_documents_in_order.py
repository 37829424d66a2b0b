"""A document comes after the one before it, and takes back no more than there was."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmkit import Crm, Money
from crmkit.entities import Document, DocumentTotals, Line
from crmkit.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit.store import Store
    from tests.desks.conftest import Clock

LINES = [Line(item_id="I-1", quantity=3, unit_price=100, tax_ratio="0.19")]


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 11, tzinfo=UTC)


def a_credit_note(id: str = "G-1", amount: int | str = 200, **fields: Any) -> Document:
    given = {"kind": "credit_note", "party_id": "C-17", "issued_on": date(2025, 12, 2), "predecessor_id": "R-1"}
    return Document(**{"id": id, "lines": [Line(item_id="I-1", quantity=1, unit_price=amount)], **given, **fields})


MADE: dict[str, Callable[[Crm, datetime], object]] = {
    "order": lambda crm, at: crm.documents.order("Q-1", at=at),
    "invoice": lambda crm, at: crm.documents.invoice("Q-1", at=at),
    "collective invoice": lambda crm, at: crm.documents.invoice(["Q-1"], at=at),
    "revise": lambda crm, at: crm.documents.revise("Q-1", lines=LINES, at=at),
    "accept": lambda crm, at: crm.documents.accept("Q-1", at=at),
    "lose": lambda crm, at: crm.documents.lose("Q-1", because="price", at=at),
    "cancel": lambda crm, at: crm.documents.cancel("Q-1", because="typo", at=at),
    "deliver": lambda crm, at: crm.documents.deliver("B-1", at=at),
    "credit note": lambda crm, at: crm.documents.issue_credit_note("R-2", because="broken", at=at),
    "cancel an invoice": lambda crm, at: crm.documents.cancel("R-2", because="typo", at=at),
}


@pytest.mark.parametrize("made", MADE)
@pytest.mark.parametrize(("day", "fits"), [(10, False), (11, True), (12, True)])
def test_nothing_is_done_to_a_document_before_its_own_day(crm: Crm, clock: Clock, made: str, day: int, fits: bool) -> None:
    clock.move_to(date(2026, 2, 1))
    for id, kind in (("Q-1", "quote"), ("B-1", "order"), ("R-2", "invoice")):
        crm.add(Document(id=id, number=id, kind=kind, party_id="C-17", issued_on=date(2026, 1, 11), lines=LINES))  # type: ignore[arg-type]  # a kind

    at = noon(date(2026, 1, day))
    if fits:
        MADE[made](crm, at)
    else:
        with pytest.raises(InvalidValueError, match=r"at=.*2026, 1, 10.* 2026-01-11 on, the day of (quote|order|invoice) "):
            MADE[made](crm, at)
    assert crm.check() == ()


@pytest.mark.parametrize(("amount", "fits"), [("199.99", True), ("200", True), ("200.01", False)])
def test_credit_notes_of_the_host_come_to_no_more_than_their_invoice(crm: Crm, amount: str, fits: bool) -> None:
    if fits:
        crm.add(a_credit_note(amount=amount))
    else:
        with pytest.raises(InvalidValueError, match=r"0\.01 EUR more.*200\.00 EUR at most, the net of R-1"):
            crm.add(a_credit_note(amount=amount))
    assert crm.check() == ()


def test_all_credit_notes_of_an_invoice_count_together(crm: Crm) -> None:
    crm.add(a_credit_note(amount=150))

    with pytest.raises(InvalidValueError, match=r"50\.00 EUR more"):
        crm.add(a_credit_note("G-2", amount=100))

    crm.add(a_credit_note("G-2", amount=50))


def test_a_void_credit_note_makes_room_for_another(crm: Crm) -> None:
    crm.add(a_credit_note())
    crm.void(crm.get(Document, "G-1"), because="twice")

    crm.add(a_credit_note("G-2"))


@pytest.mark.parametrize("turned", [False, True])
def test_the_order_of_records_in_one_call_does_not_matter(crm: Crm, turned: bool) -> None:
    invoice = attrs.evolve(crm.get(Document, "R-1"), id="R-9", version=0)
    notes = [a_credit_note("G-8", 150, predecessor_id="R-9"), a_credit_note("G-9", 51, predecessor_id="R-9")]
    records = [invoice, *notes]

    with pytest.raises(InvalidValueError, match=r"1\.00 EUR more"):
        crm.add(*(reversed(records) if turned else records))


def test_an_invoice_that_comes_after_its_credit_note_is_measured_by_it(crm: Crm) -> None:
    crm.add(a_credit_note("G-9", 201, predecessor_id="R-9"))

    with pytest.raises(InvalidValueError, match=r"1\.00 EUR more"):
        crm.add(attrs.evolve(crm.get(Document, "R-1"), id="R-9", version=0))


def test_a_change_brings_no_credit_note_beyond_its_invoice(crm: Crm) -> None:
    crm.add(a_credit_note())
    note = crm.get(Document, "G-1")

    with pytest.raises(InvalidValueError, match=r"0\.01 EUR more"):
        crm.change(attrs.evolve(note, totals=DocumentTotals(net=eur("200.01"), tax=eur("0"))))


def test_the_check_finds_an_invoice_that_was_credited_beyond_itself(crm: Crm, store: Store) -> None:
    crm.add(a_credit_note())
    note = attrs.evolve(crm.get(Document, "G-1"), lines=[Line(item_id="I-1", quantity=1, unit_price=201)])

    with store.transaction("acme", write=True) as transaction:
        transaction.save([note])

    assert any("was credited 1.00 EUR more than it comes to" in problem.message for problem in crm.check())


def totals_of(document: Document) -> tuple[Money, Money, Money]:
    return document.net(), document.tax(), document.payable()


def test_totals_that_the_host_stated_for_a_quote_are_those_of_what_is_made_of_it_as_a_whole(crm: Crm) -> None:
    stated = DocumentTotals(net=eur("290.00"), tax=eur("55.10"), payable=eur("345.00"))
    quote = crm.documents.quote("C-17", lines=LINES, totals=stated)

    order = crm.documents.order(quote.id)
    invoice = crm.documents.invoice(crm.documents.deliver(order.id).id)

    assert totals_of(order) == totals_of(invoice) == (eur("290.00"), eur("55.10"), eur("345.00"))


def test_in_parts_they_add_up_to_what_the_host_stated(crm: Crm) -> None:
    order = crm.documents.order(crm.documents.quote("C-17", lines=LINES, totals=DocumentTotals(net=eur("290.00"), tax=eur("55.10"))).id)

    parts = [crm.documents.invoice(order.id, lines=[attrs.evolve(LINES[0], quantity=1)]) for _ in range(3)]

    assert [part.net() for part in parts] == [eur("96.67"), eur("96.66"), eur("96.67")]
    assert sum(part.tax().minor for part in parts) == eur("55.10").minor


@pytest.mark.parametrize(
    "lines",
    [
        [Line(item_id="I-1", quantity=3, unit_price=90)],
        [*LINES, Line(item_id="I-2", quantity=1, unit_price=5, additional=True)],
    ],
)
def test_lines_at_other_prices_or_beyond_the_quote_count_as_they_are(crm: Crm, lines: list[Line]) -> None:
    quote = crm.documents.quote("C-17", lines=LINES, totals=DocumentTotals(net=eur("290.00"), tax=eur("55.10")))

    assert crm.documents.order(quote.id, lines=lines).totals is None


def test_totals_given_for_an_order_win_over_those_of_its_quote(crm: Crm) -> None:
    quote = crm.documents.quote("C-17", lines=LINES, totals=DocumentTotals(net=eur("290.00"), tax=eur("55.10")))
    stated = DocumentTotals(net=eur("280.00"), tax=eur("53.20"))

    assert crm.documents.order(quote.id, totals=stated).totals == stated
