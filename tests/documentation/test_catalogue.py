"""The catalogue of figures is made from the docstrings."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture
def catalogue() -> ModuleType:
    spec = importlib.util.spec_from_file_location("catalogue", DOCS / "catalogue.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_catalogue_is_what_the_docstrings_say(catalogue: ModuleType) -> None:
    assert (DOCS / "reference" / "figures.md").read_text("utf-8") == catalogue.page(), "run: python docs/catalogue.py"


def test_every_figure_is_in_the_catalogue_with_all_its_parts(catalogue: ModuleType) -> None:
    text = catalogue.page()

    for name, figure in catalogue.figures().items():
        assert f"### `{name}`" in text
        assert all(catalogue.parts(figure).values()), name
