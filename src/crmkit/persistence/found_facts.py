"""The tables of `crmkit.facts`, built from records that a transaction finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from crmkit._checks import check_choice, check_kind, refused
from crmkit.conditions import Condition
from crmkit.entities import ContactPlan, Document, Party, Recall
from crmkit.periods import Period
from crmkit.persistence.sales_lines import SOLD
from crmkit.store import Query, Transaction

if TYPE_CHECKING:
    import polars as pl

FactsTable: TypeAlias = Literal["sales", "customers", "contact_plans", "documents"]


def check_facts(table: FactsTable, period: Period | None) -> None:
    """
    Accept a table, and a period where rows have a date to restrict.

    Raises:
        InvalidValueError: For others.
    """
    check_choice("table", table, FactsTable)
    if period is not None:
        check_kind("period", period, Period)
    if period is not None and table not in ("sales", "documents"):
        raise refused("period", period, f"None; {table} are as they are now")


def found_facts(transaction: Transaction, table: FactsTable, period: Period | None) -> pl.LazyFrame:
    """Build a table from all the records it is made of, in the order of their ids."""
    from crmkit.facts import contact_plans_from, customers_from, documents_from, sales_from  # noqa: PLC0415  # it loads Narwhals

    issued = [] if period is None else [Condition("issued_on", "at_least", period.start), Condition("issued_on", "less_than", period.end)]
    if table == "sales":
        return sales_from(transaction.find(Query(Document, [Condition("kind", "one_of", SOLD), *issued]))).lazy()
    if table == "documents":
        return documents_from(transaction.find(Query(Document, issued))).lazy()
    parties = transaction.find(Query(Party))
    if table == "customers":
        return customers_from(parties).lazy()
    recalls = transaction.find(Query(Recall, [Condition("state", "equal", "open")]))
    return contact_plans_from(transaction.find(Query(ContactPlan)), recalls, parties).lazy()
