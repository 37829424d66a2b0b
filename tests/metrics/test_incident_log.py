"""A real service desk, event by event; each figure is computed a second way in plain SQL."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from crmkit import Period, facts
from crmkit.metrics import backlog_by, cases_by, reopen_rate_by, resolution_time_by, same_day_closure_rate_by
from tests.engines import dicts, rows, rows_in_order

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import polars as pl

ZONE = "UTC"  # the log tells no zone
VIEWS = """
create table events as select number, #2 as state, reopen_count::int as reopen_count, nullif(assigned_to, '?') as assigned_to,
       strptime(opened_at, '%d/%m/%Y %H:%M') as opened_at, strptime(closed_at, '%d/%m/%Y %H:%M') as closed_at,
       strptime(sys_updated_at, '%d/%m/%Y %H:%M') as updated_at, sys_mod_count::int as step
from read_csv('{}', all_varchar=true);
create table cases as select number, min(opened_at) as opened_at, max(closed_at) as closed_at, max(reopen_count) as reopened,
       arg_max(assigned_to, step) as assigned_to from events group by number;
"""


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@pytest.fixture
def sql(connection: duckdb.DuckDBPyConnection, shared_data: Callable[[str], Path]) -> Callable[[str], list[tuple[Any, ...]]]:
    if not connection.sql("show tables").fetchall():
        connection.execute(VIEWS.format(shared_data("incident_log/incident_event_log.csv.gz")))
    return lambda query: connection.sql(query).fetchall()


@pytest.fixture
def cases(sql: Any, connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    assert sql
    table: pl.DataFrame = connection.sql("select * from cases").pl()
    return facts.cases(table, case_id="number", employee_id="assigned_to", zone=ZONE)


def test_cases_and_reopenings(cases: pl.DataFrame, sql: Any) -> None:
    ((count, again),) = sql("select count(*), count(*) filter (reopened > 0) from cases")

    assert rows(reopen_rate_by(cases)) == [(count, again, pytest.approx(again / count))]
    assert (count, again) == (24_918, 275)


def test_cases_by_agent_and_day(cases: pl.DataFrame, sql: Any) -> None:
    expected = sql(
        """select assigned_to, day, sum(opened), sum(closed) from (
               select assigned_to, opened_at::date as day, 1 as opened, 0 as closed from cases
               union all select assigned_to, closed_at::date, 0, 1 from cases)
           where day >= '2016-03-01' and day < '2016-04-01' group by all"""
    )

    assert set(rows(cases_by(cases, "employee_id", period=Period.month(2016, 3)))) == set(expected)


def test_same_day_closures(cases: pl.DataFrame, sql: Any) -> None:
    ((opened, same),) = sql("select count(*), count(*) filter (opened_at::date = closed_at::date) from cases")

    assert rows(same_day_closure_rate_by(cases), "opened", "same_day", "same_day_rate") == [(opened, same, pytest.approx(same / opened))]


def test_time_to_resolution(cases: pl.DataFrame, sql: Any) -> None:
    expected = sql(
        """with timed as (select *, date_diff('minute', opened_at, closed_at) / 60 as hours from cases)
           select count(*) filter (hours >= 0), sum(hours) filter (hours >= 0), median(hours) filter (hours >= 0),
                  quantile_cont(hours, 0.9) filter (hours >= 0), count(*) filter (hours < 0) from timed"""
    )

    (found,) = rows(resolution_time_by(cases), "closed", "total_hours", "median_hours", "p90_hours", "ends_before_start")

    assert found == pytest.approx(expected[0])


def test_the_backlog_of_a_day(cases: pl.DataFrame, sql: Any) -> None:
    ((open_, oldest),) = sql(
        """select count(*), '2016-04-01'::date - min(opened_at)::date from cases
           where opened_at::date <= '2016-04-01' and closed_at::date > '2016-04-01'"""
    )

    assert rows(backlog_by(cases, as_of=date(2016, 4, 1))) == [(open_, oldest)]


def test_time_between_closing_and_reopening_is_left_out(cases: pl.DataFrame, sql: Any, connection: duckdb.DuckDBPyConnection) -> None:
    assert sql
    log = connection.sql(
        """select number, updated_at, case when state in ('Resolved', 'Closed') then 'closed' else 'open' end as state
           from events qualify row_number() over (partition by number, updated_at order by step desc) = 1"""
    ).pl()
    events = facts.case_events(log, case_id="number", happened_at="updated_at", zone=ZONE)
    expected = sql(
        """with steps as (select number, updated_at, state in ('Resolved', 'Closed') as done from events
                          qualify row_number() over (partition by number, updated_at order by step desc) = 1),
                spans as (select *, lead(updated_at) over (partition by number order by updated_at) as following from steps),
                whole as (select number, sum(date_diff('minute', updated_at, following)) filter (not done) / 60 as hours,
                                 bool_or(done) filter (following is null) as done from spans group by number)
           select count(*), sum(coalesce(hours, 0)) from whole where done"""
    )

    (found,) = dicts(resolution_time_by(cases, events=events))

    assert (found["closed"], found["total_hours"]) == (expected[0][0], pytest.approx(expected[0][1]))
    assert rows_in_order(resolution_time_by(cases), "closed")[0][0] >= found["closed"]
