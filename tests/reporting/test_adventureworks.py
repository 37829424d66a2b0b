"""The figures of a real company, computed a second way: plain SQL in DuckDB."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from crmkit.exchange import read_sales
from crmkit.reporting import sales_overview

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import polars as pl

    from crmkit.reporting import CurrencyOverview

AS_OF = date(2020, 5, 31)
NAMES = {
    "customer_id": "ResellerKey",
    "issued_on": "OrderDate",
    "revenue": "SalesAmount",
    "cost": "TotalProductCost",
    "document_id": "SalesOrderNumber",
    "item_id": "ProductKey",
    "salesperson_id": "EmployeeKey",
    "quantity": "OrderQuantity",
}
CLASSES = """
    with figures as (
        select ResellerKey, sum(SalesAmount) as revenue, sum(SalesAmount - TotalProductCost) as profit,
               max(OrderDate) as last_on, min(OrderDate) as first_on
        from sales group by all
    ), larger as (
        select each.ResellerKey,
               (select coalesce(sum(revenue), 0) from figures where revenue > each.revenue and revenue > 0) as more_revenue,
               (select coalesce(sum(profit), 0) from figures where profit > each.profit and profit > 0) as more_profit
        from figures each
    ), base as (
        select sum(revenue) filter (revenue > 0) as revenue, sum(profit) filter (profit > 0) as profit from figures
    )
    select figures.*,
           case when figures.revenue <= 0 then 'C' when more_revenue * 100 < base.revenue * 80 then 'A'
                when more_revenue * 100 < base.revenue * 95 then 'B' else 'C' end as by_revenue,
           case when figures.profit is null then null when figures.profit <= 0 then 'C' when more_profit * 100 < base.profit * 80 then 'A'
                when more_profit * 100 < base.profit * 95 then 'B' else 'C' end as by_profit
    from figures join larger using (ResellerKey), base
"""


@pytest.fixture
def path(shared_data: Callable[[str], Path]) -> Path:
    return shared_data("adventureworks/sales_lines.csv.gz")


@pytest.fixture
def sales(path: Path) -> pl.DataFrame:
    return read_sales([path], names=NAMES)


@pytest.fixture
def found(sales: pl.DataFrame) -> CurrencyOverview:
    (part,) = sales_overview(sales, as_of=AS_OF, most=700).currencies
    return part


@pytest.fixture
def by_sql(path: Path) -> Callable[[str], list[tuple[Any, ...]]]:
    connection = duckdb.connect()
    amount = "DECIMAL(28, 3)"
    types = {"SalesAmount": amount, "TotalProductCost": amount, "ResellerKey": "VARCHAR"}
    connection.read_csv(str(path), na_values="NULL", dtype=types).create("sales")
    connection.execute(f"create table classed as {CLASSES}")
    return lambda question: connection.sql(question).fetchall()


def test_totals_are_those_of_plain_sql(found: CurrencyOverview, by_sql: Callable[[str], list[tuple[Any, ...]]]) -> None:
    totals = found.totals
    question = """
        select count(*), count(distinct SalesOrderNumber), count(distinct ResellerKey), sum(SalesAmount),
               sum(SalesAmount - TotalProductCost), coalesce(sum(SalesAmount) filter (TotalProductCost is null), 0) from sales
    """

    assert by_sql(question) == [
        (totals.lines, totals.documents, totals.customers, totals.revenue, totals.gross_profit, totals.revenue_without_cost)
    ]


def test_the_figures_that_are_told_about_it_hold(found: CurrencyOverview) -> None:
    totals = found.totals

    assert (totals.lines, totals.documents, totals.customers) == (57_851, 3_616, 632)
    assert (totals.revenue, totals.gross_profit, totals.revenue_without_cost) == (
        Decimal("77548570.20"),
        Decimal("993192.92"),
        Decimal("127680.08"),
    )
    assert found.loss_makers == 324
    assert totals.unknown_cost_rate == pytest.approx(0.00164645, abs=1e-8)
    assert sum(customer.by_revenue == "A" for customer in found.largest_loss_makers[:5]) == 5


def test_classes_side_by_side_are_those_of_plain_sql(found: CurrencyOverview, by_sql: Callable[[str], list[tuple[Any, ...]]]) -> None:
    question = """
        select by_revenue, by_profit, count(*), count(*) filter (profit < 0), sum(revenue), sum(profit)
        from classed group by all order by all
    """

    assert by_sql(question) == [
        (cell.by_revenue, cell.by_profit, cell.customers, cell.loss_making, cell.revenue, cell.gross_profit) for cell in found.classes
    ]


def test_customers_who_lose_money_are_those_of_plain_sql(found: CurrencyOverview, by_sql: Callable[[str], list[tuple[Any, ...]]]) -> None:
    question = "select ResellerKey, revenue, profit from classed where profit < 0 order by revenue desc, ResellerKey"

    assert by_sql(question) == [(one.customer_id, one.revenue, one.gross_profit) for one in found.largest_loss_makers]


def test_lost_customers_are_those_of_plain_sql(found: CurrencyOverview, by_sql: Callable[[str], list[tuple[Any, ...]]]) -> None:
    question = (
        "select ResellerKey, last_on from classed where last_on < date '2019-05-31' order by coalesce(profit, revenue) desc, ResellerKey"
    )

    assert by_sql(question) == [(one.customer_id, one.last_purchase_on) for one in found.most_valuable_lost]
    assert found.lost == 118


def test_whom_to_call_is_as_plain_sql_says(found: CurrencyOverview, by_sql: Callable[[str], list[tuple[Any, ...]]]) -> None:
    question = """
        select ResellerKey, date '2020-05-31' - last_on - every - 1 from (
            select *, case coalesce(by_profit, by_revenue) when 'A' then 30 when 'B' then 60 else 90 end as every from classed
        ) where date '2020-05-31' - last_on > every
    """

    assert set(by_sql(question)) == {(call.customer.customer_id, call.overdue_days) for call in found.calls}


@pytest.mark.parametrize("day", [date(2018, 6, 30), date(2020, 5, 31)])
def test_a_month_that_loses_money_as_a_whole_still_has_a_customers_by_profit(sales: pl.DataFrame, day: date) -> None:
    month = sales.filter(sales["issued_on"].is_between(day.replace(day=1), day))

    (part,) = sales_overview(month, as_of=day).currencies

    assert part.totals.gross_profit is not None
    assert part.totals.gross_profit < 0
    assert any(cell.by_profit == "A" for cell in part.classes)


def test_three_of_the_five_largest_customers_lose_money(by_sql: Callable[[str], list[tuple[Any, ...]]], found: CurrencyOverview) -> None:
    largest = [customer_id for (customer_id,) in by_sql("select ResellerKey from classed order by revenue desc limit 5")]

    assert sum(one.customer_id in largest for one in found.largest_loss_makers) == 3
