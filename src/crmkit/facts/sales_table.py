"""The table of sales: lines of invoices and credit notes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import narwhals.stable.v2 as nw

from crmkit._checks import check_choice
from crmkit._frames import Asked, F, Table, opened, plain_rows
from crmkit.errors import InvalidDataError, Problem
from crmkit.facts.columns import SALES
from crmkit.facts.naming import standard

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["sales", "sales_problems"]

CreditNotes = Literal["negative", "positive"]

_SIGNED = ("quantity", "revenue", "discount", "cost", "variable_cost")
_CHECKED = ("quantity", "revenue", "cost")
_KINDS = ("invoice", "credit_note")
_NEVER_UNKNOWN = {"issued_on": "is in no period", "revenue": "adds nothing"}


def sales(  # every standard name is a keyword of its own, so that editors complete it
    frame: F,
    *,
    customer_id: str = "customer_id",
    issued_on: str = "issued_on",
    revenue: str = "revenue",
    document_id: str = "document_id",
    document_kind: str = "document_kind",
    document_subtype: str = "document_subtype",
    reverses_document_id: str = "reverses_document_id",
    item_id: str = "item_id",
    item_group: str = "item_group",
    salesperson_id: str = "salesperson_id",
    quantity: str = "quantity",
    unit: str = "unit",
    unit_price: str = "unit_price",
    discount: str = "discount",
    cost: str = "cost",
    variable_cost: str = "variable_cost",
    project_id: str = "project_id",
    currency: str = "currency",
    credit_notes: CreditNotes = "negative",
) -> F:
    """
    Bring your lines of invoices and credit notes into the standard table that every analysis reads.

    Each argument names your column for a standard one; a column that already has its standard name need not be named. All other
    columns travel along. Afterwards lines of credit notes have negative quantity, revenue, discount and cost.

    What is missing is derived where it can be: `revenue` = quantity × unit_price − discount; `document_kind` is "credit_note" where the
    quantity is negative (without a quantity: the revenue), else "invoice". Days may be given as datetimes without a time zone: their
    day counts. NaN is unknown, as null is; a column in which nothing is known at all may have any type.

    >>> import polars as pl
    >>> from datetime import date
    >>> lines = pl.DataFrame({"Kunde": ["C-1", "C-1"], "Datum": [date(2026, 1, 5), date(2026, 1, 9)], "Netto": [100, -40]})
    >>> sales(lines, customer_id="Kunde", issued_on="Datum", revenue="Netto").select("customer_id", "revenue", "document_kind").rows()
    [('C-1', 100, 'invoice'), ('C-1', -40, 'credit_note')]

    Args:
        frame: Lines of invoices and credit notes; no quotes, no orders.
        customer_id: Column with the party; rows without one stay in totals and are left out of what is per customer.
        issued_on: Column (Date, or datetime without zone) with the date of the document.
        revenue: Column (amount) with the net amount of the line.
        document_id: Column with the id of the document.
        document_kind: Column (String) with "invoice" or "credit_note".
        document_subtype: Column (String) with "down_payment" for down-payments, and for what a final invoice takes off for them.
        reverses_document_id: Column with the invoice that a credit note or cancellation takes back.
        item_id: Column with the item.
        item_group: Column with its group.
        salesperson_id: Column with who sold it.
        quantity: Column (number) with how much.
        unit: Column (String) with the unit of the quantity.
        unit_price: Column (number) with the price per unit.
        discount: Column (amount) with the discount that is already taken off the revenue.
        cost: Column (amount) with the cost of the goods of the line; null is unknown, which is not zero.
        variable_cost: Column (amount) with all variable cost.
        project_id: Column with the project.
        currency: Column (String) with the ISO 4217 code; without it there is one currency.
        credit_notes: How your system stores the amounts of credit notes. "positive" needs `document_kind`.

    Returns:
        The same rows in the same kind of frame, standard columns first.

    Raises:
        MissingColumnError: For a name that is no column of the frame, and for a frame without a required column.
        InvalidValueError: For text where days or numbers are meant, for pandas columns of Decimal objects, and for two columns of one name.
        InvalidDataError: For rows whose kind and sign disagree, and for infinite numbers, all of them at once. A lazy frame is not looked
            into: see `sales_problems`.
    """
    names = {
        "customer_id": customer_id,
        "issued_on": issued_on,
        "revenue": revenue,
        "document_id": document_id,
        "document_kind": document_kind,
        "document_subtype": document_subtype,
        "reverses_document_id": reverses_document_id,
        "item_id": item_id,
        "item_group": item_group,
        "salesperson_id": salesperson_id,
        "quantity": quantity,
        "unit": unit,
        "unit_price": unit_price,
        "discount": discount,
        "cost": cost,
        "variable_cost": variable_cost,
        "project_id": project_id,
        "currency": currency,
    }
    check_choice("credit_notes", credit_notes, CreditNotes)
    (given,) = opened(Asked(frame, "sales"))
    derives_revenue = (
        names["revenue"] == "revenue" and "revenue" not in given.dtypes and {names["quantity"], names["unit_price"]} <= set(given.dtypes)
    )
    required = (
        "customer_id",
        "issued_on",
        *(() if derives_revenue else ("revenue",)),
        *(("document_kind",) if credit_notes == "positive" else ()),
    )
    rows = standard(given.frame, "sales", SALES, names, required=required)
    if derives_revenue:
        rows = rows.with_columns(_revenue(dict(rows.collect_schema()), given))
    if credit_notes == "positive":
        rows = rows.with_columns(*_turned(dict(rows.collect_schema())))
    if "document_kind" not in rows.collect_schema():
        rows = rows.with_columns(_kind(dict(rows.collect_schema())))
    result = given.back(rows)
    if given.in_memory and (problems := tuple(_problems(result, unknown=False))):
        raise InvalidDataError(problems)
    return result


def sales_problems(sales: F) -> tuple[Problem, ...]:
    r"""
    Find what is wrong or unknown in a table of sales, row by row.

    Wrong is a kind that is none, a sign of quantity, revenue or cost that disagrees with the kind, and an infinite number. Unknown is a
    missing revenue (NaN among them) and a missing day: such a line adds nothing to sums, and is in no period. A credit note whose sum is
    negative may have rows of positive revenue: they take back what was taken off in the invoice, such as a rebate or a down-payment.

    `sales` refuses by itself what is wrong in frames in memory. For a lazy frame call this once; it computes the frame.

    >>> import polars as pl
    >>> rows = pl.DataFrame({"document_kind": ["invoice", "credit_note"], "revenue": [None, 40]})
    >>> print(*sales_problems(rows), sep="\n")
    sales, line 1, column revenue: is not known; the line adds nothing
    sales, line 2, column revenue: '40' a credit note has no positive revenue; credit_notes="positive" turns them

    Args:
        sales: The result of `sales`, or any frame with its columns.

    Returns:
        One problem for each value; the line counts rows from 1 in the order in which the engine gives them.

    Raises:
        MissingColumnError: For a frame without `document_kind` or `revenue`.
    """
    return tuple(_problems(sales, unknown=True))


def _problems(sales: F, *, unknown: bool) -> Iterator[Problem]:
    (table,) = opened(Asked(sales, "sales", needs=("document_kind",), amounts=("revenue",), optional_amounts=("quantity", "cost")))
    checked = [name for name in _CHECKED if name in table.dtypes]
    looked_for = [name for name in _NEVER_UNKNOWN if unknown and name in table.dtypes]
    named = [name for name in ("document_id",) if name in table.dtypes]
    rows = table.frame.select(
        "document_kind",
        *named,
        *(nw.col(name) for name in looked_for if name not in checked),
        *(nw.col(name).fill_nan(None) if table.dtypes[name].is_float() else nw.col(name) for name in checked),
    )
    infinite = [~nw.col(name).is_null() & ~nw.col(name).is_finite() for name in checked if table.dtypes[name].is_float()]
    signs = [(nw.col("document_kind") == "credit_note") & (nw.col(name) > 0) for name in checked]
    missing = [nw.col(name).is_null() for name in looked_for]
    wrong = nw.any_horizontal(_is_unknown_kind(), *infinite, *signs, *missing, ignore_nulls=True).fill_null(value=False)
    if not rows.select(wrong.any().alias("any")).collect().item():
        return
    numbered = rows.collect(backend=None).with_row_index("line")
    suspects = list(plain_rows(numbered.filter(wrong)))
    negative = _negative_documents(numbered, {row["document_id"] for row in suspects} - {None}) if named else frozenset[Any]()
    for row in suspects:
        takes_back = row.get("document_id") in negative and row["revenue"] is not None and row["revenue"] > 0
        yield from _problems_of(row, [] if takes_back else checked, looked_for)


def _negative_documents(rows: nw.DataFrame[Any], ids: set[Any]) -> frozenset[Any]:
    """Of some documents those credit notes whose revenue adds up to less than nothing."""
    if not ids:
        return frozenset()
    sums: dict[Any, Any] = dict.fromkeys(ids, 0)
    for row in plain_rows(rows.filter(nw.col("document_id").is_in(list(ids)), nw.col("document_kind") == "credit_note")):
        sums[row["document_id"]] += row["revenue"] or 0
    return frozenset(id for id, revenue in sums.items() if revenue < 0)


def _is_unknown_kind() -> nw.Expr:
    return nw.col("document_kind").is_null() | ~nw.col("document_kind").is_in(_KINDS)


def _problems_of(row: dict[str, Any], checked: list[str], looked_for: list[str]) -> Iterator[Problem]:
    line, kind = int(row["line"]) + 1, row["document_kind"]
    if kind not in _KINDS:
        shown = kind if isinstance(kind, str) else None
        yield Problem("sales", line, "document_kind", shown, 'is no kind of sales line; expected "invoice" or "credit_note"')
    for name in checked:
        value = row[name]
        if isinstance(value, float) and math.isinf(value):
            yield Problem("sales", line, name, str(value), "is no number; expected a finite one, or null where it is not known")
        elif kind == "credit_note" and value is not None and value > 0:
            message = f'a credit note has no positive {name}; credit_notes="positive" turns them'
            yield Problem("sales", line, name, str(value), message)
    for name in looked_for:
        if row[name] is None:
            yield Problem("sales", line, name, None, f"is not known; the line {_NEVER_UNKNOWN[name]}")


def _revenue(dtypes: dict[str, Any], table: Table[Any]) -> nw.Expr:
    quantity, price = nw.col("quantity"), nw.col("unit_price")
    if isinstance(dtypes["quantity"], nw.Decimal) and isinstance(dtypes["unit_price"], nw.Decimal) and table.engine.is_polars():
        # Polars keeps the larger scale of two factors, which would cut decimals off.
        quantity = quantity.cast(nw.Decimal(38, dtypes["quantity"].scale + dtypes["unit_price"].scale))
    amount = quantity * price
    return (amount - nw.col("discount").fill_null(0) if "discount" in dtypes else amount).alias("revenue")


def _turned(dtypes: dict[str, Any]) -> Iterator[nw.Expr]:
    for name in _SIGNED:
        if name in dtypes:
            turned = (nw.lit(0) - nw.col(name)).cast(dtypes[name])
            yield nw.when(nw.col("document_kind") == "credit_note").then(turned).otherwise(nw.col(name)).alias(name)


def _kind(dtypes: dict[str, Any]) -> nw.Expr:
    sign = nw.col("quantity" if "quantity" in dtypes else "revenue")
    return nw.when(sign < 0).then(nw.lit("credit_note")).otherwise(nw.lit("invoice")).alias("document_kind")
