"""What must hold over all records of a tenant, whatever was done to them: each rule is one function that names what breaks it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar, cast

import attrs

from crmkit.desks.activity_invariants import ACTIVITY_RULES
from crmkit.desks.journal_invariants import JOURNAL_RULES, told_by
from crmkit.desks.party_invariants import PARTY_RULES
from crmkit.desks.record_invariants import RECORD_RULES
from crmkit.desks.sales_invariants import SALES_RULES
from crmkit.desks.terms import search_terms
from crmkit.entities import ContactPlan, Document, HistoryEntry, Party, Ref
from crmkit.entities.stored_form import text_of
from crmkit.errors import NotPermittedError, Problem
from crmkit.records import KINDS, JournalChange, JournalEntry, JournalHead, OutboxEvent, SearchTerm, Stored, UsedKey
from crmkit.scheduling import next_contact_on
from crmkit.settings import Settings
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmkit.desks.workplace import Workplace
    from crmkit.store import Transaction

E = TypeVar("E", bound=Stored)

_LOGS = (HistoryEntry, JournalEntry, JournalChange, JournalHead, OutboxEvent, SearchTerm, UsedKey)


@attrs.frozen
class Everything:
    """
    All records of a tenant.

    Attributes:
        by_class: The records of each class.
        settings: How the desk works.
    """

    by_class: Mapping[type, Sequence[Stored]]
    settings: Settings

    def of(self, kind: type[E]) -> Sequence[E]:
        """The records of one class."""
        return cast("Sequence[E]", self.by_class[kind])

    def by_id(self, kind: type[E]) -> Mapping[str, E]:
        """The records of one class, by id."""
        return {record.id: record for record in self.of(kind)}


def broken_rules(workplace: Workplace) -> tuple[Problem, ...]:
    """Read everything and list whatever does not hold."""
    if workplace.scope.owners_reached("check") is not None:
        raise NotPermittedError(workplace.scope.actor, "check", beyond_reach=True)
    with workplace.reading() as transaction:
        everything = Everything({kind.entity: transaction.find(Query(kind.entity)) for kind in KINDS.values()}, workplace.settings)
        altered = list(_altered_copies(transaction, everything))
    found = [(rule.__name__.strip("_"), broken) for rule in RULES for broken in rule(everything)]
    found += [("copies_are_what_their_records_say", broken) for broken in altered]
    return tuple(Problem(rule, None, None, None, f"{record}: {message}") for rule, (record, message) in found)


def _altered_copies(transaction: Transaction, everything: Everything) -> Iterator[tuple[str, str]]:
    """Ask the store whether what it keeps a second time, to search by, is still the same."""
    for name, kind in KINDS.items():
        for id, place in transaction.altered_copies(kind.entity, everything.by_class[kind.entity]):
            yield f"{name} {id}", f"{place} is not what the record says"


def _each_party_has_a_contact_plan(everything: Everything) -> Iterator[tuple[str, str]]:
    plans = everything.by_id(ContactPlan)
    for party in everything.of(Party):
        if party.id not in plans:
            yield f"party {party.id}", "has none"


def _the_next_contact_is_up_to_date(everything: Everything) -> Iterator[tuple[str, str]]:
    parties = everything.by_id(Party)
    for plan in everything.of(ContactPlan):
        if plan.id not in parties:
            continue
        expected = next_contact_on(plan, policy=everything.settings.policy, party=parties[plan.id])
        if plan.next_contact_on != expected:
            yield f"plan of {plan.id}", f"is next on {plan.next_contact_on}, expected {expected}"


def _parties_are_found_by_the_words_of_their_names(everything: Everything) -> Iterator[tuple[str, str]]:
    kept: dict[str, set[str]] = defaultdict(set)
    for term in everything.of(SearchTerm):
        kept[term.party_id].add(term.id)
    for party in everything.of(Party):
        if kept[party.id] != {term.id for term in search_terms(party)}:
            yield f"party {party.id}", "has other search terms"


def _whoever_has_a_sales_document_is_a_customer(everything: Everything) -> Iterator[tuple[str, str]]:
    buyers = {document.party_id for document in everything.of(Document) if document.kind in _SALES_KINDS}
    for party in everything.of(Party):
        if party.id in buyers and "customer" not in party.roles:
            yield f"party {party.id}", "has documents and is no customer"


_SALES_KINDS = ("quote", "order", "delivery_note", "invoice", "credit_note")


def _a_document_and_its_predecessor_are_in_one_currency(everything: Everything) -> Iterator[tuple[str, str]]:
    documents = everything.by_id(Document)
    for document in documents.values():
        for before in (documents[id] for id in document.predecessor_ids if id in documents):
            if before.currency != document.currency:
                yield f"document {document.id}", f"is in {document.currency}, its predecessor in {before.currency}"


def _no_party_belongs_to_itself(everything: Everything) -> Iterator[tuple[str, str]]:
    parents = {party.id: party.parent_id for party in everything.of(Party)}
    for id, parent_id in parents.items():
        above, seen = parent_id, {id}
        while above is not None and above not in seen:
            seen.add(above)
            above = parents.get(above)
        if above == id:
            yield f"party {id}", "is above itself"


def _records_refer_to_what_exists(everything: Everything) -> Iterator[tuple[str, str]]:
    known = {name: everything.by_id(kind.entity).keys() for name, kind in KINDS.items()}
    for name, kind in KINDS.items():
        fields = [(field.name, field.refers_to) for field in kind.fields if field.refers_to is not None]
        if kind.id_refers_to is not None:
            fields.append(("id", kind.id_refers_to))
        for record in everything.by_class[kind.entity] if fields else ():
            for field, target in fields:
                value = getattr(record, field)
                if value is not None and value not in known[target]:
                    yield f"{name} {record.id}", f"refers to {target} {value}, which is not there"


def _history_is_about_records_that_exist(everything: Everything) -> Iterator[tuple[str, str]]:
    known = {(name, record.id) for name, kind in KINDS.items() for record in everything.by_class[kind.entity]}
    for entry in everything.of(HistoryEntry):
        if (entry.about.kind, entry.about.id) not in known:
            yield f"entry {entry.id}", f"is about {entry.about.kind} {entry.about.id}, which is not there"


def _every_record_has_a_history(everything: Everything) -> Iterator[tuple[str, str]]:
    told = {(entry.about.kind, entry.about.id) for entry in everything.of(HistoryEntry)}
    for name in ("party", "document", "interaction", "recall"):
        for record in everything.by_class[KINDS[name].entity]:
            if (name, record.id) not in told:
                yield f"{name} {record.id}", "has no history entry"


def _records_are_as_the_journal_left_them(everything: Everything) -> Iterator[tuple[str, str]]:
    last = {change.subject: change.after for change in sorted(everything.of(JournalChange), key=lambda change: _place(change.id))}
    for name, kind in KINDS.items():
        if kind.entity in _LOGS:
            continue
        for record in everything.by_class[kind.entity]:
            subject = Ref(name, record.id).key
            if subject in last and last[subject] != text_of(record) and told_by(last[subject]) != told_by(text_of(record)):
                yield subject, "was changed past the desk"


def _place(id: str) -> tuple[str, int, str]:
    """Sort by the entry and the number of the change, which has no leading zeros."""
    number, _, place = id.partition(".")
    return number, len(place), place


RULES: tuple[Callable[[Everything], Iterator[tuple[str, str]]], ...] = (
    *ACTIVITY_RULES,
    _each_party_has_a_contact_plan,
    _the_next_contact_is_up_to_date,
    _parties_are_found_by_the_words_of_their_names,
    _whoever_has_a_sales_document_is_a_customer,
    _a_document_and_its_predecessor_are_in_one_currency,
    _no_party_belongs_to_itself,
    _records_refer_to_what_exists,
    _history_is_about_records_that_exist,
    _every_record_has_a_history,
    _records_are_as_the_journal_left_them,
    *SALES_RULES,
    *PARTY_RULES,
    *RECORD_RULES,
    *JOURNAL_RULES,
)
