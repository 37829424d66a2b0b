"""A real B2B pipeline: win rates by both denominators, cycle and pipeline at list price, each computed a second way in plain SQL."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
import pytest

from crmkit import Period, facts
from crmkit.metrics import cohort_win_rate_by, deal_size, pipeline_by, pipeline_velocity_by, sales_cycle_by, win_rate_by
from tests.engines import dicts, rows, rows_in_order

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STATES = {"Won": "won", "Lost": "lost", "Engaging": "open", "Prospecting": "open"}
QUERY = """
select sales_agent, manager, regional_office, engage_date, close_date, close_value, deal_stage,
       case when deal_stage in ('Engaging', 'Prospecting') then sales_price else close_value end as amount
from '{0}/sales_pipeline.csv' join '{0}/sales_teams.csv' using (sales_agent)
join '{0}/products.csv' products on replace(sales_pipeline.product, 'GTXPro', 'GTX Pro') = products.product
"""


@pytest.fixture
def folder(shared_data: Callable[[str], Path]) -> Path:
    return shared_data("crm_sales_opportunities/sales_pipeline.csv").parent


@pytest.fixture
def opportunities(folder: Path) -> pl.DataFrame:
    prices = pl.read_csv(folder / "products.csv")
    lines = pl.read_csv(folder / "sales_pipeline.csv", try_parse_dates=True).with_columns(pl.col("product").replace("GTXPro", "GTX Pro"))
    joined = lines.join(prices, on="product").join(pl.read_csv(folder / "sales_teams.csv"), on="sales_agent")
    is_open = pl.col("deal_stage").replace_strict(STATES) == "open"
    made = joined.with_columns(
        state=pl.col("deal_stage").replace_strict(STATES), amount=pl.when(is_open).then("sales_price").otherwise("close_value")
    )
    names: dict[str, Any] = {
        "opened_on": "engage_date",
        "closed_on": "close_date",
        "salesperson_id": "sales_agent",
        "region": "regional_office",
    }
    return facts.opportunities(made, **names)


@pytest.fixture
def sql(folder: Path) -> Callable[[str], list[tuple[Any, ...]]]:
    connection = duckdb.connect()
    connection.execute(f"create view deals as {QUERY.format(folder)}")
    return lambda query: connection.sql(query).fetchall()


def test_the_win_rate_by_both_denominators(opportunities: pl.DataFrame) -> None:
    ((won, lost, rate, amount),) = rows(win_rate_by(opportunities))
    ((opened, *_, still_open, cohort),) = rows(cohort_win_rate_by(opportunities))

    assert (won, lost, amount, opened, still_open) == (4_238, 2_473, 10_005_534, 8_800, 2_089)
    assert (round(rate, 4), round(cohort, 4)) == (0.6315, 0.4816)
    assert float(deal_size(revenue=amount, sales=won)) == pytest.approx(10_005_534 / 4_238)


@pytest.mark.parametrize(("by", "column"), [("salesperson_id", "sales_agent"), ("manager", "manager"), ("region", "regional_office")])
def test_the_win_rate_by_agent_manager_and_region(opportunities: pl.DataFrame, sql: Any, by: str, column: str) -> None:
    expected = sql(
        f"""select {column}, count(*) filter (deal_stage = 'Won'), count(*) filter (deal_stage = 'Lost'),
                   avg((deal_stage = 'Won')::int) filter (deal_stage in ('Won', 'Lost')), sum(close_value) filter (deal_stage = 'Won')
            from deals group by 1 order by 1"""  # noqa: S608  # a column of the test's own
    )

    assert rows_in_order(win_rate_by(opportunities, by)) == [
        (who, won, lost, pytest.approx(rate), amount) for who, won, lost, rate, amount in expected
    ]


def test_the_win_rate_of_a_quarter_goes_by_closing_date(opportunities: pl.DataFrame, sql: Any) -> None:
    ((won, lost),) = sql(
        """select count(*) filter (deal_stage = 'Won'), count(*) filter (deal_stage = 'Lost') from deals
           where close_date >= '2017-10-01' and close_date < '2018-01-01'"""
    )

    assert rows(win_rate_by(opportunities, period=Period.quarter(2017, 4)), "won", "lost") == [(won, lost)]


def test_the_sales_cycle_from_opening(opportunities: pl.DataFrame, sql: Any) -> None:
    ((days, mean, median),) = sql(
        """select sum(close_date - engage_date), avg(close_date - engage_date), median(close_date - engage_date)
           from deals where deal_stage = 'Won'"""
    )

    assert rows(sales_cycle_by(opportunities, start="opened_on")) == [(4_238, days, pytest.approx(mean), median, 0, 0)]
    assert (round(mean, 1), median) == (51.8, 57)


def test_the_pipeline_at_list_price(opportunities: pl.DataFrame, sql: Any) -> None:
    expected = sql(
        "select regional_office, count(*), sum(amount) from deals where deal_stage in ('Engaging', 'Prospecting') group by 1 order by 1"
    )

    result = pipeline_by(opportunities, "region", as_of=date(2017, 12, 31))

    assert rows_in_order(result, "region", "opportunities", "amount") == expected
    assert sum(row["opportunities"] for row in dicts(result)) == 2_089


def test_velocity_of_the_last_quarter(opportunities: pl.DataFrame, sql: Any) -> None:
    ((expected,),) = sql(
        """select sum(close_value) / avg(close_date - engage_date) from deals
           where deal_stage = 'Won' and close_date >= '2017-10-01' and close_date < '2018-01-01'"""
    )

    ((velocity,),) = rows(pipeline_velocity_by(opportunities, period=Period.quarter(2017, 4)), "velocity_per_day")

    assert velocity == pytest.approx(expected)
