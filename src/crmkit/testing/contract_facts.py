"""The contract of stores: the tables of `crmkit.facts`."""
# ruff: noqa: S101, D102, PLR2004  tests: they live on assert, their names are their sentences, expected numbers say most as themselves
# ruff: noqa: ANN401  frames of an engine that need not be installed

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from crmkit.entities import Document, Line
from crmkit.errors import InvalidValueError
from crmkit.facts import contact_plans_from, customers_from, documents_from, sales_from
from crmkit.periods import Period, weeks
from crmkit.testing.contract_data import DAY, OTHER_TENANT, TENANT, a_document, a_party, a_plan, a_recall, keep

if TYPE_CHECKING:
    from crmkit.store import Store

EXACT = Line(item_id="Ä-1", quantity="0.333333", unit_price="12345678901234567.89", discount_ratio="0.1", unit="kg")
MANY = [
    a_document("D-1", number="2026/1", salesperson_id="ben"),
    a_document(
        "D-2", kind="credit_note", predecessor_id="D-1", lines=[Line(item_id="I-1", quantity=1, unit_price="19.90", unit_cost="12")]
    ),
    a_document("D-3", lines=[EXACT, EXACT], issued_on=DAY + timedelta(1)),
    a_document("D-4", kind="quote"),
    a_document("D-5", kind="order"),
    a_document("D-6", lines=[]),
    a_document(
        "D-7", issued_on=date(999, 12, 31), currency="JPY", lines=[Line(item_id="I-2", quantity=1000, unit_price=99, price_unit=100)]
    ),
]


def _table(store: Store, table: Any, period: Period | None = None, tenant: str = TENANT) -> Any:
    pytest.importorskip("polars", reason="tables from a store are an extra")
    with store.transaction(tenant, write=False) as transaction:
        frame = transaction.facts(table, period=period)
    return frame.collect()


def _same(found: Any, expected: Any, key: str) -> None:
    assert found.schema == expected.schema
    assert found.sort(key).rows() == expected.sort(key).rows()


def _save_many_and_stop(store: Store) -> None:
    with store.transaction(TENANT, write=True) as transaction:
        transaction.save(MANY)
        raise RuntimeError(f"{transaction.facts('sales').collect().height} lines")


class FactsContract:
    """Rules of tables."""

    def test_sales_are_the_lines_of_invoices_and_credit_notes(self, store: Store) -> None:
        keep(store, a_party(), *MANY)
        found = _table(store, "sales")
        _same(found, sales_from(MANY), "document_id")
        assert found.height == 5

    def test_sales_are_exact_to_the_last_digit(self, store: Store) -> None:
        keep(store, a_party(), *MANY)
        revenues = [row["revenue"] for row in _table(store, "sales").iter_rows(named=True) if row["document_id"] == "D-3"]
        assert revenues == [Decimal("3703699966666700.00")] * 2

    def test_sales_of_a_period_begin_on_its_first_day_and_end_before_its_last(self, store: Store) -> None:
        days = [DAY - timedelta(1), DAY, DAY + timedelta(1), DAY + timedelta(2)]
        keep(store, a_party(), *(a_document(f"D-{number}", issued_on=day) for number, day in enumerate(days)))
        found = _table(store, "sales", Period(DAY, DAY + timedelta(2)))
        assert sorted(found["document_id"]) == ["D-1", "D-2"]

    def test_a_changed_document_has_its_new_lines_only(self, store: Store) -> None:
        keep(store, a_party(), *MANY)
        line = Line(item_id="I-9", quantity=1, unit_price=1)
        changed = [a_document("D-1", version=1, lines=[line], issued_on=DAY + timedelta(9)), a_document("D-2", version=1, kind="quote")]
        keep(store, *changed, a_document("D-4", version=1, lines=[line, line, line]))
        documents = [*changed, *MANY[2:3], a_document("D-4", lines=[line, line, line]), *MANY[4:]]
        _same(_table(store, "sales"), sales_from(documents), "document_id")

    def test_a_removed_document_has_no_lines(self, store: Store) -> None:
        keep(store, a_party(), *MANY)
        with store.transaction(TENANT, write=True) as transaction:
            transaction.remove(Document, "D-3")
        _same(_table(store, "sales"), sales_from([*MANY[:2], *MANY[4:]]), "document_id")

    def test_a_transaction_sees_the_lines_it_has_written_and_others_only_what_was_kept(self, store: Store) -> None:
        pytest.importorskip("polars", reason="tables from a store are an extra")
        keep(store, a_party())
        with pytest.raises(RuntimeError, match="5 lines"):
            _save_many_and_stop(store)
        assert _table(store, "sales").is_empty()

    def test_without_documents_sales_are_an_empty_table_with_all_its_columns(self, store: Store) -> None:
        _same(_table(store, "sales"), sales_from([]), "document_id")

    def test_tables_hold_nothing_of_another_tenant(self, store: Store) -> None:
        keep(store, a_party(), a_plan(), a_recall(), *MANY)
        for table in ("sales", "customers", "contact_plans", "documents"):
            assert _table(store, table, tenant=OTHER_TENANT).is_empty()
        keep(store, a_party(name="Theirs"), a_document("D-1"), tenant=OTHER_TENANT)
        assert _table(store, "customers", tenant=OTHER_TENANT)["name"].to_list() == ["Theirs"]
        assert _table(store, "sales", tenant=OTHER_TENANT).height == 1

    def test_customers_are_all_parties(self, store: Store) -> None:
        parties = [a_party("P-1", roles="customer", region="Süd"), a_party("P-2"), a_party("P-3", active=False, owner_id="anna")]
        keep(store, *parties)
        _same(_table(store, "customers"), customers_from(parties), "customer_id")

    def test_contact_plans_come_with_their_open_recalls_and_parties(self, store: Store) -> None:
        parties = [a_party("P-1", manual_class="A"), a_party("P-2"), a_party("P-3", active=False)]
        plans = [a_plan("P-1", frequency=weeks(2), last_contact_on=DAY, contact_count=3), a_plan("P-3")]
        recalls = [a_recall("R-1", party_id="P-2"), a_recall("R-2", party_id="P-2", due_on=DAY - timedelta(1), state="done")]
        keep(store, *parties, *plans, *recalls)
        _same(_table(store, "contact_plans"), contact_plans_from(plans, recalls, parties), "customer_id")

    def test_documents_are_those_of_sales_of_a_period_or_all_of_them(self, store: Store) -> None:
        others = [a_document("D-8", kind="purchase_order"), a_document("D-9", kind="quote", state="superseded")]
        keep(store, a_party(), *MANY, *others)
        found = _table(store, "documents")
        _same(found, documents_from(MANY), "document_id")
        assert found.height == len(MANY)
        assert _table(store, "documents", Period(DAY + timedelta(1), DAY + timedelta(2)))["document_id"].to_list() == ["D-3"]

    def test_an_unknown_table_and_a_period_without_a_date_are_refused(self, store: Store) -> None:
        for table, period in (("nonsense", None), ("customers", Period.year(2026)), ("contact_plans", Period.year(2026))):
            with pytest.raises(InvalidValueError):
                _table(store, table, period)

    def test_an_invoice_that_no_table_can_hold_is_refused_when_it_is_saved(self, store: Store) -> None:
        keep(store, a_party())
        lines = (
            Line(item_id="I", quantity="0.0000001", unit_price=1),
            Line(item_id="I", quantity=0, unit_price=10**25),
        )
        for line in lines:
            with pytest.raises(InvalidValueError):
                keep(store, a_document(lines=[line]))
        keep(store, a_document(kind="order", lines=lines))
        assert _table(store, "sales").is_empty()
