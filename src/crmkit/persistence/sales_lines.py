"""The lines of a document as rows of the table of sales: computed, and checked, when the document is saved."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crmkit._checks import refused

if TYPE_CHECKING:
    from crmkit.entities import Document

AMOUNTS = ("revenue", "discount", "cost")
FINE_NUMBERS = ("quantity", "unit_price")
SOLD = ("invoice", "credit_note")

_DIGITS = 28
_DECIMALS = {**dict.fromkeys(AMOUNTS, 3), **dict.fromkeys(FINE_NUMBERS, 6)}
_LARGEST = {name: Decimal(10) ** (_DIGITS - decimals) for name, decimals in _DECIMALS.items()}


def sales_lines(document: Document) -> list[dict[str, Any]]:
    """
    Make a row of each line of an invoice or a credit note; of other documents, pro-forma and cancelled ones none.

    Raises:
        InvalidValueError: For what the table of sales cannot hold.
    """
    from crmkit.facts.sales_rows import sales_rows  # noqa: PLC0415  # the one definition of these rows; it loads Narwhals

    rows = sales_rows(document)
    for row in rows:
        for name, largest in _LARGEST.items():
            if row[name] is not None and row[name].copy_abs() >= largest:
                raise refused(name, row[name], f"a number below {largest:.0e}, which is what tables hold")
    return rows
