"""Columns of the wrong type are named before an engine stumbles over them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pytest

from crmkit import Period
from crmkit.errors import InvalidValueError
from crmkit.metrics import (
    First,
    activity_by,
    attributed_paths,
    deal_size_by,
    forecast_by,
    lead_response_time_by,
    pipeline_by,
    quota_attainment_by,
    repeat_rate_by,
    resolution_time_by,
    satisfaction_by,
    win_rate_by,
)
from tests.engines import on, on_every_engine

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = date(2026, 1, 5)
AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
MONTH = Period.month(2026, 1)
LINES = pl.DataFrame({"salesperson_id": ["anna"], "issued_on": [DAY], "document_id": ["R-1"], "revenue": [100]})
QUOTAS = pl.DataFrame({"salesperson_id": ["anna"], "start": [DAY], "end": [date(2026, 2, 1)], "amount": [200]})
CALLS = pl.DataFrame({"salesperson_id": ["anna"], "kind": ["phone"]})
QUOTES = pl.DataFrame({"salesperson_id": ["anna"], "document_kind": ["quote"]})


def attainment(sales: Any, quotas: Any) -> Any:
    return quota_attainment_by(sales, quotas, "salesperson_id", period=MONTH, as_of=DAY)


@on_every_engine
@pytest.mark.parametrize(
    ("name", "figure", "frames"),
    [
        ("state", win_rate_by, [pl.DataFrame({"state": [1]})]),
        ("kind", activity_by, [CALLS.with_columns(kind=7), QUOTES]),
        ("kind", lambda ratings: satisfaction_by(ratings, kind="nps"), [pl.DataFrame({"score": [9], "kind": [1]})]),
        ("document_kind", deal_size_by, [LINES.with_columns(document_kind=1)]),
        ("path", lambda paths: attributed_paths(paths, model=First()), [pl.DataFrame({"path": [1], "conversions": [1]})]),
        ("month", lambda monthly: forecast_by(monthly, horizon_months=1), [pl.DataFrame({"month": ["2026-01"], "revenue": [1]})]),
        ("start", attainment, [LINES, QUOTAS.with_columns(start=pl.lit("2026-01-01"))]),
        (
            "closed_on",
            lambda frame: pipeline_by(frame, as_of=DAY),
            [pl.DataFrame({"opened_on": [DAY], "state": ["open"], "amount": [1], "closed_on": ["-"]})],
        ),
    ],
)
def test_a_column_that_holds_something_else_is_named(
    engine: str, name: str, figure: Callable[..., Any], frames: list[pl.DataFrame]
) -> None:
    given = on(engine, *frames)

    with pytest.raises(InvalidValueError, match=f"^{name}="):
        figure(*(given if isinstance(given, tuple) else (given,)))


@pytest.mark.parametrize("engine", ["polars", "polars-lazy", "pyarrow", "duckdb"])
@pytest.mark.parametrize(
    ("name", "figure", "frames"),
    [
        ("salesperson_id", attainment, [LINES, QUOTAS.with_columns(salesperson_id=1)]),
        (
            "salesperson_id",
            lambda calls, quotes: activity_by(calls, quotes, "salesperson_id"),
            [CALLS, QUOTES.with_columns(salesperson_id=1)],
        ),
        (
            "customer_id",
            lead_response_time_by,
            [pl.DataFrame({"customer_id": ["1"], "created_on": [DAY]}), pl.DataFrame({"customer_id": [1], "happened_on": [DAY]})],
        ),
        (
            "case_id",
            lambda cases, events: resolution_time_by(cases, events=events),
            [
                pl.DataFrame({"case_id": ["1"], "opened_at": [AT], "closed_at": [AT]}),
                pl.DataFrame({"case_id": [1], "happened_at": [AT], "state": ["open"]}),
            ],
        ),
        ("reverses_document_id", repeat_rate_by, [LINES.with_columns(customer_id=pl.lit("C-1"), reverses_document_id=1)]),
    ],
)
def test_an_id_that_is_a_number_here_and_text_there_is_named(
    engine: str, name: str, figure: Callable[..., Any], frames: list[pl.DataFrame]
) -> None:
    given = on(engine, *frames)

    with pytest.raises(InvalidValueError, match=f"^{name}=.* in .* one type in both"):
        figure(*(given if isinstance(given, tuple) else (given,)))


def test_words_of_which_pandas_knows_none_are_no_numbers() -> None:
    """Read from CSV, an empty column is one of floats."""
    frame = pd.DataFrame({"state": ["won"], "category": [float("nan")]})

    assert win_rate_by(frame)["won"].tolist() == [1]
