"""The card of a party (rows 75 and 79): its figures as the frames define them, and all that is open with it."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmkit import Crm, Money, Scope, days
from crmkit.entities import (
    Commitment,
    Conditions,
    Contract,
    Document,
    Line,
    LoyaltyCard,
    LoyaltyRate,
    Party,
    Ref,
    Source,
)
from crmkit.errors import InvalidValueError, MissingExtraError, NotPermittedError, NotStoredError
from crmkit.facts import sales_from
from crmkit.history.card_figures import FIGURES
from crmkit.persistence import MemoryStore
from crmkit.store import Rights

history = pytest.importorskip("crmkit.history", reason="figures are computed by Polars")
pytest.importorskip("polars", reason="figures are computed by Polars")

LINE = Line(item_id="I-1", quantity=2, unit_price=100, unit_cost=60)


def eur(amount: int | str) -> Money:
    return Money.of(amount, "EUR")


def an_invoice(id: str, party_id: str = "C-17", *, on: date = date(2025, 12, 15), **fields: Any) -> Document:
    defaults: dict[str, Any] = {"id": id, "kind": "invoice", "party_id": party_id, "issued_on": on, "lines": [LINE]}
    return Document(**defaults | fields)


def test_the_figures_are_those_of_the_frames(crm: Crm) -> None:
    crm.add(an_invoice("R-2", on=date(2026, 1, 1)), an_invoice("R-3", on=date(2024, 5, 1)))

    card = crm.customer_card("C-17")

    assert (card.revenue_this_year, card.revenue_last_year, card.revenue, card.gross_profit) == (200, 200, 600, 240)
    assert (card.purchases, card.first_purchase_on, card.last_purchase_on) == (3, date(2024, 5, 1), date(2026, 1, 1))
    assert {year: figures.revenue for year, figures in card.yearly.items()} == {2024: 200, 2025: 200, 2026: 200}
    from_facts = history.customer_card(crm.facts.sales(), customer_id="C-17", as_of=date(2026, 1, 1))
    assert [getattr(card, name) for name in FIGURES] == [getattr(from_facts, name) for name in FIGURES]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["C-1", "C-2"]),
            st.dates(date(2024, 1, 1), date(2026, 3, 1)),
            st.sampled_from(["invoice", "credit_note", "quote"]),
        ),
        max_size=8,
    )
)
def test_every_card_is_that_of_the_facts(made: list[tuple[str, date, str]]) -> None:
    crm = Crm(MemoryStore(), scope=Scope(tenant="acme", actor="anna"), clock=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    crm.add(*(Party(id=id, name="x", created_on=date(2024, 1, 1)) for id in ("C-1", "C-2")))
    documents = [an_invoice(f"D-{number}", party_id, on=on, kind=kind) for number, (party_id, on, kind) in enumerate(made)]
    crm.add(*documents)

    card = crm.customer_card("C-1")

    by_facts = history.customer_card(sales_from(documents), customer_id="C-1", as_of=date(2026, 1, 1))
    assert {name: getattr(card, name) for name in FIGURES} == {name: getattr(by_facts, name) for name in FIGURES}


def test_what_was_not_there_on_the_day_is_not_in_the_figures(crm: Crm) -> None:
    assert [crm.customer_card("C-17", as_of=date(2025, day[0], day[1])).revenue for day in ((11, 30), (12, 1), (12, 2))] == [0, 200, 200]


def test_a_party_without_sales_has_a_card_of_zeros(crm: Crm) -> None:
    crm.add(Party(id="L-1", name="Eva", created_on=date(2026, 1, 1), source=Source(category="fair"), manual_class="B"))

    card = crm.customer_card("L-1")

    assert (card.revenue, card.purchases, card.last_purchase_on, card.currency) == (0, 0, None, "EUR")
    assert (card.open_amount, card.overdue_amount, card.quote_only, card.loyalty) == (eur(0), eur(0), False, None)
    assert (card.source, card.effective_class, card.party) == (Source(category="fair"), "B", crm.get(Party, "L-1"))


def test_a_card_knows_what_is_planned_and_promised(crm: Crm) -> None:
    crm.contact.plan("C-17", frequency=days(30))
    crm.record_interaction(
        "C-17", kind="visit", commitments=[Commitment(text="samples"), Commitment(text="offer", due_on=date(2026, 1, 5))]
    )
    later, sooner = (crm.contact.recall("C-17", on=date(2026, 1, day)) for day in (20, 10))
    task = crm.tasks.assign("ben", text="pack", due_on=date(2026, 1, 2), about=Ref("party", "C-17"))
    follow_up = crm.tasks.follow_up(Ref("document", "R-1"), on=date(2026, 1, 3), note="paid?")
    start = datetime(2026, 1, 9, 9, tzinfo=UTC)
    appointment = crm.appointments.schedule("C-17", start_at=start, minutes=30, attendees="anna", subject="x")
    case = crm.cases.open(Ref("party", "C-17"), text="scratched")
    closed = crm.cases.open(Ref("party", "C-17"), text="dent")
    crm.cases.close(closed.id, result="repaired")

    card = crm.customer_card("C-17")

    assert (card.last_contact_on, card.next_contact_on, card.contact_count) == (date(2026, 1, 1), date(2026, 2, 1), 1)
    assert [(one.text, one.due_on, one.employee_id) for one in card.open_commitments] == [
        ("offer", date(2026, 1, 5), "anna"),
        ("samples", None, "anna"),
    ]
    assert card.open_recalls == (sooner, later)
    assert (card.open_tasks, card.open_follow_ups, card.planned_appointments, card.open_cases) == (
        (task,),
        (follow_up,),
        (appointment,),
        (case,),
    )

    crm.contact.keep_commitment(card.open_commitments[0].interaction_id, text="offer")
    assert [one.text for one in crm.customer_card("C-17").open_commitments] == ["samples"]


def test_a_card_knows_what_is_to_be_paid_and_what_of_it_is_overdue(crm: Crm) -> None:
    crm.add(
        an_invoice("R-2", due_on=date(2026, 1, 20)),
        an_invoice("R-3", currency="CHF", due_on=date(2025, 12, 20)),
        an_invoice("R-4", due_on=date(2026, 1, 10)),
    )
    crm.documents.record_payment("R-4", amount=eur(50))

    for day, overdue in ((10, 0), (11, 150), (12, 150)):
        card = crm.customer_card("C-17", as_of=date(2026, 1, day))
        assert [item.document_id for item in card.open_items] == ["R-3", "R-4", "R-2", "R-1"]
        assert (card.open_amount, card.overdue_amount) == (eur(550), eur(overdue))


def test_documents_are_open_until_they_are_decided_or_invoiced(crm: Crm) -> None:
    quote = crm.documents.quote("C-17", lines=[LINE])
    assert crm.customer_card("C-17").open_documents == (quote,)

    order = crm.documents.order(quote.id)
    delivered = crm.documents.deliver(order.id, lines=[attrs.evolve(LINE, quantity=1)])
    card = crm.customer_card("C-17")
    assert ([one.id for one in card.open_orders], [one.id for one in card.open_deliveries]) == ([order.id], [delivered.id])
    assert card.open_quotes == ()

    crm.documents.invoice(delivered.id)
    card = crm.customer_card("C-17")
    assert ([one.id for one in card.open_orders], card.open_deliveries) == ([order.id], ())

    crm.documents.invoice(order.id)
    assert crm.customer_card("C-17").open_documents == ()


def test_a_card_knows_what_may_be_sold_and_what_is_agreed(crm: Crm) -> None:
    contracts = [
        Contract(id="V-1", party_id="C-17", title="x", starts_on=date(2025, 1, 1), term=days(400)),
        Contract(id="V-2", party_id="C-17", title="x", starts_on=date(2025, 1, 1), term=days(300), automatic=False),
        Contract(id="V-3", party_id="C-17", title="x", starts_on=date(2026, 5, 1)),
    ]
    crm.add(*contracts)
    chance = crm.opportunities.open("C-17", title="x", amount=eur(900), expected_on=date(2026, 3, 1), pipeline="sales")
    lost = crm.opportunities.open("C-17", title="x", amount=eur(1), expected_on=date(2026, 3, 1), pipeline="sales")
    crm.opportunities.lose(lost.id, because="price")
    crm.change(attrs.evolve(crm.get(Party, "C-17"), conditions=Conditions(price_list="B"), blocks="delivery"))

    card = crm.customer_card("C-17")

    assert [one.id for one in card.contracts] == ["V-1", "V-3"]
    assert card.open_opportunities == (chance,)
    assert card.party is not None
    assert (card.party.conditions, card.party.blocks) == (Conditions(price_list="B"), frozenset({"delivery"}))


def test_a_party_that_only_asks_for_quotes_is_marked(crm: Crm) -> None:
    crm.add(Party(id="L-1", name="x", created_on=date(2026, 1, 1)))
    quote = crm.documents.quote("L-1", lines=[LINE])
    assert crm.customer_card("L-1").quote_only

    crm.documents.order(quote.id)
    assert not crm.customer_card("L-1").quote_only


def test_the_balance_of_the_loyalty_card_is_on_the_card(crm: Crm) -> None:
    crm.add(LoyaltyCard(id="K-1", party_id="C-17", rates=[LoyaltyRate(ratio="0.02", since=date(2025, 1, 1))]))
    crm.add(an_invoice("R-2"))

    assert crm.customer_card("C-17").loyalty == crm.loyalty.balance("C-17")


def a_group(crm: Crm) -> None:
    crm.add(
        Party(id="C-18", name="x", created_on=date(2026, 1, 1), parent_id="C-17", owner_id="ben"),
        Party(id="C-19", name="x", created_on=date(2026, 1, 1), parent_id="C-18", owner_id="anna"),
    )
    crm.add(an_invoice("R-2", "C-18"), an_invoice("R-3", "C-19", on=date(2026, 1, 1)))
    crm.contact.recall("C-19", on=date(2026, 1, 9))


def test_the_card_of_a_parent_sums_up_its_group(crm: Crm) -> None:
    a_group(crm)

    card, alone = crm.customer_card("C-17"), crm.customer_card("C-17", group=False)

    assert (card.revenue, card.purchases, card.last_purchase_on, card.open_amount) == (600, 3, date(2026, 1, 1), eur(600))
    assert [one.id for one in card.members] == ["C-18", "C-19"]
    assert [one.party_id for one in card.open_recalls] == ["C-19"]
    assert (alone.revenue, alone.purchases, alone.open_amount, alone.members, alone.open_recalls) == (200, 1, eur(200), (), ())
    assert crm.customer_card("C-18").revenue == 400


def test_a_reader_gets_of_a_group_what_is_within_reach(crm: Crm) -> None:
    a_group(crm)
    place = crm._workplace  # noqa: SLF001  # the same store, another actor
    annas = Crm(
        place.store,
        scope=Scope(tenant="acme", actor="anna", rights=Rights(verbs={"customer_card": "own"})),
        settings=place.settings,
        clock=place.clock,
    )

    assert annas.customer_card("C-17").revenue == 400
    with pytest.raises(NotPermittedError, match="customer_card"):
        annas.customer_card("C-18")


def test_sales_in_another_currency_are_named_and_not_added(crm: Crm) -> None:
    crm.add(an_invoice("R-2", currency="CHF"), an_invoice("R-3", currency="USD"))

    card = crm.customer_card("C-17")
    francs = crm.customer_card("C-17", currency="CHF")

    assert (card.currency, card.revenue, card.other_currencies) == ("EUR", Decimal(200), ("CHF", "USD"))
    assert (francs.currency, francs.revenue, francs.open_amount) == ("CHF", Decimal(200), Money.of(200, "CHF"))
    with pytest.raises(InvalidValueError, match="currency="):
        crm.customer_card("C-17", currency="euro")


def test_without_sales_in_the_usual_currency_the_last_invoice_decides(crm: Crm) -> None:
    crm.add(Party(id="C-18", name="x", created_on=date(2026, 1, 1)))
    crm.add(an_invoice("R-2", "C-18", currency="USD"), an_invoice("R-3", "C-18", currency="CHF", on=date(2025, 12, 16)))

    assert crm.customer_card("C-18").currency == "CHF"


def test_a_merged_party_has_the_card_of_the_one_it_was_merged_into(crm: Crm) -> None:
    crm.add(Party(id="L-1", name="Eva Huber", created_on=date(2026, 1, 1), kind="person"))
    crm.parties.convert_lead("L-1", into="C-17")

    assert crm.customer_card("L-1") == crm.customer_card("C-17")


def test_nobody_has_no_card(crm: Crm) -> None:
    with pytest.raises(NotStoredError, match="no party with id 'C-99'"):
        crm.customer_card("C-99")


def test_the_card_shows_nothing_of_the_party_in_its_repr(crm: Crm) -> None:
    assert repr(crm.customer_card("C-17")) == "CustomerCard(customer_id='C-17', as_of=datetime.date(2026, 1, 1))"


def test_without_polars_it_says_what_to_install(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)

    with pytest.raises(MissingExtraError, match=r"crmkit\[analytics\]"):
        crm.customer_card("C-17")
