from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from crmkit import days
from crmkit.entities import Party
from crmkit.errors import InvalidValueError
from crmkit.testing.clocks import Clock

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.testing import SampleCompany

if "crmkit.testing.plugin" not in {point.value for point in importlib.metadata.entry_points(group="pytest11")}:
    from crmkit.testing.plugin import crm, crm_clock, crm_sql, sample_company  # noqa: F401  from a checkout that is not installed


def test_a_month_of_silence_puts_the_customer_on_the_list(crm: Crm, crm_clock: Clock) -> None:
    crm.add(Party(id="C-1", name="Müller", roles={"customer"}, created_on=date(2026, 1, 1)))
    crm.contact.plan("C-1", frequency=days(30))
    crm.record_interaction("C-1", kind="visit")

    crm_clock.move_to(date(2026, 2, 1))

    assert [row.party_id for row in crm.work_queue()] == ["C-1"]


def test_the_example_of_the_documentation_runs_as_it_is_copied(crm: Crm, crm_clock: Clock) -> None:
    page = (Path(__file__).parents[2] / "docs/how-to/tests.md").read_text("utf-8")
    copied: dict[str, Any] = {}

    exec(page.partition("```python\n")[2].partition("```")[0], copied)

    copied["test_a_month_of_silence_puts_the_customer_on_the_list"](crm, crm_clock)


def test_the_desk_on_sqlite_behaves_like_the_one_in_memory(crm_sql: Crm, crm_clock: Clock) -> None:
    crm_sql.add(Party(id="C-1", name="Müller", roles={"customer"}, created_on=date(2026, 1, 1)))
    crm_sql.contact.plan("C-1", frequency=days(30))
    crm_sql.record_interaction("C-1", kind="visit")
    assert len(crm_sql.work_queue()) == 0

    crm_clock.move_to(date(2026, 2, 1))

    assert [row.party_id for row in crm_sql.work_queue()] == ["C-1"]


def test_the_sample_company_loads_into_either_desk(sample_company: SampleCompany, crm: Crm, crm_sql: Crm) -> None:
    for desk in (crm, crm_sql):
        sample_company.load_into(desk)

        assert {row.party_id for row in desk.work_queue(as_of=sample_company.as_of, limit=1_000)} == sample_company.truth.to_call


def test_the_clock_starts_on_the_first_of_january_2026_and_stands_still(crm_clock: Clock) -> None:
    assert crm_clock() == crm_clock() == datetime(2026, 1, 1, 9, tzinfo=UTC)


def test_the_clock_moves_to_a_day_or_a_moment() -> None:
    clock = Clock()

    clock.move_to(date(2026, 2, 1))
    assert clock() == datetime(2026, 2, 1, 9, tzinfo=UTC)
    clock.move_to(datetime(2026, 1, 15, 23, 59, tzinfo=UTC))
    assert clock().minute == 59


def test_the_clock_refuses_a_moment_without_a_zone() -> None:
    with pytest.raises(InvalidValueError, match="aware datetime"):
        Clock().move_to(datetime(2026, 1, 1))  # noqa: DTZ001  that is what is refused


def test_the_plugin_itself_loads_nothing_optional() -> None:
    used = "import sys, pytest, crmkit.money, crmkit.periods"
    code = f"{used}; before = set(sys.modules); import crmkit.testing.plugin; print(*set(sys.modules) - before)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert {name.partition(".")[0] for name in done.stdout.split()} <= {
        "crmkit",
        "random",
        "bisect",
        "_random",
        "_bisect",
        "_sha512",
        "_sha2",
        "statistics",
    }
