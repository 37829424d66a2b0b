"""A German wholesaler, made from a seed: the same one on every machine and every Python."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_int
from crmkit.entities import Campaign, ContactPlan, Document, Interaction, Party, Recall
from crmkit.testing import sample_parties
from crmkit.testing.sample_contacts import contacts_of
from crmkit.testing.sample_sales import Trade, credit_notes, credited, documents_of, only_quote, seasonal_days

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from crmkit.crm import Crm

AS_OF = date(2025, 12, 31)
LOST_SINCE = date(2025, 7, 1)
_FIRST_DAY = date(2024, 1, 2)
_EMPLOYEES = 4
_SUPPLIERS = 6
_FEWEST_CUSTOMERS = 20


@attrs.frozen(kw_only=True)
class Truth:
    """
    What was planted in a sample company, for tests to hold figures against.

    Attributes:
        loss_makers: Customers whose gross profit is negative.
        lost: Customers who bought before `lost_since` and not since; one of them has an invoice since that was wholly credited.
        quote_only: Customers with quotes and no purchase.
        to_call: Parties that are due on `as_of`, by recall or by frequency.
    """

    loss_makers: frozenset[str]
    lost: frozenset[str]
    quote_only: frozenset[str]
    to_call: frozenset[str]


@attrs.frozen
class SampleFacts:
    """
    The tables of `crmkit.facts` for a sample company.

    Attributes:
        company: Whose.
    """

    company: SampleCompany

    def sales(self) -> pl.DataFrame:
        """Lines of invoices and credit notes."""
        from crmkit.facts import sales_from  # noqa: PLC0415  loads Narwhals, which the pytest plugin must not

        return sales_from(self.company.documents)

    def customers(self) -> pl.DataFrame:
        """One row for each party; `is_customer` tells customers from others."""
        from crmkit.facts import customers_from  # noqa: PLC0415  loads Narwhals, which the pytest plugin must not

        return customers_from(self.company.parties)

    def contact_plans(self) -> pl.DataFrame:
        """One row for each party with its frequency, last contact and earliest open recall."""
        from crmkit.facts import contact_plans_from  # noqa: PLC0415  loads Narwhals, which the pytest plugin must not

        return contact_plans_from(self.company.plans, self.company.recalls, self.company.parties)


@attrs.frozen(kw_only=True)
class SampleCompany:
    """
    A wholesaler with two years behind it.

    Attributes:
        seed: What it was made from.
        as_of: Its today.
        lost_since: Who has not bought since is lost.
        campaigns: What brought some of the leads and customers.
        parties: Employees, suppliers, customers and leads.
        documents: Quotes, orders, invoices and credit notes.
        interactions: What was said and written.
        plans: How often whom to contact.
        recalls: Open recalls.
        truth: What was planted.
    """

    seed: int
    as_of: date
    lost_since: date
    campaigns: tuple[Campaign, ...] = attrs.field(repr=False)
    parties: tuple[Party, ...] = attrs.field(repr=False)
    documents: tuple[Document, ...] = attrs.field(repr=False)
    interactions: tuple[Interaction, ...] = attrs.field(repr=False)
    plans: tuple[ContactPlan, ...] = attrs.field(repr=False)
    recalls: tuple[Recall, ...] = attrs.field(repr=False)
    truth: Truth = attrs.field(repr=False)

    @property
    def facts(self) -> SampleFacts:
        """Its tables."""
        return SampleFacts(self)

    def load_into(self, crm: Crm) -> None:
        """Add everything to a desk whose clock is past `as_of`."""
        crm.add(*self.campaigns, *self.parties)
        crm.add(*self.documents, *self.recalls, *self.interactions)
        for plan in self.plans:
            crm.contact.plan(plan.party_id, frequency=plan.frequency)


def sample_company(*, seed: int, customers: int = 100) -> SampleCompany:
    """
    Make a German wholesaler for garden and workshop: leads, customers, contact persons, documents, interactions.

    About every twelfth customer is large and loses money through discounts, about every sixth is lost, every twentieth only
    ever got quotes. Nothing in it is real.

    Args:
        seed: The same seed makes the same company.
        customers: How many customers, at least 20; there are half as many leads.

    >>> company = sample_company(seed=1, customers=20)
    >>> company == sample_company(seed=1, customers=20), len(company.truth.loss_makers)
    (True, 2)
    """
    random = Random(check_int("seed", seed))  # noqa: S311  the same numbers every time are the point
    check_int("customers", customers, at_least=_FEWEST_CUSTOMERS)
    sellers = sample_parties.employees(random, _EMPLOYEES)
    suppliers = sample_parties.suppliers(random, _SUPPLIERS)
    buyers = [_Buyer.planted(random, place, sellers) for place in range(customers)]
    parties = [buyer.party(random) for buyer in buyers]
    leads = [_lead(random, number, sellers, referred_by=parties[number].id) for number in range(customers // 2)]
    documents = [document for buyer in buyers for document in buyer.documents(random)]
    contacts = contacts_of(random, [(party.id, party.owner_id or "", party.created_on) for party in (*parties, *leads)], as_of=AS_OF)
    return SampleCompany(
        seed=seed,
        as_of=AS_OF,
        lost_since=LOST_SINCE,
        campaigns=sample_parties.campaigns(),
        parties=(*sellers, *suppliers, *parties, *leads),
        documents=tuple(documents),
        interactions=contacts.interactions,
        plans=contacts.plans,
        recalls=contacts.recalls,
        truth=Truth(
            loss_makers=frozenset(buyer.id for buyer in buyers if buyer.loses and not buyer.quoted_only),
            lost=frozenset(buyer.id for buyer in buyers if buyer.is_lost),
            quote_only=frozenset(buyer.id for buyer in buyers if buyer.quoted_only),
            to_call=contacts.to_call,
        ),
    )


def _lead(random: Random, number: int, sellers: tuple[Party, ...], *, referred_by: str) -> Party:
    created_on = date(2025, 1, 1) + timedelta(days=random.randrange(300))
    owner = random.choice(sellers).id
    return sample_parties.organisation(random, f"L-{number + 1:04}", "lead", created_on=created_on, owner_id=owner, referred_by=referred_by)


@attrs.frozen(kw_only=True)
class _Buyer:
    """What is planted for one customer."""

    id: str
    owner_id: str
    created_on: date
    loses: bool
    is_lost: bool
    quoted_only: bool
    is_taken_back: bool

    @classmethod
    def planted(cls, random: Random, place: int, sellers: tuple[Party, ...]) -> _Buyer:
        return cls(
            id=f"C-{place + 1:04}",
            owner_id=random.choice(sellers).id,
            created_on=_FIRST_DAY - timedelta(days=random.randrange(30, 2_000)),
            loses=place % 12 == 1,
            is_lost=place % 6 == 2 and place % 20 != 19,  # noqa: PLR2004  every sixth
            quoted_only=place % 20 == 19,  # noqa: PLR2004  every twentieth
            is_taken_back=place == 2,  # noqa: PLR2004  the first of the lost ones
        )

    def party(self, random: Random) -> Party:
        return sample_parties.organisation(random, self.id, "customer", created_on=self.created_on, owner_id=self.owner_id)

    def documents(self, random: Random) -> Iterator[Document]:
        if self.quoted_only:
            yield only_quote(random, self._trade(random, ()), AS_OF - timedelta(days=random.randrange(10, 150)))
            return
        last = LOST_SINCE - timedelta(days=1) if self.is_lost else AS_OF
        bought = seasonal_days(random, first=_FIRST_DAY, last=last - timedelta(days=2), count=random.randrange(2, 12))
        sure = () if self.is_lost else seasonal_days(random, first=LOST_SINCE, last=AS_OF - timedelta(days=2), count=1)
        made = list(documents_of(random, self._trade(random, (*bought, *sure))))
        yield from made
        yield from credit_notes(random, [document for document in made if document.kind == "invoice"], as_of=last)
        if self.is_taken_back:
            (invoice,) = self._taken_back(random)
            yield invoice
            yield credited(invoice, invoice.lines, on=invoice.issued_on + timedelta(days=7))

    def _trade(self, random: Random, days: tuple[date, ...]) -> Trade:
        size = random.randrange(25, 45) if self.loses else random.randrange(1, 12)
        return Trade(customer_id=self.id, salesperson_id=self.owner_id, days=tuple(sorted(set(days))), size=size, loses=self.loses)

    def _taken_back(self, random: Random) -> list[Document]:
        trade = self._trade(random, (LOST_SINCE + timedelta(days=45),))
        made = [document for document in documents_of(random, trade) if document.kind == "invoice"]
        return [attrs.evolve(document, id="R-taken-back", number="R-taken-back", predecessor_id=None) for document in made]
