"""Figures as values for a dashboard."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from crmkit import Period
from crmkit.errors import InvalidValueError, MissingColumnError
from crmkit.metrics import (
    Kpi,
    gross_profit_by,
    kpis,
    leads_by,
    reopen_rate_by,
    repeat_rate_by,
    retention_by,
    same_day_closure_rate_by,
    satisfaction_by,
    sla_rate_by,
    win_rate_by,
)
from tests.engines import day, numbered, on, on_every_engine, with_every_number

JANUARY = Period.month(2026, 1)
OPPORTUNITIES = pl.DataFrame(
    [("open", None, "ann"), ("won", day("2026-01-05"), "ann"), ("lost", day("2026-01-06"), "ann"), ("lost", day("2026-01-07"), "ann")],
    schema=["state", "closed_on", "salesperson_id"],
    orient="row",
)
SALES = pl.DataFrame(
    {
        "customer_id": ["C-1", "C-2", "C-2"],
        "document_id": ["1", "2", "3"],
        "issued_on": [day("2026-01-05"), day("2026-01-06"), day("2026-02-07")],
        "revenue": [100, 60, 50],
        "cost": [60, 20, None],
    }
)


@on_every_engine
def test_a_figure_becomes_a_value_with_its_parts_and_its_period(engine: str) -> None:
    table = win_rate_by(on(engine, OPPORTUNITIES), "salesperson_id", period=JANUARY)

    assert kpis(table, "salesperson_id", period=JANUARY) == (
        Kpi(
            name="win_rate",
            value=Decimal(1) / 3,
            numerator=1,
            denominator=3,
            n=3,
            period=JANUARY,
            group={"salesperson_id": "ann"},
        ),
    )


@on_every_engine
@with_every_number
def test_amounts_stay_exact_where_they_are(engine: str, number: str) -> None:
    table = gross_profit_by(on(engine, numbered(SALES, number, "revenue", "cost")))

    (kpi,) = kpis(table, period=JANUARY)

    assert (kpi.name, kpi.numerator, kpi.denominator, kpi.n) == ("gross_margin", 80, 160, None)
    assert kpi.value == Decimal("0.5")
    is_float = number == "float" or engine == "pandas"  # NumPy has no whole numbers beside one that is unknown
    assert isinstance(kpi.value, float if is_float else Decimal)


def test_an_undefined_figure_has_no_value_but_its_parts() -> None:
    table = win_rate_by(OPPORTUNITIES.head(1).cast({"closed_on": pl.Date}), period=JANUARY)

    (kpi,) = kpis(table, period=JANUARY)

    assert (kpi.value, kpi.numerator, kpi.denominator, kpi.n) == (None, 0, 0, 0)


def test_what_is_unknown_is_no_part() -> None:
    (kpi,) = kpis(gross_profit_by(SALES.tail(1)), period=JANUARY)

    assert (kpi.value, kpi.numerator) == (None, None)


def test_a_table_with_several_figures_gives_each() -> None:
    table = retention_by(SALES, before=JANUARY, after=Period.month(2026, 2))

    assert {kpi.name: (kpi.value, kpi.numerator, kpi.denominator, kpi.n) for kpi in kpis(table, period=JANUARY)} == {
        "retention_rate": (Decimal("0.5"), 1, 2, 2),
        "churn_rate": (Decimal("0.5"), 1, 2, 2),
        "gross_retention": (Decimal("0.3125"), 50, 160, 2),
        "net_retention": (Decimal("0.3125"), 50, 160, 2),
    }


CASES = pl.DataFrame(
    {
        "opened_at": [pl.Series(["2026-01-05T09:00:00Z"]).str.to_datetime(time_unit="us", time_zone="UTC")[0]],
        "closed_at": [pl.Series(["2026-01-05T12:00:00Z"]).str.to_datetime(time_unit="us", time_zone="UTC")[0]],
        "due_at": [pl.Series(["2026-01-05T13:00:00Z"]).str.to_datetime(time_unit="us", time_zone="UTC")[0]],
        "opened_on": [day("2026-01-05")],
        "closed_on": [day("2026-01-05")],
        "reopened": [0],
    }
)
RATINGS = pl.DataFrame({"rated_on": [day("2026-01-05")] * 2, "score": [5, 2], "kind": ["csat", "csat"]})
LEADS = pl.DataFrame({"created_on": [day("2026-01-05")] * 2, "converted_on": [day("2026-01-09"), None]})


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (same_day_closure_rate_by(CASES), ("same_day_rate", 1, 1, 1, 1)),
        (sla_rate_by(CASES), ("sla_rate", 1, 1, 1, 1)),
        (reopen_rate_by(CASES), ("reopen_rate", 0, 0, 1, 1)),
        (satisfaction_by(RATINGS, kind="csat"), ("csat", Decimal("0.5"), 1, 2, 2)),
        (leads_by(LEADS), ("conversion_rate", Decimal("0.5"), 1, 2, 2)),
        (repeat_rate_by(SALES), ("repeat_rate", Decimal("0.5"), 1, 2, 2)),
    ],
    ids=lambda given: given[0] if isinstance(given, tuple) else "",
)
def test_parts_are_those_of_the_figure(table: Any, expected: tuple[Any, ...]) -> None:
    (kpi,) = kpis(table, period=JANUARY)

    assert (kpi.name, kpi.value, kpi.numerator, kpi.denominator, kpi.n) == expected


def test_groups_come_in_order_with_their_currency() -> None:
    sales = SALES.with_columns(currency=pl.Series(["USD", "EUR", "EUR"]))

    found = kpis(gross_profit_by(sales, "customer_id"), "customer_id", period=JANUARY)

    assert [kpi.group for kpi in found] == [{"customer_id": "C-1", "currency": "USD"}, {"customer_id": "C-2", "currency": "EUR"}]


def test_a_table_without_a_figure_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="win_rate"):
        kpis(SALES, period=JANUARY)


def test_a_group_that_is_not_there_is_named() -> None:
    with pytest.raises(MissingColumnError, match="region"):
        kpis(gross_profit_by(SALES), "region", period=JANUARY)
