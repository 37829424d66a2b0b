from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import days, months
from crmkit.classification import ScoreRule, account_scores_by, add_lead_score, hot_leads
from crmkit.conditions import Condition
from crmkit.errors import InvalidValueError, MissingColumnError
from tests.engines import by_id, day, dicts, on, on_every_engine, rows, rows_in_order

AS_OF = day("2026-03-31")
LEADS = pl.DataFrame(
    {
        "customer_id": ["L-1", "L-2", "L-3", "L-4"],
        "source": ["fair", "fair", "web", None],
        "met_on": [day("2026-03-01"), day("2026-04-01"), day("2026-03-31"), None],
        "employees": [500, None, 99, 100],
    }
)
FAIR = ScoreRule(name="fair", points=20, when=[Condition("source", "equal", "fair")], half_life=days(30), dated="met_on")
BIG = ScoreRule(name="many employees", points=10, when=Condition("employees", "at_least", 100))
UNKNOWN = ScoreRule(name="no source", points=-5, when=[Condition("source", "missing")])


@on_every_engine
def test_every_point_is_explained(engine: str) -> None:
    scored = add_lead_score(on(engine, LEADS), rules=[FAIR, BIG, UNKNOWN], as_of=AS_OF)

    assert rows_in_order(scored, "customer_id", "lead_score", "lead_score_reasons") == [
        ("L-1", 20, "fair +10; many employees +10"),
        ("L-2", 0, ""),
        ("L-3", 0, ""),
        ("L-4", 5, "many employees +10; no source −5"),
    ]


@on_every_engine
@pytest.mark.parametrize(
    ("as_of", "points"),
    [("2026-02-28", 0), ("2026-03-01", 20), ("2026-03-02", 19.5), ("2026-03-31", 10), ("2026-04-30", 5), ("2030-01-01", 0)],
)
def test_points_fade_by_half_in_each_half_life(engine: str, as_of: str, points: float) -> None:
    assert by_id(add_lead_score(on(engine, LEADS.head(1)), rules=[FAIR], as_of=day(as_of)), "lead_score") == {"L-1": points}


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(1, 90)), min_size=1, max_size=4), st.integers(0, 200))
def test_the_reasons_add_up_to_the_score(rules: list[tuple[int, int]], age: int) -> None:
    made = [
        ScoreRule(name=f"rule {place}", points=points, when=[], half_life=days(half), dated="met_on")
        for place, (points, half) in enumerate(rules)
    ]

    (row,) = dicts(add_lead_score(LEADS.head(1), rules=made, as_of=days(age).after(day("2026-03-01")) if age else day("2026-03-01")))

    told = [Decimal(number.replace("−", "-")) for number in re.findall(r"[+−][\d.]+", row["lead_score_reasons"])]
    assert float(sum(told, Decimal(0))) == pytest.approx(row["lead_score"])


@on_every_engine
def test_a_score_of_the_same_name_is_replaced(engine: str) -> None:
    twice = add_lead_score(add_lead_score(on(engine, LEADS), rules=[BIG], as_of=AS_OF), rules=[UNKNOWN], as_of=AS_OF)

    assert by_id(twice, "lead_score") == {"L-1": 0, "L-2": 0, "L-3": 0, "L-4": -5}


@on_every_engine
@pytest.mark.parametrize(("at_least", "hot"), [(19, ["L-1"]), (20, ["L-1"]), (21, []), (5, ["L-1", "L-4"])])
def test_hot_leads_have_so_many_points_the_best_first(engine: str, at_least: int, hot: list[str]) -> None:
    scored = add_lead_score(on(engine, LEADS), rules=[FAIR, BIG, UNKNOWN], as_of=AS_OF)

    assert [row[0] for row in rows(hot_leads(scored, at_least=at_least), "customer_id")] == hot


@on_every_engine
def test_scores_roll_up_to_accounts(engine: str) -> None:
    leads = pl.DataFrame({"parent_id": ["A", "A", "B", None], "lead_score": [20.0, 50.5, None, 1.0]})

    assert rows_in_order(account_scores_by(on(engine, leads), "parent_id")) == [("A", 2, 50.5, 70.5), ("B", 1, None, None), (None, 1, 1, 1)]


@pytest.mark.parametrize(
    "options",
    [{"half_life": days(3)}, {"dated": "met_on"}, {"half_life": months(1), "dated": "met_on"}, {"points": 1.5}, {"name": ""}],
)
def test_points_fade_from_a_day_by_days(options: Any) -> None:
    with pytest.raises(InvalidValueError):
        ScoreRule(**{"name": "rule", "points": 1, "when": [], **options})


def test_rules_fit_their_frame() -> None:
    with pytest.raises(InvalidValueError, match="name of its own"):
        add_lead_score(LEADS, rules=[BIG, BIG], as_of=AS_OF)
    with pytest.raises(InvalidValueError, match="days \\(Date\\)"):
        add_lead_score(LEADS, rules=[ScoreRule(name="r", points=1, when=[], half_life=days(1), dated="source")], as_of=AS_OF)
    with pytest.raises(InvalidValueError, match="another name"):
        add_lead_score(LEADS, rules=[BIG], as_of=AS_OF, into="employees")
    with pytest.raises(MissingColumnError, match="'employees'"):
        add_lead_score(LEADS.drop("employees"), rules=[BIG], as_of=AS_OF)
    with pytest.raises(InvalidValueError, match="makes an account"):
        account_scores_by(LEADS.with_columns(lead_score=1))


@pytest.mark.parametrize("made", ["leads", "best_score", "total_score"])
def test_an_account_is_not_made_by_a_column_of_the_result(made: str) -> None:
    with pytest.raises(InvalidValueError, match=made):
        account_scores_by(LEADS.with_columns(pl.lit(1.0).alias("lead_score"), pl.lit("A").alias(made)), made)
