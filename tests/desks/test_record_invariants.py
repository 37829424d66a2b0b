"""Each rule over documents, payments, bookings and the past finds what breaks it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmkit import Crm, Money
from crmkit.conditions import Condition
from crmkit.entities import Document, Line, LoyaltyCard, LoyaltyEntry, LoyaltyRate, Party, Payment, Source, Spend, Touch
from crmkit.store import Query

if TYPE_CHECKING:
    from crmkit.store import Store, Transaction

DAY = date(2025, 12, 1)


@pytest.fixture
def busy(crm: Crm) -> Crm:
    """A desk with numbers, a payment, a booking, a source, a touch and a new owner."""
    line = Line(item_id="I-1", quantity=1, unit_price=100)
    crm.add(
        LoyaltyCard(id="K-1", party_id="C-17", rates=[LoyaltyRate(ratio="0.02", since=date(2025, 1, 1))]),
        Party(id="C-18", name="Meier", created_on=DAY, source=Source(category="fair")),
    )
    crm.add(*(Document(id=id, kind="invoice", party_id="C-17", issued_on=DAY, lines=[line], number=id) for id in ("R-2", "R-3")))
    crm.documents.record_payment("R-2", amount=Money.of(5, "EUR"))
    crm.campaigns.record_touch("C-17", channel="email")
    crm.change(attrs.evolve(crm.get(Party, "C-17"), owner_id="ben"))
    return crm


def test_after_the_verbs_every_rule_holds(busy: Crm) -> None:
    assert busy.check() == ()


def changed(transaction: Transaction, kind: type[Any], where: list[Condition], **fields: Any) -> None:
    transaction.save([attrs.evolve(record, **fields) for record in transaction.find(Query(kind, where))])


@pytest.mark.parametrize(
    ("kind", "where", "fields", "rule"),
    [
        (Document, [Condition("id", "equal", "R-3")], {"number": "R-2"}, "numbers_of_documents_are_unique"),
        (Payment, [], {"amount": Money.of(5, "USD")}, "payments_are_made"),
        (Payment, [], {"party_id": "C-18"}, "payments_are_made"),
        (LoyaltyEntry, [], {"party_id": "C-18"}, "bookings_are_made"),
        (LoyaltyCard, [], {"currency": "USD"}, "bookings_are_made"),
        (Party, [Condition("id", "equal", "C-17")], {"owner_id": "carl"}, "parties_are_as_their_last_changes_say"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_each_rule_finds_what_breaks_it(  # noqa: PLR0917  # fixtures and parameters
    busy: Crm, store: Store, kind: type[Any], where: list[Condition], fields: dict[str, Any], rule: str
) -> None:
    with store.transaction("acme", write=True) as transaction:
        changed(transaction, kind, where, **fields)

    assert any(problem.source.startswith(rule) for problem in busy.check())


def test_a_record_that_nobody_was_told_of_is_found(busy: Crm, store: Store) -> None:
    with store.transaction("acme", write=True) as transaction:
        transaction.save([Spend(id="1", spent_on=DAY, amount=Money.of(5, "EUR"))])

    assert "what_was_decided_and_booked_has_a_history" in {problem.source for problem in busy.check()}


@pytest.mark.parametrize(
    ("kind", "fields"), [(Party, {"source": Source(category="website")}), (Party, {"source": None}), (Touch, {"channel": "fair"})]
)
def test_a_source_or_touch_that_a_verb_overwrote_is_found(busy: Crm, kind: type[Any], fields: dict[str, Any]) -> None:
    def work(work: Any) -> None:
        for record in work.find(kind):
            work.record(attrs.evolve(record, **fields))

    busy._workplace.do("change", work, arguments={})  # noqa: SLF001  # a verb with a mistake

    assert "sources_and_touches_are_never_overwritten" in {problem.source for problem in busy.check()}
