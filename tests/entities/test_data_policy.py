"""What must be known of a party, as data."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from crmkit.entities import ContactPerson, DataPolicy, Party, Source
from crmkit.errors import InvalidValueError


def missing(policy: DataPolicy, **fields: Any) -> list[str | None]:
    party = Party(id="C-17", name="x", created_on=date(2026, 1, 1), **{"roles": "customer"} | fields)
    return [problem.column for problem in policy.problems_of(party)]


@pytest.mark.parametrize(
    ("field", "empty", "given"),
    [
        ("emails", {}, {"emails": "a@b.example"}),
        ("region", {"region": ""}, {"region": "south"}),
        (
            "people.birthday",
            {"people": [ContactPerson(id="1", last_name="x")]},
            {"people": [ContactPerson(id="1", last_name="x", birthday=date(2000, 1, 1))]},
        ),
        ("people.emails", {}, {"people": [ContactPerson(id="1", last_name="x", emails="a@b.example")]}),
        ("source.category", {"source": Source(referred_by="C-1")}, {"source": Source(category="fair")}),
        ("source", {}, {"source": Source()}),
        ("custom", {}, {"custom": {"size": 1}}),
        ("custom.vip", {"custom": {"size": 1}}, {"custom": {"vip": False}}),
        ("external_ids.erp", {"external_ids": {"shop": "1"}}, {"external_ids": {"erp": "1"}}),
        ("tags", {}, {"tags": "x"}),
        ("active", None, {"active": False}),
    ],
)
def test_a_required_field_is_missing_until_it_says_something(field: str, empty: dict[str, Any] | None, given: dict[str, Any]) -> None:
    policy = DataPolicy({"customer": field})

    assert missing(policy, **given) == []
    assert empty is None or missing(policy, **empty) == [field]


def test_each_of_several_must_have_it() -> None:
    people = [ContactPerson(id="1", last_name="x", emails="a@b.example"), ContactPerson(id="2", last_name="y")]

    assert missing(DataPolicy({"customer": "people.emails"}), people=people) == ["people.emails"]


def test_what_two_roles_need_is_named_once() -> None:
    policy = DataPolicy({"customer": ["emails", "phones"], "supplier": ["emails"], "lead": ["region"]})

    assert missing(policy, roles=["customer", "supplier"]) == ["emails", "phones"]


def test_a_problem_shows_no_personal_data() -> None:
    (problem,) = DataPolicy({"lead": "emails"}).problems_of(Party(id="C-17", name="Geheim", created_on=date(2026, 1, 1)))

    assert str(problem) == "party C-17, column emails: is missing; required of a lead"


@pytest.mark.parametrize("required", [{"buyer": "emails"}, {"lead": "email"}, {"lead": "people.email"}, {"lead": "emails.first"}])
def test_roles_and_fields_that_do_not_exist_are_refused(required: Any) -> None:
    with pytest.raises(InvalidValueError):
        DataPolicy(required)
