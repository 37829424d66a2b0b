"""A desk with one of everything, in the state in which most verbs can be done to it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import attrs

from crmkit import Crm, Money, Scope, Settings, days, months
from crmkit.classification import Segment
from crmkit.entities import (
    Address,
    Campaign,
    Commitment,
    ContactPerson,
    Contract,
    Document,
    Line,
    LoyaltyCard,
    LoyaltyRate,
    MarketingPlan,
    NumberFormat,
    OrderedItem,
    Party,
    Phone,
    Pipeline,
    PlannedAction,
    Recall,
    Ref,
    Stage,
)
from crmkit.periods import Period

if TYPE_CHECKING:
    from crmkit.store import Rights, Store

NOON = datetime(2026, 1, 2, 11, tzinfo=UTC)
DAY = date(2026, 1, 2)
LINES = (Line(item_id="I-1", quantity=4, unit_price="25.10", unit_cost=20, tax_ratio="0.19", item_group="tools"),)
SETTINGS = Settings(
    zone="Europe/Berlin",
    events="*",
    numbers={"quote": NumberFormat("A-{count}"), "invoice": NumberFormat("R-{year}-{count:05}"), "credit_note": NumberFormat("G-{count}")},
    own_addresses="acme.example",
    seats=3,
)


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)


def a_desk(store: Store, clock: Clock, *, actor: str = "anna", rights: Rights | None = None) -> Crm:
    return Crm(store, scope=Scope(tenant="acme", actor=actor, rights=rights), settings=SETTINGS, clock=clock)


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


@attrs.frozen(kw_only=True)
class FullHouse:
    """The ids of what is there."""

    crm: Crm
    quote: str
    accepted: str
    order: str
    delivery: str
    invoice: str
    request: str
    opportunity: str
    lost: str
    case: str
    closed: str
    task: str
    follow_up: str
    planned: str
    begun: str
    series: str
    asked: str
    recall: str
    interaction: str
    consent: str
    objection: str
    email: str
    segment: str


def furnished(crm: Crm) -> FullHouse:
    """Fill a desk that has the parties."""
    promised = [Commitment(text="a list", due_on=DAY)]
    talk = crm.record_interaction("C-1", kind="phone", commitments=promised)
    quotes = [crm.documents.quote("C-1", lines=LINES) for _ in range(3)]
    order = crm.documents.order(quotes[1].id)
    delivery = crm.documents.deliver(order.id, lines=[attrs.evolve(LINES[0], quantity=1)])
    opportunities = [crm.opportunities.open("C-1", title="press", amount=eur("900")) for _ in range(2)]
    crm.opportunities.lose(opportunities[1].id, because="price")
    cases = [crm.cases.open(Ref("party", "C-1"), text="scratched") for _ in range(2)]
    crm.cases.close(cases[1].id, result="replaced")
    crm.campaigns.record_touch("C-1", channel="email", campaign_id="F-1")
    crm.campaigns.record_spend("F-1", amount=eur("50"))
    consent = crm.consents.grant("C-1", purpose="advertising", channel="phone", source="fair", text_version="1")
    objection = crm.consents.object("C-2", channel="email")
    appointments = [
        crm.appointments.schedule("C-1", start_at=NOON + timedelta(hours=hours), minutes=30, attendees="anna", subject="catalogue")
        for hours in (2, -2)
    ]
    series = crm.appointments.schedule(
        "C-2", start_at=NOON + timedelta(hours=3), minutes=30, attendees="ben", subject="round", rule="FREQ=WEEKLY;COUNT=3"
    )
    asked = crm.portal("C-1", person_id="P-1").order([OrderedItem(item_id="I-1", quantity=2)])
    crm.parties.refresh_segments([Segment("all", [])])
    unknown = crm.emails.file(sender="x@nowhere.example", recipients="info@acme.example", subject="hello")
    return FullHouse(
        crm=crm,
        quote=quotes[0].id,
        accepted=crm.documents.accept(quotes[2].id).id,
        order=order.id,
        delivery=delivery.id,
        invoice=crm.documents.invoice(delivery.id).id,
        request=crm.purchases.request("S-1", lines=LINES).id,
        opportunity=opportunities[0].id,
        lost=opportunities[1].id,
        case=cases[0].id,
        closed=cases[1].id,
        task=crm.tasks.assign("anna", text="pack", due_on=DAY, about=Ref("party", "C-1")).id,
        follow_up=crm.tasks.follow_up(Ref("party", "C-1"), on=days(7), note="ask").id,
        planned=appointments[0].id,
        begun=appointments[1].id,
        series=series.id,
        asked=asked.id,
        segment="all",
        recall=crm.contact.recall("C-1", on=days(3)).id,
        interaction=talk.id,
        consent=consent.id,
        objection=objection.id,
        email=unknown.id,
    )


def add_parties(crm: Crm) -> None:
    """Add the parties, and what nobody makes but by `add`."""
    huber = ContactPerson(id="P-1", last_name="Huber", first_name="Eva", emails=["huber@mueller.example"])
    crm.add(
        Party(
            id="C-1",
            name="Müller GmbH",
            created_on=date(2025, 1, 1),
            roles="customer",
            owner_id="anna",
            people=[huber],
            addresses=[Address(city="Köln", default=True)],
            phones=[Phone(number="+49 221 1")],
            external_ids={"erp": "1"},
        ),
        Party(id="C-2", name="Meier AG", created_on=date(2025, 1, 1), roles="customer", parent_id="C-1", owner_id="ben"),
        Party(id="L-1", name="Lotte Lang", kind="person", created_on=date(2025, 6, 1), emails=["lotte@lang.example"], owner_id="anna"),
        Party(id="S-1", name="Stahl KG", created_on=date(2025, 1, 1), roles="supplier"),
        Party(id="E-1", name="Ben Bauer", kind="person", created_on=date(2025, 1, 1), roles="employee", active=False),
        Pipeline(id="service", stages=[Stage(name="visit", probability="0.2"), Stage(name="offer", probability="0.5")]),
        Campaign(id="F-1", name="fair", kind="event", period=Period.month(2026, 2), budget=eur("500")),
        MarketingPlan(id="M-1", name="2026", actions=[PlannedAction(title="fair", period=Period.year(2026), campaign_id="F-1")]),
    )
    crm.add(
        LoyaltyCard(id="K-1", party_id="C-1", rates=[LoyaltyRate(ratio="0.02", since=date(2025, 1, 1))]),
        Contract(id="V-1", party_id="C-1", title="press", starts_on=date(2025, 1, 1), term=months(12), notice=months(1)),
        Document(
            id="R-0", kind="invoice", party_id="C-1", issued_on=date(2025, 12, 1), due_on=date(2025, 12, 15), lines=LINES, number="R-0"
        ),
        Document(id="G-0", kind="credit_note", party_id="C-1", issued_on=date(2025, 12, 2), lines=LINES),
        Recall(id="W-0", party_id="C-2", due_on=DAY),
    )
    crm.campaigns.add_members("F-1", ["C-1"])
