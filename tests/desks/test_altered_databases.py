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

    def rows(self, query: str) -> list[tuple[str]]:
        """Read rows past the desk."""
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(query).fetchall()

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


@pytest.mark.parametrize(
    "statement",
    [
        "update crmkit_document set party_id = 'C-1a'",
        "update crmkit_document set issued_on = '2025-12-02'",
        "update crmkit_payment set party_id = null",
        "update crmkit_history_entry set party_id = 'C-1a' where party_id = 'C-1'",
        "update crmkit_history_entry set happened_at = '2020-01-01T00:00:00.000000Z'",
        "update crmkit_party set id = 'C-1b' where id = 'C-1a'",
        "update crmkit_journal_change set subject = 'party C-1a' where subject = 'party C-1'",
        "update crmkit_document_line set quantity = '99'",
        "update crmkit_document_line set customer_id = 'C-1a'",
        "update crmkit_document_line set position = 7",
        "delete from crmkit_document_line",
    ],
)
def test_a_column_that_is_not_what_its_record_says_is_found(database: AlteredDatabase, statement: str) -> None:
    database.alter(statement)

    assert "copies_are_what_their_records_say" in database.rules_broken()


def test_it_is_said_which_column_of_which_record_was_altered(database: AlteredDatabase) -> None:
    database.alter("update crmkit_document set party_id = 'C-1a'")
    database.alter("update crmkit_document_line set quantity = '99'")

    assert [str(problem) for problem in database.crm.check()] == [
        "copies_are_what_their_records_say: document R-1: column party_id is not what the record says",
        "copies_are_what_their_records_say: document R-1: line 0, column quantity of the table of sales is not what the record says",
    ]


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        (
            "delete from crmkit_history_entry where id = (select max(id) from crmkit_history_entry)",
            "each_verb_in_the_journal_has_a_history",
        ),
        ("delete from crmkit_journal_change where subject = 'party C-1'", "changes_are_kept_as_long_as_their_records"),
        ("delete from crmkit_journal_change where id like '%.1'", "changes_are_kept_as_long_as_their_records"),
    ],
)
def test_an_entry_that_is_gone_from_history_or_journal_is_found(database: AlteredDatabase, statement: str, rule: str) -> None:
    database.alter(statement)

    assert rule in database.rules_broken()


@pytest.mark.parametrize(
    "statement",
    [
        "update crmkit_journal_change set data = replace(data, '{\\\"id\\\":', '{id:') where subject = 'party C-1'",
        'update crmkit_journal_entry set data = replace(data, \'"id":"000000000002"\', \'"id":"two"\')',
        "update crmkit_journal_change set data = replace(data, '000000000002.0', 'two')",
    ],
    ids=["a change that is no JSON", "an entry that has no number", "a change that has no number"],
)
def test_a_journal_that_was_altered_is_reported_whatever_was_written_into_it(database: AlteredDatabase, statement: str) -> None:
    before = database.rows("select data from crmkit_journal_change union all select data from crmkit_journal_entry")
    database.alter(statement)
    assert database.rows("select data from crmkit_journal_change union all select data from crmkit_journal_entry") != before

    assert database.crm.check()
    assert database.crm.journal.verify()
