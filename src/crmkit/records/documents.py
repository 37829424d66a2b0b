"""Documents, payments, and the counters of document numbers."""

from __future__ import annotations

from typing import Any

import attrs

from crmkit.entities import Document, Payment
from crmkit.records.declarations import PARTY, Field, RecordKind


@attrs.frozen(kw_only=True)
class NumberCounter:
    """
    How far the numbers of one series have been counted.

    Attributes:
        id: Kind of document, or pro-forma, and what its numbers have in common.
        count: The last count given.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    count: int
    version: int = attrs.field(default=0, eq=False)


@attrs.frozen(kw_only=True)
class DocumentLink:
    """
    That a document came from a further one beside its predecessor; kept beside a collective invoice.

    Attributes:
        id: Document and predecessor.
        document_id: The document.
        predecessor_id: From what else it came.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    document_id: str
    predecessor_id: str
    version: int = attrs.field(default=0, eq=False)


@attrs.frozen(kw_only=True)
class DocumentNumber:
    """
    A number that a document has; kept beside it, so that no store holds it a second time for a document of the series.

    Attributes:
        id: Series and number.
        document_id: The document that has it.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    document_id: str
    version: int = attrs.field(default=0, eq=False)


DOCUMENTS: tuple[RecordKind[Any], ...] = (
    RecordKind(
        name="document",
        entity=Document,
        fields=(
            PARTY,
            Field(name="kind"),
            Field(name="issued_on", type="day"),
            Field(name="predecessor_id"),
            Field(name="state"),
        ),
        indexes=(("party_id", "issued_on"), ("issued_on",), ("predecessor_id",), ("kind", "state", "issued_on")),
    ),
    RecordKind(
        name="payment",
        entity=Payment,
        fields=(Field(name="document_id", refers_to="document"), PARTY, Field(name="paid_on", type="day")),
        indexes=(("document_id",), ("party_id", "paid_on")),
    ),
    RecordKind(
        name="document_link",
        entity=DocumentLink,
        fields=(Field(name="document_id", refers_to="document"), Field(name="predecessor_id")),
        indexes=(("document_id",), ("predecessor_id",)),
    ),
    RecordKind(
        name="document_number",
        entity=DocumentNumber,
        fields=(Field(name="document_id", refers_to="document"),),
        indexes=(("document_id",),),
    ),
    RecordKind(name="number_counter", entity=NumberCounter),
)
