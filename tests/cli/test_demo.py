from __future__ import annotations

import shlex
import subprocess
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from crmkit import Crm, Scope
from crmkit.cli.commands import commands

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


def demo(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(commands, ["demo", "--folder", str(folder), "--customers", "20", *arguments])


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("en", ["Customers who lose money: 2 of", "Call list of 2025-12-31", "What to type next"]),
        ("de", ["Kunden mit Verlust: 2 von", "Anrufliste für den 31.12.2025", "Wie es weitergeht"]),
    ],
)
def test_the_demo_shows_the_overview_the_call_list_and_what_to_type_next(tmp_path: Path, language: str, parts: list[str]) -> None:
    result = demo(tmp_path, "--language", language)

    assert result.exit_code == 0
    assert all(part in result.stdout for part in parts)


def test_what_the_demo_says_to_type_next_works(tmp_path: Path) -> None:
    *_, report, script = demo(tmp_path).stdout.splitlines()

    printed = [
        subprocess.run(shlex.split(command), capture_output=True, check=True, text=True, encoding="utf-8").stdout
        for command in (report, script)
    ]

    assert "Customers who lose money: 2 of 19" in printed[0]
    assert "shape: (40," in printed[1]


def test_the_sample_company_is_in_the_database(tmp_path: Path) -> None:
    demo(tmp_path)

    with Crm.open(f"sqlite:///{(tmp_path / 'crm.db').as_posix()}", scope=Scope(tenant="demo", actor="test")) as crm:
        assert crm.facts.customers().collect().height == 40


def test_a_second_demo_uses_the_company_that_is_there(tmp_path: Path) -> None:
    demo(tmp_path)

    result = demo(tmp_path)

    assert result.exit_code == 0
    assert "is used as it is" in result.stdout


def test_another_company_is_not_mixed_into_the_one_that_is_there(tmp_path: Path) -> None:
    demo(tmp_path)

    result = demo(tmp_path, "--seed", "2")

    assert result.exit_code == 2
    assert "holds another company; give another --folder" in result.stderr


def test_a_larger_company_is_not_mixed_into_the_one_that_is_there(tmp_path: Path) -> None:
    demo(tmp_path)

    assert demo(tmp_path, "--customers", "30").exit_code == 2


def test_a_folder_that_cannot_be_made_ends_with_code_two(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")

    result = demo(tmp_path / "taken")

    assert result.exit_code == 2
    assert "cannot be written to" in result.stderr
