"""Whole numbers for texts; the kernels over arrays need NumPy, and say so."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.errors import MissingExtraError
from crmkit.metrics.arrays import grouped, numbers_of
from crmkit.metrics.pair_counts import counted_pairs

if TYPE_CHECKING:
    from pathlib import Path

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


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), max_size=30, unique=True), st.integers(1, 3))
def test_pairs_that_are_sorted_are_counted_as_those_with_a_counter_each(rows: list[tuple[int, int]], at_least: int) -> None:
    baskets, items = np.array(sorted(rows), np.int64).reshape(-1, 2).T

    with pytest.MonkeyPatch.context() as patch:
        with_counters = counted_pairs(baskets, items, at_least)
        patch.setattr("crmkit.metrics.pair_counts._TABLE", 0)
        patch.setattr("crmkit.metrics.pair_counts._CHUNK", 3)
        by_sorting = counted_pairs(baskets, items, at_least)

    assert [part.tolist() for part in by_sorting] == [part.tolist() for part in with_counters]


def test_without_numpy_an_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "crmkit.metrics.arrays", raising=False)
    monkeypatch.setitem(sys.modules, "numpy", None)

    with pytest.raises(MissingExtraError, match=r"crmkit\[analytics\]"):
        importlib.import_module("crmkit.metrics.arrays")


def test_a_broken_numpy_is_not_called_a_missing_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("import a_part_of_numpy", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "crmkit.metrics.arrays", raising=False)
    monkeypatch.delitem(sys.modules, "numpy", raising=False)

    with pytest.raises(ModuleNotFoundError, match="a_part_of_numpy"):
        importlib.import_module("crmkit.metrics.arrays")
