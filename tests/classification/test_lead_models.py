from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from crmkit.classification import LeadModel
from crmkit.errors import InvalidValueError, MissingColumnError, UndefinedMetricError
from tests.engines import by_id, dicts, on, on_every_engine, rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LEADS = pl.DataFrame(
    {
        "customer_id": [f"L-{number}" for number in range(8)],
        "source": ["fair", "fair", "fair", "web", "web", "web", None, "fair"],
        "size": [1, 1, 2, 2, 2, 2, 1, 1],
        "won": [True, True, False, False, False, True, False, None],
    }
)


@on_every_engine
def test_each_value_shifts_the_odds_by_its_shares_with_a_smoothing_of_a_tenth(engine: str) -> None:
    model = LeadModel.learn(on(engine, LEADS), features=["source", "size"])

    assert (model.won, model.lost) == (3, 4)
    assert model.prior == pytest.approx(math.log(3 / 4))
    assert model.odds["source"]["fair"] == pytest.approx(math.log((2.1 / 3.3) / (1.1 / 4.3)))
    assert model.odds["source"][None] == pytest.approx(math.log((0.1 / 3.3) / (1.1 / 4.3)))
    assert model.odds["size"]["2"] == pytest.approx(math.log((1.1 / 3.2) / (3.1 / 4.2)))


@on_every_engine
def test_the_probability_names_its_reasons(engine: str) -> None:
    model = LeadModel.learn(LEADS, features=["source"])

    scored = model.add_probability(on(engine, LEADS))

    odds = math.exp(model.prior + model.odds["source"]["fair"])
    assert by_id(scored, "win_probability")["L-7"] == pytest.approx(odds / (1 + odds))
    assert by_id(scored, "win_probability_reasons")["L-7"] == "source fair +0.9"
    assert by_id(scored, "win_probability_reasons")["L-6"] == "source unknown −2.1"
    assert type(scored) is type(on(engine, LEADS))


@on_every_engine
def test_a_value_never_seen_shifts_nothing(engine: str) -> None:
    model = LeadModel.learn(LEADS, features=["source"])

    assert rows(model.add_probability(on(engine, pl.DataFrame({"source": ["radio"]}))), "win_probability", "win_probability_reasons") == [
        (pytest.approx(3 / 7), "")
    ]


@on_every_engine
def test_calibration_counts_every_lead_with_an_outcome_once(engine: str) -> None:
    model = LeadModel.learn(LEADS, features=["source", "size"])

    table = dicts(model.calibration(on(engine, LEADS), parts=4))

    assert [row["part"] for row in table] == sorted({row["part"] for row in table})
    assert sum(row["leads"] for row in table) == 7
    assert sum(row["leads"] * row["observed"] for row in table) == pytest.approx(3)
    assert all((row["part"] - 1) / 4 <= row["predicted"] <= row["part"] / 4 for row in table)


def test_without_won_or_lost_leads_there_is_nothing_to_learn() -> None:
    with pytest.raises(UndefinedMetricError, match="0 won and 4 lost"):
        LeadModel.learn(LEADS.filter(~pl.col("won")), features=["source"])


@pytest.mark.parametrize(
    "options", [{"features": []}, {"features": ["size", "size"]}, {"features": ["won"]}, {"features": ["size"], "smoothing": Decimal(0)}]
)
def test_features_are_named_once_and_smoothed(options: Any) -> None:
    with pytest.raises(InvalidValueError, match="features"):
        LeadModel.learn(LEADS, **options)


def test_features_have_few_values_and_the_outcome_is_true_or_false() -> None:
    many = pl.DataFrame({"id": [str(number) for number in range(201)], "won": [True, *[False] * 200]})

    with pytest.raises(InvalidValueError, match="at most 200"):
        LeadModel.learn(many, features=["id"])
    with pytest.raises(InvalidValueError, match="into bins"):
        LeadModel.learn(LEADS.with_columns(size=pl.col("size").cast(pl.Float64)), features=["size"])
    with pytest.raises(InvalidValueError, match="true or false"):
        LeadModel.learn(LEADS, features=["size"], outcome="source")
    with pytest.raises(InvalidValueError, match="another name"):
        LeadModel.learn(LEADS, features=["size"]).add_probability(LEADS, into="size")
    with pytest.raises(MissingColumnError, match="'region'"):
        LeadModel.learn(LEADS, features=["region"])


def test_a_telephone_campaign_is_calibrated_and_worth_sorting_by(shared_data: Callable[[str], Path]) -> None:
    calls = pl.read_csv(shared_data("bank_marketing/bank-full.csv.gz"), separator=";").with_columns(won=pl.col("y") == "yes")
    calls = calls.with_row_index()
    even, odd = calls.filter(pl.col("index") % 2 == 0), calls.filter(pl.col("index") % 2 == 1)

    model = LeadModel.learn(even, features=["job", "marital", "contact", "poutcome", "housing"])
    scored = model.add_probability(odd).sort("win_probability", descending=True)

    best = scored.head(odd.height // 10)["won"].mean()
    assert best > 3 * odd["won"].mean()  # type: ignore[operator]  # means of flags
    assert scored["win_probability"].mean() == pytest.approx(odd["won"].mean(), abs=0.03)
    calibration = model.calibration(odd)
    assert calibration["leads"].sum() == odd.height
    assert calibration["observed"].to_list()[0] < calibration["observed"].to_list()[-1]
