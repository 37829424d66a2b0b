"""Interactions, commitments, contact plans, recalls, history entries: what no store should hold is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from crmkit import days
from crmkit.entities import Commitment, ContactPlan, HistoryEntry, Interaction, Recall, Ref
from crmkit.errors import InvalidValueError

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
VALID: dict[type, dict[str, Any]] = {
    Interaction: {"id": "1", "party_id": "C-17", "happened_at": NOON, "kind": "phone"},
    Commitment: {"text": "send the list"},
    ContactPlan: {"party_id": "C-17"},
    Recall: {"id": "1", "party_id": "C-17", "due_on": date(2026, 1, 1)},
    HistoryEntry: {
        "id": "1",
        "party_id": None,
        "happened_at": NOON,
        "recorded_at": NOON,
        "actor": "anna",
        "verb": "add",
        "about": Ref("party", "C-17"),
    },
    Ref: {"kind": "party", "id": "C-17"},
}


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        (Interaction, "happened_at", datetime(2026, 1, 1, 12)),  # noqa: DTZ001  # a naive one is the point
        (Interaction, "happened_at", date(2026, 1, 1)),
        (Interaction, "kind", ""),
        (Interaction, "direction", "both"),
        (Interaction, "reached", "yes"),
        (Interaction, "automatic", 1),
        (Interaction, "minutes", -1),
        (Interaction, "topics", [1]),
        (Interaction, "commitments", ["send the list"]),
        (Commitment, "text", ""),
        (Commitment, "due_on", NOON),
        (ContactPlan, "party_id", ""),
        (ContactPlan, "frequency", 30),
        (ContactPlan, "counted_from", "today"),
        (ContactPlan, "planned_on", NOON),
        (ContactPlan, "contact_count", -1),
        (ContactPlan, "attempt_count", 1.0),
        (Recall, "due_on", NOON),
        (Recall, "due_time", time(9, tzinfo=UTC)),
        (Recall, "state", "late"),
        (HistoryEntry, "actor", ""),
        (HistoryEntry, "recorded_at", datetime(2026, 1, 1)),  # noqa: DTZ001  # a naive one is the point
        (Ref, "kind", ""),
        (Ref, "id", ""),
    ],
)
def test_what_no_store_should_hold_is_refused(kind: type, field: str, value: object) -> None:
    with pytest.raises(InvalidValueError):
        kind(**(VALID[kind] | {field: value}))


@pytest.mark.parametrize("kind", VALID)
def test_the_rest_is_accepted(kind: type) -> None:
    assert kind(**VALID[kind]) == kind(**VALID[kind])


def test_a_lone_topic_is_one_topic() -> None:
    assert Interaction(**(VALID[Interaction] | {"topics": "spring offer"})).topics == ("spring offer",)


def test_a_plan_has_the_id_of_its_party() -> None:
    assert ContactPlan(party_id="C-17", frequency=days(30)).id == "C-17"


def test_what_was_said_is_not_in_a_repr() -> None:
    said = Interaction(**(VALID[Interaction] | {"topics": "geheim", "result": "geheim", "commitments": [Commitment(text="geheim")]}))

    assert "geheim" not in repr([said, said.commitments, Recall(**(VALID[Recall] | {"reason": "geheim"}))])
