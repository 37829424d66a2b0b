"""Real addresses: what is twice among 701 resellers and 2,059 bought addresses, and how many invented misspellings are found again."""

from __future__ import annotations

import csv
from datetime import date
from random import Random
from typing import TYPE_CHECKING

import attrs
import pytest

pytest.importorskip("rapidfuzz")

from crmkit.duplicates import matches_among
from crmkit.entities import Address, Party, Phone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DAY = date(2017, 7, 1)
COPIES = 300


def read(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig") as file:
        yield from csv.DictReader(file)


def a_party(id: str, name: str, row: dict[str, str], **fields: object) -> Party:
    address = Address(street=row["AddressLine1"], postal_code=row["PostalCode"])
    return Party(**{"id": id, "name": name, "created_on": DAY, "addresses": [address], "phones": [Phone(number=row["Phone"])], **fields})  # type: ignore[arg-type]  # fields by name


@pytest.fixture
def resellers(shared_data: Callable[[str], Path]) -> list[Party]:
    postal_codes = {row["GeographyKey"]: row["PostalCode"] for row in read(shared_data("adventureworks/geography.csv"))}
    rows = read(shared_data("adventureworks/reseller_details.csv"))
    return [a_party(row["ResellerKey"], row["ResellerName"], {**row, "PostalCode": postal_codes[row["GeographyKey"]]}) for row in rows]


@pytest.fixture
def prospects(shared_data: Callable[[str], Path]) -> list[Party]:
    return [
        a_party(
            f"P{row['ProspectiveBuyerKey']}",
            " ".join(filter(None, (row["FirstName"], row["MiddleName"], row["LastName"]))),
            row,
            kind="person",
            emails=row["EmailAddress"],
        )
        for row in read(shared_data("adventureworks/prospects.csv"))
    ]


def test_bought_addresses_hold_the_same_person_under_another_spelling(resellers: list[Party], prospects: list[Party]) -> None:
    found = matches_among([*resellers, *prospects])
    names = {frozenset((pair.party.name, pair.other.name)) for pair in found}

    assert {
        frozenset(("Seth K Reed", "Reed K Seth")),
        frozenset(("Catherine D Gray", "Catherine D Grey")),
        frozenset(("Christa A Navarro", "Krista A Navarro")),
    } <= names
    assert len(found) < 40
    assert found.too_large == ()


def misspelt(name: str, random: Random) -> str:
    """One letter of one word left out, put in, another one, or two changed round; never the first one."""
    words = name.split()
    place = max(range(len(words)), key=lambda one: (len(words[one]) > 2, random.random()))
    word = words[place]
    at = random.randrange(1, max(2, len(word)))
    letter = random.choice("abcdefghijklmnopqrstuvwxyz")
    words[place] = random.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + letter + word[at + 1 :],
            word[: at - 1] + word[at - 1 : at + 1][::-1] + word[at + 1 :],
        ]
    )
    return " ".join(words)


@pytest.mark.parametrize("of", ["resellers", "prospects"])
def test_nearly_every_misspelt_name_at_the_same_address_is_found_and_hardly_any_other(of: str, request: pytest.FixtureRequest) -> None:
    own: list[Party] = request.getfixturevalue(of)
    random = Random(7)  # noqa: S311  # no secret
    copies = [
        attrs.evolve(party, id=f"copy {party.id}", name=misspelt(party.name, random), phones=(), emails=())
        for party in random.sample(own, COPIES)
    ]
    known = {frozenset((pair.party.id, pair.other.id)) for pair in matches_among(own)}

    found = {frozenset((pair.party.id, pair.other.id)) for pair in matches_among([*own, *copies])} - known

    right = {frozenset((copy.id, copy.id.removeprefix("copy "))) for copy in copies}
    assert len(found & right) >= 0.97 * COPIES
    assert len(found & right) >= 0.97 * len(found)
