"""Rule 26 for every public verb: it writes with a history entry and a journal entry, once for a key; or it only reads."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmkit import Interval, days
from crmkit.entities import Contract, Document, HistoryEntry, Party, Rating, Ref
from crmkit.errors import KeyReusedError
from crmkit.periods import Period
from crmkit.persistence import MemoryStore
from crmkit.records import JournalEntry
from crmkit.store import Query
from tests.desks.full_house import DAY, LINES, NOON, Clock, FullHouse, a_desk, add_parties, eur, furnished
from tests.desks.public_verbs import public_verbs, verb_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmkit.store import Store, Transaction

C1 = Ref("party", "C-1")

# Each with arguments that change something in the full house.
WRITING: dict[str, Callable[[FullHouse], tuple[tuple[Any, ...], dict[str, Any]]]] = {
    "add": lambda _: ((Party(id="C-9", name="Neu", created_on=DAY), Rating(id="1", party_id="C-1", rated_on=DAY, kind="nps", score=9)), {}),
    "change": lambda house: ((attrs.evolve(house.crm.get(Party, "C-1"), region="west"),), {}),
    "void": lambda house: ((house.crm.get(Document, "R-0"),), {"because": "twice"}),
    "record_interaction": lambda _: (("C-1",), {"kind": "phone", "recall": days(7)}),
    "appointments.schedule": lambda _: (("C-1",), {"start_at": NOON, "minutes": 30, "attendees": "ben", "subject": "x"}),
    "appointments.move": lambda house: ((house.planned,), {"start_at": NOON + timedelta(days=1)}),
    "appointments.hold": lambda house: ((house.begun,), {"summary": "20 pieces"}),
    "appointments.cancel": lambda house: ((house.planned,), {"because": "ill"}),
    "campaigns.add_members": lambda _: (("F-1", ["C-1", "C-2"]), {}),
    "campaigns.record_response": lambda _: (("F-1", "C-2"), {"response": "accepted"}),
    "campaigns.record_spend": lambda _: (("F-1",), {"amount": eur("5")}),
    "campaigns.record_touch": lambda _: (("C-1",), {"channel": "email"}),
    "cases.open": lambda _: ((C1,), {"text": "scratched"}),
    "cases.start": lambda house: ((house.case,), {}),
    "cases.close": lambda house: ((house.case,), {"result": "replaced"}),
    "cases.reopen": lambda house: ((house.closed,), {"because": "again"}),
    "cases.assign": lambda house: ((house.case,), {"employee_id": "ben"}),
    "cases.rate": lambda _: (("C-1",), {"kind": "csat", "score": 5}),
    "consents.grant": lambda _: (("C-1",), {"purpose": "advertising", "channel": "email", "source": "fair", "text_version": "1"}),
    "consents.withdraw": lambda _: (("C-1",), {"purpose": "advertising", "channel": "phone"}),
    "consents.object": lambda _: (("C-1",), {"channel": "letter"}),
    "consents.lift_objection": lambda house: ((house.objection,), {"because": "called us"}),
    "consents.record_use": lambda house: ((house.consent,), {}),
    "contact.plan": lambda _: (("C-1",), {"frequency": days(30)}),
    "contact.recall": lambda _: (("C-1",), {"on": days(1)}),
    "contact.cancel_recall": lambda house: ((house.recall,), {}),
    "contact.postpone": lambda _: (("C-1",), {"to": days(9)}),
    "contact.keep_commitment": lambda house: ((house.interaction,), {"text": "a list"}),
    "contact.open_balance": lambda _: (("C-1",), {"last_contact_on": date(2025, 5, 1), "contact_count": 3}),
    "contact.reassign": lambda house: ((house.interaction,), {"party_id": "C-2"}),
    "contracts.renew": lambda _: (("V-1",), {}),
    "contracts.renew_due": lambda _: ((), {}),
    "contracts.cancel": lambda _: (("V-1",), {"because": "price"}),
    "documents.quote": lambda _: (("L-1",), {"lines": LINES}),
    "documents.revise": lambda house: ((house.quote,), {"lines": LINES}),
    "documents.accept": lambda house: ((house.quote,), {}),
    "documents.lose": lambda house: ((house.quote,), {"because": "price"}),
    "documents.order": lambda house: ((house.quote,), {}),
    "documents.deliver": lambda house: ((house.order,), {}),
    "documents.invoice": lambda house: ((house.order,), {}),
    "documents.issue_credit_note": lambda house: ((house.invoice,), {"because": "broken"}),
    "documents.cancel": lambda house: ((house.quote,), {"because": "typo"}),
    "documents.record_payment": lambda house: ((house.invoice,), {"amount": eur("5")}),
    "emails.file": lambda _: ((), {"sender": "huber@mueller.example", "recipients": "x@acme.example", "subject": "hello", "uri": "dms:1"}),
    "emails.assign": lambda house: ((house.email, "C-1"), {}),
    "emails.dismiss": lambda house: ((house.email,), {"because": "spam"}),
    "loyalty.book": lambda _: (("G-0",), {"rate": "0.02"}),
    "loyalty.set_rate": lambda _: (("C-1",), {"ratio": "0.03", "since": DAY}),
    "loyalty.redeem": lambda _: (("C-1",), {"amount": eur("1")}),
    "loyalty.open_balance": lambda _: (("C-1",), {"credit": eur("1")}),
    "loyalty.expire": lambda _: (("C-1",), {"points": 1}),
    "loyalty.reset": lambda _: (("C-1",), {}),
    "loyalty.give_back": lambda _: (("C-1",), {"because": "lost"}),
    "notes.write": lambda _: ((C1,), {"text": "x"}),
    "notes.attach": lambda _: ((C1,), {"uri": "dms:1", "title": "x", "kind": "offer"}),
    "notes.record_event": lambda _: (("C-1",), {"kind": "move", "text": "x"}),
    "opportunities.open": lambda _: (("C-1",), {"title": "press", "lines": LINES}),
    "opportunities.move": lambda house: ((house.opportunity,), {"to": "offer"}),
    "opportunities.win": lambda house: ((house.opportunity,), {}),
    "opportunities.lose": lambda house: ((house.opportunity,), {"because": "price"}),
    "opportunities.disqualify": lambda house: ((house.opportunity,), {"because": "none"}),
    "opportunities.supersede": lambda house: ((house.opportunity,), {"by": house.lost}),
    "opportunities.reopen": lambda house: ((house.lost,), {}),
    "parties.convert_lead": lambda _: (("L-1",), {"into": "C-1"}),
    "parties.categorise": lambda _: (("C-1",), {"add": ["fair"]}),
    "parties.deactivate": lambda _: (("C-1",), {"because": "closed"}),
    "parties.reactivate": lambda _: (("E-1",), {}),
    "parties.verify": lambda _: (("C-1",), {}),
    "parties.leave": lambda _: (("C-1",), {"because": "price"}),
    "parties.record_classes": lambda _: (({"C-1": "A"},), {}),
    "parties.hand_over": lambda _: ((), {"from_owner": "anna", "to_owner": "ben"}),
    "parties.carry_out_handovers": lambda _: ((), {}),
    "parties.appoint_deputy": lambda _: (("anna",), {"deputy_id": "ben", "period": Period.month(2026, 2)}),
    "purchases.request": lambda _: (("S-1",), {"lines": LINES}),
    "purchases.order": lambda _: (("S-1",), {"lines": LINES}),
    "purchases.order_requested": lambda house: ((house.request,), {}),
    "tasks.assign": lambda _: (("anna",), {"text": "pack", "due_on": days(1)}),
    "tasks.complete": lambda house: ((house.task,), {}),
    "tasks.cancel": lambda house: ((house.task,), {"because": "late"}),
    "tasks.move": lambda house: ((house.task,), {"due_on": days(5)}),
    "tasks.hand_to": lambda house: ((house.task, "ben"), {}),
    "tasks.follow_up": lambda _: ((C1,), {"on": days(1), "note": "ask"}),
    "tasks.complete_follow_up": lambda house: ((house.follow_up,), {}),
    "tasks.move_follow_up": lambda house: ((house.follow_up,), {"to": days(2)}),
}

READING: dict[str, Callable[[FullHouse], tuple[tuple[Any, ...], dict[str, Any]]]] = {
    "get": lambda _: ((Party, "C-1"), {}),
    "find": lambda _: (("mueller",), {}),
    "timeline": lambda _: (("C-1",), {}),
    "work_queue": lambda _: ((), {}),
    "check": lambda _: ((), {}),
    "export": lambda _: ((), {}),
    "appointments.agenda": lambda _: ((), {"employee_id": "anna"}),
    "appointments.upcoming": lambda _: (("C-1",), {}),
    "campaigns.members": lambda _: (("F-1",), {}),
    "campaigns.audience": lambda _: (("F-1",), {"channel": "email"}),
    "campaigns.cost": lambda _: (("F-1",), {}),
    "campaigns.budget": lambda _: (("M-1",), {}),
    "campaigns.touches": lambda _: (("C-1",), {}),
    "campaigns.first_touch": lambda _: (("C-1",), {}),
    "cases.pending": lambda _: ((), {}),
    "cases.events": lambda house: ((house.case,), {}),
    "consents.consents_of": lambda _: (("C-1",), {}),
    "consents.objections_of": lambda _: (("C-1",), {}),
    "consents.may_contact": lambda _: (("C-1",), {"purpose": "advertising", "channel": "phone"}),
    "consents.audience": lambda _: ((["C-1", "L-1"],), {"channel": "phone"}),
    "contracts.due": lambda _: ((), {"by": Interval(months=12)}),
    "documents.open_items": lambda _: ((), {}),
    "documents.open_lines": lambda house: ((house.order,), {"to": "invoice"}),
    "documents.asks_only_for_quotes": lambda _: (("C-1",), {}),
    "emails.unassigned": lambda _: ((), {}),
    "facts.sales": lambda _: ((), {}),
    "facts.customers": lambda _: ((), {}),
    "facts.contact_plans": lambda _: ((), {}),
    "facts.documents": lambda _: ((), {}),
    "journal.head": lambda _: ((), {}),
    "journal.entries": lambda _: ((), {}),
    "journal.changes_of": lambda _: ((C1,), {}),
    "journal.verify": lambda _: ((), {}),
    "loyalty.balance": lambda _: (("C-1",), {}),
    "loyalty.entries": lambda _: (("C-1",), {}),
    "notes.notes_about": lambda _: ((C1,), {}),
    "notes.attachments_of": lambda _: ((C1,), {}),
    "notes.events_of": lambda _: (("C-1",), {}),
    "opportunities.pending": lambda _: ((), {}),
    "opportunities.stage_moves": lambda house: ((house.lost,), {}),
    "outbox.pending": lambda _: ((), {}),
    "parties.deputies": lambda _: ((), {}),
    "parties.stale": lambda _: ((), {"verified_before": DAY}),
    "parties.excluded": lambda _: ((), {}),
    "parties.completeness": lambda _: (("C-1",), {}),
    "parties.group": lambda _: (("C-1",), {}),
    "parties.by_external_id": lambda _: (("erp", "1"), {}),
    "parties.changed_since": lambda _: ((), {}),
    "parties.value_on": lambda _: (("C-1", "owner_id"), {"on": DAY}),
    "parties.loss_reasons": lambda _: ((), {}),
    "tasks.pending": lambda _: ((), {}),
    "tasks.pending_follow_ups": lambda _: ((), {}),
}

WITHOUT_TRACES = {
    "import_": "its data bring their histories and their journal along",
    "outbox.done": "the host says that it was told; nothing happened to anybody",
}


class Watched:
    """A store that counts the transactions that saved something, each with the kinds of record it saved."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.saved: list[set[type]] = []

    @contextmanager
    def transaction(self, tenant: str, *, write: bool) -> Iterator[Transaction]:
        with self.store.transaction(tenant, write=write) as transaction:
            saved: set[type] = set()
            yield Noting(transaction, saved)
        if saved:
            self.saved.append(saved)

    def close(self) -> None:
        self.store.close()


class Noting:
    def __init__(self, transaction: Transaction, saved: set[type]) -> None:
        self._transaction, self._saved = transaction, saved

    def save(self, entities: Any) -> None:
        self._saved.update(type(entity) for entity in entities)
        self._transaction.save(entities)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transaction, name)


@pytest.fixture
def watched() -> Watched:
    """In memory: that SQLite does the same is shown by the machine of all verbs."""
    return Watched(MemoryStore())


@pytest.fixture
def house(watched: Watched) -> FullHouse:
    clock = Clock()
    crm = a_desk(watched, clock)
    add_parties(crm)
    filled = furnished(crm)
    crm.add(Contract(id="V-2", party_id="C-1", title="due", starts_on=date(2024, 1, 1), term=Interval(months=12)))
    crm.parties.hand_over(from_owner="ben", to_owner="carl", on=DAY + timedelta(days=1))
    clock.forward(24 * 60)
    watched.saved.clear()
    return filled


def test_every_public_verb_is_looked_at() -> None:
    assert verb_names() == sorted([*WRITING, *READING, *WITHOUT_TRACES])


@pytest.mark.parametrize("verb", WRITING)
def test_a_writing_verb_leaves_its_traces_in_its_one_transaction(house: FullHouse, watched: Watched, verb: str) -> None:
    arguments, options = WRITING[verb](house)
    before = _entries(watched)

    public_verbs(house.crm)[verb](*arguments, **options)

    (saved,) = watched.saved
    assert HistoryEntry in saved
    assert JournalEntry in saved
    (entry,) = _entries(watched)[len(before) :]
    assert (entry.verb, entry.actor) == (verb, "anna")
    assert house.crm.check() == ()


@pytest.mark.parametrize("verb", WRITING)
def test_a_writing_verb_happens_once_for_a_key(house: FullHouse, watched: Watched, verb: str) -> None:
    arguments, options = WRITING[verb](house)

    first = public_verbs(house.crm)[verb](*arguments, **options, key="K")
    after = house.crm.export()
    again = public_verbs(house.crm)[verb](*arguments, **options, key="K")

    assert (again, getattr(again, "version", None)) == (first, getattr(first, "version", None))
    assert house.crm.export() == after
    assert len(watched.saved) == 1
    with pytest.raises(KeyReusedError):
        house.crm.notes.write(C1, text="something else", key="K")


@pytest.mark.parametrize("verb", READING)
def test_a_reading_verb_writes_nothing(house: FullHouse, watched: Watched, verb: str) -> None:
    arguments, options = READING[verb](house)
    before = house.crm.export()

    public_verbs(house.crm)[verb](*arguments, **options)

    assert watched.saved == []
    assert house.crm.export() == before


def _entries(store: Any) -> list[JournalEntry]:
    with store.transaction("acme", write=False) as transaction:
        return list(transaction.find(Query(JournalEntry)))
