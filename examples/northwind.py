"""
A foreign ERP's SQLite file becomes facts and parties, and ends as a call list.

Run it with `python examples/northwind.py northwind.db`, the well-known sample database of a wholesaler (customers, orders with
discounts, no cost). It only reads that file; it needs crmkit[analytics].
"""

from __future__ import annotations

import sqlite3
import sys
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs
import polars as pl

from crmkit import Crm, Scope, Settings, days
from crmkit.classification import add_abc_class, lost_customers
from crmkit.entities import Document, Interaction, Line, Party
from crmkit.facts import customers_from, sales_from
from crmkit.persistence import MemoryStore
from crmkit.scheduling import ContactPolicy

if TYPE_CHECKING:
    from collections.abc import Iterator

AS_OF = date(1998, 5, 7)  # the day after the last order
LOST_SINCE = date(1998, 1, 1)
POLICY = ContactPolicy(by_class={"A": days(30), "B": days(60), "C": days(90)})
COUNTRIES = {
    "Argentina": "AR",
    "Austria": "AT",
    "Belgium": "BE",
    "Brazil": "BR",
    "Canada": "CA",
    "Denmark": "DK",
    "Finland": "FI",
    "France": "FR",
    "Germany": "DE",
    "Ireland": "IE",
    "Italy": "IT",
    "Mexico": "MX",
    "Norway": "NO",
    "Poland": "PL",
    "Portugal": "PT",
    "Spain": "ES",
    "Sweden": "SE",
    "Switzerland": "CH",
    "UK": "GB",
    "USA": "US",
    "Venezuela": "VE",
}


def parties(erp: sqlite3.Connection) -> Iterator[Party]:
    """Read the customers; those without a country are junk rows of the sample."""
    first_orders = dict(erp.execute("SELECT CustomerID, date(min(OrderDate)) FROM Orders GROUP BY CustomerID"))
    for id, name, region, country in erp.execute("SELECT CustomerID, CompanyName, Region, Country FROM Customers ORDER BY CustomerID"):
        created_on = date.fromisoformat(first_orders.get(id, "1996-07-01"))
        yield Party(id=id.strip(), name=name, created_on=created_on, region=region, excluded=None if country in COUNTRIES else "junk row")


def documents(erp: sqlite3.Connection) -> Iterator[Document]:
    """Read each order with its lines as the invoice it became; prices are floats there, their shortest decimal is what was typed."""
    lines: dict[int, list[Line]] = {}
    for order, item, price, quantity, discount in erp.execute('SELECT * FROM "Order Details" ORDER BY OrderID, ProductID'):
        line = Line(item_id=str(item), quantity=quantity, unit_price=Decimal(str(price)), discount_ratio=Decimal(str(discount)))
        lines.setdefault(order, []).append(line)
    for order, customer, seller, ordered_on in erp.execute(
        "SELECT OrderID, CustomerID, EmployeeID, date(OrderDate) FROM Orders ORDER BY 1"
    ):
        yield Document(
            id=str(order),
            kind="invoice",
            party_id=customer,
            issued_on=date.fromisoformat(ordered_on),
            lines=lines[order],
            currency="USD",
            salesperson_id=str(seller),
        )


def order_taken(document: Document) -> Interaction:
    """Whoever ordered was in contact with us."""
    happened_at = datetime.combine(document.issued_on, time(12), UTC)
    return Interaction(id=f"order {document.id}", party_id=document.party_id, happened_at=happened_at, kind="order", direction="in")


def main(path: str) -> None:
    """Say who matters, who left, and whom to call."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as erp:
        all_parties, invoices = list(parties(erp)), list(documents(erp))
    erp.close()

    sales = sales_from(invoices)
    totals = sales.group_by("customer_id").agg(pl.sum("revenue")).sort("revenue", descending=True)
    classed = add_abc_class(totals, value="revenue")
    print(f"{sales.height} lines, {len(invoices)} orders, {totals.height} customers, revenue {sales['revenue'].sum():,.2f} USD")
    print(classed.group_by("abc_class").agg(pl.len().alias("customers"), pl.sum("revenue")).sort("abc_class"))

    customers = customers_from(party for party in all_parties if party.excluded is None).with_columns(is_customer=True)
    lost = lost_customers(customers, sales, since=LOST_SINCE, as_of=AS_OF)
    print(f"lost since {LOST_SINCE}:", ", ".join(sorted(lost["customer_id"])))

    crm = Crm(
        MemoryStore(),
        scope=Scope(tenant="northwind", actor="example"),
        settings=Settings(zone="America/New_York", currency="USD", policy=POLICY),
        clock=lambda: datetime.combine(AS_OF, time(12), UTC),
    )
    classes = dict(classed.select("customer_id", "abc_class").iter_rows())
    crm.add(
        *(attrs.evolve(party, manual_class=classes.get(party.id)) for party in all_parties),
        *invoices,
        *(order_taken(invoice) for invoice in invoices),
    )
    print(f"\nwhom to call on {AS_OF}:")
    for row in crm.work_queue(limit=10):
        print(f"{row.party.manual_class}  {row.party.name:35.35}  {row.reasons[0]}")


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004  itself and the file
        sys.exit("usage: python examples/northwind.py northwind.db")
    main(sys.argv[1])
