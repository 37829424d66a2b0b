from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from crmkit import Period
from crmkit.errors import InvalidValueError
from crmkit.history import control_totals, freeze_figures, frozen_differences
from tests.engines import day, dicts, numbered, on, on_every_engine, rows, rows_in_order, sales, with_every_number

JANUARY = Period.month(2026, 1)
LINES = sales(
    [
        ("C-1", "R-1", None, day("2026-01-01"), 100, 60),
        ("C-1", "R-1", None, day("2026-01-01"), 50, None),
        ("C-2", "R-2", None, day("2026-01-31"), 30, 10),
        ("C-2", "R-3", None, day("2026-02-01"), 900, 10),
        ("C-1", "G-1", "R-1", day("2026-02-09"), -40, -20),
        ("C-1", "G-2", "R-0", day("2026-02-09"), -7, -2),
    ],
    *("customer_id", "document_id", "reverses_document_id", "issued_on", "revenue", "cost"),
)


@on_every_engine
@with_every_number
def test_totals_are_held_against_the_ledger(engine: str, number: str) -> None:
    frame = on(engine, numbered(LINES, number, "revenue", "cost"))

    totals = control_totals(frame, period=JANUARY, ledger=170)

    assert rows(totals) == [(3, 2, 180, day("2026-01-01"), day("2026-01-31"), 170, 10)]
    assert list(dicts(control_totals(frame))[0]) == ["lines", "documents", "revenue", "first_on", "last_on"]


@on_every_engine
def test_each_currency_has_its_own_ledger(engine: str) -> None:
    frame = on(engine, LINES.head(3).with_columns(currency=pl.Series(["EUR", "EUR", "CHF"])))

    totals = control_totals(frame, ledger={"EUR": 150})

    assert rows(totals, "currency", "revenue", "ledger", "difference") == [("CHF", 30, None, None), ("EUR", 150, 150, 0)]


@on_every_engine
def test_of_nothing_there_are_no_totals(engine: str) -> None:
    assert dicts(control_totals(on(engine, LINES.clear()), ledger=0)) == []


@pytest.mark.parametrize(("ledger", "columns"), [({"EUR": 1}, {}), (1, {"currency": "EUR"}), (Decimal("0.5"), {}), (1.5, {})])
def test_the_ledger_fits_the_frame(ledger: Any, columns: dict[str, str]) -> None:
    with pytest.raises(InvalidValueError, match="ledger"):
        control_totals(LINES.with_columns(pl.lit(value).alias(name) for name, value in columns.items()), ledger=ledger)


@on_every_engine
@with_every_number
def test_a_frozen_month_keeps_its_parameters(engine: str, number: str) -> None:
    frozen = freeze_figures(on(engine, numbered(LINES, number, "revenue", "cost")), "customer_id", period=JANUARY, as_of=day("2026-02-03"))

    shown = ("customer_id", "revenue", "gross_profit", "start", "end", "frozen_on", "definition")
    assert rows_in_order(frozen, *shown) == [
        ("C-1", 150, 40, JANUARY.start, JANUARY.end, day("2026-02-03"), "gross_profit_by 1"),
        ("C-2", 30, 20, JANUARY.start, JANUARY.end, day("2026-02-03"), "gross_profit_by 1"),
    ]


@on_every_engine
@with_every_number
def test_later_credit_notes_explain_the_difference(engine: str, number: str) -> None:
    before = numbered(LINES, number, "revenue", "cost")
    entered_late = numbered(
        sales([("C-3", "R-9", None, day("2026-01-15"), 5, 1)], *LINES.columns).cast(LINES.schema), number, "revenue", "cost"
    )
    early, late = on(engine, before, pl.concat([before, entered_late]))
    frozen = freeze_figures(early, "customer_id", period=JANUARY, as_of=day("2026-02-03"))

    differences = frozen_differences(frozen, late, "customer_id", period=JANUARY, as_of=day("2026-03-01"))

    assert rows_in_order(differences) == [("C-1", 150, 150, 0, -40, 110), ("C-2", 30, 30, 0, 0, 30), ("C-3", 0, 5, 5, 0, 5)]


@on_every_engine
@pytest.mark.parametrize(("as_of", "credited"), [("2026-02-08", 0), ("2026-02-09", -40), ("2026-02-10", -40)])
def test_credit_notes_count_from_their_day_on(engine: str, as_of: str, credited: int) -> None:
    frame = on(engine, LINES)
    frozen = freeze_figures(frame, period=JANUARY, as_of=day("2026-02-03"))

    assert rows(frozen_differences(frozen, frame, period=JANUARY, as_of=day(as_of)), "changed", "credited_since") == [(0, credited)]


@on_every_engine
def test_without_references_no_credit_note_belongs_to_a_month(engine: str) -> None:
    frame = on(engine, LINES.drop("reverses_document_id"))
    frozen = freeze_figures(frame, period=JANUARY, as_of=day("2026-02-03"))

    assert rows(frozen_differences(frozen, frame, period=JANUARY, as_of=day("2026-03-01"))) == [(180, 180, 0, 0, 180)]


REJECTED = sales([(day("2026-01-09"), 5), (None, 7), (day("2026-02-01"), 900), (day("2026-01-31"), None)], "issued_on", "revenue")


@on_every_engine
@with_every_number
def test_what_an_import_rejected_is_counted_beside_what_it_took(engine: str, number: str) -> None:
    taken, rejected = on(engine, numbered(LINES, number, "revenue", "cost"), numbered(REJECTED, number, "revenue"))

    totals = control_totals(taken, period=JANUARY, ledger=180, rejected=rejected)

    assert rows(totals, "lines", "documents", "revenue", "difference") == [(3, 2, 180, 0)]
    assert rows(totals, "read", "rejected", "rejected_revenue") == [(6, 3, 12)]


@on_every_engine
def test_a_rejected_line_is_of_its_own_currency(engine: str) -> None:
    taken = LINES.head(1).with_columns(currency=pl.lit("EUR"))
    first, second = on(engine, taken, REJECTED.tail(1).with_columns(currency=pl.lit("CHF")))

    totals = control_totals(first, rejected=second)

    assert rows(totals, "currency", "read", "lines", "revenue", "rejected", "rejected_revenue") == [
        ("CHF", 1, 0, 0, 1, None),
        ("EUR", 1, 1, 100, 0, None),
    ]
