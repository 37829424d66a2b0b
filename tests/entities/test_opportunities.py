"""Opportunities and pipelines as values."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from crmkit import Money
from crmkit.entities import Opportunity, Pipeline, Stage, StageMove
from crmkit.errors import InvalidValueError


def an_opportunity(**fields: Any) -> Opportunity:
    defaults: dict[str, Any] = {
        "title": "press",
        "stage": "offer",
        "probability": "0.5",
        "pipeline_id": "sales",
        "opened_on": date(2026, 1, 10),
    }
    return Opportunity(id="O-1", party_id="C-17", **defaults | fields)


def a_pipeline(*stages: Stage, **fields: Any) -> Pipeline:
    return Pipeline(id="sales", stages=stages or [Stage(name="offer", probability="0.5")], **fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"probability": "1.01"},
        {"probability": 0.5},
        {"category": "sure"},
        {"state": "dead"},
        {"amount": Money.of(-1, "EUR")},
        {"amount": 100},
        {"title": " "},
        {"state": "won"},
        {"closed_on": date(2026, 1, 11)},
        {"closed_at": datetime(2026, 1, 11, tzinfo=UTC)},
        {"state": "won", "closed_on": date(2026, 1, 9)},
        {"superseded_by": "O-1"},
        {"expected_on": datetime(2026, 1, 11, tzinfo=UTC)},
    ],
)
def test_an_opportunity_that_cannot_be_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        an_opportunity(**fields)


@pytest.mark.parametrize("day", [10, 11])
def test_it_is_closed_on_the_day_of_its_opening_at_the_earliest(day: int) -> None:
    assert an_opportunity(state="won", closed_on=date(2026, 1, day)).closed_on == date(2026, 1, day)


def test_what_nobody_knows_has_no_weight() -> None:
    assert an_opportunity().weighted_amount() is None
    assert an_opportunity(amount=Money.of("0.01", "EUR")).weighted_amount() == Money.of("0.01", "EUR")


def test_what_may_be_sold_does_not_show() -> None:
    assert "secret" not in repr(an_opportunity(title="secret", state="lost", closed_on=date(2026, 1, 10), reason="secret"))


@pytest.mark.parametrize("name", ["won", "lost", "open", "disqualified", ""])
def test_a_stage_is_not_named_like_an_end(name: str) -> None:
    with pytest.raises(InvalidValueError):
        Stage(name=name, probability=0)


@pytest.mark.parametrize(
    "stages",
    [[], [Stage(name="a", probability=0), Stage(name="a", probability=1)], [Stage(name="a", probability=0, moves=["b"])]],
    ids=["none", "twice", "nowhere"],
)
def test_a_pipeline_that_cannot_be_is_refused(stages: list[Stage]) -> None:
    with pytest.raises(InvalidValueError):
        Pipeline(id="sales", stages=stages)


def test_from_any_stage_it_may_be_lost_but_not_always_won() -> None:
    pipeline = a_pipeline(Stage(name="a", probability=0, moves=[]), Stage(name="b", probability=0))

    assert pipeline.moves_from("a") == ("lost", "disqualified", "superseded")
    assert pipeline.moves_from("b") == ("a", "won", "lost", "disqualified", "superseded")
    assert pipeline.moves_from("gone") == ("a", "b", "won", "lost", "disqualified", "superseded")


def test_a_stage_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(InvalidValueError, match="a stage of the pipeline 'sales': offer"):
        a_pipeline().stage("talk")


def test_a_move_moves() -> None:
    with pytest.raises(InvalidValueError, match="another stage than before"):
        StageMove(
            id="1",
            opportunity_id="O-1",
            party_id="C-17",
            happened_at=datetime(2026, 1, 1, tzinfo=UTC),
            happened_on=date(2026, 1, 1),
            from_stage="offer",
            to_stage="offer",
            pipeline_id="sales",
        )
