"""The sales overview as values: what `sales_overview` computes and `as_text` prints."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias, cast

import attrs

from crmkit.entities import AbcClass
from crmkit.periods import Interval

Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"

_SHOWN_DECIMALS = 2


@attrs.frozen(kw_only=True)
class Totals:
    """
    Sums of one currency.

    Attributes:
        lines: Lines of invoices and credit notes.
        documents: Documents; None where the lines do not name them.
        customers: Customers with at least one line.
        first_on: Day of the first line.
        last_on: Day of the last line.
        revenue: Net revenue.
        gross_profit: Over the lines whose cost is known; None where none is.
        gross_margin: Gross profit / revenue whose cost is known; None where that is not above zero.
        revenue_without_cost: Revenue whose cost is unknown.
        unknown_cost_rate: Its share of the revenue; None where that is not above zero.
        lines_without_customer: Lines that belong to no customer; totals count them, what is per customer does not.
        revenue_without_customer: Their revenue.
        credit_notes: Credit notes; None where the lines do not name documents.
        credit_note_lines: Their lines.
        credited: Their revenue, negative.
    """

    lines: int
    documents: int | None
    customers: int
    first_on: date
    last_on: date
    revenue: Decimal
    gross_profit: Decimal | None
    gross_margin: float | None
    revenue_without_cost: Decimal
    unknown_cost_rate: float | None
    lines_without_customer: int
    revenue_without_customer: Decimal
    credit_notes: int | None
    credit_note_lines: int
    credited: Decimal


@attrs.frozen(kw_only=True)
class ClassCell:
    """
    The customers of one pair of classes.

    Attributes:
        by_revenue: Class by revenue.
        by_profit: Class by gross profit; None where that is unknown.
        customers: How many.
        loss_making: How many of them have a gross profit below zero.
        revenue: Their revenue.
        gross_profit: Their gross profit; None where it is unknown.
    """

    by_revenue: AbcClass
    by_profit: AbcClass | None
    customers: int
    loss_making: int
    revenue: Decimal
    gross_profit: Decimal | None


@attrs.frozen(kw_only=True)
class CustomerFigures:
    """
    One customer of a list.

    Attributes:
        customer_id: Which one.
        name: Its name where that is known.
        by_revenue: Class by revenue.
        by_profit: Class by gross profit; None where that is unknown.
        revenue: Net revenue.
        gross_profit: None where it is unknown.
        last_purchase_on: None for never.
    """

    customer_id: str
    name: str | None = attrs.field(repr=False)
    by_revenue: AbcClass
    by_profit: AbcClass | None
    revenue: Decimal
    gross_profit: Decimal | None
    last_purchase_on: date | None


@attrs.frozen(kw_only=True)
class Call:
    """
    A customer to call, and why.

    Attributes:
        customer: Whom.
        abc_class: The class that sets the frequency: by gross profit, by revenue where that is unknown.
        every: The contact frequency of that class.
        due_on: The first day on which a call was due.
        overdue_days: Days since then.
    """

    customer: CustomerFigures
    abc_class: AbcClass
    every: Interval
    due_on: date
    overdue_days: int


@attrs.frozen(kw_only=True)
class CurrencyOverview:
    """
    Everything in one currency.

    Attributes:
        currency: None where the sales have no currency.
        totals: Sums.
        classes: Customers by class by revenue and by gross profit, one cell for each pair that occurs.
        loss_makers: How many customers have a gross profit below zero.
        largest_loss_makers: The largest of them by revenue.
        lost: How many customers bought before the cutoff and not since.
        never_bought: How many have lines but no purchase, for example credit notes only.
        most_valuable_lost: The most valuable of the lost ones.
        calls_due: How many are to be called, by class.
        calls: The first of them: by class, then by value.
    """

    currency: str | None
    totals: Totals
    classes: tuple[ClassCell, ...]
    loss_makers: int
    largest_loss_makers: tuple[CustomerFigures, ...]
    lost: int
    never_bought: int
    most_valuable_lost: tuple[CustomerFigures, ...]
    calls_due: Mapping[AbcClass, int]
    calls: tuple[Call, ...]


@attrs.frozen(kw_only=True)
class SalesOverview:
    """
    What sales say about customers, on a day.

    Attributes:
        as_of: The day.
        lost_since: Who has not bought since this day is lost.
        call_every: Contact frequency by class.
        lines_after: Lines dated after the day; they are left out.
        currencies: One part for each currency, largest number of lines first; none for no lines.
    """

    as_of: date
    lost_since: date
    call_every: Mapping[AbcClass, Interval]
    lines_after: int
    currencies: tuple[CurrencyOverview, ...]

    def as_dict(self) -> dict[str, Plain]:
        """Turn it into plain data for `json.dumps`: exact numbers and dates are text, ratios are numbers."""
        return {field.name: _plain(getattr(self, field.name)) for field in attrs.fields(SalesOverview)}


def _plain(value: Any) -> Plain:  # noqa: ANN401  any value of an overview
    match value:
        case Decimal() | date():
            return exact_text(value) if isinstance(value, Decimal) else value.isoformat()
        case Interval():
            return {name: count for name, count in (("months", value.months), ("days", value.days)) if count}
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case tuple():
            return [_plain(item) for item in value]
        case _ if attrs.has(type(value)):
            return {field.name: _plain(getattr(value, field.name)) for field in attrs.fields(type(value))}
    return cast("Plain", value)


def exact_text(amount: Decimal) -> str:
    """
    Write an exact number with all its decimals, at least two.

    >>> exact_text(Decimal("1234.500")), exact_text(Decimal("0.0137"))
    ('1234.50', '0.0137')
    """
    whole, _, decimals = f"{amount:f}".partition(".")
    return f"{whole}.{decimals.rstrip('0'):0<{_SHOWN_DECIMALS}}"
