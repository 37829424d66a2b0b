"""Parties, contact persons and how they are reached."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmkit.entities import Address, Conditions, ContactPerson, Party, Phone, Profile, Source, structure
from crmkit.errors import InvalidDataError, InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Callable


def a_party(**fields: Any) -> Party:
    defaults: dict[str, Any] = {"id": "C-17", "name": "Müller GmbH", "created_on": date(2026, 1, 1)}
    return Party(**defaults | fields)


def test_one_party_can_have_several_roles() -> None:
    party = a_party(roles=["customer", "supplier"])

    assert party.roles == {"customer", "supplier"}
    assert party.without_role("supplier").roles == {"customer"}


def test_a_lone_role_is_one_role() -> None:
    assert a_party(roles="partner").roles == {"partner"}


def test_a_new_party_is_a_lead_and_stops_being_one_as_a_customer() -> None:
    assert a_party().roles == {"lead"}
    assert a_party().with_role("customer").roles == {"customer"}
    assert a_party().with_role("referrer").roles == {"lead", "referrer"}


def test_the_last_role_stays() -> None:
    with pytest.raises(InvalidValueError, match="at least one role"):
        a_party().without_role("lead")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", ""),
        ("id", "  "),
        ("id", 17),
        ("name", ""),
        ("name", "a\0b"),
        ("name", "\ud800"),
        ("created_on", datetime(2026, 1, 1, tzinfo=UTC)),
        ("created_on", "2026-01-01"),
        ("kind", "company"),
        ("roles", "buyer"),
        ("roles", 17),
        ("active", 1),
        ("manual_class", "D"),
        ("verified_on", "today"),
        ("language", "German"),
        ("people", [1]),
        ("emails", [""]),
        ("custom", {"size": 1.5}),
        ("custom", {"size": [1]}),
        ("external_ids", {"erp": 17}),
        ("parent_id", "C-17"),
        ("source", Source(referred_by="C-17")),
    ],
)
def test_what_no_store_should_hold_is_refused(field: str, value: object) -> None:
    with pytest.raises(InvalidValueError):
        a_party(**{field: value})


def test_at_most_one_address_is_the_default() -> None:
    main, billing = Address(city="Wien", country="AT", default=True), Address(kind="billing", default=True)

    assert a_party(addresses=[main, attrs.evolve(billing, default=False)]).addresses[0] is main
    with pytest.raises(InvalidValueError, match="at most one address"):
        a_party(addresses=[main, billing])


def test_contact_persons_have_ids_of_their_own() -> None:
    person = ContactPerson(id="1", last_name="Huber")

    with pytest.raises(InvalidValueError, match="a different id"):
        a_party(people=[person, person])


def test_a_channel_cannot_be_liked_and_forbidden() -> None:
    with pytest.raises(InvalidValueError, match="not forbidden too"):
        ContactPerson(id="1", last_name="Huber", preferred="phone", forbidden=["phone", "email"])


@pytest.mark.parametrize("country", ["Germany", "de", "D", "ÄT"])
def test_a_country_is_a_code(country: str) -> None:
    with pytest.raises(InvalidValueError, match="3166"):
        Address(country=country)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [(Phone, {"number": ""}), (Profile, {"network": "xing", "handle": ""}), (ContactPerson, {"id": "1", "last_name": ""})],
)
def test_empty_details_are_refused(kind: type, fields: dict[str, str]) -> None:
    with pytest.raises(InvalidValueError, match="not empty"):
        kind(**fields)


def test_a_source_detail_needs_a_category() -> None:
    assert Source(category="fair", detail="Hannover 2026").detail == "Hannover 2026"
    with pytest.raises(InvalidValueError, match="beside a category"):
        Source(detail="Hannover 2026")


@pytest.mark.parametrize("terms", [{"payment_days": -1}, {"discount_ratio": "1.01"}, {"discount_ratio": 0.03}, {"discount_ratio": "-0.01"}])
def test_conditions_are_terms_that_can_hold(terms: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        Conditions(**terms)


def test_change_returns_a_new_party() -> None:
    party = a_party(categories="fair")

    changed = party.categorised(add=["regular"], remove=["fair"]).deactivated()

    assert (changed.categories, changed.active) == (frozenset({"regular"}), False)
    assert (party.categories, party.active) == (frozenset({"fair"}), True)
    assert changed.reactivated().active


def test_custom_fields_are_typed_and_cannot_change() -> None:
    party = a_party(custom={"size": 3, "rate": Decimal("1.5"), "since": date(2020, 1, 1), "vip": True, "note": "x"})

    with pytest.raises(TypeError):
        party.custom["size"] = 4  # type: ignore[index]
    assert dict(party.custom)["rate"] == Decimal("1.5")
    assert len(party.custom) == 5
    assert hash(party) == hash(pickle.loads(pickle.dumps(party)))  # noqa: S301  # our own bytes


def test_the_version_is_no_part_of_equality() -> None:
    assert a_party() == attrs.evolve(a_party(), version=3)


def test_a_repr_shows_no_personal_data() -> None:
    secret = "Geheim"  # noqa: S105  # not a password
    person = ContactPerson(
        id="1",
        last_name=secret,
        first_name=secret,
        title=secret,
        position=secret,
        emails=secret,
        phones=[Phone(number=secret)],
        birthday=date(1985, 1, 1),
    )
    party = a_party(
        name=secret,
        people=[person],
        emails=secret,
        phones=[Phone(number=secret)],
        addresses=[Address(street=secret, city=secret, postal_code=secret)],
        profiles=[Profile(network="xing", handle=secret)],
        custom={"hobby": secret},
        conditions=Conditions(tax_id=secret),
    )

    shown = [party, person, *party.addresses, *party.phones, *party.profiles, party.custom, party.conditions]

    assert secret not in repr(shown)
    assert "1985" not in repr(shown)
    assert "C-17" in repr(party)


@pytest.mark.parametrize(
    "made",
    [
        lambda: ContactPerson(id="1", last_name="Huber", birthday="21.07.1971"),  # type: ignore[arg-type]
        lambda: ContactPerson(id="1", last_name="Huber", birthday=datetime(1971, 7, 21, tzinfo=UTC)),
        lambda: ContactPerson(id="1", last_name="Huber", form="1971"),  # type: ignore[arg-type]
        lambda: ContactPerson(id="1", last_name="Huber", preferred="1971@huber.example"),  # type: ignore[arg-type]
        lambda: Source(detail="born 1971"),
        lambda: structure(ContactPerson, {"id": "1", "last_name": "Huber", "form": "1971"}),
    ],
)
def test_an_error_shows_no_personal_data(made: Callable[[], object]) -> None:
    with pytest.raises((InvalidValueError, InvalidDataError)) as refusal:
        made()

    assert "1971" not in str(refusal.value)


@pytest.mark.parametrize("name", ["preferred", "forbidden"])
def test_a_wrong_channel_is_named_by_its_field(name: str) -> None:
    with pytest.raises(InvalidValueError, match=f"^{name}="):
        ContactPerson(id="1", last_name="Huber", **{name: "pigeon"})  # type: ignore[arg-type]


def test_an_empty_email_is_named_by_its_field() -> None:
    with pytest.raises(InvalidValueError, match=r"^emails="):
        a_party(emails=["a@mueller.example", ""])
