"""The facts desk: what is stored, as the tables that every analysis reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs

from crmkit.conditions import Condition
from crmkit.desks.workplace import Workplace
from crmkit.entities import Appointment, ContactPlan, Party, Recall
from crmkit.errors import NotPermittedError
from crmkit.store import Query

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
        """One row for each party with its contact frequency, last contact, earliest open recall and latest planned appointment."""
        from crmkit.facts import contact_plans_from  # noqa: PLC0415  # it loads Narwhals

        self._check_whole("facts.contact_plans")
        with self.workplace.reading() as transaction:
            recalls = transaction.find(Query(Recall, [Condition("state", "equal", "open")]))
            appointments = transaction.find(Query(Appointment, [Condition("state", "equal", "planned")]))
            plans, parties = transaction.find(Query(ContactPlan)), transaction.find(Query(Party))
        return contact_plans_from(plans, recalls, parties, appointments, zone=self.workplace.settings.zone).lazy()

    def documents(self, *, period: Period | None = None) -> pl.LazyFrame:
        """One row for each document of a sale, of a period by their date or all of them; of a quote's revisions only the latest."""
        return self._table("documents", period)

    def _table(self, name: Literal["sales", "customers", "documents"], period: Period | None = None) -> pl.LazyFrame:
        self._check_whole(f"facts.{name}")
        with self.workplace.reading() as transaction:
            return transaction.facts(name, period=period)

    def _check_whole(self, verb: str) -> None:
        """A table is read whole: rights that reach only some parties do not reach it."""
        if self.workplace.scope.owners_reached(verb) is not None:
            raise NotPermittedError(self.workplace.scope.actor, verb)
