from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb

from crmkit.exchange import read_sales
from crmkit.reporting import sales_overview

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAMES = {
    "customer_id": "CustomerID",
    "issued_on": "InvoiceDate",
    "quantity": "Quantity",
    "unit_price": "UnitPrice",
    "document_id": "InvoiceNo",
}


def test_negative_quantities_are_credit_notes_and_rows_without_customer_are_counted_and_set_aside(
    shared_data: Callable[[str], Path],
) -> None:
    path = shared_data("online_retail/online_retail.csv.gz")
    sales = read_sales([path], names=NAMES)
    (part,) = sales_overview(sales, as_of=date(2011, 12, 9), most=5_000).currencies
    totals = part.totals
    amount = "Quantity * UnitPrice::DECIMAL(18, 3)"
    connection = duckdb.connect()
    connection.read_csv(str(path), dtype={"UnitPrice": "DECIMAL(18, 3)", "CustomerID": "VARCHAR", "InvoiceNo": "VARCHAR"}).create("lines")

    (by_sql,) = connection.sql(f"""
        select count(*), count(distinct InvoiceNo), count(distinct CustomerID), sum({amount}),
               count(*) filter (CustomerID is null), sum({amount}) filter (CustomerID is null),
               count(distinct InvoiceNo) filter (Quantity < 0), count(*) filter (Quantity < 0), sum({amount}) filter (Quantity < 0)
        from lines
    """).fetchall()  # noqa: S608  no text from outside

    assert by_sql == (
        totals.lines,
        totals.documents,
        totals.customers,
        totals.revenue,
        totals.lines_without_customer,
        totals.revenue_without_customer,
        totals.credit_notes,
        totals.credit_note_lines,
        totals.credited,
    )
    assert (totals.lines, totals.revenue) == (541_909, Decimal("9747747.934"))
    assert (totals.gross_profit, totals.gross_margin, totals.unknown_cost_rate) == (None, None, 1.0)
    assert part.loss_makers == 0
    assert sum(cell.customers for cell in part.classes) == totals.customers == 4_372
