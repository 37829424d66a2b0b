"""What was recorded by mistake is in no table."""

from __future__ import annotations

from datetime import UTC, date, datetime

import attrs
import pytest

from crmkit import Money
from crmkit.entities import Interaction, Rating, Spend, Touch
from crmkit.facts import interactions_from, ratings_from, spend_from, touches_from

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
CALL = Interaction(id="1", party_id="C-17", happened_at=NOON, kind="phone")
RATED = Rating(id="1", party_id="C-17", rated_on=date(2026, 1, 31), kind="csat", score=4)
SPENT = Spend(id="1", spent_on=date(2026, 1, 31), amount=Money.of(100, "EUR"), channel="fair")
SEEN = Touch(id="1", party_id="C-17", happened_at=NOON, channel="fair")


@pytest.mark.parametrize(("table", "record"), [(interactions_from, CALL), (ratings_from, RATED), (spend_from, SPENT), (touches_from, SEEN)])
def test_void_records_are_left_out(table: object, record: object) -> None:
    assert callable(table)

    assert table([record, attrs.evolve(record, id="2", voided_because="another party")]).height == 1  # type: ignore[misc]  # each is an attrs class
