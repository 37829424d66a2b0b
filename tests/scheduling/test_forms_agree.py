"""A table of contact plans and a single plan say the same, on every engine: one definition in two forms."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import attrs
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmkit import Interval, Period, days, facts, months
from crmkit.entities import Appointment, ContactPlan, Party, Recall, Recurrence
from crmkit.errors import InvalidValueError, MissingColumnError
from crmkit.scheduling import (
    ContactPolicy,
    Gap,
    add_contact_light,
    add_next_contact,
    call_suggestions,
    contact_light,
    load_by_day,
    next_contact_on,
    slipping_by,
    suggestion,
)
from crmkit.scheduling.contact_plans import Due
from tests.engines import ENGINES, by_id, day, dicts, on, on_every_engine, rows, rows_in_order

if TYPE_CHECKING:
    from collections.abc import Iterator

DAYS = st.dates(date(2024, 2, 1), date(2024, 4, 1))  # few days, so that boundaries meet; with a leap day
SOME_DAY = st.none() | DAYS | st.dates(date(1999, 12, 1), date(2026, 12, 31))
INTERVALS = st.integers(1, 40).map(days) | st.integers(1, 3).map(months)
IN_ORDER = st.tuples(INTERVALS, INTERVALS).map(partial(sorted, key=lambda span: span.months * 31 + span.days))
GAPS = INTERVALS | IN_ORDER.map(lambda spans: Gap(spans[1], ideal=spans[0]))
RULES = st.sampled_from(
    [
        "FREQ=WEEKLY;BYDAY=MO,TH",
        "FREQ=MONTHLY;BYDAY=1MO",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=WEEKLY;INTERVAL=3",
        "FREQ=DAILY;UNTIL=20240315",
    ]
)
PLANS = st.builds(
    ContactPlan,
    party_id=st.just("C"),
    frequency=st.none() | INTERVALS | st.builds(Recurrence, RULES, st.dates(date(2024, 1, 1), date(2024, 3, 15))),
    counted_from=st.sampled_from(["contact", "deadline"]),
    planned_on=SOME_DAY,
    postponed_to=SOME_DAY,
    ends_on=SOME_DAY,
    last_contact_on=SOME_DAY,
    quiet=st.none() | st.builds(lambda start, length: Period(start, start + timedelta(days=length)), DAYS, st.integers(1, 30)),
)
# A series of deadlines whose gap has months and days is refused in frames; a policy may bring one only by its own single unit.
PLANS |= st.builds(
    ContactPlan,
    party_id=st.just("C"),
    frequency=st.builds(Interval, months=st.integers(1, 14), days=st.integers(1, 40)),
    planned_on=SOME_DAY,
    last_contact_on=SOME_DAY,
)
PARTIES = st.builds(
    Party,
    id=st.just("C"),
    name=st.just("Müller"),
    created_on=DAYS,
    manual_class=st.sampled_from(["A", "B", "C", None]),
    tags=st.sets(st.sampled_from(["VIP", "VIP+", "Messe 2026"])),
    roles=st.sets(st.sampled_from(["lead", "customer", "supplier"]), min_size=1),
    owner_id=st.sampled_from(["anna", "ben", None]),
)
POLICIES = st.builds(
    ContactPolicy,
    by_class=st.fixed_dictionaries({}, optional={"A": GAPS, "B": GAPS}),
    by_tag=st.dictionaries(st.sampled_from(["VIP", "Messe 2026"]), GAPS),
    by_role=st.dictionaries(st.sampled_from(["customer", "supplier"]), GAPS),
    by_owner=st.dictionaries(st.just("anna"), GAPS),
    otherwise=st.none() | GAPS,
    measure_from_creation=st.booleans(),
    holidays=st.sets(DAYS, max_size=6),
)
CASES = st.lists(st.tuples(PLANS, PARTIES, SOME_DAY, SOME_DAY), min_size=8, max_size=24)


def records(cases: list[Any]) -> tuple[list[ContactPlan], list[Party], dict[str, list[Recall]], dict[str, list[Appointment]]]:
    plans = [attrs.evolve(plan, party_id=f"C-{place}") for place, (plan, *_) in enumerate(cases)]
    parties = [attrs.evolve(party, id=f"C-{place}") for place, (_, party, *_) in enumerate(cases)]
    recalls, meetings = {}, {}
    for plan, (_, _, due, meeting) in zip(plans, cases, strict=True):
        recalls[plan.id] = [] if due is None else [Recall(id=f"W-{plan.id}", party_id=plan.id, due_on=due)]
        meetings[plan.id] = [] if meeting is None else [meeting_on(meeting, plan.id)]
    return plans, parties, recalls, meetings


def meeting_on(day_: date, party_id: str) -> Appointment:
    starts = datetime.combine(day_, time(9), UTC)
    return Appointment(id=f"T-{party_id}", start_at=starts, minutes=30, attendees="anna", subject="offer", party_id=party_id)


def due_on(plan: ContactPlan, party: Party, recalls: list[Recall], policy: ContactPolicy) -> date | None:
    for recall in recalls:
        return recall.due_on
    first = next_contact_on(plan, policy=policy, party=party)
    return plan.quiet.end if first is not None and plan.quiet is not None and first in plan.quiet else first


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=5)
@given(cases=CASES, policy=POLICIES, as_of=DAYS)
def test_a_table_and_a_plan_agree(cases: list[Any], policy: ContactPolicy, as_of: date, engine: str) -> None:
    plans, parties, recalls, meetings = records(cases)
    all_recalls = [recall for one in recalls.values() for recall in one]
    all_meetings = [meeting for one in meetings.values() for meeting in one]
    table = on(engine, facts.contact_plans_from(plans, all_recalls, parties, all_meetings))
    pairs = list(zip(plans, parties, strict=True))

    assert by_id(add_next_contact(table, policy=policy), "next_contact_on") == {
        plan.id: next_contact_on(plan, policy=policy, party=party) for plan, party in pairs
    }
    told = {
        plan.id: suggestion(plan, recalls[plan.id], as_of=as_of, policy=policy, party=party, appointments=meetings[plan.id])
        for plan, party in pairs
    }
    assert {
        row["customer_id"]: (row["reason"], row["overdue_days"]) for row in dicts(call_suggestions(table, as_of=as_of, policy=policy))
    } == {id_: (one.reason.code, (as_of - one.since_on).days) for id_, one in told.items() if isinstance(one, Due)}
    lights = {plan.id: contact_light(plan, policy=policy, as_of=as_of, party=party) for plan, party in pairs}
    assert by_id(add_contact_light(table, policy=policy, as_of=as_of), "contact_light") == lights
    assert rows(slipping_by(table, as_of=as_of, policy=policy)) == [
        (len(lights), *(list(lights.values()).count(light) for light in ("green", "amber", "red")))
    ]
    working_days = [as_of + timedelta(days=place) for place in (0, 1, 4, 30, 61, 95)]
    falls = [one for plan, party in pairs for one in contacts_of(plan, party, due_on(plan, party, recalls[plan.id], policy), policy, as_of)]
    until = [date.min, *working_days]
    assert sorted(rows(load_by_day(table, days=working_days, policy=policy))) == [
        (end, sum(begin < due <= end for due in falls)) for begin, end in zip(until, working_days, strict=False)
    ]


def contacts_of(plan: ContactPlan, party: Party, due: date | None, policy: ContactPolicy | None, first: date) -> Iterator[date]:
    """One after the other, as if each took place when it fell due."""
    gap = (policy or ContactPolicy()).gap_for(
        plan, abc_class=party.effective_class, tags=party.tags, roles=party.roles, owner_id=party.owner_id
    )
    following = None if due is None else max(due, first)
    while following is not None:
        yield following
        if gap is None or plan.series_on() is not None or following > first + timedelta(days=100):
            return
        before = timedelta(days=int(plan.counted_from == "deadline"))
        following = gap.longest.after(following - before) + timedelta(days=1)
        if plan.ends_on is not None and following > plan.ends_on:
            return


def contact_plans(*lines: tuple[Any, ...]) -> pl.DataFrame:
    plans = [
        ContactPlan(party_id=id_, frequency=days(30), last_contact_on=None if last is None else day(last)) for id_, _, last, _ in lines
    ]
    parties = [
        Party(id=id_, name="Müller", created_on=day("2025-01-01"), manual_class=class_, owner_id=owner) for id_, class_, _, owner in lines
    ]
    return facts.contact_plans_from(plans, [], parties)


@on_every_engine
@pytest.mark.parametrize(("as_of", "listed"), [("2026-02-28", True), ("2026-03-01", False), ("2026-03-02", False), ("2026-03-03", True)])
def test_quiet_days_of_a_party_silence_its_row(engine: str, as_of: str, listed: bool) -> None:
    quiet = Period(day("2026-03-01"), day("2026-03-03"))
    plan = ContactPlan(party_id="C-1", frequency=days(1), last_contact_on=day("2026-01-01"), quiet=quiet)
    table = on(engine, facts.contact_plans_from([plan]))

    assert bool(dicts(call_suggestions(table, as_of=day(as_of)))) is listed


@pytest.mark.parametrize(("as_of", "listed"), [("2026-05-13", True), ("2026-05-14", False), ("2026-05-15", True)])
def test_a_holiday_of_the_policy_silences_every_row_but_recalls(as_of: str, listed: bool) -> None:
    policy = ContactPolicy(otherwise=days(1), holidays={day("2026-05-14")})
    plans = [ContactPlan(party_id=id_, last_contact_on=day("2026-01-01")) for id_ in ("C-1", "C-2")]
    table = facts.contact_plans_from(plans, [Recall(id="W", party_id="C-2", due_on=day("2026-05-01"))])

    found = by_id(call_suggestions(table, as_of=day(as_of), policy=policy), "reason")

    assert found == {"C-2": "recall_overdue"} | ({"C-1": "frequency_passed"} if listed else {})


@pytest.mark.parametrize(("as_of", "light"), [("2026-01-11", "green"), ("2026-01-12", "green"), ("2026-01-13", "red")])
def test_the_light_of_a_rule_is_red_from_the_day_after(as_of: str, light: str) -> None:
    mondays = Recurrence("FREQ=WEEKLY;BYDAY=MO", day("2026-01-05"))
    table = facts.contact_plans_from([ContactPlan(party_id="C-1", frequency=mondays, last_contact_on=day("2026-01-06"))])

    assert add_contact_light(table, as_of=day(as_of))["contact_light"].to_list() == [light]


@pytest.mark.parametrize(
    ("start", "end", "falls_on"),
    [
        ("2026-02-01", "2026-02-03", "2026-02-03"),
        ("2026-02-01", "2026-02-04", "2026-02-04"),
        ("2026-02-03", "2026-02-05", "2026-02-05"),
        ("2026-02-04", "2026-02-05", "2026-02-03"),
    ],
)
def test_the_load_of_quiet_days_falls_on_the_first_day_after(start: str, end: str, falls_on: str) -> None:
    plan = ContactPlan(party_id="C-1", frequency=days(31), last_contact_on=day("2026-01-02"), quiet=Period(day(start), day(end)))
    working_days = [day(f"2026-02-0{number}") for number in (2, 3, 4, 5)]

    found = load_by_day(facts.contact_plans_from([plan]), days=working_days)

    assert found.filter(pl.col("contacts") == 1)["day"].to_list() == [day(falls_on)]


@on_every_engine
def test_a_party_counts_again_each_time_its_gap_ends_within_the_days(engine: str) -> None:
    plan = ContactPlan(party_id="C-1", frequency=days(6), last_contact_on=day("2026-01-01"), ends_on=day("2026-01-22"))
    monthly = ContactPlan(party_id="C-2", frequency=months(1), last_contact_on=day("2025-12-07"))
    table = on(engine, facts.contact_plans_from([plan, monthly]))

    found = rows(load_by_day(table, days=[day(f"2026-{text}") for text in ("01-07", "01-08", "01-15", "01-22", "01-29", "02-08", "02-09")]))

    assert [count for _, count in sorted(found)] == [0, 2, 1, 1, 0, 0, 1]


def test_counts_are_whole_numbers_of_64_bits() -> None:
    table = contact_plans(("C-1", "A", "2026-01-01", "anna"))

    for found in (
        slipping_by(table, "abc_class", as_of=day("2026-02-01")),
        slipping_by(table, as_of=day("2026-02-01")),
        load_by_day(table, "owner_id", days=[day("2026-02-01")]),
    ):
        counts = found.select("contacts" if "contacts" in found.columns else pl.col("parties", "green", "amber", "red"))
        assert set(counts.dtypes) == {pl.Int64}


@on_every_engine
def test_the_load_has_a_row_for_each_owner_and_day(engine: str) -> None:
    table = on(
        engine,
        contact_plans(("C-1", "A", "2026-01-01", "anna"), ("C-2", "A", "2026-01-02", "anna"), ("C-3", "B", "2026-01-02", None)),
    )

    assert rows_in_order(load_by_day(table, "owner_id", days=[day("2026-02-02"), day("2026-01-30"), day("2026-02-03")])) == sorted(
        [
            ("anna", day("2026-01-30"), 0),
            ("anna", day("2026-02-02"), 2),
            ("anna", day("2026-02-03"), 0),
            (None, day("2026-01-30"), 0),
            (None, day("2026-02-02"), 1),
            (None, day("2026-02-03"), 0),
        ],
        key=lambda row: [(value is None, str(value)) for value in row],
    )


@on_every_engine
def test_who_is_slipping_is_counted_by_class(engine: str) -> None:
    table = on(
        engine,
        contact_plans(
            ("C-1", "A", "2026-01-01", None), ("C-2", "A", "2026-01-16", None), ("C-3", "A", "2026-01-17", None), ("C-4", "B", None, None)
        ),
    )
    policy = ContactPolicy(by_class={"A": Gap(days(30), ideal=days(15))})

    assert rows_in_order(
        slipping_by(table, "abc_class", as_of=day("2026-02-01"), policy=policy), "abc_class", "parties", "green", "amber", "red"
    ) == [
        ("A", 3, 1, 1, 1),
        ("B", 1, 0, 0, 1),
    ]


def test_the_load_needs_a_day() -> None:
    with pytest.raises(InvalidValueError, match="days"):
        load_by_day(contact_plans(("C-1", "A", "2026-01-01", None)), days=[])


@pytest.mark.parametrize("by", ["day", "contacts"])
def test_a_group_of_the_load_is_not_named_like_a_column_of_the_result(by: str) -> None:
    with pytest.raises(InvalidValueError, match="by"):
        load_by_day(contact_plans(("C-1", "A", "2026-01-01", None)).rename({"owner_id": by}), by, days=[day("2026-01-01")])


@pytest.mark.parametrize("by", ["parties", "red"])
def test_a_group_of_lights_is_not_named_like_a_column_of_the_result(by: str) -> None:
    with pytest.raises(InvalidValueError, match="by"):
        slipping_by(contact_plans(("C-1", "A", "2026-01-01", None)).rename({"owner_id": by}), by, as_of=day("2026-01-01"))


def test_the_light_cannot_replace_the_id() -> None:
    with pytest.raises(InvalidValueError, match="customer_id"):
        add_contact_light(contact_plans(("C-1", "A", "2026-01-01", None)), as_of=day("2026-01-01"), into="customer_id")


def test_a_table_without_the_group_is_refused() -> None:
    with pytest.raises(MissingColumnError, match="team"):
        load_by_day(contact_plans(("C-1", "A", "2026-01-01", None)), "team", days=[day("2026-01-01")])
    with pytest.raises(MissingColumnError, match="team"):
        slipping_by(contact_plans(("C-1", "A", "2026-01-01", None)), "team", as_of=day("2026-01-01"))


def test_whoever_was_never_contacted_and_has_no_day_to_count_from_is_due_on_the_first_day() -> None:
    table = pl.DataFrame({"customer_id": ["C-1"], "frequency_days": [30]})

    assert load_by_day(table, days=[day("2026-01-01"), day("2026-01-02")])["contacts"].to_list() == [1, 0]
    assert add_contact_light(table, as_of=day("2026-01-01"))["contact_light"].to_list() == ["red"]
    plan = ContactPlan(party_id="C-1", frequency=days(30))
    assert contact_light(plan, policy=ContactPolicy(), as_of=day("2026-01-01")) == "red"
