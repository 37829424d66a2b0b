"""One row of the table of sales for each line of a document: what `sales_from` and every store make it of."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any

from crmkit._checks import refused
from crmkit.money import minor_digits, rounded

if TYPE_CHECKING:
    from crmkit.entities import Document, Line

DECIMALS = 3
FINE_DECIMALS = 6
_EXACT = Context(prec=60)


def sales_rows(document: Document) -> list[dict[str, Any]]:
    """
    Make the rows of an invoice or a credit note; of other documents, pro-forma and cancelled ones none.

    Raises:
        InvalidValueError: For an amount with more than 3 decimals (some currencies have 4) or a quantity with more than 6.
    """
    if not document.is_posted:
        return []
    sign = -1 if document.kind == "credit_note" else 1
    digits, mode = minor_digits(document.currency), document.rounding.mode
    is_reversal = document.kind == "credit_note" or document.subtype == "cancellation"
    rows: list[dict[str, Any]] = []
    for line, amount, cost in zip(document.lines, document.line_amounts(), document.line_costs(), strict=True):
        net = amount.amount
        rows.append(
            {
                "customer_id": document.party_id,
                "issued_on": document.issued_on,
                "document_id": document.id,
                "document_kind": document.kind,
                "document_subtype": "down_payment" if line.deducts_id else document.subtype,
                "reverses_document_id": document.predecessor_id if is_reversal else None,
                "item_id": line.item_id,
                "item_group": line.item_group,
                "salesperson_id": document.salesperson_id,
                "unit": line.unit,
                "currency": document.currency,
                "revenue": sign * net,
                "discount": sign * (rounded(line.list_amount(), digits, rounding=mode) - net),
                "cost": None if cost is None else sign * cost.amount,
                "quantity": sign * _fine_quantity(line),
                "unit_price": rounded(_EXACT.divide(line.unit_price, line.price_unit), FINE_DECIMALS),
            }
        )
    if digits > DECIMALS:
        for row in rows:
            for name in ("revenue", "discount", "cost"):
                fitting(document, row[name] or Decimal(0))
    return rows


def fitting(document: Document, amount: Decimal) -> Decimal:
    """Accept what a table of amounts can hold."""
    if minor_digits(document.currency) > DECIMALS and amount != rounded(amount, DECIMALS):
        what = f"{document.kind} {document.id} over {amount} {document.currency}"
        raise refused("documents", what, f"amounts with at most {DECIMALS} decimals, which is what tables hold")
    return amount


def _fine_quantity(line: Line) -> Decimal:
    if line.quantity != rounded(line.quantity, FINE_DECIMALS):
        raise refused("quantity", line.quantity, f"at most {FINE_DECIMALS} decimals, which is what tables hold")
    return line.quantity
