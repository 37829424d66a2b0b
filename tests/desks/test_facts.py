"""What is stored, as tables for the figures."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import attrs
import polars as pl
import pytest

from crmkit import Crm, Money, Period, Scope, Settings
from crmkit.entities import Campaign, Case, Interaction, Party, Quota, Ref, Spend
from crmkit.errors import InvalidValueError, NotPermittedError
from crmkit.facts import interactions_from
from crmkit.metrics import backlog_by, pipeline_by, quota_attainment_by, resolution_time_by, satisfaction_by, win_rate_by
from crmkit.store import Rights
from tests.engines import dicts, rows

if TYPE_CHECKING:
    from crmkit.store import Store
    from tests.desks.conftest import Clock

LATE = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)  # already February in Berlin


def eur(amount: int) -> Money:
    return Money.of(amount, "EUR")


def test_opportunities_are_read_by_the_figures_of_selling(crm: Crm, clock: Clock) -> None:
    won = crm.opportunities.open("C-17", title="press", amount=eur(900))
    crm.opportunities.open("C-17", title="saw", amount=eur(100))
    clock.move_to(date(2026, 1, 11))
    crm.opportunities.win(won.id)

    opportunities = crm.facts.opportunities()

    assert rows(win_rate_by(opportunities)) == [("EUR", 1, 0, 1, 900)]
    assert rows(pipeline_by(opportunities, as_of=date(2026, 1, 11)), "opportunities", "amount", "weighted_amount") == [(1, 100, 10)]
    assert {row["customer_id"] for row in dicts(crm.facts.stage_moves(period=Period.month(2026, 1)))} == {"C-17"}
    assert dicts(crm.facts.stage_moves(period=Period.month(2026, 2))) == []


def test_days_are_those_of_the_settings(crm: Crm, clock: Clock) -> None:
    clock.now = LATE
    crm.record_interaction("C-17", kind="phone")
    crm.campaigns.record_touch("C-17", channel="web")
    crm.cases.open(Ref("party", "C-17"), text="scratched")

    february = date(2026, 2, 1)
    for table in (crm.facts.interactions(), crm.facts.touches(), crm.facts.case_events()):
        assert [row["happened_on"] for row in dicts(table)] == [february]
    assert [row["opened_on"] for row in dicts(crm.facts.cases())] == [february]
    assert dicts(crm.facts.interactions(period=Period.month(2026, 1))) == []
    assert len(dicts(crm.facts.interactions(period=Period.month(2026, 2)))) == 1


def test_voided_interactions_are_no_contacts() -> None:
    right = Interaction(id="I-1", party_id="C-17", happened_at=LATE, kind="phone")
    wrong = attrs.evolve(right, id="I-2", voided_because="wrong customer")

    assert interactions_from([right, wrong]).height == 1


def test_quotas_are_held_against_sales(crm: Crm) -> None:
    half_year = Period(date(2025, 7, 1), date(2026, 1, 1))
    given = Quota(id="Q-1", salesperson_id="anna", period=half_year, amount=eur(1840))
    crm.add(given, Quota(id="Q-2", salesperson_id="anna", period=half_year, amount=eur(999)))
    crm.void(crm.get(Quota, "Q-2"), because="twice")
    sales = crm.facts.sales().with_columns(salesperson_id=pl.lit("anna"))

    december = quota_attainment_by(sales, crm.facts.quotas(), "salesperson_id", period=Period.month(2025, 12), as_of=date(2025, 12, 31))

    assert rows(december, "revenue", "quota") == [(200, 310)]

    crm.change(attrs.evolve(crm.get(Quota, "Q-1"), amount=eur(920)))
    assert rows(crm.facts.quotas(), "start", "end", "amount", "currency") == [(date(2025, 7, 1), date(2026, 1, 1), 920, "EUR")]


def test_cases_are_read_by_the_figures_of_service(crm: Crm, clock: Clock) -> None:
    case = crm.cases.open(Ref("party", "C-17"), text="scratched")
    clock.move_to(date(2026, 1, 3))
    crm.cases.close(case.id, result="replaced")
    clock.move_to(date(2026, 1, 5))
    crm.cases.reopen(case.id, because="again")
    assert rows(backlog_by(crm.facts.cases(), as_of=date(2026, 1, 5)), "open") == [(1,)]
    clock.move_to(date(2026, 1, 6))
    crm.cases.close(crm.get(Case, case.id).id, result="money back")
    crm.cases.rate("C-17", kind="csat", score=4)

    assert rows(resolution_time_by(crm.facts.cases()), "total_hours") == [(5 * 24,)]
    assert rows(resolution_time_by(crm.facts.cases(), events=crm.facts.case_events()), "total_hours") == [(3 * 24,)]
    assert rows(satisfaction_by(crm.facts.ratings(), kind="csat"), "answers", "score") == [(1, 1)]


def test_spend_is_exact(crm: Crm) -> None:
    crm.add(Campaign(id="K-1", name="fair"), Spend(id="S-1", spent_on=date(2026, 1, 1), amount=Money.of("19.99", "EUR"), campaign_id="K-1"))

    assert rows(crm.facts.spend(), "amount", "campaign_id", "currency") == [(Decimal("19.990"), "K-1", "EUR")]
    assert dicts(crm.facts.spend(period=Period.month(2026, 2))) == []


def test_an_amount_of_four_decimals_fits_no_table(crm: Crm) -> None:
    crm.add(Spend(id="S-1", spent_on=date(2026, 1, 1), amount=Money.of("0.0001", "CLF")))

    with pytest.raises(InvalidValueError, match="at most 3 decimals"):
        crm.facts.spend()


def test_a_table_of_a_period_reads_no_records_of_other_ones(crm: Crm, clock: Clock) -> None:
    unfit = Money.of("0.0001", "CLF")  # which no table can hold
    crm.add(Spend(id="S-1", spent_on=date(2026, 1, 31), amount=unfit), Spend(id="S-2", spent_on=date(2026, 2, 1), amount=eur(5)))
    clock.now = datetime(2026, 1, 30, 22, 59, tzinfo=UTC)
    crm.campaigns.record_touch("C-17", channel="web", cost=unfit)

    assert rows(crm.facts.spend(period=Period.month(2026, 2)), "amount") == [(5,)]
    assert dicts(crm.facts.touches(period=Period.month(2026, 2))) == []


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "UTC", "Europe/Berlin", "Pacific/Kiritimati"])
def test_a_period_has_its_local_days_wherever_the_business_is(store: Store, clock: Clock, zone: str) -> None:
    crm = Crm(store, scope=Scope(tenant="far", actor="anna"), settings=Settings(zone=zone), clock=clock)
    crm.add(Party(id="C-1", name="Müller", created_on=date(2026, 1, 1)))
    begins, ends = (datetime(2026, month, 1, tzinfo=ZoneInfo(zone)) for month in (2, 3))
    moment = timedelta(microseconds=1)
    for at in (begins - moment, begins, ends - moment, ends):
        clock.now = at
        crm.campaigns.record_touch("C-1", channel="web")

    touches = crm.facts.touches(period=Period.month(2026, 2)).collect()

    assert set(touches["happened_at"]) == {begins, ends - moment}


def test_a_period_of_all_time_has_every_record(crm: Crm) -> None:
    crm.record_interaction("C-17", kind="phone")

    assert len(dicts(crm.facts.interactions(period=Period(date.min, date.max)))) == 1


TABLES = (
    "leads",
    "conversions",
    "quotas",
    "interactions",
    "opportunities",
    "stage_moves",
    "touches",
    "spend",
    "cases",
    "case_events",
    "ratings",
)


@pytest.mark.parametrize("table", [name for name in TABLES if name != "conversions"])
def test_an_empty_store_gives_an_empty_table(crm: Crm, table: str) -> None:
    assert dicts(getattr(crm.facts, table)()) == []


@pytest.mark.parametrize("table", TABLES)
def test_rights_that_reach_only_some_parties_do_not_reach_a_table(store: Store, table: str) -> None:
    reach: Any = {f"facts.{table}": "own"}
    limited = Crm(store, scope=Scope(tenant="acme", actor="ben", rights=Rights(verbs=reach)))

    with pytest.raises(NotPermittedError, match=table):
        getattr(limited.facts, table)()
