"""When a party is due (rules 1 to 5)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Interval, days, months
from crmkit.entities import ContactPlan, Interaction, Recall
from crmkit.errors import InvalidValueError
from crmkit.scheduling import ContactCounts, ContactPolicy, Due, Gap, NotDue, contact_light, next_contact_on, suggestion
from crmkit.scheduling.contact_plans import after_interaction

JANUARY_1 = date(2026, 1, 1)
some_days = st.dates(date(2000, 1, 1), date(2040, 12, 31))
intervals = st.builds(Interval, months=st.integers(0, 24), days=st.integers(1, 400))


def a_plan(**fields: Any) -> ContactPlan:
    return ContactPlan(party_id="C-17", **fields)


def a_recall(due_on: date, **fields: Any) -> Recall:
    return Recall(id=f"W-{due_on}", party_id="C-17", due_on=due_on, **fields)


def a_call(happened_on: date, **fields: Any) -> Interaction:
    return Interaction(id="1", party_id="C-17", happened_at=datetime.combine(happened_on, time(12), UTC), kind="phone", **fields)


def code_of(found: Due | NotDue) -> tuple[bool, str]:
    return isinstance(found, Due), found.reason.code


# Rule 2: frequency


@pytest.mark.parametrize(("as_of", "due"), [(date(2026, 1, 30), False), (date(2026, 1, 31), False), (date(2026, 2, 1), True)])
def test_thirty_days_after_1_january_the_suggestion_comes_on_1_february_not_on_31_january(as_of: date, due: bool) -> None:
    plan = a_plan(frequency=days(30), last_contact_on=JANUARY_1)

    assert isinstance(suggestion(plan, [], as_of=as_of), Due) is due
    assert next_contact_on(plan) == date(2026, 2, 1)


@pytest.mark.parametrize(
    ("last_contact_on", "count", "latest_on"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 31), 2, date(2026, 3, 31)),
        (date(2026, 2, 28), 1, date(2026, 3, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
    ],
)
def test_months_are_added_forwards_once_from_the_last_contact_and_clamp(last_contact_on: date, count: int, latest_on: date) -> None:
    assert next_contact_on(a_plan(frequency=months(count), last_contact_on=last_contact_on)) == latest_on + timedelta(days=1)


@given(some_days, intervals)
def test_the_first_day_on_the_list_is_the_day_after_last_contact_and_frequency(last_contact_on: date, frequency: Interval) -> None:
    plan = a_plan(frequency=frequency, last_contact_on=last_contact_on)
    latest_on = frequency.after(last_contact_on)

    found = [isinstance(suggestion(plan, [], as_of=latest_on + timedelta(days=shift)), Due) for shift in (-1, 0, 1)]

    assert found == [False, False, True]


def test_without_a_frequency_there_is_never_a_suggestion() -> None:
    plan = a_plan(last_contact_on=date(1990, 1, 1), planned_on=date(1980, 1, 1))

    assert next_contact_on(plan) is None
    assert code_of(suggestion(plan, [], as_of=JANUARY_1)) == (False, "no_frequency")


@pytest.mark.parametrize("as_of", [JANUARY_1, date(2026, 1, 2)])
def test_never_contacted_with_a_frequency_is_suggested_at_once(as_of: date) -> None:
    plan = a_plan(frequency=months(3), planned_on=JANUARY_1)

    assert next_contact_on(plan) == JANUARY_1
    assert code_of(suggestion(plan, [], as_of=as_of)) == (True, "never_contacted")


def test_never_contacted_and_no_day_known_is_suggested_on_the_day_of_asking() -> None:
    found = suggestion(a_plan(frequency=days(30)), [], as_of=JANUARY_1)

    assert isinstance(found, Due)
    assert found.since_on == JANUARY_1
    assert next_contact_on(a_plan(frequency=days(30))) is None


@pytest.mark.parametrize(("as_of", "due"), [(date(2026, 1, 30), False), (date(2026, 1, 31), False), (date(2026, 2, 1), True)])
def test_an_option_measures_from_the_day_of_creation(as_of: date, due: bool) -> None:
    policy = ContactPolicy(measure_from_creation=True)
    plan = a_plan(frequency=days(30), planned_on=date(2026, 3, 1))

    found = suggestion(plan, [], as_of=as_of, policy=policy, created_on=JANUARY_1)

    assert code_of(found) == ((True, "never_contacted") if due else (False, "not_before"))


def test_measured_from_creation_without_that_day_it_is_the_day_of_planning() -> None:
    policy = ContactPolicy(measure_from_creation=True)

    assert next_contact_on(a_plan(frequency=days(30), planned_on=JANUARY_1), policy=policy) == date(2026, 2, 1)
    assert next_contact_on(a_plan(frequency=days(30)), policy=policy) is None


@pytest.mark.parametrize(
    ("last_contact_on", "next_on"),
    [(date(2026, 2, 10), date(2026, 3, 1)), (date(2026, 2, 28), date(2026, 4, 1)), (date(2026, 3, 1), date(2026, 4, 1))],
)
def test_a_series_from_the_former_deadline_keeps_its_anchor_day(last_contact_on: date, next_on: date) -> None:
    plan = a_plan(frequency=months(1), counted_from="deadline", planned_on=date(2026, 1, 31), last_contact_on=last_contact_on)

    assert next_contact_on(plan) == next_on


@given(some_days, some_days, intervals)
def test_the_next_deadline_of_a_series_is_the_first_after_the_last_contact(anchor: date, contact: date, frequency: Interval) -> None:
    plan = a_plan(frequency=frequency, counted_from="deadline", planned_on=anchor, last_contact_on=contact)
    times = next(times for times in range(1, 20_000) if frequency.after(anchor, times=times) > contact)

    assert next_contact_on(plan) == frequency.after(anchor, times=times) + timedelta(days=1)


def test_a_series_without_an_anchor_counts_from_the_contact() -> None:
    assert next_contact_on(a_plan(frequency=days(30), counted_from="deadline", last_contact_on=JANUARY_1)) == date(2026, 2, 1)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2026, 2, 9), (False, "not_before")),
        (date(2026, 2, 10), (True, "frequency_passed")),
        (date(2026, 2, 11), (True, "frequency_passed")),
    ],
)
def test_a_postponed_suggestion_is_silent_until_its_day(as_of: date, expected: tuple[bool, str]) -> None:
    plan = a_plan(frequency=days(30), last_contact_on=JANUARY_1, postponed_to=date(2026, 2, 10))

    assert code_of(suggestion(plan, [], as_of=as_of)) == expected


def test_postponing_to_an_earlier_day_changes_nothing() -> None:
    assert next_contact_on(a_plan(frequency=days(30), last_contact_on=JANUARY_1, postponed_to=date(2026, 1, 10))) == date(2026, 2, 1)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2026, 2, 9), (True, "frequency_passed")),
        (date(2026, 2, 10), (True, "frequency_passed")),
        (date(2026, 2, 11), (False, "plan_ended")),
    ],
)
def test_a_plan_ends_after_its_last_day(as_of: date, expected: tuple[bool, str]) -> None:
    assert (
        code_of(suggestion(a_plan(frequency=days(30), last_contact_on=JANUARY_1, ends_on=date(2026, 2, 10)), [], as_of=as_of)) == expected
    )


def test_a_contact_that_would_come_after_the_end_never_comes() -> None:
    assert next_contact_on(a_plan(frequency=days(30), last_contact_on=JANUARY_1, ends_on=date(2026, 1, 31))) is None
    assert next_contact_on(a_plan(frequency=days(30), last_contact_on=JANUARY_1, ends_on=date(2026, 2, 1))) == date(2026, 2, 1)


# Rules 1 and 3: recalls


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2026, 3, 9), (False, "recall_planned")),
        (date(2026, 3, 10), (True, "recall_due")),
        (date(2026, 3, 11), (True, "recall_overdue")),
        (date(2027, 1, 1), (True, "recall_overdue")),
    ],
)
def test_a_recall_is_due_from_its_day_on_and_stays_overdue(as_of: date, expected: tuple[bool, str]) -> None:
    assert code_of(suggestion(a_plan(), [a_recall(date(2026, 3, 10))], as_of=as_of)) == expected


@pytest.mark.parametrize("state", ["done", "cancelled"])
def test_a_completed_or_cancelled_recall_is_off_the_list(state: Any) -> None:
    assert isinstance(suggestion(a_plan(), [a_recall(JANUARY_1, state=state)], as_of=JANUARY_1), NotDue)


def test_a_future_recall_silences_the_suggestion() -> None:
    overdue = a_plan(frequency=days(30), last_contact_on=date(2025, 1, 1))

    assert code_of(suggestion(overdue, [a_recall(date(2026, 1, 2))], as_of=JANUARY_1)) == (False, "recall_planned")
    assert code_of(suggestion(overdue, [a_recall(date(2026, 1, 2), state="cancelled")], as_of=JANUARY_1)) == (True, "frequency_passed")


def test_a_due_recall_is_listed_as_a_recall_even_beside_an_overdue_frequency() -> None:
    overdue = a_plan(frequency=days(30), last_contact_on=date(2025, 1, 1))

    assert code_of(suggestion(overdue, [a_recall(date(2026, 5, 1)), a_recall(JANUARY_1)], as_of=JANUARY_1)) == (True, "recall_due")


def test_the_time_of_a_recall_is_in_its_reason() -> None:
    found = suggestion(a_plan(), [a_recall(JANUARY_1, due_time=time(14, 30))], as_of=JANUARY_1)

    assert found.reason.text("de") == "Wiederanruf heute um 14:30"


# Rule 4: what an interaction changes


def test_a_contact_raises_the_count_and_moves_the_last_contact_forward() -> None:
    plan = after_interaction(a_plan(postponed_to=date(2026, 3, 1)), a_call(JANUARY_1), on=JANUARY_1)

    assert (plan.contact_count, plan.last_contact_on, plan.postponed_to) == (1, JANUARY_1, None)


def test_a_back_dated_contact_only_counts() -> None:
    before = a_plan(contact_count=1, last_contact_on=JANUARY_1, postponed_to=date(2026, 3, 1))

    plan = after_interaction(before, a_call(date(2025, 12, 31)), on=date(2025, 12, 31))

    assert plan == attrs.evolve(before, contact_count=2)


def test_an_attempt_has_a_count_of_its_own() -> None:
    assert after_interaction(a_plan(), a_call(JANUARY_1, reached=False), on=JANUARY_1) == a_plan(attempt_count=1)


def test_what_a_machine_filed_does_not_count() -> None:
    assert after_interaction(a_plan(), a_call(JANUARY_1, automatic=True), on=JANUARY_1) == a_plan()


@pytest.mark.parametrize(
    ("counts", "fields"), [(ContactCounts(attempts=True), {"reached": False}), (ContactCounts(automatic=True), {"automatic": True})]
)
def test_what_counts_is_a_policy(counts: ContactCounts, fields: dict[str, Any]) -> None:
    plan = after_interaction(a_plan(), a_call(JANUARY_1, **fields), on=JANUARY_1, policy=ContactPolicy(counts=counts))

    assert (plan.contact_count, plan.attempt_count) == (1, 0)


@given(st.lists(some_days, min_size=1, max_size=8))
def test_count_and_last_contact_do_not_depend_on_the_order_of_recording(contacts: list[date]) -> None:
    plan = a_plan()
    for day in contacts:
        plan = after_interaction(plan, a_call(day), on=day)

    assert (plan.contact_count, plan.last_contact_on) == (len(contacts), max(contacts))


# Rule 5: frequency by class


def test_each_class_has_its_own_gap_and_all_others_the_rest() -> None:
    policy = ContactPolicy(by_class={"A": days(30), "B": Gap(days(60), ideal=days(45))}, otherwise=days(90))
    plan = a_plan(last_contact_on=JANUARY_1)

    found = [next_contact_on(plan, policy=policy, abc_class=abc_class) for abc_class in ("A", "B", "C", None)]

    assert found == [date(2026, 2, 1), date(2026, 3, 3), date(2026, 4, 2), date(2026, 4, 2)]


def test_a_party_s_own_frequency_wins() -> None:
    policy = ContactPolicy(by_class={"A": Gap(days(30), ideal=days(20))})

    assert next_contact_on(a_plan(frequency=days(7), last_contact_on=JANUARY_1), policy=policy, abc_class="A") == date(2026, 1, 9)


@pytest.mark.parametrize(
    ("as_of", "light"),
    [(date(2026, 1, 21), "green"), (date(2026, 1, 22), "amber"), (date(2026, 1, 31), "amber"), (date(2026, 2, 1), "red")],
)
def test_the_light_is_amber_after_the_ideal_gap_and_red_after_the_longest(as_of: date, light: str) -> None:
    policy = ContactPolicy(by_class={"A": Gap(days(30), ideal=days(20))})

    assert contact_light(a_plan(last_contact_on=JANUARY_1), policy=policy, abc_class="A", as_of=as_of) == light


@pytest.mark.parametrize(("as_of", "light"), [(date(2026, 1, 24), "amber"), (date(2026, 1, 25), "amber"), (date(2026, 1, 26), "green")])
def test_the_light_is_amber_up_to_the_last_day_of_the_plan(as_of: date, light: str) -> None:
    plan = ContactPlan(party_id="C-1", last_contact_on=date(2026, 1, 1), ends_on=date(2026, 1, 25))

    assert contact_light(plan, policy=ContactPolicy(otherwise=Gap(days(30), ideal=days(20))), as_of=as_of) == light


def test_the_light_ignores_silence() -> None:
    postponed = a_plan(frequency=days(30), last_contact_on=JANUARY_1, postponed_to=date(2026, 12, 1))

    assert contact_light(postponed, policy=ContactPolicy(), as_of=date(2026, 2, 1)) == "red"


def test_without_a_gap_the_light_is_green() -> None:
    assert contact_light(a_plan(last_contact_on=date(1990, 1, 1)), policy=ContactPolicy(), as_of=JANUARY_1) == "green"
    assert contact_light(a_plan(frequency=days(30), last_contact_on=JANUARY_1), policy=ContactPolicy(), as_of=JANUARY_1) == "green"


def test_never_contacted_is_red_from_the_first_day() -> None:
    assert contact_light(a_plan(frequency=days(30)), policy=ContactPolicy(), as_of=JANUARY_1, created_on=JANUARY_1) == "red"


@pytest.mark.parametrize("fields", [{"by_class": {"D": days(1)}}, {"by_class": {"A": 30}}, {"otherwise": 30}])
def test_a_policy_that_cannot_be_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        ContactPolicy(**fields)


@pytest.mark.parametrize("gap", [(30,), (days(30), 20)])
def test_a_gap_is_made_of_intervals(gap: Any) -> None:
    with pytest.raises(InvalidValueError, match=r"an? Interval"):
        Gap(*gap)


@pytest.mark.parametrize("wrong", [None, "C-17", days(30)])
def test_a_plan_must_be_a_plan(wrong: Any) -> None:
    with pytest.raises(InvalidValueError, match="plan"):
        next_contact_on(wrong)
    with pytest.raises(InvalidValueError, match="plan"):
        contact_light(wrong, policy=ContactPolicy(), as_of=date(2026, 1, 1))
    with pytest.raises(InvalidValueError, match="plan"):
        suggestion(wrong, [], as_of=date(2026, 1, 1))


@pytest.mark.parametrize("wrong", [None, [3]])
def test_recalls_must_be_recalls(wrong: Any) -> None:
    with pytest.raises(InvalidValueError, match="recalls"):
        suggestion(ContactPlan(party_id="C-17"), wrong, as_of=date(2026, 1, 1))


def test_a_frequency_without_a_unit_is_refused_with_the_fix() -> None:
    with pytest.raises(InvalidValueError, match=r"days\(30\)"):
        ContactPlan(party_id="C-17", frequency=30)  # type: ignore[arg-type]


def test_a_policy_by_class_is_a_mapping() -> None:
    with pytest.raises(InvalidValueError, match=r"by_class='list'.*a mapping"):
        ContactPolicy(by_class=[days(30)])  # type: ignore[arg-type]
