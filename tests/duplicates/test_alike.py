"""Two parties compared: every sign counts, and says so in both languages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

pytest.importorskip("rapidfuzz")

from hypothesis import given
from hypothesis import strategies as st

from crmkit.duplicates import LargeBlock, MatchReason, alike, match_keys, matches_among, sound_of
from crmkit.entities import Address, Conditions, ContactPerson, Party, Phone
from crmkit.errors import InvalidValueError


def a_party(id: str, name: str, postal_code: str | None = None, *, street: str = "", **fields: Any) -> Party:
    addresses = [Address(street=street, postal_code=postal_code)] if postal_code else []
    return Party(**{"id": id, "name": name, "created_on": date(2026, 1, 1), "addresses": addresses, **fields})


def texts(one: Party, other: Party) -> tuple[str, str]:
    found = alike(one, other)
    return str(found), found.text("de")


@pytest.mark.parametrize(
    ("fields", "english", "german"),
    [
        ({"emails": "Info@Bike.example"}, "same e-mail", "gleiche E-Mail"),
        ({"phones": [Phone(number="+49 30 123456", extension="7")]}, "same telephone number", "gleiche Telefonnummer"),
        ({"conditions": Conditions(tax_id="DE 123.456")}, "same tax id", "gleiche Steuernummer"),
    ],
)
def test_what_two_parties_share_is_said(fields: dict[str, Any], english: str, german: str) -> None:
    others: dict[str, Any] = {
        "emails": "<info@bike.example>",
        "phones": [Phone(number="030/123456")],
        "conditions": Conditions(tax_id="de123456"),
    }
    other = {name: others[name] for name in fields}

    assert texts(a_party("1", "Bike", **fields), a_party("2", "Velo", **other)) == (english, german)


def test_how_much_of_the_names_is_alike_is_said_in_percent() -> None:
    assert texts(a_party("1", "Müller Bike GmbH", "10115"), a_party("2", "Mueller Byke AG", "10 115")) == (
        "name 91 % alike, same postcode",
        "Name zu 91 % gleich, gleiche Postleitzahl",
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller Bike GmbH", "MUELLER BIKE"),
        ("Müller Bike GmbH & Co. KG", "Muller Bike Ltd."),
        ("Strauß AG", "STRAUSS"),
        ("Anna Huber", "Huber, Anna"),
        ("BikeWorld", "Bike World"),
    ],
)
def test_legal_forms_case_umlauts_and_the_order_of_words_make_no_difference(one: str, other: str) -> None:
    assert alike(a_party("1", one), a_party("2", other)).reasons == (MatchReason("name", 1),)


def test_a_company_that_is_called_like_a_legal_form_keeps_its_name() -> None:
    assert alike(a_party("1", "AG"), a_party("2", "Limited")).reasons == ()


def test_a_postcode_alone_says_nothing() -> None:
    assert alike(a_party("1", "Bike", "10115"), a_party("2", "Velo", "10115")).score == 0


def test_the_same_street_makes_it_surer() -> None:
    there = [
        a_party(id, name, "10115", street=street) for id, name, street in (("1", "Bike", "Lange Straße 1"), ("2", "Bikes", "Lange Str. 1"))
    ]

    assert str(alike(*there)).endswith("same postcode, same street")
    assert alike(*there).score > alike(there[0], a_party("3", "Bikes", "10115")).score


def test_another_postcode_and_another_tax_id_make_it_less_sure() -> None:
    one = a_party("1", "Bike", "10115", conditions=Conditions(tax_id="1"))

    assert texts(one, a_party("2", "Bike", "99999", conditions=Conditions(tax_id="2"))) == (
        "name 100 % alike, different postcodes, different tax ids",
        "Name zu 100 % gleich, verschiedene Postleitzahlen, verschiedene Steuernummern",
    )
    assert alike(one, a_party("2", "Bike")).score == Decimal("0.80")
    assert alike(one, a_party("2", "Bike", "99999")).score == Decimal("0.56")


def test_an_e_mail_of_a_contact_person_counts_too() -> None:
    company = a_party("1", "Bike", people=[ContactPerson(id="P-1", last_name="Huber", emails="anna@huber.example")])

    assert str(alike(company, a_party("2", "Anna Huber", kind="person", emails="anna@huber.example"))) == "same e-mail"


names = st.text(alphabet="abcdeimnoürsß &-.", min_size=1, max_size=20).filter(lambda text: text.strip() != "")
parties = st.builds(
    a_party,
    st.just("1"),
    names,
    st.sampled_from([None, "10115", "80331"]),
    emails=st.sampled_from([(), ("a@x.example",), ("b@x.example",)]),
)


@given(parties, parties)
def test_the_order_of_two_makes_no_difference_and_a_score_is_a_ratio(one: Party, other: Party) -> None:
    found = alike(one, other)

    assert (found.score, found.reasons) == (alike(other, one).score, alike(other, one).reasons)
    assert 0 <= found.score <= 1


@given(st.lists(parties, max_size=8), st.sampled_from(["0.01", "0.5", "0.8"]))
def test_whoever_is_found_shares_a_mark_and_nobody_who_does_is_missed(found_in: list[Party], at_least: str) -> None:
    own = [a_party(str(place), party.name, emails=party.emails, addresses=party.addresses) for place, party in enumerate(found_in)]
    expected = {
        (one.id, other.id)
        for place, one in enumerate(own)
        for other in own[place + 1 :]
        if match_keys(one) & match_keys(other) and alike(one, other).score >= Decimal(at_least)
    }

    found = matches_among(own, at_least=at_least)

    assert {(pair.party.id, pair.other.id) for pair in found} == expected
    assert [pair.score for pair in found] == sorted((pair.score for pair in found), reverse=True)


def test_pairs_that_are_kept_apart_are_left_out() -> None:
    own = [a_party(id, "Bike") for id in ("1", "2", "3")]

    assert [(one.party.id, one.other.id) for one in matches_among(own, apart=[frozenset({"2", "1"})])] == [("1", "3"), ("2", "3")]


@pytest.mark.parametrize(("count", "pairs", "too_large"), [(4, 6, 0), (5, 10, 0), (6, 0, 1)])
def test_a_block_that_is_too_large_is_named_and_not_compared(count: int, pairs: int, too_large: int) -> None:
    found = matches_among([a_party(str(number), "Bike") for number in range(count)], largest_block=5)

    assert len(found) == pairs
    assert found.too_large == (LargeBlock(mark="name", count=6),) * too_large


def test_a_merged_party_is_compared_with_nobody() -> None:
    assert len(matches_among([a_party("1", "Bike", merged_into="9", active=False), a_party("2", "Bike")])) == 0


@pytest.mark.parametrize(
    ("one", "other"), [("meier", "mayr"), ("schmidt", "schmitt"), ("hofmann", "hoffmann"), ("fischer", "fisher"), ("katrin", "catrin")]
)
def test_names_that_sound_alike_have_one_sound(one: str, other: str) -> None:
    assert sound_of(one) == sound_of(other)


@pytest.mark.parametrize("arguments", [{"code": "hair"}, {"code": "name"}, {"code": "email", "likeness": 1}])
def test_a_reason_that_cannot_be_is_refused(arguments: Any) -> None:
    with pytest.raises(InvalidValueError):
        MatchReason(**arguments)
