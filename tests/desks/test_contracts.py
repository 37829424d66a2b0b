"""Contracts at the desk: renewed, cancelled, and listed before it is too late."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmkit import Crm, days, months
from crmkit.entities import Contract, Party
from crmkit.errors import InvalidValueError, NotStoredError, StateMoveError

if TYPE_CHECKING:
    from tests.desks.conftest import Clock, HistoryOf


def a_contract(id: str = "V-1", **fields: Any) -> Contract:
    defaults: dict[str, Any] = {"starts_on": date(2025, 4, 1), "term": months(12), "notice": months(3)}
    return Contract(id=id, party_id="C-17", title="press", **defaults | fields)


def test_a_renewed_contract_runs_for_one_more_term(crm: Crm) -> None:
    crm.add(a_contract())

    renewed = crm.contracts.renew("V-1")

    assert (renewed.renewals, renewed.last_day, renewed.version) == (1, date(2027, 3, 31), 2)
    assert crm.get(Contract, "V-1") == renewed


def test_notice_is_given_on_the_local_day_of_the_verb(crm: Crm, clock: Clock) -> None:
    crm.add(a_contract(), a_contract("V-2"))
    assert crm.contracts.cancel("V-1", because="price", at=datetime(2025, 12, 31, 22, 59, tzinfo=UTC)).ended_on == date(2026, 3, 31)

    clock.now = datetime(2026, 1, 1, 23, tzinfo=UTC)
    late = crm.contracts.cancel("V-2", because="price")

    assert (late.cancelled_on, late.ended_on, late.reason) == (date(2026, 1, 2), date(2027, 3, 31), "price")


def test_another_end_can_be_agreed(crm: Crm) -> None:
    crm.add(a_contract())

    assert crm.contracts.cancel("V-1", because="moved", ends_on=date(2026, 1, 31)).last_day == date(2026, 1, 31)


def test_a_cancelled_contract_stays_cancelled(crm: Crm) -> None:
    crm.add(a_contract())
    crm.contracts.cancel("V-1", because="price")

    with pytest.raises(StateMoveError):
        crm.contracts.cancel("V-1", because="price")
    with pytest.raises(StateMoveError):
        crm.contracts.renew("V-1")


@pytest.mark.parametrize(("day", "listed"), [(date(2025, 12, 30), []), (date(2025, 12, 31), ["V-1"]), (date(2026, 1, 1), ["V-1"])])
def test_a_contract_is_due_on_the_last_day_for_notice(crm: Crm, day: date, listed: list[str]) -> None:
    crm.add(a_contract(), a_contract("V-2", term=None))

    assert [contract.id for contract in crm.contracts.due(by=day)] == listed


def test_the_due_ones_are_listed_the_earliest_first(crm: Crm) -> None:
    crm.add(a_contract("late", starts_on=date(2025, 6, 1), employee_id="ben"), a_contract("early"), a_contract("ends", automatic=False))
    crm.contracts.cancel("early", because="price")

    assert [contract.id for contract in crm.contracts.due(by=days(200))] == ["late", "ends"]
    assert [contract.id for contract in crm.contracts.due(by=days(200), employee_id="ben")] == ["late"]


def test_those_that_renew_themselves_are_renewed_once_notice_is_too_late(crm: Crm, clock: Clock) -> None:
    crm.add(
        a_contract("today", starts_on=date(2025, 4, 2)),
        a_contract("over", starts_on=date(2025, 4, 1)),
        a_contract("long over", starts_on=date(2020, 4, 1)),
    )
    crm.add(a_contract("by hand", automatic=False, starts_on=date(2020, 1, 1)))

    clock.move_to(date(2026, 1, 1))
    crm.contracts.renew_due()
    crm.contracts.renew_due()

    ends = {id: crm.get(Contract, id).last_day for id in ("today", "over", "long over", "by hand")}
    assert ends == {
        "today": date(2026, 4, 1),
        "over": date(2027, 3, 31),
        "long over": date(2027, 3, 31),
        "by hand": date(2020, 12, 31),
    }


def test_what_is_to_be_decided_stands_in_the_timeline_of_the_party(crm: Crm) -> None:
    crm.add(a_contract(starts_on=date(2026, 1, 1)))

    (coming,) = [entry for entry in crm.timeline("C-17", kinds=["contract"]) if entry.planned]
    assert (coming.about.id, coming.summary, coming.happened_at) == ("V-1", "press", datetime(2026, 9, 29, 22, tzinfo=UTC))
    crm.contracts.cancel("V-1", because="price")
    assert [entry.planned for entry in crm.timeline("C-17", kinds=["contract"])] == [False, False]


def test_renewal_and_notice_are_in_the_history(crm: Crm, history_of: HistoryOf) -> None:
    crm.add(a_contract())
    crm.contracts.renew_due()
    crm.contracts.renew("V-1")
    crm.contracts.cancel("V-1", because="price")

    assert [(entry.verb, entry.summary) for entry in history_of() if entry.kind == "contract"] == [
        ("add", None),
        ("contracts.renew_due", "press: renewed until 2027-03-31"),
        ("contracts.renew", "press: renewed until 2028-03-31"),
        ("contracts.cancel", "press: cancelled, ends on 2028-03-31"),
    ]


def test_plain_fields_change_but_its_end_changes_by_verbs(crm: Crm) -> None:
    crm.add(a_contract())
    stored = crm.get(Contract, "V-1")

    assert crm.change(attrs.evolve(stored, title="other press", notice=months(1))).due_on == date(2026, 2, 28)
    with pytest.raises(InvalidValueError, match="changes by a verb of its own"):
        crm.change(attrs.evolve(crm.get(Contract, "V-1"), renewals=7))


def test_a_contract_is_with_somebody(crm: Crm) -> None:
    with pytest.raises(NotStoredError, match="no party"):
        crm.add(attrs.evolve(a_contract(), party_id="C-99"))
    with pytest.raises(NotStoredError, match="no contract with id 'V-99'"):
        crm.contracts.renew("V-99")
    crm.add(Party(id="C-99", name="x", created_on=date(2026, 1, 1)), attrs.evolve(a_contract(), party_id="C-99"))
