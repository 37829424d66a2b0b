"""An import takes the lines that are right, and tells which it rejected, why, and over how much."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Period
from crmkit.errors import InvalidDataError
from crmkit.exchange import Notation, import_sales, read_sales
from crmkit.history import control_totals

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "customer_id;document_id;issued_on;revenue"


@pytest.fixture
def file(tmp_path: Path) -> Any:
    """Write lines into a file of sales."""

    def written(*lines: str, header: str = HEADER, name: str = "sales.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join((header, *lines)) + "\n", "utf-8")
        return path

    return written


def test_a_line_that_is_wrong_is_rejected_alone(file: Any) -> None:
    path = file("C-1;R-1;2026-01-05;100,00", "C-2;R-2;2026-13-05;20,50", "C-3;R-3;2026-01-06;zwölf", "C-4;R-4;2026-01-07;7,25")

    imported = import_sales(path)

    assert imported.sales["customer_id"].to_list() == ["C-1", "C-4"]
    assert imported.rejected.select("line", "customer_id", "issued_on", "revenue").rows() == [
        (3, "C-2", None, Decimal("20.500")),
        (4, "C-3", date(2026, 1, 6), None),
    ]
    assert [(problem.line, problem.column, problem.value) for problem in imported.problems] == [
        (3, "issued_on", "2026-13-05"),
        (4, "revenue", "zwölf"),
    ]


def test_control_totals_count_what_was_read_taken_and_rejected(file: Any) -> None:
    imported = import_sales(file("C-1;R-1;2026-01-05;100", "C-2;R-2;2026-13-05;20", "C-3;R-3;2026-01-06;x", "C-4;R-4;2026-01-07;7"))

    (totals,) = control_totals(imported.sales, period=Period.year(2026), ledger=127, rejected=imported.rejected).rows(named=True)

    assert (totals["read"], totals["lines"], totals["rejected"]) == (4, 2, 2)
    assert (totals["revenue"], totals["rejected_revenue"], totals["difference"]) == (107, 20, -20)


def test_files_that_are_right_are_taken_whole(file: Any) -> None:
    paths = [file("C-1;R-1;2026-01-05;100", name="one.csv"), file("C-2;R-2;2026-01-06;5", name="two.csv")]

    imported = import_sales(paths)

    assert imported.sales.equals(read_sales(paths))
    assert (imported.rejected.height, imported.problems) == (0, ())


def test_what_the_table_of_sales_refuses_is_rejected_too(file: Any) -> None:
    path = file("C-1;R-1;2026-01-05;100;invoice", "C-2;G-1;2026-01-06;5;credit_note", header=f"{HEADER};document_kind")

    imported = import_sales(path)

    assert imported.sales["document_id"].to_list() == ["R-1"]
    assert imported.rejected.select("source", "line", "revenue").rows() == [(str(path), 3, Decimal("5.000"))]
    assert "revenue" in imported.rejected["reason"][0]


def test_lines_with_too_many_cells_and_empty_ones_keep_their_places(file: Any) -> None:
    imported = import_sales(file("C-1;R-1;2026-01-05;100", ";;;", "C-2;R-2;2026-01-06;5;what", "C-3;R-3;never;6", "C-4;R-4;2026-01-07;9"))

    assert imported.sales["customer_id"].to_list() == ["C-1", "C-4"]
    assert imported.rejected.select("line", "customer_id").rows() == [(4, "C-2"), (5, "C-3")]


@pytest.mark.parametrize(
    ("lines", "notation"),
    [
        (["C-1;R-1;2026-01-05;1.234", "C-2;R-2;never;5.678"], Notation()),  # thousands, or decimals?
        (["C-1;R-1;01/02/2026;1", "C-2;R-2;02/01/2026;x"], Notation()),  # January, or February?
        (['C-1;R-1;2026-01-05;"1', "C-2;R-2;2026-01-06;2"], Notation(delimiter=";")),  # the quotation mark is open to the end
    ],
)
def test_what_is_wrong_with_a_file_as_a_whole_is_refused(file: Any, lines: list[str], notation: Notation) -> None:
    with pytest.raises(InvalidDataError):
        import_sales(file(*lines), notation=notation)


@given(right=st.lists(st.booleans(), min_size=1, max_size=30))
def test_every_line_is_taken_or_rejected(tmp_path_factory: pytest.TempPathFactory, right: list[bool]) -> None:
    path = tmp_path_factory.mktemp("import") / "sales.csv"
    lines = [f"C-{place};R-{place};2026-01-05;{place if is_right else 'x'}" for place, is_right in enumerate(right)]
    path.write_text("\n".join((HEADER, *lines)), "utf-8")

    imported = import_sales(path)

    assert imported.sales["customer_id"].to_list() == [f"C-{place}" for place, is_right in enumerate(right) if is_right]
    assert imported.rejected["line"].to_list() == [place + 2 for place, is_right in enumerate(right) if not is_right]
