"""Of several appointments made at once for the same employee, one wins: on a file, and where transactions really run side by side."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from crmkit import Crm, Scope
from crmkit.errors import SlotTakenError
from crmkit.persistence.sql import SqlStore

if TYPE_CHECKING:
    from sqlalchemy import Engine

THREADS = 6
NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


def crm_on(engine: Engine) -> Crm:
    return Crm(SqlStore(engine), scope=Scope(tenant="acme", actor="anna"))


def winners_at_once(engine: Engine, *, rounds: int) -> list[int]:
    """Let threads schedule the same hour of two employees, in both orders; count who won in each round."""
    crm_on(engine).tasks.assign("anna", text="the journal has begun", due_on=NINE.date())
    won: list[list[str]] = [[] for _ in range(rounds)]
    gate = threading.Barrier(THREADS)

    def run(number: int) -> None:
        crm = crm_on(engine)
        for place, outcome in enumerate(won):
            employees = [f"anna-{place}", f"zoe-{place}", f"nobody-{number}"]
            gate.wait()
            try:
                start_at = NINE + timedelta(minutes=number)
                made = crm.appointments.schedule(None, start_at=start_at, minutes=60, attendees=employees, subject="x")
            except SlotTakenError:
                continue
            outcome.append(made.id)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [len(outcome) for outcome in won]


@pytest.mark.parametrize("database", ["sqlite_file", "postgresql"])
def test_of_several_at_once_one_wins(database: str, request: pytest.FixtureRequest) -> None:
    engine: Engine = request.getfixturevalue(database)

    assert winners_at_once(engine, rounds=5) == [1] * 5
