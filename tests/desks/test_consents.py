"""Consents and objections at the desk (rules 7 and 28): recorded as proof, and asked by every list."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmkit import Crm, Scope, Settings, days
from crmkit.entities import Address, Campaign, Consent, ContactPerson, Objection, Party, Source
from crmkit.errors import InvalidValueError, NotPermittedError, NotStoredError, StateMoveError
from crmkit.persistence import MemoryStore
from crmkit.scheduling import Allowed, PermissionPolicy
from crmkit.store import Rights

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit.store import Query, Store, Transaction
    from tests.desks.conftest import Clock, HistoryOf

NOON = datetime(2026, 1, 1, 11, tzinfo=UTC)
CALLS: dict[str, Any] = {"purpose": "advertising", "channel": "phone"}
MAILS: dict[str, Any] = {"purpose": "advertising", "channel": "email"}
PROOF: dict[str, Any] = {"source": "web form", "text_version": "2026-1"}


@pytest.fixture
def people(crm: Crm) -> Crm:
    """A desk with two consumers, one of them on a campaign by e-mail with C-17."""
    crm.add(*(Party(id=id, name="x", created_on=date(2026, 1, 1), kind="person", addresses=[Address()]) for id in ("P-1", "P-2")))
    crm.add(Campaign(id="news", name="News", channel="email"))
    crm.campaigns.add_members("news", ["C-17", "P-1"])
    return crm


def code(crm: Crm, party_id: str, *, on: date | None = None, **about: Any) -> str:
    answer = crm.consents.may_contact(party_id, on=on, **about)
    return answer.reason.code if isinstance(answer, Allowed) else f"-{answer.reason.code}"


def test_a_consent_keeps_purpose_channel_source_time_and_text_version(people: Crm, history_of: HistoryOf) -> None:
    consent = people.consents.grant("P-1", **MAILS, **PROOF)

    assert people.consents.consents_of("P-1") == (consent,) == (people.get(Consent, consent.id),)
    assert (consent.purpose, consent.channel, consent.source, consent.text_version) == ("advertising", "email", "web form", "2026-1")
    assert (consent.granted_at, consent.employee_id) == (NOON, "anna")
    assert code(people, "P-1", **MAILS) == "consented"
    entry = history_of()[-1]
    assert (entry.verb, entry.party_id, entry.summary) == ("consents.grant", "P-1", "consent: advertising by email")
    assert people.journal.verify() == ()
    assert people.check() == ()


def test_a_withdrawn_consent_stays_as_proof_and_lets_nobody_contact(people: Crm, clock: Clock) -> None:
    people.consents.grant("P-1", **CALLS, **PROOF)
    clock.move_to(date(2026, 1, 5))

    withdrawn = people.consents.withdraw("P-1", **CALLS, because="letter")

    assert (withdrawn.withdrawn_at, withdrawn.withdrawn_because) == (clock.now, "letter")
    assert people.consents.consents_of("P-1") == (withdrawn,)
    assert [code(people, "P-1", **CALLS, on=date(2026, 1, day)) for day in (4, 5, 6)] == [
        "consented",
        "-consent_withdrawn",
        "-consent_withdrawn",
    ]
    with pytest.raises(InvalidValueError, match=r"crm\.consents\.object"):
        people.consents.withdraw("P-1", **CALLS)


def test_a_party_withdraws_for_all_its_contact_persons_and_one_of_them_for_himself(crm: Crm) -> None:
    party = crm.get(Party, "C-17")
    crm.change(attrs.evolve(party, people=[*party.people, ContactPerson(id="P-2", last_name="Lang")]))
    for person_id in ("P-1", "P-2"):
        crm.consents.grant("C-17", **MAILS, **PROOF, person_id=person_id)

    crm.consents.withdraw("C-17", **MAILS, person_id="P-1")
    assert [code(crm, "C-17", **MAILS, person_id=id) for id in ("P-1", "P-2")] == ["-consent_withdrawn", "consented"]

    crm.consents.withdraw("C-17", **MAILS)
    assert [one.in_force for one in crm.consents.consents_of("C-17")] == [False, False]
    with pytest.raises(NotStoredError, match="contact_person"):
        crm.consents.grant("C-17", **MAILS, **PROOF, person_id="P-9")


def test_an_objection_wins_over_a_later_consent_until_it_is_lifted(people: Crm, clock: Clock) -> None:
    objection = people.consents.object("P-1", channel="email", source="reply")
    clock.move_to(date(2026, 1, 2))
    people.consents.grant("P-1", **MAILS, **PROOF)
    assert code(people, "P-1", **MAILS) == "-objected"

    lifted = people.consents.lift_objection(objection.id, because="wrote again")

    assert code(people, "P-1", **MAILS) == "consented"
    assert people.consents.objections_of("P-1") == (lifted,)
    with pytest.raises(StateMoveError, match="'lifted'"):
        people.consents.lift_objection(objection.id, because="twice")


def test_each_use_of_a_consent_is_proved_by_an_entry(people: Crm, clock: Clock, history_of: HistoryOf) -> None:
    consent = people.consents.grant("P-1", **CALLS, **PROOF)
    for day in (date(2026, 1, 9), date(2026, 1, 12)):
        clock.move_to(day)
        people.consents.record_use(consent.id)
    people.consents.record_use([consent.id], at=clock.now - timedelta(days=1))

    assert people.get(Consent, consent.id).last_used_at == datetime(2026, 1, 12, 11, tzinfo=UTC)
    assert [entry.happened_at.day for entry in history_of() if entry.verb == "consents.record_use"] == [9, 11, 12]
    with pytest.raises(NotStoredError, match="no consent"):
        people.consents.record_use([consent.id, "nothing"])


def test_consents_and_objections_show_in_the_timeline(people: Crm) -> None:
    people.consents.grant("P-1", **CALLS, **PROOF)
    people.consents.object("P-1")

    told = people.timeline("P-1", kinds=["consent", "objection"], newest_first=False)

    assert [(entry.verb, entry.summary) for entry in told] == [
        ("consents.grant", "consent: advertising by phone"),
        ("consents.object", "anything by any channel"),
    ]


def test_what_was_recorded_by_mistake_is_void_and_what_an_old_system_knew_is_taken_over(people: Crm) -> None:
    people.add(
        Consent(id="E-1", party_id="P-1", **MAILS, granted_at=datetime(2024, 1, 1, tzinfo=UTC), **PROOF),
        Objection(id="W-1", party_id="P-2", objected_at=datetime(2024, 1, 1, tzinfo=UTC)),
    )
    assert (code(people, "P-1", **MAILS), code(people, "P-2", **MAILS)) == ("consented", "-objected")

    people.void(people.get(Consent, "E-1"), because="other person")
    people.void(people.get(Objection, "W-1"), because="other person")

    assert (code(people, "P-1", **MAILS), code(people, "P-2", **MAILS)) == ("-no_consent", "-no_consent")
    assert people.consents.consents_of("P-1") == ()
    assert people.consents.objections_of("P-2") == ()
    with pytest.raises(StateMoveError):
        people.consents.lift_objection("W-1", because="late")


@pytest.mark.parametrize("withdrew", ["L-1", "C-18"])
@pytest.mark.parametrize("kind", ["organisation", "person"])
def test_merging_takes_the_stricter_side_of_consents(crm: Crm, clock: Clock, withdrew: str, kind: Any) -> None:
    crm.add(
        Party(id="L-1", name="Eva Lang", created_on=date(2026, 1, 1), kind=kind), Party(id="C-18", name="x", created_on=date(2026, 1, 1))
    )
    crm.consents.grant(withdrew, **MAILS, **PROOF)
    crm.consents.withdraw(withdrew, **MAILS)
    clock.move_to(date(2026, 1, 2))
    crm.consents.grant("C-18" if withdrew == "L-1" else "L-1", **MAILS, **PROOF)

    crm.parties.convert_lead("L-1", into="C-18")

    assert code(crm, "C-18", **MAILS) == "-consent_withdrawn"
    assert len(crm.consents.consents_of("C-18")) == 2
    assert crm.check() == ()


@pytest.mark.parametrize("objected", ["L-1", "C-17"])
@pytest.mark.parametrize("kind", ["organisation", "person"])
def test_merging_keeps_the_objections_of_both_sides(crm: Crm, objected: str, kind: Any) -> None:
    crm.add(Party(id="L-1", name="Eva Lang", created_on=date(2026, 1, 1), kind=kind))
    crm.consents.object(objected, channel="phone")
    crm.consents.grant("C-17" if objected == "L-1" else "L-1", **CALLS, **PROOF)

    crm.parties.convert_lead("L-1", into="C-17")

    assert code(crm, "L-1", **CALLS) == code(crm, "C-17", **CALLS) == "-objected"


def test_the_consent_of_a_merged_person_is_his_own_and_not_that_of_the_company(crm: Crm) -> None:
    crm.add(Party(id="L-1", name="Eva Lang", created_on=date(2026, 1, 1), kind="person"))
    crm.consents.grant("L-1", **MAILS, **PROOF)

    crm.parties.convert_lead("L-1", into="C-17")

    answer = crm.consents.may_contact("C-17", **MAILS)
    assert isinstance(answer, Allowed)
    assert answer.person_ids == ("L-1",)


def test_a_list_is_not_empty_without_consents_and_names_who_objected(people: Crm) -> None:
    for party_id in ("C-17", "P-1", "P-2"):
        people.contact.plan(party_id, frequency=days(30))
    people.consents.object("P-1", channel="phone")
    people.consents.grant("P-2", **CALLS, **PROOF)

    service, advertising = people.work_queue(), people.work_queue(purpose="advertising")

    assert {row.party_id for row in service} == {"C-17", "P-2"}
    assert service.left_out_counts == {"objected": 1}
    assert {row.party_id for row in advertising} == {"P-2"}
    assert advertising.left_out_counts == {"objected": 1, "no_consent": 1}
    assert {row.party_id for row in people.work_queue(channel="email")} == {"C-17", "P-1", "P-2"}


def test_the_members_of_a_campaign_pass_the_gate_when_it_is_carried_out(people: Crm) -> None:
    consent = people.consents.grant("P-1", **MAILS, **PROOF)

    found = people.campaigns.audience("news")
    assert (found.party_ids, found.consent_ids, found.left_out_counts) == (("P-1",), (consent.id,), {"no_consent": 1})
    assert len(people.campaigns.members("news")) == 2

    people.consents.object("P-1")
    assert people.campaigns.audience("news").left_out_counts == {"no_consent": 1, "objected": 1}
    assert people.campaigns.audience("news", channel="letter").party_ids == ("C-17",)
    people.add(Campaign(id="fair", name="Fair"))
    with pytest.raises(InvalidValueError, match="channel=None"):
        people.campaigns.audience("fair")


def test_imported_addresses_are_leads_for_campaigns_and_pass_the_gate_as_anybody_does(people: Crm) -> None:
    ids = [f"L-{place}" for place in range(4)]
    bought = Source(category="import", detail="bought from a publisher")
    people.add(*(Party(id=id, name="x", created_on=date(2026, 1, 1), kind="person", source=bought, addresses=[Address()]) for id in ids))
    people.campaigns.add_members("news", ids)
    people.consents.grant("L-1", **MAILS, **PROOF)
    people.consents.object("L-2", channel="letter")

    assert "L-1" in people.campaigns.audience("news").party_ids
    assert not {"L-0", "L-2", "L-3"} & set(people.campaigns.audience("news").party_ids)
    assert set(people.campaigns.audience("news", channel="letter").party_ids) >= {"L-0", "L-1", "L-3"}
    assert "L-2" not in people.campaigns.audience("news", channel="letter").party_ids
    assert people.get(Party, "L-0").roles == {"lead"}
    assert people.get(Party, "L-0").source == bought


def test_an_audience_of_ones_own_passes_the_gate_merged_parties_once(people: Crm) -> None:
    people.add(Party(id="L-1", name="x", created_on=date(2026, 1, 1)))
    people.parties.convert_lead("L-1", into="C-17")

    assert people.consents.audience(["L-1", "C-17", "P-1"], channel="letter").party_ids == ("C-17", "P-1")
    with pytest.raises(NotStoredError, match="C-99"):
        people.consents.audience(["C-99"], channel="letter")


def test_the_policy_of_the_settings_decides(clock: Clock) -> None:
    policy = PermissionPolicy(home="DE", presumed_consent=False)
    crm = Crm(MemoryStore(), scope=Scope(tenant="acme", actor="anna"), settings=Settings(permissions=policy), clock=clock)
    crm.add(Party(id="C-1", name="x", created_on=date(2026, 1, 1)))

    assert code(crm, "C-1", **CALLS) == "-no_consent"


@pytest.mark.usefixtures("people")
def test_only_what_the_rights_reach_is_there(store: Store, clock: Clock) -> None:
    verbs: dict[str, Any] = dict.fromkeys(("consents.audience", "consents.may_contact", "campaigns.audience"), "own")
    ben = Crm(store, scope=Scope(tenant="acme", actor="ben", rights=Rights(verbs=verbs)), clock=clock)

    assert ben.consents.audience(["C-17"], channel="letter").party_ids == ()
    assert ben.campaigns.audience("news", channel="letter").party_ids == ()
    with pytest.raises(NotPermittedError):
        ben.consents.may_contact("C-17", purpose="service", channel="phone")


class Counting:
    """A store that counts its queries."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.found = 0

    def transaction(self, tenant: str, *, write: bool) -> Any:
        from contextlib import contextmanager  # noqa: PLC0415  # only here

        @contextmanager
        def counted() -> Iterator[Any]:
            with self.store.transaction(tenant, write=write) as transaction:
                yield CountingQueries(transaction, self)

        return counted()

    def close(self) -> None:
        self.store.close()


class CountingQueries:
    def __init__(self, transaction: Transaction, counting: Counting) -> None:
        self._transaction, self._counting = transaction, counting

    def find(self, query: Query[Any]) -> Any:
        self._counting.found += 1
        return self._transaction.find(query)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transaction, name)


@pytest.mark.parametrize("ask", [lambda crm, ids: crm.consents.audience(ids, channel="email"), lambda crm, _: crm.work_queue(purpose=None)])
def test_no_list_asks_the_store_party_by_party(clock: Clock, ask: Any) -> None:
    queries = []
    for count in (2, 20):
        store = Counting()
        crm = Crm(store, scope=Scope(tenant="acme", actor="anna"), clock=clock)
        ids = [f"C-{number}" for number in range(count)]
        crm.add(*(Party(id=id, name="x", created_on=date(2026, 1, 1)) for id in ids))
        for id in ids:
            crm.contact.plan(id, frequency=days(30))
            crm.consents.grant(id, **MAILS, **PROOF)
        store.found = 0
        ask(crm, ids)
        queries.append(store.found)

    assert queries[0] == queries[1]
