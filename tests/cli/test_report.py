from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from crmkit.cli import main
from crmkit.cli.commands import commands

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

MAPPED = ["--map", "customer_id=Kunde", "issued_on=Datum", "revenue=Netto", "cost=Einstand"]
GERMAN = "Kunde;Datum;Netto;Einstand\nA;31.12.2025;1.234,56;1.500,00\nB;01.06.2024;100,00;50,00\n"


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Result]:
    def run(*arguments: str, **files: str) -> Result:
        paths = []
        for name, content in files.items():
            path = tmp_path / f"{name}.csv"
            path.write_text(content, "utf-8")
            paths.append(str(path))
        return CliRunner().invoke(commands, ["report", *paths, *arguments])

    return run


def data(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_a_report_is_printed_as_of_the_last_day_of_the_data(run: Callable[..., Result]) -> None:
    result = run(*MAPPED, sales=GERMAN)

    assert result.exit_code == 0
    assert result.stdout.startswith("Sales overview as of 2025-12-31\n")
    assert result.stderr == ""


def test_the_same_comes_as_data(run: Callable[..., Result]) -> None:
    (part,) = data(run(*MAPPED, "--json", sales=GERMAN))["currencies"]

    assert part["totals"]["revenue"] == "1334.56"
    assert [customer["customer_id"] for customer in part["largest_loss_makers"]] == ["A"]


def test_several_files_are_one_report(run: Callable[..., Result]) -> None:
    (part,) = data(run(*MAPPED, "--json", first=GERMAN, second=GERMAN))["currencies"]

    assert part["totals"]["lines"] == 4


def test_the_options_reach_the_library(run: Callable[..., Result]) -> None:
    options = ["--as-of", "30.06.2024", "--lost-since", "2024-06-15", "--call-every", "A=2w", "B=3m", "--top", "0", "--json"]

    found = data(run(*MAPPED, *options, sales=GERMAN))

    assert (found["as_of"], found["lost_since"], found["lines_after"]) == ("2024-06-30", "2024-06-15", 1)
    assert found["call_every"] == {"A": {"days": 14}, "B": {"months": 3}, "C": {"days": 90}}
    assert (found["currencies"][0]["lost"], found["currencies"][0]["most_valuable_lost"]) == (1, [])


def test_the_notation_can_be_given(run: Callable[..., Result]) -> None:
    options = ["--decimal", "comma", "--date-format", "%d/%m/%Y", "--delimiter", "|", "--skip-lines", "1", "--json", "--encoding", "utf-8"]

    found = data(run(*MAPPED, *options, sales="export\nKunde|Datum|Netto|Einstand\nA|01/02/2025|1.234|1.000\n"))

    assert found["as_of"] == "2025-02-01"
    assert found["currencies"][0]["totals"]["revenue"] == "1234.00"


def test_credit_notes_may_be_positive(run: Callable[..., Result]) -> None:
    content = "customer_id;issued_on;revenue;document_kind\nA;31.12.2025;10,5;Rechnung\nA;31.12.2025;2,5;Gutschrift\n"

    (part,) = data(run("--credit-notes", "positive", "--json", sales=content))["currencies"]

    assert part["totals"]["revenue"] == "8.00"


def test_german_is_spoken(run: Callable[..., Result]) -> None:
    assert "Wen anrufen" in run(*MAPPED, "--language", "de", sales=GERMAN).stdout


def test_wrong_values_end_with_code_two_and_are_all_listed(run: Callable[..., Result]) -> None:
    result = run(*MAPPED, sales=GERMAN + "C;31.02.2025;1;1\nD;01.01.2025;x;1\n")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "2 problems; nothing was taken over" in result.stderr
    assert "line 4, column Datum: '31.02.2025'" in result.stderr
    assert "line 5, column Netto: 'x' is not an amount" in result.stderr


KIND = "Kunde;Datum;Netto;Einstand;Art\nA;1.2.2025;1,5;1;Gutschrift\n"
MANY_WRONG = "Kunde;Datum;Netto;Einstand\n" + "A;soon;1;1\n" * 25


def test_the_first_of_many_problems_are_listed_and_a_file_takes_all(run: Callable[..., Result], tmp_path: Path) -> None:
    assert "… and 5 more; --problems FILE writes all of them" in run(*MAPPED, sales=MANY_WRONG).stderr

    result = run(*MAPPED, "--problems", str(tmp_path / "wrong.csv"), sales=MANY_WRONG)

    header, *lines = (tmp_path / "wrong.csv").read_text("utf-8-sig").splitlines()
    assert header == "source,line,column,value,message"
    assert (len(lines), lines[-1].split(",")[1:4]) == (25, ["26", "Datum", "soon"])
    assert f"… and 5 more in {tmp_path / 'wrong.csv'}" in result.stderr


def test_problems_that_cannot_be_written_are_listed_all_the_same(run: Callable[..., Result], tmp_path: Path) -> None:
    result = run(*MAPPED, "--problems", str(tmp_path / "nowhere" / "wrong.csv"), sales=MANY_WRONG)

    assert (result.exit_code, "cannot be written" in result.stderr, "25 problems" in result.stderr) == (2, True, True)


def test_problems_come_as_data_where_data_are_asked_for(run: Callable[..., Result]) -> None:
    result = run(*MAPPED, "--json", sales=MANY_WRONG)

    assert result.exit_code == 2
    assert len(data(result)["problems"]) == 25
    assert data(result)["problems"][0]["value"] == "soon"


@pytest.mark.parametrize(
    ("arguments", "content", "part"),
    [
        (["--map", "cst=Kunde"], GERMAN, "--map cst is not allowed"),
        (["--lost-since", "2030-01-01"], GERMAN, "--lost-since 2030-01-01 is not allowed; expected a day up to --as-of 2025-12-31"),
        (["--encoding", "klingon"], GERMAN, "--encoding klingon is not allowed"),
        ([], "Kunde;Datum;Netto;Einstand\nA;01/02/2025;1;1\n", "give --date-format '%d/%m/%Y' or '%m/%d/%Y'"),
        ([], "Kunde;Datum;Netto;Einstand\nA;1.2.2025;1.234;1\n", "give --decimal comma or --decimal point"),
        (
            ["--map", "document_kind=Art"],
            "Kunde;Datum;Netto;Einstand;Art\nA;1.2.2025;1,5;1;Gutschrift\n",
            "--credit-notes positive turns them",
        ),
        (["--map", "revenue=Einstand"], GERMAN, "revenue is given twice"),
        (["--map", "item_id=Kunde", "Netto"], GERMAN, "'Netto' is neither of the form NAME=COLUMN"),
    ],
)
def test_what_is_refused_is_said_in_words_of_options(run: Callable[..., Result], arguments: list[str], content: str, part: str) -> None:
    result = run(*MAPPED, *arguments, sales=content)

    assert (result.exit_code, result.stdout) == (2, "")
    assert part in " ".join(result.stderr.split())


def test_missing_columns_end_with_code_two_and_the_map_to_try(run: Callable[..., Result]) -> None:
    result = run(sales=GERMAN)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "missing columns customer_id, issued_on, revenue; the file has 'Kunde', 'Datum', 'Netto', 'Einstand'" in result.stderr
    assert "Try: --map customer_id=Kunde issued_on=Datum revenue=Netto" in result.stderr


def test_a_column_with_a_blank_in_its_name_is_suggested_in_quotation_marks(run: Callable[..., Result]) -> None:
    assert 'customer_id="Kunden Nr" issued_on=Datum revenue=…' in run(sales="Kunden Nr;Datum\n1;2\n").stderr


def test_quantity_and_price_are_suggested_where_there_is_no_revenue(run: Callable[..., Result]) -> None:
    assert "quantity=Menge unit_price=Preis" in run(sales="Kunde;Datum;Menge;Preis\n1;2;3;4\n").stderr


@pytest.mark.parametrize(
    ("content", "code", "part"),
    [
        ("", 2, "is empty"),
        ("Kunde;Datum;Netto;Einstand\n", 2, "has no lines; for an empty report give --as-of"),
    ],
)
def test_a_file_without_lines_ends_with_code_two(run: Callable[..., Result], content: str, code: int, part: str) -> None:
    result = run(*MAPPED, sales=content)

    assert result.exit_code == code
    assert part in result.stderr


def test_a_header_without_lines_is_an_empty_report_on_a_given_day(run: Callable[..., Result]) -> None:
    result = run(*MAPPED, "--as-of", "2026-01-01", sales="Kunde;Datum;Netto;Einstand\n")

    assert (result.exit_code, result.stdout) == (0, "Sales overview as of 2026-01-01\n\nNo sales lines up to this day.\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--map", "x"],
        ["--map", "x=y"],
        ["--as-of", "soon"],
        ["--call-every", "Z=1"],
        ["--encoding", "klingon"],
        ["--delimiter", "::"],
        ["--lost-since", "2030-01-01"],
    ],
)
def test_a_wrong_option_ends_with_code_two_and_no_traceback(run: Callable[..., Result], arguments: list[str]) -> None:
    result = run(*MAPPED, *arguments, sales=GERMAN)

    assert result.exit_code == 2
    assert "Error" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_terminal_that_cannot_show_a_character_does_without_it(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text(GERMAN, "utf-8")
    command = [sys.executable, "-m", "crmkit.cli", "report", str(tmp_path / "sales.csv"), *MAPPED, "--language", "de"]

    done = subprocess.run(command, env={"PYTHONIOENCODING": "latin-1", **_environment()}, capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, b"")
    assert "Umsatzübersicht".encode("latin-1") in done.stdout
    assert done.stdout.splitlines()[3].split() == [b"Belege", b"?"]


def test_rich_and_what_stores_need_are_not_loaded_for_a_report(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text(GERMAN, "utf-8")
    run = "from crmkit.cli import main\ntry: main()\nexcept SystemExit: print(*sys.modules)"
    code = f"import sys; sys.argv = {['crmkit', 'report', str(tmp_path / 'sales.csv'), *MAPPED]!r}\n{run}"

    done = subprocess.run([sys.executable, "-c", code], env=_environment(), capture_output=True, text=True, check=True)

    loaded = set(done.stdout.split())
    assert {"polars", "click"} <= loaded
    assert not {"rich", "sqlalchemy", "cattrs", "pandas", "charset_normalizer", "python_calamine", "hypothesis", "pytest"} & loaded


def test_a_long_file_shows_how_far_it_is_on_a_terminal(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("crmkit.cli.reports._LONG_BYTES", 1)
    monkeypatch.setattr("crmkit.cli.reports._is_terminal", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")

    result = run(*MAPPED, sales=GERMAN)

    assert result.exit_code == 0
    assert result.stdout.startswith("Sales overview")
    shown = result.stderr + capsys.readouterr().err
    assert "reading" in shown or "computing" in shown


def test_without_click_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "click", None)
    monkeypatch.delitem(sys.modules, "crmkit.cli.commands")

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 2
    assert "pip install 'crmkit[cli]'" in capsys.readouterr().err


def _environment() -> dict[str, str]:
    import os  # noqa: PLC0415  only needed here

    return {name: value for name, value in os.environ.items() if name.startswith(("PYTHONPATH", "PATH", "SYSTEM", "COVERAGE"))}
