"""Dated changes of parties, handovers, deputies; and what a party tells of itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from crmkit import Period
from crmkit.entities import (
    Address,
    ContactPerson,
    Departure,
    Deputy,
    ExternalId,
    Handover,
    Party,
    PartyChange,
    Profile,
    SavedSegment,
    SegmentMember,
)
from crmkit.errors import InvalidValueError

DAY = date(2026, 1, 1)


def a_party(**fields: Any) -> Party:
    defaults: dict[str, Any] = {"id": "C-17", "name": "Müller", "created_on": DAY}
    return Party(**defaults | fields)


@pytest.mark.parametrize(("manual", "computed", "effective"), [(None, None, None), (None, "B", "B"), ("A", "B", "A"), ("A", None, "A")])
def test_a_class_set_by_hand_wins(manual: Any, computed: Any, effective: Any) -> None:
    assert a_party(manual_class=manual, computed_class=computed).effective_class == effective


def test_an_address_is_chosen_by_kind_then_default_then_order() -> None:
    first, usual, billing = Address(city="Graz"), Address(city="Wien", default=True), Address(city="Linz", kind="billing")

    assert a_party(addresses=[first, usual, billing]).address("billing") == billing
    assert a_party(addresses=[first, usual, billing]).address("delivery") == usual
    assert a_party(addresses=[first, billing]).address() == first
    assert a_party().address() is None


def test_contact_persons_for_a_topic_are_listed_and_nobody_guesses() -> None:
    anna, ben, eva = (ContactPerson(id=id, last_name="x", topics=topics) for id, topics in (("1", "prices"), ("2", "prices"), ("3", "art")))
    party = a_party(people=[anna, ben, eva])

    assert party.people_for("prices") == (anna, ben)
    assert party.people_for("technology") == party.people_for() == (anna, ben, eva)


def test_a_contact_person_has_personal_details_that_no_repr_shows() -> None:
    person = ContactPerson(
        id="1",
        title="Dr.",
        first_name="Eva",
        last_name="Geheim",
        partner="Geheim",
        relationship="Geheim",
        interests=["Geheim"],
        talk_notes="Geheim",
        profiles=[Profile(network="xing", handle="Geheim")],
        forbidden="letter",
    )

    assert person.full_name == "Dr. Eva Geheim"
    assert "Geheim" not in repr(person)
    assert [person.may_be_reached_by(channel) for channel in ("letter", "phone")] == [False, True]
    with pytest.raises(InvalidValueError):
        person.may_be_reached_by("fax")  # type: ignore[arg-type]


def test_only_an_active_employee_takes_a_seat() -> None:
    assert a_party(roles=["employee", "customer"]).seat == "C-17"
    assert a_party(roles="customer").seat is None
    assert a_party(roles="employee", active=False).seat is None


def test_ids_of_two_systems_are_never_mixed_up() -> None:
    one, other = (ExternalId(system=system, external_id=id, party_id="C-17").id for system, id in (("a", "b c"), ("a b", "c")))

    assert one != other


@pytest.mark.parametrize(
    "make",
    [
        lambda: a_party(merged_into="C-17"),
        lambda: a_party(computed_class="D"),
        lambda: PartyChange(id="1", party_id="C-17", field="name", changed_on=DAY),  # type: ignore[arg-type]
        lambda: Departure(id="1", party_id="C-17", left_on=DAY, because=""),
        lambda: SavedSegment(id=""),
        lambda: SavedSegment(id="big", conditions=["revenue"]),  # type: ignore[list-item]
        lambda: SegmentMember(id="1", segment_id="big", party_id="C-17", joined_on=DAY, left_on=DAY - timedelta(days=1)),
        lambda: Handover(id="1", from_owner="a", to_owner="a", starts_on=DAY),
        lambda: Handover(id="1", from_owner="a", to_owner="b", starts_on=DAY, state="open"),  # type: ignore[arg-type]
        lambda: Deputy(id="1", owner_id="a", deputy_id="a", period=Period.month(2026, 1)),
        lambda: Deputy(id="1", owner_id="a", deputy_id="b", period=DAY),  # type: ignore[arg-type]
        lambda: ExternalId(system="", external_id="1", party_id="C-17"),
    ],
)
def test_what_cannot_be_is_refused(make: Any) -> None:
    with pytest.raises(InvalidValueError):
        make()
