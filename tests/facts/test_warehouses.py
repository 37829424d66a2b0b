"""What Ibis and Spark cannot do is refused by an error that names the engines that can; the sessions "ibis" and "spark" run this."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from crmkit.errors import UnsupportedEngineError
from crmkit.metrics import First, credited_touches, resolution_time_by
from crmkit.periods import days
from tests.engines import ENGINES, on

WAREHOUSES = [name for name in ENGINES if name.startswith(("ibis", "spark"))]
AT = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize("warehouse", WAREHOUSES)
def test_times_between_moments_are_refused(warehouse: str) -> None:
    columns = {"case_id": ["1"], "opened_at": [AT], "closed_at": [AT], "opened_on": [AT.date()], "closed_on": [AT.date()]}
    cases = on(warehouse, pl.DataFrame(columns))

    with pytest.raises(UnsupportedEngineError, match="works on Polars"):
        resolution_time_by(cases)


@pytest.mark.parametrize("warehouse", WAREHOUSES)
def test_figures_that_are_computed_at_once_are_refused(warehouse: str) -> None:
    conversions = pl.DataFrame({"conversion_id": ["1"], "customer_id": ["C-1"], "happened_at": [AT], "amount": [100]})
    touches = pl.DataFrame({"customer_id": ["C-1"], "happened_at": [AT], "channel": ["email"]})

    with pytest.raises(UnsupportedEngineError, match="works on Polars"):
        credited_touches(*on(warehouse, conversions, touches), model=First(), window=days(30))
