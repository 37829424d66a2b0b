"""Rule 7: every list passes one gate, by purpose, channel, country, and person or organisation."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.entities import Address, Channel, Consent, ContactPerson, Objection, Party, PartyKind, Purpose
from crmkit.errors import InvalidValueError, NotStoredError
from crmkit.scheduling import (
    AdvertisingRules,
    Allowed,
    Ground,
    NotAllowed,
    PermissionPolicy,
    WorkQueue,
    audience,
    may_contact,
    work_queue,
)
from tests.scheduling.test_work_queues import TODAY, a_plan, a_recall

DAY = date(2026, 2, 1)
BEFORE, AFTER = date(2026, 1, 31), date(2026, 2, 2)
COUNTRIES = ("DE", "AT", "CH", None)
BUSINESS, CONSUMER = "organisation", "person"
PURPOSES, CHANNELS = get_args(Purpose), get_args(Channel)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def a_party(kind: Any = BUSINESS, country: str | None = "DE", **fields: Any) -> Party:
    addresses = [] if country is None else [Address(country=country)]
    return Party(id="C-1", name="x", created_on=date(2025, 1, 1), kind=kind, addresses=addresses, **fields)


def a_consent(**fields: Any) -> Consent:
    defaults: dict[str, Any] = {"id": "E", "party_id": "C-1", "channel": "phone", "granted_at": at(DAY), "source": "form"}
    return Consent(**defaults | {"text_version": "2026-1"} | fields)


def an_objection(**fields: Any) -> Objection:
    defaults: dict[str, Any] = {"id": "W", "party_id": "C-1", "objected_at": at(DAY)}
    return Objection(**defaults | fields)


def code(party: Party, channel: Any = "phone", purpose: str | None = "advertising", **arguments: Any) -> str:
    """The reason, with a minus where the answer is no."""
    answer = may_contact(party, purpose=purpose, channel=channel, **{"on": DAY} | arguments)
    return answer.reason.code if isinstance(answer, Allowed) else f"-{answer.reason.code}"


EVERYBODY = [a_party(kind, country) for kind in (BUSINESS, CONSUMER) for country in COUNTRIES]


@pytest.mark.parametrize("purpose", ["service", "contract", "requested"])
@pytest.mark.parametrize("channel", CHANNELS)
def test_service_contract_and_requested_contacts_are_not_advertising_and_pass(purpose: str, channel: Any) -> None:
    assert {code(party, channel, purpose) for party in EVERYBODY} == {"not_advertising"}


def test_contacts_about_our_own_quote_pass_unless_they_are_said_to_be_advertising() -> None:
    strict = PermissionPolicy(own_quote_is_advertising=True)

    assert code(a_party(CONSUMER), purpose="own_quote") == "not_advertising"
    assert code(a_party(CONSUMER), purpose="own_quote", policy=strict) == "-no_consent"
    assert code(a_party(CONSUMER), purpose="own_quote", policy=strict, consents=[a_consent()]) == "consented"


def test_advertising_calls_to_businesses_in_germany_pass_on_presumed_consent() -> None:
    assert code(a_party(BUSINESS, "DE")) == "presumed_consent"


def test_presumed_consent_can_be_switched_off() -> None:
    careful = PermissionPolicy(presumed_consent=False)

    assert code(a_party(BUSINESS, "DE"), policy=careful) == "-no_consent"
    assert code(a_party(BUSINESS, "DE"), policy=careful, consents=[a_consent()]) == "consented"


def test_advertising_calls_to_consumers_in_germany_pass_only_on_express_consent() -> None:
    assert code(a_party(CONSUMER, "DE")) == "-no_consent"
    assert code(a_party(CONSUMER, "DE"), consents=[a_consent()]) == "consented"


@pytest.mark.parametrize("kind", [BUSINESS, CONSUMER])
@pytest.mark.parametrize("country", ["AT", "CH", "US", None])
def test_advertising_calls_in_austria_and_where_no_rule_is_known_pass_only_on_consent(kind: Any, country: str | None) -> None:
    assert code(a_party(kind, country)) == "-no_consent"
    assert code(a_party(kind, country), consents=[a_consent()]) == "consented"


@pytest.mark.parametrize("kind", [BUSINESS, CONSUMER])
@pytest.mark.parametrize("country", COUNTRIES)
def test_advertising_by_email_needs_consent(kind: Any, country: str | None) -> None:
    assert code(a_party(kind, country), "email") == "-no_consent"
    assert code(a_party(kind, country), "email", consents=[a_consent(channel="email")]) == "consented"


def test_or_the_exception_for_existing_customers_as_an_explicit_basis() -> None:
    told = a_consent(channel="email", basis="existing_customer")
    customer = a_party(CONSUMER, roles="customer")

    assert code(customer, "email") == "-no_consent"
    assert code(customer, "email", consents=[told]) == "existing_customer"
    assert code(a_party(CONSUMER, roles="lead"), "email", consents=[told]) == "-no_consent"


@pytest.mark.parametrize(("purpose", "channel"), [("advertising", "phone"), ("advertising", "sms"), ("service", "email")])
def test_the_exception_is_for_advertising_by_email_only(purpose: Any, channel: Any) -> None:
    with pytest.raises(InvalidValueError, match="advertising by e-mail only"):
        a_consent(purpose=purpose, channel=channel, basis="existing_customer")


def test_post_passes_until_objection() -> None:
    for party in EVERYBODY:
        assert code(party, "letter") == "no_objection"
        assert code(party, "letter", objections=[an_objection(channel="letter")]) == "-objected"


@pytest.mark.parametrize("channel", ["visit", "sms", "social"])
def test_channels_that_the_rule_does_not_name_need_consent(channel: Any) -> None:
    assert {code(party, channel) for party in EVERYBODY} == {"-no_consent"}


@given(
    st.sampled_from(EVERYBODY),
    st.sampled_from(PURPOSES),
    st.sampled_from(CHANNELS),
    st.sampled_from([None, "channel", "purpose", "both"]),
    st.booleans(),
)
def test_an_objection_always_wins(party: Party, purpose: Purpose, channel: Channel, names: str | None, consented: bool) -> None:
    said = {"channel": channel if names in ("channel", "both") else None, "purpose": purpose if names in ("purpose", "both") else None}
    consents = [a_consent(purpose=purpose, channel=channel)] if consented else []

    answer = may_contact(party, purpose=purpose, channel=channel, on=DAY, consents=consents, objections=[an_objection(**said)])

    assert isinstance(answer, NotAllowed)
    assert answer.reason.code == "objected"


def test_an_objection_to_something_else_stops_nothing() -> None:
    against = [an_objection(channel="email"), an_objection(purpose="advertising"), an_objection(party_id="C-2")]

    assert code(a_party(), "phone", "service", objections=against) == "not_advertising"


@pytest.mark.parametrize("purpose", [None, "", "newsletter", "Service"])
def test_an_unknown_purpose_is_advertising(purpose: str | None) -> None:
    assert code(a_party(CONSUMER), purpose=purpose) == "-no_consent"
    assert code(a_party(CONSUMER), purpose=purpose, consents=[a_consent()]) == "consented"


@pytest.mark.parametrize(("on", "expected"), [(BEFORE, "-no_consent"), (DAY, "consented"), (AFTER, "consented")])
def test_a_consent_holds_from_its_day_on(on: date, expected: str) -> None:
    assert code(a_party(CONSUMER), consents=[a_consent()], on=on) == expected


@pytest.mark.parametrize(("on", "expected"), [(BEFORE, "consented"), (DAY, "-consent_withdrawn"), (AFTER, "-consent_withdrawn")])
def test_a_withdrawn_consent_ends_on_the_day_of_its_withdrawal(on: date, expected: str) -> None:
    consent = a_consent(granted_at=at(date(2026, 1, 1)), withdrawn_at=at(DAY))

    assert code(a_party(CONSUMER), consents=[consent], on=on) == expected


@pytest.mark.parametrize(("on", "expected"), [(BEFORE, "presumed_consent"), (DAY, "-objected"), (AFTER, "-objected")])
def test_an_objection_holds_from_its_day_on(on: date, expected: str) -> None:
    assert code(a_party(), objections=[an_objection()], on=on) == expected


@pytest.mark.parametrize(("on", "expected"), [(BEFORE, "-objected"), (DAY, "presumed_consent"), (AFTER, "presumed_consent")])
def test_a_lifted_objection_ends_on_its_day(on: date, expected: str) -> None:
    lifted = an_objection(objected_at=at(date(2026, 1, 1)), lifted_at=at(DAY))

    assert code(a_party(), objections=[lifted], on=on) == expected


def test_days_are_local_days() -> None:
    late = an_objection(objected_at=datetime(2026, 1, 31, 23, 30, tzinfo=UTC))

    assert code(a_party(), objections=[late], on=BEFORE) == "-objected"
    assert code(a_party(), objections=[late], on=BEFORE, zone="Europe/Berlin") == "presumed_consent"


def test_whoever_withdrew_consent_is_not_called_on_presumed_consent_until_he_consents_again() -> None:
    withdrawn = a_consent(granted_at=at(date(2025, 1, 1)), withdrawn_at=at(date(2025, 6, 1)))

    assert code(a_party(), consents=[withdrawn]) == "-consent_withdrawn"
    assert code(a_party(), consents=[a_consent(id="2"), withdrawn]) == "consented"


def test_a_consent_is_for_one_purpose_one_channel_and_one_party() -> None:
    others = [a_consent(channel="email"), a_consent(purpose="requested"), a_consent(party_id="C-2"), a_consent(voided_because="typo")]

    assert code(a_party(CONSUMER), consents=others) == "-no_consent"


def test_what_was_recorded_by_mistake_does_not_count() -> None:
    assert code(a_party(), objections=[an_objection(voided_because="typo")]) == "presumed_consent"


def test_the_answer_names_the_latest_consent_and_its_text() -> None:
    consents = [a_consent(id="1", granted_at=at(date(2025, 1, 1)), text_version="2025"), a_consent(id="2")]

    answer = may_contact(a_party(CONSUMER), purpose="advertising", channel="phone", on=DAY, consents=consents)

    assert isinstance(answer, Allowed)
    assert answer.consent_id == "2"
    assert str(answer.reason) == "consented on 2026-02-01 (text 2026-1)"


def test_a_refusal_speaks_german_and_english() -> None:
    answer = may_contact(a_party(CONSUMER), purpose="newsletter", channel="phone", on=DAY)

    assert (str(answer.reason), answer.reason.text("de")) == (
        "no consent to advertising by telephone",
        "keine Einwilligung: Werbung per Telefon",
    )


def people(*forbidden: Any) -> list[ContactPerson]:
    return [ContactPerson(id=f"P-{place}", last_name="x", forbidden=channels) for place, channels in enumerate(forbidden, 1)]


def reached(party: Party, **arguments: Any) -> tuple[str, ...]:
    asked: dict[str, Any] = {"purpose": "service", "channel": "phone", "on": DAY} | arguments
    answer = may_contact(party, **asked)
    return answer.person_ids if isinstance(answer, Allowed) else ("-" + answer.reason.code,)


def test_a_channel_that_a_contact_person_forbids_counts_as_an_objection() -> None:
    assert reached(a_party(people=people("phone"))) == ("-channel_forbidden",)
    assert reached(a_party(people=people("phone")), channel="email") == ("P-1",)
    assert reached(a_party(people=people("phone")), purpose="advertising", consents=[a_consent()]) == ("-channel_forbidden",)


def test_a_party_is_contacted_as_long_as_one_of_its_contact_persons_may_be() -> None:
    party = a_party(people=people("phone", ()))

    assert reached(party) == ("P-2",)
    assert reached(party, person_id="P-1") == ("-channel_forbidden",)
    assert reached(party, objections=[an_objection(person_id="P-2")]) == ("-channel_forbidden",)
    assert reached(party, objections=[an_objection()]) == ("-objected",)


def test_a_contact_person_has_the_consents_of_the_party_until_there_are_some_of_his_own() -> None:
    party = a_party(CONSUMER, people=people((), ()))
    own = a_consent(id="1", person_id="P-1", withdrawn_at=at(DAY))

    assert reached(party, purpose="advertising", consents=[a_consent()]) == ("P-1", "P-2")
    assert reached(party, purpose="advertising", consents=[a_consent(), own]) == ("P-2",)
    assert reached(party, purpose="advertising", consents=[a_consent(person_id="P-2")]) == ("P-2",)
    assert reached(party, purpose="advertising") == ("-no_consent",)


def test_whom_the_party_does_not_have_nobody_can_ask_for() -> None:
    with pytest.raises(NotStoredError, match="contact_person"):
        reached(a_party(), person_id="P-9")


def test_an_unknown_channel_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="'phone', 'email'"):
        code(a_party(), "fax")


def test_the_table_is_data_with_the_strictest_rules_for_all_others() -> None:
    free = AdvertisingRules(
        calls_to_businesses="no_objection", calls_to_consumers="no_objection", emails="no_objection", others="no_objection"
    )
    policy = PermissionPolicy(countries={"XX": free})

    assert {code(a_party(CONSUMER, "XX"), channel, policy=policy) for channel in CHANNELS} == {"no_objection"}
    assert code(a_party(BUSINESS, "DE"), policy=policy) == "-no_consent"
    order: tuple[Ground, ...] = get_args(Ground)
    known, elsewhere = PermissionPolicy().countries.values(), PermissionPolicy().elsewhere
    kinds = get_args(PartyKind)
    for rules in known:
        for channel in CHANNELS:
            for kind in kinds:
                assert order.index(elsewhere.ground(channel, kind)) >= order.index(rules.ground(channel, kind))


def test_the_country_is_given_or_that_of_the_usual_address_or_our_own() -> None:
    assert code(a_party(BUSINESS, "AT"), country="DE") == "presumed_consent"
    assert code(a_party(BUSINESS, None), policy=PermissionPolicy(home="DE")) == "presumed_consent"
    with pytest.raises(InvalidValueError, match="ISO 3166-1"):
        PermissionPolicy(home="Germany")


def test_an_audience_tells_who_is_left_out_why_and_how_many() -> None:
    parties = [Party(id=f"C-{number}", name="x", created_on=DAY, kind="person", active=number != 4) for number in range(1, 5)]
    consents = [a_consent(id=id, party_id=id, channel="email") for id in ("C-1", "C-3", "C-4")]
    found = audience(parties, channel="email", on=DAY, consents=consents, objections=[an_objection(party_id="C-3")])

    assert (found.party_ids, found.consent_ids) == (("C-1",), ("C-1",))
    assert [(out.party_id, out.reason.code) for out in found.left_out] == [("C-2", "no_consent"), ("C-3", "objected"), ("C-4", "inactive")]
    assert found.left_out_counts == {"no_consent": 1, "objected": 1, "inactive": 1}


def the_queue(**arguments: Any) -> WorkQueue:
    parties = [Party(id=id, name="x", created_on=DAY, kind="person") for id in ("1", "2", "3")]
    return work_queue([a_plan("1"), a_plan("2"), a_recall("3")], parties=parties, as_of=TODAY, **arguments)


def test_a_list_without_consent_records_is_not_empty_for_calling_customers_is_service() -> None:
    assert [row.party_id for row in the_queue()] == ["3", "1", "2"]
    assert the_queue().left_out_counts == {}


def test_a_list_for_advertising_leaves_out_who_did_not_consent_and_counts_them() -> None:
    found = the_queue(purpose="advertising", consents=[a_consent(party_id="2", granted_at=at(TODAY))])

    assert [row.party_id for row in found] == ["2"]
    assert [(out.party_id, out.reason.code) for out in found.left_out] == [("1", "no_consent"), ("3", "no_consent")]
    assert found.left_out_counts == {"no_consent": 2}


def test_who_objected_is_on_no_list_by_that_channel() -> None:
    against = [an_objection(party_id="1", channel="phone", objected_at=at(TODAY))]

    assert [row.party_id for row in the_queue(objections=against)] == ["3", "2"]
    assert the_queue(objections=against).left_out_counts == {"objected": 1}
    assert [row.party_id for row in the_queue(objections=against, channel="email")] == ["3", "1", "2"]
