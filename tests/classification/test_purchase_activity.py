from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.classification import add_purchase_activity, customers_with_revenue, lost_customers
from crmkit.errors import InvalidValueError, MissingColumnError, MixedFramesError
from tests.engines import by_id, day, dicts, on, on_every_engine, rows_in_order, sales, with_every_number

SINCE, AS_OF = day("2026-01-01"), day("2026-06-30")
TYPES: dict[str, Any] = {
    "customer_id": pl.String,
    "issued_on": pl.Date,
    "revenue": pl.Int64,
    "document_id": pl.String,
    "document_kind": pl.String,
    "reverses_document_id": pl.String,
}


def customers(*rows: tuple[Any, ...]) -> pl.DataFrame:
    """Customers by id, day of creation, and whether they are active."""
    schema = {"customer_id": pl.String, "created_on": pl.Date, "active": pl.Boolean}
    return pl.DataFrame([(row[0], day(row[1]) if row[1] else None, row[2]) for row in rows], schema=schema, orient="row")


def invoice(customer_id: str | None, on_: str, revenue: int, id_: str | None = "R-1") -> tuple[Any, ...]:
    return (customer_id, day(on_), revenue, id_, "invoice", None)


def credit_note(customer_id: str, on_: str, revenue: int, of: str | None) -> tuple[Any, ...]:
    return (customer_id, day(on_), revenue, f"G-{on_}-{revenue}", "credit_note", of)


def lines(*rows: tuple[Any, ...]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=TYPES, orient="row")


def lost(parties: pl.DataFrame, sold: pl.DataFrame, engine: str = "polars", **options: Any) -> list[str]:
    left, right = on(engine, parties, sold)
    return sorted(row["customer_id"] for row in dicts(lost_customers(left, right, **{"since": SINCE, "as_of": AS_OF, **options})))


ONE = customers(("C-1", "2020-01-01", True))


@on_every_engine
@pytest.mark.parametrize(("bought", "is_lost"), [("2025-12-31", True), ("2026-01-01", False), ("2026-01-02", False)])
def test_a_customer_without_a_purchase_since_the_cutoff_is_lost(engine: str, bought: str, is_lost: bool) -> None:
    assert lost(ONE, lines(invoice("C-1", bought, 100)), engine) == ["C-1"] * is_lost


@on_every_engine
@pytest.mark.parametrize(("created", "is_lost"), [("2025-12-31", True), ("2026-01-01", False), ("2026-01-02", False)])
def test_a_customer_must_have_been_created_strictly_before_the_cutoff(engine: str, created: str, is_lost: bool) -> None:
    assert lost(customers(("C-1", created, True)), lines(), engine) == ["C-1"] * is_lost


@on_every_engine
@pytest.mark.parametrize(("bought", "is_lost"), [("2026-06-29", False), ("2026-06-30", False), ("2026-07-01", True)])
def test_what_is_dated_after_the_day_of_asking_is_not_known_yet(engine: str, bought: str, is_lost: bool) -> None:
    assert lost(ONE, lines(invoice("C-1", bought, 100)), engine) == ["C-1"] * is_lost


@on_every_engine
def test_who_is_switched_off_is_not_lost(engine: str) -> None:
    assert lost(customers(("C-1", "2020-01-01", False), ("C-2", "2020-01-01", None)), lines(), engine) == []


@on_every_engine
def test_leads_are_not_lost_customers(engine: str) -> None:
    parties = customers(("C-1", "2020-01-01", True), ("C-2", "2020-01-01", True)).with_columns(is_customer=pl.Series([True, False]))

    assert lost(parties, lines(), engine) == ["C-1"]


@on_every_engine
def test_those_who_never_bought_are_kept_and_flagged(engine: str) -> None:
    left, right = on(engine, customers(("C-1", "2020-01-01", True), ("C-2", "2020-01-01", True)), lines(invoice("C-1", "2025-03-01", 100)))

    result = lost_customers(left, right, since=SINCE, as_of=AS_OF)

    assert rows_in_order(result, "customer_id", "last_purchase_on", "never_bought") == [
        ("C-1", day("2025-03-01"), False),
        ("C-2", None, True),
    ]
    assert type(result) is type(left)


@on_every_engine
@pytest.mark.parametrize(("back", "is_lost"), [((-99,), False), ((-100,), True), ((-60, -40), True), ((-60, -39), False), ((-101,), True)])
def test_an_invoice_that_is_wholly_reversed_is_no_purchase(engine: str, back: tuple[int, ...], is_lost: bool) -> None:
    notes = [credit_note("C-1", f"2026-03-0{place + 1}", amount, "R-1") for place, amount in enumerate(back)]

    assert lost(ONE, lines(invoice("C-1", "2026-02-01", 100), *notes), engine) == ["C-1"] * is_lost


@on_every_engine
@pytest.mark.parametrize(("reversed_on", "is_lost"), [("2026-06-29", True), ("2026-06-30", True), ("2026-07-01", False)])
def test_a_reversal_counts_up_to_the_day_of_asking(engine: str, reversed_on: str, is_lost: bool) -> None:
    sold = lines(invoice("C-1", "2026-02-01", 100), credit_note("C-1", reversed_on, -100, "R-1"))

    assert lost(ONE, sold, engine) == ["C-1"] * is_lost


@on_every_engine
def test_a_cancellation_reverses_like_a_credit_note(engine: str) -> None:
    cancelled = ("C-1", day("2026-02-02"), -100, "R-2", "invoice", "R-1")

    assert lost(ONE, lines(invoice("C-1", "2026-02-01", 100), cancelled), engine) == ["C-1"]


@on_every_engine
def test_a_bonus_without_reference_reverses_nothing(engine: str) -> None:
    assert lost(ONE, lines(invoice("C-1", "2026-02-01", 100), credit_note("C-1", "2026-03-01", -500, None)), engine) == []


@on_every_engine
@pytest.mark.parametrize(("revenue", "is_lost"), [(-1, True), (0, True), (1, False)])
def test_a_purchase_has_net_revenue_above_zero(engine: str, revenue: int, is_lost: bool) -> None:
    assert lost(ONE, lines(invoice("C-1", "2026-02-01", revenue)), engine) == ["C-1"] * is_lost


@on_every_engine
def test_free_samples_on_an_invoice_do_not_hide_the_rest_of_it(engine: str) -> None:
    assert lost(ONE, lines(invoice("C-1", "2026-02-01", 0), invoice("C-1", "2026-02-01", 5)), engine) == []


@on_every_engine
def test_lines_without_a_document_count_as_one_of_the_day(engine: str) -> None:
    sold = [invoice("C-1", "2026-02-01", 100, None), invoice("C-1", "2026-02-01", -100, None), invoice("C-1", "2026-02-02", -5, None)]

    assert lost(ONE, lines(*sold), engine) == ["C-1"]
    assert lost(ONE, lines(*sold).drop("document_id", "document_kind", "reverses_document_id"), engine) == ["C-1"]


@on_every_engine
def test_a_reversal_in_another_currency_reverses_nothing(engine: str) -> None:
    sold = lines(invoice("C-1", "2026-02-01", 100), credit_note("C-1", "2026-03-01", -100, "R-1"))

    assert lost(ONE, sold.with_columns(currency=pl.Series(["EUR", "CHF"])), engine) == []
    assert lost(ONE, sold.with_columns(currency=pl.Series(["EUR", "EUR"])), engine) == ["C-1"]
    assert lost(ONE, sold.with_columns(currency=pl.Series([None, None], dtype=pl.String)), engine) == ["C-1"]


@on_every_engine
def test_what_a_frame_does_not_say_can_be_stated_and_is_named_in_the_result(engine: str) -> None:
    left, right = on(
        engine, customers(("C-1", None, None), ("C-2", None, None)).select("customer_id"), lines(invoice("C-1", "2025-03-01", 100))
    )

    result = lost_customers(left, right, since=SINCE, as_of=AS_OF, active=True, created_on="first_purchase")

    assert rows_in_order(result, "customer_id", "created_on", "active", "never_bought", "assumption") == [
        ("C-1", day("2025-03-01"), True, False, "active=True; created_on=first_purchase"),
        ("C-2", None, True, True, "active=True; created_on=first_purchase"),
    ]


def test_a_column_wins_over_a_statement() -> None:
    assert lost(customers(("C-1", "2020-01-01", False)), lines(), active=True, created_on="first_purchase") == []


def test_stated_to_be_inactive_nobody_is_lost() -> None:
    assert lost(ONE.drop("active"), lines(), active=False) == []


@pytest.mark.parametrize("column", ["active", "created_on"])
def test_what_is_neither_given_nor_stated_is_missed(column: str) -> None:
    with pytest.raises(MissingColumnError, match=column):
        lost(ONE.drop(column), lines())


def test_a_cutoff_in_the_future_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="since"):
        lost(ONE, lines(), since=AS_OF + timedelta(days=1))


def test_an_unknown_statement_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="first_purchase"):
        lost(ONE, lines(), created_on="today")


def test_ids_of_two_types_do_not_meet() -> None:
    with pytest.raises(InvalidValueError, match="Int32 in customers, String in sales"):
        lost(ONE.with_columns(customer_id=1), lines())
    with pytest.raises(InvalidValueError, match="Int32 in customers, Int64 in sales"):
        lost(ONE.with_columns(customer_id=pl.lit(1, pl.Int32)), lines().with_columns(customer_id=pl.lit(1, pl.Int64)))


@pytest.mark.parametrize("mixed", [lambda frame: frame.lazy(), lambda frame: frame.to_arrow(), lambda frame: frame.to_pandas()])
def test_frames_of_two_kinds_do_not_meet(mixed: Any) -> None:
    with pytest.raises(MixedFramesError, match=r"polars.DataFrame and \w+"):
        lost_customers(ONE, mixed(lines()), since=SINCE, as_of=AS_OF)


def test_relations_of_two_connections_do_not_meet() -> None:
    left, right = (duckdb.connect().from_arrow(frame.to_arrow()) for frame in (ONE, lines()))

    with pytest.raises(MixedFramesError, match="another connection"):
        lost_customers(left, right, since=SINCE, as_of=AS_OF)


def test_a_relation_that_broke_says_so_itself() -> None:
    connection = duckdb.connect()
    left, right = (connection.from_arrow(frame.to_arrow()) for frame in (ONE, lines()))
    connection.close()

    with pytest.raises(duckdb.Error):
        lost_customers(left, right, since=SINCE, as_of=AS_OF)


@on_every_engine
@with_every_number
def test_customers_with_revenue_have_net_revenue_above_zero(engine: str, number: str) -> None:
    del number
    sold = lines(
        invoice("C-1", "2026-02-01", 100),
        invoice("C-2", "2026-02-01", 100, "R-2"),
        credit_note("C-2", "2026-03-01", -100, None),
        invoice("C-3", "2025-12-31", 100, "R-3"),
        invoice("C-4", "2026-01-01", 60, "R-4"),
        invoice("C-4", "2026-01-01", 40, "R-5"),
        invoice(None, "2026-02-01", 100, "R-6"),
    )

    assert rows_in_order(customers_with_revenue(on(engine, sold), since=SINCE)) == [("C-1", 100, 1), ("C-4", 100, 2)]


@on_every_engine
def test_revenue_is_told_in_each_currency(engine: str) -> None:
    sold = lines(invoice("C-1", "2026-02-01", 100), invoice("C-1", "2026-02-01", 50, "R-2"), invoice("C-1", "2026-02-01", -9, "R-3"))
    frame = on(engine, sold.with_columns(currency=pl.Series(["EUR", None, "CHF"])))

    assert rows_in_order(customers_with_revenue(frame, since=SINCE)) == [("C-1", "EUR", 100, 1), ("C-1", None, 50, 1)]


def test_customers_with_revenue_are_not_the_complement_of_lost_ones() -> None:
    parties = customers(("bonus", "2020-01-01", True), ("off", "2020-01-01", False), ("new", "2026-02-01", True))
    sold = lines(
        invoice("bonus", "2026-02-01", 100, "R-1"),
        credit_note("bonus", "2026-03-01", -150, None),
        invoice("off", "2026-02-01", 100, "R-2"),
    )

    with_revenue = {row["customer_id"] for row in dicts(customers_with_revenue(sold, since=SINCE))}

    assert lost(parties, sold) == []
    assert with_revenue == {"off"}


@on_every_engine
def test_the_activity_of_each_customer_is_one_of_four(engine: str) -> None:
    parties = customers(
        ("buys", "2020-01-01", True),
        ("buys, off", "2020-01-01", False),
        ("lost", "2020-01-01", True),
        ("never", "2020-01-01", True),
        ("off", "2020-01-01", False),
        ("new", "2026-02-01", True),
    )
    bought = [("buys", "2026-02-01"), ("buys, off", "2026-02-01"), ("lost", "2025-02-01"), ("off", "2025-02-01")]
    left, right = on(engine, parties, lines(*(invoice(name, on_, 9, name) for name, on_ in bought)))

    assert by_id(add_purchase_activity(left, right, since=SINCE), "purchase_activity") == {
        "buys": "active",
        "buys, off": "active",
        "lost": "lost",
        "never": "never_bought",
        "off": "inactive",
        "new": "inactive",
    }


def test_the_activity_cannot_replace_the_id() -> None:
    with pytest.raises(InvalidValueError, match="customer_id"):
        add_purchase_activity(ONE, lines(), since=SINCE, into="customer_id")


DAYS = st.dates(date(2025, 11, 1), date(2026, 3, 1)).map(date.isoformat)
PARTIES = st.lists(st.tuples(DAYS, st.booleans()), min_size=1, max_size=6)
SOLD = st.lists(st.tuples(st.integers(0, 7), DAYS, st.integers(-5, 9)), max_size=12)


@given(PARTIES, SOLD)
def test_lost_and_never_bought_are_the_rows_of_lost_customers(parties: list[Any], sold: list[Any]) -> None:
    left = customers(*((f"C-{place}", created, active) for place, (created, active) in enumerate(parties)))
    right = lines(*(invoice(f"C-{who}", on_, revenue, f"R-{place}") for place, (who, on_, revenue) in enumerate(sold)))

    activity = by_id(add_purchase_activity(left, right, since=SINCE), "purchase_activity")
    flagged = by_id(lost_customers(left, right, since=SINCE, as_of=day("2030-01-01")), "never_bought")

    assert {name: kind == "never_bought" for name, kind in activity.items() if kind in {"lost", "never_bought"}} == flagged
    assert set(activity.values()) <= {"active", "lost", "never_bought", "inactive"}


def test_a_table_that_is_no_frame_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="a frame: Polars"):
        customers_with_revenue([1, 2], since=SINCE)  # type: ignore[type-var]


def test_moments_where_days_are_meant_are_refused() -> None:
    with pytest.raises(InvalidValueError, match=r"crmkit\.facts"):
        customers_with_revenue(lines().with_columns(pl.col("issued_on").cast(pl.Datetime)), since=SINCE)


def test_one_row_of_sales_is_enough() -> None:
    assert dicts(customers_with_revenue(sales([("C-1", SINCE, 1)], "customer_id", "issued_on", "revenue"), since=SINCE)) == [
        {"customer_id": "C-1", "revenue": 1, "purchases": 1}
    ]


@on_every_engine
@pytest.mark.parametrize("flag", ["active", "is_customer"])
@pytest.mark.parametrize("values", [["true"], [1]])
def test_what_says_neither_true_nor_false_is_refused(engine: str, flag: str, values: list[Any]) -> None:
    parties, sold = on(engine, ONE.with_columns(pl.Series(flag, values)), lines())

    with pytest.raises(InvalidValueError, match=rf"{flag}=.*true or false"):
        lost_customers(parties, sold, since=SINCE, as_of=AS_OF)
    with pytest.raises(InvalidValueError, match=rf"{flag}=.*true or false"):
        add_purchase_activity(parties, sold, since=SINCE)


def test_a_missing_flag_is_told_with_what_can_be_said_instead() -> None:
    with pytest.raises(MissingColumnError, match="active=True"):
        lost_customers(ONE.drop("active"), lines(), since=SINCE, as_of=AS_OF)
