"""Sales by month and year of two real businesses, computed again in plain SQL."""

from __future__ import annotations

import sqlite3
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from crmkit import Period, facts
from crmkit.history import purchased_items, sales_by_month, sales_by_year, sales_to_date
from crmkit.metrics import concentration, gross_profit_by, loss_sources_by, ranked, revenue_without_profit_by
from tests.engines import on, on_every_engine, queried, rows, rows_in_order

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AS_OF = date(2020, 5, 31)


@pytest.fixture
def bikes(shared_data: Callable[[str], Path]) -> pl.DataFrame:
    path, products = shared_data("adventureworks/sales_lines.csv.gz"), shared_data("adventureworks/products.csv")
    money = {name: pl.Decimal(28, 4) for name in ("UnitPrice", "TotalProductCost", "SalesAmount", "StandardCost")}
    lines = pl.read_csv(path, null_values="NULL", try_parse_dates=True, schema_overrides=money)
    groups = pl.read_csv(products).select("ProductKey", item_group="EnglishProductCategoryName")
    names: dict[str, Any] = {"customer_id": "ResellerKey", "issued_on": "OrderDate", "revenue": "SalesAmount", "cost": "TotalProductCost"}
    table = facts.sales(
        lines.join(groups, on="ProductKey"), **names, document_id="SalesOrderNumber", item_id="ProductKey", quantity="OrderQuantity"
    )
    return table.select("customer_id", "issued_on", "revenue", "cost", "document_id", "item_id", "item_group", "quantity")


MONTHS = """
with months as (select unnest(range(date '2018-07-01', date '2020-06-01', interval 1 month))::date as month),
     groups as (select distinct item_group from sales),
     sums as (select item_group, date_trunc('month', issued_on)::date as month, sum({value}) as value from sales group by all)
select g.item_group, m.month, coalesce(now.value, 0), coalesce(previous.value, 0), coalesce(earlier.value, 0)
from groups g cross join months m
left join sums now on now.item_group = g.item_group and now.month = m.month
left join sums previous on previous.item_group = g.item_group and previous.month = m.month - interval 1 month
left join sums earlier on earlier.item_group = g.item_group and earlier.month = m.month - interval 1 year
order by 1, 2
"""


@pytest.mark.parametrize("value", ["revenue", "quantity"])
@pytest.mark.parametrize("engine", ["polars-lazy", "pyarrow", "duckdb"])
def test_item_groups_by_month(bikes: pl.DataFrame, value: str, engine: str) -> None:
    expected = queried(MONTHS.format(value=value), sales=bikes)
    period = Period(date(2018, 7, 1), date(2020, 6, 1))

    series = sales_by_month(on(engine, bikes), "item_group", period=period, as_of=AS_OF, value=value)

    assert rows(series, "item_group", "month", value, "previous", "year_before") == expected
    for row in rows(series, value, "previous", "change_ratio"):
        assert row[2] == (pytest.approx(float((row[0] - row[1]) / row[1])) if row[1] > 0 else None)


def test_the_season_is_known_only_where_there_was_a_year_before(bikes: pl.DataFrame) -> None:
    series = sales_by_month(bikes, period=Period(date(2018, 5, 1), date(2018, 9, 1)), as_of=AS_OF)

    assert series["year_before"].is_null().to_list() == [True, True, False, False]


def test_years_and_like_for_like(bikes: pl.DataFrame) -> None:
    ((this, last, whole),) = queried(
        """select sum(revenue) filter (issued_on >= '2020-01-01'),
                  sum(revenue) filter (issued_on between '2019-01-01' and '2019-05-31'), sum(revenue) filter (year(issued_on) = 2019)
           from sales""",
        sales=bikes,
    )

    years = sales_by_year(bikes, period=Period(date(2019, 1, 1), date(2021, 1, 1)), as_of=AS_OF)

    assert rows(years, "year", "revenue", "partial") == [(2019, whole, False), (2020, this, True)]
    assert rows(sales_to_date(bikes, as_of=AS_OF)) == [(this, last, pytest.approx(float((this - last) / last)))]


def test_top_and_bottom_by_profit(bikes: pl.DataFrame) -> None:
    query = "select customer_id from sales group by 1 having count(cost) > 0 order by sum(revenue - cost) {} limit 10"
    per_customer = gross_profit_by(bikes, "customer_id")

    for first, direction in (("largest", "desc"), ("smallest", "asc")):
        expected = [row[0] for row in queried(query.format(direction), sales=bikes)]
        assert ranked(per_customer, value="gross_profit", first=first)["customer_id"].head(10).to_list() == expected  # type: ignore[arg-type]


def test_the_share_of_the_largest_few(bikes: pl.DataFrame) -> None:
    per_customer = gross_profit_by(bikes, "customer_id")
    values = sorted(per_customer["revenue"].to_list(), reverse=True)

    for share, customers, value, _ in rows(concentration(per_customer, value="revenue")):
        count = -(-len(values) * int(share * 100) // 100)
        assert (customers, value) == (count, sum(values[:count]))


def test_losses_add_up_to_those_of_their_customers(bikes: pl.DataFrame) -> None:
    losing = revenue_without_profit_by(bikes, "customer_id")
    sources = loss_sources_by(bikes, "customer_id")

    per_customer = sources.group_by("customer_id").agg(pl.col("gross_profit").sum())
    assert rows_in_order(per_customer) == rows_in_order(losing, "customer_id", "gross_profit")
    assert sources["group_gross_profit"].to_list() == sorted(sources["group_gross_profit"].to_list())


@pytest.fixture
def northwind(shared_data: Callable[[str], Path]) -> pl.DataFrame:
    connection = sqlite3.connect(f"file:{shared_data('northwind/northwind.db')}?mode=ro", uri=True)
    lines = connection.execute(
        """select o.CustomerID, date(o.OrderDate), d.OrderID, d.ProductID, c.CategoryName, d.Quantity, p.QuantityPerUnit,
                  cast(round(d.UnitPrice * 100) as integer), cast(round(d.Discount * 100) as integer)
           from "Order Details" d join Orders o using (OrderID) join Products p using (ProductID) join Categories c using (CategoryID)"""
    ).fetchall()
    connection.close()
    names = ["customer_id", "day", "document_id", "item_id", "item_group", "quantity", "unit", "cents", "percent"]
    frame = pl.DataFrame(lines, schema=names, orient="row", infer_schema_length=None)
    revenue = pl.col("quantity") * pl.col("cents") * (100 - pl.col("percent"))
    return frame.with_columns(issued_on=pl.col("day").str.to_date(), revenue=(revenue / 10_000).cast(pl.Decimal(28, 4))).drop("day")


@on_every_engine
def test_quantities_in_other_units_stay_apart(northwind: pl.DataFrame, engine: str) -> None:
    frame = northwind.filter(pl.col("customer_id") == "ERNSH").drop("revenue").with_columns(revenue=pl.col("cents"))
    year = Period.year(1997)
    expected = (
        frame.filter(pl.col("issued_on").dt.year() == 1997)
        .group_by("item_id", "unit")
        .agg(pl.col("quantity").sum())
        .select("item_id", "unit", "quantity")
    )

    items = purchased_items(on(engine, frame), period=year)
    by_unit = sales_by_month(on(engine, frame), period=year, as_of=date(1998, 5, 6), value="quantity")

    assert rows_in_order(items, "item_id", "unit", "quantity") == rows_in_order(expected)
    assert sum(row[0] for row in rows(by_unit, "quantity")) == expected["quantity"].sum()
    assert len({row[0] for row in rows(by_unit, "unit")}) == frame["unit"].n_unique()


def test_discounts_are_taken_off_before_anything_is_added(northwind: pl.DataFrame) -> None:
    yearly = sales_by_year(northwind, period=Period(date(1996, 1, 1), date(1999, 1, 1)), as_of=date(1998, 5, 6))

    assert sum(yearly["revenue"].to_list(), Decimal(0)) == northwind["revenue"].sum()
    assert yearly["partial"].to_list() == [False, False, True]
