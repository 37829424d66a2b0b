"""The gate over frames: on every engine the same answers as for one party."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmkit.entities import Address, Consent, Objection, Party
from crmkit.errors import InvalidValueError, MissingColumnError
from crmkit.scheduling import Allowed, PermissionPolicy, add_contact_permission, may_contact
from tests.engines import ENGINES, by_id, dicts, on, on_every_engine, rows_in_order

DAY = date(2026, 2, 1)
CUSTOMERS = {"customer_id": pl.String, "party_kind": pl.String, "country": pl.String, "is_customer": pl.Boolean}
CONSENTS = {
    "customer_id": pl.String,
    "purpose": pl.String,
    "channel": pl.String,
    "granted_on": pl.Date,
    "withdrawn_on": pl.Date,
    "basis": pl.String,
}
OBJECTIONS = {"customer_id": pl.String, "purpose": pl.String, "channel": pl.String, "objected_on": pl.Date, "lifted_on": pl.Date}


def a_frame(schema: dict[str, Any], *rows: tuple[Any, ...]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def near(least: int = -2, most: int = 2) -> st.SearchStrategy[date]:
    return st.integers(least, most).map(lambda offset: DAY + timedelta(days=offset))


IDS = st.sampled_from(["C-1", "C-2", "C-3"])
PARTIES = st.tuples(st.sampled_from(["organisation", "person"]), st.sampled_from(["DE", "AT", "US", None]), st.booleans())
GIVEN = st.tuples(IDS, st.sampled_from(["advertising", "service"]), st.sampled_from(["phone", "email"]), near(), st.none() | near(2, 4))
GRANTED = st.tuples(GIVEN, st.booleans()).map(
    lambda drawn: (*drawn[0], "existing_customer" if drawn[1] and drawn[0][1:3] == ("advertising", "email") else "consent")
)
AGAINST = st.tuples(IDS, st.none() | st.just("advertising"), st.none() | st.just("phone"), near(), st.none() | near(2, 4))


def noon(day: date | None) -> Any:
    return None if day is None else datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@pytest.mark.parametrize("engine", ENGINES)
@given(
    st.lists(PARTIES, min_size=3, max_size=3),
    st.lists(GRANTED, max_size=5),
    st.lists(AGAINST, max_size=2),
    st.sampled_from(["advertising", "service", None]),
    st.sampled_from(["phone", "email", "letter"]),
    st.booleans(),
    near(0, 3),
)
@settings(max_examples=15)
def test_the_table_says_what_the_rule_says_of_each_party(  # noqa: PLR0917  # Hypothesis fills them by position
    engine: str, made: Any, granted: Any, against: Any, purpose: Any, channel: Any, presumed: bool, today: date
) -> None:
    policy = PermissionPolicy(presumed_consent=presumed)
    ids = ["C-1", "C-2", "C-3"]
    parties = [
        Party(
            id=id,
            name="x",
            created_on=DAY,
            kind=kind,
            roles="customer" if buys else "lead",
            addresses=[] if country is None else [Address(country=country)],
        )
        for id, (kind, country, buys) in zip(ids, made, strict=True)
    ]
    consents = [
        Consent(
            id=str(number),
            party_id=id,
            purpose=what,
            channel=by,
            granted_at=noon(start),
            withdrawn_at=noon(end),
            basis=basis,
            source="x",
            text_version="1",
        )
        for number, (id, what, by, start, end, basis) in enumerate(granted)
    ]
    objections = [
        Objection(id=str(number), party_id=id, purpose=what, channel=by, objected_at=noon(start), lifted_at=noon(end))
        for number, (id, what, by, start, end) in enumerate(against)
    ]
    frames = on(
        engine,
        a_frame(CUSTOMERS, *((id, *fields) for id, fields in zip(ids, made, strict=True))),
        a_frame(CONSENTS, *granted),
        a_frame(OBJECTIONS, *against),
    )

    found = add_contact_permission(*frames, purpose=purpose, channel=channel, on=today, policy=policy)

    said = {
        party.id: may_contact(party, purpose=purpose, channel=channel, on=today, consents=consents, objections=objections, policy=policy)
        for party in parties
    }
    assert by_id(found, "may_contact_reason") == {id: answer.reason.code for id, answer in said.items()}
    assert by_id(found, "may_contact") == {id: isinstance(answer, Allowed) for id, answer in said.items()}


@on_every_engine
def test_the_least_that_is_known_is_enough_and_taken_strictly(engine: str) -> None:
    customers = pl.DataFrame({"customer_id": ["C-1", "C-2", "C-3"], "extra": [1, 2, 3]})
    consents = pl.DataFrame(
        {"customer_id": ["C-2", "C-3"], "purpose": ["advertising"] * 2, "channel": ["email"] * 2, "granted_on": [DAY, DAY]},
    )
    objections = pl.DataFrame({"customer_id": ["C-3", "C-3"]})

    found = add_contact_permission(*on(engine, customers, consents, objections), purpose=None, channel="email", on=DAY, into="mail")

    assert list(dicts(found)[0]) == ["customer_id", "extra", "mail", "mail_reason"]
    assert rows_in_order(found) == [("C-1", 1, False, "no_consent"), ("C-2", 2, True, "consented"), ("C-3", 3, False, "objected")]


def test_a_consent_of_a_contact_person_is_not_that_of_the_party() -> None:
    customers = pl.DataFrame({"customer_id": ["C-1"]})
    consents = a_frame(CONSENTS, ("C-1", "advertising", "phone", DAY, None, "consent")).with_columns(person_id=pl.lit("P-1"))

    assert add_contact_permission(customers, consents, purpose=None, channel="phone", on=DAY)["may_contact"].to_list() == [False]


def test_what_is_missing_or_wrong_is_named() -> None:
    customers, consents = a_frame(CUSTOMERS), a_frame(CONSENTS)

    with pytest.raises(MissingColumnError, match="granted_on"):
        add_contact_permission(customers, consents.drop("granted_on"), purpose=None, channel="phone", on=DAY)
    with pytest.raises(InvalidValueError, match="'phone'"):
        add_contact_permission(customers, consents, purpose=None, channel="fax", on=DAY)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="customer_id"):
        add_contact_permission(customers, consents, purpose=None, channel="phone", on=DAY, into="customer_id")
