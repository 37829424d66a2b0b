from __future__ import annotations

import polars as pl
import pytest

from crmkit import Period
from crmkit.errors import InvalidValueError
from crmkit.metrics import campaign_report, cost_per_lead_by, leads_by
from tests.engines import day, dicts, numbered, on, on_every_engine, rows, rows_in_order, sales, with_every_number

JANUARY = Period.month(2026, 1)
LEADS = sales(
    [
        ("C-1", "fair", day("2026-01-01"), day("2026-02-01")),
        ("C-2", "fair", day("2026-01-31"), day("2026-01-31")),
        ("C-3", "fair", day("2026-02-01"), None),
        ("C-4", "web", day("2025-12-31"), day("2026-01-15")),
        ("C-5", None, day("2026-01-15"), None),
    ],
    *("customer_id", "source", "created_on", "converted_on"),
)
SPEND = sales(
    [("fair", day("2026-01-31"), 600), ("web", day("2026-01-01"), 90), ("print", day("2026-01-01"), 30), ("fair", day("2026-02-01"), 5)],
    *("source", "spent_on", "amount"),
)


@on_every_engine
def test_leads_are_counted_by_source_with_those_that_became_customers(engine: str) -> None:
    assert rows_in_order(leads_by(on(engine, LEADS), "source", period=JANUARY)) == [("fair", 2, 2, 1), (None, 1, 0, 0)]


@on_every_engine
def test_no_leads_have_no_conversion_rate(engine: str) -> None:
    assert rows(leads_by(on(engine, LEADS), period=Period.month(2027, 1))) == [(0, 0, None)]


@on_every_engine
@with_every_number
def test_cost_per_lead_is_spend_by_new_leads_and_never_zero(engine: str, number: str) -> None:
    result = cost_per_lead_by(*on(engine, LEADS, numbered(SPEND, number, "amount")), "source", period=JANUARY)

    assert rows_in_order(result) == [
        ("fair", 600, 2, 300, 1, 600),
        ("print", 30, 0, None, 0, None),
        ("web", 90, 0, None, 1, 90),
        (None, 0, 1, 0, 0, None),
    ]


@on_every_engine
def test_leads_stand_beside_each_currency(engine: str) -> None:
    spend = sales([(day("2026-01-01"), 10, "EUR"), (day("2026-01-01"), 30, "CHF")], "spent_on", "amount", "currency")

    assert rows_in_order(cost_per_lead_by(*on(engine, LEADS, spend)), "currency", "leads", "cost_per_lead") == [
        ("CHF", 5, 6),
        ("EUR", 5, 2),
    ]


CAMPAIGNS = LEADS.select("customer_id", "created_on", campaign_id="source")
LINES = sales(
    [
        ("C-1", day("2026-01-01"), "R-1", None, 100, 40),
        ("C-1", day("2026-03-01"), "R-2", None, 50, None),
        ("C-2", day("2026-01-30"), "R-3", None, 900, 100),
        ("C-2", day("2026-02-01"), "R-4", None, 70, 20),
        ("C-2", day("2026-02-02"), "G-4", "R-4", -70, -20),
        ("C-9", day("2026-02-01"), "R-9", None, 999, 1),
    ],
    *("customer_id", "issued_on", "document_id", "reverses_document_id", "revenue", "cost"),
).with_columns(document_kind=pl.when(pl.col("revenue") < 0).then(pl.lit("credit_note")).otherwise(pl.lit("invoice")))
MONEY = SPEND.rename({"source": "campaign_id"})
COLUMNS = (
    "campaign_id",
    "spend",
    "leads",
    "customers",
    "orders",
    "revenue",
    "revenue_without_cost",
    "gross_profit",
    "roi",
    "conversion_rate",
)


@on_every_engine
@with_every_number
def test_a_campaign_is_held_against_what_its_leads_bought_since(engine: str, number: str) -> None:
    frames = on(engine, CAMPAIGNS, numbered(LINES, number, "revenue", "cost"), numbered(MONEY, number, "amount"))

    assert rows_in_order(campaign_report(*frames, period=JANUARY), *COLUMNS) == [
        ("fair", 600, 2, 1, 2, 150, 50, 60, -0.9, 0.5),
        ("print", 30, 0, 0, 0, 0, 0, 0, -1, None),
        ("web", 90, 0, 0, 0, 0, 0, 0, -1, None),
        (None, 0, 1, 0, 0, 0, 0, 0, None, 0),
    ]


@on_every_engine
def test_the_first_touch_is_never_overwritten(engine: str) -> None:
    again = pl.concat([CAMPAIGNS, sales([("C-1", day("2026-01-02"), "web")], "customer_id", "created_on", "campaign_id")])

    result = campaign_report(*on(engine, again, LINES, MONEY))

    assert {row["campaign_id"]: (row["leads"], row["revenue"]) for row in dicts(result)} == {
        "fair": (3, 150),
        "web": (2, 0),
        "print": (0, 0),
        None: (1, 0),
    }


@on_every_engine
def test_spend_counts_once_whatever_was_won(engine: str) -> None:
    result = campaign_report(*on(engine, CAMPAIGNS, LINES, MONEY))

    assert sum(row["spend"] for row in dicts(result)) == 725


@on_every_engine
def test_so_is_each_source_with_its_detail(engine: str) -> None:
    details = {"C-1": "stand 7", "C-2": "stand 9"}
    leads = LEADS.with_columns(source_detail=pl.col("customer_id").replace_strict(details, default=None, return_dtype=pl.String))

    result = campaign_report(*on(engine, leads, LINES, SPEND), "source", "source_detail", period=JANUARY)

    assert rows_in_order(result, "source", "source_detail", "spend", "leads", "customers", "revenue") == [
        ("fair", "stand 7", 0, 1, 1, 150),
        ("fair", "stand 9", 0, 1, 0, 0),
        ("fair", None, 600, 0, 0, 0),
        ("print", None, 30, 0, 0, 0),
        ("web", None, 90, 0, 0, 0),
        (None, None, 0, 1, 0, 0),
    ]


@on_every_engine
def test_of_several_leads_of_one_day_the_first_by_name_counts(engine: str) -> None:
    twice = pl.concat([CAMPAIGNS, sales([("C-1", day("2026-01-01"), "booth")], "customer_id", "created_on", "campaign_id")])

    found = {row["campaign_id"]: row["revenue"] for row in dicts(campaign_report(*on(engine, twice, LINES, MONEY)))}

    assert (found["booth"], found["fair"]) == (150, 0)


@pytest.mark.parametrize("by", ["leads", "roi", "customer_id"])
def test_a_group_is_not_named_like_a_column_of_the_report(by: str) -> None:
    with pytest.raises(InvalidValueError, match="by="):
        campaign_report(CAMPAIGNS.with_columns(pl.lit("x").alias("leads"), pl.lit("x").alias("roi")), LINES, MONEY, by)


def test_a_return_is_unknown_where_no_cost_is() -> None:
    lines = LINES.with_columns(cost=pl.lit(None, dtype=pl.Int64))

    (row,) = [row for row in dicts(campaign_report(CAMPAIGNS, lines, MONEY)) if row["campaign_id"] == "fair"]

    assert (row["gross_profit"], row["roi"], row["revenue_without_cost"]) == (None, None, 150)


@on_every_engine
def test_two_currencies_are_never_added(engine: str) -> None:
    lines, money = LINES.with_columns(currency=pl.lit("EUR")), MONEY.with_columns(currency=pl.lit("CHF"))

    result = campaign_report(*on(engine, CAMPAIGNS, lines, money), period=JANUARY)

    fair = [row for row in rows_in_order(result, "campaign_id", "currency", "spend", "leads", "revenue") if row[0] == "fair"]
    assert fair == [("fair", "CHF", 600, 2, 0), ("fair", "EUR", 0, 2, 150)]


def test_spend_with_a_currency_needs_sales_with_one() -> None:
    with pytest.raises(InvalidValueError, match="'currency' column in both frames"):
        campaign_report(CAMPAIGNS, LINES, MONEY.with_columns(currency=pl.lit("EUR")))
