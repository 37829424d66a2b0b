"""Conditions as data: one test of one column."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from crmkit.conditions import Condition
from crmkit.errors import InvalidValueError


@pytest.mark.parametrize(
    ("test", "passing"),
    [("equal", [5]), ("not_equal", [4, 6]), ("at_least", [5, 6]), ("more_than", [6]), ("at_most", [4, 5]), ("less_than", [4])],
)
def test_each_test_says_on_which_side_its_boundary_is(test: Any, passing: list[int]) -> None:
    assert [value for value in (4, 5, 6) if Condition("revenue", test, 5).holds_for(value)] == passing


def test_one_of_several() -> None:
    assert [value for value in ("A", "B", "C") if Condition("class", "one_of", ("A", "C")).holds_for(value)] == ["A", "C"]
    assert not Condition("class", "one_of", ()).holds_for("A")


@pytest.mark.parametrize("test", ["equal", "not_equal", "at_least", "more_than", "at_most", "less_than"])
def test_a_missing_value_passes_no_comparison(test: Any) -> None:
    assert not Condition("revenue", test, 5).holds_for(None)
    assert not Condition("revenue", "one_of", (5,)).holds_for(None)


def test_missing_is_a_test_of_its_own() -> None:
    assert Condition("owner_id", "missing").holds_for(None)
    assert not Condition("owner_id", "missing").holds_for("anna")
    assert Condition("owner_id", "missing", False).holds_for("anna")  # noqa: FBT003  # the value of the condition


@pytest.mark.parametrize("value", ["text", 1, Decimal("1.5"), True, date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)])
def test_values_are_plain_exact_ones(value: Any) -> None:
    assert Condition("x", "equal", value).holds_for(value)


@pytest.mark.parametrize(
    ("column", "test", "value"),
    [
        ("", "equal", 1),
        ("x", "is", 1),
        ("x", "equal", 1.5),
        ("x", "equal", None),
        ("x", "equal", (1, 2)),
        ("x", "equal", datetime(2026, 1, 1)),  # noqa: DTZ001  # a naive one is the point
        ("x", "one_of", "ABC"),
        ("x", "one_of", (1.5,)),
        ("x", "missing", "yes"),
    ],
)
def test_what_cannot_be_compared_is_refused(column: Any, test: Any, value: Any) -> None:
    with pytest.raises(InvalidValueError):
        Condition(column, test, value)
