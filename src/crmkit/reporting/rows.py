"""Rows of frames as values of an overview."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from crmkit.metrics import gross_margin
from crmkit.reporting.overview_values import Call, ClassCell, CustomerFigures, Totals
from crmkit.scheduling.due_days import due_after

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from crmkit.entities import AbcClass
    from crmkit.periods import Interval


def totals_of(row: Mapping[str, Any]) -> Totals:
    """Make the totals of one currency."""
    revenue, unknown = _exact(row["revenue"]), _exact(row["revenue_without_cost"])
    profit = _known(row["gross_profit"])
    has_documents = row["documents"] > 0
    return Totals(
        lines=row["lines"],
        documents=row["documents"] if has_documents else None,
        customers=row["customers"],
        first_on=row["first_on"],
        last_on=row["last_on"],
        revenue=revenue,
        gross_profit=profit,
        gross_margin=float(gross_margin(gross_profit=profit, revenue=revenue - unknown))
        if profit is not None and revenue > unknown
        else None,
        revenue_without_cost=unknown,
        unknown_cost_rate=float(unknown / revenue) if revenue > 0 else None,
        lines_without_customer=row["lines_without_customer"],
        revenue_without_customer=_exact(row["revenue_without_customer"]),
        credit_notes=row["credit_notes"] if has_documents else None,
        credit_note_lines=row["credit_note_lines"],
        credited=_exact(row["credited"]),
    )


def class_cells(customers: pl.DataFrame) -> tuple[ClassCell, ...]:
    """Count and add up each pair of classes."""
    cells = customers.group_by("by_revenue", "by_profit").agg(
        pl.len().alias("customers"),
        pl.col("loss_making").sum(),
        pl.col("revenue").sum(),
        pl.when(pl.col("gross_profit").count() > 0).then(pl.col("gross_profit").sum()).alias("gross_profit"),
    )
    return tuple(
        ClassCell(
            by_revenue=row["by_revenue"],
            by_profit=row["by_profit"],
            customers=row["customers"],
            loss_making=row["loss_making"],
            revenue=_exact(row["revenue"]),
            gross_profit=_known(row["gross_profit"]),
        )
        for row in cells.sort("by_revenue", "by_profit", nulls_last=True).iter_rows(named=True)
    )


def customers_of(rows: pl.DataFrame) -> tuple[CustomerFigures, ...]:
    """Make one value of each row."""
    return tuple(_figures(row) for row in rows.iter_rows(named=True))


def calls_of(rows: pl.DataFrame, *, as_of: date, every: Mapping[AbcClass, Interval]) -> tuple[Call, ...]:
    """Make one value of each row."""
    return tuple(_call(row, as_of=as_of, every=every) for row in rows.iter_rows(named=True))


def _call(row: Mapping[str, Any], *, as_of: date, every: Mapping[AbcClass, Interval]) -> Call:
    gap = every[row["abc_class"]]
    since = due_after(row["last_purchase_on"], gap)
    return Call(customer=_figures(row), abc_class=row["abc_class"], every=gap, due_on=since, overdue_days=(as_of - since).days)


def _figures(row: Mapping[str, Any]) -> CustomerFigures:
    return CustomerFigures(
        customer_id=row["customer_id"],
        name=row["name"],
        by_revenue=row["by_revenue"],
        by_profit=row["by_profit"],
        revenue=_exact(row["revenue"]),
        gross_profit=_known(row["gross_profit"]),
        last_purchase_on=row["last_purchase_on"],
    )


def _exact(amount: Decimal | float) -> Decimal:
    return Decimal(repr(amount)) if isinstance(amount, float) else Decimal(amount)


def _known(amount: Decimal | float | None) -> Decimal | None:
    return None if amount is None else _exact(amount)
