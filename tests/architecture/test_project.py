"""What the project says about itself in two places agrees."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from typing import Any

from tests.architecture.sources import PACKAGE, ROOT


def project() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return found


def test_all_is_the_union_of_the_extras() -> None:
    extras = project()["optional-dependencies"]
    (everything,) = extras.pop("all")

    assert sorted(everything.removeprefix("crmkit[").removesuffix("]").split(",")) == sorted(extras)


def test_every_extra_is_explained() -> None:
    guide = (ROOT / "docs" / "how-to" / "index.md").read_text("utf-8")

    assert [extra for extra in project()["optional-dependencies"] if not re.search(rf"^\| .*`{extra}`.* \|$", guide, re.MULTILINE)] == []


def test_continuous_integration_runs_what_the_readme_says() -> None:
    command = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()[-1]

    assert re.search(rf"^(\$ )?{re.escape(command)}\b", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)


def test_every_entry_point_leads_somewhere() -> None:
    entry_points = importlib.metadata.distribution("crmkit").entry_points

    assert {point.group for point in entry_points} == {"console_scripts", "hypothesis", "pytest11"}
    for point in entry_points:
        point.load()


def test_the_wheel_carries_its_types() -> None:
    assert (PACKAGE / "py.typed").is_file()
