"""The facts desk: what is stored, as the tables that every analysis reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit.desks.workplace import Workplace

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
        with self.workplace.reading() as transaction:
            return transaction.facts("sales", period=period)

    def customers(self) -> pl.LazyFrame:
        """One row for each party; `is_customer` tells customers from leads and others."""
        with self.workplace.reading() as transaction:
            return transaction.facts("customers")

    def contact_plans(self) -> pl.LazyFrame:
        """One row for each party with its contact frequency, last contact and earliest open recall."""
        with self.workplace.reading() as transaction:
            return transaction.facts("contact_plans")
