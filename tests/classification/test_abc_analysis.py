from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import narwhals.stable.v2 as nw
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmkit import Money
from crmkit.classification import abc_classes, add_abc_class
from crmkit.classification.abc_analysis import running, running_in_ranges
from crmkit.errors import InvalidValueError, MissingColumnError
from tests.engines import by_id, dicts, numbered, on, on_every_engine, rows_in_order, sales, with_every_number

if TYPE_CHECKING:
    import random

VALUES = st.lists(st.integers(-50, 50) | st.sampled_from([10**18, -(10**18)]), min_size=1, max_size=20)


def frame_of(values: list[Any], **dtypes: Any) -> pl.DataFrame:
    return sales([(str(place), value) for place, value in enumerate(values)], "customer_id", "gross_profit", **dtypes)


def classes_of(values: list[Any], **options: Any) -> str:
    return "".join(abc_classes(dict(enumerate(values)), **options).values())


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        ([80, 15, 5], "ABC"),
        ([5, 80, 15], "CAB"),
        ([60, 20, 20], "AAA"),
        ([25] * 4, "AAAA"),
        ([100, 0, -1], "ACC"),
        ([0, -5], "CC"),
        ([1], "A"),
        ([], ""),
    ],
)
def test_a_class_depends_on_the_share_of_all_greater_values(values: list[int], classes: str) -> None:
    assert classes_of(values) == classes
    assert [by_id(add_abc_class(frame_of(values, gross_profit=pl.Int64)), "abc_class")[str(place)] for place in range(len(values))] == list(
        classes
    )


@pytest.mark.parametrize(("largest", "second"), [(79, "A"), (80, "B"), (81, "B")])
def test_exactly_80_percent_before_is_no_longer_a(largest: int, second: str) -> None:
    assert classes_of([largest, 100 - largest - 1, 1])[1] == second


@pytest.mark.parametrize(("before", "third"), [(94, "B"), (95, "C"), (96, "C")])
def test_exactly_95_percent_before_is_no_longer_b(before: int, third: str) -> None:
    assert classes_of([85, before - 85, 100 - before])[2] == third


@pytest.mark.parametrize(("largest", "cls"), [(79, "A"), (80, "A"), (81, "B")])
def test_the_share_including_its_own_may_reach_the_limit(largest: int, cls: str) -> None:
    assert classes_of([largest, 100 - largest], share="including")[0] == cls


@on_every_engine
@with_every_number
def test_every_engine_gives_the_same_classes(engine: str, number: str) -> None:
    frame = on(engine, numbered(frame_of([80, 15, 5, -3, 0, None]), number, "gross_profit"))

    result = add_abc_class(frame)

    assert by_id(result, "abc_class") == {"0": "A", "1": "B", "2": "C", "3": "C", "4": "C", "5": None}
    assert by_id(result, "loss_making") == {"0": False, "1": False, "2": False, "3": True, "4": False, "5": None}
    assert type(result) is type(frame)


def test_a_flag_that_is_unknown_in_some_rows_is_a_nullable_one_in_pandas() -> None:
    classed = add_abc_class(pd.DataFrame({"gross_profit": [5.0, None, -1.0], "note": [True, None, "free"]}))

    assert {name: str(classed[name].dtype) for name in ("loss_making", "note")} == {"loss_making": "boolean", "note": "object"}
    assert str(add_abc_class(classed)["loss_making"].dtype) == "boolean"


@on_every_engine
@with_every_number
@pytest.mark.parametrize("share", ["before", "including"])
def test_the_limits_are_arguments(engine: str, number: str, share: Literal["before", "including"]) -> None:
    values = [50, 20, 20, 7, 3]
    options: Any = {"a_below": Decimal("0.5"), "b_below": Decimal("0.9"), "share": share}

    result = add_abc_class(on(engine, numbered(frame_of(values), number, "gross_profit")), **options)

    assert "".join(by_id(result, "abc_class")[str(place)] for place in range(5)) == classes_of(values, **options)


@on_every_engine
def test_each_currency_is_classed_by_itself(engine: str) -> None:
    lines = [("a", 80, "EUR"), ("b", 15, "EUR"), ("c", 5, "EUR"), ("d", 1, "CHF"), ("e", 1, None), ("f", -1, "USD")]
    frame = on(engine, sales(lines, "customer_id", "gross_profit", "currency"))

    assert by_id(add_abc_class(frame), "abc_class") == {"a": "A", "b": "B", "c": "C", "d": "A", "e": "A", "f": "C"}


@on_every_engine
def test_nan_is_unknown(engine: str) -> None:
    assert by_id(add_abc_class(on(engine, frame_of([80.0, float("nan")]))), "abc_class") == {"0": "A", "1": None}


@on_every_engine
def test_without_a_positive_value_all_are_c(engine: str) -> None:
    result = add_abc_class(on(engine, frame_of([-1, -2, 0])))

    assert rows_in_order(result, "abc_class", "loss_making") == [("C", False), ("C", True), ("C", True)]


@on_every_engine
def test_an_empty_frame_stays_empty(engine: str) -> None:
    assert dicts(add_abc_class(on(engine, frame_of([1]).clear()))) == []


@on_every_engine
def test_amounts_of_ten_to_the_eighteen_are_classed_exactly(engine: str) -> None:
    huge = 10**18
    values = [huge] * 8 + [huge + 1] * 2

    assert set(by_id(add_abc_class(on(engine, frame_of(values))), "abc_class").values()) == {"A"}


@on_every_engine
def test_columns_of_these_names_are_replaced(engine: str) -> None:
    once = add_abc_class(on(engine, frame_of([80, 15, 5])))

    assert rows_in_order(add_abc_class(once)) == rows_in_order(once)


@on_every_engine
def test_two_classes_stand_side_by_side(engine: str) -> None:
    frame = on(engine, sales([("a", 90, -5), ("b", 10, 5)], "customer_id", "revenue", "gross_profit"))

    both = add_abc_class(add_abc_class(frame, value="revenue", into="class_by_revenue"), into="class_by_profit")

    assert rows_in_order(both, "customer_id", "class_by_revenue", "class_by_profit", "loss_making") == [
        ("a", "A", "C", True),
        ("b", "B", "A", False),
    ]


@on_every_engine
@settings(max_examples=30)
@given(values=VALUES, number=st.sampled_from(["int", "decimal"]), share=st.sampled_from(["before", "including"]))
def test_mapping_and_frame_agree(values: list[int], engine: str, number: str, share: Literal["before", "including"]) -> None:
    if (engine, number) == ("pandas", "decimal"):
        return
    frame = on(engine, numbered(frame_of(values), number, "gross_profit"))

    classed = by_id(add_abc_class(frame, share=share), "abc_class")

    assert classed == abc_classes({str(place): value for place, value in enumerate(values)}, share=share)


@given(VALUES, st.randoms(use_true_random=False))
def test_order_does_not_matter(values: list[int], chance: random.Random) -> None:
    shuffled = list(enumerate(values))
    chance.shuffle(shuffled)

    assert abc_classes(dict(shuffled)) == abc_classes(dict(enumerate(values)))


@given(VALUES, st.integers(1, 1000))
def test_scale_does_not_matter(values: list[int], factor: int) -> None:
    assert classes_of([value * factor for value in values]) == classes_of(values)


@given(VALUES)
def test_equal_values_get_equal_classes(values: list[int]) -> None:
    classes = list(classes_of(values))

    assert len(set(zip(values, classes, strict=True))) == len(set(values))


@given(VALUES)
def test_a_greater_value_never_gets_a_lower_class(values: list[int]) -> None:
    ordered = sorted(zip(values, classes_of(values), strict=True), key=lambda pair: (-pair[0], pair[1]))

    assert [cls for _, cls in ordered] == sorted(cls for _, cls in ordered)


def test_money_is_classed_per_currency() -> None:
    values = {"a": Money.of(80, "EUR"), "b": Money.of(20, "EUR"), "c": Money.of(1, "CHF")}

    assert abc_classes(values) == {"a": "A", "b": "B", "c": "A"}


@pytest.mark.parametrize("values", [{"a": 0.5}, {"a": Money.of(1, "EUR"), "b": 1}])
def test_floats_and_mixtures_are_refused(values: Any) -> None:
    with pytest.raises(InvalidValueError):
        abc_classes(values)


@pytest.mark.parametrize(("a", "b"), [("0", "0.95"), ("0.96", "0.95"), ("0.8", "1.1"), ("-0.1", "0.5")])
def test_limits_must_be_in_order(a: str, b: str) -> None:
    with pytest.raises(InvalidValueError):
        add_abc_class(frame_of([1]), a_below=Decimal(a), b_below=Decimal(b))


@pytest.mark.parametrize("into", ["gross_profit", "loss_making", "currency"])
def test_the_class_needs_a_name_of_its_own(into: str) -> None:
    with pytest.raises(InvalidValueError, match="a name of its own"):
        add_abc_class(frame_of([1]).with_columns(currency=pl.lit("EUR")), into=into)


def test_a_missing_value_column_is_named() -> None:
    with pytest.raises(MissingColumnError, match="'profit'"):
        add_abc_class(frame_of([1]), value="profit")


def test_values_without_keys_are_no_mapping() -> None:
    with pytest.raises(InvalidValueError, match=r"values='list'.*a mapping"):
        abc_classes([1, 2])  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.sampled_from(["EUR", "CHF"]), st.integers(1, 10**12)), min_size=1, max_size=40, unique=True))
def test_running_sums_in_ranges_are_those_over_everything(values: list[tuple[str, int]]) -> None:
    frame = pl.DataFrame(values, schema={"currency": pl.String, "_value": pl.Int64}, orient="row")
    summed = nw.from_native(frame.with_columns(_sum=pl.col("_value") * 2).lazy())

    for key in ([], ["currency"]):
        whole, in_ranges = (
            sums(summed, key).select("currency", "_value", "_including", "_base").sort("currency", "_value").collect().rows()
            for sums in (running, running_in_ranges)
        )
        assert in_ranges == whole
