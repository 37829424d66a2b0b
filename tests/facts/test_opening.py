from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from crmkit._frames import Asked, opened
from crmkit.errors import InvalidValueError, MissingColumnError
from tests.engines import on, on_every_engine

MOMENT = datetime(2026, 1, 31, 9, tzinfo=UTC)


def test_moments_that_know_their_zone_are_accepted() -> None:
    (table,) = opened(Asked(pl.DataFrame({"happened_at": [MOMENT]}), "interactions", needs=("happened_at",)))

    assert table.columns == ("happened_at",)


@pytest.mark.parametrize("value", [MOMENT.replace(tzinfo=None), MOMENT.date(), "2026-01-31T09:00Z"])
def test_other_moments_are_refused(value: Any) -> None:
    with pytest.raises(InvalidValueError, match="aware moments"):
        opened(Asked(pl.DataFrame({"happened_at": [value]}), "interactions", needs=("happened_at",)))


@on_every_engine
def test_a_frame_comes_back_as_it_went_in(engine: str) -> None:
    frame = on(engine, pl.DataFrame({"a": [1, 2]}))

    (table,) = opened(Asked(frame, "frame"))

    assert type(table.back(table.frame)) is type(frame)


def test_missing_columns_are_named_once_and_together() -> None:
    with pytest.raises(MissingColumnError) as raised:
        opened(Asked(pl.DataFrame({"a": [1]}), "frame", needs=("b", "b"), amounts=("c",)))

    assert raised.value.missing == ("b", "c")
