from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Period, days, months
from crmkit.errors import InvalidValueError, MissingColumnError, UndefinedMetricError
from crmkit.metrics import (
    BgNbd,
    GammaGamma,
    churn_rate,
    cohorts,
    repeat_purchases_by,
    repeat_rate_by,
    retention_by,
    retention_rate,
    survival,
)
from tests.engines import by_id, day, dicts, numbered, on, on_every_engine, rows, rows_in_order, sales, with_every_number

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BEFORE, AFTER = Period.month(2026, 1), Period.month(2026, 2)
LINE = ("customer_id", "region", "issued_on", "revenue")
LINES = sales(
    [
        ("stays", "D", day("2026-01-01"), 100),
        ("stays", "D", day("2026-02-28"), 150),
        ("goes", "D", day("2026-01-31"), 60),
        ("new", "A", day("2026-02-01"), 90),
        ("less", "A", day("2026-01-15"), 40),
        ("less", "A", day("2026-02-15"), 10),
        ("late", "A", day("2026-03-01"), 999),
        (None, "A", day("2026-01-15"), 7),
    ],
    *LINE,
)


def test_retention_is_who_stayed_by_who_was_there() -> None:
    assert (retention_rate(at_start=4, kept=3), churn_rate(at_start=4, kept=3)) == (Decimal("0.75"), Decimal("0.25"))


@pytest.mark.parametrize("figure", [retention_rate, churn_rate])
def test_nobody_can_be_kept_of_nobody(figure: Any) -> None:
    with pytest.raises(UndefinedMetricError, match="at_start is zero"):
        figure(at_start=0, kept=0)
    with pytest.raises(InvalidValueError, match="returning buyers do not count"):
        figure(at_start=1, kept=2)


@on_every_engine
@with_every_number
def test_returners_and_new_ones_do_not_count(engine: str, number: str) -> None:
    result = retention_by(on(engine, numbered(LINES, number, "revenue")), before=BEFORE, after=AFTER)

    assert rows(result) == [(3, 2, pytest.approx(2 / 3), pytest.approx(1 / 3), 200, 110, 160, 0.55, 0.8)]


@on_every_engine
def test_retention_by_region(engine: str) -> None:
    result = retention_by(on(engine, LINES), "region", before=BEFORE, after=AFTER)

    assert rows_in_order(result, "region", "at_start", "kept", "net_retention") == [("A", 1, 1, 0.25), ("D", 2, 1, 0.9375)]


def test_a_wholly_reversed_purchase_keeps_nobody() -> None:
    lines = [("C", day("2026-01-05"), "R-1", None, 5), ("C", day("2026-02-05"), "R-2", None, 5), ("C", day("2026-02-06"), "G", "R-2", -5)]
    frame = sales(lines, "customer_id", "issued_on", "document_id", "reverses_document_id", "revenue")

    assert rows(retention_by(frame, before=BEFORE, after=AFTER), "at_start", "kept") == [(1, 0)]


@on_every_engine
def test_the_repeat_rate_counts_who_bought_twice(engine: str) -> None:
    assert rows_in_order(repeat_rate_by(on(engine, LINES), "region")) == [("A", 3, 1, pytest.approx(1 / 3)), ("D", 2, 1, 0.5)]
    assert rows(repeat_rate_by(on(engine, LINES), period=Period.year(2027))) == [(0, 0, None)]


COSTS = LINES.with_columns(cost=pl.when(pl.col("customer_id") != "goes").then(pl.col("revenue") // 2))


@on_every_engine
@with_every_number
def test_cohorts_show_every_month_up_to_the_end(engine: str, number: str) -> None:
    frame = on(engine, numbered(COSTS, number, "revenue", "cost"))

    assert rows(cohorts(frame, period=Period.quarter(2026, 1))) == [
        (day("2026-01-01"), 0, 3, 200, 60, 70, 1),
        (day("2026-01-01"), 1, 2, 160, 0, 80, pytest.approx(2 / 3)),
        (day("2026-01-01"), 2, 0, 0, 0, 0, 0),
        (day("2026-02-01"), 0, 1, 90, 0, 45, 1),
        (day("2026-02-01"), 1, 0, 0, 0, 0, 0),
        (day("2026-03-01"), 0, 1, 999, 0, pytest.approx(500, abs=1), 1),
    ]


@on_every_engine
def test_a_cohort_begins_with_the_first_purchase_ever(engine: str) -> None:
    assert {row[0] for row in rows(cohorts(on(engine, COSTS), period=AFTER))} == {day("2026-02-01")}


@on_every_engine
@pytest.mark.parametrize(("as_of", "lost"), [("2026-03-01", 1), ("2026-03-02", 2), ("2026-03-03", 2)])
def test_a_customer_is_lost_so_long_after_the_last_purchase(engine: str, as_of: str, lost: int) -> None:
    lines = sales(
        [("a", day("2026-01-01"), 1), ("b", day("2026-01-01"), 1), ("b", day("2026-01-31"), 1), ("c", day("2026-02-20"), 1)],
        "customer_id",
        "issued_on",
        "revenue",
    )
    people = lines.select("customer_id").unique()

    result = survival(*on(engine, people, lines), as_of=day(as_of), lost_after=days(30))

    expected = [(30, 2, 1, 0.5), (60, 1, 1, 0)][:lost]
    assert rows(result) == [pytest.approx(row) for row in expected]


def test_a_month_of_silence_is_clamped() -> None:
    lines = sales([("a", day("2026-01-31"), 1)], "customer_id", "issued_on", "revenue")

    assert rows(survival(lines.select("customer_id"), lines, as_of=day("2026-02-28"), lost_after=months(1)), "days") == [(28,)]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=12))
def test_survival_is_the_product_of_its_definition(spans: list[tuple[int, int]]) -> None:
    start, as_of = date(2026, 1, 1), date(2026, 3, 1)
    lines = [(f"C-{place}", start + timedelta(days=offset), 1) for place, pair in enumerate(spans) for offset in pair]
    frame = sales(lines, "customer_id", "issued_on", "revenue")
    lives = []
    for pair in spans:
        first, last = start + timedelta(days=min(pair)), start + timedelta(days=max(pair) + 10)
        lives.append(((min(last, as_of) - first).days, last <= as_of))

    expected, chance = [], 1.0
    for length in sorted({length for length, lost in lives if lost}):
        at_risk = sum(other >= length for other, _ in lives)
        lost = sum(other == length and gone for other, gone in lives)
        chance *= 1 - lost / at_risk
        expected.append(pytest.approx((length, at_risk, lost, chance)))
    assert rows(survival(frame.select("customer_id"), frame, as_of=as_of, lost_after=days(10))) == expected


PURCHASES = sales(
    [
        ("C", day("2026-01-01"), "R-1", None, 10),
        ("C", day("2026-01-11"), "R-2", None, 20),
        ("C", day("2026-01-11"), "R-2", None, 5),
        ("C", day("2026-01-11"), "R-3", None, 15),
        ("C", day("2026-01-31"), "R-4", None, 90),
        ("C", day("2026-02-01"), "G-4", "R-4", -90),
        ("C", day("2026-02-09"), "R-5", None, 77),
        ("D", day("2026-01-31"), "R-6", None, 8),
    ],
    *("customer_id", "issued_on", "document_id", "reverses_document_id", "revenue"),
).with_columns(document_kind=pl.when(pl.col("revenue") < 0).then(pl.lit("credit_note")).otherwise(pl.lit("invoice")))


@on_every_engine
@with_every_number
@pytest.mark.parametrize(("purchase", "expected"), [("document", (2, 10, 38, 20)), ("day", (1, 10, 38, 40)), ("line", (4, 30, 38, 32.5))])
def test_what_counts_as_one_purchase_is_chosen(engine: str, number: str, purchase: Any, expected: tuple[Any, ...]) -> None:
    frame = on(engine, numbered(PURCHASES, number, "revenue"))

    result = repeat_purchases_by(frame, "customer_id", as_of=day("2026-02-08"), purchase=purchase)

    assert rows_in_order(result) == [("C", *expected), ("D", 0, 0, 8, None)]


@pytest.fixture
def cdnow(shared_data: Callable[[str], Path]) -> pl.DataFrame:
    fields = [line.split() for line in shared_data("cdnow/CDNOW_sample.txt").read_text().splitlines() if line.strip()]
    made = pl.DataFrame([row[1:] for row in fields], schema=["customer_id", "issued_on", "cds", "revenue"], orient="row")
    return made.with_columns(pl.col("issued_on").str.to_date("%Y%m%d"), pl.col("revenue").cast(pl.Decimal(28, 3)))


def test_published_parameters_of_bg_nbd(cdnow: pl.DataFrame) -> None:
    """Fader, Hardie, Lee, Marketing Science 24 (2005) 2, table 2: 2,357 customers, 39 weeks, r=0.243, alpha=4.414, a=0.793, b=2.426."""
    counted = cdnow.with_columns(pl.col("revenue") + 1)  # the paper counts orders of nothing too

    table = repeat_purchases_by(counted, "customer_id", as_of=date(1997, 9, 30), purchase="day")
    model = BgNbd.fit(table)

    assert table.height == 2_357
    assert [round(value, 3) for value in (model.r, model.alpha, model.a, model.b)] == [0.243, 4.414, 0.793, 2.426]


def test_published_parameters_of_gamma_gamma(cdnow: pl.DataFrame) -> None:
    """Fader, Hardie, "The Gamma-Gamma Model of Monetary Value" (2013): p=6.25, q=3.74, v=15.44."""
    model = GammaGamma.fit(repeat_purchases_by(cdnow, "customer_id", as_of=date(1997, 9, 30), purchase="day"))

    assert [round(value, 2) for value in (model.p, model.q, model.v)] == [6.25, 3.74, 15.44]


PAPER = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
ONE = pl.DataFrame({"repeats": [2, 0], "span_days": [213, 0], "age_days": [272, 272], "mean_value": [35.0, None]})


@on_every_engine
def test_a_published_expectation(engine: str) -> None:
    """The same paper, and its spreadsheet: x=2, t_x=30.43, T=38.86 weeks expects 1.226 purchases in the next 39 weeks."""
    result = PAPER.add_expected_purchases(on(engine, ONE), horizon=days(39 * 7))

    assert by_id(result, "expected_purchases", id_="repeats")[2] == pytest.approx(1.226, abs=5e-4)


def test_who_never_bought_again_is_there_for_all_we_know() -> None:
    assert by_id(PAPER.add_alive_probability(ONE), "alive_probability", id_="repeats")[0] == 1


def test_lifetime_value_is_expected_purchases_by_expected_value() -> None:
    money = GammaGamma(p=6.25, q=3.74, v=15.44)

    result = by_id(money.add_lifetime_value(ONE, purchases=PAPER, horizon=days(273)), "lifetime_value", id_="repeats")

    assert result[2] == pytest.approx(1.226 * 6.25 * (15.44 + 2 * 35) / (6.25 * 2 + 3.74 - 1), rel=1e-3)
    assert result[0] == pytest.approx(
        by_id(PAPER.add_expected_purchases(ONE, horizon=days(273)), "expected_purchases", id_="repeats")[0] * 6.25 * 15.44 / 2.74
    )


def test_a_mean_that_is_not_determined_has_no_value() -> None:
    result = GammaGamma(p=1, q=0.9, v=1).add_lifetime_value(ONE, purchases=PAPER, horizon=months(1))

    assert by_id(result, "lifetime_value", id_="repeats")[0] is None


def test_nobody_who_bought_again_teaches_nothing() -> None:
    once = ONE.tail(1)

    with pytest.raises(UndefinedMetricError, match="nobody bought again"):
        BgNbd.fit(once)
    with pytest.raises(UndefinedMetricError, match="nobody bought again"):
        GammaGamma.fit(once)


def test_two_customers_are_too_few() -> None:
    with pytest.raises(UndefinedMetricError, match="too few repeat purchases"):
        GammaGamma.fit(pl.DataFrame({"repeats": [2, 2], "span_days": [9, 9], "age_days": [20, 20], "mean_value": [3.0, 3.0]}))


def test_a_column_that_the_model_reads_cannot_be_replaced() -> None:
    with pytest.raises(InvalidValueError, match="another name"):
        PAPER.add_alive_probability(ONE, into="repeats")


def test_real_cohorts_agree_with_sql(shared_data: Callable[[str], Path]) -> None:
    import duckdb  # noqa: PLC0415  # for the second way

    path = shared_data("online_retail/online_retail.csv.gz")
    lines = (
        duckdb.connect()
        .sql(
            f"""select CustomerID as customer_id, InvoiceDate::date as issued_on, InvoiceNo as document_id,
                   (Quantity * UnitPrice)::decimal(18, 3) as revenue, null::decimal(18, 3) as cost,
                   case when InvoiceNo like 'C%' then 'credit_note' else 'invoice' end as document_kind
            from read_csv('{path}', types={{'InvoiceNo': 'VARCHAR', 'StockCode': 'VARCHAR'}})"""  # noqa: S608  # the test's own data
        )
        .pl()
    )
    expected = (
        duckdb.connect()
        .sql(
            """with bought as (select customer_id, document_id, min(date_trunc('month', issued_on)) as m from lines
                           where customer_id is not null and document_kind = 'invoice' group by 1, 2 having sum(revenue) > 0),
                first as (select customer_id, min(m) as cohort from bought group by 1)
           select cohort::date, date_diff('month', cohort, m), count(distinct bought.customer_id)
           from bought join first using (customer_id) group by all order by all"""
        )
        .fetchall()
    )

    found = rows(cohorts(lines, period=Period(date(2010, 12, 1), date(2012, 1, 1))), "cohort", "months_later", "customers")

    assert [row for row in found if row[2]] == expected
    assert dicts(retention_by(lines, before=Period.quarter(2011, 1), after=Period.quarter(2011, 2)))[0]["at_start"] > 0


@pytest.mark.parametrize("subtype", ["down_payment", "pro_forma", "final", None])
def test_a_down_payment_and_a_pro_forma_are_no_repeat(subtype: str | None) -> None:
    frame = sales(
        [("C", day("2026-01-01"), "R-1", "normal", 10), ("C", day("2026-01-20"), "R-2", subtype, 10)],
        *("customer_id", "issued_on", "document_id", "document_subtype", "revenue"),
    )

    repeated = by_id(repeat_purchases_by(frame, "customer_id", as_of=day("2026-02-01"), purchase="document"), "repeats")

    assert repeated == {"C": 0 if subtype in {"down_payment", "pro_forma"} else 1}


def test_without_a_link_to_its_invoice_a_credit_note_takes_back_no_purchase() -> None:
    frame = sales(
        [
            ("C", day("2026-01-01"), "R-1", "invoice", 10),
            ("C", day("2026-01-02"), "R-2", "invoice", 10),
            ("C", day("2026-01-02"), "G-1", "credit_note", -10),
        ],
        *("customer_id", "issued_on", "document_id", "document_kind", "revenue"),
    )

    assert by_id(repeat_purchases_by(frame, "customer_id", as_of=day("2026-02-01"), purchase="document"), "repeats") == {"C": 1}


def test_a_value_that_is_no_column_is_named() -> None:
    frame = sales([("C", day("2026-01-01"), 10)], "customer_id", "issued_on", "revenue")

    with pytest.raises(MissingColumnError, match="'worth'"):
        repeat_purchases_by(frame, "customer_id", as_of=day("2026-02-01"), purchase="day", value="worth")


FREIREICH = (6, 6, 6, 7, 10, 13, 16, 22, 23)  # weeks to a relapse under 6-mercaptopurine
CENSORED = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)


@on_every_engine
def test_a_published_survival_curve(engine: str) -> None:
    """
    Remissions of leukaemia, Freireich et al., Blood 21 (1963) 6, as worked out in Cox, Oakes, "Analysis of Survival Data" (1984).

    A week is a day here, and a relapse is a purchase that is the last. Who is censored at a time is at risk then.
    """
    today = date(2026, 6, 1)
    lost = [(f"L-{place}", today - timedelta(days=100), today - timedelta(days=101 - time)) for place, time in enumerate(FREIREICH)]
    there = [(f"C-{place}", today - timedelta(days=time), today) for place, time in enumerate(CENSORED)]
    lines = sales([(name, bought, 1) for name, *both in [*lost, *there] for bought in both], "customer_id", "issued_on", "revenue")

    curve = survival(*on(engine, lines.select("customer_id").unique(), lines), as_of=today, lost_after=days(1))

    assert [(row["days"], row["at_risk"], row["lost"], round(row["survival"], 3)) for row in dicts(curve)] == [
        (6, 21, 3, 0.857),
        (7, 17, 1, 0.807),
        (10, 15, 1, 0.753),
        (13, 12, 1, 0.690),
        (16, 11, 1, 0.627),
        (22, 7, 1, 0.538),
        (23, 6, 1, 0.448),
    ]


@pytest.mark.parametrize("column", ["repeats", "span_days", "age_days"])
def test_a_model_leaves_out_customers_of_whom_it_knows_too_little(column: str) -> None:
    known = pl.DataFrame({"repeats": [0, 1, 2, 5, 0, 3], "span_days": [0, 90, 30, 200, 0, 210], "age_days": [250, 260, 255, 270, 252, 262]})
    unknown = known.head(1).with_columns(pl.lit(None, dtype=pl.Int64).alias(column))

    assert BgNbd.fit(pl.concat([known, unknown])) == BgNbd.fit(known)


@pytest.mark.parametrize(
    "use", [GammaGamma.fit, lambda frame: GammaGamma(6, 4, 15).add_lifetime_value(frame, purchases=PAPER, horizon=days(7))]
)
def test_what_a_customer_is_worth_needs_the_value_of_his_purchases(use: Any) -> None:
    with pytest.raises(MissingColumnError, match="mean_value"):
        use(ONE.drop("mean_value"))
