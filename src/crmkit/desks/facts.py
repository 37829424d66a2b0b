"""The facts desk: what is stored, as the tables that every analysis reads."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeVar

import attrs

from crmkit._checks import check_kind
from crmkit.conditions import Condition
from crmkit.desks.customer_figures import customer_figures
from crmkit.desks.workplace import Workplace
from crmkit.entities import (
    Appointment,
    Case,
    CaseEvent,
    ContactPlan,
    Interaction,
    Opportunity,
    Party,
    PartyChange,
    Quota,
    Rating,
    Recall,
    Spend,
    StageMove,
    Touch,
)
from crmkit.errors import NotPermittedError
from crmkit.periods import Period
from crmkit.records import Stored, kind_of
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import polars as pl

E = TypeVar("E", bound=Stored)


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
        return self._table("sales", "sales", period)

    def customers(self) -> pl.LazyFrame:
        """One row for each party; `is_customer` tells customers from leads and others."""
        return self._table("customers", "customers")

    def customer_figures(self, *, as_of: date | None = None) -> pl.LazyFrame:
        """
        One row for each party and currency that takes part in analyses, with what is known of it on a day: what segments are made of.

        The columns of `customers`, `kind` and `language` (String), `source` (String?, its category), `abc_class` (String?, the effective
        one), `roles`, `categories` and `tags` (lists of String), the figures of `crmkit.history.customer_cards` (zero for who bought
        nothing) and `days_since_purchase` (count?); sorted by id. What parties are themselves is as it is now.
        """
        day = self.workplace.day(as_of)
        sales = self.sales(period=Period(date.min, day + timedelta(days=1)))
        with self.workplace.reading() as transaction:
            parties = transaction.find(Query(Party, [Condition(name, "missing", value=True) for name in ("merged_into", "excluded")]))
        return customer_figures(parties, sales, as_of=day)

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
        return self._table("documents", "documents", period)

    def leads(self, *, period: Period | None = None) -> pl.LazyFrame:
        """One row for each party that is or was a lead, of a period by its day of creation or all of them; converted is who bought."""
        from crmkit.facts.from_sales import leads_of  # noqa: PLC0415  # it loads Narwhals

        self._check_whole("facts.leads")
        with self.workplace.reading() as transaction:
            parties = transaction.find(Query(Party, _within(Party, "created_on", period)))
            changes = transaction.find(Query(PartyChange, [Condition("field", "equal", "role")]))
            return leads_of(parties, changes, transaction.facts("sales")).lazy()

    def conversions(self, *, period: Period | None = None) -> pl.LazyFrame:
        """
        One row for each invoice with its net revenue, and for each credit note, which takes back; of a period by their date or all of them.

        A credit note of the period whose invoice is older stands alone in it: attribute over a period that has both.
        """
        from crmkit.facts.from_sales import conversions_of  # noqa: PLC0415  # it loads Narwhals

        return conversions_of(self._table("conversions", "sales", period), zone=self.workplace.settings.zone).lazy()

    def interactions(self, *, period: Period | None = None) -> pl.LazyFrame:
        """One row for each interaction that counts, of a period by its local day or all of them."""
        from crmkit.facts import interactions_from  # noqa: PLC0415  # it loads Narwhals

        return self._records(
            "interactions", Interaction, partial(interactions_from, zone=self.workplace.settings.zone), "happened_on", period
        )

    def opportunities(self) -> pl.LazyFrame:
        """One row for each opportunity, open or not."""
        from crmkit.facts import opportunities_from  # noqa: PLC0415  # it loads Narwhals

        return self._records("opportunities", Opportunity, opportunities_from)

    def stage_moves(self, *, period: Period | None = None) -> pl.LazyFrame:
        """One row for each move of an opportunity to a stage."""
        from crmkit.facts import stage_moves_from  # noqa: PLC0415  # it loads Narwhals

        return self._records("stage_moves", StageMove, stage_moves_from, "happened_on", period)

    def touches(self, *, period: Period | None = None) -> pl.LazyFrame:
        """One row for each marketing touch."""
        from crmkit.facts import touches_from  # noqa: PLC0415  # it loads Narwhals

        return self._records("touches", Touch, partial(touches_from, zone=self.workplace.settings.zone), "happened_on", period)

    def spend(self, *, period: Period | None = None) -> pl.LazyFrame:
        """One row for each amount that was spent on marketing."""
        from crmkit.facts import spend_from  # noqa: PLC0415  # it loads Narwhals

        return self._records("spend", Spend, spend_from, "spent_on", period)

    def quotas(self) -> pl.LazyFrame:
        """One row for each quota, whenever it is for: `quota_attainment_by` takes its share of a period."""
        from crmkit.facts import quotas_from  # noqa: PLC0415  # it loads Narwhals

        return self._records("quotas", Quota, quotas_from)

    def cases(self) -> pl.LazyFrame:
        """One row for each case, open or not; local days are those of the settings."""
        from crmkit.facts import cases_from  # noqa: PLC0415  # it loads Narwhals

        return self._records("cases", Case, partial(cases_from, zone=self.workplace.settings.zone))

    def case_events(self) -> pl.LazyFrame:
        """One row for each move of a case: exact times, safe when cases are opened again."""
        from crmkit.facts import case_events_from  # noqa: PLC0415  # it loads Narwhals

        return self._records("case_events", CaseEvent, partial(case_events_from, zone=self.workplace.settings.zone))

    def ratings(self, *, period: Period | None = None) -> pl.LazyFrame:
        """One row for each rating that a customer gave."""
        from crmkit.facts import ratings_from  # noqa: PLC0415  # it loads Narwhals

        return self._records("ratings", Rating, ratings_from, "rated_on", period)

    def _records(
        self, name: str, kind: type[E], made: Callable[[Iterable[E]], pl.DataFrame], on: str = "", period: Period | None = None
    ) -> pl.LazyFrame:
        """Make a table of the records of a kind, all of them or those of the days of a period."""
        self._check_whole(f"facts.{name}")
        with self.workplace.reading() as transaction:
            table = made(transaction.find(Query(kind, _within(kind, on, period)))).lazy()
        return table if period is None else _of_days(table, on, period)

    def _table(self, verb: str, name: Literal["sales", "customers", "documents"], period: Period | None = None) -> pl.LazyFrame:
        self._check_whole(f"facts.{verb}")
        with self.workplace.reading() as transaction:
            return transaction.facts(name, period=period)

    def _check_whole(self, verb: str) -> None:
        """A table is read whole: rights that reach only some parties do not reach it."""
        if self.workplace.scope.owners_reached(verb) is not None:
            raise NotPermittedError(self.workplace.scope.actor, verb, beyond_reach=True)


def _within(kind: type[Stored], on: str, period: Period | None) -> list[Condition]:
    """What the store is asked for: the days of a period, or the moments that any time zone may count among them."""
    if period is None:
        return []
    check_kind("period", period, Period)
    if any(field.name == on for field in kind_of(kind).fields):
        return [Condition(on, "at_least", period.start), Condition(on, "less_than", period.end)]
    day, at = timedelta(days=1), on.replace("_on", "_at")
    first, end = max(period.start, date.min + day) - day, min(period.end, date.max - day) + day
    return [
        Condition(at, "at_least", datetime.combine(first, time(0), UTC)),
        Condition(at, "less_than", datetime.combine(end, time(0), UTC)),
    ]


def _of_days(table: pl.LazyFrame, on: str, period: Period) -> pl.LazyFrame:
    import polars as pl  # noqa: PLC0415  # the table has it loaded

    return table.filter(pl.col(on) >= period.start, pl.col(on) < period.end)
