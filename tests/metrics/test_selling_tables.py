from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Period
from crmkit.errors import InvalidValueError
from crmkit.metrics import CommissionPlan, calls_to_sales_by, commissions_by, deal_size_by, lead_response_time_by, quota_attainment_by
from tests.engines import by_id, day, dicts, numbered, on, on_every_engine, rows, rows_in_order, sales, with_every_number

JANUARY = Period.month(2026, 1)
LINE = ("salesperson_id", "issued_on", "document_id", "document_kind", "reverses_document_id", "revenue")
LINES = sales(
    [
        ("anna", day("2026-01-01"), "R-1", "invoice", None, 100),
        ("anna", day("2026-01-01"), "R-1", "invoice", None, 50),
        ("anna", day("2026-01-31"), "R-2", "invoice", None, 80),
        ("anna", day("2026-01-31"), "G-1", "credit_note", "R-1", -30),
        ("ben", day("2026-01-31"), "R-3", "invoice", None, 40),
        ("ben", day("2026-02-01"), "G-2", "credit_note", "R-3", -40),
        ("cleo", day("2026-01-31"), "R-4", "invoice", None, 0),
    ],
    *LINE,
)


@on_every_engine
@with_every_number
def test_deal_size_is_net_of_credit_notes(engine: str, number: str) -> None:
    result = deal_size_by(on(engine, numbered(LINES, number, "revenue")), "salesperson_id", period=JANUARY)

    assert rows_in_order(result) == [("anna", 200, 2, 100), ("ben", 40, 1, 40), ("cleo", 0, 0, None)]


@on_every_engine
def test_wholly_reversed_ones_are_not_counted(engine: str) -> None:
    assert by_id(deal_size_by(on(engine, LINES), "salesperson_id"), "sales", id_="salesperson_id") == {"anna": 2, "ben": 0, "cleo": 0}


@on_every_engine
def test_a_sale_of_an_unknown_customer_counts_and_currencies_stay_apart(engine: str) -> None:
    frame = on(
        engine,
        sales(
            [(None, "R-1", 10, "EUR"), (None, "R-1", 10, "CHF"), ("C", "R-2", 5, None)], "customer_id", "document_id", "revenue", "currency"
        ),
    )

    assert rows_in_order(deal_size_by(frame)) == [("CHF", 10, 1, 10), ("EUR", 10, 1, 10), (None, 5, 1, 5)]


@on_every_engine
def test_deal_size_of_orders_is_that_of_documents_without_their_kind(engine: str) -> None:
    documents = sales([("A-1", "quote", 90), ("B-1", "order", 100), ("B-2", "order", 50)], "document_id", "document_kind", "amount")
    orders = documents.filter(pl.col("document_kind") == "order").drop("document_kind").rename({"amount": "revenue"})

    assert rows(deal_size_by(documents.rename({"amount": "revenue"})), "sales") == [(0,)]  # orders are no invoices
    assert rows(deal_size_by(on(engine, orders))) == [(150, 2, 75)]


def test_a_down_payment_is_revenue_and_no_sale() -> None:
    frame = sales(
        [("A", "down_payment", 30), ("R", "final", 100), ("R", "down_payment", -30)], "document_id", "document_subtype", "revenue"
    )

    assert rows(deal_size_by(frame)) == [(100, 1, 100)]


TALKS = sales(
    [
        ("anna", "phone", day("2026-01-01")),
        ("anna", "phone", day("2026-01-31")),
        ("anna", "visit", day("2026-01-31")),
        ("dora", "phone", day("2026-01-31")),
    ],
    *("salesperson_id", "kind", "happened_on"),
)


@on_every_engine
@with_every_number
def test_calls_to_sales_go_by_number_and_by_amount(engine: str, number: str) -> None:
    frames = on(engine, TALKS, numbered(LINES, number, "revenue"))

    assert rows_in_order(calls_to_sales_by(*frames, "salesperson_id", period=JANUARY)) == [
        ("anna", 2, 2, 200, 1, 100),
        ("ben", 0, 1, 40, None, None),
        ("cleo", 0, 0, 0, None, None),
        ("dora", 1, 0, 0, 0, 0),
    ]


@on_every_engine
def test_calls_stand_beside_each_currency(engine: str) -> None:
    sold = sales([("R-1", 10, "EUR"), ("R-2", 20, "CHF")], "document_id", "revenue", "currency")

    assert rows_in_order(calls_to_sales_by(*on(engine, TALKS, sold)), "currency", "calls", "revenue_per_call") == [
        ("CHF", 3, pytest.approx(20 / 3)),
        ("EUR", 3, pytest.approx(10 / 3)),
    ]


@on_every_engine
def test_other_kinds_of_calls_can_be_counted(engine: str) -> None:
    assert rows(calls_to_sales_by(*on(engine, TALKS, LINES), kinds=["phone", "visit"]), "calls") == [(4,)]


NINE = datetime(2026, 1, 31, 9, tzinfo=UTC)
LEADS = sales(
    [("L-1", "fair"), ("L-2", "fair"), ("L-3", "fair"), ("L-4", None), (None, "web")],
    *("customer_id", "source"),
).with_columns(created_on=pl.lit(NINE.date()), created_at=pl.lit(NINE))
ANSWERS = sales(
    [
        ("L-1", NINE + timedelta(hours=5), "out", True),
        ("L-1", NINE + timedelta(hours=2), "out", True),
        ("L-2", NINE - timedelta(minutes=1), "out", True),
        ("L-2", NINE + timedelta(hours=1), "out", False),
        ("L-2", NINE + timedelta(hours=2), "in", True),
        ("L-2", NINE + timedelta(hours=30), "out", True),
        ("L-4", NINE, "out", True),
        (None, NINE, "out", True),
    ],
    *("customer_id", "happened_at", "direction", "reached"),
).with_columns(happened_on=pl.col("happened_at").dt.date())


@on_every_engine
def test_the_first_response_is_the_first_contact_after_the_lead_came_in(engine: str) -> None:
    result = lead_response_time_by(*on(engine, LEADS, ANSWERS), "source", period=JANUARY)

    assert rows_in_order(result) == [("fair", 3, 2, 32, 16, 16), ("web", 1, 0, 0, None, None), (None, 1, 1, 0, 0, 0)]


@on_every_engine
def test_without_the_moment_of_creation_whole_days_count(engine: str) -> None:
    assert rows(lead_response_time_by(*on(engine, LEADS.drop("created_at"), ANSWERS.filter(pl.col("happened_at") >= NINE)))) == [
        (5, 3, 24, 8, 0)
    ]


QUOTAS = sales(
    [
        ("anna", date(2026, 1, 1), date(2026, 2, 1), 310),
        ("ben", date(2026, 1, 1), date(2026, 4, 1), 900),
        ("dora", date(2026, 2, 1), date(2026, 3, 1), 50),
    ],
    *("salesperson_id", "start", "end", "amount"),
)


@on_every_engine
@with_every_number
def test_attainment_is_revenue_by_quota_and_pace_by_what_is_expected_by_now(engine: str, number: str) -> None:
    frames = on(engine, numbered(LINES, number, "revenue"), numbered(QUOTAS, number, "amount"))

    result = quota_attainment_by(*frames, "salesperson_id", period=JANUARY, as_of=day("2026-01-10"))

    assert rows_in_order(result) == [
        ("anna", 150, 310, pytest.approx(150 / 310), 100, 1.5),
        ("ben", 0, 310, 0, 100, 0),
    ]


@on_every_engine
@pytest.mark.parametrize(("as_of", "revenue"), [("2026-01-30", 150), ("2026-01-31", 200), ("2026-02-01", 200)])
def test_what_is_issued_on_the_last_day_counts(engine: str, as_of: str, revenue: int) -> None:
    result = quota_attainment_by(*on(engine, LINES, QUOTAS), "salesperson_id", period=JANUARY, as_of=day(as_of))

    assert by_id(result, "revenue", id_="salesperson_id")["anna"] == revenue


@pytest.mark.parametrize(("as_of", "expected"), [("2026-01-01", 10), ("2026-01-31", 310), ("2026-02-01", 310)])
def test_what_is_expected_grows_day_by_day_up_to_the_quota(as_of: str, expected: int) -> None:
    result = quota_attainment_by(LINES, QUOTAS, "salesperson_id", period=JANUARY, as_of=day(as_of))

    assert by_id(result, "expected_by_now", id_="salesperson_id")["anna"] == expected


def test_a_quota_with_a_currency_needs_sales_with_one() -> None:
    with pytest.raises(InvalidValueError, match="'currency' column in both frames"):
        quota_attainment_by(LINES, QUOTAS.with_columns(currency=pl.lit("EUR")), period=JANUARY, as_of=day("2026-01-10"))


PLAN = CommissionPlan("revenue", tiers=[(0, "0.05"), (100, "0.10"), (150, "0")])


@on_every_engine
@with_every_number
@pytest.mark.parametrize(("revenue", "commission"), [(0, 0), (99, "4.95"), (100, 5), (101, "5.1"), (150, 10), (400, 10), (-50, "-2.5")])
def test_each_tier_applies_to_what_lies_within_it(engine: str, number: str, revenue: int, commission: Any) -> None:
    frame = numbered(sales([("anna", day("2026-01-09"), revenue)], "salesperson_id", "issued_on", "revenue"), number, "revenue")
    ((_, base, paid),) = rows(commissions_by(on(engine, frame), "salesperson_id", plan=PLAN, period=JANUARY))
    rounded = {"99": 5, "101": 5, "-50": -3}.get(str(revenue), commission) if number == "int" else commission

    assert base == revenue
    assert float(paid) == pytest.approx(float(rounded))


@on_every_engine
def test_credit_notes_claw_back(engine: str) -> None:
    plan = CommissionPlan("revenue", tiers=[(0, "0.10")])

    result = commissions_by(on(engine, LINES), "salesperson_id", plan=plan, period=Period.month(2026, 2))

    assert rows(result) == [("ben", -40, -4)]


@on_every_engine
@with_every_number
def test_a_split_shares_every_line_and_loses_nothing(engine: str, number: str) -> None:
    frame = numbered(LINES.with_columns(region=pl.lit("D")), number, "revenue")
    plan = CommissionPlan("revenue", tiers=[(0, "0.10")], splits={"anna": {"anna": "0.5", "ben": "0.3", "eva": "0.2"}})

    shared = by_id(commissions_by(on(engine, frame), "salesperson_id", plan=plan, period=JANUARY), "base", id_="salesperson_id")

    assert shared == pytest.approx({"anna": 100, "ben": 100, "cleo": 0, "eva": 40})


@given(st.lists(st.integers(-999, 999), min_size=1), st.integers(0, 100))
def test_the_parts_of_a_split_add_up(amounts: list[int], percent: int) -> None:
    frame = sales([("anna", day("2026-01-09"), amount) for amount in amounts], "salesperson_id", "issued_on", "revenue")
    share = Decimal(percent) / 100
    plan = CommissionPlan("revenue", tiers=[(0, "0.10")], splits={"anna": {"anna": share, "ben": 1 - share}})

    assert sum(row["base"] for row in dicts(commissions_by(frame, "salesperson_id", plan=plan, period=JANUARY))) == sum(amounts)


@on_every_engine
def test_a_commission_on_gross_profit_shows_the_revenue_without_cost(engine: str) -> None:
    frame = sales(
        [("anna", day("2026-01-09"), 100, 60), ("anna", day("2026-01-09"), 30, None)], "salesperson_id", "issued_on", "revenue", "cost"
    )
    plan = CommissionPlan("gross_profit", tiers=[(0, "0.25")])

    assert rows(commissions_by(on(engine, frame), "salesperson_id", plan=plan, period=JANUARY)) == [("anna", 40, 10, 30)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": "discount"},
        {"tiers": []},
        {"tiers": [(5, "0.1")]},
        {"tiers": [(0, "0.1"), (0, "0.2")]},
        {"tiers": [(0, "5")]},
        {"splits": {"anna": {"anna": "0.5"}}},
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        CommissionPlan(**{"value": "revenue", "tiers": [(0, "0.1")], **wrong})
