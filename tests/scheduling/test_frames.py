from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import polars as pl
import pytest

from crmkit import days, facts, months
from crmkit.entities import Appointment, ContactPlan, Recall
from crmkit.errors import InvalidDataError, InvalidValueError, MissingColumnError
from crmkit.periods import Interval
from crmkit.scheduling import ContactPolicy, add_next_contact, call_suggestions
from tests.engines import by_id, day, dicts, on, on_every_engine, rows, schema_of

JANUARY = day("2026-01-01")
AS_OF = day("2026-02-15")


def plans(*rows_: ContactPlan) -> pl.DataFrame:
    return facts.contact_plans_from(rows_)


def plan(id_: str = "C-1", **fields: Any) -> ContactPlan:
    return ContactPlan(party_id=id_, **fields)


@on_every_engine
@pytest.mark.parametrize(
    ("frequency", "last", "expected"),
    [
        (days(30), "2026-01-01", "2026-02-01"),
        (months(1), "2026-01-31", "2026-03-01"),
        (months(2), "2026-01-31", "2026-04-01"),
        (months(1), "2026-02-28", "2026-03-29"),
        (months(1), "2024-01-31", "2024-03-01"),
        (Interval(months=1, days=1), "2026-01-31", "2026-03-02"),
        (months(12), "2024-02-29", "2025-03-01"),
        (days(1), "1999-12-31", "2000-01-02"),
    ],
)
def test_the_next_contact_is_the_day_after_last_contact_and_frequency(engine: str, frequency: Interval, last: str, expected: str) -> None:
    table = on(engine, plans(plan(frequency=frequency, last_contact_on=day(last))))

    result = add_next_contact(table)

    assert rows(result, "next_contact_on") == [(day(expected),)]
    assert type(result) is type(table)


@on_every_engine
@pytest.mark.parametrize(("as_of", "listed"), [("2026-01-31", []), ("2026-02-01", [0]), ("2026-02-02", [1])])
def test_30_days_after_1_january_is_1_february_not_31_january(engine: str, as_of: str, listed: list[int]) -> None:
    table = on(engine, plans(plan(frequency=days(30), last_contact_on=JANUARY)))

    assert [row["overdue_days"] for row in dicts(call_suggestions(table, as_of=day(as_of)))] == listed


@on_every_engine
@pytest.mark.parametrize(("as_of", "listed"), [("2026-02-14", []), ("2026-02-15", ["recall_due"]), ("2026-02-16", ["recall_overdue"])])
def test_a_recall_is_due_from_its_day_on(engine: str, as_of: str, listed: list[str]) -> None:
    table = on(engine, facts.contact_plans_from([], [Recall(id="1", party_id="C-1", due_on=AS_OF)]))

    assert [row["reason"] for row in dicts(call_suggestions(table, as_of=day(as_of)))] == listed


@on_every_engine
def test_a_future_recall_silences_the_suggestion(engine: str) -> None:
    recall = Recall(id="1", party_id="C-1", due_on=AS_OF + timedelta(days=1))
    table = on(engine, facts.contact_plans_from([plan(frequency=days(1), last_contact_on=JANUARY)], [recall]))

    assert dicts(call_suggestions(table, as_of=AS_OF)) == []


def an_appointment(on_day: date, **fields: Any) -> Appointment:
    start = datetime.combine(on_day, time(23, 30), UTC)
    return Appointment(id=f"{on_day}", start_at=start, minutes=30, attendees="anna", subject="x", party_id="C-1", **fields)


@on_every_engine
@pytest.mark.parametrize(("offset", "listed"), [(-1, ["frequency_passed"]), (0, []), (1, [])])
def test_an_appointment_from_the_day_on_silences_the_suggestion(engine: str, offset: int, listed: list[str]) -> None:
    appointments = [
        an_appointment(AS_OF + timedelta(days=offset)),
        an_appointment(JANUARY),
        an_appointment(day("2026-09-01"), state="cancelled"),
    ]
    table = on(engine, facts.contact_plans_from([plan(frequency=days(1), last_contact_on=JANUARY)], (), (), appointments))

    assert [row["reason"] for row in dicts(call_suggestions(table, as_of=AS_OF))] == listed


def test_the_day_of_an_appointment_is_that_of_the_zone() -> None:
    late = [an_appointment(AS_OF)]

    found = [facts.contact_plans_from([plan()], (), (), late, zone=zone)["appointment_on"].to_list() for zone in ("UTC", "Europe/Berlin")]

    assert found == [[AS_OF], [AS_OF + timedelta(days=1)]]


@on_every_engine
def test_a_due_recall_is_listed_once_as_a_recall(engine: str) -> None:
    recall = Recall(id="1", party_id="C-1", due_on=AS_OF)
    table = on(engine, facts.contact_plans_from([plan(frequency=days(1), last_contact_on=JANUARY)], [recall]))

    assert rows(call_suggestions(table, as_of=AS_OF), "reason", "overdue_days", "next_contact_on") == [("recall_due", 0, day("2026-01-03"))]


@on_every_engine
def test_no_frequency_is_never_suggested(engine: str) -> None:
    table = on(engine, plans(plan(last_contact_on=JANUARY)))

    assert rows(add_next_contact(table), "next_contact_on") == [(None,)]
    assert dicts(call_suggestions(table, as_of=AS_OF)) == []


@on_every_engine
def test_never_contacted_with_a_frequency_is_suggested_at_once(engine: str) -> None:
    table = on(engine, plans(plan(frequency=days(30))))

    assert rows(call_suggestions(table, as_of=AS_OF), "reason", "overdue_days", "next_contact_on") == [("never_contacted", 0, None)]


@on_every_engine
def test_the_gap_depends_on_the_class_unless_the_party_has_its_own(engine: str) -> None:
    table = pl.DataFrame(
        [("a", "A", None), ("b", "B", None), ("c", "C", None), ("own", "A", 90), ("none", None, None)],
        schema={"customer_id": pl.String, "abc_class": pl.String, "frequency_days": pl.Int64},
        orient="row",
    ).with_columns(last_contact_on=JANUARY)
    policy = ContactPolicy(by_class={"A": days(10), "B": months(1)}, otherwise=days(60))

    assert by_id(add_next_contact(on(engine, table), policy=policy), "next_contact_on") == {
        "a": day("2026-01-12"),
        "b": day("2026-02-02"),
        "c": day("2026-03-03"),
        "own": day("2026-04-02"),
        "none": day("2026-03-03"),
    }


@on_every_engine
def test_recalls_come_first_then_the_most_overdue_then_the_most_valuable(engine: str) -> None:
    table = pl.DataFrame(
        [
            ("late", 30, JANUARY - timedelta(days=9), None, 1),
            ("rich", 30, JANUARY, None, 9),
            ("poor", 30, JANUARY, None, 1),
            ("unknown", 30, JANUARY, None, None),
            ("a tie", 30, JANUARY, None, 1),
            ("recall", None, None, AS_OF, 0),
        ],
        schema={"customer_id": pl.String, "frequency_days": pl.Int64, "last_contact_on": pl.Date, "recall_on": pl.Date, "value": pl.Int64},
        orient="row",
    )

    assert [row["customer_id"] for row in dicts(call_suggestions(on(engine, table), as_of=AS_OF))] == [
        *("recall", "late", "rich", "a tie", "poor", "unknown")
    ]


@on_every_engine
def test_the_columns_of_the_plans_travel_along(engine: str) -> None:
    table = on(engine, plans(plan(frequency=days(1), last_contact_on=JANUARY)).with_columns(region=pl.lit("Nord")))

    result = call_suggestions(table, as_of=AS_OF)

    assert list(schema_of(result)) == [*schema_of(table), "next_contact_on", "reason", "overdue_days"]
    assert list(schema_of(add_next_contact(result))) == [
        *(name for name in schema_of(result) if name != "next_contact_on"),
        "next_contact_on",
    ]


@on_every_engine
def test_an_id_alone_is_a_table_of_plans(engine: str) -> None:
    table = on(engine, pl.DataFrame({"customer_id": ["C-1"]}))

    assert rows(add_next_contact(table)) == [("C-1", None)]
    assert rows(call_suggestions(table, as_of=AS_OF, policy=ContactPolicy(otherwise=days(9))), "reason") == [("never_contacted",)]


@pytest.mark.parametrize(("frequency_days", "frequency_months"), [(0, None), (None, 0), (0, 0), (-1, None), (5, -1)])
def test_a_frequency_of_zero_or_less_is_refused(frequency_days: int | None, frequency_months: int | None) -> None:
    table = pl.DataFrame(
        {"customer_id": ["C-1", "C-2"], "frequency_days": [5, frequency_days], "frequency_months": [None, frequency_months]},
        schema_overrides={"frequency_months": pl.Int64},
    )

    with pytest.raises(InvalidDataError) as raised:
        add_next_contact(table)

    assert [problem.line for problem in raised.value.problems] == [2]


def test_a_series_of_months_and_days_is_left_to_the_form_for_one_plan() -> None:
    table = plans(plan(frequency=Interval(months=1, days=1), last_contact_on=JANUARY, planned_on=JANUARY, counted_from="deadline"))

    with pytest.raises(InvalidDataError, match="counted_from"):
        call_suggestions(table, as_of=AS_OF)


def test_the_result_cannot_replace_the_id() -> None:
    with pytest.raises(InvalidValueError, match="customer_id"):
        add_next_contact(plans(plan()), into="customer_id")


def test_a_table_without_ids_is_no_table_of_plans() -> None:
    with pytest.raises(MissingColumnError, match="customer_id"):
        call_suggestions(pl.DataFrame({"frequency_days": [1]}), as_of=AS_OF)


@pytest.mark.parametrize("column", ["last_contact_on", "postponed_to"])
def test_text_is_no_day(column: str) -> None:
    with pytest.raises(InvalidValueError, match=column):
        add_next_contact(pl.DataFrame({"customer_id": ["C-1"], column: ["2026-01-01"]}))


def test_a_policy_must_be_one() -> None:
    with pytest.raises(InvalidValueError, match="policy"):
        add_next_contact(plans(plan()), policy=days(3))  # type: ignore[arg-type]
