from __future__ import annotations

import pytest

from crmkit.classification import abc_cross_table
from crmkit.errors import InvalidValueError
from tests.engines import on, on_every_engine, rows, sales

CLASSED = sales([("A", "A"), ("A", "C"), ("A", "C"), ("B", None)], "by_revenue", "by_profit")


@on_every_engine
def test_pairs_of_classes_are_counted_a_missing_class_too(engine: str) -> None:
    assert rows(abc_cross_table(on(engine, CLASSED), rows="by_revenue", columns="by_profit")) == [
        ("A", "A", 1),
        ("A", "C", 2),
        ("B", None, 1),
    ]


@pytest.mark.parametrize("columns", ["by_revenue", "customers"])
def test_two_different_columns_are_needed(columns: str) -> None:
    with pytest.raises(InvalidValueError):
        abc_cross_table(CLASSED.with_columns(customers=1), rows="by_revenue", columns=columns)
