"""Leads and conversions of a store, and the figures of marketing on them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from crmkit import Crm, Money, Period, days
from crmkit.entities import Campaign, Document, Line, Party, Source, Spend
from crmkit.metrics import Last, attributed_by, campaign_report, cost_per_lead_by, leads_by
from tests.engines import dicts, rows

if TYPE_CHECKING:
    from tests.desks.conftest import Clock

FEBRUARY = date(2026, 2, 1)


def a_lead(id: str, source: str = "fair", **fields: Any) -> Party:
    given: dict[str, Any] = {"created_on": date(2026, 1, 5), "source": Source(category=source, detail="Linz", campaign_id=f"K-{source}")}
    return Party(id=id, name="Huber", **given | fields)


def a_document(id: str, party_id: str = "L-1", *, kind: Any = "invoice", on: date = FEBRUARY, price: int = 500, **fields: Any) -> Document:
    line = Line(item_id="I-1", quantity=1, unit_price=price, unit_cost=price * 3 // 5)
    return Document(id=id, kind=kind, party_id=party_id, issued_on=on, lines=[line], **fields)


@pytest.fixture
def fair(crm: Crm) -> Crm:
    """Two leads of a fair and one of the web, and what the fair cost."""
    crm.add(Campaign(id="K-fair", name="fair"), Campaign(id="K-web", name="web"))
    crm.add(a_lead("L-1", owner_id="anna", region="north"), a_lead("L-2"), a_lead("L-3", "web"))
    crm.add(Spend(id="S-1", spent_on=date(2026, 1, 2), amount=Money.of(100, "EUR"), campaign_id="K-fair", source="fair"))
    return crm


def converted(crm: Crm) -> dict[str, date | None]:
    return {row["customer_id"]: row["converted_on"] for row in dicts(crm.facts.leads())}


def test_a_lead_is_a_row_with_its_source_and_stays_one_as_a_customer(fair: Crm) -> None:
    fair.add(a_document("R-2"))

    (row,) = [row for row in dicts(fair.facts.leads()) if row["customer_id"] == "L-1"]

    assert row == {
        "created_on": date(2026, 1, 5),
        "customer_id": "L-1",
        "converted_on": FEBRUARY,
        "source": "fair",
        "source_detail": "Linz",
        "campaign_id": "K-fair",
        "salesperson_id": "anna",
        "region": "north",
        "customer_on": date(2026, 1, 1),  # the day of the verb
    }


def test_who_was_never_a_lead_is_none(fair: Crm) -> None:
    assert set(converted(fair)) == {"L-1", "L-2", "L-3"}


def test_a_quote_makes_a_customer_but_no_conversion(fair: Crm, clock: Clock) -> None:
    clock.move_to(date(2026, 1, 9))
    fair.documents.quote("L-1", lines=[Line(item_id="I-1", quantity=1, unit_price=5)])

    (row,) = [row for row in dicts(fair.facts.leads()) if row["customer_id"] == "L-1"]

    assert (row["customer_on"], row["converted_on"]) == (date(2026, 1, 9), None)


def test_a_lead_is_converted_by_its_first_purchase(fair: Crm) -> None:
    fair.add(a_document("R-3", on=date(2026, 3, 1)), a_document("R-2"), a_document("R-4", on=date(2026, 4, 1)))

    assert converted(fair)["L-1"] == FEBRUARY


def test_an_invoice_that_was_wholly_taken_back_converts_nobody(fair: Crm) -> None:
    fair.add(a_document("R-2"))
    fair.add(a_document("G-2", kind="credit_note", on=date(2026, 2, 3), predecessor_id="R-2"))

    assert converted(fair)["L-1"] is None


def test_a_lead_merged_into_another_party_is_no_lead_of_its_own(fair: Crm) -> None:
    fair.parties.convert_lead("L-2", into="C-17")

    assert set(converted(fair)) == {"L-1", "L-3"}


@pytest.mark.parametrize(("created_on", "found"), [(date(2025, 12, 31), 3), (date(2026, 1, 1), 4), (date(2026, 1, 31), 4), (FEBRUARY, 3)])
def test_a_lead_is_of_the_period_in_which_it_was_created(fair: Crm, created_on: date, found: int) -> None:
    fair.add(a_lead("L-4", created_on=created_on))

    assert len(dicts(fair.facts.leads(period=Period.month(2026, 1)))) == found


def test_leads_by_counts_the_leads_of_a_store(fair: Crm) -> None:
    fair.add(a_document("R-2"))

    assert set(rows(leads_by(fair.facts.leads(), "source"))) == {("fair", 2, 1, 0.5), ("web", 1, 0, 0.0)}


def test_cost_per_customer_counts_buyers(fair: Crm) -> None:
    fair.add(a_document("R-2"))
    fair.documents.quote("L-2", lines=[Line(item_id="I-1", quantity=1, unit_price=5)])

    found = cost_per_lead_by(fair.facts.leads(), fair.facts.spend(), "source")

    assert ("fair", "EUR", 100, 2, 50.0, 1, 100.0) in rows(found)


def test_campaign_report_works_on_the_tables_of_a_store(fair: Crm) -> None:
    fair.add(a_document("R-2"))

    report = campaign_report(fair.facts.leads(), fair.facts.sales(), fair.facts.spend())

    fairs = rows(report.filter(campaign_id="K-fair"), "spend", "leads", "customers", "orders", "revenue", "gross_profit", "roi")
    assert fairs == [(100, 2, 1, 1, 500, 200, 1.0)]


def test_an_invoice_is_a_conversion_of_its_net_revenue(fair: Crm) -> None:
    fair.add(a_document("R-2"), a_document("A-2", kind="quote"))

    (row,) = fair.facts.conversions(period=Period.month(2026, 2)).collect().to_dicts()

    assert (row["conversion_id"], row["customer_id"], row["document_id"]) == ("R-2", "L-1", "R-2")
    assert (row["happened_on"], row["amount"], row["currency"]) == (FEBRUARY, Decimal(500), "EUR")
    assert row["happened_at"] == datetime(2026, 2, 1, 22, 59, 59, 999999, tzinfo=UTC)  # the last moment of the day in Berlin


def test_without_invoices_there_are_no_conversions(fair: Crm) -> None:
    assert dicts(fair.facts.conversions(period=Period.month(2026, 2))) == []


def test_attribution_works_on_the_tables_of_a_store(fair: Crm, clock: Clock) -> None:
    clock.move_to(FEBRUARY)
    fair.campaigns.record_touch("L-1", channel="phone", campaign_id="K-fair")
    fair.add(a_document("R-2"), a_document("R-3", "L-2", price=70))
    fair.add(a_document("G-2", kind="credit_note", on=date(2026, 2, 3), predecessor_id="R-2", price=20))
    february = fair.facts.conversions(period=Period.month(2026, 2))

    found = attributed_by(february, fair.facts.touches(), "campaign_id", model=Last(), window=days(30))

    assert set(rows(found, "campaign_id", "conversions", "amount")) == {("K-fair", 1.0, 480), ("unattributed", 1.0, 70)}


def test_a_down_payment_is_no_conversion_and_the_final_invoice_is_a_whole_one(fair: Crm) -> None:
    fair.add(a_document("R-2", subtype="down_payment", price=200))
    assert "R-2" not in {row["conversion_id"] for row in dicts(fair.facts.conversions())}

    taken_off = Line(item_id="I-1", quantity=1, unit_price=-200, deducts_id="R-2")
    whole = a_document("R-3", subtype="final")
    fair.add(Document(id="R-3", kind="invoice", subtype="final", party_id="L-1", issued_on=FEBRUARY, lines=[*whole.lines, taken_off]))

    assert [row["amount"] for row in dicts(fair.facts.conversions()) if row["customer_id"] == "L-1"] == [500]


@pytest.mark.parametrize(("issued_on", "found"), [(date(2026, 1, 31), 0), (FEBRUARY, 1), (date(2026, 2, 28), 1), (date(2026, 3, 1), 0)])
def test_a_conversion_is_of_the_period_of_its_date(fair: Crm, issued_on: date, found: int) -> None:
    fair.add(a_document("R-2", on=issued_on))

    assert len(dicts(fair.facts.conversions(period=Period.month(2026, 2)))) == found
