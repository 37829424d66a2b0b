"""Recording an interaction (rule 4): everything that follows from it happens in the same transaction."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import pytest

from crmkit import Crm, Scope, Settings, days, weeks
from crmkit.conditions import Condition
from crmkit.entities import Commitment, ContactPlan, Interaction, Party, Recall
from crmkit.errors import InvalidValueError, KeyReusedError, NotStoredError
from crmkit.scheduling import ContactCounts, ContactPolicy
from crmkit.store import Query

if TYPE_CHECKING:
    from crmkit.store import Store
    from tests.desks.conftest import Clock, HistoryOf


def recalls_of(store: Store, party_id: str = "C-17") -> dict[str, Recall]:
    with store.transaction("acme", write=False) as transaction:
        return {recall.id: recall for recall in transaction.find(Query(Recall, [Condition("party_id", "equal", party_id)]))}


def test_employee_and_time_are_filled_in(crm: Crm, clock: Clock) -> None:
    recorded = crm.record_interaction("C-17", kind="phone", topics=["spring offer"], minutes=12)

    assert (recorded.employee_id, recorded.happened_at, recorded.party_id) == ("anna", clock.now, "C-17")
    assert crm.get(Interaction, recorded.id) == recorded


def test_it_raises_the_count_and_moves_the_last_contact(crm: Crm) -> None:
    crm.record_interaction("C-17", kind="phone")

    plan = crm.get(ContactPlan, "C-17")
    assert (plan.contact_count, plan.last_contact_on) == (1, date(2026, 1, 1))


@pytest.mark.parametrize(("hour", "local_day"), [(22, date(2025, 12, 31)), (23, date(2026, 1, 1))])
def test_the_day_of_a_contact_is_the_local_day(crm: Crm, hour: int, local_day: date) -> None:
    crm.record_interaction("C-17", kind="phone", at=datetime(2025, 12, 31, hour, 30, tzinfo=UTC))

    assert crm.get(ContactPlan, "C-17").last_contact_on == local_day


def test_a_back_dated_one_only_counts(crm: Crm) -> None:
    crm.record_interaction("C-17", kind="phone")
    crm.record_interaction("C-17", kind="visit", at=datetime(2025, 11, 1, 9, tzinfo=UTC))

    plan = crm.get(ContactPlan, "C-17")
    assert (plan.contact_count, plan.last_contact_on) == (2, date(2026, 1, 1))


@pytest.mark.parametrize(("seconds", "accepted"), [(-1, True), (0, True), (1, False)])
def test_a_time_in_the_future_is_refused(crm: Crm, clock: Clock, seconds: int, accepted: bool) -> None:
    at = datetime.fromtimestamp(clock.now.timestamp() + seconds, UTC)

    if accepted:
        assert crm.record_interaction("C-17", kind="phone", at=at).happened_at == at
    else:
        with pytest.raises(InvalidValueError, match="a time up to now"):
            crm.record_interaction("C-17", kind="phone", at=at)


def test_it_completes_the_recalls_that_are_due_by_its_day_and_no_later_one(crm: Crm, store: Store, clock: Clock) -> None:
    ids = [crm.contact.recall("C-17", on=date(2026, 1, day)).id for day in (4, 5, 6)]
    clock.move_to(date(2026, 1, 5))

    crm.record_interaction("C-17", kind="phone")

    assert [recalls_of(store)[id].state for id in ids] == ["done", "done", "open"]


def test_an_attempt_completes_nothing_and_has_its_own_count(crm: Crm, store: Store) -> None:
    recall = crm.contact.recall("C-17", on=date(2026, 1, 1))

    crm.record_interaction("C-17", kind="phone", reached=False)

    plan = crm.get(ContactPlan, "C-17")
    assert (plan.contact_count, plan.attempt_count, plan.last_contact_on) == (0, 1, None)
    assert recalls_of(store)[recall.id].state == "open"


def test_what_counts_as_a_contact_is_a_policy(crm: Crm, store: Store, clock: Clock) -> None:
    settings = Settings(zone="Europe/Berlin", policy=ContactPolicy(counts=ContactCounts(attempts=True)))
    desk = Crm(store, scope=Scope(tenant="acme", actor="ben"), settings=settings, clock=clock)
    recall = crm.contact.recall("C-17", on=date(2026, 1, 1))

    desk.record_interaction("C-17", kind="phone", reached=False)

    assert crm.get(ContactPlan, "C-17").contact_count == 1
    assert recalls_of(store)[recall.id].state == "done"


@pytest.mark.parametrize(
    ("recall", "due_on", "due_time"),
    [
        (weeks(3), date(2026, 1, 22), None),
        (date(2026, 2, 3), date(2026, 2, 3), None),
        (datetime(2026, 2, 3, 13, 30, tzinfo=UTC), date(2026, 2, 3), time(14, 30)),
        (datetime(2026, 2, 3, 23, 30, tzinfo=UTC), date(2026, 2, 4), time(0, 30)),
    ],
)
def test_it_plans_the_next_recall_on_request(crm: Crm, store: Store, recall: Any, due_on: date, due_time: time | None) -> None:
    crm.record_interaction("C-17", kind="phone", recall=recall)

    (planned,) = recalls_of(store).values()
    assert (planned.due_on, planned.due_time, planned.state, planned.employee_id) == (due_on, due_time, "open", "anna")


@pytest.mark.parametrize("recall", ["3 weeks", 21, datetime(2026, 2, 3, 14, 30)])  # noqa: DTZ001  # a naive one is the point
def test_a_recall_on_no_day_is_refused_and_nothing_is_recorded(crm: Crm, recall: Any) -> None:
    with pytest.raises(InvalidValueError):
        crm.record_interaction("C-17", kind="phone", recall=recall)
    assert crm.get(ContactPlan, "C-17").contact_count == 0


def test_from_a_document_its_party_is_taken_over(crm: Crm) -> None:
    assert crm.record_interaction(document_id="R-1", kind="phone").party_id == "C-17"
    assert crm.record_interaction("C-17", document_id="R-1", kind="phone").document_id == "R-1"


def test_a_document_of_another_party_is_refused(crm: Crm) -> None:
    crm.add(Party(id="C-18", name="Meier", created_on=date(2026, 1, 1)))

    with pytest.raises(InvalidValueError, match="the party of the document, 'C-17'"):
        crm.record_interaction("C-18", document_id="R-1", kind="phone")


def test_neither_party_nor_document_is_refused(crm: Crm) -> None:
    with pytest.raises(InvalidValueError, match="a party, or a document"):
        crm.record_interaction(kind="phone")


def test_a_contact_with_a_person_counts_for_the_company(crm: Crm) -> None:
    crm.record_interaction("C-17", kind="phone", person_id="P-1")

    assert crm.get(ContactPlan, "C-17").contact_count == 1


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [({"party_id": "C-99"}, "party"), ({"party_id": "C-17", "person_id": "P-9"}, "contact_person"), ({"document_id": "R-9"}, "document")],
)
def test_what_is_not_stored_is_named(crm: Crm, arguments: dict[str, Any], missing: str) -> None:
    with pytest.raises(NotStoredError, match=f"no {missing} with id"):
        crm.record_interaction(kind="phone", **arguments)


@pytest.mark.parametrize("role", ["lead", "customer", "supplier", "partner", "referrer", "employee"])
def test_any_party_can_be_contacted(crm: Crm, role: Any) -> None:
    crm.add(Party(id="X", name="Meier", created_on=date(2026, 1, 1), roles=role))

    assert crm.record_interaction("X", kind="letter", direction="in").direction == "in"
    assert crm.get(ContactPlan, "X").contact_count == 1


def test_it_leaves_a_history_entry_with_who_when_and_what(crm: Crm, history_of: HistoryOf, clock: Clock) -> None:
    at = datetime(2025, 12, 24, 9, tzinfo=UTC)

    recorded = crm.record_interaction("C-17", kind="phone", at=at)

    entry = next(entry for entry in history_of() if entry.verb == "record_interaction")
    assert (entry.actor, entry.happened_at, entry.recorded_at) == ("anna", at, clock.now)
    assert (entry.about.kind, entry.about.id) == ("interaction", recorded.id)


def test_what_was_promised_is_kept(crm: Crm) -> None:
    promise = Commitment(text="send the list", due_on=date(2026, 1, 5))

    assert crm.record_interaction("C-17", kind="phone", commitments=[promise]).commitments == (promise,)


def test_the_same_key_records_once(crm: Crm) -> None:
    first = crm.record_interaction("C-17", kind="phone", topics=iter(["a"]), recall=days(3), key="k-1")
    again = crm.record_interaction("C-17", kind="phone", topics=iter(["a"]), recall=days(3), key="k-1")

    assert again == first
    assert again.version == first.version
    assert crm.get(ContactPlan, "C-17").contact_count == 1


def test_the_same_key_with_other_arguments_is_refused(crm: Crm) -> None:
    crm.record_interaction("C-17", kind="phone", key="k-1")

    with pytest.raises(KeyReusedError, match="'k-1'"):
        crm.record_interaction("C-17", kind="visit", key="k-1")
    with pytest.raises(KeyReusedError):
        crm.contact.plan("C-17", frequency=days(30), key="k-1")


def test_past_interactions_are_taken_over_in_any_order(crm: Crm, store: Store) -> None:
    recall = crm.contact.recall("C-17", on=date(2025, 11, 15))
    crm.add(Party(id="C-18", name="Meier", created_on=date(2026, 1, 1)))
    past = [
        Interaction(id=f"I-{party_id}-{month}", party_id=party_id, happened_at=datetime(2025, month, 20, 9, tzinfo=UTC), kind="phone")
        for month in (12, 9, 11)
        for party_id in ("C-17", "C-18")
    ]

    crm.add(*past)

    plans = [crm.get(ContactPlan, party_id) for party_id in ("C-17", "C-18")]
    assert [(plan.contact_count, plan.last_contact_on) for plan in plans] == [(3, date(2025, 12, 20))] * 2
    assert recalls_of(store)[recall.id].state == "done"


def test_a_past_interaction_that_lies_in_the_future_is_refused(crm: Crm) -> None:
    with pytest.raises(InvalidValueError, match="happened_at="):
        crm.add(Interaction(id="I-1", party_id="C-17", happened_at=datetime(2026, 6, 1, tzinfo=UTC), kind="phone"))


def test_an_interaction_with_nobody_is_refused(crm: Crm) -> None:
    with pytest.raises(NotStoredError, match="no party with id 'C-99'"):
        crm.add(Interaction(id="I-1", party_id="C-99", happened_at=datetime(2025, 6, 1, tzinfo=UTC), kind="phone"))


def test_a_lone_topic_counts_as_one(crm: Crm) -> None:
    assert crm.record_interaction("C-17", kind="phone", topics="prices").topics == ("prices",)


def test_commitments_must_be_commitments(crm: Crm) -> None:
    with pytest.raises(InvalidValueError, match="commitments"):
        crm.record_interaction("C-17", kind="phone", commitments=["call back"])  # type: ignore[list-item]
