"""Numbers of documents: the host's wins, ours are unique and without gaps (rule 27)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmkit import Crm, Scope, Settings
from crmkit.entities import Document, Line, NumberFormat, Party
from crmkit.errors import InvalidValueError, NotStoredError, StaleWriteError

if TYPE_CHECKING:
    from crmkit.store import Store
    from tests.desks.conftest import Clock

LINES = [Line(item_id="I-1", quantity=5, unit_price=1)]
NUMBERS: Any = {"invoice": NumberFormat("RE-{year}-{count:03}"), "order": NumberFormat("{count}", start=100)}


@pytest.fixture
def desk(store: Store, clock: Clock) -> Crm:
    made = Crm(store, scope=Scope(tenant="acme", actor="anna"), settings=Settings(numbers=NUMBERS), clock=clock)
    made.add(Party(id="C-17", name="Müller", created_on=date(2026, 1, 1)))
    return made


def an_invoice(desk: Crm, number: str | None = None) -> str | None:
    order = desk.documents.order(desk.documents.quote("C-17", lines=LINES).id)
    return desk.documents.invoice(order.id, number=number).number


def test_each_kind_has_its_own_numbers_one_after_the_other(desk: Crm) -> None:
    assert [an_invoice(desk) for _ in range(3)] == ["RE-2026-001", "RE-2026-002", "RE-2026-003"]
    quote = desk.documents.quote("C-17", lines=LINES)
    assert (quote.number, desk.documents.order(quote.id).number) == (None, "103")


def test_a_series_begins_anew_where_its_pattern_changes(desk: Crm, clock: Clock) -> None:
    numbers = []
    for day in (date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2)):
        clock.move_to(day)
        numbers.append(an_invoice(desk))

    assert numbers == ["RE-2026-001", "RE-2027-001", "RE-2027-002"]


def test_what_is_undone_leaves_no_gap(desk: Crm) -> None:
    order = desk.documents.order(desk.documents.quote("C-17", lines=LINES).id)
    assert an_invoice(desk) == "RE-2026-001"

    with pytest.raises(InvalidValueError, match="at most 5"):
        desk.documents.invoice(order.id, lines=[Line(item_id="I-1", quantity=6, unit_price=1)])

    assert desk.documents.invoice(order.id).number == "RE-2026-002"


def test_the_host_s_number_wins_and_is_never_given_again(desk: Crm) -> None:
    assert an_invoice(desk, number="RE-2026-001") == "RE-2026-001"
    desk.add(Document(id="R-9", kind="invoice", party_id="C-17", issued_on=date(2026, 1, 1), lines=[], number="RE-2026-002"))
    desk.add(Document(id="O-9", kind="order", party_id="C-17", issued_on=date(2026, 1, 1), lines=[], number="RE-2026-003"))

    assert an_invoice(desk) == "RE-2026-003"
    with pytest.raises(InvalidValueError, match="no other invoice"):
        an_invoice(desk, number="RE-2026-003")


def test_tenants_count_apart(desk: Crm, store: Store, clock: Clock) -> None:
    other = Crm(store, scope=Scope(tenant="other", actor="eve"), settings=Settings(numbers=NUMBERS), clock=clock)
    other.add(Party(id="C-17", name="Meier", created_on=date(2026, 1, 1)))

    assert (an_invoice(desk), an_invoice(other), an_invoice(desk)) == ("RE-2026-001", "RE-2026-001", "RE-2026-002")


@pytest.mark.parametrize(
    "pattern", ["", "RE", "{count}{count}", "{number}", "{count.real}", "{count!r}", "{count:x}", "{0}", "{", "{count:99}"]
)
def test_a_format_that_cannot_be_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidValueError):
        NumberFormat(pattern)


@pytest.mark.parametrize("numbers", [{"receipt": NumberFormat("{count}")}, {"invoice": "{count}"}])
def test_settings_take_formats_of_kinds_of_documents_only(numbers: Any) -> None:
    with pytest.raises(InvalidValueError):
        Settings(numbers=numbers)


def test_month_and_zeros_are_written() -> None:
    assert NumberFormat("{year}{month:02}/{count:04}").written(12, on=date(2026, 3, 1)) == "202603/0012"


def numbered(id: str, number: str | None, kind: Any = "invoice") -> Document:
    return Document(id=id, kind=kind, party_id="C-17", issued_on=date(2026, 1, 1), lines=[], number=number)


def test_a_document_of_the_host_with_the_number_of_another_of_its_kind_is_refused(crm: Crm) -> None:
    crm.add(numbered("R-8", "4711"), numbered("O-8", "4711", "order"), numbered("R-7", None), numbered("R-6", None))

    for documents in ([numbered("R-9", "4711")], [numbered("R-9", "4712"), numbered("R-10", "4712")]):
        with pytest.raises(InvalidValueError, match="no other invoice"):
            crm.add(*documents)
    with pytest.raises(NotStoredError):
        crm.get(Document, "R-9")
    with pytest.raises(StaleWriteError):
        crm.add(numbered("R-8", "4711"))


def test_a_number_does_not_change_to_that_of_another_document(crm: Crm) -> None:
    crm.add(numbered("R-8", "4711"), numbered("R-9", "4712"))
    document = crm.get(Document, "R-9")

    with pytest.raises(InvalidValueError, match="no other invoice"):
        crm.change(attrs.evolve(document, number="4711"))
    assert crm.change(attrs.evolve(document, number="4713")).number == "4713"


def test_a_pro_forma_invoice_takes_no_number_of_an_invoice(store: Store, clock: Clock) -> None:
    numbers = {**NUMBERS, "pro_forma": NumberFormat("PF-{count}")}
    desk = Crm(store, scope=Scope(tenant="acme", actor="anna"), settings=Settings(numbers=numbers), clock=clock)
    desk.add(Party(id="C-17", name="Müller", created_on=date(2026, 1, 1)))
    order = desk.documents.order(desk.documents.quote("C-17", lines=LINES).id)

    assert desk.documents.invoice(order.id, subtype="pro_forma").number == "PF-1"
    assert desk.documents.invoice(order.id, subtype="pro_forma").number == "PF-2"
    assert desk.documents.invoice(order.id).number == "RE-2026-001"


def test_without_a_series_of_its_own_a_pro_forma_invoice_has_only_the_number_that_the_host_gives(desk: Crm) -> None:
    order = desk.documents.order(desk.documents.quote("C-17", lines=LINES).id)

    assert desk.documents.invoice(order.id, subtype="pro_forma").number is None
    assert desk.documents.invoice(order.id, subtype="pro_forma", number="RE-2026-001").number == "RE-2026-001"
    assert desk.documents.invoice(order.id).number == "RE-2026-001"
