"""
Fixtures for pytest, active wherever crmkit is installed: `crm`, `crm_sql`, `crm_clock`, `sample_company`.

Only pytest is loaded before a fixture is used, so that other projects' tests start as quickly as before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crmkit import Crm
    from crmkit.testing import SampleCompany
    from crmkit.testing.clocks import Clock


@pytest.fixture
def crm_clock() -> Clock:
    """The clock of `crm` and `crm_sql`: it stands at 9:00 UTC on 1 January 2026 until it is moved."""
    from crmkit.testing.clocks import Clock  # noqa: PLC0415  see above

    return Clock()


@pytest.fixture
def crm(crm_clock: Clock) -> Iterator[Crm]:
    """A desk on a store in memory, for the tenant "test" and the actor "tester"."""
    from crmkit import Crm, Scope  # noqa: PLC0415  see above
    from crmkit.persistence import MemoryStore  # noqa: PLC0415  see above

    with Crm(MemoryStore(), scope=Scope(tenant="test", actor="tester"), clock=crm_clock) as desk:
        yield desk


@pytest.fixture
def crm_sql(crm_clock: Clock, tmp_path: Path) -> Iterator[Crm]:
    """The same on a SQLite file of its own."""
    from crmkit import Crm, Scope  # noqa: PLC0415  see above

    url = f"sqlite:///{(tmp_path / 'crm.db').as_posix()}"
    with Crm.open(url, scope=Scope(tenant="test", actor="tester"), clock=crm_clock) as desk:
        yield desk


@pytest.fixture(scope="session")
def sample_company() -> SampleCompany:
    """A small wholesaler with known truth, the same one in every run; `sample_company.load_into(crm)` stores it."""
    from crmkit.testing import sample_company as made  # noqa: PLC0415  see above

    return made(seed=1, customers=40)
