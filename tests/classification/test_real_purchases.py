"""Real purchases: RFM, rhythms and returns as other tools compute them, in pandas or plain SQL."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import polars as pl
import pytest

from crmkit import Period, days, facts
from crmkit.classification import (
    TEN_SEGMENTS,
    Quantiles,
    abc_history,
    add_rfm_scores,
    add_rfm_segment,
    customers_at_risk,
    rfm_by,
    segment_migration,
    won_back_customers,
)
from tests.engines import queried, rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RECIPE = {
    r"[1-2][1-2]": "hibernating",
    r"[1-2][3-4]": "at_risk",
    r"[1-2]5": "cant_lose",
    r"3[1-2]": "about_to_sleep",
    r"33": "need_attention",
    r"[3-4][4-5]": "loyal_customers",
    r"41": "promising",
    r"51": "new_customers",
    r"[4-5][2-3]": "potential_loyalists",
    r"5[4-5]": "champions",
}


@pytest.fixture
def retail(shared_data: Callable[[str], Path]) -> pl.DataFrame:
    lines = pl.read_csv(
        shared_data("online_retail/online_retail.csv.gz"),
        try_parse_dates=True,
        schema_overrides={"InvoiceNo": pl.String, "StockCode": pl.String, "UnitPrice": pl.Decimal(28, 3)},
    )
    bought = lines.filter(pl.col("Quantity") > 0, pl.col("UnitPrice") > 0, pl.col("CustomerID").is_not_null())
    names: dict[str, Any] = {"customer_id": "CustomerID", "issued_on": "InvoiceDate", "quantity": "Quantity", "unit_price": "UnitPrice"}
    return facts.sales(bought.with_columns(pl.col("CustomerID").cast(pl.Int64)), **names, document_id="InvoiceNo", item_id="StockCode")


def test_rfm_scores_and_segments_are_those_of_the_usual_recipe_in_pandas(retail: pl.DataFrame) -> None:
    as_of = date(2011, 12, 11)
    frame = retail.select("customer_id", "issued_on", "document_id", "revenue").to_pandas()
    frame["issued_on"] = pd.to_datetime(frame["issued_on"])
    frame["revenue"] = frame["revenue"].astype(float)
    wanted = frame.groupby("customer_id").agg(
        recency=("issued_on", lambda day: (pd.Timestamp(as_of) - day.max()).days),
        frequency=("document_id", "nunique"),
        monetary=("revenue", "sum"),
    )
    scores = pd.DataFrame(
        {
            "r": pd.qcut(wanted["recency"], 5, labels=[5, 4, 3, 2, 1]),
            "f": pd.qcut(wanted["frequency"].rank(method="first"), 5, labels=[1, 2, 3, 4, 5]),
            "m": pd.qcut(wanted["monetary"], 5, labels=[1, 2, 3, 4, 5]),
        }
    ).astype(str)
    segments = (scores["r"] + scores["f"]).replace(RECIPE, regex=True)

    figures = rfm_by(retail, "customer_id", as_of=as_of, purchase="document")
    fifths, by_order = Quantiles(5), Quantiles(5, ties="by_order")
    scored = add_rfm_segment(add_rfm_scores(figures, recency=fifths, frequency=by_order, monetary=fifths), grid=TEN_SEGMENTS)
    found = scored.sort("customer_id")

    assert found["customer_id"].to_list() == wanted.index.to_list()
    assert found["recency_days"].to_list() == wanted["recency"].to_list()
    assert found["frequency"].to_list() == wanted["frequency"].to_list()
    assert found["monetary"].cast(pl.Float64).to_list() == pytest.approx(wanted["monetary"].to_list())
    assert found["rfm_score"].to_list() == (scores["r"] + scores["f"] + scores["m"]).to_list()
    assert found["rfm_segment"].to_list() == segments.to_list()
    assert found.filter(pl.col("rfm_segment") == "champions").height == 633


def test_the_moves_between_two_dates_add_up_to_the_customers_of_both(retail: pl.DataFrame) -> None:
    fifths = Quantiles(5)
    before, after = (
        add_rfm_segment(
            add_rfm_scores(rfm_by(retail, "customer_id", as_of=day, purchase="day"), recency=fifths, frequency=fifths, monetary=fifths),
            grid=TEN_SEGMENTS,
        )
        for day in (date(2011, 6, 9), date(2011, 12, 9))
    )

    moved = segment_migration(before, after)

    assert moved["customers"].sum() == after.height
    assert moved.filter(pl.col("to_segment").is_null()).height == 0
    assert moved.filter(pl.col("from_segment").is_not_null())["customers"].sum() == before.height


@pytest.fixture
def cdnow(shared_data: Callable[[str], Path]) -> pl.DataFrame:
    text = pl.read_csv(shared_data("cdnow/CDNOW_master.txt"), has_header=True, new_columns=["line"], separator="\t")
    parts = text.select(pl.col("line").str.extract_all(r"\S+").alias("words"))
    lines = parts.select(
        pl.col("words").list.get(0).alias("customer_id"),
        pl.col("words").list.get(1).str.to_date("%Y%m%d").alias("issued_on"),
        pl.col("words").list.get(3).cast(pl.Decimal(28, 3)).alias("revenue"),
    )
    return facts.sales(lines)


@pytest.fixture
def sql(cdnow: pl.DataFrame) -> Callable[[str], list[tuple[Any, ...]]]:
    connection = duckdb.connect()
    connection.register("lines", cdnow.to_arrow())
    connection.execute(
        """create view days as select customer_id, issued_on, lag(issued_on) over (partition by customer_id order by issued_on) as before
           from (select customer_id, issued_on, sum(revenue) as revenue from lines group by all) where revenue > 0"""
    )
    return lambda query: connection.sql(query).fetchall()


def test_recency_frequency_and_monetary_value_of_a_cohort(cdnow: pl.DataFrame, sql: Any) -> None:
    expected = sql(
        """select lines.customer_id, '1998-07-01'::date - max(days.issued_on), count(distinct days.issued_on),
                  (select sum(revenue) from lines l where l.customer_id = lines.customer_id)
           from days join lines using (customer_id) group by 1 order by 1"""
    )

    found = rfm_by(cdnow, "customer_id", as_of=date(1998, 7, 1), purchase="day").sort("customer_id")

    assert rows(found, "customer_id", "recency_days", "frequency", "monetary") == expected
    assert cdnow["customer_id"].n_unique() == 23_570


def test_who_is_late_by_his_own_rhythm(cdnow: pl.DataFrame, sql: Any) -> None:
    expected = sql(
        """select customer_id, median(issued_on - before)::double, '1998-06-30'::date - max(issued_on) as since
           from days group by 1 having count(*) >= 3 and since >= 1.5 * median(issued_on - before) order by 1"""
    )

    found = customers_at_risk(cdnow, as_of=date(1998, 6, 30)).sort("customer_id")

    assert rows(found, "customer_id", "rhythm_days", "days_since") == expected
    assert expected


def test_who_came_back_after_half_a_year(cdnow: pl.DataFrame, sql: Any) -> None:
    expected = sql(
        """select customer_id, min(issued_on), min(before) from days
           where issued_on between '1998-01-01' and '1998-06-30' and issued_on - before >= 180 group by 1 order by 1"""
    )

    found = won_back_customers(cdnow, period=Period(date(1998, 1, 1), date(1998, 7, 1)), gap=days(180)).sort("customer_id")

    assert rows(found, "customer_id", "back_on", "last_before_on") == expected
    assert expected


def test_abc_classes_by_year_of_a_bicycle_maker(shared_data: Callable[[str], Path]) -> None:
    path = shared_data("adventureworks/sales_lines.csv.gz")
    money = {name: pl.Decimal(28, 4) for name in ("TotalProductCost", "SalesAmount", "StandardCost", "UnitPrice")}
    lines = pl.read_csv(path, null_values="NULL", try_parse_dates=True, schema_overrides=money)
    names: dict[str, Any] = {"customer_id": "ResellerKey", "issued_on": "OrderDate", "revenue": "SalesAmount", "cost": "TotalProductCost"}
    sales = facts.sales(lines, **names)
    expected = queried(
        """with totals as (
             select year(issued_on) as year, customer_id, sum(revenue - cost) as profit from sales group by all having profit is not null
           ), shares as (
             select *, (select coalesce(sum(o.profit), 0) from totals o where o.year = t.year and o.profit > t.profit and o.profit > 0)
                       / (select sum(profit) from totals o where o.year = t.year and profit > 0) as before from totals t
           ), classes as (
             select year, customer_id,
                    case when profit <= 0 then 'C' when before < 0.8 then 'A' when before < 0.95 then 'B' else 'C' end as c
             from shares
           )
           select coalesce(b.c, '-'), coalesce(a.c, '-'), count(*) from (from classes where year = 2018) b
           full join (from classes where year = 2019) a using (customer_id) group by all order by all""",
        sales=sales,
    )

    history = abc_history(sales, "customer_id", periods=[Period.year(2018), Period.year(2019)])
    later = history.filter(pl.col("start") == date(2019, 1, 1))
    counted = later.group_by(pl.col("previous_class").fill_null("-"), pl.col("abc_class").fill_null("-")).len()

    assert sorted(counted.rows()) == expected
    assert later.filter("changed").height == sum(count for before, after, count in expected if before != after)
