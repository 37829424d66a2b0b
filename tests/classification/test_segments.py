from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.classification import Segment, add_segments
from crmkit.conditions import Condition
from crmkit.errors import InvalidValueError, MissingColumnError
from tests.engines import day, numbered, on, on_every_engine, rows, with_every_number

CUSTOMERS = pl.DataFrame(
    {
        "customer_id": ["C-1", "C-2", "C-3", "C-4"],
        "revenue": [999, 1000, 1001, None],
        "region": ["north", "south", None, "north"],
        "active": [True, False, None, True],
        "created_on": [day("2025-12-31"), day("2026-01-01"), day("2026-01-02"), None],
    }
)


@on_every_engine
@with_every_number
@pytest.mark.parametrize(
    ("test", "holds"),
    [
        ("equal", [False, True, False, False]),
        ("not_equal", [True, False, True, False]),
        ("at_least", [False, True, True, False]),
        ("more_than", [False, False, True, False]),
        ("at_most", [True, True, False, False]),
        ("less_than", [True, False, False, False]),
    ],
)
def test_a_missing_value_passes_no_comparison(engine: str, number: str, test: Any, holds: list[bool]) -> None:
    frame = on(engine, numbered(CUSTOMERS, number, "revenue"))

    assert rows(add_segments(frame, segments=[Segment("s", [Condition("revenue", test, 1000)])]), "s") == [(flag,) for flag in holds]


@on_every_engine
@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (Condition("revenue", "missing"), [False, False, False, True]),
        (Condition("revenue", "missing", value=False), [True, True, True, False]),
        (Condition("revenue", "at_least", Decimal("999.5")), [False, True, True, False]),
        (Condition("revenue", "one_of", (999, 1001)), [True, False, True, False]),
        (Condition("region", "equal", "north"), [True, False, False, True]),
        (Condition("region", "not_equal", "north"), [False, True, False, False]),
        (Condition("region", "one_of", ("north", "south")), [True, True, False, True]),
        (Condition("active", "equal", value=True), [True, False, False, True]),
        (Condition("created_on", "at_least", day("2026-01-01")), [False, True, True, False]),
        (Condition("created_on", "less_than", day("2026-01-01")), [True, False, False, False]),
    ],
    ids=str,
)
def test_conditions_read_every_kind_of_column(engine: str, condition: Condition, holds: list[bool]) -> None:
    assert rows(add_segments(on(engine, CUSTOMERS), segments=[Segment("s", condition)]), "s") == [(flag,) for flag in holds]


@on_every_engine
def test_all_conditions_of_a_segment_must_hold_and_a_row_may_be_in_several(engine: str) -> None:
    north = Condition("region", "equal", "north")
    segments = [Segment("north", [north]), Segment("small_north", [north, Condition("revenue", "less_than", 1000)]), Segment("all", [])]

    result = add_segments(on(engine, CUSTOMERS), segments=segments)

    assert rows(result, "north", "small_north", "all") == [
        (True, True, True),
        (False, False, True),
        (False, False, True),
        (True, False, True),
    ]


@on_every_engine
@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (Condition("tags", "equal", "vip"), [True, False, False, False]),
        (Condition("tags", "not_equal", "vip"), [False, True, True, False]),
        (Condition("tags", "one_of", ("press", "vip")), [True, True, False, False]),
        (Condition("tags", "missing"), [False, False, True, True]),
        (Condition("tags", "missing", value=False), [True, True, False, False]),
    ],
    ids=str,
)
def test_a_list_is_tested_by_what_it_holds(engine: str, condition: Condition, holds: list[bool]) -> None:
    if engine == "pandas":
        pytest.skip("NumPy has no lists")
    tagged = pl.DataFrame({"id": [1, 2, 3, 4], "tags": [["vip", "golf"], ["press"], [], None]})

    result = add_segments(on(engine, tagged), segments=[Segment("s", condition)])

    assert sorted(rows(result, "id", "s")) == list(zip([1, 2, 3, 4], holds, strict=True))


@pytest.mark.parametrize("condition", [Condition("tags", "at_least", "a"), Condition("tags", "equal", 5)], ids=str)
def test_a_list_has_no_order_and_one_type(condition: Condition) -> None:
    with pytest.raises(InvalidValueError, match="column 'tags'"):
        add_segments(pl.DataFrame({"tags": [["a"]]}), segments=[Segment("s", condition)])


NUMBERS = st.none() | st.integers(-3, 3) | st.decimals(-3, 3, places=3)


@given(
    st.lists(NUMBERS, min_size=1),
    st.sampled_from(["equal", "not_equal", "at_least", "more_than", "at_most", "less_than"]),
    st.decimals(-3, 3, places=4),
)
def test_frames_and_single_values_agree(values: list[Any], test: Any, bound: Decimal) -> None:
    condition = Condition("value", test, bound)
    frame = pl.DataFrame({"value": [None if value is None else Decimal(value) for value in values]}, schema={"value": pl.Decimal(28, 3)})

    assert add_segments(frame, segments=[Segment("s", condition)])["s"].to_list() == [condition.holds_for(value) for value in values]


@pytest.mark.parametrize(("column", "value"), [("revenue", "north"), ("region", 5), ("created_on", Decimal(1)), ("active", 1)])
def test_a_value_fits_its_column(column: str, value: Any) -> None:
    with pytest.raises(InvalidValueError, match=f"column '{column}'"):
        add_segments(CUSTOMERS, segments=[Segment("s", [Condition(column, "equal", value)])])


def test_names_are_used_once() -> None:
    with pytest.raises(InvalidValueError, match="differ from each other"):
        add_segments(CUSTOMERS, segments=[Segment("s", []), Segment("s", [])])
    with pytest.raises(InvalidValueError, match="differ from each other"):
        add_segments(CUSTOMERS, segments=[Segment("region", [Condition("region", "missing")])])
    with pytest.raises(MissingColumnError, match="'size'"):
        add_segments(CUSTOMERS, segments=[Segment("s", [Condition("size", "missing")])])
    with pytest.raises(InvalidValueError, match="name"):
        Segment("", [])


def test_a_frame_without_segments_stays_as_it_is() -> None:
    assert add_segments(CUSTOMERS, segments=[]).equals(CUSTOMERS)
