"""Two old systems are taken over whole: what was in their files is in the store, and found again."""

from __future__ import annotations

import csv
import gzip
import sqlite3
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("polars", reason="the tables of facts need Polars")
pytest.importorskip("sqlalchemy", reason="SQL storage is an extra")

from crmkit import Crm, Scope, Settings
from crmkit.conditions import Condition
from crmkit.entities import Document, Party
from crmkit.persistence import MemoryStore
from crmkit.persistence.sql import open_store
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crmkit.entities import HistoryEntry
    from crmkit.persistence.sql import SqlStore

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "take_over.py"
SETTINGS = Settings(zone="America/New_York", currency="USD")
BUSIEST = "678"
_MADE: list[Path] = []


@pytest.fixture
def file(shared_data: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that the example made, once for all tests of this module."""
    sources = [shared_data("adventureworks"), shared_data("northwind/northwind.db")]
    if not _MADE:
        target = tmp_path_factory.mktemp("taken-over") / "crm.db"
        subprocess.run([sys.executable, EXAMPLE, *sources, target], check=True, capture_output=True)
        _MADE.append(target)
    return _MADE[0]


@pytest.fixture
def store(file: Path) -> Iterator[SqlStore]:
    opened = open_store(f"sqlite:///{file}")
    yield opened
    opened.close()


@pytest.fixture
def bicycles(store: SqlStore) -> Crm:
    return Crm(store, scope=Scope(tenant="adventureworks", actor="anna"), settings=SETTINGS)


@pytest.fixture
def groceries(store: SqlStore) -> Crm:
    return Crm(store, scope=Scope(tenant="northwind", actor="anna"), settings=SETTINGS)


@pytest.fixture
def order_lines(shared_data: Callable[[str], Path]) -> list[dict[str, str]]:
    with gzip.open(shared_data("adventureworks/sales_lines.csv.gz"), "rt", encoding="utf-8-sig") as lines:
        return list(csv.DictReader(lines))


def all_of(store: SqlStore, tenant: str) -> tuple[Sequence[Party], Sequence[Document]]:
    with store.transaction(tenant, write=False) as transaction:
        return transaction.find(Query(Party)), transaction.find(Query(Document))


def test_every_record_of_the_bicycle_maker_is_there(store: SqlStore, order_lines: list[dict[str, str]]) -> None:
    parties, documents = all_of(store, "adventureworks")

    roles = Counter(role for party in parties for role in party.roles)
    buyers = len({line["ResellerKey"] for line in order_lines})
    assert roles == {"customer": buyers, "lead": 701 - buyers + 2_059, "employee": 17}
    assert Counter(document.kind for document in documents) == {"order": 3_616, "invoice": 3_616}
    assert sum(len(document.lines) for document in documents) == 2 * len(order_lines)


def test_its_leads_keep_telephone_address_and_birthday(bicycles: Crm) -> None:
    lead = bicycles.get(Party, "prospect 1")

    assert lead.name == "Adam Alexander"
    assert (lead.phones[0].number, lead.addresses[0].city, str(lead.people[0].birthday)) == ("516-555-0187", "Cedar City", "1945-12-30")


def test_revenue_and_cost_are_those_of_the_file(bicycles: Crm, order_lines: list[dict[str, str]]) -> None:
    sales = bicycles.facts.sales().collect()

    assert sales["revenue"].sum() == sum(Decimal(line["SalesAmount"]) for line in order_lines)
    assert sales["cost"].sum() == sum(Decimal(line["TotalProductCost"]) for line in order_lines if line["TotalProductCost"] != "NULL")


def test_revenue_of_the_wholesaler_is_that_of_plain_sql(groceries: Crm, shared_data: Callable[[str], Path]) -> None:
    sales = groceries.facts.sales().collect()

    with sqlite3.connect(f"file:{shared_data('northwind/northwind.db')}?mode=ro", uri=True) as erp:
        (revenue,) = erp.execute('SELECT sum(round(UnitPrice * Quantity * (1 - Discount), 2)) FROM "Order Details"').fetchone()
    erp.close()
    assert float(sales["revenue"].sum()) == pytest.approx(revenue, abs=1)  # the file has floats, crmkit rounds the decimals


def test_customers_suppliers_and_employees_of_the_wholesaler_are_found_at_once(store: SqlStore, groceries: Crm) -> None:
    parties, documents = all_of(store, "northwind")

    assert Counter(role for party in parties for role in party.roles) == {"customer": 93, "supplier": 29, "employee": 9}
    assert len(documents) == 2 * 830
    assert [(hit.party.name, hit.role) for hit in groceries.find("davolio")] == [("Nancy Davolio", "employee")]
    assert [(hit.party.name, hit.role, hit.field) for hit in groceries.find("charlotte coop")] == [("Exotic Liquids", "supplier", "people")]


def test_every_lead_is_found_by_its_name(bicycles: Crm, store: SqlStore) -> None:
    parties, _ = all_of(store, "adventureworks")

    leads = [party for party in parties if party.kind == "person" and "lead" in party.roles]
    assert [lead.id for lead in leads if lead.id not in {hit.party.id for hit in bicycles.find(lead.name, roles=["lead"], limit=50)}] == []


def test_the_timeline_of_a_reseller_is_complete(bicycles: Crm, order_lines: list[dict[str, str]]) -> None:
    entries: list[HistoryEntry] = []
    cursor = None
    while True:
        page = bicycles.timeline(BUSIEST, limit=7, cursor=cursor)
        entries += page
        cursor = page.cursor
        if cursor is None:
            break

    numbers = {line["SalesOrderNumber"] for line in order_lines if line["ResellerKey"] == BUSIEST}
    assert Counter(entry.about.id for entry in entries) == Counter([BUSIEST, *numbers, *(f"{number} invoice" for number in numbers)])
    assert [entry.happened_at for entry in entries] == sorted((entry.happened_at for entry in entries), reverse=True)


def test_every_invoice_comes_from_its_order(store: SqlStore) -> None:
    with store.transaction("adventureworks", write=False) as transaction:
        orders = transaction.find(Query(Document, [Condition("predecessor_id", "equal", "SO43659")]))

    assert [order.id for order in orders] == ["SO43659 invoice"]


@pytest.mark.parametrize("tenant", ["adventureworks", "northwind"])
def test_nothing_breaks_a_rule(store: SqlStore, tenant: str) -> None:
    crm = Crm(store, scope=Scope(tenant=tenant, actor="anna"), settings=SETTINGS)

    assert crm.check() == ()
    assert crm.journal.verify() == ()


def test_what_was_taken_over_can_be_carried_on_to_another_store(bicycles: Crm) -> None:
    exported = bicycles.export()
    other = Crm(MemoryStore(), scope=Scope(tenant="elsewhere", actor="anna"), settings=SETTINGS)
    other.import_(exported)

    assert other.export() == exported
