"""The lines of a document as rows of the table of sales: computed, and checked, when the document is saved."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crmkit._checks import check_text, refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit.entities import Document

TEXTS = (
    "customer_id",
    "document_id",
    "document_kind",
    "document_subtype",
    "reverses_document_id",
    "item_id",
    "item_group",
    "salesperson_id",
    "unit",
    "currency",
)
AMOUNTS = ("revenue", "discount", "cost")
FINE_NUMBERS = ("quantity", "unit_price")
COLUMNS = ("issued_on", *TEXTS, *AMOUNTS, *FINE_NUMBERS)
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
    if not document.is_posted:
        return []
    from crmkit.facts.from_entities import _append  # noqa: PLC0415  # the one definition of these rows; it loads Narwhals

    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    _append(columns, document)
    rows = [dict(zip(COLUMNS, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    for row in rows:
        _check(row)
    return rows


def _check(row: Mapping[str, Any]) -> None:
    for name in TEXTS:
        if row[name] is not None:
            check_text(name, row[name], empty=True)
    for name, largest in _LARGEST.items():
        if row[name] is not None and not -largest < row[name] < largest:
            raise refused(name, row[name], f"a number below {largest:.0e}, which is what tables hold")
