"""The address search: everybody at once, in names and in contact persons."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from crmkit import Crm
from crmkit.entities import ContactPerson, Party
from crmkit.errors import InvalidValueError


def a_party(id: str, name: str, *people: str, roles: Any = "lead", **fields: Any) -> Party:
    staff = [ContactPerson(id=str(place), last_name=person) for place, person in enumerate(people)]
    return Party(id=id, name=name, created_on=date(2026, 1, 1), roles=roles, people=staff, **fields)


@pytest.fixture
def directory(crm: Crm) -> Crm:
    crm.add(
        a_party("L-1", "Strauß & Söhne", roles="lead"),
        a_party("S-1", "Stahlhandel Mueller", "Groß", roles="supplier"),
        a_party("R-1", "Café Zentral", "Muller", roles="referrer"),
        a_party("E-1", "Anna Møller", roles="employee"),
        a_party("P-1", "3M Österreich", roles=["partner", "customer"]),
    )
    return crm


def found(crm: Crm, text: str, **arguments: Any) -> list[str]:
    return [hit.party.id for hit in crm.find(text, **arguments)]


def test_all_roles_are_searched_at_once_in_names_and_in_contact_persons(directory: Crm) -> None:
    hits = {hit.party.id: (hit.role, hit.field) for hit in directory.find("müller")}

    assert hits == {"C-17": ("customer", "name"), "S-1": ("supplier", "name"), "R-1": ("referrer", "people")}


@pytest.mark.parametrize("text", ["Müller", "MÜLLER", "mueller", "muller", "Mu\u0308ller", "  müll "])
def test_umlauts_accents_and_case_do_not_matter(directory: Crm, text: str) -> None:
    assert {"C-17", "S-1"} <= set(found(directory, text))


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("strauss", "L-1"),
        ("STRAUSS", "L-1"),
        ("strauß", "L-1"),
        ("cafe", "R-1"),
        ("sohne", "L-1"),
        ("soehne", "L-1"),
        ("oster", "P-1"),
        ("3m", "P-1"),
    ],
)
def test_sharp_s_and_accents_are_written_many_ways(directory: Crm, text: str, id: str) -> None:
    assert found(directory, text) == [id]


def test_every_word_must_begin_a_word_of_the_name_or_of_a_contact_person(directory: Crm) -> None:
    assert found(directory, "mueller stahl") == ["S-1"]
    assert found(directory, "stahl huber") == []
    assert found(directory, "andel") == []


def test_hits_by_name_come_first(directory: Crm) -> None:
    assert [hit.field for hit in directory.find("mueller")] == ["name", "name", "people"]


@pytest.mark.parametrize("text", ["stahl gross", "Groß Stahlhandel", "gro mueller"])
def test_words_of_the_company_and_of_its_contact_person_find_it_together(directory: Crm, text: str) -> None:
    assert [(hit.party.id, hit.field) for hit in directory.find(text)] == [("S-1", "people")]


def test_roles_choose_and_the_hit_names_the_one_asked_for(directory: Crm) -> None:
    assert [(hit.party.id, hit.role) for hit in directory.find("3m", roles=["partner"])] == [("P-1", "partner")]
    assert found(directory, "müller", roles=["supplier", "employee"]) == ["S-1"]


def test_a_changed_name_is_found_by_the_new_one_only(directory: Crm) -> None:
    directory.change(attrs.evolve(directory.get(Party, "C-17"), name="Maier GmbH", people=()))

    assert found(directory, "maier") == ["C-17"]
    assert "C-17" not in found(directory, "müller")
    assert found(directory, "huber") == []


@pytest.mark.parametrize("text", ["%", "_", "*", "ü%", "'; DROP TABLE", "\\", "&"])
def test_signs_are_no_wildcards(directory: Crm, text: str) -> None:
    assert found(directory, text) == []


def test_no_more_than_the_limit(directory: Crm) -> None:
    directory.add(*(a_party(f"X-{number:03d}", f"Xaver {number}") for number in range(300)))

    assert len(directory.find("xaver")) == 20
    assert len(directory.find("xaver", limit=250)) == 250
    assert found(directory, "xaver 299") == ["X-299"]


@pytest.mark.parametrize(
    "arguments", [{"text": ""}, {"text": " "}, {"text": "x", "limit": 0}, {"text": "x", "roles": ["buyer"]}, {"text": 5}]
)
def test_a_search_that_cannot_be_is_refused(directory: Crm, arguments: Any) -> None:
    with pytest.raises(InvalidValueError):
        directory.find(**arguments)


def test_another_tenant_finds_nothing(directory: Crm) -> None:
    other = Crm(directory._workplace.store, scope=attrs.evolve(directory._workplace.scope, tenant="other"))  # noqa: SLF001  # the same store

    assert found(other, "müller") == []
