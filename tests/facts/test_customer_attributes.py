from __future__ import annotations

from bisect import bisect_right
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.errors import InvalidValueError
from crmkit.facts import add_attribute
from tests.engines import day, on, on_every_engine, rows_in_order, sales

SOLD = sales(
    [
        ("a", day("2025-12-31")),
        ("a", day("2026-01-01")),
        ("a", day("2026-01-02")),
        ("a", day("2026-06-01")),
        ("b", day("2026-01-01")),
        (None, None),
    ],
    *("customer_id", "issued_on"),
)
CHANGES = sales(
    [("a", day("2026-01-01"), "north"), ("a", day("2026-06-01"), "south"), ("z", day("2020-01-01"), "east")],
    *("customer_id", "changed_on", "region"),
)


@on_every_engine
def test_an_attribute_is_what_held_on_the_day_of_the_sale(engine: str) -> None:
    shown = add_attribute(*on(engine, SOLD, CHANGES), attribute="region", as_it_was="at_sale")

    assert rows_in_order(shown) == [
        ("a", day("2025-12-31"), None),
        ("a", day("2026-01-01"), "north"),
        ("a", day("2026-01-02"), "north"),
        ("a", day("2026-06-01"), "south"),
        ("b", day("2026-01-01"), None),
        (None, None, None),
    ]


@on_every_engine
def test_or_what_holds_today(engine: str) -> None:
    shown = add_attribute(*on(engine, SOLD, CHANGES), attribute="region", as_it_was="today", into="region_today")

    assert rows_in_order(shown, "customer_id", "region_today") == [*[("a", "south")] * 4, ("b", None), (None, None)]


@on_every_engine
def test_a_column_of_the_same_name_is_replaced(engine: str) -> None:
    shown = add_attribute(*on(engine, SOLD.with_columns(region=pl.lit("old")), CHANGES), attribute="region", as_it_was="today")

    assert "old" not in {value for row in rows_in_order(shown, "region") for value in row}


DAYS = st.dates(min_value=day("2026-01-01"), max_value=day("2026-02-01"))


@given(
    st.lists(st.tuples(st.sampled_from("ab"), DAYS)),
    st.lists(st.tuples(st.sampled_from("ab"), DAYS, st.sampled_from("xyz")), unique_by=lambda c: c[:2]),
)
def test_what_held_is_the_last_change_up_to_the_day(sold: list[Any], changed: list[Any]) -> None:
    lines = pl.DataFrame(sold, schema={"customer_id": pl.String, "issued_on": pl.Date}, orient="row")
    changes = pl.DataFrame(changed, schema={"customer_id": pl.String, "changed_on": pl.Date, "region": pl.String}, orient="row")

    shown = add_attribute(lines, changes, attribute="region", as_it_was="at_sale")

    expected = []
    for who, at in sold:
        own = sorted((since, region) for customer, since, region in changed if customer == who)
        place = bisect_right([since for since, _ in own], at)
        expected.append((who, at, own[place - 1][1] if place else None))
    assert sorted(map(str, shown.rows())) == sorted(map(str, expected))


def test_tables_fit_each_other() -> None:
    with pytest.raises(InvalidValueError, match="one type in both"):
        add_attribute(SOLD.with_columns(customer_id=pl.lit(1)), CHANGES, attribute="region", as_it_was="today")
    with pytest.raises(InvalidValueError, match="another name than"):
        add_attribute(SOLD, CHANGES, attribute="region", as_it_was="today", into="issued_on")
