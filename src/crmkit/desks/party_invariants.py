"""What must hold over merged parties, cases and loyalty cards."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from crmkit.desks.companions import stored_match_keys
from crmkit.desks.merging import STAYING
from crmkit.entities import Case, CaseEvent, ContactPlan, LoyaltyBalance, LoyaltyCard, LoyaltyEntry, Party
from crmkit.records import KINDS, MatchKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmkit.desks.invariants import Everything


def _nothing_belongs_to_a_merged_party(everything: Everything) -> Iterator[tuple[str, str]]:
    merged = {party.id: party.merged_into for party in everything.of(Party) if party.merged_into is not None}
    known = everything.by_id(Party)
    for id, target in merged.items():
        if target not in known:
            yield f"party {id}", f"was merged into {target}, which is not there"
    for name, kind in KINDS.items():
        fields = [field.name for field in kind.fields if field.refers_to == "party"]
        if kind.entity in STAYING or not (merged and fields):
            continue
        for record in everything.by_class[kind.entity]:
            for field in fields:
                if getattr(record, field) in merged:
                    yield f"{name} {record.id}", f"belongs to {getattr(record, field)}, which is {merged[getattr(record, field)]} now"


def _each_party_has_one_active_card_at_most(everything: Everything) -> Iterator[tuple[str, str]]:
    holders: dict[str, str] = {}
    for card in everything.of(LoyaltyCard):
        if card.active and holders.setdefault(card.party_id, card.id) != card.id:
            yield f"card {card.id}", f"is active beside {holders[card.party_id]} of {card.party_id}"


def _what_came_back_is_taken_back_at_the_rate_of_its_invoice(everything: Everything) -> Iterator[tuple[str, str]]:
    booked: dict[str, list[LoyaltyEntry]] = defaultdict(list)
    for entry in everything.of(LoyaltyEntry):
        if entry.invoice_id is not None:
            booked[entry.invoice_id].append(entry)
    for invoice_id, entries in booked.items():
        first = next((entry for entry in entries if entry.kind == "invoice"), None)
        if first is None or first.rate is None:
            yield f"invoice {invoice_id}", "was taken back from and never credited"
            continue
        sums = LoyaltyBalance.of(entries, currency=first.credit.currency)
        returned = first.revenue - sums.revenue
        if sums.credit != first.credit - returned.times(first.rate):
            yield f"invoice {invoice_id}", f"left a credit of {sums.credit} for {sums.revenue}"


def _a_case_is_in_the_state_of_its_last_move(everything: Everything) -> Iterator[tuple[str, str]]:
    last: dict[str, CaseEvent] = {}
    for event in sorted(everything.of(CaseEvent), key=lambda event: (event.happened_at, event.id)):
        last[event.case_id] = event
    for case in everything.of(Case):
        if case.id not in last:
            yield f"case {case.id}", "has no moves"
        elif last[case.id].state != case.state:
            yield f"case {case.id}", f"is {case.state}, its last move was to {last[case.id].state}"


def _a_merged_party_is_never_due(everything: Everything) -> Iterator[tuple[str, str]]:
    plans = everything.by_id(ContactPlan)
    for party in everything.of(Party):
        if party.merged_into is not None and party.id in plans and plans[party.id].next_contact_on is not None:
            yield f"party {party.id}", "is merged and still to be contacted"


def _parties_are_brought_together_by_their_marks(everything: Everything) -> Iterator[tuple[str, str]]:
    kept: dict[str, set[str]] = defaultdict(set)
    for mark in everything.of(MatchKey):
        kept[mark.party_id].add(mark.key)
    for party in everything.of(Party):
        if kept[party.id] != {mark.key for mark in stored_match_keys(party)}:
            yield f"party {party.id}", "has other marks by which duplicates are found"


PARTY_RULES: tuple[Callable[[Everything], Iterator[tuple[str, str]]], ...] = (
    _nothing_belongs_to_a_merged_party,
    _a_merged_party_is_never_due,
    _each_party_has_one_active_card_at_most,
    _what_came_back_is_taken_back_at_the_rate_of_its_invoice,
    _a_case_is_in_the_state_of_its_last_move,
    _parties_are_brought_together_by_their_marks,
)
