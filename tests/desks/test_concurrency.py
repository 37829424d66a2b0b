"""No contact is lost, however many record one at the same time."""

from __future__ import annotations

import multiprocessing
from datetime import date
from typing import TYPE_CHECKING

import pytest

from crmkit import Crm, Scope
from crmkit.entities import ContactPlan, Interaction, Party
from crmkit.store import Query

if TYPE_CHECKING:
    from pathlib import Path

PROCESSES = 8


def record_many(url: str, count: int) -> None:
    with Crm.open(url, scope=Scope(tenant="acme", actor="anna")) as crm:
        for _ in range(count):
            crm.record_interaction("C-17", kind="phone")


@pytest.mark.parametrize("each", [25, pytest.param(1_000, marks=pytest.mark.long)])
def test_eight_processes_record_on_one_customer_and_every_contact_counts(tmp_path: Path, each: int) -> None:
    pytest.importorskip("sqlalchemy", reason="a file that processes share needs SQL")
    url = f"sqlite:///{tmp_path / 'crm.db'}"
    with Crm.open(url, scope=Scope(tenant="acme", actor="anna")) as crm:
        crm.add(Party(id="C-17", name="Müller GmbH", created_on=date(2026, 1, 1)))

        context = multiprocessing.get_context("spawn")
        workers = [context.Process(target=record_many, args=(url, each)) for _ in range(PROCESSES)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

        assert [worker.exitcode for worker in workers] == [0] * PROCESSES
        plan = crm.get(ContactPlan, "C-17")
        with crm._workplace.reading() as transaction:  # noqa: SLF001  # counts what is stored, past the desk
            stored = transaction.find(Query(Interaction))
        assert plan.contact_count == len(stored) == PROCESSES * each
        assert plan.last_contact_on == max(interaction.happened_at for interaction in stored).date()
