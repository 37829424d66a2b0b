from __future__ import annotations

import gzip
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from crmkit.errors import InvalidValueError
from crmkit.exchange import FileLimits, Notation, read_table
from tests.exchange.files import problems_of, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crmkit.exchange import ColumnType

TYPES: dict[str, ColumnType] = {"Datum": "date", "Netto": "amount"}
GERMAN = "Kunde;Datum;Netto\nMüller;31.12.2025;1.234,56\nGrün;01.01.2026;0,50\n"


def test_a_german_file_is_read_exactly(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, GERMAN), types=TYPES)

    assert table.rows() == [("Müller", date(2025, 12, 31), Decimal("1234.56")), ("Grün", date(2026, 1, 1), Decimal("0.5"))]
    assert table.schema["Netto"] == pl.Decimal(28, 3)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "cp850"])
def test_the_encoding_is_found(tmp_path: Path, encoding: str) -> None:
    many = GERMAN + "Käßmann;02.01.2026;3,00\nÖzgür Bäcker;02.01.2026;3,00\n"

    assert read_table(written(tmp_path, many.encode(encoding)), types=TYPES)["Kunde"][0] == "Müller"


@pytest.mark.parametrize("encoding", ["cp1252", "cp850"])
@pytest.mark.parametrize("word", ["Verkäufer", "Größe", "Müller & Söhne", "Überschuß", "garçon", "Zoë ü"])
def test_a_single_word_is_enough_to_find_the_encoding(tmp_path: Path, encoding: str, word: str) -> None:
    assert read_table(written(tmp_path, f"{word};b\n1;2\n".encode(encoding)), types={}).columns == [word, "b"]


def test_letters_that_are_not_usual_here_are_left_to_statistics(tmp_path: Path) -> None:
    content = "Nazwa;Miasto\n" + "Spółka żółta gęś;Łódź\nŻółw i jaźń;Kraków\nŚwięta pięść;Gdańsk\n" * 20
    without_usual = content.replace("ó", "o")

    assert read_table(written(tmp_path, without_usual.encode("cp1250")), types={})["Miasto"][0] == "Łodź"


@pytest.mark.parametrize("encoding", ["latin-1", "mac_roman", "utf-16-le", "cp1252"])
def test_a_given_encoding_is_used(tmp_path: Path, encoding: str) -> None:
    table = read_table(written(tmp_path, GERMAN.encode(encoding)), types=TYPES, notation=Notation(encoding=encoding))

    assert table["Kunde"].to_list() == ["Müller", "Grün"]


def test_a_given_encoding_that_does_not_fit_is_refused_with_the_line(tmp_path: Path) -> None:
    path = written(tmp_path, b"a;b\n1;2\n\x81;2\n")

    (problem,) = problems_of(lambda: read_table(path, types={}, notation=Notation(encoding="cp1252")))

    assert (problem.line, problem.message) == (3, "is not cp1252 text; give its encoding")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    content = f'Kunde{delimiter}Netto\n"A, B; C"{delimiter}1.50\n'

    assert read_table(written(tmp_path, content), types={"Netto": "amount"}).rows() == [("A, B; C", Decimal("1.5"))]


def test_another_delimiter_can_be_given(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "a^b\n1^2\n"), types={"b": "amount"}, notation=Notation(delimiter="^"))

    assert table.rows() == [("1", Decimal(2))]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_are_read(tmp_path: Path, end: str) -> None:
    assert read_table(written(tmp_path, GERMAN.replace("\n", end)), types=TYPES).height == 2


def test_packed_files_are_read_also_in_several_parts(tmp_path: Path) -> None:
    parts = gzip.compress(GERMAN[:30].encode()) + gzip.compress(GERMAN[30:].encode())

    assert read_table(written(tmp_path, parts, "sales.csv.gz"), types=TYPES).height == 2


@pytest.mark.parametrize("text", ["", "NULL", "null", "NaN", "nan", "N/A", "#NV", '""'])
def test_texts_that_mean_nothing_known_are_null(tmp_path: Path, text: str) -> None:
    table = read_table(written(tmp_path, f"a;b;c\nx;{text};{text}\n"), types={"b": "amount"})

    assert table.rows() == [("x", None, None)]


def test_other_texts_can_mean_nothing_known(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "a;b\nx;?\n"), types={"b": "date"}, notation=Notation(missing=["?"]))

    assert table.rows() == [("x", None)]


def test_the_line_before_the_header_of_a_datev_file_is_found(tmp_path: Path) -> None:
    assert read_table(written(tmp_path, '"EXTF";700;21\n' + GERMAN), types=TYPES).height == 2


@pytest.mark.parametrize(("skipped", "lines"), [(0, "Kunde;Netto\n"), (1, "made by hand\nKunde;Netto\n"), (2, "a\nb\nKunde;Netto\n")])
def test_lines_before_the_header_can_be_skipped_and_still_count(tmp_path: Path, skipped: int, lines: str) -> None:
    path = written(tmp_path, lines + "A;x\n")

    (problem,) = problems_of(lambda: read_table(path, types={"Netto": "amount"}, notation=Notation(skip_lines=skipped)))

    assert problem.line == skipped + 2


def test_a_problem_has_file_line_column_and_value_and_none_is_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, "Kunde;Datum;Netto\nA;31.12.2025;1,50\nB;31.13.2025;zwei\nC;01.01.2026;x\n")

    found = problems_of(lambda: read_table(path, types=TYPES))

    assert [(problem.source, problem.line, problem.column, problem.value) for problem in found] == [
        (str(path), 3, "Datum", "31.13.2025"),
        (str(path), 3, "Netto", "zwei"),
        (str(path), 4, "Netto", "x"),
    ]


def test_the_line_is_right_after_blank_lines_and_quoted_line_ends(tmp_path: Path) -> None:
    path = written(tmp_path, '\nKunde;"Net\nto"\n\n"A\nB";1,5\n"C\n\n""D""";2,5\nE;wrong\n')

    (problem,) = problems_of(lambda: read_table(path, types={"Net\nto": "amount"}))

    assert problem.line == 10


def test_a_missing_value_is_a_problem_only_where_it_is_required(tmp_path: Path) -> None:
    path = written(tmp_path, "Kunde;Netto;Einstand\nA;;NaN\nB;1;\n")

    (problem,) = problems_of(lambda: read_table(path, types={"Netto": "amount", "Einstand": "amount", "Kunde": "text"}, required=["Netto"]))

    assert (problem.line, problem.column, problem.message) == (2, "Netto", "is missing")


@pytest.mark.parametrize("more", ["", 'B;1;";"\nB;1;2;\n'])
def test_a_text_that_means_nothing_known_is_shown_where_a_value_is_required(tmp_path: Path, more: str) -> None:
    path = written(tmp_path, "Kunde;Netto;Einstand\nA;1;2\nA;NaN;NaN\nA;NULL;\n" + more)

    found = problems_of(lambda: read_table(path, types={"Netto": "amount"}, required=["Netto"]))

    assert [str(problem) for problem in found] == [
        f"{path}, line 3, column Netto: 'NaN' stands for a value that is missing",
        f"{path}, line 4, column Netto: 'NULL' stands for a value that is missing",
    ]


def test_rows_without_any_value_are_left_out(tmp_path: Path) -> None:
    assert (
        read_table(written(tmp_path, "Kunde;Netto\nA;1\n;\n\nB;2\n"), types={"Kunde": "text", "Netto": "amount"}, required=["Netto"]).height
        == 2
    )


@pytest.mark.parametrize("content", ["", "\n", " \n", "\n\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(tmp_path: Path, content: str | bytes) -> None:
    (problem,) = problems_of(lambda: read_table(written(tmp_path, content), types=TYPES))

    assert "is empty" in problem.message


@pytest.mark.parametrize(("rows", "height"), [("", 0), ("A;31.12.2025;1\n", 1), ("A;31.12.2025;1\n" * 2, 2)])
def test_no_row_one_row_and_twice_the_same_row_are_read_as_they_are(tmp_path: Path, rows: str, height: int) -> None:
    table = read_table(written(tmp_path, "Kunde;Datum;Netto\n" + rows), types=TYPES)

    assert table.height == height
    assert table.schema == {"Kunde": pl.String, "Datum": pl.Date, "Netto": pl.Decimal(28, 3)}


def test_a_row_with_more_cells_than_the_header_is_refused_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, "a;b\n1;2\n1;2;3\n4;5\n6;7;8\n")

    assert [(problem.line, problem.message) for problem in problems_of(lambda: read_table(path, types={}))] == [
        (3, "has 3 cells, but the header has 2"),
        (5, "has 3 cells, but the header has 2"),
    ]


def test_empty_cells_behind_the_last_column_do_no_harm(tmp_path: Path) -> None:
    assert read_table(written(tmp_path, "a;b\n1;2;;\n3;4;\n5\n"), types={}).rows() == [("1", "2"), ("3", "4"), ("5", None)]


def test_a_quotation_mark_within_a_cell_is_read_as_it_is(tmp_path: Path) -> None:
    assert read_table(written(tmp_path, 'a;b\n5" pipe;2\nx;3\n'), types={"b": "amount"})["a"].to_list() == ['5" pipe', "x"]


def test_a_quotation_mark_that_is_not_closed_is_refused_with_its_line(tmp_path: Path) -> None:
    (problem,) = problems_of(lambda: read_table(written(tmp_path, 'a;b\n1;2\n3;"4\n5;6\n'), types={}))

    assert problem.line == 3
    assert "quotation mark" in problem.message


def test_the_first_of_two_columns_of_one_name_is_kept_and_asking_for_it_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "a;a;b\n1;2;3\n")

    assert read_table(path, types={}).rows() == [("1", "3")]
    (problem,) = problems_of(lambda: read_table(path, types={"a": "amount"}, others=False))
    assert problem.column == "a"


def test_a_column_that_is_not_there_is_named_beside_those_that_are(tmp_path: Path) -> None:
    (problem,) = problems_of(lambda: read_table(written(tmp_path, GERMAN), types={"Umsatz": "amount"}))

    assert problem.column == "Umsatz"
    assert "'Kunde', 'Datum', 'Netto'" in problem.message


def test_a_decimal_mark_that_can_be_either_is_refused_with_the_fix(tmp_path: Path) -> None:
    path = written(tmp_path, "Menge\n1.500\n2.000\n")

    (problem,) = problems_of(lambda: read_table(path, types={"Menge": "amount"}))

    assert (problem.column, problem.value) == ("Menge", "1.500")
    assert "'comma' or 'point'" in problem.message
    assert read_table(path, types={"Menge": "amount"}, notation=Notation(decimal="comma"))["Menge"].to_list() == [1500, 2000]


def test_one_column_tells_the_decimal_mark_of_the_others(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "Menge;Netto\n1.500;2,50\n"), types={"Menge": "amount", "Netto": "amount"})

    assert table.rows() == [(Decimal(1500), Decimal("2.5"))]


def test_a_file_with_as_many_commas_as_points_names_the_first_comma(tmp_path: Path) -> None:
    (problem,) = problems_of(lambda: read_table(written(tmp_path, "a;b\n1.25;2.5\n2.75;2.5\n1,25;2.5\n1,5;x\n"), types={"a": "amount"}))

    assert (problem.line, problem.column, problem.value) == (4, "a", "1,25")
    assert "has a decimal comma" in problem.message


def test_a_moment_with_a_time_zone_is_refused_with_the_reason(tmp_path: Path) -> None:
    (problem,) = problems_of(lambda: read_table(written(tmp_path, "d\n2026-01-31T23:30:00Z\n"), types={"d": "date"}))

    assert (problem.line, problem.value) == (2, "2026-01-31T23:30:00Z")
    assert "time zone" in problem.message


def test_currencies_flags_and_kinds_are_read_in_both_languages(tmp_path: Path) -> None:
    path = written(tmp_path, "w;j;k\nEUR;ja;Rechnung\n€;nein;Gutschrift\nchf;1;invoice\n")

    table = read_table(path, types={"w": "currency", "j": "flag", "k": "document_kind"})

    assert table.rows() == [("EUR", True, "invoice"), ("EUR", False, "credit_note"), ("CHF", True, "invoice")]


def test_a_currency_that_iso_4217_does_not_have_is_refused_with_what_may_be_meant(tmp_path: Path) -> None:
    (problem,) = problems_of(lambda: read_table(written(tmp_path, "w\nEUR\nERU\nDEM\n"), types={"w": "currency"}))

    assert (problem.line, problem.value) == (3, "ERU")
    assert "did you mean 'EUR'?" in problem.message


def test_what_is_no_currency_flag_or_kind_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "w;j;k\n$;perhaps;Angebot\n")

    assert [
        problem.value for problem in problems_of(lambda: read_table(path, types={"w": "currency", "j": "flag", "k": "document_kind"}))
    ] == [
        "$",
        "perhaps",
        "Angebot",
    ]


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress(b"a\n" + b"0\n" * 60_000_000), "bomb.csv.gz")

    (problem,) = problems_of(lambda: read_table(path, types={}))

    assert "unpacks to more than" in problem.message


@pytest.mark.parametrize(("size", "is_read"), [(99, True), (100, True), (101, False)])
def test_a_file_may_be_as_large_as_its_limit(tmp_path: Path, size: int, is_read: bool) -> None:
    path = written(tmp_path, "a\n" + "x" * (size - 3) + "\n")

    if is_read:
        assert read_table(path, types={}, limits=FileLimits(most_bytes=100)).height == 1
    else:
        assert "larger than 100 bytes" in problems_of(lambda: read_table(path, types={}, limits=FileLimits(most_bytes=100)))[0].message


@pytest.mark.parametrize(("size", "is_read"), [(9, True), (10, True), (11, False)])
def test_a_cell_may_be_as_long_as_its_limit(tmp_path: Path, size: int, is_read: bool) -> None:
    path = written(tmp_path, "a;b\n1;2\n1;" + "x" * size + "\n")

    if is_read:
        assert read_table(path, types={}, limits=FileLimits(most_cell_characters=10)).height == 2
    else:
        (problem,) = problems_of(lambda: read_table(path, types={}, limits=FileLimits(most_cell_characters=10)))
        assert (problem.line, problem.column, problem.value) == (3, "b", None)


@pytest.mark.parametrize(
    ("content", "name", "part"),
    [
        (b"a;b\n1;\0\n", "x.csv", "NUL"),
        (b"\x1f\x8bgarbage", "x.csv.gz", "does not unpack"),
        (gzip.compress(b"a\n1\n" * 100, mtime=0)[:-9], "x.csv.gz", "ends in the middle"),
        (b"\xff\xfea", "x.csv", "is not utf-16 text"),
        (b"PAR1garbage", "x.parquet", "cannot be read as Parquet"),
        (b"\0garbage", "x.parquet", "cannot be read as Parquet"),
        (b"a;b\n1;2\n", "x.PARQUET", "cannot be read as Parquet"),
        (b"", "x.parquet", "cannot be read as Parquet"),
        (b"x", "x.pdf", "kind that is not read"),
    ],
)
def test_a_damaged_file_is_refused_by_an_error_of_our_own(tmp_path: Path, content: bytes, name: str, part: str) -> None:
    (problem,) = problems_of(lambda: read_table(written(tmp_path, content, name), types={}))

    assert part in problem.message


@pytest.mark.parametrize("name", ["no such file.csv", ".", "x" * 300, "nul\0.csv"])
def test_a_file_that_cannot_be_opened_is_refused_by_an_error_of_our_own(tmp_path: Path, name: str) -> None:
    (problem,) = problems_of(lambda: read_table(f"{tmp_path}/{name}", types={}))

    assert problem.message.startswith("cannot be read")


def test_reading_tells_how_far_it_is(tmp_path: Path) -> None:
    seen: list[int] = []

    read_table(written(tmp_path, GERMAN), types=TYPES, on_read=seen.append)

    assert sum(seen) == len(GERMAN.encode())


def test_the_files_of_a_german_accounting_program_are_read(shared_data: Callable[[str], Path]) -> None:
    booked = read_table(
        shared_data("german_datev/EXTF_Buchungsstapel.csv"), types={"Umsatz (ohne Soll/Haben-Kz)": "amount", "WKZ Umsatz": "currency"}
    )
    people = read_table(shared_data("german_datev/EXTF_Stammdaten.csv"), types={})

    assert booked["Umsatz (ohne Soll/Haben-Kz)"].to_list() == [Decimal("24.95"), Decimal(5950)]
    assert "Straße" in people.columns
    assert people.height == 4


def test_an_amount_of_too_many_digits_is_told_apart_from_what_is_no_amount(tmp_path: Path) -> None:
    (problem,) = problems_of(lambda: read_table(written(tmp_path, "a\n10000000000000000000.5\n"), types={"a": "amount"}))

    assert "larger than 10^18" in problem.message


def test_dates_that_can_be_read_two_ways_are_refused_with_their_column(tmp_path: Path) -> None:
    (problem,) = problems_of(lambda: read_table(written(tmp_path, "a,b\n01/02/2025,1\n"), types={"a": "date"}))

    assert (problem.column, problem.value) == ("a", "01/02/2025")
    assert "give the date format" in problem.message


@pytest.mark.parametrize(
    "wrong", [{"delimiter": "::"}, {"decimal": "dot"}, {"encoding": "klingon"}, {"date_format": "%Y"}, {"skip_lines": -1}]
)
def test_a_notation_that_no_file_can_have_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError, match=next(iter(wrong))):
        Notation(**wrong)


def test_a_limit_that_lets_nothing_through_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="most_bytes"):
        FileLimits(most_bytes=0)


def test_a_column_type_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="types"):
        read_table(written(tmp_path, "a\n"), types={"a": "number"})  # type: ignore[dict-item]
