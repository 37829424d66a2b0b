"""Parties that are kept twice: found by their marks, kept apart or made one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import attrs
import pytest

pytest.importorskip("rapidfuzz")

from crmkit import Crm, Money, Scope
from crmkit.desks import duplicate_parties
from crmkit.entities import (
    Address,
    Consent,
    ContactPerson,
    Document,
    Interaction,
    KeptApart,
    Line,
    LoyaltyCard,
    LoyaltyRate,
    Party,
    Phone,
    Ref,
)
from crmkit.errors import InvalidValueError, NotStoredError, StateMoveError
from crmkit.store import Rights

if TYPE_CHECKING:
    from crmkit.store import Store
    from tests.desks.conftest import Clock

DAY = date(2025, 1, 1)


def a_party(id: str, name: str, postal_code: str = "10115", **fields: Any) -> Party:
    return Party(**{"id": id, "name": name, "created_on": DAY, "addresses": [Address(postal_code=postal_code)], **fields})


def an_invoice(id: str, party_id: str) -> Document:
    return Document(id=id, kind="invoice", party_id=party_id, issued_on=DAY, lines=[Line(item_id="I-1", quantity=1, unit_price=100)])


@pytest.fixture
def twice(crm: Crm) -> Crm:
    """A customer that is kept twice, each with an invoice, and a supplier."""
    crm.add(
        a_party("A-1", "Bike World GmbH", people=[ContactPerson(id="P-1", last_name="Huber")], emails="a@bike.example"),
        a_party("A-2", "Byke World", people=[ContactPerson(id="P-1", last_name="Maier")], phones=[Phone(number="030 123456")]),
        a_party("S-1", "Stahlhandel", roles="supplier"),
        an_invoice("R-8", "A-1"),
        an_invoice("R-9", "A-2"),
    )
    return crm


def pairs(crm: Crm, **arguments: Any) -> list[tuple[str, str]]:
    return [(pair.party.id, pair.other.id) for pair in crm.duplicates.find(**arguments)]


def test_parties_that_are_alike_are_listed_the_most_certain_first(twice: Crm) -> None:
    twice.add(a_party("A-3", "Bike World", emails="A@bike.example"))

    assert pairs(twice) == [("A-1", "A-3"), ("A-1", "A-2"), ("A-2", "A-3")]
    assert pairs(twice, limit=1) == [("A-1", "A-3")]
    assert [str(pair) for pair in twice.duplicates.find(at_least="0.95")] == ["same e-mail, name 100 % alike, same postcode"]


def test_they_are_found_by_the_page(twice: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicate_parties, "_PAGE", 1)

    assert pairs(twice) == [("A-1", "A-2")]


def test_a_changed_name_is_compared_as_it_is_now(twice: Crm) -> None:
    twice.change(attrs.evolve(twice.get(Party, "A-2"), name="Velo"))

    assert pairs(twice) == []


def test_a_block_that_is_too_large_is_named(crm: Crm) -> None:
    crm.add(*(a_party(f"X-{number:02d}", "Bike") for number in range(51)))

    found = crm.duplicates.find()

    assert (len(found), {block.mark for block in found.too_large}, {block.count for block in found.too_large}) == (
        0,
        {"place", "name"},
        {51},
    )
    assert {block.count for block in crm.duplicates.similar_to(a_party("new", "Bike")).too_large} == {51}


def test_a_place_with_many_parties_is_divided_by_the_letters_of_their_names(twice: Crm) -> None:
    twice.add(
        *(a_party(f"X-{number:02d}", f"{chr(97 + number % 26)}{number * 7919} {chr(97 + number % 26)}ö{number}") for number in range(60))
    )

    assert pairs(twice) == [("A-1", "A-2")]
    assert twice.duplicates.find().too_large == ()
    assert [pair.other.id for pair in twice.duplicates.similar_to(a_party("new", "Bike World"))] == ["A-1", "A-2"]


def test_a_new_party_is_compared_before_it_is_added(twice: Crm) -> None:
    new = a_party("new", "Bikeworld KG", "99999", phones=[Phone(number="+49 30 123456")])

    assert [(pair.other.id, str(pair)) for pair in twice.duplicates.similar_to(new, at_least="0.7")] == [
        ("A-2", "same telephone number, name 89 % alike, different postcodes")
    ]


def test_a_stored_one_is_not_similar_to_itself(twice: Crm) -> None:
    assert [pair.other.id for pair in twice.duplicates.similar_to(twice.get(Party, "A-1"))] == ["A-2"]


def test_whom_somebody_keeps_apart_is_not_listed_again_and_not_merged(twice: Crm) -> None:
    noted = twice.duplicates.keep_apart("A-2", "A-1", because="sisters")

    assert pairs(twice) == []
    assert len(twice.duplicates.similar_to(twice.get(Party, "A-1"))) == 0
    assert twice.duplicates.keep_apart("A-1", "A-2") == noted
    for id in ("A-1", "A-2"):
        assert "duplicates.keep_apart" in {entry.verb for entry in twice.timeline(id)}
    with pytest.raises(InvalidValueError, match="void that first"):
        twice.duplicates.merge("A-1", into="A-2")

    twice.void(twice.get(KeptApart, noted.id), because="they are one")

    assert pairs(twice) == [("A-1", "A-2")]
    twice.duplicates.merge("A-1", into="A-2")


def test_nobody_is_kept_apart_from_himself_nor_from_nobody(twice: Crm) -> None:
    with pytest.raises(InvalidValueError):
        twice.duplicates.keep_apart("A-1", "A-1")
    with pytest.raises(NotStoredError):
        twice.duplicates.keep_apart("A-1", "nobody")


def test_rights_to_ones_own_parties_show_ones_own_only(twice: Crm, store: Store, clock: Clock) -> None:
    anna = Crm(store, scope=Scope(tenant="acme", actor="anna", rights=Rights(verbs={"*": "own"})), clock=clock)

    assert pairs(anna) == []
    assert len(anna.duplicates.similar_to(a_party("new", "Bike World"))) == 0
    for id in ("A-1", "A-2"):
        twice.change(attrs.evolve(twice.get(Party, id), owner_id="anna"))
    assert pairs(anna) == [("A-1", "A-2")]
    assert len(anna.duplicates.similar_to(a_party("new", "Bike World"))) == 2


def test_merging_makes_one_of_two_customers(twice: Crm) -> None:
    merged = twice.duplicates.merge("A-2", into="A-1")

    assert (merged.name, merged.emails, [phone.number for phone in merged.phones]) == (
        "Bike World GmbH",
        ("a@bike.example",),
        ["030 123456"],
    )
    assert {twice.get(Document, id).party_id for id in ("R-8", "R-9")} == {"A-1"}
    assert twice.get(Party, "A-2") == merged
    assert pairs(twice) == []
    assert twice.check() == ()


def test_of_two_persons_the_one_becomes_no_contact_person_of_the_other(crm: Crm) -> None:
    crm.add(*(a_party(id, "Anna Huber", kind="person", emails=email) for id, email in (("H-1", "a@h.example"), ("H-2", "b@h.example"))))

    assert crm.duplicates.merge("H-2", into="H-1").people == ()
    assert crm.get(Party, "H-1").emails == ("a@h.example", "b@h.example")


def test_a_person_whose_id_changed_in_a_merge_is_found_by_the_old_one_under_the_old_party(twice: Crm) -> None:
    merged = twice.duplicates.merge("A-2", into="A-1")
    names = {person.id: person.last_name for person in merged.people}

    assert names == {"P-1": "Huber", "A-2 P-1": "Maier"}
    for party_id, last_name in (("A-2", "Maier"), ("A-1", "Huber")):
        call = twice.record_interaction(party_id, kind="phone", person_id="P-1")
        twice.add(Interaction(id=f"I-{party_id}", party_id=party_id, kind="phone", person_id="P-1", happened_at=call.happened_at))
        consent = twice.consents.grant(party_id, purpose="advertising", channel="email", source="fair", text_version="1", person_id="P-1")
        for record in (call, twice.get(Interaction, f"I-{party_id}"), consent):
            assert names[record.person_id or ""] == last_name
        assert twice.portal(party_id, person_id="P-1").view().data.person.last_name == last_name  # type: ignore[union-attr]  # there is one


def test_what_a_merge_took_away_comes_back(twice: Crm) -> None:
    rates = [LoyaltyRate(ratio="0.02", since=DAY)]
    twice.add(LoyaltyCard(id="K-1", party_id="A-1", rates=rates), LoyaltyCard(id="K-2", party_id="A-2", rates=rates))
    twice.consents.grant("A-1", purpose="advertising", channel="email", source="fair", text_version="1")
    withdrawn = twice.consents.grant("A-2", purpose="advertising", channel="email", source="fair", text_version="1")
    twice.consents.withdraw("A-2", purpose="advertising", channel="email")
    before = twice.get(Party, "A-1"), twice.get(Party, "A-2")
    twice.duplicates.merge("A-2", into="A-1")
    assert not any(consent.in_force for consent in twice.consents.consents_of("A-1"))

    twice.duplicates.unmerge("A-2")

    assert (twice.get(Party, "A-1"), twice.get(Party, "A-2")) == before
    assert [twice.get(LoyaltyCard, id).active for id in ("K-1", "K-2")] == [True, True]
    assert [consent.in_force for consent in twice.consents.consents_of("A-1")] == [True]
    assert not twice.get(Consent, withdrawn.id).in_force
    assert pairs(twice) == [("A-1", "A-2")]


def test_what_came_since_stays_with_the_party_that_it_was_with(twice: Crm) -> None:
    twice.duplicates.merge("A-2", into="A-1")
    call = twice.record_interaction("A-2", kind="phone", person_id="P-1")
    quote = twice.documents.quote("A-2", lines=[Line(item_id="I-1", quantity=1, unit_price=5)])

    twice.duplicates.unmerge("A-2")

    assert twice.get(Interaction, call.id).party_id == twice.get(Document, quote.id).party_id == "A-1"
    assert {person.last_name for person in twice.get(Party, "A-1").people} == {"Huber", "Maier"}
    assert [person.last_name for person in twice.get(Party, "A-2").people] == ["Maier"]
    assert twice.check() == ()


def test_what_hangs_on_a_record_that_goes_back_goes_with_it(twice: Crm) -> None:
    twice.duplicates.merge("A-2", into="A-1")
    note = twice.documents.issue_credit_note("R-9", lines=[Line(item_id="I-1", quantity="0.5", unit_price=100)], because="broken")
    payment = twice.documents.record_payment("R-9", amount=Money.of(50, "EUR"))
    written = twice.notes.write(Ref("document", "R-9"), text="broken in transport")

    twice.duplicates.unmerge("A-2")

    assert {twice.get(type(one), one.id).party_id for one in (note, payment, written)} == {"A-2"}
    assert {entry.about.id for entry in twice.timeline("A-2")} >= {note.id, payment.id, written.id}
    assert twice.check() == ()


def test_what_was_changed_since_stays_changed(twice: Crm) -> None:
    merged = twice.duplicates.merge("A-2", into="A-1")
    twice.change(attrs.evolve(merged, name="Bike Universe", emails=[*merged.emails, "new@bike.example"]))

    twice.duplicates.unmerge("A-2")

    left = twice.get(Party, "A-1")
    assert (left.name, left.emails, left.phones) == ("Bike Universe", ("a@bike.example", "new@bike.example"), ())


def test_a_lead_that_was_converted_into_a_customer_is_taken_out_again(twice: Crm) -> None:
    twice.add(a_party("L-1", "Eva Auer", kind="person"))
    lead = twice.get(Party, "L-1")
    twice.parties.convert_lead("L-1", into="A-1")

    assert twice.duplicates.unmerge("L-1") == lead
    assert [person.last_name for person in twice.get(Party, "A-1").people] == ["Huber"]


def test_the_last_merge_is_taken_back_first(twice: Crm) -> None:
    twice.duplicates.merge("A-2", into="A-1")
    twice.duplicates.merge("A-1", into="C-17")

    with pytest.raises(StateMoveError, match="unmerge that first"):
        twice.duplicates.unmerge("A-2")
    twice.duplicates.unmerge("A-1")
    twice.duplicates.unmerge("A-2")

    assert [twice.get(Document, id).party_id for id in ("R-8", "R-9")] == ["A-1", "A-2"]
    assert twice.check() == ()


def test_what_was_never_merged_is_not_unmerged(twice: Crm) -> None:
    with pytest.raises(StateMoveError, match="not merged"):
        twice.duplicates.unmerge("A-1")
    with pytest.raises(NotStoredError):
        twice.duplicates.unmerge("nobody")


def test_it_can_be_merged_again(twice: Crm) -> None:
    for _ in range(2):
        twice.duplicates.merge("A-2", into="A-1")
        twice.duplicates.unmerge("A-2")

    assert [twice.get(Document, id).party_id for id in ("R-8", "R-9")] == ["A-1", "A-2"]
    assert twice.check() == ()
