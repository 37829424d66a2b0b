from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from crmkit.errors import InvalidValueError, MissingColumnError
from crmkit.exchange import closest_column, read_sales
from tests.exchange.files import problems_of, written

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = {"customer_id": "Kunde", "issued_on": "Datum", "revenue": "Netto"}


def test_own_names_become_standard_names(tmp_path: Path) -> None:
    sales = read_sales([written(tmp_path, "Kunde;Datum;Netto;cost\nA;31.12.2025;1,50;NULL\n")], names=NAMES)

    assert sales.select("customer_id", "issued_on", "revenue", "cost", "document_kind").rows() == [
        ("A", date(2025, 12, 31), Decimal("1.5"), None, "invoice")
    ]


@pytest.mark.parametrize("kind", [str, Path])
def test_one_file_needs_no_list(tmp_path: Path, kind: type) -> None:
    file = tmp_path / "sales.csv"
    file.write_text("customer_id,issued_on,revenue\nC-1,2026-01-31,1.50\n", "utf-8")

    assert read_sales(kind(file)).equals(read_sales([file]))


def test_several_files_follow_each_other_each_in_its_own_notation(tmp_path: Path) -> None:
    german = written(tmp_path, "Kunde;Datum;Netto\nA;31.12.2025;1.234,56\n", "a.csv")
    english = written(tmp_path, "Kunde,Datum,Netto,cost\nB,2026-01-01,0.12345,1\n", "b.csv")

    sales = read_sales([german, english], names=NAMES)

    assert sales["revenue"].to_list() == [Decimal("1234.56"), Decimal("0.12345")]
    assert sales["cost"].to_list() == [None, 1]


def test_problems_of_all_files_are_told_at_once_and_keep_their_file(tmp_path: Path) -> None:
    first = written(tmp_path, "Kunde;Datum;Netto\nA;x;1\n", "a.csv")
    second = written(tmp_path, "Kunde;Datum;Netto\nA;31.12.2025;\nB;31.12.2025;y\n", "b.csv")

    found = problems_of(lambda: read_sales([first, second, tmp_path / "c.csv"], names=NAMES))

    assert [(problem.source, problem.line, problem.column, problem.value) for problem in found] == [
        (str(first), 2, "Datum", "x"),
        (str(second), 2, "Netto", None),
        (str(second), 3, "Netto", "y"),
        (str(tmp_path / "c.csv"), None, None, None),
    ]


def test_missing_columns_are_named_together_beside_those_that_exist(tmp_path: Path) -> None:
    path = written(tmp_path, "Kunde;Betrag\nA;1\n")

    with pytest.raises(MissingColumnError) as refused:
        read_sales([path], names={"customer_id": "Kunde", "cost": "Einstand"})

    assert refused.value.missing == ("issued_on", "revenue", "cost")
    assert refused.value.available == ("Kunde", "Betrag")


def test_the_file_whose_columns_are_missing_is_named(tmp_path: Path) -> None:
    first = written(tmp_path, "Kunde;Datum;Netto\nA;31.12.2025;1\n", "a.csv")
    second = written(tmp_path, "Kunde;Betrag\nA;1\n", "b.csv")

    with pytest.raises(MissingColumnError) as refused:
        read_sales([first, second], names=NAMES)

    assert refused.value.source == str(second)
    assert f"{second} has 'Kunde', 'Betrag'" in str(refused.value)
    assert "names=dict(issued_on=" in str(refused.value)
    assert "Notation(skip_lines=…)" in str(refused.value)


def test_what_positive_credit_notes_need_is_missing_beside_all_columns_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "Kunde;Datum;Netto;Sonstiges\nA;31.12.2025;2,5;x\n")

    with pytest.raises(MissingColumnError) as refused:
        read_sales([path], names=NAMES, credit_notes="positive")

    assert (refused.value.missing, refused.value.available) == (("document_kind",), ("Kunde", "Datum", "Netto", "Sonstiges"))


def test_a_name_that_is_no_standard_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="customer_id, issued_on, revenue"):
        read_sales([written(tmp_path, "a\n")], names={"kunde": "a"})


def test_no_file_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="at least one file"):
        read_sales([])


def test_revenue_is_the_exact_product_of_quantity_and_price(tmp_path: Path) -> None:
    path = written(tmp_path, "customer_id,issued_on,quantity,unit_price\nA,2025-12-31,-1.125,0.0137\n")

    sales = read_sales([path])

    assert sales.select("revenue", "document_kind").rows() == [(Decimal("-0.0154125"), "credit_note")]


def test_one_column_can_have_two_standard_names(tmp_path: Path) -> None:
    sales = read_sales([written(tmp_path, "Kunde;Datum;Netto\nA;31.12.2025;1,5\n")], names={**NAMES, "item_group": "Kunde"})

    assert sales.select("customer_id", "item_group").rows() == [("A", "A")]


def test_a_credit_note_with_the_wrong_sign_is_named_with_its_place_in_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "Kunde;Datum;Netto;Art\n;;;\nA;31.12.2025;1,5;Rechnung\nA;31.12.2025;2,5;Gutschrift\n")

    (problem,) = problems_of(lambda: read_sales([path], names={**NAMES, "document_kind": "Art"}))

    assert (problem.source, problem.line, problem.column, problem.value) == (str(path), 4, "Netto", "2,5")


def test_a_wrong_sign_of_what_is_no_text_is_shown_as_an_exact_number(tmp_path: Path) -> None:
    path = tmp_path / "sales.parquet"
    pl.DataFrame(
        {
            "customer_id": ["A"],
            "issued_on": [date(2025, 12, 31)],
            "document_kind": ["credit_note"],
            "revenue": pl.Series([Decimal("100.5000")], dtype=pl.Decimal(20, 4)),
            "quantity": [100],
            "cost": [0.0000125],
        }
    ).write_parquet(path)

    problems = problems_of(lambda: read_sales([path]))

    assert {problem.column: problem.value for problem in problems} == {"revenue": "100.5", "quantity": "100", "cost": "0.0000125"}


def test_a_wrong_sign_of_a_revenue_that_was_computed_is_shown_as_an_exact_number(tmp_path: Path) -> None:
    path = written(tmp_path, "customer_id;issued_on;quantity;unit_price;document_kind\nA;31.12.2025;2,0;1,25;Gutschrift\n")

    problems = problems_of(lambda: read_sales([path]))

    assert {problem.column: problem.value for problem in problems} == {"revenue": "2.5", "quantity": "2,0"}


def test_problems_of_lines_of_values_and_of_signs_are_named_all_at_once(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "Kunde;Datum;Netto;Art\n"
        "A;31.12.2025\n"
        "A;31.13.2025;1,5;Rechnung\n"
        "A;31.12.2025;zehn;Rechnung\n"
        "A;31.12.2025;1,5;Rechnung;zu;viel\n"
        "A;31.12.2025;1,5;Angebot\n"
        "A;heute;2,5;Gutschrift\n",
    )

    problems = problems_of(lambda: read_sales([path], names={**NAMES, "document_kind": "Art"}))

    assert [(problem.line, problem.column) for problem in problems] == [
        (2, "Art"),
        (2, "Netto"),
        (3, "Datum"),
        (4, "Netto"),
        (5, None),
        (6, "Art"),
        (7, "Datum"),
        (7, "Netto"),
    ]


def test_what_can_be_read_two_ways_is_named_beside_all_other_problems(tmp_path: Path) -> None:
    path = written(tmp_path, "Kunde;Datum;Netto;w\nA;01/02/2025;1.234;EUR\nA;01/02/2025;1.234;EUR\nA;heute;2;Taler\n")

    problems = problems_of(lambda: read_sales([path], names={**NAMES, "currency": "w"}))

    assert [(problem.line, problem.column, problem.value) for problem in problems] == [
        (2, "Netto", "1.234"),
        (2, "Datum", "01/02/2025"),
        (4, "w", "Taler"),
    ]


def test_positive_credit_notes_are_turned_when_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, "Kunde;Datum;Netto;Art\nA;31.12.2025;2,5;Gutschrift\n")

    assert read_sales([path], names={**NAMES, "document_kind": "Art"}, credit_notes="positive")["revenue"].to_list() == [Decimal("-2.5")]
    with pytest.raises(MissingColumnError):
        read_sales([path], names=NAMES, credit_notes="positive")


def test_a_header_without_lines_is_an_empty_table(tmp_path: Path) -> None:
    assert read_sales([written(tmp_path, "Kunde;Datum;Netto\n")], names=NAMES).height == 0


@pytest.mark.parametrize(
    ("standard", "columns", "expected"),
    [
        ("customer_id", ["InvoiceNo", "CustomerID"], "CustomerID"),
        ("customer_id", ["Kunden-Nr.", "Netto"], "Kunden-Nr."),
        ("customer_id", ["Custmer Id"], "Custmer Id"),
        ("revenue", ["Umsätze", "Datum"], "Umsätze"),
        ("salesperson_id", ["Verkäufer"], "Verkäufer"),
        ("revenue", ["x", "y"], None),
        ("project_id", ["Project-ID"], "Project-ID"),
    ],
)
def test_the_column_that_may_be_meant_is_suggested(standard: str, columns: list[str], expected: str | None) -> None:
    assert closest_column(standard, columns) == expected


def test_half_a_million_lines_with_credit_notes_and_without_customers_are_read(shared_data: Callable[[str], Path]) -> None:
    names = {
        "customer_id": "CustomerID",
        "issued_on": "InvoiceDate",
        "quantity": "Quantity",
        "unit_price": "UnitPrice",
        "document_id": "InvoiceNo",
    }

    sales = read_sales([shared_data("online_retail/online_retail.csv.gz")], names=names)

    assert sales.height == 541_909
    assert sales["customer_id"].null_count() == 135_080
    assert sales["revenue"].sum() == Decimal("9747747.934")
