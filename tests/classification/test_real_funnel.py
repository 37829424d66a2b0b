"""A real pipeline: opportunities of a software seller, as moves through its stages, counted again in plain SQL."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
import pytest

from crmkit import Period, days
from crmkit.classification import drop_outs_by, stage_conversion_by, time_in_stage_by
from tests.engines import rows, rows_in_order

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

QUARTER = Period.quarter(2017, 1)
AS_OF = date(2017, 12, 31)


@pytest.fixture
def path(shared_data: Callable[[str], Path]) -> Path:
    return shared_data("crm_sales_opportunities/sales_pipeline.csv")


@pytest.fixture
def moves(path: Path) -> pl.DataFrame:
    """Engaging and closing of each opportunity; those that are only prospected have no day yet."""
    deals = pl.read_csv(path, try_parse_dates=True).with_columns(pl.col("deal_stage").str.to_lowercase())
    shown = {"subject_id": "opportunity_id", "salesperson_id": "sales_agent"}
    entered = deals.filter(pl.col("engage_date").is_not_null()).select(
        **{name: pl.col(column) for name, column in shown.items()}, happened_on="engage_date", to_stage=pl.lit("engaging")
    )
    closed = deals.filter(pl.col("close_date").is_not_null()).select(
        **{name: pl.col(column) for name, column in shown.items()}, happened_on="close_date", to_stage="deal_stage"
    )
    moment = pl.col("happened_on").cast(pl.Datetime("us")).dt.replace_time_zone("UTC").alias("happened_at")
    return pl.concat([entered, closed]).with_columns(moment)


@pytest.fixture
def sql(path: Path) -> Callable[[str], list[tuple[Any, ...]]]:
    connection = duckdb.connect()
    connection.execute(f"create view deals as from read_csv('{path}')")
    return lambda query: connection.sql(query).fetchall()


def test_conversion_of_those_engaged_in_a_quarter(moves: pl.DataFrame, sql: Any) -> None:
    ((entered, won, lost, open_),) = sql(
        """select count(*), count(*) filter (deal_stage = 'Won'), count(*) filter (deal_stage = 'Lost'),
                  count(*) filter (close_date is null)
           from deals where engage_date between '2017-01-01' and '2017-03-31'"""
    )

    funnel = stage_conversion_by(moves, period=QUARTER, stages=["engaging", "won"])

    assert rows(funnel, "entered", "reached_next", "conversion_rate", "lost", "still_in")[0] == (entered, won, won / entered, lost, open_)


def test_conversion_within_ninety_days(moves: pl.DataFrame, sql: Any) -> None:
    expected = sql(
        """select sales_agent, count(*), count(*) filter (deal_stage = 'Won' and close_date - engage_date <= 90)
           from deals where engage_date >= '2017-01-01' and engage_date < '2017-04-01' group by 1 order by 1"""
    )

    funnel = stage_conversion_by(moves, "salesperson_id", period=QUARTER, stages=["engaging", "won"], within=days(90), as_of=AS_OF).filter(
        pl.col("stage") == "engaging"
    )

    # Whoever has no such opportunity, but closed one of an earlier quarter, has a row of zeros.
    assert rows(funnel.filter(pl.col("entered") > 0), "salesperson_id", "entered", "reached_next") == expected
    assert funnel["young"].sum() == 0


def test_time_from_engaging_to_the_end(moves: pl.DataFrame, sql: Any) -> None:
    ((over, mean, median, running),) = sql(
        """select count(close_date), avg(close_date - engage_date), median(close_date - engage_date), count(*) - count(close_date)
           from deals where engage_date is not null"""
    )

    stays = time_in_stage_by(moves, as_of=AS_OF)

    assert rows_in_order(stays) == [("engaging", over, pytest.approx(mean), median, running)]


def test_those_lost_drop_out_of_engaging(moves: pl.DataFrame, sql: Any) -> None:
    ((lost,),) = sql("select count(*) from deals where deal_stage = 'Lost' and close_date >= '2017-04-01' and close_date < '2017-07-01'")

    assert rows(drop_outs_by(moves, period=Period.quarter(2017, 2))) == [("engaging", None, lost)]
