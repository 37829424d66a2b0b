"""What `crmkit report` says about columns that are missing, cost that is not mapped, and output that cannot be written."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from crmkit.cli.commands import commands

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

GERMAN = "Kunde;Datum;Beleg-Nr.;Netto;Einstand\nA;31.12.2025;R-1;1.234,56;1.500,00\n"
MAPPED = ["--map", "customer_id=Kunde", "issued_on=Datum", "revenue=Netto"]
COMMAND = [sys.executable, "-m", "crmkit.cli", "report"]


def report(*arguments: str | Path) -> Result:
    return CliRunner().invoke(commands, ["report", *map(str, arguments)])


def written(folder: Path, content: str | bytes, name: str = "sales.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_what_is_suggested_brings_the_gross_profit_and_the_documents(shared_data: Callable[[str], Path]) -> None:
    stderr = report(shared_data("adventureworks/sales_lines.csv.gz")).stderr

    assert (
        "Try: --map customer_id=ResellerKey issued_on=OrderDate revenue=SalesAmount document_id=SalesOrderNumber cost=TotalProductCost\n"
        in stderr
    )


def test_german_columns_of_cost_and_document_are_suggested_too(tmp_path: Path) -> None:
    stderr = report(written(tmp_path, GERMAN)).stderr

    assert 'Try: --map customer_id=Kunde issued_on=Datum revenue=Netto document_id="Beleg-Nr." cost=Einstand\n' in stderr


def test_no_column_is_suggested_for_cost_where_none_looks_like_it(tmp_path: Path) -> None:
    stderr = report(written(tmp_path, "Kunde;Datum;Netto\nA;31.12.2025;1\n")).stderr

    assert "Try: --map customer_id=Kunde issued_on=Datum revenue=Netto\n" in stderr


def test_what_is_suggested_repeats_what_was_given(tmp_path: Path) -> None:
    stderr = report(written(tmp_path, GERMAN), "--map", "customer_id=Kunde", "revenue=Einstand").stderr

    assert 'Try: --map customer_id=Kunde revenue=Einstand issued_on=Datum document_id="Beleg-Nr."\n' in stderr


@pytest.mark.parametrize(
    ("language", "hint"),
    [
        ("en", "Hint: no cost is mapped, so gross profit is unknown; add --map cost=…\n"),
        ("de", "Hinweis: Kein Einstand ist zugeordnet, der Rohertrag also unbekannt; dafür --map cost=… angeben\n"),
    ],
)
def test_a_report_without_cost_says_what_to_add(tmp_path: Path, language: str, hint: str) -> None:
    path = written(tmp_path, GERMAN)

    assert report(path, *MAPPED, "--language", language).stderr == hint
    assert report(path, *MAPPED, "cost=Einstand", "--language", language).stderr == ""


def test_the_hint_stays_out_of_the_data(tmp_path: Path) -> None:
    result = report(written(tmp_path, GERMAN), *MAPPED, "--json")

    assert json.loads(result.stdout)["currencies"][0]["totals"]["gross_profit"] is None
    assert "cost=…" in result.stderr


def test_of_several_files_the_one_without_the_columns_is_named(tmp_path: Path) -> None:
    good, bad = written(tmp_path, GERMAN, "one.csv"), written(tmp_path, "Kunde\tTag\nA\t1\n", "tab.csv")

    assert (
        f"{bad}: missing columns issued_on (as 'Datum'), revenue (as 'Netto'); the file has 'Kunde', 'Tag'"
        in report(good, bad, *MAPPED).stderr
    )


@pytest.mark.parametrize(("content", "is_said"), [("Umsatzliste 2025\n" + GERMAN, True), (GERMAN, False)])
def test_where_nothing_can_be_suggested_lines_before_the_names_may_be_skipped(tmp_path: Path, content: str, is_said: bool) -> None:
    path = written(tmp_path, content)

    assert ("--skip-lines passes over them" in report(path).stderr) is is_said
    assert report(path, *MAPPED, "--skip-lines", "1" if is_said else "0").exit_code == 0


def test_missing_columns_come_as_data_where_data_are_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, GERMAN)

    result = report(path, "--map", "revenue=Umsatz", "--json")

    problems = json.loads(result.stdout)["problems"]
    assert [(row["source"], row["line"], row["column"], row["value"]) for row in problems] == [
        (str(path), None, "customer_id", None),
        (str(path), None, "issued_on", None),
        (str(path), None, "Umsatz", None),
    ]
    assert "the file has 'Kunde', 'Datum', 'Beleg-Nr.', 'Netto', 'Einstand'; try --map customer_id=Kunde" in problems[0]["message"]
    assert (result.exit_code, "Usage" in result.stderr) == (2, False)


def test_missing_columns_are_written_to_the_file_of_problems_too(tmp_path: Path) -> None:
    report(written(tmp_path, GERMAN), *MAPPED, "currency=Währung", "--problems", tmp_path / "wrong.csv")

    with (tmp_path / "wrong.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["column"] for row in csv.DictReader(file)] == ["Währung"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("more", [MAPPED, [*MAPPED, "--json"], ["--help"]])
def test_a_full_disk_ends_with_one_line_and_code_one(tmp_path: Path, more: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, str(written(tmp_path, GERMAN)), *more], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )

    assert (done.returncode, done.stderr) == (1, "Error: the result cannot be written: No space left on device\n")


def test_a_broken_pipe_ends_quietly(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        done = subprocess.run(
            [*COMMAND, str(written(tmp_path, GERMAN)), *MAPPED], stdout=pipe, stderr=subprocess.PIPE, text=True, check=False
        )

    assert (done.returncode, done.stderr) == (1, "")
