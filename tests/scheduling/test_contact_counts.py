"""Count and last contact follow from the entries alone (rule 4)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crmkit.entities import ContactPlan, Interaction, OpeningBalance
from crmkit.scheduling import ContactCounts, ContactPolicy
from crmkit.scheduling.contact_counts import after_opening, recounted
from crmkit.scheduling.contact_plans import after_interaction

BERLIN = ZoneInfo("Europe/Berlin")
WRONG = ContactPlan(party_id="C-17", contact_count=99, attempt_count=99, last_contact_on=date(2030, 1, 1))


def contact(day: int, **fields: Any) -> Interaction:
    return Interaction(
        **{"id": str(day), "party_id": "C-17", "happened_at": datetime(2026, 1, day, 12, tzinfo=UTC), "kind": "phone", **fields}
    )


def counted(*interactions: Interaction, balances: Any = (), policy: ContactPolicy | None = None) -> tuple[int, int, date | None]:
    plan = recounted(WRONG, interactions, balances, zone=BERLIN, policy=policy)
    return plan.contact_count, plan.attempt_count, plan.last_contact_on


def test_what_the_plan_said_before_does_not_matter() -> None:
    assert counted() == (0, 0, None)
    assert counted(contact(3), contact(2)) == (2, 0, date(2026, 1, 3))


@pytest.mark.parametrize(("attempts", "expected"), [(False, (0, 1, None)), (True, (1, 0, date(2026, 1, 2)))])
def test_a_try_is_an_attempt_or_a_contact_as_the_policy_says(attempts: bool, expected: tuple[int, int, date | None]) -> None:
    assert counted(contact(2, reached=False), policy=ContactPolicy(counts=ContactCounts(attempts=attempts))) == expected


def test_what_a_machine_filed_is_neither() -> None:
    assert counted(contact(2, automatic=True)) == (0, 0, None)


def test_the_day_of_a_contact_is_local() -> None:
    assert counted(contact(2, happened_at=datetime(2026, 1, 2, 23, tzinfo=UTC)))[2] == date(2026, 1, 3)


@pytest.mark.parametrize("reached", [True, False])
def test_a_void_interaction_counts_nowhere(reached: bool) -> None:
    void = contact(2, reached=reached, voided_because="wrong customer")
    everything = ContactPolicy(counts=ContactCounts(attempts=True, automatic=True))

    assert counted(void) == counted(void, policy=everything) == (0, 0, None)
    assert not everything.counts.is_contact(void)
    assert after_interaction(WRONG, void, on=date(2031, 1, 1)) == WRONG


def test_valid_opening_balances_add_up() -> None:
    balances = [
        OpeningBalance(id="1", party_id="C-17", contact_count=3, last_contact_on=date(2026, 1, 5)),
        OpeningBalance(id="2", party_id="C-17", contact_count=4),
        OpeningBalance(id="3", party_id="C-17", contact_count=50, last_contact_on=date(2026, 1, 9), voided_because="twice"),
    ]

    assert counted(contact(2), balances=balances) == (8, 0, date(2026, 1, 5))


def test_counting_one_by_one_gives_the_same() -> None:
    entries = [contact(4), contact(2), contact(3, reached=False), contact(5, automatic=True)]
    plan = after_opening(ContactPlan(party_id="C-17"), balance := OpeningBalance(id="1", party_id="C-17", contact_count=3))
    for entry in entries:
        plan = after_interaction(plan, entry, on=entry.happened_at.date())

    assert plan == recounted(WRONG, entries, [balance], zone=BERLIN)


def test_a_void_opening_balance_changes_nothing() -> None:
    balance = OpeningBalance(id="1", party_id="C-17", contact_count=3, last_contact_on=date(2026, 1, 2), voided_because="typed twice")

    assert after_opening(WRONG, balance) == WRONG
