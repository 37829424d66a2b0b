"""Every figure says what it is."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest

import crmkit.metrics

if TYPE_CHECKING:
    from collections.abc import Callable

PARTS = ["Definition: ", "Unit: ", "Undefined when: ", "Source: ", ">>> "]
FIGURES = [thing for name in crmkit.metrics.__all__ if inspect.isfunction(thing := getattr(crmkit.metrics, name))]


def missing_parts(figure: Callable[..., object]) -> list[str]:
    lines = (inspect.getdoc(figure) or "").splitlines()
    return [part for part in PARTS if not any(line.startswith(part) and line != part.rstrip() for line in lines)]


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.__name__)
def test_a_figure_states_definition_unit_undefined_case_source_and_example(figure: Callable[..., object]) -> None:
    assert missing_parts(figure) == []


def test_there_are_figures() -> None:
    assert len(FIGURES) > 1
