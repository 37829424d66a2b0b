"""The kernels over arrays need NumPy, and say so."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

import pytest

from crmkit.errors import MissingExtraError

if TYPE_CHECKING:
    from pathlib import Path


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
