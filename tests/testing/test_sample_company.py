from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl
import pytest

from crmkit import Crm, Scope
from crmkit.classification import lost_customers
from crmkit.entities import unstructure
from crmkit.errors import InvalidValueError
from crmkit.metrics import gross_profit_by
from crmkit.persistence import MemoryStore
from crmkit.scheduling import call_suggestions
from crmkit.testing import SampleCompany, sample_company

if TYPE_CHECKING:
    from collections.abc import Iterable

SEEDS = range(5)


@pytest.fixture(scope="module", params=SEEDS)
def company(request: pytest.FixtureRequest) -> SampleCompany:
    return sample_company(seed=request.param, customers=60)


def fingerprint(company: SampleCompany) -> str:
    parts = (company.parties, company.documents, company.interactions, company.plans, company.recalls)
    text = json.dumps([unstructure(value) for part in parts for value in part], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_same_seed_makes_the_same_company_in_another_process() -> None:
    made = "print(fingerprint(sample_company(seed=7, customers=20)))"
    code = f"from tests.testing.test_sample_company import fingerprint, sample_company; {made}"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == fingerprint(sample_company(seed=7, customers=20))


def test_another_seed_makes_another_company() -> None:
    assert sample_company(seed=1, customers=20) != sample_company(seed=2, customers=20)


def test_the_loss_makers_are_those_that_were_planted(company: SampleCompany) -> None:
    figures = gross_profit_by(company.facts.sales(), "customer_id")

    assert set(figures.filter(pl.col("gross_profit") < 0)["customer_id"]) == company.truth.loss_makers
    assert len(company.truth.loss_makers) == 5


def test_the_lost_customers_are_those_that_were_planted(company: SampleCompany) -> None:
    lost = lost_customers(company.facts.customers(), company.facts.sales(), since=company.lost_since, as_of=company.as_of)

    assert set(lost.filter(~pl.col("never_bought"))["customer_id"]) == company.truth.lost
    assert set(lost.filter("never_bought")["customer_id"]) == company.truth.quote_only


def test_who_is_due_is_who_was_planted_over_frames_and_on_a_desk(company: SampleCompany) -> None:
    crm = Crm(MemoryStore(), scope=Scope(tenant="t", actor="a"), clock=lambda: datetime(2026, 1, 1, 9, tzinfo=UTC))
    company.load_into(crm)

    queue = crm.work_queue(as_of=company.as_of, limit=1_000)

    assert {row.party_id for row in queue} == company.truth.to_call
    assert set(call_suggestions(company.facts.contact_plans(), as_of=company.as_of)["customer_id"]) == company.truth.to_call


def test_one_lost_customer_has_an_invoice_since_that_was_wholly_credited(company: SampleCompany) -> None:
    bought_since = {
        document.party_id for document in company.documents if document.kind == "invoice" and document.issued_on >= company.lost_since
    }

    assert len(bought_since & company.truth.lost) == 1


def test_there_is_everything_that_a_wholesaler_has(company: SampleCompany) -> None:
    kinds = Counter(document.kind for document in company.documents)
    roles = Counter(role for party in company.parties for role in party.roles)

    assert min(kinds[kind] for kind in ("quote", "order", "invoice", "credit_note")) > 0
    assert roles == {"customer": 60, "lead": 30, "employee": 4, "supplier": 6}
    assert all(party.people and party.addresses for party in company.parties if "employee" not in party.roles)
    assert {party.source.campaign_id for party in company.parties if party.source} > {None}
    assert gross_profit_by(company.facts.sales())["revenue_without_cost"][0] > 0


def test_every_document_follows_one_that_is_there_and_not_later(company: SampleCompany) -> None:
    by_id = {document.id: document for document in company.documents}

    assert len(by_id) == len(company.documents)
    assert all(by_id[document.predecessor_id].issued_on <= document.issued_on for document in company.documents if document.predecessor_id)


def test_nothing_happens_after_its_today(company: SampleCompany) -> None:
    days: Iterable[object] = [document.issued_on <= company.as_of for document in company.documents]

    assert all(days)
    assert all(interaction.happened_at.date() <= company.as_of for interaction in company.interactions)


def test_garden_things_are_sold_in_spring(company: SampleCompany) -> None:
    garden = company.facts.sales().filter(pl.col("item_group") == "garden")
    months = garden["issued_on"].dt.month()

    assert months.is_between(3, 6).sum() > 3 * months.is_in([11, 12, 1, 2]).sum() / 2


@pytest.mark.parametrize("customers", [19, 0, -1])
def test_a_company_of_fewer_than_twenty_customers_is_refused(customers: int) -> None:
    with pytest.raises(InvalidValueError, match="customers"):
        sample_company(seed=1, customers=customers)
