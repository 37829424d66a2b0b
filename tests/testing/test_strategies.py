from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Interval, Money, Period
from crmkit.entities import ContactPerson, ContactPlan, Document, Interaction, Line, Party, Recall, structure, unstructure
from crmkit.errors import InvalidValueError
from crmkit.testing import registration, strategies

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)
registration.register()  # an entry point of the installed package does this; here it may not be installed


@pytest.mark.parametrize("kind", [Money, Period, Interval, Party, ContactPerson, Document, Line, Interaction, ContactPlan, Recall])
def test_hypothesis_finds_them_by_type(kind: type) -> None:
    @given(st.from_type(kind))
    def found(value: object) -> None:
        assert type(value) is kind

    found()


@pytest.mark.parametrize(
    "strategy",
    [strategies.parties(), strategies.documents(), strategies.interactions(), strategies.contact_plans(), strategies.recalls()],
    ids=["parties", "documents", "interactions", "contact_plans", "recalls"],
)
def test_what_they_make_survives_its_json_form(strategy: SearchStrategy[Any]) -> None:
    @given(strategy)
    def survives(value: Any) -> None:
        assert structure(type(value), unstructure(value)) == value

    survives()


@given(strategies.moneys(currencies=["EUR"], min_minor=-5, max_minor=5))
def test_money_stays_between_its_bounds(money: Money) -> None:
    assert -5 <= money.minor <= 5
    assert money.currency == "EUR"


@given(strategies.periods(min_date=FIRST, max_date=LAST))
def test_no_day_of_a_period_is_outside_its_bounds(period: Period) -> None:
    assert FIRST <= period.start < period.end <= date(2026, 4, 1)


@given(strategies.intervals(max_months=1, max_days=2))
def test_an_interval_stays_within_its_bounds(interval: Interval) -> None:
    assert (interval.months, interval.days) > (0, 0)
    assert interval.months <= 1
    assert interval.days <= 2


@given(strategies.documents(kinds=["credit_note"], currencies=["JPY"], min_date=FIRST, max_date=LAST, min_lines=2, max_lines=3))
def test_a_document_stays_within_its_bounds(document: Document) -> None:
    assert (document.kind, document.currency) == ("credit_note", "JPY")
    assert FIRST <= document.issued_on <= LAST
    assert 2 <= len(document.lines) <= 3


@given(strategies.lines(min_price=1, max_price=2, cost_known=True), strategies.lines(cost_known=False))
def test_a_line_has_the_price_and_cost_that_was_asked_for(known: Line, unknown: Line) -> None:
    assert Decimal(1) <= known.unit_price <= Decimal(2)
    assert known.unit_cost is not None
    assert unknown.unit_cost is None


@given(strategies.parties(roles=["supplier"], min_date=FIRST, max_date=LAST), strategies.recalls(min_date=FIRST, max_date=LAST))
def test_parties_and_recalls_stay_within_their_days(party: Party, recall: Recall) -> None:
    assert party.roles == {"supplier"}
    assert FIRST <= party.created_on <= LAST
    assert FIRST <= recall.due_on <= LAST


@given(strategies.interactions(min_date=FIRST, max_date=FIRST), strategies.contact_plans(min_date=FIRST, max_date=FIRST))
def test_interactions_and_plans_stay_within_their_days(interaction: Interaction, plan: ContactPlan) -> None:
    assert interaction.happened_at.date() == FIRST
    assert plan.last_contact_on in (None, FIRST)


def test_bounds_that_are_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="max_date"):
        strategies.periods(min_date=LAST, max_date=FIRST)
