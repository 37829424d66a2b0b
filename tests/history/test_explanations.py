from __future__ import annotations

from typing import Any

import pytest

from crmkit import Period
from crmkit.classification import rfm_by
from crmkit.errors import InvalidValueError, MissingColumnError
from crmkit.history import explain, purchased_items, sales_by_month, sales_by_year
from crmkit.metrics import gross_profit_by
from tests.engines import day, on, on_every_engine, rows_in_order, sales

JANUARY = Period.month(2026, 1)
LINES = sales(
    [
        ("C-1", "R-1", "I-1", day("2025-12-31"), 10, 5, 1),
        ("C-1", "R-2", "I-1", day("2026-01-01"), 100, 60, 1),
        ("C-1", "R-3", "I-2", day("2026-01-31"), 50, None, 1),
        ("C-1", "R-4", "I-2", day("2026-02-01"), 7, 5, 1),
        ("C-2", "R-5", "I-1", day("2026-01-05"), 30, 10, 1),
        (None, "R-6", "I-1", day("2026-01-05"), 3, 1, 1),
    ],
    *("customer_id", "document_id", "item_id", "issued_on", "revenue", "cost", "quantity"),
)


def documents(found: Any) -> list[Any]:
    return [row[0] for row in rows_in_order(found.lines, "document_id")]


@on_every_engine
def test_from_a_figure_to_its_document_lines_and_the_rule(engine: str) -> None:
    frame = on(engine, LINES)

    found = explain(gross_profit_by, frame, "customer_id", of={"customer_id": "C-1"}, period=JANUARY)

    assert (found.figure["gross_profit"], found.figure["revenue_without_cost"]) == (40, 50)
    assert documents(found) == ["R-2", "R-3"]
    assert "Definition: gross profit = revenue of the lines whose cost is known − their cost" in found.rule
    assert found.options == {"by": ("customer_id",), "period": JANUARY}
    assert type(found.lines) is type(frame)


@on_every_engine
def test_lines_without_a_customer_are_behind_a_figure_too(engine: str) -> None:
    found = explain(gross_profit_by, on(engine, LINES), "customer_id", of={"customer_id": None}, period=JANUARY)

    assert (documents(found), found.figure["revenue"]) == (["R-6"], 3)


@on_every_engine
def test_a_month_of_a_series_has_the_lines_of_that_month(engine: str) -> None:
    quarter = Period.quarter(2026, 1)

    found = explain(
        sales_by_month,
        on(engine, LINES),
        "customer_id",
        of={"customer_id": "C-1", "month": day("2026-01-01")},
        period=quarter,
        as_of=day("2026-01-30"),
    )

    assert (documents(found), found.figure["revenue"], found.figure["previous"]) == (["R-2"], 100, 10)


@on_every_engine
def test_a_year_has_the_lines_of_that_year(engine: str) -> None:
    period = Period(day("2025-01-01"), day("2027-01-01"))

    found = explain(sales_by_year, on(engine, LINES), of={"year": 2025}, period=period, as_of=day("2026-12-31"))

    assert (documents(found), found.figure["revenue"]) == (["R-1"], 10)


@on_every_engine
def test_other_tables_over_sales_can_be_explained_too(engine: str) -> None:
    frame = on(engine, LINES)

    items = explain(purchased_items, frame, "customer_id", of={"customer_id": "C-1", "item_id": "I-1"})
    rfm = explain(rfm_by, frame, "customer_id", of={"customer_id": "C-2"}, as_of=day("2026-01-31"), purchase="day")

    assert (documents(items), items.figure["revenue"]) == (["R-1", "R-2"], 110)
    assert (documents(rfm), rfm.figure["recency_days"]) == (["R-5"], 26)


def test_exactly_one_row_is_meant() -> None:
    with pytest.raises(InvalidValueError, match="there are 2"):
        explain(gross_profit_by, LINES.head(5), "customer_id", of={})
    with pytest.raises(InvalidValueError, match="there are 0"):
        explain(gross_profit_by, LINES, "customer_id", of={"customer_id": "C-9"})
    with pytest.raises(MissingColumnError, match="'region'"):
        explain(gross_profit_by, LINES, of={"region": "north"})


def test_the_repr_shows_no_figures() -> None:
    assert "C-1" not in repr(explain(gross_profit_by, LINES, "customer_id", of={"customer_id": "C-1"}))
