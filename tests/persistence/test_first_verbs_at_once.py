"""The very first verbs of a tenant run at once: both happen, and the journal and the numbers go on without a gap."""

from __future__ import annotations

import threading
from datetime import date
from typing import TYPE_CHECKING

import pytest

from crmkit import Crm, Scope, Settings
from crmkit.entities import Document, Line, NumberFormat, Party
from crmkit.errors import InvalidValueError
from crmkit.persistence.sql import SqlStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

THREADS = 4
ROUNDS = 5
SETTINGS = Settings(numbers={"quote": NumberFormat("A-{count:03}")})
LINES = [Line(item_id="I-1", quantity=1, unit_price=1)]


def crm_of(engine: Engine, tenant: str) -> Crm:
    return Crm(SqlStore(engine), scope=Scope(tenant=tenant, actor="anna"), settings=SETTINGS)


def at_once(work: Callable[[int], object]) -> list[BaseException]:
    """Let threads begin together; collect what they raise."""
    gate, raised = threading.Barrier(THREADS), list[BaseException]()

    def run(number: int) -> None:
        gate.wait()
        try:
            work(number)
        except BaseException as error:  # noqa: BLE001  # whatever it is, the test shows it
            raised.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@pytest.fixture(params=["sqlite_file", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.getfixturevalue(request.param)
    return found


def test_the_journal_begins_once(engine: Engine) -> None:
    for place in range(ROUNDS):
        crm = crm_of(engine, f"tenant {place}")
        assert at_once(lambda number, crm=crm: crm.add(Party(id=f"C-{number}", name="Huber", created_on=date(2026, 1, 1)))) == []  # type: ignore[misc]
        assert crm.journal.verify() == ()
        assert len(crm.journal.entries()) == THREADS


def test_a_series_of_numbers_begins_once(engine: Engine) -> None:
    for place in range(ROUNDS):
        crm = crm_of(engine, f"tenant {place}")
        crm.add(*(Party(id=f"C-{number}", name="Huber", created_on=date(2026, 1, 1)) for number in range(THREADS)))
        made: list[str | None] = []
        assert at_once(lambda number, crm=crm, made=made: made.append(crm.documents.quote(f"C-{number}", lines=LINES).number)) == []  # type: ignore[misc]
        assert sorted(map(str, made)) == ["A-001", "A-002", "A-003", "A-004"]


def test_a_number_is_given_once_to_documents_that_are_added_at_once(engine: Engine) -> None:
    for place in range(ROUNDS):
        crm = crm_of(engine, f"tenant {place}")
        crm.add(Party(id="C-1", name="Huber", created_on=date(2026, 1, 1)))
        documents = [
            Document(id=f"R-{number}", kind="invoice", party_id="C-1", issued_on=date(2026, 1, 2), lines=LINES, number="2026-17")
            for number in range(THREADS)
        ]
        raised = at_once(lambda number, crm=crm, documents=documents: crm.add(documents[number]))  # type: ignore[misc]
        assert [(type(error), error.name) for error in raised if isinstance(error, InvalidValueError)] == [
            (InvalidValueError, "number")
        ] * (THREADS - 1)
        assert len(raised) == THREADS - 1
        assert crm.check() == ()


def test_a_number_is_given_once_to_documents_that_are_issued_at_once(engine: Engine) -> None:
    for place in range(ROUNDS):
        crm = crm_of(engine, f"tenant {place}")
        crm.add(*(Party(id=f"C-{number}", name="Huber", created_on=date(2026, 1, 1)) for number in range(THREADS)))
        raised = at_once(lambda number, crm=crm: crm.documents.quote(f"C-{number}", lines=LINES, number="A-17"))  # type: ignore[misc]
        assert [getattr(error, "name", error) for error in raised] == ["number"] * (THREADS - 1)


def test_a_counted_number_passes_over_the_one_that_the_host_gives_at_once(engine: Engine) -> None:
    given = ["A-002", None, None, None]
    for place in range(ROUNDS):
        crm = crm_of(engine, f"tenant {place}")
        crm.add(*(Party(id=f"C-{number}", name="Huber", created_on=date(2026, 1, 1)) for number in range(THREADS)))
        made: list[str | None] = []
        raised = at_once(
            lambda number, crm=crm, made=made: made.append(crm.documents.quote(f"C-{number}", lines=LINES, number=given[number]).number)  # type: ignore[misc]
        )
        assert [getattr(error, "name", error) for error in raised] in ([], ["number"])  # the host's comes second where ours was counted
        assert len(set(made)) == len(made) == THREADS - len(raised)
