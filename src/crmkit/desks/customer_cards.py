"""The card of a customer: the figures of `crmkit.history` over what is stored, and all that is open with the party."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import attrs

from crmkit._checks import check_currency, check_kind
from crmkit.conditions import Condition
from crmkit.desks.document_chains import chain_of, open_quantities
from crmkit.desks.document_moves import is_quote_only
from crmkit.desks.groups import members_of
from crmkit.desks.party_lists import party_read
from crmkit.desks.workplace import Workplace, find_each
from crmkit.entities import (
    Appointment,
    Case,
    ContactPlan,
    Contract,
    Document,
    FollowUp,
    Interaction,
    LoyaltyBalance,
    LoyaltyCard,
    LoyaltyEntry,
    Opportunity,
    Party,
    Payment,
    Recall,
    Task,
    open_items,
)
from crmkit.money import total

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmkit.history import CustomerCard, OpenCommitment
    from crmkit.store import Transaction


_OPEN = Condition("state", "equal", "open")


def card_of(workplace: Workplace, party_id: str, *, as_of: date | None, group: bool, currency: str | None) -> CustomerCard:
    """Read everything about a party, and about those that belong to it, one query for each kind."""
    day = workplace.day(as_of)
    check_kind("group", group, bool)
    if currency is not None:
        check_currency("currency", currency)
    with workplace.reading() as transaction:
        party = party_read(workplace, transaction, "customer_card", party_id)
        members = _members(workplace, transaction, party) if group else ()
        ids = (party.id, *(member.id for member in members))
        documents = find_each(transaction, Document, "party_id", ids)
        card = _with_figures(party, documents, as_of=day, currency=currency, usual=workplace.settings.currency)
        return attrs.evolve(
            card,
            party=party,
            members=members,
            **_contacts(transaction, ids),
            **_planned(transaction, ids),
            **_money(transaction, ids, documents, as_of=day, currency=card.currency or workplace.settings.currency),
            **_agreed(transaction, ids, day),
            loyalty=_loyalty(transaction, party),
        )


def _members(workplace: Workplace, transaction: Transaction, party: Party) -> tuple[Party, ...]:
    owners = workplace.scope.owners_reached("customer_card")
    return tuple(one for one in members_of(transaction, party.id) if owners is None or one.owner_id in owners)


def _with_figures(party: Party, documents: Iterable[Document], *, as_of: date, currency: str | None, usual: str) -> CustomerCard:
    """Let `crmkit.history` compute them, so that a figure has one definition; sales of a group are those of its head."""
    from crmkit.facts import sales_from  # noqa: PLC0415  # it loads Narwhals
    from crmkit.history import customer_card  # noqa: PLC0415  # likewise

    posted = sorted((one for one in documents if one.is_posted and one.issued_on <= as_of), key=lambda one: one.issued_on)
    known = {document.currency: None for document in reversed(posted)}
    chosen = currency or (usual if usual in known else next(iter(known), usual))
    sales = sales_from(attrs.evolve(document, party_id=party.id) for document in posted if document.currency == chosen)
    card = customer_card(sales, customer_id=party.id, as_of=as_of)
    return attrs.evolve(card, currency=chosen, other_currencies=tuple(sorted(known.keys() - {chosen})))


def _contacts(transaction: Transaction, ids: Sequence[str]) -> dict[str, Any]:
    plans = find_each(transaction, ContactPlan, "id", ids)
    return {
        "last_contact_on": max((plan.last_contact_on for plan in plans if plan.last_contact_on), default=None),
        "next_contact_on": min((plan.next_contact_on for plan in plans if plan.next_contact_on), default=None),
        "contact_count": sum(plan.contact_count for plan in plans),
    }


def _planned(transaction: Transaction, ids: Sequence[str]) -> dict[str, Any]:
    """What is to be done, the earliest first."""
    promised = find_each(transaction, Interaction, "party_id", ids, Condition("commitment_due_on", "at_most", date.max))
    planned = find_each(transaction, Appointment, "party_id", ids, Condition("state", "equal", "planned"))
    pending = find_each(transaction, Case, "party_id", ids, Condition("pending_since", "missing", value=False))
    return {
        "open_recalls": _by_day(find_each(transaction, Recall, "party_id", ids, _OPEN)),
        "open_tasks": _by_day(find_each(transaction, Task, "party_id", ids, _OPEN)),
        "open_follow_ups": _by_day(find_each(transaction, FollowUp, "party_id", ids, _OPEN)),
        "planned_appointments": tuple(sorted(planned, key=lambda one: (one.start_at, one.id))),
        "open_commitments": _commitments(promised),
        "open_cases": tuple(sorted(pending, key=lambda one: (one.opened_at, one.id))),
    }


def _by_day(records: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(records, key=lambda one: (one.due_on, one.id)))


def _commitments(interactions: Iterable[Interaction]) -> tuple[OpenCommitment, ...]:
    from crmkit.history import OpenCommitment  # noqa: PLC0415  # it loads Narwhals

    found = [
        OpenCommitment(
            interaction_id=one.id,
            party_id=one.party_id,
            text=promise.text,
            due_on=promise.due_on,
            employee_id=one.employee_id,
            person_id=one.person_id,
        )
        for one in interactions
        for promise in one.open_commitments
    ]
    return tuple(sorted(found, key=lambda one: (one.due_on or date.max, one.interaction_id)))


def _money(transaction: Transaction, ids: Sequence[str], documents: Sequence[Document], *, as_of: date, currency: str) -> dict[str, Any]:
    """Open documents and open items, out of the documents that are read already."""
    items = open_items(documents, find_each(transaction, Payment, "party_id", ids), as_of=as_of)
    owed = [item for item in items if item.amount.currency == currency]
    return {
        **_open_documents(documents),
        "open_items": items,
        "open_amount": total((item.amount for item in owed), currency=currency),
        "overdue_amount": total((item.amount for item in owed if item.overdue_days), currency=currency),
        "quote_only": is_quote_only(documents),
    }


def _open_documents(documents: Sequence[Document]) -> dict[str, Any]:
    """Quotes that nobody decided, and orders and delivery notes that are not wholly invoiced, the oldest first."""
    chain, by_id = chain_of(documents), {document.id: document for document in documents}

    def is_open(document: Document) -> bool:
        if document.kind == "quote" or document.state not in ("open", "accepted"):
            return document.state == "open"
        before = by_id.get(document.predecessor_id or "")
        ordered = before if before is not None and (document.kind, before.kind) == ("delivery_note", "order") else None
        return any(open_quantities(document, "invoice", chain, ordered=ordered))

    kinds = {"open_quotes": "quote", "open_orders": "order", "open_deliveries": "delivery_note"}
    in_order = sorted(documents, key=lambda one: (one.issued_on, one.id))
    return {name: tuple(one for one in in_order if one.kind == kind and is_open(one)) for name, kind in kinds.items()}


def _agreed(transaction: Transaction, ids: Sequence[str], as_of: date) -> dict[str, Any]:
    contracts = find_each(transaction, Contract, "party_id", ids)
    opportunities = find_each(transaction, Opportunity, "party_id", ids, _OPEN)
    return {
        "contracts": tuple(
            sorted(
                (one for one in contracts if one.runs_on(max(as_of, one.starts_on))),
                key=lambda one: (one.due_on or date.max, one.id),
            )
        ),
        "open_opportunities": tuple(sorted(opportunities, key=lambda one: (one.expected_on or date.max, one.id))),
    }


def _loyalty(transaction: Transaction, party: Party) -> LoyaltyBalance | None:
    """The balance of the party's own card: what a group saves is not shared."""
    cards = find_each(transaction, LoyaltyCard, "party_id", [party.id])
    if not cards:
        return None
    return LoyaltyBalance.of(find_each(transaction, LoyaltyEntry, "party_id", [party.id]), currency=cards[0].currency)
