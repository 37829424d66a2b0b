"""The tables of facts as Parquet files."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from crmkit.desks.facts_files import DAY_OF
from crmkit.entities import Document, Line
from crmkit.errors import InvalidValueError
from crmkit.metrics import gross_profit_by
from tests.engines import rows

if TYPE_CHECKING:
    from pathlib import Path

    from crmkit import Crm


def an_invoice(id_: str, issued_on: date) -> Document:
    line = Line(item_id="I-1", quantity=1, unit_price=100, unit_cost=60)
    return Document(id=id_, kind="invoice", party_id="C-17", issued_on=issued_on, lines=[line])


@pytest.fixture
def sold(crm: Crm) -> Crm:
    crm.add(an_invoice("R-2", date(2025, 12, 31)), an_invoice("R-3", date(2026, 1, 1)))
    return crm


def test_every_table_of_facts_is_written(sold: Crm, tmp_path: Path) -> None:
    tables = {name for name in dir(sold.facts) if not name.startswith("_")} - {"workplace"}

    written = sold.export_facts(tmp_path / "facts")

    assert set(written) == set(DAY_OF) == tables == {folder.name for folder in (tmp_path / "facts").iterdir()}
    for name, count in written.items():
        assert_frame_equal(
            pl.scan_parquet(tmp_path / "facts" / name / "*.parquet").collect(), getattr(sold.facts, name)().collect(), check_row_order=False
        )
        assert pl.scan_parquet(tmp_path / "facts" / name / "*.parquet").collect().height == count


def test_a_month_is_a_file(sold: Crm, tmp_path: Path) -> None:
    sold.export_facts(tmp_path)

    assert sorted(file.name for file in (tmp_path / "sales").iterdir()) == ["2025-12.parquet", "2026-01.parquet"]
    assert [file.name for file in (tmp_path / "customers").iterdir()] == ["all.parquet"]
    assert [file.name for file in (tmp_path / "spend").iterdir()] == ["all.parquet"]
    assert pl.read_parquet(tmp_path / "sales" / "2026-01.parquet")["document_id"].to_list() == ["R-3"]


def test_a_figure_of_the_files_is_that_of_the_store(sold: Crm, tmp_path: Path) -> None:
    sold.export_facts(tmp_path)

    files = pl.scan_parquet(tmp_path / "sales" / "*.parquet")

    assert rows(gross_profit_by(files, "customer_id")) == rows(gross_profit_by(sold.facts.sales(), "customer_id"))


def test_a_second_export_leaves_nothing_of_the_first(sold: Crm, tmp_path: Path) -> None:
    sold.export_facts(tmp_path)
    sold.void(sold.get(Document, "R-3"), because="twice")

    assert sold.export_facts(tmp_path)["sales"] == 2
    assert [file.name for file in (tmp_path / "sales").iterdir()] == ["2025-12.parquet"]


def test_a_folder_that_cannot_be_written_is_refused(sold: Crm, tmp_path: Path) -> None:
    (tmp_path / "facts").write_text("a file")

    with pytest.raises(InvalidValueError, match="folder"):
        sold.export_facts(tmp_path / "facts")
