from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crmkit import facts
from crmkit.errors import InvalidDataError, InvalidValueError, MissingColumnError, MissingExtraError
from tests.engines import day, dicts, numbered, on, on_every_engine, rows, rows_in_order, sales, schema_of, with_every_number

DAY = day("2026-01-31")
GERMAN = sales([("C-1", DAY, 100, "x"), ("C-2", DAY, -40, "y")], "Kunde", "Datum", "Netto", "Bemerkung")


@on_every_engine
def test_own_names_become_standard_names_and_other_columns_travel_along(engine: str) -> None:
    frame = on(engine, GERMAN)

    result = facts.sales(frame, customer_id="Kunde", issued_on="Datum", revenue="Netto")

    assert dicts(result)[0] == {"customer_id": "C-1", "issued_on": DAY, "revenue": 100, "Bemerkung": "x", "document_kind": "invoice"}
    assert type(result) is type(frame)


def test_a_column_under_its_standard_name_need_not_be_named() -> None:
    frame = sales([("C-1", DAY, 1)], "customer_id", "issued_on", "revenue")

    assert rows(facts.sales(frame), "customer_id", "revenue") == [("C-1", 1)]


def test_what_held_the_standard_name_travels_along_as_the_original() -> None:
    frame = sales([("C-1", DAY, 119, 100, 7)], "customer_id", "issued_on", "revenue", "net", "revenue_original")

    (row,) = dicts(facts.sales(frame, revenue="net"))

    assert (row["revenue"], row["revenue_original"], row["revenue_original_"]) == (100, 7, 119)


def test_names_can_be_swapped() -> None:
    frame = sales([("I-1", DAY, 1, "C-1")], "customer_id", "issued_on", "revenue", "item_id")

    assert rows(facts.sales(frame, customer_id="item_id", item_id="customer_id"), "customer_id", "item_id") == [("C-1", "I-1")]


def test_one_column_can_serve_twice() -> None:
    frame = sales([("C-1", DAY, 1)], "customer_id", "issued_on", "revenue")

    assert rows(facts.sales(frame, document_id="customer_id"), "customer_id", "document_id") == [("C-1", "C-1")]


def test_a_wrong_name_is_an_error_with_the_columns_that_exist() -> None:
    with pytest.raises(MissingColumnError) as raised:
        facts.sales(GERMAN, customer_id="Kunde", issued_on="Datum", revenue="Nettto", cost="Einstand")

    assert raised.value.missing == ("revenue", "cost")
    assert raised.value.available == ("Kunde", "Datum", "Netto", "Bemerkung")
    assert "'revenue' (as 'Nettto')" in str(raised.value)
    assert "facts.sales(frame, revenue='Netto', cost='…')" in str(raised.value)


@on_every_engine
def test_required_columns_are_missed_together(engine: str) -> None:
    with pytest.raises(MissingColumnError) as raised:
        facts.sales(on(engine, GERMAN))

    assert raised.value.missing == ("customer_id", "issued_on", "revenue")


@on_every_engine
@pytest.mark.parametrize(("amount", "kind"), [(-1, "credit_note"), (0, "invoice"), (1, "invoice")])
def test_without_a_kind_the_sign_of_the_quantity_tells_it(engine: str, amount: int, kind: str) -> None:
    frame = on(engine, sales([("C-1", DAY, amount, amount)], "customer_id", "issued_on", "revenue", "quantity"))

    assert rows(facts.sales(frame), "document_kind") == [(kind,)]


@on_every_engine
def test_without_a_quantity_the_sign_of_the_revenue_tells_it(engine: str) -> None:
    result = facts.sales(on(engine, GERMAN), customer_id="Kunde", issued_on="Datum", revenue="Netto")

    assert rows_in_order(result, "customer_id", "document_kind") == [("C-1", "invoice"), ("C-2", "credit_note")]


@on_every_engine
@with_every_number
def test_positive_credit_notes_are_turned(engine: str, number: str) -> None:
    lines = sales(
        [("C-1", DAY, "invoice", 10, 2, 6), ("C-1", DAY, "credit_note", 5, 1, None)],
        *("customer_id", "issued_on", "document_kind", "revenue", "quantity", "cost"),
    )
    frame = on(engine, numbered(lines, number, "revenue", "quantity", "cost"))

    result = facts.sales(frame, credit_notes="positive")

    assert rows(result, "revenue", "quantity", "cost") == [(10, 2, 6), (-5, -1, None)]
    assert schema_of(result)["revenue"] == schema_of(frame)["revenue"]


def test_positive_credit_notes_need_their_kind() -> None:
    with pytest.raises(MissingColumnError, match="document_kind"):
        facts.sales(GERMAN, customer_id="Kunde", issued_on="Datum", revenue="Netto", credit_notes="positive")


KINDS = sales(
    [
        ("C-1", DAY, "invoice", 10, 1),
        ("C-1", DAY, "credit_note", 5, 1),
        ("C-1", DAY, "order", 5, 1),
        ("C-1", DAY, None, 5, 1),
        ("C-1", DAY, "credit_note", 5, -1),
    ],
    *("customer_id", "issued_on", "document_kind", "revenue", "cost"),
)
WRONG = [(2, "revenue", "5"), (2, "cost", "1"), (3, "document_kind", "order"), (4, "document_kind", None), (5, "revenue", "5")]


@pytest.mark.parametrize("engine", ["polars", "pandas", "pandas-arrow", "pyarrow"])
def test_kind_and_sign_that_disagree_are_named_all_at_once(engine: str) -> None:
    with pytest.raises(InvalidDataError) as raised:
        facts.sales(on(engine, KINDS))

    assert [(problem.line, problem.column, problem.value) for problem in raised.value.problems] == WRONG


@pytest.mark.parametrize("engine", ["polars-lazy", "duckdb"])
def test_a_lazy_frame_is_looked_into_only_when_asked(engine: str) -> None:
    table = facts.sales(on(engine, KINDS))

    assert [(problem.line, problem.column, problem.value) for problem in facts.sales_problems(table)] == WRONG


@on_every_engine
def test_a_clean_table_has_no_problems(engine: str) -> None:
    assert facts.sales_problems(facts.sales(on(engine, KINDS.head(1)))) == ()


@on_every_engine
def test_a_negative_invoice_is_a_cancellation_not_a_problem(engine: str) -> None:
    frame = on(engine, sales([("C-1", DAY, "invoice", -10)], "customer_id", "issued_on", "document_kind", "revenue"))

    assert facts.sales_problems(facts.sales(frame)) == ()


@on_every_engine
@pytest.mark.parametrize("number", ["int", "decimal"])
def test_revenue_is_quantity_times_price_less_discount(engine: str, number: str) -> None:
    lines = sales([("C-1", DAY, 3, 10, 2), ("C-1", DAY, 1, 10, None)], "customer_id", "issued_on", "quantity", "unit_price", "discount")

    result = facts.sales(on(engine, numbered(lines, number, "quantity", "unit_price", "discount")))

    assert rows(result, "revenue") == [(28,), (10,)]


@pytest.mark.parametrize("engine", ["polars", "pandas-arrow", "pyarrow", "duckdb"])
def test_derived_revenue_loses_no_decimals(engine: str) -> None:
    lines = sales([("C-1", DAY, Decimal("3.25"), Decimal("0.125"))], "customer_id", "issued_on", "quantity", "unit_price")
    exact = lines.with_columns(pl.col("quantity").cast(pl.Decimal(18, 2)), pl.col("unit_price").cast(pl.Decimal(18, 3)))

    assert rows(facts.sales(on(engine, exact)), "revenue") == [(Decimal("0.40625"),)]


def test_days_come_from_naive_moments() -> None:
    frame = pd.DataFrame(
        {"customer_id": ["C-1", "C-1"], "issued_on": pd.Series([pd.Timestamp("2026-01-31 23:59"), None]), "revenue": [1, 2]}
    )

    assert rows(facts.sales(frame), "issued_on") == [(DAY,), (None,)]


def test_days_come_from_date_objects_of_pandas() -> None:
    frame = pd.DataFrame({"customer_id": ["C-1", "C-1"], "issued_on": [DAY, None], "revenue": [1, 2]})

    assert rows(facts.sales(frame), "issued_on") == [(DAY,), (None,)]


def test_a_column_of_nothing_holds_no_days_in_pandas() -> None:
    frame = pd.DataFrame({"customer_id": ["C-1"], "created_on": [None]})

    assert rows(facts.customers(frame), "created_on") == [(None,)]


@pytest.mark.parametrize("engine", ["polars", "pandas-arrow", "pyarrow", "duckdb"])
def test_days_come_from_naive_moments_of_every_engine(engine: str) -> None:
    frame = sales([("C-1", datetime(2026, 1, 31, 23, 59), 1)], "customer_id", "issued_on", "revenue")  # noqa: DTZ001

    assert rows(facts.sales(on(engine, frame)), "issued_on") == [(DAY,)]


@pytest.mark.parametrize(
    ("values", "fix"),
    [
        (["31.01.2026"], r"str.to_date"),
        ([datetime(2026, 1, 31, tzinfo=UTC)], "take the local day"),
        ([1], "Date, or datetimes"),
    ],
)
def test_what_is_no_day_is_refused_with_the_fix(values: list[Any], fix: str) -> None:
    with pytest.raises(InvalidValueError, match=fix):
        facts.sales(pl.DataFrame({"customer_id": ["C-1"], "issued_on": values, "revenue": [1]}))


@pytest.mark.parametrize("values", [["31.01.2026", None], [datetime(2026, 1, 31), date(2026, 1, 31)]])  # noqa: DTZ001
def test_text_and_mixed_objects_of_pandas_are_no_days(values: list[Any]) -> None:
    frame = pd.DataFrame({"customer_id": ["C-1"] * 2, "issued_on": pd.Series(values, dtype=object), "revenue": [1, 1]})

    with pytest.raises(InvalidValueError, match="issued_on"):
        facts.sales(frame)


def test_text_is_no_amount() -> None:
    with pytest.raises(InvalidValueError, match="parse text first"):
        facts.sales(pl.DataFrame({"customer_id": ["C-1"], "issued_on": [DAY], "revenue": ["1,50"]}))


def test_decimal_objects_of_pandas_are_refused_with_the_fix() -> None:
    frame = pd.DataFrame({"customer_id": ["C-1"], "issued_on": [DAY], "revenue": [Decimal("1.50")]})

    with pytest.raises(InvalidValueError, match=r"pd.ArrowDtype\(pa.decimal128\(28, 3\)\)"):
        facts.sales(frame)


def test_a_day_is_no_id() -> None:
    with pytest.raises(InvalidValueError, match="an id or a text"):
        facts.sales(pl.DataFrame({"customer_id": [DAY], "issued_on": [DAY], "revenue": [1]}))


def test_numbers_are_no_flags() -> None:
    with pytest.raises(InvalidValueError, match="active"):
        facts.customers(pl.DataFrame({"customer_id": ["C-1"], "active": [1]}))


def test_days_in_pandas_need_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmkit.facts.naming.find_spec", lambda _: None)

    with pytest.raises(MissingExtraError, match="pyarrow"):
        facts.sales(pd.DataFrame({"customer_id": ["C-1"], "issued_on": pd.to_datetime(["2026-01-31"]), "revenue": [1]}))


@on_every_engine
def test_a_header_without_rows_stays_one(engine: str) -> None:
    assert dicts(facts.sales(on(engine, KINDS.clear()))) == []


@on_every_engine
def test_nan_becomes_unknown(engine: str) -> None:
    frame = on(engine, sales([("C-1", DAY, 1.0, float("nan"))], "customer_id", "issued_on", "revenue", "cost"))

    assert rows(facts.sales(frame), "cost") == [(None,)]


@on_every_engine
def test_customers_and_plans_take_their_names_too(engine: str) -> None:
    parties = on(engine, sales([("C-1", "Müller", DAY, True)], "id", "Firma", "seit", "aktiv"))
    plans = on(engine, sales([("C-1", 30, DAY)], "id", "Tage", "zuletzt"))

    assert rows(facts.customers(parties, customer_id="id", name="Firma", created_on="seit", active="aktiv")) == [
        ("C-1", "Müller", DAY, True)
    ]
    assert rows(facts.contact_plans(plans, customer_id="id", frequency_days="Tage", last_contact_on="zuletzt")) == [("C-1", 30, DAY)]


@pytest.mark.parametrize("engine", ["pyarrow", "pandas-arrow"])
def test_without_polars_the_way_leads_through_duckdb(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmkit._frames.detours.find_spec", lambda name: name == "duckdb" or None)
    frame = on(engine, numbered(GERMAN, "decimal", "Netto"))

    result = facts.sales(frame, customer_id="Kunde", issued_on="Datum", revenue="Netto")

    assert rows_in_order(result, "customer_id", "revenue", "document_kind") == [("C-1", 100, "invoice"), ("C-2", -40, "credit_note")]
    assert type(result) is type(frame)


def test_without_polars_and_duckdb_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmkit._frames.detours.find_spec", lambda _: None)

    with pytest.raises(MissingExtraError, match=r"crmkit\[analytics\]"):
        facts.sales(GERMAN.to_arrow())


def test_texts_of_arrow_keep_their_type_on_the_way() -> None:
    frame = pa.table({"customer_id": ["C-1"], "issued_on": [DAY], "revenue": [1]})

    assert facts.sales(frame).schema.field("customer_id").type == pa.string()


def test_numpy_columns_beside_arrow_decimals_stay_what_they_were() -> None:
    frame = pd.DataFrame({"customer_id": ["C-1"], "issued_on": pd.to_datetime(["2026-01-31"]), "pieces": [3]})
    frame["revenue"] = pd.Series([Decimal("1.50")], dtype=pd.ArrowDtype(pa.decimal128(28, 3)))

    result = facts.sales(frame)

    assert result["pieces"].dtype == frame["pieces"].dtype
    assert result["revenue"].dtype == frame["revenue"].dtype


@on_every_engine
def test_a_credit_note_may_take_back_what_the_invoice_took_off(engine: str) -> None:
    columns = {"document_kind": ["credit_note"] * 2, "document_id": ["G-1"] * 2, "quantity": [-2, -1], "revenue": [-200, 20]}

    assert facts.sales_problems(on(engine, pl.DataFrame(columns))) == ()


@on_every_engine
@pytest.mark.parametrize(
    ("documents", "revenue", "quantity", "lines"),
    [
        (["G-1", "G-1"], [-20, 200], [-1, -2], [2]),
        (["G-1", "G-2"], [-200, 20], [-2, -1], [2]),
        ([None, None], [-200, 20], [-2, -1], [2]),
        (["G-1", "G-1"], [-200, -20], [-2, 1], [2]),
    ],
    ids=["sum above zero", "another document", "no document", "only the quantity"],
)
def test_any_other_row_of_a_credit_note_above_zero_is_a_problem(
    engine: str, documents: list[str | None], revenue: list[int], quantity: list[int], lines: list[int]
) -> None:
    schema = {"document_kind": pl.String, "document_id": pl.String, "quantity": pl.Int64, "revenue": pl.Int64}
    columns = {"document_kind": ["credit_note"] * 2, "document_id": documents, "quantity": quantity, "revenue": revenue}

    assert [problem.line for problem in facts.sales_problems(on(engine, pl.DataFrame(columns, schema=schema)))] == lines
