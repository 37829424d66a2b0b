from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import attrs
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmkit import days, facts, months
from crmkit.entities import Appointment, ContactPlan, Recall
from crmkit.errors import InvalidDataError, InvalidValueError, MissingColumnError
from crmkit.periods import Interval
from crmkit.scheduling import ContactPolicy, add_next_contact, call_suggestions, next_contact_on, suggestion
from crmkit.scheduling.contact_plans import Due
from tests.engines import ENGINES, by_id, day, dicts, on, on_every_engine, rows, schema_of

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


DAYS = st.dates(date(1999, 12, 1), date(2026, 12, 31))
SOME_DAY = st.none() | DAYS
FREQUENCIES = st.none() | st.integers(1, 400).map(days) | st.integers(1, 30).map(months)
MIXED = FREQUENCIES | st.builds(Interval, months=st.integers(1, 14), days=st.integers(1, 40))
PLANS = st.builds(
    ContactPlan,
    party_id=st.just("C-1"),
    frequency=FREQUENCIES,
    counted_from=st.sampled_from(["contact", "deadline"]),
    planned_on=SOME_DAY,
    postponed_to=SOME_DAY,
    ends_on=SOME_DAY,
    last_contact_on=SOME_DAY,
) | st.builds(ContactPlan, party_id=st.just("C-1"), frequency=MIXED, planned_on=SOME_DAY, last_contact_on=SOME_DAY)
POLICIES = st.builds(
    ContactPolicy,
    by_class=st.fixed_dictionaries({}, optional={"A": st.integers(1, 60).map(days), "B": st.integers(1, 6).map(months)}),
    otherwise=FREQUENCIES,
    measure_from_creation=st.booleans(),
)
# A series of deadlines whose gap has months and days is refused in frames; a policy may bring one only by its own single unit.
CASES = st.lists(st.tuples(PLANS, st.sampled_from(["A", "B", "C", None]), SOME_DAY, SOME_DAY, SOME_DAY), min_size=3, max_size=12)


def table_of(cases: list[Any]) -> tuple[pl.DataFrame, list[ContactPlan]]:
    own = [ContactPlan(**{**_fields(one), "party_id": f"C-{place}"}) for place, (one, *_) in enumerate(cases)]
    table = facts.contact_plans_from(own).with_columns(
        pl.Series("abc_class", [cls for _, cls, *_ in cases], dtype=pl.String),
        pl.Series("created_on", [created for _, _, created, *_ in cases], dtype=pl.Date),
        pl.Series("recall_on", [recall for *_, recall, _ in cases], dtype=pl.Date),
        pl.Series("appointment_on", [meeting for *_, meeting in cases], dtype=pl.Date),
    )
    return table, own


def _fields(one: ContactPlan) -> dict[str, Any]:
    names = ("frequency", "counted_from", "planned_on", "postponed_to", "ends_on", "last_contact_on")
    return {name: getattr(one, name) for name in names}


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=12)
@given(cases=CASES, policy=POLICIES)
def test_a_table_and_a_plan_have_the_same_next_contact(cases: list[Any], policy: ContactPolicy, engine: str) -> None:
    table, own = table_of(cases)

    found = by_id(add_next_contact(on(engine, table), policy=policy), "next_contact_on")

    assert found == {
        one.party_id: next_contact_on(one, policy=policy, abc_class=cls, created_on=created)
        for one, (_, cls, created, *_) in zip(own, cases, strict=True)
    }


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=12)
@given(cases=CASES, policy=POLICIES, as_of=DAYS)
def test_a_table_and_a_plan_have_the_same_suggestion(cases: list[Any], policy: ContactPolicy, as_of: date, engine: str) -> None:
    table, own = table_of(cases)

    found = {
        row["customer_id"]: (row["reason"], row["overdue_days"])
        for row in dicts(call_suggestions(on(engine, table), as_of=as_of, policy=policy))
    }

    expected = {}
    for one, (_, cls, created, recall, meeting) in zip(own, cases, strict=True):
        meetings = [] if meeting is None else [attrs.evolve(an_appointment(meeting), party_id=one.party_id)]
        recalls = [] if recall is None else [Recall(id="1", party_id=one.party_id, due_on=recall)]
        told = suggestion(one, recalls, as_of=as_of, policy=policy, abc_class=cls, created_on=created, appointments=meetings)
        if isinstance(told, Due):
            expected[one.party_id] = (told.reason.code, (as_of - told.since_on).days)
    assert found == expected
