"""How Spark computes what no worker may hold alone; the session "spark" of nox runs this."""

from __future__ import annotations

import re

import polars as pl
import pytest

from crmkit.classification import add_abc_class
from tests.engines import ENGINES, on

ON_SPARK = pytest.mark.parametrize("engine", [name for name in ENGINES if name == "spark"])
TOTALS = pl.DataFrame({"customer_id": ["C-1", "C-2", "C-3"], "currency": ["EUR", "EUR", "CHF"], "gross_profit": [80, 20, 5]})


def plan_of(frame: object) -> list[str]:
    """The steps of a plan, each above those that it reads."""
    text: str = frame._jdf.queryExecution().executedPlan().toString()  # type: ignore[attr-defined]  # noqa: SLF001  # what `explain` prints
    return [re.sub(r"^[\s:+-]*", "", line) for line in text.splitlines()]


@ON_SPARK
def test_classes_bring_only_sums_of_ranges_to_one_worker(engine: str) -> None:
    steps = plan_of(add_abc_class(on(engine, TOTALS.drop("currency"))))

    read_by_one = [steps[place + 1] for place, step in enumerate(steps) if step.startswith("Exchange SinglePartition")]
    assert len(read_by_one) == 2
    assert all(re.match(r"HashAggregate\(keys=\[(_range#\d+L?)?\]", step) for step in read_by_one)


@ON_SPARK
def test_running_sums_are_taken_within_ranges_by_many_workers(engine: str) -> None:
    steps = plan_of(add_abc_class(on(engine, TOTALS)))

    by_value = [place for place, step in enumerate(steps) if step.startswith("Window") and "_value#" in step]
    assert len(by_value) == 1
    assert re.match(r"Exchange hashpartitioning\(_currency#\d+, _range#", steps[by_value[0] + 2])
