"""What the command line says in German."""

from __future__ import annotations

import errno
import json
import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import crmkit
from crmkit.cli.commands import commands
from crmkit.cli.german import _MESSAGES, in_german
from tests.cli.test_what_is_refused import MAPPED, report, written

SOURCES = "\n".join(path.read_text("utf-8") for path in Path(crmkit.__file__).parent.rglob("*.py") if path.name != "german.py")


def in_a_file(folder: Path, content: str | bytes, *more: str, name: str = "sales.csv") -> str:
    result = report(written(folder, content, name), *MAPPED, "cost=Einstand", *more, "--language", "de")
    assert result.exit_code == 2
    return result.stderr.replace(f"{folder}/", "")


@pytest.mark.parametrize("english", [english for english, _ in _MESSAGES])
def test_each_message_that_has_a_german_is_one_that_is_said(english: str) -> None:
    said = SOURCES + os.strerror(errno.ENOENT)

    assert [piece for piece in re.split(r"\{\}|[;:] ", english) if piece not in said] == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("A;31.12.2025;;1", "Zeile 2, Spalte Netto: fehlt"),
        ("A;31.12.2025;NaN;1", "Zeile 2, Spalte Netto: 'NaN' steht für einen Wert, der fehlt"),
        ("A;31.12.2025;zehn;1", "Zeile 2, Spalte Netto: 'zehn' ist kein Betrag wie 1234,56"),
        ("A;31.12.2025;9000000000000000000,00;1", "mehr als 18 Nachkommastellen oder größer als 10^18"),
        ("A;31.13.2025;1;1", "Spalte Datum: '31.13.2025' ist kein Datum von 1900 bis 2199 wie 31.12.2025 oder 2025-12-31"),
        ("A;01/02/2025;1;1", "ist zweideutig, Tag oder Monat zuerst; --date-format '%d/%m/%Y' oder '%m/%d/%Y' angeben"),
        ("A;31.12.2025;1.234;1", "ist zweideutig, Tausender oder Nachkommastellen; --decimal comma oder --decimal point angeben"),
        ("A;2026-01-31T23:30:00Z;1;1", "Tage ohne Zone schreiben, oder --date-format '%Y-%m-%d' angeben"),
        ("A;31.12.2025;1;1;9", "hat 5 Zellen, die Kopfzeile aber 4"),
    ],
)
def test_a_wrong_line_is_told_in_german(tmp_path: Path, line: str, said: str) -> None:
    found = in_a_file(tmp_path, f"Kunde;Datum;Netto;Einstand\n{line}\n")

    assert found.startswith("Fehler: 1 Problem; nichts wurde übernommen\n  sales.csv, Zeile 2")
    assert said in found


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        ("", "sales.csv", "sales.csv: ist leer; erwartet wird eine Zeile mit den Namen der Spalten"),
        ("Kunde;Datum;Netto;Einstand\n", "sales.csv", "hat keine Zeilen; für einen leeren Bericht --as-of angeben"),
        ("x", "sales.parquet", "ist beschädigt: "),
        ("x", "sales.pdf", "ist von einer Art, die nicht gelesen wird (.pdf); speichern als .csv, .parquet oder .xlsx"),
        ("Kunde;Kunde;Datum;Netto;Einstand\n", "sales.csv", "Spalte Kunde: heißen 2 Spalten; eine davon umbenennen"),
    ],
)
def test_a_wrong_file_is_told_in_german(tmp_path: Path, content: str, name: str, said: str) -> None:
    assert said in in_a_file(tmp_path, content, name=name)


def test_a_credit_note_with_the_wrong_sign_is_told_in_german(tmp_path: Path) -> None:
    content = "Kunde;Datum;Netto;Einstand;Art;W\nA;31.12.2025;1,5;;Gutschrift;ERU\n"

    found = in_a_file(tmp_path, content, "--map", "document_kind=Art", "currency=W")

    assert "'1,5' eine Gutschrift hat kein positives revenue; --credit-notes positive dreht die Vorzeichen um" in found
    assert "'ERU' ist keine Währung nach ISO 4217 wie EUR; ist 'EUR' gemeint?" in found


def test_a_file_that_is_not_there_is_told_in_german(tmp_path: Path) -> None:
    assert "kann nicht gelesen werden: Die Datei gibt es nicht" in report(tmp_path / "none.csv", *MAPPED, "--language", "de").stderr


def test_of_many_problems_the_first_twenty_are_told_in_german(tmp_path: Path) -> None:
    found = in_a_file(tmp_path, "Kunde;Datum;Netto;Einstand\n" + "A;bald;1;1\n" * 25)

    assert found.startswith("Fehler: 25 Probleme; nichts wurde übernommen\n")
    assert found.count("ist kein Datum") == 20
    assert found.endswith("  … und 5 weitere; --problems DATEI schreibt alle\n")


def test_the_data_are_told_in_german_too(tmp_path: Path) -> None:
    path = written(tmp_path, "Kunde;Datum;Netto\nA;31.12.2025;x\n")

    result = report(path, *MAPPED, "--json", "--language", "de")

    assert [row["message"] for row in json.loads(result.stdout)["problems"]] == ["ist kein Betrag wie 1234,56"]


def test_missing_columns_are_told_in_german(tmp_path: Path) -> None:
    path = written(tmp_path, "Kunde;Datum;Netto\nA;31.12.2025;1\n")

    stderr = report(path, "--language", "de").stderr

    assert stderr == (
        f"Fehler: {path}: es fehlen die Spalten customer_id, issued_on, revenue; die Datei hat 'Kunde', 'Datum', 'Netto'\n"
        "Zu versuchen: --map customer_id=Kunde issued_on=Datum revenue=Netto\n"
    )


def test_what_has_no_german_stays_english() -> None:
    assert in_german("has more than 10,000 parts") == "has more than 10,000 parts"


def test_the_demo_refuses_in_german(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")

    result = CliRunner().invoke(commands, ["demo", "--folder", str(tmp_path / "taken"), "--customers", "20", "--language", "de"])

    assert (result.exit_code, "Fehler: 1 Problem" in result.stderr, "kann nicht beschrieben werden" in result.stderr) == (2, True, True)


def test_the_german_demo_has_no_english_reasons(tmp_path: Path) -> None:
    result = CliRunner().invoke(commands, ["demo", "--folder", str(tmp_path), "--customers", "20", "--language", "de"])

    topics = set(re.findall(r"Wiederanruf (?:heute|war fällig am [0-9.]+): (.+)", result.stdout))
    assert topics
    assert topics <= {
        "Frühjahrsangebot",
        "Preisliste",
        "Lieferzeit",
        "Reklamation",
        "neues Sortiment",
        "Rahmenvertrag",
        "Besuch",
        "Zahlungsziel",
    }
