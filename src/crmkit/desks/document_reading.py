"""Reading documents: what is open, and whether a party only asks for quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_choice, check_int, refused
from crmkit.conditions import Condition
from crmkit.desks.document_chains import allowed_successors, chain_below, open_quantities, remaining_lines
from crmkit.desks.document_moves import is_quote_only
from crmkit.desks.party_lists import party_read
from crmkit.desks.reach import within_reach
from crmkit.desks.workplace import find_each
from crmkit.entities import Document, DocumentState, Party, Payment, open_items
from crmkit.errors import NotStoredError
from crmkit.records import DocumentLink
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from crmkit.desks.workplace import Workplace
    from crmkit.entities import DocumentKind, Line, OpenItem
    from crmkit.store import Transaction

POSTED = Condition("kind", "one_of", ("invoice", "credit_note"))


def found_open_items(transaction: Transaction, party_ids: Iterable[str] | None, *, as_of: date) -> tuple[OpenItem, ...]:
    """List what some parties have to pay, or all of them, in two queries."""
    if party_ids is None:
        documents, payments = transaction.find(Query(Document, [POSTED])), transaction.find(Query(Payment))
    else:
        wanted = tuple(party_ids)
        documents = find_each(transaction, Document, "party_id", wanted, POSTED)
        payments = find_each(transaction, Payment, "party_id", wanted)
    return open_items(documents, payments, as_of=as_of)


def open_items_within_reach(workplace: Workplace, party_id: str | None, *, as_of: date, verb: str) -> tuple[OpenItem, ...]:
    """
    List the open items of one party, or of all those that the reader's rights reach.

    Raises:
        NotPermittedError: When the rights do not list the verb, or do not reach the party.
        NotStoredError: When there is no such party.
    """
    owners = workplace.scope.owners_reached(verb)
    with workplace.reading() as transaction:
        if party_id is not None:
            return found_open_items(transaction, [party_read(workplace, transaction, verb, party_id).id], as_of=as_of)
        items = found_open_items(transaction, None, as_of=as_of)
        if owners is None:
            return items
        owner_of = {party.id: party.owner_id for party in find_each(transaction, Party, "id", (item.party_id for item in items))}
        return tuple(item for item in items if owner_of.get(item.party_id) in owners)


def found_quotes(workplace: Workplace, *, state: DocumentState | None, party_id: str | None, limit: int, verb: str) -> tuple[Document, ...]:
    """List quotes within reach, the newest first."""
    where = [Condition("kind", "equal", "quote")]
    if state is not None:
        where.append(Condition("state", "equal", check_choice("state", state, DocumentState)))
    with workplace.reading() as transaction:
        if party_id is not None:
            where.append(Condition("party_id", "equal", party_read(workplace, transaction, verb, party_id).id))
        found = transaction.find(Query(Document, where, order_by="-issued_on", limit=check_int("limit", limit, at_least=1)))
        return within_reach(workplace, transaction, verb, found)


def found_quote_only(transaction: Transaction, party_ids: Iterable[str]) -> frozenset[str]:
    """Name the parties that ask for quotes and never order, in one query."""
    by_party: dict[str, list[Document]] = {}
    for document in find_each(transaction, Document, "party_id", party_ids):
        by_party.setdefault(document.party_id, []).append(document)
    return frozenset(party_id for party_id, documents in by_party.items() if is_quote_only(documents))


def asks_only_for_quotes(workplace: Workplace, party_id: str, *, verb: str) -> bool:
    """Tell whether one party does."""
    with workplace.reading() as transaction:
        party = party_read(workplace, transaction, verb, party_id)
        return party.id in found_quote_only(transaction, [party.id])


def lines_still_open(workplace: Workplace, id: str, to: DocumentKind, *, verb: str) -> tuple[Line, ...]:
    """List the lines of a document as far as they are not used up."""
    with workplace.reading() as transaction:
        document = transaction.get(Document, id)
        if document is None:
            raise NotStoredError("document", id)
        workplace.check_read(transaction, verb, document)
        if to not in allowed_successors(document):
            expected = ", ".join(allowed_successors(document)) or "none: nothing is made of it"
            raise refused("to", to, f"what can be made of a {document.kind}: {expected}")

        def successors(ids: Sequence[str]) -> Sequence[Document]:
            direct = find_each(transaction, Document, "predecessor_id", ids)
            links = find_each(transaction, DocumentLink, "predecessor_id", ids)
            known = {document.id for document in direct}
            return [*direct, *find_each(transaction, Document, "id", (link.document_id for link in links if link.document_id not in known))]

        ordered = transaction.get(Document, document.predecessor_id) if document.predecessor_id is not None else None
        ordered = ordered if ordered is not None and (document.kind, ordered.kind) == ("delivery_note", "order") else None
        chain = chain_below([document] if ordered is None else [ordered, document], successors)
    if document.state not in ("open", "accepted"):
        return ()
    left = remaining_lines(document, open_quantities(document, to, chain, ordered=ordered))
    return tuple(attrs.evolve(line, predecessor_line=None) for line in left)
