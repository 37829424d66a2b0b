"""
Two old systems become two tenants of one SQLite file: everything that belongs to a customer, nothing lost.

Run it with `python examples/take_over.py adventureworks northwind.db crm.db`: the folder of a bicycle maker's exports (resellers,
prospects, order lines), the sample database of a wholesaler, and the file to make. It needs crmkit[analytics,sql].
"""

from __future__ import annotations

import csv
import gzip
import sqlite3
import sys
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from crmkit import Crm, Scope, Settings
from crmkit.entities import Address, ContactPerson, Document, Line, Party, Phone, Source
from crmkit.history import customer_card
from crmkit.persistence.sql import open_store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmkit.persistence.sql import SqlStore
    from crmkit.records import Stored

FIRST_DAY = date(2017, 7, 1)  # of the bicycle maker's books
LAST_DAY = date(2020, 5, 31)
COUNTRIES = {
    "Argentina": "AR",
    "Australia": "AU",
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
    "Japan": "JP",
    "Mexico": "MX",
    "Netherlands": "NL",
    "Norway": "NO",
    "Poland": "PL",
    "Portugal": "PT",
    "Singapore": "SG",
    "Spain": "ES",
    "Sweden": "SE",
    "Switzerland": "CH",
    "UK": "GB",
    "USA": "US",
    "United Kingdom": "GB",
    "United States": "US",
    "Venezuela": "VE",
}


def read(path: Path) -> Iterator[dict[str, str]]:
    """Read the rows of a CSV file, packed or not."""
    with gzip.open(path, "rt", encoding="utf-8-sig") if path.suffix == ".gz" else path.open(encoding="utf-8-sig") as file:
        yield from csv.DictReader(file)


def resellers(folder: Path) -> Iterator[Party]:
    """Read the resellers, with street and telephone number from a second file; who ordered becomes a customer by the orders."""
    details = {row["ResellerKey"]: row for row in read(folder / "reseller_details.csv")}
    postal_codes = {row["GeographyKey"]: row["PostalCode"] for row in read(folder / "geography.csv")}
    for row in read(folder / "resellers.csv"):
        more = details[row["ResellerKey"]]
        address = Address(
            street="\n".join(filter(None, (more["AddressLine1"], more["AddressLine2"]))),
            postal_code=postal_codes[more["GeographyKey"]],
            city=row["City"],
            country=COUNTRIES[row["Country_Region"]],
        )
        yield Party(
            id=row["ResellerKey"],
            name=row["ResellerName"],
            created_on=FIRST_DAY,
            industry=row["BusinessType"],
            region=row["StateProvinceName"],
            language="en",
            addresses=[address],
            phones=[Phone(number=more["Phone"])],
            external_ids={"erp": more["ResellerAlternateKey"]},
        )


def prospects(folder: Path) -> Iterator[Party]:
    """Read the bought addresses: persons, each its own contact person with birthday and telephone number."""
    for row in read(folder / "prospects.csv"):
        yield Party(
            id=f"prospect {row['ProspectiveBuyerKey']}",
            name=" ".join(filter(None, (row["FirstName"], row["MiddleName"], row["LastName"]))),
            created_on=FIRST_DAY,
            kind="person",
            language="en",
            source=Source(category="bought addresses"),
            people=[
                ContactPerson(
                    id="self",
                    last_name=row["LastName"],
                    first_name=row["FirstName"],
                    position=row["Occupation"],
                    birthday=date.fromisoformat(row["BirthDate"][:10]),
                )
            ],
            emails=[row["EmailAddress"]],
            phones=[Phone(number=row["Phone"], kind="home")],
            addresses=[
                Address(street=row["AddressLine1"], postal_code=row["PostalCode"].zfill(5), city=row["City"], country="US")
            ],  # the file lost leading zeros
        )


def sellers(folder: Path) -> Iterator[Party]:
    """Make an employee of each seller; the export knows only their numbers."""
    for id in sorted({row["EmployeeKey"] for row in read(folder / "sales_lines.csv.gz")}):
        yield Party(id=f"seller {id}", name=f"Seller {id}", created_on=FIRST_DAY, kind="person", roles="employee")


def orders(folder: Path) -> Iterator[Document]:
    """Read each order and the invoice that it became; prices are those of the whole line, per its quantity, so that nothing is rounded."""
    rows = defaultdict(list)
    for row in read(folder / "sales_lines.csv.gz"):
        rows[row["SalesOrderNumber"]].append(row)
    for number, own in rows.items():
        lines = [
            Line(
                item_id=row["ProductKey"],
                quantity=int(row["OrderQuantity"]),
                unit_price=Decimal(row["SalesAmount"]),
                unit_cost=None if row["TotalProductCost"] == "NULL" else Decimal(row["TotalProductCost"]),
                price_unit=int(row["OrderQuantity"]),
            )
            for row in own
        ]
        order = Document(
            id=number,
            kind="order",
            party_id=own[0]["ResellerKey"],
            issued_on=date.fromisoformat(own[0]["OrderDate"]),
            lines=lines,
            currency="USD",
            number=number,
            salesperson_id=f"seller {own[0]['EmployeeKey']}",
        )
        yield order
        yield Document(
            id=f"{number} invoice",
            kind="invoice",
            party_id=order.party_id,
            issued_on=order.issued_on,
            lines=lines,
            currency="USD",
            number=number,
            predecessor_id=number,
            salesperson_id=order.salesperson_id,
        )


def wholesaler(path: Path) -> Iterator[Stored]:
    """Read customers, suppliers, employees and orders of the wholesaler; rows without a country are junk of the sample."""
    erp = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    for role, table in (("customer", "Customers"), ("supplier", "Suppliers")):
        query = f"SELECT {role}ID, CompanyName, ContactName, ContactTitle, Address, City, PostalCode, Country, Phone FROM {table}"  # noqa: S608  # names of ours
        for id, name, person, position, street, city, postal_code, country, phone in erp.execute(query):
            yield Party(
                id=f"{role} {id}",
                name=name,
                created_on=date(1996, 7, 1),
                roles=role,
                people=[ContactPerson(id="1", last_name=person, position=position or "")] if person else (),
                addresses=[Address(street=street, postal_code=postal_code or "", city=city, country=COUNTRIES[country.strip()])]
                if country
                else (),
                phones=[Phone(number=phone)] if phone else (),
                excluded=None if country else "junk row",
            )
    for id, last, first, title, born in erp.execute("SELECT EmployeeID, LastName, FirstName, Title, BirthDate FROM Employees"):
        self = ContactPerson(id="self", last_name=last, first_name=first, position=title, birthday=date.fromisoformat(born))
        yield Party(
            id=f"employee {id}", name=f"{first} {last}", created_on=date(1996, 7, 1), kind="person", roles="employee", people=[self]
        )
    lines = defaultdict(list)
    for order, item, price, quantity, discount in erp.execute('SELECT * FROM "Order Details" ORDER BY OrderID, ProductID'):
        line = Line(item_id=str(item), quantity=quantity, unit_price=Decimal(str(price)), discount_ratio=Decimal(str(discount)))
        lines[order].append(line)
    for order, customer, seller, on in erp.execute("SELECT OrderID, CustomerID, EmployeeID, date(OrderDate) FROM Orders ORDER BY 1"):
        issued_on, salesperson = date.fromisoformat(on), f"employee {seller}"
        common = {"party_id": f"customer {customer}", "issued_on": issued_on, "lines": lines[order], "currency": "USD"}
        yield Document(id=f"order {order}", kind="order", salesperson_id=salesperson, **common)
        yield Document(id=str(order), kind="invoice", predecessor_id=f"order {order}", salesperson_id=salesperson, **common)
    erp.close()


def taken_over(store: SqlStore, tenant: str, records: Iterable[Stored]) -> Crm:
    """Write all records of an old system in one transaction: all of them, or none."""
    crm = Crm(store, scope=Scope(tenant=tenant, actor="import"), settings=Settings(zone="America/New_York", currency="USD"))
    crm.add(*records)
    return crm


def main(folder: Path, erp: Path, target: str) -> None:
    """Take both over, and show one customer's record."""
    store = open_store(f"sqlite:///{target}")
    bicycles = taken_over(store, "adventureworks", [*resellers(folder), *prospects(folder), *sellers(folder), *orders(folder)])
    groceries = taken_over(store, "northwind", wholesaler(erp))
    for crm, tenant in ((bicycles, "adventureworks"), (groceries, "northwind")):
        sales = crm.facts.sales().collect()
        print(f"{tenant}: {sales['document_id'].n_unique()} invoices, {sales.height} lines, {sales['revenue'].sum():,.2f} USD")
    print("\nsearch for 'bike wor':")
    hits = bicycles.find("bike wor", limit=10)
    for hit in hits:
        print(f"  {hit.party.name}, {hit.role}, {hit.party.addresses[0].city}")
    best = hits[0].party
    print(f"\nthe newest of {best.name}:")
    for entry in bicycles.timeline(best.id, limit=10):
        print(f"  {entry.happened_at.date()}  {entry.summary or entry.verb}")
    card = customer_card(bicycles.facts.sales(), customer_id=best.id, as_of=LAST_DAY)
    print(f"\nits card on {LAST_DAY}: {card.purchases} purchases since {card.first_purchase_on}, the last on {card.last_purchase_on},")
    print(f"  revenue {card.revenue:,.2f}, gross profit {card.gross_profit:,.2f}, this year {card.revenue_this_year:,.2f} USD")
    store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
