"""Real sales without cost: negative quantities are credit notes, and a quarter of the rows name no customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
import pytest

from crmkit import facts
from crmkit.classification import customers_with_revenue
from crmkit.history import customer_cards
from crmkit.metrics import gross_profit_by
from tests.engines import dicts, rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def path(shared_data: Callable[[str], Path]) -> Path:
    return shared_data("online_retail/online_retail.csv.gz")


@pytest.fixture
def sales(path: Path) -> pl.DataFrame:
    lines = pl.read_csv(
        path, try_parse_dates=True, schema_overrides={"InvoiceNo": pl.String, "StockCode": pl.String, "UnitPrice": pl.Decimal(28, 3)}
    )
    names: dict[str, Any] = {"customer_id": "CustomerID", "issued_on": "InvoiceDate", "quantity": "Quantity", "unit_price": "UnitPrice"}
    return facts.sales(lines, **names, document_id="InvoiceNo", item_id="StockCode")


@pytest.fixture
def sql(path: Path) -> Callable[[str], list[tuple[Any, ...]]]:
    connection = duckdb.connect()
    connection.execute(
        f"""create view lines as select *, Quantity::bigint as pieces, pieces * UnitPrice::decimal(20,3) as revenue
            from read_csv('{path}', all_varchar=true)"""  # noqa: S608  # the path of the test's own data
    )
    return lambda query: connection.sql(query).fetchall()


def test_totals_hold_the_rows_without_a_customer(sales: pl.DataFrame, sql: Any) -> None:
    ((revenue, lines, notes),) = sql("select sum(revenue), count(*), count(*) filter (pieces < 0) from lines")
    table = sales.with_columns(cost=pl.lit(None, dtype=pl.Decimal(28, 3)))

    assert rows(gross_profit_by(table), "revenue", "gross_profit", "gross_margin") == [(revenue, None, None)]
    assert (sales.height, sales.filter(pl.col("document_kind") == "credit_note").height) == (lines, notes)


def test_what_is_per_customer_leaves_them_out(sales: pl.DataFrame, sql: Any) -> None:
    expected = sql(
        "select CustomerID::double, sum(revenue) from lines where CustomerID is not null group by all having sum(revenue) > 0 order by 1"
    )

    found = customers_with_revenue(sales, since=sales["issued_on"].min())  # type: ignore[arg-type]

    assert sorted(rows(found, "customer_id", "revenue")) == expected


def test_without_any_cost_there_is_no_gross_profit_on_a_card(sales: pl.DataFrame, sql: Any) -> None:
    ((customers,),) = sql("select count(distinct CustomerID) from lines")

    cards = customer_cards(sales, as_of=sales["issued_on"].max())  # type: ignore[arg-type]

    assert cards.height == customers
    assert {row["gross_profit"] for row in dicts(cards)} == {None}
