"""What somebody altered in the database, past crmkit, is reported: by a problem, never by a crash."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import pytest

pytest.importorskip("sqlalchemy")

from crmkit import Crm, Money, Scope, Settings
from crmkit.entities import Document, Line, LoyaltyCard, LoyaltyRate, Party
from crmkit.errors import StoreError
from crmkit.persistence.sql import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.desks.conftest import Clock

DAY = date(2025, 12, 1)


@attrs.frozen
class AlteredDatabase:
    """A desk on a file, and a way past it."""

    crm: Crm
    path: Path

    def alter(self, statement: str) -> None:
        """Change rows as whoever has the file can: nothing checks foreign keys."""
        with closing(sqlite3.connect(self.path)) as connection, connection:
            assert connection.execute(statement).rowcount > 0

    def rules_broken(self) -> set[str]:
        """The names of the rules that `check` finds broken."""
        return {problem.source for problem in self.crm.check()}


@pytest.fixture
def database(tmp_path: Path, clock: Clock) -> Iterator[AlteredDatabase]:
    """Two parties with documents, a payment, bookings and interactions, written at different times."""
    path = tmp_path / "crm.db"
    store = open_store(f"sqlite:///{path}")
    crm = Crm(store, scope=Scope(tenant="acme", actor="anna"), settings=Settings(zone="Europe/Berlin"), clock=clock)
    line = Line(item_id="I-1", quantity=2, unit_price=100)
    crm.add(
        *(Party(id=id, name=f"Geheimrat {id}", created_on=DAY, roles="customer", emails=f"{id}@x.example") for id in ("C-1", "C-1a")),
        LoyaltyCard(id="K-1", party_id="C-1", rates=[LoyaltyRate(ratio="0.02", since=DAY)]),
        Document(id="R-1", kind="invoice", party_id="C-1", issued_on=DAY, lines=[line], number="1"),
    )
    crm.documents.record_payment("R-1", amount=Money.of(5, "EUR"))
    clock.now = datetime(2026, 1, 2, 11, tzinfo=UTC)
    crm.record_interaction("C-1", kind="phone")
    assert (crm.check(), crm.journal.verify()) == ((), ())
    yield AlteredDatabase(crm, path)
    store.close()


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("delete from crmkit_party where id = 'C-1'", "contact_plan C-1: refers to party C-1, which is not there"),
        ("delete from crmkit_document", "refers to document R-1, which is not there"),
        ("delete from crmkit_loyalty_card", "refers to loyalty_card K-1, which is not there"),
    ],
)
def test_what_refers_to_a_record_that_is_gone_is_reported(database: AlteredDatabase, statement: str, problem: str) -> None:
    database.alter(statement)

    assert any(problem in str(found) for found in database.crm.check())


@pytest.mark.parametrize(
    "data",
    [
        '\'{"id": "C-1", "name": "Geheimrat\'',
        "'7'",
        '\'{"id": "C-1", "surname": "Geheimrat"}\'',
        "replace(data, '2025-12-01', 'Geheimrat')",
    ],
    ids=["no JSON", "no record", "a field that is none", "no day"],
)
def test_a_record_that_cannot_be_read_is_an_error_of_the_store_that_tells_nothing_of_it(database: AlteredDatabase, data: str) -> None:
    database.alter(f"update crmkit_party set data = {data} where id = 'C-1'")  # noqa: S608  # of the cases above

    for call in (database.crm.check, lambda: database.crm.get(Party, "C-1")):
        with pytest.raises(StoreError, match=r"unreadable_data\) by party") as error:
            call()
        assert "Geheimrat" not in f"{error.value!r} {error.value} {error.value.__cause__} {error.value.__context__}"
