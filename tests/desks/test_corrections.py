"""Commitments, opening balances, voiding and reassigning: count and last contact always follow from the entries (rules 4, 26)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmkit import Crm, Scope, Settings, days
from crmkit.conditions import Condition
from crmkit.desks.corrections import void_interaction, void_opening_balance
from crmkit.entities import Commitment, ContactPerson, ContactPlan, Interaction, OpeningBalance, Party, Recall
from crmkit.errors import InvalidValueError, NotStoredError, StateMoveError
from crmkit.persistence import MemoryStore
from crmkit.scheduling.contact_counts import recounted
from crmkit.store import Query

if TYPE_CHECKING:
    from tests.desks.conftest import Clock, HistoryOf


def void(crm: Crm, entity: Interaction | OpeningBalance, *, because: str = "wrong customer") -> Any:
    def work(work: Any) -> Any:
        if isinstance(entity, Interaction):
            return void_interaction(work, entity, because=because)
        return void_opening_balance(work, entity, because=because)

    return crm._workplace.do("void", work, arguments={"entity": entity})  # noqa: SLF001  # as `Crm.void` calls it


def counted(crm: Crm, party_id: str = "C-17") -> tuple[int, int, date | None]:
    plan = crm.get(ContactPlan, party_id)
    return plan.contact_count, plan.attempt_count, plan.last_contact_on


def all_of(crm: Crm, kind: Any, party_id: str = "C-17") -> list[Any]:
    with crm._workplace.reading() as transaction:  # noqa: SLF001  # counts what is stored, past the desk
        return list(transaction.find(Query(kind, [Condition("party_id", "equal", party_id)])))


def at(month: int, day: int) -> datetime:
    return datetime(2025, month, day, 9, tzinfo=UTC)


def test_a_kept_commitment_tells_when_it_was_kept(crm: Crm, clock: Clock) -> None:
    promised = [Commitment(text="send the list", due_on=date(2026, 1, 5)), Commitment(text="call the boss")]
    recorded = crm.record_interaction("C-17", kind="phone", commitments=promised)
    clock.move_to(date(2026, 1, 4))

    kept = crm.contact.keep_commitment(recorded.id, text="send the list")

    assert [one.kept_on for one in kept.commitments] == [date(2026, 1, 4), None]
    assert crm.get(Interaction, recorded.id) == kept


def test_of_two_like_promises_the_first_open_one_is_kept(crm: Crm) -> None:
    recorded = crm.record_interaction("C-17", kind="phone", commitments=[Commitment(text="a sample"), Commitment(text="a sample")])

    kept = [crm.contact.keep_commitment(recorded.id, text="a sample") for _ in range(2)]

    assert [[one.kept_on is not None for one in each.commitments] for each in kept] == [[True, False], [True, True]]
    with pytest.raises(StateMoveError, match="cannot move from 'kept'"):
        crm.contact.keep_commitment(recorded.id, text="a sample")


def test_what_was_not_promised_cannot_be_kept_and_is_not_repeated_in_the_error(crm: Crm) -> None:
    recorded = crm.record_interaction("C-17", kind="phone")

    with pytest.raises(InvalidValueError) as refusal:
        crm.contact.keep_commitment(recorded.id, text="geheim")
    assert "geheim" not in str(refusal.value)


def test_an_open_promise_is_planned_on_the_timeline_until_it_is_kept(crm: Crm) -> None:
    recorded = crm.record_interaction("C-17", kind="phone", commitments=[Commitment(text="a list", due_on=date(2026, 1, 5))])

    (planned,) = [entry for entry in crm.timeline("C-17", past=False) if entry.verb == "contact.keep_commitment"]
    crm.contact.keep_commitment(recorded.id, text="a list")

    assert (planned.summary, planned.happened_at) == ("a list", datetime(2026, 1, 4, 23, tzinfo=UTC))
    assert list(crm.timeline("C-17", past=False)) == []


def test_a_promise_without_a_day_is_planned_too(crm: Crm, clock: Clock) -> None:
    crm.record_interaction("C-17", kind="phone", commitments=[Commitment(text="think about it")])

    (planned,) = crm.timeline("C-17", past=False)
    assert (planned.summary, planned.happened_at) == ("think about it", clock.now)


def test_an_opening_balance_adds_to_what_is_recorded_here(crm: Crm) -> None:
    crm.record_interaction("C-17", kind="phone", at=at(3, 1))

    opened = crm.contact.open_balance("C-17", last_contact_on=date(2025, 2, 1), contact_count=40)

    assert counted(crm) == (41, 0, date(2025, 3, 1))
    assert crm.get(OpeningBalance, opened.id) == opened


@pytest.mark.parametrize(("day", "last"), [(27, 28), (28, 28), (29, 29)])
def test_the_last_contact_of_an_opening_balance_only_moves_it_forward(crm: Crm, day: int, last: int) -> None:
    crm.record_interaction("C-17", kind="phone", at=at(12, 28))

    crm.contact.open_balance("C-17", last_contact_on=date(2025, 12, day), contact_count=1)

    assert crm.get(ContactPlan, "C-17").last_contact_on == date(2025, 12, last)


def test_an_opening_balance_counts_for_the_next_contact(crm: Crm) -> None:
    crm.contact.plan("C-17", frequency=days(30))

    crm.contact.open_balance("C-17", last_contact_on=date(2025, 12, 20), contact_count=3)

    assert crm.get(ContactPlan, "C-17").next_contact_on == date(2026, 1, 20)


@pytest.mark.parametrize(("day", "accepted"), [(date(2025, 12, 31), True), (date(2026, 1, 1), True), (date(2026, 1, 2), False)])
def test_an_opening_balance_lies_in_the_past(crm: Crm, day: date, accepted: bool) -> None:
    if accepted:
        assert crm.contact.open_balance("C-17", last_contact_on=day, contact_count=1).last_contact_on == day
    else:
        with pytest.raises(InvalidValueError, match="last_contact_on="):
            crm.contact.open_balance("C-17", last_contact_on=day, contact_count=1)


def test_a_second_opening_balance_is_refused_until_the_first_is_void(crm: Crm) -> None:
    first = crm.contact.open_balance("C-17", last_contact_on=date(2025, 2, 1), contact_count=40)

    with pytest.raises(InvalidValueError, match="void the first one before"):
        crm.contact.open_balance("C-17", last_contact_on=None, contact_count=1)
    void(crm, first)
    crm.contact.open_balance("C-17", last_contact_on=None, contact_count=2)

    assert counted(crm) == (2, 0, None)


def test_opening_balances_are_taken_over_together(crm: Crm) -> None:
    crm.add(Party(id="C-18", name="Meier", created_on=date(2026, 1, 1)))

    crm.add(*(OpeningBalance(id=f"O-{id}", party_id=id, contact_count=7, last_contact_on=date(2025, 5, 5)) for id in ("C-17", "C-18")))

    assert [counted(crm, id) for id in ("C-17", "C-18")] == [(7, 0, date(2025, 5, 5))] * 2


def test_an_opening_balance_of_nobody_is_refused(crm: Crm) -> None:
    with pytest.raises(NotStoredError, match=r"no \w+ with id 'C-99'"):
        crm.contact.open_balance("C-99", last_contact_on=None, contact_count=1)


def test_voiding_the_last_contact_goes_back_to_the_one_before(crm: Crm) -> None:
    crm.record_interaction("C-17", kind="phone", at=at(3, 1))
    wrong = crm.record_interaction("C-17", kind="phone", at=at(4, 1))

    voided = void(crm, wrong)

    assert counted(crm) == (1, 0, date(2025, 3, 1))
    assert (voided.voided_because, crm.get(Interaction, wrong.id)) == ("wrong customer", voided)


def test_voiding_the_only_contact_makes_the_party_never_contacted(crm: Crm) -> None:
    crm.contact.plan("C-17", frequency=days(30))
    wrong = crm.record_interaction("C-17", kind="phone")

    void(crm, wrong)

    assert counted(crm) == (0, 0, None)
    assert [row.party_id for row in crm.work_queue()] == ["C-17"]


def test_voiding_an_attempt_lowers_the_attempts(crm: Crm) -> None:
    wrong = crm.record_interaction("C-17", kind="phone", reached=False)

    void(crm, wrong)

    assert counted(crm) == (0, 0, None)


def test_a_void_interaction_cannot_be_voided_moved_or_kept(crm: Crm) -> None:
    crm.add(Party(id="C-18", name="Meier", created_on=date(2026, 1, 1)))
    wrong = crm.record_interaction("C-17", kind="phone", commitments=[Commitment(text="a list")])
    void(crm, wrong)

    for call in (
        lambda: void(crm, wrong),
        lambda: crm.contact.reassign(wrong.id, party_id="C-18"),
        lambda: crm.contact.keep_commitment(wrong.id, text="a list"),
    ):
        with pytest.raises(StateMoveError, match="from 'voided'"):
            call()
    assert list(crm.timeline("C-17", past=False)) == []


def test_both_the_wrong_entry_and_its_voiding_stay_in_the_history(crm: Crm, history_of: HistoryOf) -> None:
    wrong = crm.record_interaction("C-17", kind="phone")
    void(crm, wrong)

    assert [entry.verb for entry in history_of() if entry.about.id == wrong.id] == ["record_interaction", "void"]


def test_a_recall_that_only_the_void_contact_completed_is_open_again(crm: Crm) -> None:
    recall = crm.contact.recall("C-17", on=date(2026, 1, 1))
    wrong = crm.record_interaction("C-17", kind="phone")

    void(crm, wrong)

    assert crm.get(Recall, recall.id).state == "open"


def test_a_recall_that_a_later_contact_would_have_completed_stays_done(crm: Crm, clock: Clock) -> None:
    recall = crm.contact.recall("C-17", on=date(2026, 1, 1))
    wrong = crm.record_interaction("C-17", kind="phone")
    clock.move_to(date(2026, 1, 2))
    right = crm.record_interaction("C-17", kind="phone")

    void(crm, wrong)
    assert (crm.get(Recall, recall.id).state, crm.get(Recall, recall.id).done_by_id) == ("done", right.id)

    void(crm, right)
    assert crm.get(Recall, recall.id).state == "open"


def test_an_earlier_contact_does_not_keep_the_recall_done(crm: Crm) -> None:
    crm.record_interaction("C-17", kind="phone", at=at(12, 31))
    recall = crm.contact.recall("C-17", on=date(2026, 1, 1))
    wrong = crm.record_interaction("C-17", kind="phone")

    void(crm, wrong)

    assert crm.get(Recall, recall.id).state == "open"


@pytest.mark.parametrize(("reached", "state"), [(True, "done"), (False, "open")])
def test_another_contact_at_the_same_moment_keeps_the_recall_done_an_attempt_does_not(crm: Crm, reached: bool, state: str) -> None:
    recall = crm.contact.recall("C-17", on=date(2026, 1, 1))
    wrong = crm.record_interaction("C-17", kind="phone")
    crm.record_interaction("C-17", kind="phone", reached=reached)

    void(crm, wrong)

    assert crm.get(Recall, recall.id).state == state


def test_a_cancelled_recall_stays_cancelled(crm: Crm) -> None:
    recall = crm.contact.recall("C-17", on=date(2026, 1, 1))
    crm.contact.cancel_recall(recall.id)
    wrong = crm.record_interaction("C-17", kind="phone")

    void(crm, wrong)

    assert crm.get(Recall, recall.id).state == "cancelled"


@pytest.fixture
def two(crm: Crm) -> Crm:
    crm.add(Party(id="C-18", name="Meier", created_on=date(2026, 1, 1), people=[ContactPerson(id="P-2", last_name="Wolf")]))
    return crm


def test_a_reassigned_interaction_counts_with_the_other_party(two: Crm) -> None:
    wrong = two.record_interaction("C-17", kind="phone", person_id="P-1", document_id="R-1")

    moved = two.contact.reassign(wrong.id, party_id="C-18", because="same name")

    assert (counted(two, "C-17"), counted(two, "C-18")) == ((0, 0, None), (1, 0, date(2026, 1, 1)))
    assert (moved.party_id, moved.person_id, moved.document_id) == ("C-18", None, None)
    assert two.get(Interaction, wrong.id) == moved


def test_reassigning_moves_the_done_recall_too(two: Crm) -> None:
    mine, other, later = (
        two.contact.recall(party_id, on=day)
        for party_id, day in (("C-17", date(2026, 1, 1)), ("C-18", date(2026, 1, 1)), ("C-18", date(2026, 1, 2)))
    )
    wrong = two.record_interaction("C-17", kind="phone")

    two.contact.reassign(wrong.id, party_id="C-18")

    assert [two.get(Recall, recall.id).state for recall in (mine, other, later)] == ["open", "done", "open"]


def test_both_timelines_tell_of_a_reassignment(two: Crm) -> None:
    wrong = two.record_interaction("C-17", kind="phone")
    two.contact.reassign(wrong.id, party_id="C-18")

    told = {party_id: [entry.verb for entry in two.timeline(party_id, kinds=["interaction"])] for party_id in ("C-17", "C-18")}
    assert {party_id: sorted(verbs) for party_id, verbs in told.items()} == {
        "C-17": ["contact.reassign", "record_interaction"],
        "C-18": ["contact.reassign"],
    }


def test_an_interaction_is_not_reassigned_to_its_own_party_or_to_nobody(two: Crm) -> None:
    recorded = two.record_interaction("C-17", kind="phone")

    with pytest.raises(InvalidValueError, match="another party"):
        two.contact.reassign(recorded.id, party_id="C-17")
    with pytest.raises(NotStoredError, match="no party with id 'C-99'"):
        two.contact.reassign(recorded.id, party_id="C-99")
    with pytest.raises(NotStoredError, match="no interaction with id 'I-9'"):
        two.contact.reassign("I-9", party_id="C-18")


STEPS = st.lists(
    st.tuples(st.sampled_from(["contact", "attempt", "void", "reassign"]), st.integers(0, 9), st.integers(1, 28), st.booleans()),
    max_size=25,
)


@given(steps=STEPS, opening=st.integers(0, 3))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_is_recorded_voided_and_reassigned_the_stored_count_is_the_derived_one(
    steps: list[tuple[str, int, int, bool]], opening: int
) -> None:
    clock = datetime(2026, 6, 1, 12, tzinfo=UTC)
    crm = Crm(MemoryStore(), scope=Scope(tenant="acme", actor="anna"), settings=Settings(zone="Europe/Berlin"), clock=lambda: clock)
    crm.add(*(Party(id=id, name=id, created_on=date(2025, 1, 1)) for id in ("C-17", "C-18")))
    crm.contact.open_balance("C-17", last_contact_on=None, contact_count=opening)
    recorded: list[str] = []
    for step, which, day, second in steps:
        if step in ("contact", "attempt"):
            party_id = "C-18" if second else "C-17"
            happened = datetime(2026, 1 + which % 3, day, 22, 59, tzinfo=UTC)
            recorded.append(crm.record_interaction(party_id, kind="phone", reached=step == "contact", at=happened).id)
        elif recorded:
            chosen = crm.get(Interaction, recorded[which % len(recorded)])
            if chosen.voided_because is None and step == "void":
                void(crm, chosen)
            elif chosen.voided_because is None:
                crm.contact.reassign(chosen.id, party_id="C-18" if chosen.party_id == "C-17" else "C-17")

    for party_id in ("C-17", "C-18"):
        plan = crm.get(ContactPlan, party_id)
        entries = all_of(crm, Interaction, party_id)
        derived = recounted(plan, entries, all_of(crm, OpeningBalance, party_id), zone=crm._workplace.moment().zone)  # noqa: SLF001  # the same zone
        assert derived == plan
        valid = [one for one in entries if one.voided_because is None and one.reached]
        assert plan.contact_count == len(valid) + (opening if party_id == "C-17" else 0)
