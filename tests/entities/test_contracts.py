"""Contracts: terms, renewals and notice, counted from the first day and clamped at month ends."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Interval, Money, days, months, weeks
from crmkit.entities import Contract
from crmkit.errors import InvalidValueError, StateMoveError


def a_contract(**fields: Any) -> Contract:
    defaults: dict[str, Any] = {"title": "press", "starts_on": date(2026, 1, 1), "term": months(12), "notice": months(3)}
    return Contract(id="V-1", party_id="C-17", **defaults | fields)


def test_a_year_ends_on_the_day_before_it_began() -> None:
    contract = a_contract()

    assert (contract.last_day, contract.renews_on) == (date(2026, 12, 31), date(2027, 1, 1))
    assert contract.renewed().last_day == date(2027, 12, 31)


def test_month_ends_are_clamped_from_the_first_day_and_do_not_drift() -> None:
    contract = a_contract(starts_on=date(2026, 1, 31), term=months(1), notice=None)
    found = []
    for _ in range(4):
        found.append(contract.renews_on)
        contract = contract.renewed()

    assert found == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)]


def test_a_renewal_can_be_shorter_than_the_term() -> None:
    contract = a_contract(term=months(24), renewal=months(1))

    assert contract.renews_on == date(2028, 1, 1)
    assert [contract.renewed().renews_on, contract.renewed().renewed().renews_on] == [date(2028, 2, 1), date(2028, 3, 1)]


@pytest.mark.parametrize(
    ("notice", "last"),
    [
        (months(3), date(2026, 9, 30)),
        (months(1), date(2026, 11, 30)),
        (days(30), date(2026, 12, 1)),
        (days(1), date(2026, 12, 30)),
        (weeks(2), date(2026, 12, 17)),
        (None, date(2026, 12, 31)),
        (months(13), date(2025, 11, 30)),
    ],
)
def test_notice_is_added_forwards_and_must_end_within_the_term(notice: Interval | None, last: date) -> None:
    assert a_contract(notice=notice).notice_by == last


@given(
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.builds(Interval, months=st.integers(0, 36), days=st.integers(1, 100)),
    st.builds(Interval, months=st.integers(0, 18), days=st.integers(1, 100)),
    st.integers(0, 20),
)
def test_the_last_day_for_notice_is_the_latest_that_fits(starts_on: date, term: Interval, notice: Interval, renewals: int) -> None:
    contract = a_contract(starts_on=starts_on, term=term, notice=notice, renewals=renewals)
    last, by = contract.last_day, contract.notice_by

    assert last is not None
    assert by is not None
    assert notice.after(by) <= last < notice.after(by + timedelta(days=1))


@pytest.mark.parametrize(
    ("on", "ends"),
    [
        (date(2026, 9, 29), date(2026, 12, 31)),
        (date(2026, 9, 30), date(2026, 12, 31)),
        (date(2026, 10, 1), date(2027, 12, 31)),
        (date(2028, 10, 1), date(2029, 12, 31)),
    ],
)
def test_notice_that_comes_too_late_ends_it_one_term_later(on: date, ends: date) -> None:
    cancelled = a_contract().cancelled(on=on, because="price")

    assert (cancelled.state, cancelled.cancelled_on, cancelled.ended_on, cancelled.last_day) == ("cancelled", on, ends, ends)
    assert (cancelled.renews_on, cancelled.notice_by, cancelled.due_on) == (None, None, None)


def test_what_does_not_renew_itself_ends_with_its_term_whenever_notice_is_given() -> None:
    contract = a_contract(automatic=False)

    assert contract.cancelled(on=date(2026, 12, 1), because="x").last_day == date(2026, 12, 31)
    assert contract.due_on == date(2026, 12, 31)
    assert a_contract().due_on == date(2026, 9, 30)


def test_without_a_term_it_runs_until_the_notice_is_over() -> None:
    contract = a_contract(term=None, notice=months(1))

    assert (contract.last_day, contract.notice_by, contract.due_on) == (None, None, None)
    assert contract.cancelled(on=date(2026, 1, 31), because="x").last_day == date(2026, 2, 28)
    assert a_contract(term=None, notice=None).cancelled(on=date(2026, 1, 31), because="x").last_day == date(2026, 1, 31)
    with pytest.raises(InvalidValueError, match="runs until notice is given"):
        contract.renewed()


def test_another_last_day_can_be_agreed() -> None:
    assert a_contract().cancelled(on=date(2026, 2, 1), because="x", ends_on=date(2026, 2, 15)).last_day == date(2026, 2, 15)
    with pytest.raises(InvalidValueError, match="from its first one on"):
        a_contract().cancelled(on=date(2026, 2, 1), because="x", ends_on=date(2025, 12, 31))


def test_what_is_cancelled_neither_renews_nor_is_cancelled_again() -> None:
    cancelled = a_contract().cancelled(on=date(2026, 2, 1), because="x")

    with pytest.raises(StateMoveError, match="from 'cancelled' to 'renewed'"):
        cancelled.renewed()
    with pytest.raises(StateMoveError, match="from 'cancelled' to 'cancelled'"):
        cancelled.cancelled(on=date(2026, 2, 1), because="x")


@pytest.mark.parametrize(
    ("contract", "runs"),
    [
        (a_contract(), [False, True, True, True]),
        (a_contract(automatic=False), [False, True, True, False]),
        (a_contract().cancelled(on=date(2026, 5, 1), because="x"), [False, True, True, False]),
    ],
    ids=["renews itself", "does not renew itself", "cancelled"],
)
def test_it_runs_from_its_first_to_its_last_day(contract: Contract, runs: list[bool]) -> None:
    four_days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)]

    assert [contract.runs_on(day) for day in four_days] == runs


@pytest.mark.parametrize(
    "fields",
    [
        {"term": None, "renewal": months(1)},
        {"term": None, "renewals": 1},
        {"term": 12},
        {"renewals": -1},
        {"state": "ended"},
        {"state": "cancelled"},
        {"ended_on": date(2026, 2, 1)},
        {"amount": 12},
        {"title": ""},
        {"automatic": "yes"},
    ],
)
def test_a_contract_that_cannot_be_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        a_contract(**fields)


def test_its_worth_is_money() -> None:
    assert a_contract(amount=Money.of(10, "EUR")).amount == Money.of(10, "EUR")
