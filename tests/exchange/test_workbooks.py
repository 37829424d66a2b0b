from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest

from crmkit.errors import MissingExtraError
from crmkit.exchange import FileLimits, Notation, read_table
from crmkit.exchange._needs import need
from crmkit.exchange.amounts import LARGEST
from tests.exchange.files import problems_of, workbook, written

if TYPE_CHECKING:
    from pathlib import Path

HEADER = ["Kunde", "Datum", "Netto"]


def test_numbers_days_and_texts_of_a_sheet_are_read_exactly(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"Umsatz": [HEADER, [17850, date(2025, 12, 31), 0.1 + 0.2], ["C-1", datetime(2026, 1, 1, 14, 30), 1e18]]})  # noqa: DTZ001

    table = read_table(path, types={"Datum": "date", "Netto": "amount"})

    assert table.rows() == [("17850", date(2025, 12, 31), Decimal("0.3")), ("C-1", date(2026, 1, 1), Decimal(10) ** 18)]


def test_texts_beside_numbers_may_have_a_decimal_comma(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"Umsatz": [HEADER, ["A", "31.12.2025", "1.234,56"], ["B", date(2026, 1, 1), 1234.5]]})

    table = read_table(path, types={"Datum": "date", "Netto": "amount"})

    assert table["Netto"].to_list() == [Decimal("1234.56"), Decimal("1234.5")]
    assert table["Datum"].to_list() == [date(2025, 12, 31), date(2026, 1, 1)]


def test_true_and_false_are_read(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"A": [["a"], [True], [False], ["ja"]]})

    assert read_table(path, types={"a": "flag"})["a"].to_list() == [True, False, True]


def test_lines_are_those_of_the_sheet(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"A": [[], [], HEADER, ["A", date(2025, 1, 1), 1], [], ["B", 45_000, "x"]]})

    found = problems_of(lambda: read_table(path, types={"Datum": "date", "Netto": "amount"}))

    assert [(problem.line, problem.column, problem.value) for problem in found] == [(6, "Datum", "45000"), (6, "Netto", "x")]


def test_a_sheet_is_chosen_by_name(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"A": [["a"], [1]], "B": [["b"], [2]]})

    assert read_table(path, types={}).columns == ["a"]
    assert read_table(path, types={}, notation=Notation(sheet="B")).columns == ["b"]
    (problem,) = problems_of(lambda: read_table(path, types={}, notation=Notation(sheet="C")))
    assert problem.message == "has no sheet 'C'; it has 'A', 'B'"


@pytest.mark.parametrize("rows", [[], [[]], [["", ""]]])
def test_an_empty_sheet_is_refused(tmp_path: Path, rows: list[list[str]]) -> None:
    assert "empty sheet" in problems_of(lambda: read_table(workbook(tmp_path, {"A": rows}), types={}))[0].message


def test_a_sheet_with_a_header_only_is_an_empty_table(tmp_path: Path) -> None:
    table = read_table(workbook(tmp_path, {"A": [HEADER]}), types={"Netto": "amount", "Datum": "date"})

    assert table.schema == {"Kunde": pl.String, "Datum": pl.Date, "Netto": pl.Decimal(28, 3)}


def test_two_columns_of_one_name_are_refused_where_it_is_asked_for(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"A": [["a", "a"], [1, 2]]})

    assert problems_of(lambda: read_table(path, types={"a": "amount"}, others=False))[0].column == "a"


@pytest.mark.parametrize("content", [b"", b"garbage", b"PK\x03\x04garbage", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1garbage"])
def test_a_damaged_workbook_is_refused_by_an_error_of_our_own(tmp_path: Path, content: bytes) -> None:
    assert len(problems_of(lambda: read_table(written(tmp_path, content, "x.xlsx"), types={}))) == 1


def packed(path: Path, **entries: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return path


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "bomb.xlsx", xl__bomb=b"0" * 70_000_000)

    assert "unpacks to more than" in problems_of(lambda: read_table(path, types={}))[0].message


def test_a_sheet_of_too_many_cells_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = packed(tmp_path / "wide.xlsx", xl__worksheets__sheet1=b'<sheetData><row r="1"><c r="A1"/><c r="XFD1048576"/></row></sheetData>')

    assert "17,179,869,184 cells" in problems_of(lambda: read_table(path, types={}))[0].message


@pytest.mark.parametrize(("most", "is_read"), [(5, False), (6, True), (7, True)])
def test_a_sheet_may_have_as_many_cells_as_its_limit(tmp_path: Path, most: int, is_read: bool) -> None:
    path = workbook(tmp_path, {"A": [HEADER, ["A", 1, 2]]})

    if is_read:
        assert read_table(path, types={}, limits=FileLimits(most_cells=most)).height == 1
    else:
        assert "6 cells" in problems_of(lambda: read_table(path, types={}, limits=FileLimits(most_cells=most)))[0].message


def test_a_workbook_that_declares_a_document_type_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "laughs.xlsx", xl__workbook=b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">]><workbook/>')

    assert "document type" in problems_of(lambda: read_table(path, types={}))[0].message


def test_a_parquet_file_is_read_exactly(tmp_path: Path) -> None:
    path = tmp_path / "sales.parquet"
    frame = pl.DataFrame({"k": [17850.0, None], "d": [datetime(2025, 12, 31, 14), None], "n": [0.1 + 0.2, float("nan")], "m": [5, 7]})  # noqa: DTZ001
    frame.write_parquet(path)

    table = read_table(path, types={"k": "text", "d": "date", "n": "amount", "m": "amount"})

    assert table.rows() == [("17850", date(2025, 12, 31), Decimal("0.3"), 5), (None, None, None, 7)]


def test_a_wrong_value_of_a_parquet_file_is_named_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "sales.parquet"
    pl.DataFrame({"n": [1.0, float("inf")], "d": ["2025-12-31", "x"]}).write_parquet(path)

    found = problems_of(lambda: read_table(path, types={"n": "amount", "d": "date"}))

    assert [(problem.line, problem.column, problem.value) for problem in found] == [(2, "n", "inf"), (2, "d", "x")]


@pytest.mark.parametrize("dtype", [pl.Float32, pl.Float64])
def test_a_number_that_is_none_is_shown_where_a_value_is_required(tmp_path: Path, dtype: type[pl.DataType]) -> None:
    path = tmp_path / "sales.parquet"
    pl.DataFrame({"n": pl.Series([1.0, float("nan"), None], dtype=dtype), "k": ["A", "B", "C"]}).write_parquet(path)

    found = problems_of(lambda: read_table(path, types={"n": "amount"}, required=["n"]))

    assert [(problem.line, problem.value) for problem in found] == [(2, "NaN"), (3, None)]


def test_a_cell_that_means_nothing_known_is_shown_where_a_value_is_required(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"A": [["Kunde", "Netto"], ["A", 1], ["B", "#NV"], ["C", ""]]})

    found = problems_of(lambda: read_table(path, types={"Netto": "amount"}, required=["Netto"]))

    assert [(problem.line, problem.value) for problem in found] == [(3, "#NV"), (4, None)]


@pytest.mark.parametrize(("number", "is_read"), [(10**18 - 1, True), (10**18, True), (10**18 + 1, False)])
@pytest.mark.parametrize("dtype", [pl.Int64, pl.Int128, pl.Decimal(28, 3), pl.Decimal(38, 6)])
@pytest.mark.parametrize("sign", [1, -1])
def test_amounts_of_a_parquet_file_go_as_far_as_those_of_text(
    tmp_path: Path, number: int, is_read: bool, dtype: pl.DataType, sign: int
) -> None:
    packed, text = tmp_path / "sales.parquet", tmp_path / "sales.csv"
    pl.DataFrame({"n": pl.Series([sign * number], dtype=dtype)}).write_parquet(packed)
    text.write_text(f"k;n\nA;{sign * number},00\n")

    for path in (packed, text):
        if is_read:
            assert read_table(path, types={"n": "amount"})["n"].to_list() == [sign * number]
        else:
            (problem,) = problems_of(lambda path=path: read_table(path, types={"n": "amount"}))  # type: ignore[misc]
            assert "larger than 10^18" in problem.message


@pytest.mark.parametrize(("dtype", "number"), [(pl.Int64, 2**63 - 1), (pl.Int64, -(2**63)), (pl.UInt64, 2**64 - 1), (pl.Int8, 7)])
def test_the_largest_numbers_of_a_computer_are_no_amounts(tmp_path: Path, dtype: pl.DataType, number: int) -> None:
    path = tmp_path / "sales.parquet"
    pl.DataFrame({"n": pl.Series([number], dtype=dtype)}).write_parquet(path)

    if abs(number) < LARGEST:
        assert read_table(path, types={"n": "amount"})["n"].to_list() == [number]
    else:
        (problem,) = problems_of(lambda: read_table(path, types={"n": "amount"}))
        assert (problem.line, problem.value) == (1, str(number))


def test_moments_of_a_parquet_file_that_have_a_time_zone_are_no_days(tmp_path: Path) -> None:
    path = tmp_path / "sales.parquet"
    pl.DataFrame({"d": [datetime(2025, 12, 31, 23, tzinfo=UTC)]}).write_parquet(path)

    (problem,) = problems_of(lambda: read_table(path, types={"d": "date"}))

    assert (problem.column, "UTC" in problem.message) == ("d", True)


def test_a_parquet_file_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sales.parquet"
    pl.DataFrame({"a": [0] * 100_000}).write_parquet(path)

    for most in (99_999, 100_000):
        (problem,) = problems_of(lambda most=most: read_table(path, types={}, limits=FileLimits(most_bytes=most)))  # type: ignore[misc]
        assert "unpacks to more than" in problem.message


def test_flags_decimals_and_days_of_a_parquet_file_stay_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "sales.parquet"
    pl.DataFrame({"f": [True], "d": [date(2025, 12, 31)], "n": [Decimal("1.25")], "t": [True]}).write_parquet(path)

    table = read_table(path, types={"f": "flag", "d": "date", "n": "amount", "t": "text"})

    assert table.rows() == [(True, date(2025, 12, 31), Decimal("1.25"), "true")]


def test_a_workbook_of_too_many_parts_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "many.xlsx", **{f"part{number}": b"" for number in range(10_001)})

    assert "more than 10,000 parts" in problems_of(lambda: read_table(path, types={}))[0].message


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmkit.exchange._needs.find_spec", lambda _: None)

    with pytest.raises(MissingExtraError, match=r"pip install 'crmkit\[excel\]'"):
        need("python_calamine", extra="excel")
