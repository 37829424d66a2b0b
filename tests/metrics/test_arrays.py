"""Whole numbers for texts."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.metrics.arrays import grouped, numbers_of

VALUES = st.lists(st.one_of(st.none(), st.sampled_from(["a", "b", "", "C-1", "C-10"])))


def column(values: list[Any]) -> nw.Series[Any]:
    return nw.from_native(pl.Series(values, dtype=pl.String), series_only=True)


def check_groups(left: list[Any], right: list[Any]) -> None:
    order, number = grouped(column(left), column(right))
    found: dict[int, list[Any]] = {}
    for place, which in zip(order, number, strict=True):
        found.setdefault(int(which), []).append([*left, *right][place])
    assert sorted(order) == list(range(len(left) + len(right)))
    assert list(number) == sorted(number)
    assert all(len(set(values)) == 1 for values in found.values())
    assert len(found) == len({*left, *right})


@given(VALUES, VALUES)
def test_equal_values_stand_together_and_only_they(left: list[Any], right: list[Any]) -> None:
    check_groups(left, right)


@pytest.mark.parametrize("same", [1, 4])
def test_values_of_one_hash_are_told_apart(same: int, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = pl.Series.hash
    monkeypatch.setattr(pl.Series, "hash", lambda self, seed=0: usual(self, seed) if seed else (usual(self) % same))

    check_groups(["b", "a", "b", None, "c"], ["c", "a", "d", "e", "b"])


def test_numbers_follow_the_texts() -> None:
    numbers, places = numbers_of(column(["web", "fair", "web", "ad"]))

    assert list(numbers) == [2, 1, 2, 0]
    assert list(np.array(["web", "fair", "web", "ad"])[places]) == ["ad", "fair", "web"]
