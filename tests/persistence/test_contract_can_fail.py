"""A contract that passes everything proves nothing: each planted bug is caught, and the store without one is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmkit.errors import CrmkitError
from crmkit.persistence import MemoryStore
from crmkit.testing.contracts import StoreContract
from tests.persistence import planted_bugs

if TYPE_CHECKING:
    from collections.abc import Iterator

RULES = tuple(name for name in dir(StoreContract) if name.startswith("test_"))


def broken_rules(store: type[MemoryStore]) -> Iterator[str]:
    for rule in RULES:
        try:
            getattr(StoreContract(), rule)(store())
        except (AssertionError, CrmkitError, pytest.fail.Exception):
            yield rule


def test_there_are_many_rules() -> None:
    assert len(RULES) >= 60


def test_a_store_without_a_bug_breaks_no_rule() -> None:
    assert list(broken_rules(MemoryStore)) == []


@pytest.mark.parametrize("store", planted_bugs.STORES, ids=lambda store: store.__name__)
def test_every_planted_bug_is_caught(store: type[MemoryStore]) -> None:
    assert next(broken_rules(store), None) is not None
