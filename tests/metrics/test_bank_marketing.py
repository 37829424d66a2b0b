"""A real telephone campaign: calls to sales by channel and earlier outcome, computed a second way in plain SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
import pytest

from crmkit.metrics import calls_to_sales, calls_to_sales_by
from tests.engines import rows_in_order

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize("by", ["contact", "poutcome"])
def test_calls_to_sales(shared_data: Callable[[str], Path], by: str) -> None:
    path = shared_data("bank_marketing/bank-full.csv.gz")
    people = pl.read_csv(path, separator=";").with_row_index("customer_id")
    calls = people.select(by, kind=pl.lit("phone"), times=pl.int_ranges(pl.col("campaign"))).explode("times")
    sold = people.filter(pl.col("y") == "yes").select(by, document_id="customer_id", revenue=pl.lit(1))

    result = calls_to_sales_by(calls, sold, by)

    expected: list[Any] = (
        duckdb.connect()
        .sql(
            f"""select {by}, sum(campaign)::bigint, count(*) filter (y = 'yes'), count(*) filter (y = 'yes') / sum(campaign)
            from read_csv('{path}', delim=';') group by 1 order by 1"""  # noqa: S608  # the test's own data
        )
        .fetchall()
    )
    assert rows_in_order(result, by, "calls", "sales", "sales_per_call") == [(*row[:3], pytest.approx(row[3])) for row in expected]


def test_a_sale_takes_twenty_three_to_twenty_four_calls(shared_data: Callable[[str], Path]) -> None:
    people = pl.read_csv(shared_data("bank_marketing/bank-full.csv.gz"), separator=";")

    rate = calls_to_sales(sales=people.filter(pl.col("y") == "yes").height, calls=int(people["campaign"].sum()))

    assert people["campaign"].sum() == 124_956
    assert 1 / float(rate) == pytest.approx(124_956 / 5_289)
