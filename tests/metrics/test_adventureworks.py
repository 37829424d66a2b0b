"""Real sales with cost: revenue and gross profit tell opposite stories. Every figure is computed a second way, in plain SQL."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
import pytest

from crmkit import Period, facts
from crmkit.classification import abc_cross_table, add_abc_class, lost_customers
from crmkit.metrics import gross_profit_by, margin_bridge_by, quota_attainment_by, revenue_without_profit_by
from tests.engines import dicts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILE = "adventureworks/sales_lines.csv.gz"
AS_OF = date(2020, 5, 31)
CLASSES = """
with totals as (select ResellerKey, sum({value}) as value from lines group by all having sum({value}) is not null),
     shares as (select value, (select coalesce(sum(other.value), 0) from totals other where other.value > mine.value and other.value > 0)
                     / (select sum(value) from totals where value > 0) as before
                from totals mine)
select case when value <= 0 then 'C' when before < 0.8 then 'A' when before < 0.95 then 'B' else 'C' end as class, count(*)
from shares group by all
"""


@pytest.fixture
def path(shared_data: Callable[[str], Path]) -> Path:
    return shared_data(FILE)


@pytest.fixture
def sales(path: Path) -> pl.DataFrame:
    money = {name: pl.Decimal(28, 4) for name in ("UnitPrice", "TotalProductCost", "SalesAmount", "StandardCost")}
    lines = pl.read_csv(path, null_values="NULL", try_parse_dates=True, schema_overrides=money)
    names: dict[str, Any] = {"customer_id": "ResellerKey", "issued_on": "OrderDate", "revenue": "SalesAmount", "cost": "TotalProductCost"}
    return facts.sales(lines, **names, document_id="SalesOrderNumber", item_id="ProductKey", quantity="OrderQuantity")


@pytest.fixture
def sql(path: Path) -> Callable[[str], list[tuple[Any, ...]]]:
    connection = duckdb.connect()
    connection.execute(
        f"""create view lines as select *, SalesAmount::decimal(28,4) as revenue, TotalProductCost::decimal(28,4) as cost
            from read_csv('{path}', nullstr='NULL', all_varchar=true)"""  # noqa: S608  # the path of the test's own data
    )
    return lambda query: connection.sql(query).fetchall()


def test_totals(sales: pl.DataFrame, sql: Any) -> None:
    (expected,) = sql(
        """select sum(revenue), sum(cost), sum(revenue) filter (cost is not null) - sum(cost), sum(revenue) filter (cost is null),
                  count(*), count(distinct SalesOrderNumber), count(distinct ResellerKey) from lines"""
    )

    (row,) = dicts(gross_profit_by(sales))

    assert (row["revenue"], row["cost"], row["gross_profit"], row["revenue_without_cost"]) == expected[:4]
    assert (sales.height, sales["document_id"].n_unique(), sales["customer_id"].n_unique()) == expected[4:] == (57_851, 3_616, 632)


def test_the_share_of_revenue_whose_cost_is_unknown(sales: pl.DataFrame, sql: Any) -> None:
    ((expected,),) = sql("select (sum(revenue) filter (cost is null))::double / sum(revenue)::double from lines")

    (row,) = dicts(gross_profit_by(sales))

    assert float(row["revenue_without_cost"]) / float(row["revenue"]) == pytest.approx(expected, rel=1e-12)


def test_customers_who_lose_money(sales: pl.DataFrame, sql: Any) -> None:
    expected = sql(
        """select ResellerKey::bigint, sum(revenue) from lines group by all
           having sum(revenue) filter (cost is not null) - sum(cost) < 0 order by 2 desc, 1"""
    )

    found = revenue_without_profit_by(sales, "customer_id")

    assert [(row["customer_id"], row["revenue"]) for row in dicts(found)] == expected
    assert len(expected) > 632 / 2


@pytest.mark.parametrize(
    ("value", "column"), [("revenue", "revenue"), ("gross_profit", "case when cost is not null then revenue - cost end")]
)
def test_classes(sales: pl.DataFrame, sql: Any, value: str, column: str) -> None:
    expected = dict(sql(CLASSES.format(value=column)))

    classed = add_abc_class(gross_profit_by(sales, "customer_id"), value=value)

    assert dict(classed.filter(pl.col("abc_class").is_not_null()).group_by("abc_class").len().rows()) == expected


def test_both_classes_side_by_side_count_every_customer(sales: pl.DataFrame) -> None:
    per_customer = gross_profit_by(sales, "customer_id")
    both = add_abc_class(add_abc_class(per_customer, value="revenue", into="by_revenue"), into="by_profit")

    assert sum(row["customers"] for row in dicts(abc_cross_table(both, rows="by_revenue", columns="by_profit"))) == 632


@pytest.mark.parametrize("month", [Period.month(2018, 6), Period.month(2020, 5)])
def test_a_month_that_loses_money_still_has_a_customers_by_profit(sales: pl.DataFrame, month: Period) -> None:
    (total,) = dicts(gross_profit_by(sales, period=month))
    classed = add_abc_class(gross_profit_by(sales, "customer_id", period=month))

    assert total["gross_profit"] < 0
    assert classed.filter(pl.col("abc_class") == "A").height > 0


def test_a_bridge_from_year_to_year_ends_at_the_gross_profit(sales: pl.DataFrame) -> None:
    before, after = Period.year(2018), Period.year(2019)
    ends = [dicts(gross_profit_by(sales, "SalesTerritoryKey", period=period)) for period in (before, after)]

    bridge = dicts(margin_bridge_by(sales, "SalesTerritoryKey", before=before, after=after))

    for row in bridge:
        assert row["before"] + row["price"] + row["volume"] + row["mix"] + row["cost"] == row["after"]
    for name, rows in zip(("before", "after"), ends, strict=True):
        expected = {row["SalesTerritoryKey"]: row["gross_profit"] for row in rows}
        assert {row["SalesTerritoryKey"]: row[name] for row in bridge} == {
            key: expected.get(key, 0) for key in {row["SalesTerritoryKey"] for row in bridge}
        }


def test_attainment_of_each_seller_by_quarter(sales: pl.DataFrame, sql: Any, path: Path) -> None:
    """The quotas are dated from 2010, the sales were moved to 2017: the quarters follow each other in both."""
    listed = pl.read_csv(path.parent / "sales_quotas.csv", try_parse_dates=True)
    places = {when: place for place, when in enumerate(sorted(set(listed["Date"])))}
    quarters = [Period.quarter(2017 + (place + 2) // 4, (place + 2) % 4 + 1) for place in range(len(places))]
    quotas = facts.quotas(
        listed.select(
            salesperson_id="EmployeeKey",
            start=pl.col("Date").replace_strict({when: quarters[place].start for when, place in places.items()}, return_dtype=pl.Date),
            end=pl.col("Date").replace_strict({when: quarters[place].end for when, place in places.items()}, return_dtype=pl.Date),
            amount=pl.col("SalesAmountQuota").cast(pl.Decimal(28, 4)),
        )
    )
    sold = sales.rename({"EmployeeKey": "salesperson_id"})
    revenue = dict(
        sql("select EmployeeKey::bigint, sum(revenue) from lines where OrderDate >= '2019-01-01' and OrderDate < '2019-04-01' group by 1")
    )
    planned = dict(listed.filter(pl.col("Date").cast(pl.Date) == date(2012, 6, 30)).select("EmployeeKey", "SalesAmountQuota").rows())

    found = dicts(quota_attainment_by(sold, quotas, "salesperson_id", period=Period.quarter(2019, 1), as_of=date(2019, 3, 31)))

    assert {row["salesperson_id"]: row["revenue"] for row in found if row["revenue"]} == revenue
    assert {row["salesperson_id"]: float(row["quota"]) for row in found if row["quota"]} == planned
    for row in found:
        if row["quota"]:
            assert row["attainment_ratio"] == row["pace_ratio"] == pytest.approx(float(row["revenue"]) / float(row["quota"]))


def test_lost_customers_are_those_whose_last_order_is_before_the_day(sales: pl.DataFrame, sql: Any) -> None:
    expected = {row[0] for row in sql("select ResellerKey::bigint from lines group by all having max(OrderDate) < '2020-01-01'")}
    buyers = facts.customers(sales.select("customer_id").unique())

    lost = lost_customers(buyers, sales, since=date(2020, 1, 1), as_of=AS_OF, active=True, created_on="first_purchase")

    assert set(lost["customer_id"]) == expected
