from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.errors import InvalidValueError
from crmkit.metrics import next_items, pairs, upgrade_paths
from tests.engines import day, dicts, numbered, on, on_every_engine, rows, rows_in_order, sales, with_every_number

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LINE = ("customer_id", "issued_on", "document_id", "item_id", "revenue", "cost")
LINES = sales(
    [
        ("A", day("2026-01-01"), "1", "pen", 2, 1),
        ("A", day("2026-01-01"), "1", "ink", 6, 2),
        ("B", day("2026-01-01"), "2", "pen", 2, 1),
        ("B", day("2026-01-01"), "2", "ink", 4, 2),
        ("B", day("2026-01-01"), "2", "ink", 5, 2),
        ("C", day("2026-01-01"), "3", "pen", 2, 1),
        ("C", day("2026-02-01"), "4", "desk", 900, None),
        ("D", day("2026-01-01"), "5", "pen", -2, -1),
    ],
    *LINE,
)


@on_every_engine
@with_every_number
def test_pairs_have_support_confidence_and_lift(engine: str, number: str) -> None:
    result = pairs(on(engine, numbered(LINES, number, "revenue")), support_at_least=2)

    assert rows_in_order(result) == [
        ("ink", "pen", 4, 2, 0.5, 1, pytest.approx(4 / 3), 2, 3),
        ("pen", "ink", 4, 2, 0.5, pytest.approx(2 / 3), pytest.approx(4 / 3), 3, 2),
    ]


@pytest.mark.parametrize(("support", "found"), [(1, 2), (2, 2), (3, 0)])
def test_a_pair_is_in_so_many_baskets(support: int, found: int) -> None:
    assert pairs(LINES, support_at_least=support).height == found


@given(st.lists(st.sets(st.sampled_from("abcdef")), max_size=20), st.integers(1, 3))
def test_pairs_are_those_of_their_definition(baskets: list[set[str]], support: int) -> None:
    lines = [(str(place), item, 1) for place, basket in enumerate(baskets) for item in basket]
    frame = pl.DataFrame(lines, schema={"document_id": pl.String, "item_id": pl.String, "revenue": pl.Int64}, orient="row")

    found = {(row["item"], row["other"]): row["both"] for row in dicts(pairs(frame, support_at_least=support))}

    counts = {(left, right): sum({left, right} <= basket for basket in baskets) for left, right in permutations("abcdef", 2)}
    assert found == {pair: count for pair, count in counts.items() if count >= support}


def test_pairs_are_merged_chunk_by_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = sales([(str(n % 40), f"i{n % 7}", 1) for n in range(400)], "document_id", "item_id", "revenue")
    whole = rows_in_order(pairs(lines, support_at_least=1))

    monkeypatch.setattr("crmkit.metrics.pair_counts._CHUNK", 3)

    assert rows_in_order(pairs(lines, support_at_least=1)) == whole


@on_every_engine
def test_upgrades_lead_to_what_is_bought_next_for_the_first_time(engine: str) -> None:
    lines = sales(
        [
            ("A", day("2026-01-01"), "1", "small", 10, 6),
            ("A", day("2026-02-01"), "2", "small", 10, 6),
            ("A", day("2026-03-01"), "3", "large", 90, 40),
            ("A", day("2026-04-01"), "4", "huge", 99, None),
            ("B", day("2026-01-01"), "5", "small", 10, 6),
            ("B", day("2026-01-02"), "6", "large", 90, 40),
        ],
        *LINE,
    )

    assert rows_in_order(upgrade_paths(on(engine, lines), customers_at_least=1)) == [("large", "huge", 1, None), ("small", "large", 2, 46)]
    assert rows(upgrade_paths(on(engine, lines), customers_at_least=2), "next_item") == [("large",)]


RULES = sales(
    [("pen", "ink", 0.5), ("pen", "desk", 0.9), ("pen", "book", 0.1), ("ink", "book", 0.4), ("ink", "pen", 1.0)],
    *("item", "other", "confidence"),
)


@on_every_engine
def test_offers_are_ranked_by_expected_gross_profit_without_what_he_has(engine: str) -> None:
    lines = pl.concat([LINES, sales([("E", day("2026-01-01"), "9", "book", 30, 10)], *LINE)])

    frame, rules = on(engine, lines, RULES)

    assert rows(next_items(frame, pairs=rules)) == [
        ("A", "book", 0.4, 8),
        ("A", "desk", 0.9, None),
        ("B", "book", 0.4, 8),
        ("B", "desk", 0.9, None),
        ("C", "book", 0.1, 2),
        ("C", "ink", 0.5, pytest.approx(1.5)),
    ]
    assert rows(next_items(frame, pairs=rules, per_customer=1), "customer_id", "item_id") == [("A", "book"), ("B", "book"), ("C", "book")]


@pytest.mark.parametrize("wrong", [lambda: pairs(LINES, support_at_least=0), lambda: upgrade_paths(LINES, customers_at_least=0)])
def test_at_least_one_is_asked_for(wrong: Any) -> None:
    with pytest.raises(InvalidValueError):
        wrong()


def test_real_baskets_agree_with_sql(shared_data: Callable[[str], Path]) -> None:
    import duckdb  # noqa: PLC0415  # for the second way

    path = shared_data("online_retail/online_retail.csv.gz")
    lines = (
        duckdb.connect()
        .sql(
            f"""select InvoiceNo as document_id, StockCode as item_id, Quantity * UnitPrice as revenue
            from read_csv('{path}', types={{'InvoiceNo': 'VARCHAR', 'StockCode': 'VARCHAR'}}) where UnitPrice > 0 and Quantity > 0"""  # noqa: S608  # the test's own data
        )
        .pl()
    )
    expected = (
        duckdb.connect()
        .sql(
            """with held as (select distinct document_id, item_id from lines)
           select l.item_id, r.item_id, count(*) from held l join held r on l.document_id = r.document_id and l.item_id <> r.item_id
           group by all having count(*) >= 400"""
        )
        .fetchall()
    )

    assert set(rows(pairs(lines, support_at_least=400), "item", "other", "both")) == set(expected)
    assert expected


IN_TWO_CURRENCIES = sales(
    [
        ("A", day("2026-01-01"), "1", "pen", 2, 1, "EUR"),
        ("A", day("2026-02-01"), "2", "desk", 900, 600, "EUR"),
        ("B", day("2026-01-01"), "3", "pen", 30, 10, "USD"),
        ("B", day("2026-02-01"), "4", "desk", 80, 70, "USD"),
        ("C", day("2026-01-01"), "5", "pen", 2, 1, "EUR"),
        ("D", day("2026-01-01"), "6", "pen", 9, 1, "USD"),
        ("E", day("2026-01-01"), "7", "pen", 9, 1, None),
    ],
    *LINE,
    "currency",
)


@on_every_engine
def test_the_profit_of_an_upgrade_is_never_of_two_currencies(engine: str) -> None:
    result = upgrade_paths(on(engine, IN_TWO_CURRENCIES), customers_at_least=1)

    assert rows_in_order(result) == [("pen", "desk", "EUR", 1, 299), ("pen", "desk", "USD", 1, -4)]


@on_every_engine
def test_the_profit_of_an_offer_is_of_the_currency_in_which_a_customer_buys(engine: str) -> None:
    rules = pl.DataFrame({"item": ["pen"], "other": ["desk"], "confidence": [0.5]})
    frame, found = on(engine, IN_TWO_CURRENCIES, rules)

    assert rows(next_items(frame, pairs=found)) == [
        ("C", "EUR", "desk", 0.5, 150),
        ("D", "USD", "desk", 0.5, 5),
        ("E", None, "desk", 0.5, None),
    ]
