"""Whom a policy has contacted how often, what counts, and when nobody is to be contacted."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from crmkit import Interval, Period, days, months
from crmkit.entities import ContactPlan, Interaction, OpenHours, Party, Recall, Recurrence, structure, unstructure
from crmkit.errors import InvalidValueError
from crmkit.scheduling import ContactCounts, ContactPolicy, Due, Gap, NotDue, contact_light, next_contact_on, quiet_at, quiet_on, suggestion
from crmkit.scheduling.contact_plans import after_interaction
from crmkit.scheduling.rule_texts import rule_text

JANUARY_1 = date(2026, 1, 1)
MONDAYS = Recurrence("FREQ=WEEKLY;BYDAY=MO", date(2026, 1, 5))


def a_plan(**fields: Any) -> ContactPlan:
    return ContactPlan(party_id="C-17", **fields)


def a_party(**fields: Any) -> Party:
    given: dict[str, Any] = {"id": "C-17", "name": "Müller", "created_on": JANUARY_1}
    return Party(**given | fields)


def code_of(found: Due | NotDue) -> tuple[bool, str]:
    return isinstance(found, Due), found.reason.code


# Precedence


POLICY = ContactPolicy(
    by_tag={"VIP": days(1), "Messe": days(2)},
    by_class={"A": days(3)},
    by_role={"customer": days(4), "supplier": days(5)},
    by_owner={"anna": days(6)},
    otherwise=days(7),
)


@pytest.mark.parametrize(
    ("fields", "gap"),
    [
        ({}, 7),
        ({"owner_id": "ben"}, 7),
        ({"owner_id": "anna"}, 6),
        ({"owner_id": "anna", "roles": "supplier"}, 5),
        ({"roles": ["supplier", "customer"]}, 4),
        ({"roles": "customer", "manual_class": "B"}, 4),
        ({"roles": "customer", "manual_class": "A"}, 3),
        ({"manual_class": "A", "tags": ["Messe"]}, 2),
        ({"tags": ["Messe", "VIP"]}, 1),
        ({"tags": ["VIP 2"]}, 7),
    ],
)
def test_of_tag_class_role_and_owner_the_first_that_fits_decides(fields: dict[str, Any], gap: int) -> None:
    plan = a_plan(last_contact_on=JANUARY_1)

    assert next_contact_on(plan, policy=POLICY, party=a_party(**fields)) == JANUARY_1 + timedelta(days=gap + 1)


def test_a_party_s_own_frequency_wins_over_its_tag() -> None:
    plan = a_plan(frequency=days(90), last_contact_on=JANUARY_1)

    assert next_contact_on(plan, policy=POLICY, party=a_party(tags="VIP")) == date(2026, 4, 2)


def test_the_ideal_gap_of_the_policy_stays_with_a_party_s_own_frequency() -> None:
    policy = ContactPolicy(by_tag={"VIP": Gap(days(9), ideal=days(3))})
    plan = a_plan(frequency=days(30), last_contact_on=JANUARY_1)

    lights = [contact_light(plan, policy=policy, as_of=date(2026, 1, day), party=a_party(tags="VIP")) for day in (4, 5, 31)]

    assert lights == ["green", "amber", "amber"]
    assert contact_light(plan, policy=policy, as_of=date(2026, 2, 1), party=a_party(tags="VIP")) == "red"


def test_class_and_day_of_creation_are_taken_from_the_party() -> None:
    policy = ContactPolicy(by_class={"A": days(3)}, measure_from_creation=True)

    assert next_contact_on(a_plan(), policy=policy, party=a_party(manual_class="A")) == date(2026, 1, 5)


@pytest.mark.parametrize(
    "fields",
    [
        {"by_role": {"prospect": days(3)}},
        {"by_tag": {"VIP": 3}},
        {"by_tag": {"": days(3)}},
        {"by_owner": {"anna": "weekly"}},
        {"retry_after": 3},
        {"holidays": 15},
    ],
)
def test_a_policy_that_cannot_be_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        ContactPolicy(**fields)


# Rules (RFC 5545)


@pytest.mark.parametrize(("as_of", "due"), [(date(2026, 1, 11), False), (date(2026, 1, 12), True), (date(2026, 1, 13), True)])
def test_a_rule_names_the_day_itself(as_of: date, due: bool) -> None:
    plan = a_plan(frequency=MONDAYS, last_contact_on=date(2026, 1, 6))

    found = suggestion(plan, [], as_of=as_of)

    assert isinstance(found, Due) is due
    assert not due or (found.reason.code, found.reason.text("de")) == (
        *("series_due", "am 12.01.2026 zu kontaktieren: jede Woche am Montag"),
    )


def test_a_rule_begins_with_its_first_day() -> None:
    assert next_contact_on(a_plan(frequency=MONDAYS)) == date(2026, 1, 5)
    assert next_contact_on(a_plan(frequency=MONDAYS, last_contact_on=date(2025, 6, 1))) == date(2026, 1, 5)


def test_a_missed_day_stays_due_and_the_light_turns_red_the_day_after() -> None:
    plan = a_plan(frequency=MONDAYS, last_contact_on=date(2026, 1, 6))

    assert [contact_light(plan, policy=POLICY, as_of=date(2026, 1, day)) for day in (12, 13)] == ["green", "red"]
    assert code_of(suggestion(plan, [], as_of=date(2026, 1, 20))) == (True, "series_due")


@pytest.mark.parametrize(("counted_from", "next_on"), [("contact", date(2026, 1, 21)), ("deadline", date(2026, 1, 19))])
def test_a_rule_counts_from_the_contact_or_keeps_its_days(counted_from: Any, next_on: date) -> None:
    every_other_week = Recurrence("FREQ=WEEKLY;INTERVAL=2", date(2026, 1, 5))

    assert next_contact_on(a_plan(frequency=every_other_week, counted_from=counted_from, last_contact_on=date(2026, 1, 7))) == next_on


def test_a_rule_that_has_ended_is_none_any_more() -> None:
    ended = a_plan(frequency=Recurrence("FREQ=DAILY;UNTIL=20260110", JANUARY_1), last_contact_on=date(2026, 1, 10))

    assert next_contact_on(ended) is None
    assert code_of(suggestion(ended, [], as_of=date(2026, 2, 1))) == (False, "no_frequency")
    assert next_contact_on(ended, policy=POLICY) == date(2026, 1, 18)
    assert code_of(suggestion(ended, [], as_of=date(2026, 2, 1), policy=POLICY)) == (True, "frequency_passed")


def test_a_rule_can_be_postponed_and_ends_with_the_plan() -> None:
    postponed = a_plan(frequency=MONDAYS, last_contact_on=date(2026, 1, 6), postponed_to=date(2026, 1, 14))

    assert [code_of(suggestion(postponed, [], as_of=date(2026, 1, day))) for day in (13, 14)] == [
        (False, "not_before"),
        (True, "series_due"),
    ]
    assert next_contact_on(a_plan(frequency=MONDAYS, last_contact_on=date(2026, 1, 6), ends_on=date(2026, 1, 11))) is None


@pytest.mark.parametrize(
    "rule",
    [
        *(
            "FREQ=HOURLY",
            "FREQ=DAILY;BYHOUR=9",
            "every Monday",
            "",
            "FREQ=DAILY;INTERVAL=0",
            "FREQ=DAILY;INTERVAL=-1",
            "FREQ=DAILY;INTERVAL=x",
        ),
        *("FREQ=DAILY;UNTIL=20251231", "FREQ=DAILY;UNTIL=20260131T000000Z", "FREQ=DAILY;COUNT=0", "FREQ=WEEKLY;BYDAY=XX"),
    ],
)
def test_what_is_no_rule_of_days_is_refused(rule: str) -> None:
    with pytest.raises(InvalidValueError, match="rule"):
        Recurrence(rule, JANUARY_1)


def test_a_rule_that_starts_anew_with_each_contact_cannot_be_counted() -> None:
    ten_times = Recurrence("FREQ=WEEKLY;COUNT=10", JANUARY_1)

    with pytest.raises(InvalidValueError, match="COUNT"):
        a_plan(frequency=ten_times)
    assert a_plan(frequency=ten_times, counted_from="deadline").series_on() == JANUARY_1


def test_a_plan_with_a_rule_and_wishes_comes_back_from_its_json_form() -> None:
    plan = a_plan(frequency=MONDAYS, quiet=Period.month(2026, 8), reachable=[OpenHours(0, time(9), time(12))], zone="America/New_York")

    assert structure(ContactPlan, unstructure(plan)) == plan


@pytest.mark.parametrize(
    ("rule", "english", "german"),
    [
        ("FREQ=DAILY", "every day", "jeden Tag"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR", "every 2 weeks on Monday and Friday", "alle 2 Wochen am Montag und Freitag"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "every month on day 15", "jeden Monat am 15."),
        ("FREQ=MONTHLY;BYDAY=-1FR", "every month on last Friday", "jeden Monat am letzten Freitag"),
        ("FREQ=MONTHLY;BYDAY=-2FR", "by the rule FREQ=MONTHLY;BYDAY=-2FR", "nach der Regel FREQ=MONTHLY;BYDAY=-2FR"),
        ("FREQ=YEARLY;BYMONTH=3", "by the rule FREQ=YEARLY;BYMONTH=3", "nach der Regel FREQ=YEARLY;BYMONTH=3"),
    ],
)
def test_a_rule_is_said_in_words(rule: str, english: str, german: str) -> None:
    recurrence = Recurrence(rule, JANUARY_1)

    assert (rule_text(recurrence), rule_text(recurrence, "de")) == (english, german)


# What counts, and attempts


def a_call(**fields: Any) -> Interaction:
    given: dict[str, Any] = {"id": "1", "party_id": "C-17", "happened_at": datetime(2026, 1, 5, 12, tzinfo=UTC), "kind": "phone"}
    return Interaction(**given | fields)


@pytest.mark.parametrize(
    ("counts", "fields", "expected"),
    [
        (ContactCounts(kinds="visit"), {}, False),
        (ContactCounts(kinds=["visit", "phone"]), {}, True),
        (ContactCounts(direction="in"), {}, False),
        (ContactCounts(direction="in"), {"direction": "in"}, True),
        (ContactCounts(direction="out"), {"direction": "in"}, False),
    ],
)
def test_kinds_and_directions_can_be_chosen(counts: ContactCounts, fields: dict[str, Any], expected: bool) -> None:
    assert counts.is_contact(a_call(**fields)) is expected


def test_a_direction_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="direction"):
        ContactCounts(direction="up")  # type: ignore[arg-type]


@pytest.mark.parametrize(("as_of", "due"), [(date(2026, 1, 5), False), (date(2026, 1, 6), False), (date(2026, 1, 7), True)])
def test_after_an_attempt_the_suggestion_rests_as_the_policy_says(as_of: date, due: bool) -> None:
    policy = ContactPolicy(otherwise=days(1), retry_after=days(2))
    tried = after_interaction(a_plan(last_contact_on=date(2025, 12, 1)), a_call(reached=False), on=date(2026, 1, 5), policy=policy)

    assert tried.attempt_count == 1
    assert isinstance(suggestion(tried, [], as_of=as_of, policy=policy), Due) is due


def test_an_attempt_does_not_shorten_a_longer_rest() -> None:
    policy = ContactPolicy(retry_after=days(2))
    postponed = a_plan(postponed_to=date(2026, 3, 1))

    assert after_interaction(postponed, a_call(reached=False), on=date(2026, 1, 5), policy=policy).postponed_to == date(2026, 3, 1)
    assert after_interaction(a_plan(), a_call(reached=False), on=date(2026, 1, 5)).postponed_to is None


# Quiet


@pytest.mark.parametrize(
    ("as_of", "due"), [(date(2026, 7, 31), True), (date(2026, 8, 1), False), (date(2026, 8, 31), False), (date(2026, 9, 1), True)]
)
def test_a_party_that_wishes_quiet_is_left_alone_for_those_days(as_of: date, due: bool) -> None:
    plan = a_plan(frequency=days(30), last_contact_on=JANUARY_1, quiet=Period.month(2026, 8))

    found = suggestion(plan, [], as_of=as_of)

    assert isinstance(found, Due) is due
    assert due or found.reason.text("de") == "wünscht keinen Kontakt bis 31.08.2026"


@pytest.mark.parametrize(("as_of", "due"), [(date(2026, 5, 13), True), (date(2026, 5, 14), False), (date(2026, 5, 15), True)])
def test_on_a_holiday_nobody_is_suggested(as_of: date, due: bool) -> None:
    policy = ContactPolicy(otherwise=days(30), holidays={date(2026, 5, 14)})

    found = suggestion(a_plan(last_contact_on=JANUARY_1), [], as_of=as_of, policy=policy)

    assert isinstance(found, Due) is due
    assert due or str(found.reason) == "2026-05-14 is a holiday"


def test_a_recall_was_promised_and_is_listed_all_the_same() -> None:
    policy = ContactPolicy(holidays={date(2026, 8, 3)})
    recall = Recall(id="W", party_id="C-17", due_on=date(2026, 8, 3))

    assert code_of(suggestion(a_plan(quiet=Period.month(2026, 8)), [recall], as_of=date(2026, 8, 3), policy=policy)) == (True, "recall_due")


def test_a_party_that_is_not_due_is_not_called_quiet() -> None:
    plan = a_plan(frequency=months(12), last_contact_on=JANUARY_1, quiet=Period.month(2026, 8))

    assert code_of(suggestion(plan, [], as_of=date(2026, 8, 3))) == (False, "contacted_recently")
    assert str(quiet_on(plan, date(2026, 8, 3))) == "wishes no contact up to 2026-08-31"


OFFICE = (OpenHours(0, time(9), time(12)), OpenHours(0, time(14), time(0)))


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-03-02T13:59", "to be reached on this day from 09:00 to 12:00, there it is 08:59"),
        ("2026-03-02T14:00", None),
        ("2026-03-02T16:59", None),
        ("2026-03-02T17:00", "to be reached on this day from 14:00 to 00:00, there it is 12:00"),
        ("2026-03-03T04:59", None),
        ("2026-03-03T05:00", "cannot be reached on this weekday (2026-03-03)"),
    ],
)
def test_office_hours_hold_in_the_time_zone_of_the_party(at: str, said: str | None) -> None:
    plan = a_plan(reachable=OFFICE, zone="America/New_York")

    reason = quiet_at(plan, datetime.fromisoformat(at).replace(tzinfo=UTC), zone="Europe/Berlin")

    assert (reason and str(reason)) == said


def test_without_a_zone_of_its_own_a_party_has_ours() -> None:
    plan = a_plan(reachable=OFFICE)

    assert quiet_at(plan, datetime(2026, 3, 2, 8, tzinfo=UTC), zone="Europe/Berlin") is None
    assert quiet_at(plan, datetime(2026, 3, 2, 7, 59, tzinfo=UTC), zone="Europe/Berlin") is not None


def test_holidays_and_wishes_come_before_office_hours() -> None:
    monday = datetime(2026, 3, 2, 8, tzinfo=UTC)
    policy = ContactPolicy(holidays={date(2026, 3, 2)})

    holiday, quiet = (
        quiet_at(a_plan(), monday, zone="UTC", policy=policy),
        quiet_at(a_plan(quiet=Period.month(2026, 3)), monday, zone="UTC"),
    )

    assert holiday is not None
    assert quiet is not None
    assert (holiday.code, quiet.code) == ("holiday", "quiet_time")


@pytest.mark.parametrize(
    "hours", [(7, time(9), time(12)), (0, time(12), time(9)), (0, time(9), time(9)), (0, time(9, tzinfo=UTC), time(12))]
)
def test_hours_that_are_none_are_refused(hours: tuple[Any, ...]) -> None:
    with pytest.raises(InvalidValueError):
        OpenHours(*hours)


@pytest.mark.parametrize("fields", [{"quiet": "August"}, {"zone": "Nowhere"}, {"reachable": ["nine"]}, {"frequency": "weekly"}])
def test_wishes_that_are_none_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        a_plan(**fields)


@pytest.mark.parametrize(
    ("ideal", "longest", "refused"),
    [
        (days(29), days(30), False),
        (days(30), days(30), False),
        (days(31), days(30), True),
        (months(1), days(28), False),
        (months(2), days(31), True),
        (days(60), months(2), False),
        (months(12), days(300), True),
    ],
)
def test_an_ideal_gap_longer_than_the_longest_is_refused(ideal: Interval, longest: Interval, refused: bool) -> None:
    if refused:
        with pytest.raises(InvalidValueError, match="ideal"):
            Gap(longest, ideal=ideal)
    else:
        assert Gap(longest, ideal=ideal).ideal == ideal


@pytest.mark.parametrize(("own", "ideal"), [(days(59), None), (days(60), days(60)), (days(61), days(60))])
def test_the_ideal_gap_of_the_policy_stays_with_an_own_frequency_unless_it_is_longer(own: Interval, ideal: Interval | None) -> None:
    policy = ContactPolicy(otherwise=Gap(days(90), ideal=days(60)))

    assert policy.gap_for(ContactPlan(party_id="C-1", frequency=own)) == Gap(own, ideal=ideal)
