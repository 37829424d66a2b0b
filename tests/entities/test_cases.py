"""Cases and ratings as values."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from crmkit.entities import Case, CaseEvent, Rating, Ref
from crmkit.errors import InvalidValueError, StateMoveError

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def a_case(**fields: Any) -> Case:
    defaults: dict[str, Any] = {"id": "F-1", "about": Ref("party", "C-17"), "opened_at": NOON, "text": "scratched"}
    return Case(**defaults | fields)


def test_a_case_is_pending_until_it_is_closed() -> None:
    case = a_case()
    closed = case.moved("closed", at=NOON + timedelta(hours=1), result="replaced")

    assert (case.pending_since, closed.pending_since) == (NOON, None)
    assert (closed.closed_at, closed.result) == (NOON + timedelta(hours=1), "replaced")
    assert closed.moved("reopened", at=NOON + timedelta(hours=1)).pending_since == NOON


def test_the_first_start_counts() -> None:
    moved = a_case().moved("in_progress", at=NOON).moved("closed", at=NOON).moved("reopened", at=NOON)

    assert moved.moved("in_progress", at=NOON + timedelta(days=1)).started_at == NOON


@pytest.mark.parametrize("minutes", [-1, 0, 1])
def test_it_does_not_move_back_in_time(minutes: int) -> None:
    at = NOON + timedelta(minutes=minutes)
    if minutes < 0:
        with pytest.raises(InvalidValueError):
            a_case().moved("closed", at=at)
    else:
        assert a_case().moved("closed", at=at).closed_at == at


def test_a_captured_case_is_not_reopened() -> None:
    with pytest.raises(StateMoveError):
        a_case().moved("reopened", at=NOON)


@pytest.mark.parametrize(
    "fields",
    [
        {"id": ""},
        {"text": ""},
        {"about": "C-17"},
        {"kind": "ticket"},
        {"state": "open"},
        {"state": "closed"},
        {"closed_at": NOON},
        {"opened_at": datetime(2026, 1, 1)},  # noqa: DTZ001
        {"due_at": datetime(2026, 1, 1)},  # noqa: DTZ001
        {"reopened": -1},
    ],
)
def test_what_no_case_can_be_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        a_case(**fields)


@pytest.mark.parametrize("fields", [{"kind": "stars"}, {"score": 0}, {"score": 6}, {"score": True}, {"party_id": ""}])
def test_what_no_rating_can_be_is_refused(fields: dict[str, Any]) -> None:
    defaults: dict[str, Any] = {"id": "1", "party_id": "C-17", "rated_on": date(2026, 1, 1), "kind": "csat", "score": 5}
    with pytest.raises(InvalidValueError):
        Rating(**defaults | fields)


def test_a_repr_shows_no_words_of_people() -> None:
    shown = [
        a_case(text="Geheim", result="Geheim"),
        CaseEvent(id="1", case_id="1", happened_at=NOON, state="closed", text="Geheim"),
        Rating(id="1", party_id="C-17", rated_on=date(2026, 1, 1), kind="csat", score=5, comment="Geheim"),
    ]

    assert "Geheim" not in repr(shown)
