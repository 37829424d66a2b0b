"""Real contacts: call suggestions on three dates, recomputed in plain SQL."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
import pytest

from crmkit import Crm, Scope, Settings, days, facts
from crmkit.classification import add_abc_class
from crmkit.entities import OpeningBalance, Party
from crmkit.metrics import gross_profit_by
from crmkit.persistence import MemoryStore
from crmkit.scheduling import ContactPolicy, Gap, PublicHolidays, call_suggestions, load_by_day, slipping_by

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CAMPAIGN_END = date(2010, 11, 17)
HALF_A_YEAR = ContactPolicy(otherwise=days(180))
BY_CLASS = ContactPolicy(
    by_class={"A": Gap(days(60), ideal=days(30)), "B": Gap(days(90), ideal=days(60))}, otherwise=Gap(days(180), ideal=days(90))
)


def by_sql(table: pl.DataFrame, question: str) -> list[tuple[Any, ...]]:
    connection = duckdb.connect()
    connection.register("plans", table)
    return connection.sql(question).fetchall()


def counts(table: pl.DataFrame, as_of: date, policy: ContactPolicy) -> dict[str, int]:
    found = call_suggestions(table, as_of=as_of, policy=policy)
    return dict(sorted(found.group_by("reason").len().rows()))


# Bank marketing: `pdays` is the number of days since the last contact, -1 for never; `previous` the number of contacts.


@pytest.fixture
def calls(shared_data: Callable[[str], Path]) -> pl.DataFrame:
    read = pl.read_csv(shared_data("bank_marketing/bank-full.csv.gz"), separator=";").with_row_index("customer_id")
    last = pl.when(pl.col("pdays") >= 0).then(pl.lit(CAMPAIGN_END) - pl.duration(days="pdays"))
    return facts.contact_plans(read.with_columns(pl.col("customer_id").cast(pl.String), last_contact_on=last), contact_count="previous")


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (0, {"frequency_passed": 5_059, "never_contacted": 36_954}),
        (30, {"frequency_passed": 5_911, "never_contacted": 36_954}),
        (90, {"frequency_passed": 7_539, "never_contacted": 36_954}),
    ],
)
def test_the_bank_s_clients_are_due_half_a_year_after_the_last_call(calls: pl.DataFrame, later: int, expected: dict[str, int]) -> None:
    found = counts(calls, CAMPAIGN_END + timedelta(days=later), HALF_A_YEAR)

    question = f"select count(*) filter (pdays >= 0 and pdays + {later} > 180), count(*) filter (pdays = -1) from plans"  # noqa: S608  # numbers and days of ours
    assert [tuple(found.values())] == by_sql(calls, question)
    assert found == expected


# AdventureWorks: order dates stand for contacts.


@pytest.fixture
def orders(shared_data: Callable[[str], Path]) -> pl.DataFrame:
    read = pl.read_csv(shared_data("adventureworks/sales_lines.csv.gz"), null_values="NULL", try_parse_dates=True)
    names = {"customer_id": "ResellerKey", "issued_on": "OrderDate", "revenue": "SalesAmount", "cost": "TotalProductCost"}
    return facts.sales(read.with_columns(pl.col("ResellerKey").cast(pl.String)), **names)  # type: ignore[arg-type]  # only names


@pytest.fixture
def resellers(shared_data: Callable[[str], Path]) -> pl.DataFrame:
    return pl.read_csv(shared_data("adventureworks/resellers.csv")).select(customer_id=pl.col("ResellerKey").cast(pl.String))


def plans(orders: pl.DataFrame, resellers: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Class by revenue and last order, as they were on a day."""
    known = orders.filter(pl.col("issued_on") <= as_of)
    classed = add_abc_class(gross_profit_by(known, "customer_id"), value="revenue").select("customer_id", "abc_class")
    last = known.group_by("customer_id").agg(last_contact_on=pl.col("issued_on").max())
    return resellers.join(classed, on="customer_id", how="left").join(last, on="customer_id", how="left")


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2018, 5, 31), {"frequency_passed": 31, "never_contacted": 495}),
        (date(2019, 5, 31), {"frequency_passed": 119, "never_contacted": 275}),
        (date(2020, 5, 31), {"frequency_passed": 215, "never_contacted": 69}),
    ],
)
def test_resellers_are_due_by_class(orders: pl.DataFrame, resellers: pl.DataFrame, as_of: date, expected: dict[str, int]) -> None:
    table = plans(orders, resellers, as_of)

    found = counts(table, as_of, BY_CLASS)

    longest = "(case abc_class when 'A' then 60 when 'B' then 90 else 180 end)::int"
    question = (
        f"select count(*) filter (last_contact_on + {longest} < date '{as_of}'), count(*) filter (last_contact_on is null) from plans"  # noqa: S608  # numbers and days of ours
    )
    assert [tuple(found.values())] == by_sql(table, question)
    assert found == expected


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2018, 5, 31), {"frequency_passed": 31, "never_contacted": 495}),
        (date(2019, 5, 31), {"frequency_passed": 119, "never_contacted": 275}),
        (date(2020, 5, 31), {"frequency_passed": 215, "never_contacted": 69}),
    ],
)
def test_the_pages_of_a_desk_s_queue_list_the_same_resellers(
    orders: pl.DataFrame, resellers: pl.DataFrame, as_of: date, expected: dict[str, int]
) -> None:
    table = plans(orders, resellers, as_of)
    now = datetime.combine(as_of, time(9), UTC)
    crm = Crm(MemoryStore(), scope=Scope(tenant="acme", actor="anna"), settings=Settings(policy=BY_CLASS), clock=lambda: now)
    rows = table.select("customer_id", "abc_class", "last_contact_on").rows()
    crm.add(*(Party(id=id, name=id, created_on=date(2017, 1, 1), manual_class=of_class) for id, of_class, _ in rows))
    crm.add(*(OpeningBalance(id=id, party_id=id, last_contact_on=day, contact_count=1) for id, _, day in rows if day is not None))

    pages = [crm.work_queue()]
    while (cursor := pages[-1].cursor) is not None:
        pages.append(crm.work_queue(cursor=cursor))

    listed = [row for page in pages for row in page]
    assert Counter(row.reasons[0].code for row in listed) == expected
    assert {row.party_id for row in listed} == set(call_suggestions(table, as_of=as_of, policy=BY_CLASS)["customer_id"])


def test_who_is_slipping_by_class(orders: pl.DataFrame, resellers: pl.DataFrame) -> None:
    table = plans(orders, resellers, date(2020, 5, 31))

    found = slipping_by(table, "abc_class", as_of=date(2020, 5, 31), policy=BY_CLASS)

    assert found.sort("abc_class", nulls_last=True).rows() == [
        ("A", 184, 66, 40, 78),
        ("B", 126, 48, 43, 35),
        ("C", 322, 198, 22, 102),
        (None, 69, 0, 0, 69),
    ]


def test_the_load_of_the_coming_weeks(orders: pl.DataFrame, resellers: pl.DataFrame) -> None:
    as_of = date(2020, 5, 31)
    holidays = PublicHolidays("US")
    coming = [as_of + timedelta(days=place) for place in range(1, 29)]
    working_days = [day for day in coming if day.weekday() < 5 and day not in holidays]

    table = plans(orders, resellers, as_of)
    found = load_by_day(table, days=working_days, policy=BY_CLASS).sort("day")

    contacts = found["contacts"].to_list()
    assert contacts == [286, 0, 5, 5, 2, 11, 5, 4, 2, 3, 7, 7, 3, 4, 2, 12, 6, 2, 2, 1]
    later = {"A": 60, "B": 90, "C": 180}
    due = [last + timedelta(days=later[name] + 1) for name, last in table.select("abc_class", "last_contact_on").drop_nulls().rows()]
    assert sum(contacts) == sum(day <= working_days[-1] for day in due) + table["last_contact_on"].null_count()
