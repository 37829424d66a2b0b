"""The facts desk: what is stored, as the tables that every analysis reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs

from crmkit.desks.workplace import Workplace
from crmkit.errors import NotPermittedError

if TYPE_CHECKING:
    import polars as pl

    from crmkit.periods import Period


@attrs.frozen
class FactsDesk:
    """
    `crm.facts`: the tables of `crmkit.facts` as lazy Polars frames.

    Attributes:
        workplace: What all desks share.
    """

    workplace: Workplace = attrs.field(repr=False)

    def sales(self, *, period: Period | None = None) -> pl.LazyFrame:
        """Invoice and credit-note lines, of a period by their date or all of them."""
        return self._table("sales", period)

    def customers(self) -> pl.LazyFrame:
        """One row for each party; `is_customer` tells customers from leads and others."""
        return self._table("customers")

    def contact_plans(self) -> pl.LazyFrame:
        """One row for each party with its contact frequency, last contact and earliest open recall."""
        return self._table("contact_plans")

    def documents(self, *, period: Period | None = None) -> pl.LazyFrame:
        """One row for each document of a sale, of a period by their date or all of them; of a quote's revisions only the latest."""
        return self._table("documents", period)

    def _table(self, name: Literal["sales", "customers", "contact_plans", "documents"], period: Period | None = None) -> pl.LazyFrame:
        """Read a whole table: rights that reach only some parties do not reach it."""
        verb = f"facts.{name}"
        if self.workplace.scope.owners_reached(verb) is not None:
            raise NotPermittedError(self.workplace.scope.actor, verb)
        with self.workplace.reading() as transaction:
            return transaction.facts(name, period=period)
