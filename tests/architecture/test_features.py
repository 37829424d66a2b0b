"""`docs/features.md` lists every requirement, and nothing that does not exist."""

from __future__ import annotations

import ast
import pkgutil
import re

import attrs
import pytest

from tests.architecture.sources import ROOT

LAST_ROW = 171
NOT_DONE = {"planned", "out of scope"}


@attrs.frozen
class Feature:
    row: int
    names: tuple[str, ...]
    tests: tuple[str, ...]
    state: str | None


def features() -> list[Feature]:
    found = []
    for line in (ROOT / "docs" / "features.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0].isdecimal():
            row, _term, names, tests = cells
            found.append(Feature(int(row), in_backticks(names), in_backticks(tests), names if names in NOT_DONE else None))
    return found


def in_backticks(cell: str) -> tuple[str, ...]:
    """Names in backticks, separated by commas; anything else in the cell is refused."""
    assert re.fullmatch(r"(`[^`]+`(, `[^`]+`)*)?", cell) or cell in NOT_DONE, f"names go in backticks, separated by commas: {cell}"
    return tuple(re.findall(r"`([^`]+)`", cell))


def exists(test: str) -> bool:
    """Whether `tests/…/test_x.py::test_y` or `…::TestClass::test_y` is defined."""
    path, *names = test.split("::")
    if not names or not (ROOT / path).is_file():
        return False
    body: list[ast.stmt] = ast.parse((ROOT / path).read_text("utf-8")).body
    for name in names:
        found = [node for node in body if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == name]
        if not found:
            return False
        body = found[0].body
    return names[-1].startswith("test_")


def is_public(name: str) -> bool:
    return name.startswith("crmkit") and not any(part.startswith("_") for part in name.split("."))


def test_every_requirement_has_its_row() -> None:
    assert [feature.row for feature in features()] == list(range(1, LAST_ROW + 1))


def test_a_row_is_done_with_names_and_tests_or_not_at_all() -> None:
    assert [feature.row for feature in features() if (feature.state is None) != bool(feature.names and feature.tests)] == []
    assert [feature.row for feature in features() if feature.state and feature.tests] == []


@pytest.mark.parametrize("name", sorted({name for feature in features() for name in feature.names}) or ["crmkit"])
def test_a_name_in_the_list_can_be_imported(name: str) -> None:
    assert is_public(name)
    assert pkgutil.resolve_name(name)


def test_a_test_in_the_list_exists() -> None:
    assert [test for feature in features() for test in feature.tests if not exists(test)] == []
