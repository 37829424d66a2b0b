from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any, Literal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmkit import Period
from crmkit.classification import (
    ELEVEN_SEGMENTS,
    TEN_SEGMENTS,
    Limits,
    Quantiles,
    SegmentGrid,
    add_rfm_scores,
    add_rfm_segment,
    rfm_by,
    segment_migration,
)
from crmkit.errors import InvalidDataError, InvalidValueError, MissingColumnError, MixedFramesError
from tests.engines import (
    by_id,
    day,
    dicts,
    numbered,
    on,
    on_every_engine,
    queried,
    rows,
    rows_in_order,
    sales,
    schema_of,
    with_every_number,
)

AS_OF = day("2026-06-30")
COLUMNS = ("customer_id", "issued_on", "document_id", "document_kind", "reverses_document_id", "revenue", "cost", "item_group")
LINES = sales(
    [
        ("C-1", day("2026-01-10"), "R-1", "invoice", None, 100, 60, "bikes"),
        ("C-1", day("2026-01-10"), "R-1", "invoice", None, 20, None, "parts"),
        ("C-1", day("2026-01-10"), "R-2", "invoice", None, 30, 10, "bikes"),
        ("C-1", day("2026-06-29"), "R-3", "invoice", None, 50, 20, "parts"),
        ("C-1", day("2026-06-30"), "G-1", "credit_note", "R-2", -10, -4, "bikes"),
        ("C-2", day("2026-03-01"), "R-4", "invoice", None, 70, None, "bikes"),
        ("C-2", day("2026-04-01"), "G-2", "credit_note", "R-4", -70, None, "bikes"),
        ("C-3", day("2026-02-01"), "R-5", "invoice", None, 9, None, "bikes"),
        (None, day("2026-02-01"), "R-6", "invoice", None, 500, 1, "bikes"),
        ("C-4", day("2026-07-01"), "R-7", "invoice", None, 40, 1, "bikes"),
    ],
    *COLUMNS,
)
QUINTILES = Quantiles()


@on_every_engine
@with_every_number
@pytest.mark.parametrize(("purchase", "frequency"), [("document", 3), ("day", 2), ("line", 4)])
def test_what_counts_as_one_purchase_is_chosen(engine: str, number: str, purchase: Any, frequency: int) -> None:
    frame = on(engine, numbered(LINES, number, "revenue", "cost"))

    figures = rfm_by(frame, "customer_id", as_of=AS_OF, purchase=purchase)

    assert rows_in_order(figures) == [
        ("C-1", day("2026-01-10"), day("2026-06-29"), 1, frequency, 190),
        ("C-3", day("2026-02-01"), day("2026-02-01"), 149, 1, 9),
    ]
    assert type(figures) is type(frame)


@on_every_engine
@pytest.mark.parametrize(("as_of", "recency"), [("2026-01-09", None), ("2026-01-10", 0), ("2026-01-11", 1), ("2026-06-29", 0)])
def test_recency_is_counted_from_the_last_purchase_to_the_snapshot(engine: str, as_of: str, recency: int | None) -> None:
    figures = rfm_by(on(engine, LINES), "customer_id", as_of=day(as_of), purchase="document")

    assert by_id(figures, "recency_days").get("C-1") == recency


@on_every_engine
@pytest.mark.parametrize(("as_of", "frequency"), [("2026-03-31", 1), ("2026-04-01", None), ("2026-04-02", None)])
def test_a_wholly_reversed_invoice_is_no_purchase_from_the_day_of_its_credit_note(engine: str, as_of: str, frequency: int | None) -> None:
    figures = rfm_by(on(engine, LINES), "customer_id", as_of=day(as_of), purchase="document")

    assert by_id(figures, "frequency").get("C-2") == frequency


@on_every_engine
@with_every_number
def test_monetary_value_can_be_gross_profit_and_is_unknown_where_no_cost_is_known(engine: str, number: str) -> None:
    frame = on(engine, numbered(LINES, number, "revenue", "cost"))

    assert by_id(rfm_by(frame, "customer_id", as_of=AS_OF, purchase="document", value="gross_profit"), "monetary") == {
        "C-1": 84,
        "C-3": None,
    }


@on_every_engine
def test_a_period_leaves_out_what_was_before_and_after(engine: str) -> None:
    figures = rfm_by(on(engine, LINES), "customer_id", as_of=AS_OF, purchase="document", period=Period.month(2026, 1))

    assert rows_in_order(figures, "customer_id", "last_purchase_on", "recency_days", "frequency", "monetary") == [
        ("C-1", day("2026-01-10"), 171, 2, 150)
    ]


@on_every_engine
def test_a_document_of_two_item_groups_is_a_purchase_in_each(engine: str) -> None:
    figures = rfm_by(on(engine, LINES), "customer_id", "item_group", as_of=AS_OF, purchase="document")

    assert rows_in_order(figures, "customer_id", "item_group", "frequency", "monetary") == [
        ("C-1", "bikes", 2, 120),
        ("C-1", "parts", 2, 70),
        ("C-3", "bikes", 1, 9),
    ]


@on_every_engine
def test_two_currencies_are_two_rows(engine: str) -> None:
    frame = on(engine, LINES.with_columns(currency=pl.Series([None, None, None, *["EUR"] * 7])))

    figures = rfm_by(frame, "customer_id", as_of=AS_OF, purchase="document")

    assert rows_in_order(figures, "customer_id", "currency", "frequency", "monetary") == [
        ("C-1", "EUR", 1, 40),
        ("C-1", None, 2, 150),
        ("C-3", "EUR", 1, 9),
    ]


@on_every_engine
def test_without_purchases_there_is_no_row(engine: str) -> None:
    assert dicts(rfm_by(on(engine, LINES.clear()), "customer_id", as_of=AS_OF, purchase="line")) == []
    assert dicts(rfm_by(on(engine, LINES.clear()), as_of=AS_OF, purchase="line")) == []


def test_a_purchase_is_a_document_a_day_or_a_line() -> None:
    with pytest.raises(InvalidValueError, match="'document', 'day', 'line'"):
        rfm_by(LINES, "customer_id", as_of=AS_OF, purchase="order")  # type: ignore[arg-type]


# Scores -------------------------------------------------------------------------------------------------------------------------------

VALUES = st.lists(st.integers(-20, 20), min_size=2, max_size=40)
PARTS = st.integers(2, 9)


def figures(values: list[Any]) -> pl.DataFrame:
    return pl.DataFrame({"customer_id": [f"C-{place:03}" for place in range(len(values))]}).with_columns(
        pl.Series("recency_days", values), pl.Series("frequency", values), pl.Series("monetary", values)
    )


def scored(values: list[Any], binning: Any, engine: str = "polars", **options: Any) -> list[dict[str, Any]]:
    result = add_rfm_scores(on(engine, figures(values)), recency=binning, frequency=binning, monetary=binning, **options)
    return sorted(dicts(result), key=lambda row: row["customer_id"])


def bins(values: list[Any], binning: Any, engine: str = "polars") -> list[int]:
    return [row["m_score"] for row in scored(values, binning, engine)]


@given(VALUES, PARTS)
def test_quantiles_are_those_of_qcut_in_pandas(values: list[int], parts: int) -> None:
    limits = np.quantile(values, np.linspace(0, 1, parts + 1)[1:-1])
    assert bins(values, Quantiles(parts)) == [1 + sum(value > limit + 1e-9 for limit in limits) for value in values]


@given(st.lists(st.integers(-1000, 1000), min_size=10, max_size=40, unique=True), PARTS)
def test_quantiles_of_different_values_are_those_of_qcut_itself(values: list[int], parts: int) -> None:
    wanted = pd.qcut(pd.Series([float(value) for value in values]), parts, labels=False) + 1

    assert sum(ours != theirs for ours, theirs in zip(bins(values, Quantiles(parts)), wanted, strict=True)) <= parts - 1


@given(VALUES, PARTS)
def test_closed_on_the_left_a_value_on_a_limit_belongs_to_the_upper_bin(values: list[int], parts: int) -> None:
    limits = np.quantile(values, np.linspace(0, 1, parts + 1)[1:-1])
    assert bins(values, Quantiles(parts, closed="left")) == [1 + sum(value >= limit - 1e-9 for limit in limits) for value in values]


@given(VALUES, PARTS)
def test_without_interpolation_limits_are_values_that_occur(values: list[int], parts: int) -> None:
    limits = [np.quantile(values, np.float64(part / parts) - 1e-12, method="inverted_cdf") for part in range(1, parts)]
    assert bins(values, Quantiles(parts, interpolate=False)) == [1 + sum(value > limit for limit in limits) for value in values]
    assert bins(values, Quantiles(parts, interpolate=False, closed="left")) == [
        1 + sum(value >= limit for limit in limits) for value in values
    ]


@settings(max_examples=20)  # each opens a database
@given(VALUES, PARTS)
def test_by_order_without_interpolation_is_ntile_of_sql(values: list[int], parts: int) -> None:
    query = f"select ntile({parts}) over (order by monetary, customer_id) from frame order by customer_id"  # noqa: S608  # a number

    assert bins(values, Quantiles(parts, ties="by_order", interpolate=False)) == [row[0] for row in queried(query, frame=figures(values))]


@settings(max_examples=20)
@given(VALUES, PARTS)
def test_by_order_from_the_highest_is_ntile_in_descending_order(values: list[int], parts: int) -> None:
    query = f"select ntile({parts}) over (order by monetary desc, customer_id) from frame order by customer_id"  # noqa: S608  # a number
    binning = Quantiles(parts, ties="by_order", interpolate=False, counted_from="highest")

    assert [parts + 1 - score for score in bins(values, binning)] == [row[0] for row in queried(query, frame=figures(values))]


@given(VALUES, PARTS)
def test_by_order_with_interpolation_is_qcut_over_ranks(values: list[int], parts: int) -> None:
    ranks = pd.Series(values).rank(method="first").to_numpy()
    limits = np.quantile(ranks, np.linspace(0, 1, parts + 1)[1:-1])

    assert bins(values, Quantiles(parts, ties="by_order")) == [1 + sum(rank > limit + 1e-9 for limit in limits) for rank in ranks]


@on_every_engine
@pytest.mark.parametrize(
    "binning",
    [
        Quantiles(3, ties, interpolate, closed, counted_from)  # type: ignore[arg-type]  # product forgets which texts they are
        for ties, interpolate, closed, counted_from in itertools.product(
            ("together", "by_order"), (True, False), ("left", "right"), ("lowest", "highest")
        )
    ],
    ids=str,
)
def test_every_convention_gives_the_same_on_every_engine(engine: str, binning: Quantiles) -> None:
    values = [5, 5, 1, 8, 8, 8, 2, 9, 3, 3, 7]

    assert scored(values, binning, engine) == scored(values, binning)


@on_every_engine
def test_another_column_can_tell_equal_values_apart(engine: str) -> None:
    frame = on(engine, figures([1, 1, 1, 1]).with_columns(place=pl.Series([4, 3, 2, 1])))
    halves = Quantiles(2, ties="by_order", order="place")

    assert by_id(add_rfm_scores(frame, recency=halves, frequency=halves, monetary=halves), "rfm_score") == {
        "C-000": "122",
        "C-001": "122",
        "C-002": "211",
        "C-003": "211",
    }


@on_every_engine
@pytest.mark.parametrize(("closed", "scores"), [("right", [1, 1, 2, 2, 3]), ("left", [1, 2, 2, 3, 3])])
@with_every_number
def test_the_side_of_a_fixed_limit_is_chosen(engine: str, closed: Literal["left", "right"], scores: list[int], number: str) -> None:
    frame = on(engine, numbered(figures([29, 30, 31, 90, 91]), number, "recency_days", "frequency", "monetary"))
    limits = Limits(at=(30, 90), closed=closed)

    result = add_rfm_scores(frame, recency=limits, frequency=limits, monetary=limits)

    assert [by_id(result, "m_score")[f"C-{place:03}"] for place in range(5)] == scores
    assert [by_id(result, "r_score")[f"C-{place:03}"] for place in range(5)] == [4 - score for score in scores]


@on_every_engine
@with_every_number
def test_a_limit_between_two_numbers_of_the_column_is_exact(engine: str, number: str) -> None:
    frame = on(engine, numbered(figures([2, 3]), number, "recency_days", "frequency", "monetary"))
    limits = Limits(at=[Decimal("2.50005")])

    result = add_rfm_scores(frame, recency=limits, frequency=limits, monetary=limits)

    assert by_id(result, "rfm_score") == {"C-000": "211", "C-001": "122"}


@on_every_engine
def test_the_best_are_highest_or_lowest(engine: str) -> None:
    assert [row["rfm_score"] for row in scored([1, 2, 3], Quantiles(3), engine)] == ["311", "222", "133"]
    assert [row["rfm_score"] for row in scored([1, 2, 3], Quantiles(3), engine, best="lowest")] == ["133", "222", "311"]


@on_every_engine
def test_an_unknown_figure_has_no_score_and_moves_no_limit(engine: str) -> None:
    values = [1.0, None, 2.0, float("nan"), 3.0]

    shown = [row["rfm_score"] for row in scored(values, Quantiles(3), engine)]

    assert shown == ["311", None, "222", None, "133"]


@on_every_engine
def test_each_currency_is_scored_by_itself(engine: str) -> None:
    frame = on(engine, figures([1, 2, 1000, 2000]).with_columns(currency=pl.Series(["EUR", "EUR", None, None])))
    halves = Quantiles(2)

    result = add_rfm_scores(frame, recency=halves, frequency=halves, monetary=halves)

    assert sorted(by_id(result, "m_score").values()) == [1, 1, 2, 2]
    assert by_id(result, "m_score")["C-001"] == 2


@on_every_engine
def test_scores_of_two_digits_are_written_apart(engine: str) -> None:
    values = list(range(10))

    assert scored(values, Quantiles(10), engine)[9]["rfm_score"] == "1-10-10"


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("ties", ["together", "by_order"])
def test_fewer_rows_than_bins_still_have_a_score(count: int, ties: Any) -> None:
    for interpolate in (True, False):
        assert set(bins(list(range(count)), Quantiles(5, ties, interpolate))) <= {1, 2, 3, 4, 5}


@given(VALUES, PARTS, st.sampled_from(["together", "by_order"]), st.booleans(), st.sampled_from(["left", "right"]))
def test_every_score_lies_within_the_bins_and_no_higher_value_scores_less(
    values: list[int], parts: int, ties: Any, interpolate: bool, closed: Any
) -> None:
    found = bins(values, Quantiles(parts, ties, interpolate, closed))

    assert set(found) <= set(range(1, parts + 1))
    assert all(left <= right for (a, left), (b, right) in itertools.permutations(zip(values, found, strict=True), 2) if a < b)


@pytest.mark.parametrize(
    "made",
    [
        lambda: Quantiles(1),
        lambda: Quantiles(ties="first"),  # type: ignore[arg-type]
        lambda: Quantiles(closed="both"),  # type: ignore[arg-type]
        lambda: Quantiles(order=""),
        lambda: Limits(at=()),
        lambda: Limits(at=(3, 3)),
        lambda: Limits(at=(1.5,)),  # type: ignore[arg-type]
    ],
)
def test_what_makes_no_bins_is_refused(made: Any) -> None:
    with pytest.raises(InvalidValueError):
        made()


def test_bins_are_quantiles_or_limits() -> None:
    with pytest.raises(InvalidValueError, match="Quantiles or Limits"):
        add_rfm_scores(figures([1]), recency=5, frequency=QUINTILES, monetary=QUINTILES)  # type: ignore[arg-type]
    with pytest.raises(MissingColumnError, match="'when'"):
        add_rfm_scores(figures([1]), recency=Quantiles(ties="by_order", order="when"), frequency=QUINTILES, monetary=QUINTILES)


# Segments -----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("grid", "cells"), [(TEN_SEGMENTS, 25), (ELEVEN_SEGMENTS, 125)])
def test_published_segments_are_a_partition_of_the_grid(grid: SegmentGrid, cells: int) -> None:
    assert grid.problems() == ()
    assert sum(len(grid.cells(name)) for name in grid.segments) == cells


@on_every_engine
@pytest.mark.parametrize("grid", [TEN_SEGMENTS, ELEVEN_SEGMENTS], ids=["ten", "eleven"])
def test_every_score_has_exactly_one_segment(engine: str, grid: SegmentGrid) -> None:
    scores = list(itertools.product(range(1, 6), repeat=3))
    frame = pl.DataFrame(scores, schema=["r_score", "f_score", "m_score"], orient="row")

    for row in dicts(add_rfm_segment(on(engine, frame), grid=grid)):
        code = "".join(str(row[score]) for score in grid.scores)
        assert [name for name in grid.segments if code in grid.cells(name)] == [row["rfm_segment"]]


def test_names_have_ten_and_eleven_segments() -> None:
    assert (len(TEN_SEGMENTS.segments), len(ELEVEN_SEGMENTS.segments)) == (10, 11)


def test_a_grid_tells_which_cells_have_no_name_and_which_have_several() -> None:
    grid = SegmentGrid({"a": "1[1-2]", "b": ["12", "22"]}, scores=("r_score", "f_score"), parts=2)

    assert [str(problem) for problem in grid.problems()] == [
        "segments: '12' is in several segments: a, b",
        "segments: '21' is in no segment",
    ]
    with pytest.raises(InvalidDataError, match="in no segment"):
        add_rfm_segment(figures([1]), grid=grid)


@pytest.mark.parametrize("pattern", ["5", "555", "5x", "56", "05", "[5-4]1", "[1-6]1", "1,1"])
def test_cells_are_codes_or_ranges_of_the_scores(pattern: str) -> None:
    with pytest.raises(InvalidValueError, match="codes of 2 scores from 1 to 5"):
        SegmentGrid({"a": pattern}, scores=("r_score", "f_score"))


@on_every_engine
def test_a_score_that_is_unknown_or_beyond_the_grid_has_no_segment(engine: str) -> None:
    frame = pl.DataFrame({"r_score": [5, None, 6, 0], "f_score": [5, 5, 5, 5]})

    assert rows(add_rfm_segment(on(engine, frame), grid=TEN_SEGMENTS), "rfm_segment") == [("champions",), (None,), (None,), (None,)]


@on_every_engine
def test_an_own_grid_may_read_other_columns(engine: str) -> None:
    grid = SegmentGrid({"low": "1", "high": "2"}, scores=["value_score"], parts=2)
    frame = on(engine, pl.DataFrame({"value_score": [2, 1]}))

    assert rows(add_rfm_segment(frame, grid=grid, into="worth"), "worth") == [("high",), ("low",)]


@on_every_engine
def test_who_moved_between_two_dates_is_counted(engine: str) -> None:
    schema = {"customer_id": pl.String, "rfm_segment": pl.String}
    left = pl.DataFrame([("a", "lost"), ("b", "lost"), ("c", None), ("d", "loyal")], schema=schema, orient="row")
    right = pl.DataFrame([("a", "loyal"), ("b", "loyal"), ("c", "lost"), ("e", "loyal")], schema=schema, orient="row")

    moved = segment_migration(*on(engine, left, right))

    assert rows(moved) == [("lost", "loyal", 2), ("loyal", None, 1), (None, "lost", 1), (None, "loyal", 1)]
    assert [str(dtype) for dtype in schema_of(moved).values()] == ["String", "String", "Int64"]


@on_every_engine
def test_migration_counts_each_currency_by_itself(engine: str) -> None:
    left = pl.DataFrame({"customer_id": ["a", "a"], "abc_class": ["A", "C"], "currency": ["EUR", None]})

    assert rows(segment_migration(*on(engine, left, left), segment="abc_class")) == [("EUR", "A", "A", 1), (None, "C", "C", 1)]


def test_frames_of_two_kinds_are_not_compared() -> None:
    frame = pl.DataFrame({"customer_id": ["a"], "rfm_segment": ["lost"]})

    with pytest.raises(MixedFramesError):
        segment_migration(frame, frame.lazy())
    numbered = frame.with_columns(customer_id=pl.lit(1, pl.Int64))
    for first, second in ((frame, numbered), (numbered, frame.with_columns(customer_id=pl.lit(1, pl.Int32)))):
        with pytest.raises(InvalidValueError, match="one type in both"):
            segment_migration(first, second)
    with pytest.raises(InvalidValueError, match="a column with a class"):
        segment_migration(frame, frame, segment="customer_id")


@pytest.mark.parametrize("wrong", ["55", ["55"], 5])
def test_segments_come_as_a_mapping(wrong: Any) -> None:
    with pytest.raises(InvalidValueError, match="a mapping from names to cells"):
        SegmentGrid(wrong)


@pytest.mark.parametrize(("parts", "is_refused"), [(8, False), (9, False), (10, True)])
def test_a_score_is_one_digit(parts: int, is_refused: bool) -> None:
    if is_refused:
        with pytest.raises(InvalidValueError, match="at most 9"):
            SegmentGrid({"all": "1"}, scores="value_score", parts=parts)
    else:
        assert SegmentGrid({"all": f"[1-{parts}]"}, scores="value_score", parts=parts).problems() == ()


@pytest.mark.parametrize("scores", [(), ("r_score", "r_score")], ids=["none", "twice"])
def test_a_grid_needs_scores_each_once(scores: tuple[str, ...]) -> None:
    with pytest.raises(InvalidValueError, match="each once"):
        SegmentGrid({}, scores=scores)


def test_the_segment_does_not_replace_a_score() -> None:
    frame = pl.DataFrame({"r_score": [5], "f_score": [5]})

    with pytest.raises(InvalidValueError, match="another name than those of the scores"):
        add_rfm_segment(frame, grid=TEN_SEGMENTS, into="f_score")
