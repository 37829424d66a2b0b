"""Rule 27: a lead becomes a customer, or turns out to be a person of one; nothing gets lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmkit import Crm, Money, Scope, days, new_id
from crmkit.entities import (
    Address,
    Case,
    ContactPerson,
    ContactPlan,
    Document,
    Interaction,
    Line,
    LoyaltyCard,
    LoyaltyRate,
    Opportunity,
    Party,
    PartyChange,
    Phone,
    Recall,
    Ref,
    Source,
)
from crmkit.errors import InvalidValueError, NotPermittedError, NotStoredError, StaleWriteError
from crmkit.periods import Period
from crmkit.persistence import MemoryStore
from crmkit.records import KINDS
from crmkit.store import Query, Rights

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit.store import Store
    from tests.desks.conftest import Clock, HistoryOf


def a_lead(id: str = "L-1", **fields: Any) -> Party:
    return Party(id=id, created_on=date(2025, 12, 1), **{"kind": "person", "name": "Eva Huber"} | fields)


def a_quote(party_id: str, id: str = "Q-1") -> Document:
    line = Line(item_id="I-1", quantity=1, unit_price=1)
    return Document(id=id, kind="quote", party_id=party_id, issued_on=date(2026, 1, 1), lines=[line])


def test_a_converted_lead_keeps_its_id_and_its_source(crm: Crm) -> None:
    crm.add(a_lead(source=Source(category="fair"), tags="hot"))

    customer = crm.parties.convert_lead("L-1")

    assert (customer.id, customer.source) == ("L-1", Source(category="fair"))
    assert customer.roles == {"customer"}
    assert customer.tags == {"hot"}
    assert crm.get(Party, "L-1") == customer


def test_converting_twice_changes_nothing(crm: Crm, history_of: HistoryOf) -> None:
    crm.add(a_lead())
    once = crm.parties.convert_lead("L-1")
    entries = len(history_of())

    assert crm.parties.convert_lead("L-1").version == once.version
    assert len(history_of()) == entries


def test_the_first_quote_makes_a_customer(crm: Crm) -> None:
    crm.add(a_lead())
    crm.add(a_quote("L-1"))

    assert crm.get(Party, "L-1").roles == {"customer"}


def test_the_day_of_conversion_is_kept(crm: Crm, store: Store, clock: Clock) -> None:
    crm.add(a_lead())
    clock.move_to(date(2026, 1, 9))
    crm.parties.convert_lead("L-1")

    with store.transaction("acme", write=False) as transaction:
        changes = transaction.find(Query(PartyChange))
    assert {(change.field, change.before, change.after, change.changed_on) for change in changes} == {
        ("role", "lead", None, date(2026, 1, 9)),
        ("role", None, "customer", date(2026, 1, 9)),
    }


def test_a_lead_that_is_a_person_becomes_a_contact_person(crm: Crm) -> None:
    crm.add(
        a_lead(
            emails="eva@example.com",
            phones=[Phone(number="1")],
            categories="fair",
            addresses=[Address(city="Graz", default=True)],
            tags="x",
        )
    )

    party = crm.parties.convert_lead("L-1", into="C-17")

    person = party.people[-1]
    assert (person.id, person.first_name, person.last_name) == ("L-1", "Eva", "Huber")
    assert (person.emails, person.phones) == (("eva@example.com",), (Phone(number="1"),))
    assert party.categories == {"fair"}
    assert party.tags == {"x"}
    assert (party.addresses, party.emails) == ((Address(city="Graz"),), ())


@pytest.mark.parametrize(
    ("name", "first", "last"), [("Eva Maria Huber", "Eva Maria", "Huber"), ("Huber, Eva", "Eva", "Huber"), ("Huber", "", "Huber")]
)
def test_a_name_is_split_into_given_and_family_name(crm: Crm, name: str, first: str, last: str) -> None:
    crm.add(a_lead(name=name))

    person = crm.parties.convert_lead("L-1", into="C-17").people[-1]

    assert (person.first_name, person.last_name) == (first, last)


def test_a_lead_that_is_an_organisation_brings_its_people(crm: Crm) -> None:
    crm.add(a_lead(kind="organisation", emails="office@example.com", people=[ContactPerson(id="P-1", last_name="Auer")]))
    crm.record_interaction("L-1", kind="phone", person_id="P-1")

    party = crm.parties.convert_lead("L-1", into="C-17")

    assert [(person.id, person.last_name) for person in party.people] == [("P-1", "Huber"), ("L-1 P-1", "Auer")]
    assert party.emails == ("office@example.com",)
    (entry,) = crm.timeline("C-17", kinds=["interaction"])
    assert crm.get(Interaction, entry.about.id).person_id == "L-1 P-1"


def test_the_old_id_is_an_alias_everywhere(crm: Crm, clock: Clock) -> None:
    crm.add(a_lead())
    crm.parties.convert_lead("L-1", into="C-17")
    clock.move_to(date(2026, 1, 5))

    assert crm.get(Party, "L-1").id == "C-17"
    assert crm.record_interaction("L-1", kind="phone").party_id == "C-17"
    assert crm.contact.plan("L-1", frequency=days(30)).party_id == "C-17"
    assert crm.get(Recall, crm.contact.recall("L-1", on=days(3)).id).party_id == "C-17"
    assert crm.parties.verify("L-1").id == "C-17"
    assert crm.cases.open(Ref("party", "L-1"), text="scratched").about == Ref("party", "C-17")
    crm.add(a_quote("L-1"), Recall(id="R-9", party_id="L-1", due_on=date(2026, 2, 1)))
    assert (crm.get(Document, "Q-1").party_id, crm.get(Recall, "R-9").party_id) == ("C-17", "C-17")
    assert list(crm.timeline("L-1")) == list(crm.timeline("C-17"))
    assert crm.check() == ()


def test_an_alias_of_an_alias_leads_to_the_last(crm: Crm) -> None:
    crm.add(a_lead(), a_lead("L-2", kind="organisation"))
    crm.parties.convert_lead("L-1", into="L-2")
    crm.parties.convert_lead("L-2", into="C-17")

    assert crm.get(Party, "L-1").id == "C-17"
    assert crm.record_interaction("L-1", kind="phone").party_id == "C-17"


def test_an_alias_of_nobody_stays_what_it_is(crm: Crm, store: Store) -> None:
    with store.transaction("acme", write=True) as transaction:
        transaction.save([a_lead(merged_into="C-99")])

    assert crm.get(Party, "L-1").id == "L-1"


def test_the_alias_keeps_its_id_from_being_used_again(crm: Crm) -> None:
    crm.add(a_lead())
    crm.parties.convert_lead("L-1", into="C-17")

    with pytest.raises(StaleWriteError):
        crm.add(a_lead())


def test_whoever_has_the_lead_open_in_a_form_cannot_bring_it_back(crm: Crm) -> None:
    crm.add(a_lead())
    open_in_a_form = crm.get(Party, "L-1")
    crm.parties.convert_lead("L-1", into="C-17")

    with pytest.raises(StaleWriteError):
        crm.change(attrs.evolve(open_in_a_form, region="south"))


def test_a_merged_lead_is_found_as_a_person_of_the_customer_only(crm: Crm) -> None:
    crm.add(a_lead(name="Eva Zauner"))
    crm.parties.convert_lead("L-1", into="C-17")

    assert [(hit.party.id, hit.field) for hit in crm.find("zauner")] == [("C-17", "people")]


def test_merging_again_changes_nothing_and_elsewhere_is_refused(crm: Crm, history_of: HistoryOf) -> None:
    crm.add(a_lead(), a_lead("C-18"))
    crm.parties.convert_lead("L-1", into="C-17")
    entries = len(history_of())

    assert crm.parties.convert_lead("L-1", into="C-17").version == crm.get(Party, "C-17").version
    assert len(history_of()) == entries
    with pytest.raises(InvalidValueError, match="what 'L-1' was merged into"):
        crm.parties.convert_lead("L-1", into="C-18")


def test_what_somebody_wrote_meanwhile_is_moved_by_merging_again(crm: Crm, store: Store) -> None:
    crm.add(a_lead())
    crm.parties.convert_lead("L-1", into="C-17")
    late = Interaction(id="late", party_id="L-1", happened_at=datetime(2025, 12, 31, tzinfo=UTC), kind="phone")
    with store.transaction("acme", write=True) as transaction:
        transaction.save([late])

    crm.parties.convert_lead("L-1", into="C-17")

    assert crm.get(Interaction, "late").party_id == "C-17"
    assert crm.get(ContactPlan, "C-17").contact_count == 1


def test_a_lead_is_not_merged_into_itself_nor_into_nobody(crm: Crm) -> None:
    crm.add(a_lead())

    with pytest.raises(InvalidValueError, match="another party"):
        crm.parties.convert_lead("L-1", into="L-1")
    for lead, into in (("L-1", "C-99"), ("L-99", "C-17")):
        with pytest.raises(NotStoredError):
            crm.parties.convert_lead(lead, into=into)


def test_whoever_bought_is_no_lead(crm: Crm) -> None:
    crm.add(a_lead())

    with pytest.raises(InvalidValueError, match="has invoices"):
        crm.parties.convert_lead("C-17", into="L-1")


def test_a_merged_lead_is_not_in_the_work_queue_and_its_contacts_count_for_the_customer(crm: Crm, clock: Clock) -> None:
    crm.add(a_lead())
    crm.contact.plan("L-1", frequency=days(30))
    crm.record_interaction("L-1", kind="phone")
    crm.parties.convert_lead("L-1", into="C-17")
    clock.move_to(date(2026, 2, 1))

    assert crm.get(ContactPlan, "C-17").contact_count == 1
    assert [row.party_id for row in crm.work_queue()] == ["C-17"]
    assert crm.work_queue().left_out == ()


def test_parties_below_a_merged_lead_go_below_the_customer(crm: Crm) -> None:
    crm.add(a_lead(kind="organisation"), a_lead("S-1", parent_id="L-1"))
    crm.parties.convert_lead("L-1", into="C-17")

    assert [party.id for party in crm.parties.group("C-17")] == ["C-17", "S-1"]


def test_a_party_is_not_below_the_lead_that_was_merged_into_it(crm: Crm) -> None:
    crm.add(a_lead(kind="organisation"), a_lead("S-1", parent_id="L-1"))

    assert crm.parties.convert_lead("L-1", into="S-1").parent_id is None
    assert crm.check() == ()


def test_a_party_far_below_a_lead_comes_up_in_its_place(crm: Crm) -> None:
    crm.add(a_lead(kind="organisation", parent_id="C-17"), a_lead("S-1", parent_id="L-1"), a_lead("S-2", parent_id="S-1"))

    crm.parties.convert_lead("L-1", into="S-2")

    assert [party.id for party in crm.parties.group("C-17")] == ["C-17", "S-2", "S-1"]
    assert crm.check() == ()


def test_an_id_in_another_system_leads_to_the_customer(crm: Crm) -> None:
    crm.add(a_lead(external_ids={"erp": "4711"}))
    crm.parties.convert_lead("L-1", into="C-17")

    found = crm.parties.by_external_id("erp", "4711")
    assert found is not None
    assert found.id == "C-17"


def test_a_second_loyalty_card_goes_out_of_use_and_still_counts(crm: Crm) -> None:
    rates = [LoyaltyRate(ratio="0.02", since=date(2025, 1, 1))]
    crm.add(a_lead(), LoyaltyCard(id="K-1", party_id="L-1", rates=rates), LoyaltyCard(id="K-17", party_id="C-17", rates=rates))
    crm.loyalty.open_balance("L-1", credit=Money.of(5, "EUR"))
    crm.parties.convert_lead("L-1", into="C-17")

    assert [crm.get(LoyaltyCard, id).active for id in ("K-1", "K-17")] == [False, True]
    assert crm.loyalty.balance("C-17").credit == Money.of(5, "EUR")


def test_merging_needs_the_right_to_both(crm: Crm, store: Store, clock: Clock) -> None:
    crm.add(a_lead(owner_id="ben"))
    rights = Rights(verbs={"parties.convert_lead": "own"})
    anna = Crm(store, scope=Scope(tenant="acme", actor="anna", rights=rights), clock=clock)

    with pytest.raises(NotPermittedError):
        anna.parties.convert_lead("L-1", into="C-17")


HAPPENINGS: dict[str, Callable[[Crm, str], object]] = {
    "call": lambda crm, id: crm.record_interaction(id, kind="phone", recall=days(5)),
    "attempt": lambda crm, id: crm.record_interaction(id, kind="phone", reached=False),
    "recall": lambda crm, id: crm.contact.recall(id, on=days(3)),
    "plan": lambda crm, id: crm.contact.plan(id, frequency=days(30)),
    "quote": lambda crm, id: crm.documents.quote(id, lines=[Line(item_id="I-1", quantity=1, unit_price=5)]),
    "case": lambda crm, id: crm.cases.open(Ref("party", id), text="x"),
    "rating": lambda crm, id: crm.cases.rate(id, kind="nps", score=7),
    "note": lambda crm, id: crm.notes.write(Ref("party", id), text="x"),
    "file": lambda crm, id: crm.notes.attach(Ref("party", id), uri="erp:4711", title="x", kind="file"),
    "event": lambda crm, id: crm.notes.record_event(id, kind="fair", text="x"),
    "task": lambda crm, id: crm.tasks.assign("anna", text="x", due_on=date(2026, 1, 9), about=Ref("party", id)),
    "follow-up": lambda crm, id: crm.tasks.follow_up(Ref("party", id), on=days(4), note="x"),
    "appointment": lambda crm, id: crm.appointments.schedule(
        id, start_at=datetime(2026, 1, 2, 9, tzinfo=UTC), minutes=30, attendees=[new_id()], subject="x"
    ),
    "opportunity": lambda crm, id: crm.opportunities.open(
        id, title="x", amount=Money.of(100, "EUR"), expected_on=date(2026, 3, 1), pipeline="sales"
    ),
    "departure": lambda crm, id: crm.parties.leave(id, because="price"),
    "category": lambda crm, id: crm.parties.categorise(id, add=["fair"]),
}
PERSONAL_TO_THE_LEAD = {
    "party",
    "contact_plan",
    "search_term",
    "email_address",
    "birthday",
    "match_key",
    "external_id",
    "party_change",
    "history_entry",
    "work_item",
}


def everything_of(store: Store, party_id: str) -> dict[tuple[str, str], Any]:
    """All records that name a party."""
    with store.transaction("acme", write=False) as transaction:
        return {
            (name, record.id): record
            for name, kind in KINDS.items()
            for record in transaction.find(Query(kind.entity))
            if party_id in (getattr(record, "party_id", None), getattr(getattr(record, "about", None), "id", None))
        }


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.sampled_from(sorted(HAPPENINGS)), max_size=12), st.booleans())
def test_whatever_happened_to_a_lead_is_found_after_its_conversion(happened: list[str], merged: bool) -> None:
    store = MemoryStore()
    crm = Crm(store, scope=Scope(tenant="acme", actor="anna"), clock=lambda: datetime(2026, 1, 1, 9, tzinfo=UTC))
    crm.add(a_lead(emails="eva@example.com"), Party(id="C-17", name="Müller", created_on=date(2025, 1, 1), roles="customer"))
    for name in happened:
        HAPPENINGS[name](crm, "L-1")
    before = everything_of(store, "L-1")
    told = {entry.id for entry in crm.timeline("L-1", limit=1_000)}

    crm.parties.convert_lead("L-1", into="C-17" if merged else None)

    home = "C-17" if merged else "L-1"
    after = everything_of(store, home)
    kept = {key for key in before if key[0] not in PERSONAL_TO_THE_LEAD or not merged}
    assert kept - {key for key in kept if key[0] in ("journal_change", "outbox_event")} <= after.keys()
    assert told <= {entry.id for entry in crm.timeline("L-1", limit=1_000)}
    assert crm.get(ContactPlan, home).contact_count == happened.count("call")
    assert crm.check() == ()
    if merged:
        left = {key for key in everything_of(store, "L-1") if key[0] not in (*PERSONAL_TO_THE_LEAD, "journal_change")}
        assert left == set()


def test_the_history_test_can_fail(crm: Crm, store: Store) -> None:
    crm.add(a_lead())
    case = crm.cases.open(Ref("party", "L-1"), text="x")
    opportunity = crm.opportunities.open("L-1", title="x", amount=Money.of(1, "EUR"), expected_on=date(2026, 3, 1), pipeline="sales")

    found = everything_of(store, "L-1")

    assert isinstance(found["case", case.id], Case)
    assert isinstance(found["opportunity", opportunity.id], Opportunity)


def test_the_alias_reads_what_the_customer_owes_was_quoted_and_wishes(crm: Crm) -> None:
    crm.add(a_lead(), a_quote("C-17"))
    crm.contact.keep_quiet("C-17", period=Period.year(2026))
    crm.parties.convert_lead("L-1", into="C-17")

    assert crm.documents.open_items("L-1") == crm.documents.open_items("C-17") != ()
    assert crm.documents.quotes(party_id="L-1") == crm.documents.quotes(party_id="C-17") != ()
    assert crm.documents.asks_only_for_quotes("L-1") == crm.documents.asks_only_for_quotes("C-17")
    assert crm.contact.quiet_now("L-1") == crm.contact.quiet_now("C-17") is not None


def test_what_a_person_of_the_lead_asked_for_stays_that_person_s(crm: Crm) -> None:
    crm.add(a_lead(kind="organisation", people=[ContactPerson(id="P-1", last_name="Zauner")]))
    portal = crm.portal("L-1", person_id="P-1")
    data = portal.view().data
    assert data.person is not None
    request = portal.propose(attrs.evolve(data, person=attrs.evolve(data.person, first_name="Eva")))

    crm.parties.convert_lead("L-1", into="C-17")
    crm.requests.accept(request.id)

    people = {person.last_name: person.first_name for person in crm.get(Party, "C-17").people}
    assert people == {"Huber": "", "Zauner": "Eva"}


def test_the_alias_lists_what_is_about_the_customer(crm: Crm, clock: Clock) -> None:
    alias, customer = Ref("party", "L-1"), Ref("party", "C-17")
    crm.add(a_lead())
    crm.notes.write(alias, text="x")
    crm.notes.attach(alias, uri="dms:1", title="x", kind="file")
    crm.notes.record_event("L-1", kind="move", text="x")
    crm.tasks.assign("anna", text="x", due_on=days(1), about=alias)
    crm.tasks.follow_up(alias, on=days(1), note="x")
    crm.appointments.schedule("L-1", start_at=clock.now + timedelta(days=1), minutes=30, attendees="anna", subject="x")
    crm.opportunities.open("L-1", title="x")
    crm.campaigns.record_touch("L-1", channel="email")
    crm.parties.convert_lead("L-1", into="C-17")

    assert crm.notes.notes_about(alias) == crm.notes.notes_about(customer) != ()
    assert crm.notes.attachments_of(alias) == crm.notes.attachments_of(customer) != ()
    assert crm.notes.events_of("L-1") == crm.notes.events_of("C-17") != ()
    assert crm.tasks.pending(about=alias) == crm.tasks.pending(about=customer) != ()
    assert crm.tasks.pending_follow_ups(about=alias) == crm.tasks.pending_follow_ups(about=customer) != ()
    assert crm.appointments.agenda(party_id="L-1") == crm.appointments.agenda(party_id="C-17") != ()
    assert crm.appointments.upcoming("L-1") == crm.appointments.upcoming("C-17") is not None
    assert crm.opportunities.pending(party_id="L-1") == crm.opportunities.pending(party_id="C-17") != ()
    assert crm.campaigns.touches("L-1") == crm.campaigns.touches("C-17") != ()
    assert crm.campaigns.first_touch("L-1") == crm.campaigns.first_touch("C-17") is not None
