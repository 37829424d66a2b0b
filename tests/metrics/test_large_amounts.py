"""Amounts of 28 digits are shared as exactly as small ones on every engine; on Ibis and Spark those whose units have 64 bits."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmkit import Period, days
from crmkit.errors import InvalidValueError
from crmkit.metrics import CommissionPlan, Linear, attributed_by, commissions_by, quota_attainment_by
from tests.engines import ENGINES, by_id, day, on, on_every_engine, rows, sales

JANUARY = Period.month(2026, 1)
EXACT = Context(prec=60)
LAST = Decimal("0.001")
LARGEST = 10 ** (15 if ENGINES[0].startswith(("ibis", "spark")) else 24)
AMOUNT = st.decimals(Decimal(-LARGEST), Decimal(LARGEST), places=3)
AMOUNTS = st.lists(AMOUNT, min_size=20, max_size=20)
RATES = st.decimals(0, 1, places=4)


few_examples = settings(max_examples=5)  # of twenty amounts each: every one costs a plan of the engine


def rounded(amount: Fraction) -> Decimal:
    """Half away from zero, to the last decimal of an amount."""
    return EXACT.divide(amount.numerator, amount.denominator).quantize(LAST, ROUND_HALF_UP, EXACT)


def sold(engine: str, amounts: list[Decimal]) -> Any:
    lines = [("anna", f"item {place}", day("2026-01-05"), amount) for place, amount in enumerate(amounts)]
    return on(engine, sales(lines, "salesperson_id", "item_id", "issued_on", "revenue", revenue=pl.Decimal(28, 3)))


@on_every_engine
@few_examples
@given(amounts=AMOUNTS, rate=RATES, higher=RATES, start=AMOUNT.map(abs))
def test_a_commission_is_exact_and_rounded_once(
    engine: str, amounts: list[Decimal], rate: Decimal, higher: Decimal, start: Decimal
) -> None:
    half = Fraction(start) + Fraction(1, 2000)  # between two units
    plan = CommissionPlan("revenue", tiers=((0, rate), (EXACT.add(start, Decimal("0.0005")), higher)))

    paid = by_id(commissions_by(sold(engine, amounts), "item_id", plan=plan, period=JANUARY), "commission", id_="item_id")

    for place, amount in enumerate(amounts):
        above = max(Fraction(amount) - half, Fraction(0))
        assert paid[f"item {place}"] == rounded((Fraction(amount) - above) * Fraction(rate) + above * Fraction(higher))


@on_every_engine
@few_examples
@given(amounts=AMOUNTS, share=RATES)
def test_shared_lines_are_split_exactly_and_lose_nothing(engine: str, amounts: list[Decimal], share: Decimal) -> None:
    plan = CommissionPlan("revenue", tiers=((0, 1),), splits={"anna": {"ben": share, "cleo": 1 - share}})

    made = commissions_by(sold(engine, amounts), "salesperson_id", "item_id", plan=plan, period=JANUARY)

    parts = {(seller, item): base for seller, item, base in rows(made, "salesperson_id", "item_id", "base")}
    for place, amount in enumerate(amounts):
        own = rounded(Fraction(amount) * Fraction(share))
        assert (parts["ben", f"item {place}"], parts["cleo", f"item {place}"]) == (own, EXACT.subtract(amount, own))


@on_every_engine
@few_examples
@given(amounts=AMOUNTS)
def test_quotas_of_a_year_have_their_share_of_january(engine: str, amounts: list[Decimal]) -> None:
    year = [(f"item {place}", date(2026, 1, 1), date(2027, 1, 1), amount) for place, amount in enumerate(amounts)]
    quotas = sales(year, "item_id", "start", "end", "amount", amount=pl.Decimal(28, 3)).with_columns(salesperson_id=pl.lit("anna"))
    line = sales([("item 0", day("2026-01-05"), Decimal(1))], "item_id", "issued_on", "revenue", revenue=pl.Decimal(28, 3))

    result = quota_attainment_by(*on(engine, line, quotas), "item_id", period=JANUARY, as_of=day("2026-01-10"))

    found = {item: parts for item, *parts in rows(result, "item_id", "quota", "expected_by_now")}
    for place, amount in enumerate(amounts):
        assert found[f"item {place}"] == [rounded(Fraction(amount) * 31 / 365), rounded(Fraction(amount) * 10 / 365)]


@on_every_engine
@pytest.mark.parametrize("amount", [2**53 + 1, 2**63 - 1, 1 - 2**63])
def test_whole_numbers_are_shared_exactly_up_to_64_bits(engine: str, amount: int) -> None:
    plan = CommissionPlan("revenue", tiers=((0, "0.3333333"),))
    line = on(engine, sales([(day("2026-01-05"), amount)], "issued_on", "revenue"))

    ((_, commission),) = rows(commissions_by(line, plan=plan, period=JANUARY))

    exact = EXACT.multiply(amount, Decimal("0.3333333")).quantize(Decimal(1), ROUND_HALF_UP, EXACT)
    assert commission == exact


@pytest.mark.parametrize(("units", "is_shared"), [(2**53 - 1, True), (2**53, True), (2**53 + 1, False)])
def test_attribution_refuses_more_units_than_it_can_share_exactly(units: int, is_shared: bool) -> None:
    at = datetime(2026, 1, 5, 9, tzinfo=UTC)
    amount = EXACT.multiply(units, LAST)
    won = pl.DataFrame(
        {"conversion_id": ["R"], "customer_id": ["C"], "happened_at": [at], "amount": [amount]},
        schema_overrides={"amount": pl.Decimal(28, 3)},
    )
    touches = pl.DataFrame({"customer_id": ["C", "C"], "happened_at": [at, at], "channel": ["fair", "phone"]})

    if is_shared:
        credited = attributed_by(won, touches, "channel", model=Linear(), window=days(7))
        assert sum(credited["amount"].to_list()) == amount
    else:
        with pytest.raises(InvalidValueError, match=str(units)):
            attributed_by(won, touches, "channel", model=Linear(), window=days(7))
