"""What may tell of a person is tagged, and shows in no repr."""

from __future__ import annotations

import inspect
from datetime import date
from typing import Any

import attrs
import pytest

from crmkit import entities
from crmkit.entities import Address, ContactPerson, Party, Phone, Profile, Recall, personal_fields
from crmkit.errors import InvalidValueError

PERSON = ContactPerson(
    id="P-1",
    last_name="Huber",
    first_name="Eva",
    title="Dr.",
    position="Einkauf",
    topics="Preise",
    form="informal",
    emails="eva@huber.example",
    phones=[Phone(number="0123", extension="77")],
    profiles=[Profile(network="xing", handle="evah")],
    birthday=date(1980, 2, 29),
    partner="Max",
    relationship="Stammtisch",
    interests="Segeln",
    talk_notes="Kinder fragen",
    preferred="visit",
    forbidden="letter",
)


FREE_TEXTS = {"because", "comment", "note", "reason", "result", "subject", "summary", "text", "title", "voided_because"}


def test_all_details_of_a_contact_person_are_personal() -> None:
    assert {field.name for field in attrs.fields(ContactPerson)} - set(personal_fields(ContactPerson)) == {"id"}


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        (Party, {"name", "people", "addresses", "emails", "phones", "profiles", "source", "custom"}),
        (Address, {"street", "postal_code", "city"}),
        (Phone, {"number", "extension"}),
        (Profile, {"handle"}),
        (Recall, {"reason"}),
    ],
)
def test_what_may_tell_of_a_person_is_named(kind: type[Any], named: set[str]) -> None:
    assert named <= set(personal_fields(kind))


@pytest.mark.parametrize("value", [PERSON, *PERSON.phones, *PERSON.profiles, Address(street="Weg 1", postal_code="80331", city="Ulm")])
def test_no_personal_value_shows_in_a_repr(value: Any) -> None:
    told = repr(value)

    assert [name for name in personal_fields(type(value)) if str(getattr(value, name)) in told] == []


def test_every_free_text_about_a_party_is_personal() -> None:
    kinds = [one for name in entities.__all__ if inspect.isclass(one := getattr(entities, name)) and attrs.has(one)]
    fields = {kind: {field.name for field in attrs.fields(kind)} for kind in kinds}

    assert all(set(personal_fields(kind)) <= names for kind, names in fields.items())
    about_a_party = {kind: names & FREE_TEXTS for kind, names in fields.items() if "party_id" in names}
    assert {kind.__name__: names for kind, texts in about_a_party.items() if (names := texts - set(personal_fields(kind)))} == {}


@pytest.mark.parametrize("kind", [int, "Party", None])
def test_what_is_no_entity_is_refused(kind: Any) -> None:
    with pytest.raises(InvalidValueError, match="kind="):
        personal_fields(kind)
