from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, pairwise
from math import factorial
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import days, months
from crmkit.errors import InvalidValueError, MissingColumnError
from crmkit.metrics import (
    First,
    Last,
    LastNonDirect,
    Linear,
    Markov,
    PositionBased,
    Shapley,
    TimeDecay,
    ViewThrough,
    attributed_by,
    attributed_paths,
    compared_attribution_by,
    credited_touches,
)
from tests.engines import by_id, dicts, numbered, on, on_every_engine, rows, rows_in_order, sales, schema_of, with_every_number

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
MODELS: list[Any] = [
    First(),
    Last(),
    Linear(),
    PositionBased(),
    TimeDecay(),
    ViewThrough(),
    LastNonDirect(),
    Markov(),
    Markov(2),
    Markov(3),
    Shapley(),
]
with_every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)


def before(**span: float) -> datetime:
    return NOON - timedelta(**span)


def won(*lines: tuple[Any, ...]) -> pl.DataFrame:
    return sales(list(lines), "conversion_id", "customer_id", "happened_at", "amount")


def touched(*lines: tuple[Any, ...], columns: tuple[str, ...] = ("customer_id", "happened_at", "channel")) -> pl.DataFrame:
    return sales(list(lines), *columns)


CONVERSIONS = won(("R-1", "C-1", NOON, 100), ("R-2", "C-2", NOON, 7), ("R-3", "C-3", NOON, 50))
TOUCHES = touched(
    *[("C-1", before(days=14), "fair"), ("C-1", before(days=7), "phone"), ("C-1", before(days=0), "web"), ("C-2", before(days=1), "fair")],
    *[("C-4", before(days=2), "web"), ("C-4", before(days=1), "fair")],
)


@on_every_engine
@with_every_number
@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (First(), [("fair", 1, 100)]),
        (Last(), [("web", 1, 100)]),
        (Linear(), [("fair", 1 / 3, 34), ("phone", 1 / 3, 33), ("web", 1 / 3, 33)]),
        (PositionBased(first="0.5", last="0.3"), [("fair", 0.5, 50), ("phone", 0.2, 20), ("web", 0.3, 30)]),
        (TimeDecay(half_life=days(7)), [("fair", 1 / 7, 14), ("phone", 2 / 7, 29), ("web", 4 / 7, 57)]),
        (LastNonDirect(direct="web"), [("phone", 1, 100)]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_model_shares_in_its_way(engine: str, number: str, model: Any, expected: list[tuple[str, float, int]]) -> None:
    result = credited_touches(*on(engine, numbered(CONVERSIONS, number, "amount"), TOUCHES), model=model, window=days(30))

    credited = [row for row in dicts(result) if row["conversion_id"] == "R-1"]
    tolerance = 0 if number == "int" else 1
    assert sorted((row["channel"], row["credit"]) for row in credited) == [
        (channel, pytest.approx(credit)) for channel, credit, _ in expected
    ]
    assert [float(row["amount"]) for row in sorted(credited, key=lambda row: row["channel"])] == [
        pytest.approx(amount, abs=tolerance) for *_, amount in expected
    ]


@on_every_engine
@with_every_model
def test_credits_add_up_to_the_amount_on_every_engine(engine: str, model: Any) -> None:
    frames = on(engine, CONVERSIONS, TOUCHES)

    per_conversion: dict[str, list[Any]] = defaultdict(lambda: [0.0, 0])
    for row in dicts(credited_touches(*frames, model=model, window=days(30))):
        per_conversion[row["conversion_id"]][0] += row["credit"]
        per_conversion[row["conversion_id"]][1] += row["amount"]
    per_channel = dicts(attributed_by(*frames, "channel", model=model, window=days(30)))

    assert {name: amount for name, (_, amount) in per_conversion.items()} == {"R-1": 100, "R-2": 7, "R-3": 50}
    assert [credit for credit, _ in per_conversion.values()] == pytest.approx([1, 1, 1])
    assert (sum(row["conversions"] for row in per_channel), sum(row["amount"] for row in per_channel)) == (pytest.approx(3), 157)
    assert rows(attributed_by(*frames, model=model, window=days(30))) == [(3, 157)]


@on_every_engine
def test_without_a_touch_the_amount_goes_to_unattributed(engine: str) -> None:
    touches = TOUCHES.with_columns(campaign_id=pl.lit("K-1"))

    result = credited_touches(*on(engine, CONVERSIONS, touches), model=First(), window=days(30))

    assert [row for row in rows(result) if row[0] == "R-3"] == [("R-3", "unattributed", "unattributed", None, 1, 50)]


@pytest.mark.parametrize(("touch", "channel"), [(timedelta(0), "web"), (timedelta(microseconds=-1), "unattributed")])
def test_a_touch_at_the_conversion_counts_and_one_after_it_does_not(touch: timedelta, channel: str) -> None:
    result = credited_touches(won(("R", "C", NOON, 1)), touched(("C", NOON - touch, "web")), model=Last(), window=days(7))

    assert rows(result, "channel") == [(channel,)]


@pytest.mark.parametrize(("earlier", "channel"), [({"microseconds": -1}, "web"), ({}, "web"), ({"microseconds": 1}, "unattributed")])
def test_the_window_includes_its_first_moment(earlier: dict[str, int], channel: str) -> None:
    touches = touched(("C", before(days=7, **earlier), "web"))

    assert rows(credited_touches(won(("R", "C", NOON, 1)), touches, model=Last(), window=days(7)), "channel") == [(channel,)]


@pytest.mark.parametrize(("touch", "channel"), [("2026-02-28T12:00:00", "web"), ("2026-02-28T11:59:59", "unattributed")])
def test_a_window_of_months_is_clamped_at_month_ends(touch: str, channel: str) -> None:
    touches = touched(("C", datetime.fromisoformat(touch).replace(tzinfo=UTC), "web"))

    assert rows(credited_touches(won(("R", "C", NOON, 1)), touches, model=Last(), window=months(1)), "channel") == [(channel,)]


def test_ties_of_the_last_unit_go_to_the_earliest_touch() -> None:
    touches = touched(*((("C", before(days=day), f"c{day}")) for day in (1, 2, 3)))

    result = credited_touches(won(("R", "C", NOON, 101)), touches, model=Linear(), window=days(30))

    assert by_id(result, "amount", id_="channel") == {"c3": 34, "c2": 34, "c1": 33}


@pytest.mark.parametrize(("count", "shares"), [(1, [1]), (2, [0.25, 0.75]), (3, [0.1, 0.6, 0.3]), (5, [0.1, 0.2, 0.2, 0.2, 0.3])])
def test_position_shares_what_is_left_between_first_and_last(count: int, shares: list[float]) -> None:
    touches = touched(*(("C", before(days=count - place), f"c{place}") for place in range(count)))

    result = credited_touches(won(("R", "C", NOON, 1)), touches, model=PositionBased(first="0.1", last="0.3"), window=days(30))

    assert [credit for _, credit in sorted(rows(result, "channel", "credit"))] == pytest.approx(shares)


VIEWS = ("customer_id", "happened_at", "channel", "kind")


@on_every_engine
def test_a_view_gets_the_credit_only_where_nobody_clicked(engine: str) -> None:
    conversions = won(("R-1", "C-1", NOON, 1), ("R-2", "C-2", NOON, 1))
    seen = touched(
        *[("C-1", before(days=2), "search", "click"), ("C-1", before(days=1), "banner", "view")],
        *[("C-2", before(days=2), "banner", "view"), ("C-2", before(days=1), "video", "view")],
        columns=VIEWS,
    )

    through = attributed_by(*on(engine, conversions, seen), "channel", model=ViewThrough(), window=days(7))
    last = attributed_by(*on(engine, conversions, seen), "channel", model=Last(), window=days(7))

    assert by_id(through, "conversions", id_="channel") == {"search": 1, "video": 1}
    assert by_id(last, "conversions", id_="channel") == {"search": 1, "unattributed": 1}


def test_where_all_came_directly_the_last_one_gets_it() -> None:
    touches = touched(("C", before(days=2), "direct"), ("C", before(days=1), "direct"))

    result = credited_touches(won(("R", "C", NOON, 1)), touches, model=LastNonDirect(), window=days(7))

    assert rows(result, "credit") == [(1,)]


def test_direct_is_a_channel_whatever_the_groups() -> None:
    touches = touched(("C", before(days=2), "fair", "K-1"), ("C", before(days=1), "direct", "K-2"), columns=(*VIEWS[:3], "campaign_id"))

    assert rows(attributed_by(won(("R", "C", NOON, 1)), touches, "campaign_id", model=LastNonDirect(), window=days(7))) == [("K-1", 1, 1)]


@on_every_engine
def test_credit_notes_take_back_by_running_total(engine: str) -> None:
    touches = touched(*((("C", before(days=day), f"c{day}")) for day in (1, 2, 3)))
    parts = [("R", "C", NOON, 999), *(("R", "C", NOON + timedelta(days=day), -333) for day in (1, 2, 3))]

    result = None
    for known in range(1, 5):
        result = credited_touches(*on(engine, won(*parts[:known]), touches), model=Linear(), window=days(30))
        assert sum(amount for (amount,) in rows(result, "amount")) == 999 - 333 * (known - 1)
        assert known < 4 or {amount for (amount,) in rows(result, "amount")} == {0}


@on_every_engine
@pytest.mark.parametrize("model", [Markov(), Linear()], ids=repr)
def test_two_currencies_are_never_added(engine: str, model: Any) -> None:
    conversions = CONVERSIONS.with_columns(currency=pl.Series(["EUR", "CHF", "EUR"]))

    result = attributed_by(*on(engine, conversions, TOUCHES), "channel", model=model, window=days(30))

    totals: dict[str, int] = defaultdict(int)
    for row in dicts(result):
        totals[row["currency"]] += row["amount"]
    assert totals == {"EUR": 150, "CHF": 7}


@on_every_engine
def test_a_touch_without_customer_or_time_is_left_out(engine: str) -> None:
    nobody = [None] * (TOUCHES.width - 2)
    lost = pl.DataFrame([(None, before(days=1), *nobody), ("C-1", None, *nobody)], schema=TOUCHES.schema, orient="row")
    lost = lost.with_columns(channel=pl.lit("lost"))

    with_lost, without = (
        rows(attributed_by(*on(engine, CONVERSIONS, touches), "channel", model=Linear(), window=days(30)))
        for touches in (pl.concat([TOUCHES, lost]), TOUCHES)
    )

    assert sorted(with_lost, key=str) == sorted(without, key=str)


def test_customers_are_found_whether_their_ids_are_numbers_or_texts() -> None:
    numbers = {name: pl.col("customer_id").str.extract(r"(\d+)") for name in ("customer_id",)}
    texts = [frame.with_columns(**numbers) for frame in (CONVERSIONS, TOUCHES)]
    mixed = [texts[0].with_columns(pl.col("customer_id").cast(pl.Int64)), texts[1]]

    found = [
        rows_in_order(attributed_by(conversions, touches, "channel", model=Linear(), window=days(30)))
        for conversions, touches in (texts, mixed)
    ]

    assert found[0] == found[1]


def test_groups_that_are_no_text_are_null_where_nothing_is_known() -> None:
    touches = TOUCHES.with_columns(campaign_id=pl.lit(5))

    assert rows_in_order(attributed_by(CONVERSIONS, touches, "campaign_id", model=First(), window=days(30))) == [(5, 2, 107), (None, 1, 50)]


@on_every_engine
@with_every_model
def test_of_nothing_there_is_nothing(engine: str, model: Any) -> None:
    assert dicts(credited_touches(*on(engine, CONVERSIONS.clear(), TOUCHES), model=model, window=days(30))) == []
    assert dicts(attributed_by(*on(engine, CONVERSIONS.clear(), TOUCHES), "channel", model=model, window=days(30))) == []


@with_every_model
def test_without_touches_everything_is_unattributed(model: Any) -> None:
    assert rows(attributed_by(CONVERSIONS, TOUCHES.clear(), "channel", model=model, window=days(30))) == [("unattributed", 3, 157)]


def test_conversions_without_an_amount_are_counted() -> None:
    result = attributed_by(CONVERSIONS.drop("amount"), TOUCHES, "channel", model=Last(), window=days(30))

    assert rows_in_order(result) == [("fair", 1), ("unattributed", 1), ("web", 1)]


@on_every_engine
@with_every_number
def test_amounts_keep_the_callers_numeric_type(engine: str, number: str) -> None:
    conversions, touches = on(engine, numbered(CONVERSIONS, number, "amount"), TOUCHES)

    result = attributed_by(conversions, touches, "channel", model=Linear(), window=days(30))

    is_wide = number == "int" and engine in {"polars-lazy", "duckdb"}  # a lazy frame is not looked into, and its sum may leave 64 bits
    assert schema_of(result)["amount"] == (nw.Decimal(38, 0) if is_wide else schema_of(conversions)["amount"])
    assert type(result) is type(conversions)


@on_every_engine
def test_models_side_by_side_are_what_each_is_alone(engine: str) -> None:
    touches = TOUCHES.with_columns(kind=pl.Series(["view", *["click"] * (len(TOUCHES) - 1)]))
    models = {type(model).__name__: model for model in MODELS}

    together = rows(compared_attribution_by(*on(engine, CONVERSIONS, touches), "channel", models=models, window=days(30)))

    for name, model in models.items():
        alone = rows(attributed_by(*on(engine, CONVERSIONS, touches), "channel", model=model, window=days(30)))
        assert {row for row in together if row[1] == name} == {(channel, name, *figures) for channel, *figures in alone}


def test_without_a_model_there_is_nothing_to_compare() -> None:
    with pytest.raises(InvalidValueError, match="at least one"):
        compared_attribution_by(CONVERSIONS, TOUCHES, "channel", models={}, window=days(30))


@with_every_model
@pytest.mark.parametrize("bits", [5, 12, 40])
def test_credits_do_not_depend_on_how_many_bits_a_number_has(model: Any, bits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = TOUCHES.with_columns(pl.col("happened_at") + pl.duration(microseconds=pl.int_range(pl.len()) * 7 + 1))
    usual = rows(credited_touches(CONVERSIONS, odd, model=model, window=days(30)))

    monkeypatch.setattr("crmkit.metrics.attribution_walks._WHOLE", bits)
    monkeypatch.setattr("crmkit.metrics.attribution_kernels._WHOLE", bits)

    assert rows(credited_touches(CONVERSIONS, odd, model=model, window=days(30))) == usual


@pytest.mark.parametrize(("later", "channel"), [(-1, "fair"), (0, "fair"), (1, "unattributed")])
def test_a_nanosecond_decides_where_a_column_has_them(later: int, channel: str) -> None:
    touch = pl.DataFrame({"customer_id": ["C"], "happened_at": [NOON], "channel": ["fair"]})
    touch = touch.with_columns(pl.col("happened_at").dt.cast_time_unit("ns") + pl.duration(nanoseconds=later))

    result = attributed_by(won(("R", "C", NOON, 5)), touch, "channel", model=Last(), window=days(30))

    assert rows(result) == [(channel, 1, 5)]


TOUCH = st.tuples(st.sampled_from("ABC"), st.integers(0, 40), st.sampled_from(["fair", "web", "phone", "direct"]))
CONVERSION = st.tuples(st.sampled_from("ABC"), st.integers(-999, 999))


@with_every_model
@given(st.lists(TOUCH, max_size=12), st.lists(CONVERSION, min_size=1, max_size=6))
def test_credits_add_up_exactly(model: Any, touches: list[Any], conversions: list[Any]) -> None:
    seen = pl.DataFrame(
        [(customer, before(days=day), channel) for customer, day, channel in touches],
        schema={"customer_id": pl.String, "happened_at": pl.Datetime("us", "UTC"), "channel": pl.String},
        orient="row",
    )
    got = won(*((f"R-{place}", customer, NOON, Decimal(amount)) for place, (customer, amount) in enumerate(conversions))).cast(
        {"amount": pl.Decimal(28, 3)}
    )

    credited = credited_touches(got, seen, model=model, window=days(30))
    grouped = attributed_by(got, seen, "channel", model=model, window=days(30))

    for place, (_, amount) in enumerate(conversions):
        part = credited.filter(pl.col("conversion_id") == f"R-{place}")
        assert part["amount"].sum() == amount
        assert part["credit"].sum() == pytest.approx(1)
    assert grouped["amount"].sum() == sum(amount for _, amount in conversions)
    assert grouped["conversions"].sum() == pytest.approx(len(conversions))


def paths(*lines: tuple[Any, ...]) -> pl.DataFrame:
    return sales(list(lines), "path", "conversions", "non_conversions", "amount")


@on_every_engine
def test_a_published_markov_chain_of_order_1(engine: str) -> None:
    """S. Bryl', "Marketing Multi-Channel Attribution model with R", AnalyzeCore 2016: three paths, one of which converts."""
    table = paths(("c1 > c2 > c3", 1, 0, 100), ("c1", 0, 1, 0), ("c2 > c3", 0, 1, 0))

    result = attributed_paths(on(engine, table), model=Markov())

    assert rows_in_order(result) == [
        ("c1", pytest.approx(0.2), 20, 0.5),
        ("c2", pytest.approx(0.4), 40, 1),
        ("c3", pytest.approx(0.4), 40, 1),
    ]


@on_every_engine
@with_every_number
@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (First(), {"a": (5, 90), "b": (1, 11)}),
        (Last(), {"a": (4, 71), "b": (2, 30)}),
        (Linear(), {"a": (4 + 5 / 6, 85.5), "b": (1 + 1 / 6, 15.5)}),
        (PositionBased(), {"a": (4.7, 83.5), "b": (1.3, 17.5)}),
        (Shapley(), {"a": (4.5, 80.5), "b": (1.5, 20.5)}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_paths_share_as_touches_do(engine: str, number: str, model: Any, expected: dict[str, tuple[float, int]]) -> None:
    table = numbered(paths(("a > a > b", 2, 1, 30), ("a", 3, 0, 60), ("b>a", 1, 0, 11), ("c", 0, 4, 0)), number, "amount")

    found: dict[str, Any] = {
        row["channel"]: (row["conversions"], float(row["amount"])) for row in dicts(attributed_paths(on(engine, table), model=model))
    }

    del found["c"]
    for channel, (count, amount) in expected.items():
        assert found[channel][0] == pytest.approx(count)
        assert found[channel][1] == pytest.approx(amount, abs=0.5)
    assert set(found) == set(expected)
    assert sum(amount for _, amount in found.values()) == pytest.approx(101)


def test_conversions_of_an_empty_path_are_unattributed() -> None:
    table = paths(("a", 1, 0, 10), ("", 2, 0, 20), (None, 3, 0, 30))

    assert rows_in_order(attributed_paths(table, model=Linear())) == [("a", 1, 10), ("unattributed", 5, 50)]
    assert rows_in_order(attributed_paths(table, model=Markov()), "channel", "amount") == [("a", 10), ("unattributed", 50)]


@pytest.mark.parametrize("model", [TimeDecay(), ViewThrough(), "linear"])
def test_paths_have_no_times(model: Any) -> None:
    with pytest.raises(InvalidValueError, match="paths have no times"):
        attributed_paths(paths(("a", 1, 0, 1)), model=model)


def test_a_path_needs_conversions() -> None:
    with pytest.raises(MissingColumnError, match="conversions"):
        attributed_paths(pl.DataFrame({"path": ["a"]}), model=First())


def rate(walks: list[tuple[list[str], int, int]], order: int, without: str | None = None) -> Fraction:
    """Conversion rate of the chain by elimination of states over exact fractions: the second way."""
    counts: dict[Any, dict[Any, int]] = defaultdict(lambda: defaultdict(int))
    for channels, converted, lost in walks:
        states = [
            "start",
            *(
                tuple(channels[max(0, place + 1 - order) : place + 1]) if place + 1 >= order else (None, *channels[: place + 1])
                for place in range(len(channels))
            ),
        ]
        for left, right in pairwise(states):
            counts[left][right] += converted + lost
        counts[states[-1]]["won"] += converted
        counts[states[-1]]["lost"] += lost
    chances = {
        state: {to: Fraction(count, sum(out.values())) for to, count in out.items() if count}
        for state, out in counts.items()
        if sum(out.values())
    }
    if without is not None:
        chances = {state: {to: chance for to, chance in out.items() if without not in to} for state, out in chances.items()}
    for state in [state for state in chances if state != "start"]:
        out = chances.pop(state)
        stay = 1 / (1 - out.pop(state, Fraction(0)))
        for others in chances.values():
            through = others.pop(state, Fraction(0))
            for to, chance in out.items():
                others[to] = others.get(to, Fraction(0)) + through * chance * stay
    return chances["start"].get("won", Fraction(0))


WALK = st.tuples(st.lists(st.sampled_from("abcd"), min_size=1, max_size=5), st.integers(0, 5), st.integers(0, 5))


@given(st.lists(WALK, min_size=1, max_size=6), st.integers(1, 3))
def test_removal_effects_are_exact_for_any_order(walks: list[Any], order: int) -> None:
    table = paths(*((" > ".join(channels), converted, lost, 0) for channels, converted, lost in walks))
    whole = rate(walks, order) if any(converted + lost for _, converted, lost in walks) else 0

    for row in dicts(attributed_paths(table, model=Markov(order))):
        expected = 1 - rate(walks, order, without=row["channel"]) / whole if whole else 0
        assert row["removal_effect"] == pytest.approx(float(expected), abs=1e-9)


@given(st.lists(WALK, min_size=1, max_size=6))
def test_the_shapley_value_is_that_of_its_definition(walks: list[Any]) -> None:
    players = sorted({channel for channels, *_ in walks for channel in channels})

    def worth(some: set[str]) -> int:
        return sum(converted for channels, converted, _ in walks if set(channels) <= some)

    found = by_id(attributed_paths(paths(*((" > ".join(c), n, m, 0) for c, n, m in walks)), model=Shapley()), "conversions", id_="channel")

    for player in players:
        others = [other for other in players if other != player]
        value = Fraction(0)
        for size in range(len(others) + 1):
            weight = Fraction(factorial(size) * factorial(len(players) - size - 1), factorial(len(players)))
            value += sum(weight * (worth({*some, player}) - worth(set(some))) for some in combinations(others, size))
        assert found[player] == pytest.approx(float(value))


def test_many_states_are_solved_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    walks = [([f"c{(i * 7 + j * j) % 14}" for j in range(4 + i % 9)], 1 + i % 3, i % 4) for i in range(40)]
    table = paths(*((" > ".join(channels), converted, lost, 0) for channels, converted, lost in walks))
    at_once = by_id(attributed_paths(table, model=Markov(2)), "removal_effect", id_="channel")

    monkeypatch.setattr("crmkit.metrics.attribution_kernels._DENSE", 1)
    monkeypatch.setattr("crmkit.metrics.attribution_kernels._FEW", 1)

    assert by_id(attributed_paths(table, model=Markov(2)), "removal_effect", id_="channel") == pytest.approx(at_once, abs=1e-12)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: PositionBased(first="0.7", last="0.4"),
        lambda: PositionBased(first=0, last=0),
        lambda: TimeDecay(half_life=months(1)),
        lambda: Markov(0),
        lambda: Markov(4),
        lambda: LastNonDirect(""),
    ],
)
def test_a_model_that_makes_no_sense_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidValueError):
        wrong()


def test_amounts_beyond_what_can_be_shared_exactly_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="9007199254740992 units"):
        credited_touches(won(("R", "C", NOON, 2**53 + 1)), touched(("C", NOON, "web")), model=Linear(), window=days(7))


def test_paths_without_a_count_of_lost_ones_lost_none() -> None:
    table = pl.DataFrame({"path": ["a > b", "b"], "conversions": [1, 3]})

    assert attributed_paths(table, model=Markov()).sort("channel").rows() == (
        attributed_paths(table.with_columns(non_conversions=0), model=Markov()).sort("channel").rows()
    )


@pytest.mark.parametrize("model", [Linear(), Markov()])
@with_every_number
def test_where_no_path_is_known_everything_is_unattributed(model: Any, number: str) -> None:
    table = numbered(paths((None, 2, 0, 20), ("", 3, 1, 30)).cast({"path": pl.String}), number, "amount")

    assert rows(attributed_paths(table, model=model), "channel", "conversions", "amount") == [("unattributed", 5, 50)]


def test_an_unknown_number_of_non_conversions_counts_as_none() -> None:
    known, unknown = (paths(("a > b", 1, count, 10), ("b", 2, count, 20)) for count in (0, None))

    found = [rows_in_order(attributed_paths(table, model=Markov())) for table in (known, unknown)]

    assert found[0] == found[1]


@pytest.mark.parametrize("counts", [(-1, 0), (0, -1)])
def test_counts_below_zero_are_refused(counts: tuple[int, int]) -> None:
    with pytest.raises(InvalidValueError, match="-1"):
        attributed_paths(paths(("a", *counts, 1)), model=Linear())
