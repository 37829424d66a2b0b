"""Quotas as values."""

from __future__ import annotations

from typing import Any

import pytest

from crmkit import Money, Period
from crmkit.entities import Quota
from crmkit.errors import InvalidValueError

GIVEN = {"id": "1", "salesperson_id": "anna", "period": Period.month(2026, 1), "amount": Money.of(0, "EUR")}


def test_a_quota_may_be_nothing() -> None:
    assert Quota(**GIVEN).amount == Money.of(0, "EUR")  # type: ignore[arg-type]  # each is of its field


@pytest.mark.parametrize(
    "wrong", [{"id": ""}, {"salesperson_id": ""}, {"period": 2026}, {"amount": 5}, {"amount": Money.of("-0.01", "EUR")}]
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        Quota(**GIVEN | wrong)  # type: ignore[arg-type]  # as above
