"""What the contract of stores is tested with: small records, and how to keep and find them."""
# ruff: noqa: ANN401  the fields of any entity

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from crmkit.entities import ContactPlan, Document, HistoryEntry, Interaction, Line, Party, Recall, Ref
from crmkit.records import Stored
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmkit.conditions import Condition, Scalar
    from crmkit.store import Store

E = TypeVar("E", bound=Stored)

TENANT = "acme"
OTHER_TENANT = "zenith"
DAY = date(2026, 2, 1)
MOMENT = datetime(2026, 2, 1, 8, 30, tzinfo=UTC)


def a_party(id: str = "P-1", **fields: Any) -> Party:
    """Make a party."""
    return Party(**{"id": id, "name": "Müller GmbH", "created_on": DAY, **fields})


def a_plan(party_id: str = "P-1", **fields: Any) -> ContactPlan:
    """Make a contact plan."""
    return ContactPlan(party_id=party_id, **fields)


def a_recall(id: str = "R-1", **fields: Any) -> Recall:
    """Make a recall."""
    return Recall(**{"id": id, "party_id": "P-1", "due_on": DAY, **fields})


def a_document(id: str = "D-1", **fields: Any) -> Document:
    """Make an invoice of one line."""
    line = Line(item_id="I-1", quantity="3", unit_price="19.90", unit_cost="12", item_group="tools")
    return Document(**{"id": id, "kind": "invoice", "party_id": "P-1", "issued_on": DAY, "lines": [line], **fields})


def an_interaction(id: str = "A-1", **fields: Any) -> Interaction:
    """Make an interaction."""
    return Interaction(**{"id": id, "party_id": "P-1", "happened_at": MOMENT, "kind": "phone", **fields})


def an_entry(id: str = "H-1", **fields: Any) -> HistoryEntry:
    """Make a history entry."""
    given = {
        "id": id,
        "party_id": "P-1",
        "happened_at": MOMENT,
        "recorded_at": MOMENT,
        "actor": "anna",
        "verb": "add",
        "about": Ref("party", "P-1"),
    }
    return HistoryEntry(**{**given, **fields})


def keep(store: Store, *entities: Stored, tenant: str = TENANT) -> None:
    """Save records in a transaction of their own."""
    with store.transaction(tenant, write=True) as transaction:
        transaction.save(entities)


def stored(store: Store, kind: type[E], id: str, *, tenant: str = TENANT) -> E | None:
    """Read one in a transaction of its own."""
    with store.transaction(tenant, write=False) as transaction:
        return transaction.get(kind, id)


def found(
    store: Store,
    kind: type[Stored],
    *where: Condition,
    order_by: Sequence[str] = (),
    after: tuple[Scalar, ...] | None = None,
    limit: int | None = None,
    tenant: str = TENANT,
) -> list[str]:
    """Find the ids of records in a transaction of its own."""
    with store.transaction(tenant, write=False) as transaction:
        return [entity.id for entity in transaction.find(Query(kind, where, order_by=tuple(order_by), after=after, limit=limit))]
