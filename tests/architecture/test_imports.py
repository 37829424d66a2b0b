"""`import crmkit` is cheap and needs no extra."""

from __future__ import annotations

import ast
import importlib.metadata
import subprocess
import sys

import pytest
from packaging.requirements import Requirement

from tests.architecture.test_public_names import SHOP_WINDOWS

SLOW_BUT_REQUIRED = {"narwhals"}  # the rooms with analyses load it


def modules_of_extras() -> set[str]:
    """Top-level modules of every package that is installed for an extra only."""
    extras = {
        requirement.name.lower()
        for text in importlib.metadata.requires("crmkit") or []
        if "extra" in str((requirement := Requirement(text)).marker)
    }
    return {
        module
        for module, packages in importlib.metadata.packages_distributions().items()
        if extras & {package.lower() for package in packages}
    }


def loaded_by(statement: str) -> set[str]:
    program = f"{statement}; import sys; print([name for name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, text=True)
    assert answer.returncode == 0, answer.stderr
    return {name.split(".")[0] for name in ast.literal_eval(answer.stdout)}


def test_the_extras_are_known() -> None:
    assert {"click", "hypothesis", "numpy", "polars", "pytest", "rich", "sqlalchemy"} <= modules_of_extras()


def test_import_crmkit_loads_no_extra() -> None:
    assert loaded_by("import crmkit") & (modules_of_extras() | SLOW_BUT_REQUIRED | {"pandas", "pyarrow", "duckdb"}) == set()


def test_the_rooms_with_analyses_load_no_engine() -> None:
    rooms = ("classification", "facts", "history", "metrics", "scheduling")
    every_name = "; ".join(f"from crmkit.{room} import *" for room in rooms)

    assert loaded_by(every_name) & (modules_of_extras() | {"pandas", "pyarrow", "duckdb"}) <= {"numpy"}


@pytest.mark.parametrize("module", SHOP_WINDOWS)
def test_every_room_can_be_the_first_that_is_imported(module: str) -> None:
    assert "crmkit" in loaded_by(f"from {module} import *")
