"""The parties of the sample company: employees, suppliers, customers, leads, each with people, addresses and a source."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from crmkit.entities import Address, Campaign, ContactPerson, Party, Phone, Source
from crmkit.periods import Period
from crmkit.testing import sample_words as words
from crmkit.testing.sample_chance import happens

if TYPE_CHECKING:
    from random import Random

    from crmkit.entities import Role

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_FOUNDED = date(2015, 1, 1)


def employees(random: Random, count: int) -> tuple[Party, ...]:
    """People who sell; their ids are their places in the list."""
    made = []
    for number in range(1, count + 1):
        first, last = random.choice(words.FIRST_NAMES), words.LAST_NAMES[number]
        address = f"{first}.{last}@wholesaler.example".translate(_UMLAUTS).lower()
        made.append(
            Party(id=f"E-{number}", name=f"{first} {last}", kind="person", roles={"employee"}, created_on=_FOUNDED, emails=[address])
        )
    return tuple(made)


def suppliers(random: Random, count: int) -> tuple[Party, ...]:
    """Those the goods come from."""
    return tuple(organisation(random, f"S-{number}", "supplier", created_on=_FOUNDED, owner_id=None) for number in range(1, count + 1))


def organisation(random: Random, id: str, role: Role, *, created_on: date, owner_id: str | None, referred_by: str | None = None) -> Party:
    """One organisation with people and address."""
    place, (trade, industry) = random.choice(words.PLACES), random.choice(words.TRADES)
    front, back = random.choice(words.SYLLABLES_FRONT), random.choice(words.SYLLABLES_BACK)
    city, postal_code, phone, region = place
    domain = f"{front}{back}-{id}.example".translate(_UMLAUTS).lower()
    street = f"{random.choice(words.STREETS)} {random.randrange(1, 99)}"
    return Party(
        id=id,
        name=f"{front}{back} {trade} {random.choice(words.LEGAL_FORMS)}",
        roles={role},
        created_on=created_on,
        people=[_person(random, f"{id}-{number}", domain, phone) for number in range(1, random.randrange(2, 4))],
        addresses=[Address(street=street, postal_code=f"{postal_code}{random.randrange(100, 999)}", city=city, default=True)],
        emails=[f"info@{domain}"],
        phones=[_phone(random, phone)],
        source=_source(random, referred_by),
        owner_id=owner_id,
        industry=industry,
        region=region,
        tags={"newsletter"} if happens(random, 0.4) else (),
    )


def _person(random: Random, id: str, domain: str, phone: str) -> ContactPerson:
    first, last = random.choice(words.FIRST_NAMES), random.choice(words.LAST_NAMES)
    return ContactPerson(
        id=id,
        first_name=first,
        last_name=last,
        title="Dr." if happens(random, 0.05) else "",
        position=random.choice(words.POSITIONS),
        form="informal" if happens(random, 0.2) else "formal",
        emails=[f"{first}.{last}@{domain}".translate(_UMLAUTS).lower()],
        phones=[_phone(random, phone)],
        birthday=date(1960, 1, 1) + timedelta(days=random.randrange(15_000)) if happens(random, 0.3) else None,
        preferred={"phone"} if happens(random, 0.5) else (),
    )


def _phone(random: Random, free_range: str) -> Phone:
    return Phone(number=f"{free_range} {random.randrange(1000):03}")


def _source(random: Random, referred_by: str | None) -> Source:
    category, detail, campaign = random.choice(words.SOURCES)
    if category == "recommendation":
        return Source(category=category, referred_by=referred_by)
    return Source(category=category, detail=detail, campaign_id=campaign)


def campaigns() -> tuple[Campaign, ...]:
    """Make the campaigns that sources refer to."""
    return tuple(
        Campaign(id=campaign, name=f"{detail} {campaign[2:6]}", kind=category, period=Period.year(int(campaign[2:6])))
        for category, detail, campaign in words.SOURCES
        if campaign is not None and detail is not None
    )
