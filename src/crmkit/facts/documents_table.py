"""The table of documents: one row each, from quote to credit note."""

from __future__ import annotations

from crmkit._frames import Asked, F, opened
from crmkit.facts.columns import DOCUMENTS
from crmkit.facts.naming import standard

__all__ = ["documents"]


def documents(  # every standard name is a keyword of its own, so that editors complete it
    frame: F,
    *,
    document_id: str = "document_id",
    document_kind: str = "document_kind",
    customer_id: str = "customer_id",
    issued_on: str = "issued_on",
    amount: str = "amount",
    currency: str = "currency",
    state: str = "state",
    document_subtype: str = "document_subtype",
    predecessor_id: str = "predecessor_id",
    salesperson_id: str = "salesperson_id",
    decided_on: str = "decided_on",
) -> F:
    """
    Bring your table of documents into the standard one.

    Each argument names your column for a standard one; a column that already has its standard name need not be named. All other
    columns travel along.

    >>> import polars as pl
    >>> from datetime import date
    >>> rows = pl.DataFrame({"Beleg": ["A-1"], "Art": ["quote"], "Kunde": ["C-1"], "Datum": [date(2026, 1, 31)]})
    >>> documents(rows, document_id="Beleg", document_kind="Art", customer_id="Kunde", issued_on="Datum").columns
    ['document_id', 'document_kind', 'customer_id', 'issued_on']

    Args:
        frame: One row per document; of the revisions of a quote only the latest.
        document_id: Column with its id.
        document_kind: Column (String) with "quote", "order", "delivery_note", "invoice" or "credit_note".
        customer_id: Column with the party.
        issued_on: Column (Date, or datetime without zone) with its date.
        amount: Column (amount) with its net; negative for a credit note.
        currency: Column (String) with the ISO 4217 code.
        state: Column (String) with "open", "accepted", "lost" or "cancelled".
        document_subtype: Column (String) with "normal", "down_payment", "final", "pro_forma", "cancellation", "bonus" or
            "cash_discount".
        predecessor_id: Column with the document it came from.
        salesperson_id: Column with who sold it.
        decided_on: Column (Date) with the day on which it was accepted, lost or cancelled.

    Returns:
        The same rows in the same kind of frame, standard columns first.

    Raises:
        MissingColumnError: For a name that is no column of the frame, and for a frame without id, kind, party or date.
        InvalidValueError: For columns of another type.
    """
    names = {
        "document_id": document_id,
        "document_kind": document_kind,
        "customer_id": customer_id,
        "issued_on": issued_on,
        "amount": amount,
        "currency": currency,
        "state": state,
        "document_subtype": document_subtype,
        "predecessor_id": predecessor_id,
        "salesperson_id": salesperson_id,
        "decided_on": decided_on,
    }
    (given,) = opened(Asked(frame, "documents"))
    required = ("document_id", "document_kind", "customer_id", "issued_on")
    return given.back(standard(given.frame, "documents", DOCUMENTS, names, required=required))
