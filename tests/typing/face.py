"""
What a type checker tells a user of crmkit: checked by mypy and pyright, never executed.

A line that must be refused carries the checkers' own comments; both complain about a comment that is not needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import assert_type

import duckdb
import pandas as pd
import polars as pl

from crmkit import Crm, Interval, Money, Period, days, facts, total, totals
from crmkit.classification import Quantiles, abc_classes, add_abc_class, add_rfm_scores, rfm_by
from crmkit.desks import ContactDesk, FactsDesk
from crmkit.entities import AbcClass, ContactPlan, Interaction, Party, Recurrence
from crmkit.history import explain, sales_by_month
from crmkit.metrics import gross_profit, gross_profit_by, roi
from crmkit.scheduling import Slot, WorkQueue, load_by_day


def money_stays_money(price: Money) -> None:
    assert_type(price + price, Money)
    assert_type(price * 3, Money)
    assert_type(price.times(Decimal("0.19")), Money)
    assert_type(price.amount, Decimal)
    assert_type(price.allocate([1, 2]), tuple[Money, ...])
    assert_type(total([price], currency="EUR"), Money)
    assert_type(totals([price]), dict[str, Money])


def money_refuses_floats_and_positions(price: Money) -> None:
    Money.of(19.90, "EUR")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Money(1990, "EUR")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    _ = price * 1.5  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = price + 1  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]


def spans_have_one_type(day: date) -> None:
    assert_type(days(30), Interval)
    assert_type(days(30).after(day), date)
    assert_type(Period.month(2026, 1).months(), tuple[Period, ...])


def a_figure_is_as_exact_as_its_arguments(amount: Money) -> None:
    assert_type(roi(gain=amount, cost=amount), Decimal)
    assert_type(gross_profit(revenue=amount, cost=amount), Money)
    assert_type(gross_profit(revenue=Decimal(3), cost=2), Decimal)
    assert_type(gross_profit(revenue=3, cost=2), int)


def money_does_not_mix_with_numbers(amount: Money) -> None:
    roi(gain=amount, cost=3)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]


def roles_are_checked(day: date) -> None:
    Party(id="C-1", name="Müller", created_on=day, roles="customer")
    Party(id="C-1", name="Müller", created_on=day, roles=["customer", "supplier"])
    Party(id="C-1", name="Müller", created_on=day, roles="custommer")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def an_analysis_gives_back_the_kind_it_was_given(
    polars: pl.DataFrame, lazy: pl.LazyFrame, pandas: pd.DataFrame, duck: duckdb.DuckDBPyRelation
) -> None:
    assert_type(gross_profit_by(facts.sales(polars), "customer_id"), pl.DataFrame)
    assert_type(add_abc_class(lazy, value="revenue"), pl.LazyFrame)
    assert_type(add_abc_class(pandas), pd.DataFrame)
    assert_type(add_abc_class(duck), duckdb.DuckDBPyRelation)
    assert_type(load_by_day(pandas, "owner_id", days=[date(2026, 1, 5)]), pd.DataFrame)


def a_mapping_of_values_gives_classes_by_the_same_keys(values: dict[str, Money]) -> None:
    assert_type(abc_classes(values), dict[str, AbcClass])


def a_desk_gives_what_it_was_asked_for(crm: Crm) -> None:
    assert_type(crm.get(Party, "C-17"), Party)
    assert_type(crm.record_interaction("C-17", kind="phone"), Interaction)
    assert_type(crm.work_queue(), WorkQueue)
    assert_type(crm.contact, ContactDesk)
    assert_type(crm.contact.plan("C-17", frequency=days(30)), ContactPlan)
    assert_type(crm.contact.plan("C-17", frequency=Recurrence("FREQ=WEEKLY", date(2026, 1, 5))), ContactPlan)
    assert_type(crm.appointments.free_slots("anna", minutes=30, within=Period.month(2026, 1)), Iterator[Slot])
    assert_type(crm.calendars.feed("anna"), str)
    assert_type(crm.facts, FactsDesk)
    assert_type(crm.facts.sales(), pl.LazyFrame)


def spans_are_no_text(crm: Crm, topics: list[str]) -> None:
    crm.record_interaction("C-17", kind="phone", topics=topics)
    crm.record_interaction("C-17", kind="phone", recall="3 weeks")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    crm.contact.plan("C-17", frequency=30)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def analyses_of_customers_keep_the_kind_of_frame(frame: pl.LazyFrame, day: date) -> None:
    fifths = Quantiles(5)
    figures = rfm_by(frame, "customer_id", as_of=day, purchase="document")
    assert_type(add_rfm_scores(figures, recency=fifths, frequency=fifths, monetary=fifths), pl.LazyFrame)
    assert_type(sales_by_month(frame, period=Period.year(2026), as_of=day), pl.LazyFrame)
    assert_type(explain(gross_profit_by, frame, of={}).lines, pl.LazyFrame)
    rfm_by(frame, as_of=day, purchase="order")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
