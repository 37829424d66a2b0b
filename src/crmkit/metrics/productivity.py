"""What changed since a change: revenue before and after, hours saved, the return of a campaign, and what people do."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import TYPE_CHECKING, overload

import narwhals.stable.v2 as nw

from crmkit._checks import check_exact, check_kind, refused
from crmkit._frames import Asked, F, one_where, opened, ratio, stacked, summed
from crmkit.metrics.contacts import contacts
from crmkit.metrics.margin_tables import check_after
from crmkit.metrics.profitability import roi
from crmkit.metrics.values import VALUE, with_value
from crmkit.money import Money

if TYPE_CHECKING:
    from crmkit._checks import Exact
    from crmkit.periods import Period

__all__ = ["activity_by", "campaign_roi", "revenue_uplift_by", "saved_cost"]

_EXACT = Context(prec=60)
_UPLIFT = ("before_monthly", "after_monthly", "uplift", "uplift_ratio", "same_months")
_ACTIVITIES = {"emails": ("email",), "calls": ("phone",), "meetings": ("visit", "meeting")}


def revenue_uplift_by(sales: F, *by: str, before: Period, after: Period, value: str = "revenue") -> F:
    """
    How much more an average month brings after a change than before it, as a whole or per employee.

    Definition: before_monthly and after_monthly = sum over the whole calendar months of a period / their number; uplift = their difference;
        uplift_ratio = uplift / before_monthly. A month that a period only touches, such as that of the go-live, counts in neither.
    Unit: amounts per month and ratio, all Float64; 0.25 means 25 %.
    Undefined when: before_monthly is zero or negative: uplift_ratio is null.
    Source: the customer's catalogue of figures ("Umsatzsteigerung"): average monthly revenue before and after the go-live.

    >>> import polars as pl
    >>> from datetime import date
    >>> from crmkit import Period
    >>> sales = pl.DataFrame({"issued_on": [date(2025, 1, 9), date(2025, 2, 9), date(2026, 1, 9)], "revenue": [90, 110, 250]})
    >>> year = revenue_uplift_by(sales, before=Period(date(2025, 1, 1), date(2025, 3, 1)), after=Period(date(2026, 1, 1), date(2026, 3, 1)))
    >>> year.rows()
    [(100.0, 125.0, 25.0, 0.25, True)]

    Args:
        sales: Lines with `issued_on` (Date), *value* and the columns of *by*.
        by: Columns that make a group, for example "salesperson_id".
        before: The time before, by `issued_on`.
        after: The time after it.
        value: Column (amount) to average; "gross_profit" is revenue − cost of the lines whose cost is known.

    Returns:
        The columns of *by*, `currency` where there is one, `before_monthly`, `after_monthly`, `uplift`, `uplift_ratio` (Float64) and
        `same_months` (Boolean: both periods hold the same calendar months equally often, so that seasons do not show as uplift).

    Raises:
        MissingColumnError: For a frame without one of these columns.
        InvalidValueError: For a period without a whole month, and for periods that overlap or are in the wrong order.
    """
    check_after(before, after)
    spans = {"before": _whole_months("before", before), "after": _whole_months("after", after)}
    (opened_sales,) = opened(Asked(sales, "sales", needs=("issued_on",), optional_amounts=(value, "revenue", "cost")))
    table = with_value(opened_sales, value)
    groups = table.groups(by, made=_UPLIFT)
    lines = table.frame.select(*groups, "issued_on", table.amount(VALUE).alias(VALUE))
    day, amount = nw.col("issued_on"), nw.col(VALUE)
    within = {name: (day >= months[0].start) & (day < months[-1].end) for name, months in spans.items()}
    lines = lines.filter(within["before"] | within["after"]).with_columns(
        nw.when(inside).then(amount).alias(name) for name, inside in within.items()
    )
    sums = summed(lines, groups, nw.col("before", "after").sum())
    averages = sums.with_columns((nw.col(name).cast(nw.Float64) / len(months)).alias(f"{name}_monthly") for name, months in spans.items())
    uplift = averages.with_columns((nw.col("after_monthly") - nw.col("before_monthly")).alias("uplift"))
    named = {name: sorted(month.start.month for month in months) for name, months in spans.items()}
    same = nw.lit(named["before"] == named["after"])
    return table.back(
        uplift.with_columns(ratio(nw.col("uplift"), nw.col("before_monthly")).alias("uplift_ratio"), same.alias("same_months")).select(
            *groups, *_UPLIFT
        )
    )


def _whole_months(name: str, period: Period) -> list[Period]:
    months = [month for month in period.months() if month.start >= period.start and month.end <= period.end]
    if not months:
        raise refused(name, f"{period.start} to {period.end}", "a period with at least one whole calendar month")
    return months


@overload
def saved_cost(*, hours_before: Exact, hours_after: Exact, hourly_rate: Money) -> Money: ...
@overload
def saved_cost(*, hours_before: Exact, hours_after: Exact, hourly_rate: Exact) -> Decimal: ...
def saved_cost(*, hours_before: Exact, hours_after: Exact, hourly_rate: Money | Exact) -> Money | Decimal:
    """
    What measured working time that is no longer needed would have cost.

    Definition: (hours before − hours after) × hourly rate. Both are measured; there is no default for what a system saves.
    Unit: that of the rate; Money is rounded to its minor unit, half away from zero. Negative when it takes longer than before.
    Undefined when: never.
    Source: Boardman, Greenberg, Vining, Weimer, "Cost-Benefit Analysis", 5th ed., Cambridge University Press 2018, chapter 3.

    >>> saved_cost(hours_before=40, hours_after=Decimal("32.5"), hourly_rate=Money.of(60, "EUR"))
    Money.of('450.00', 'EUR')

    Raises:
        InvalidValueError: For a float, for negative hours and a negative rate.
    """
    hours = _EXACT.subtract(
        Decimal(check_exact("hours_before", hours_before, at_least=0)), Decimal(check_exact("hours_after", hours_after, at_least=0))
    )
    if isinstance(hourly_rate, Money):
        check_exact("hourly_rate", hourly_rate.amount, at_least=0)
        return hourly_rate.times(hours)
    return _EXACT.multiply(hours, Decimal(check_exact("hourly_rate", hourly_rate, at_least=0)))


@overload
def campaign_roi(*, profit_before: Money, profit_after: Money, cost: Money) -> Decimal: ...
@overload
def campaign_roi(*, profit_before: Exact, profit_after: Exact, cost: Exact) -> Decimal: ...
def campaign_roi(*, profit_before: Money | Exact, profit_after: Money | Exact, cost: Money | Exact) -> Decimal:
    """
    Return on a campaign or a CRM: the increase in gross profit over an explicit baseline, against its cost.

    Definition: roi(gain = gross profit after − gross profit before, cost). The baseline is yours: the same months of last year, the months
        before, a group that was not addressed. Revenue is no gain, and none is assumed.
    Unit: ratio; 0.25 means 25 %. 0 is break-even, −1 is no increase at all.
    Undefined when: *cost* is zero.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 10 ("Return on Marketing Investment").

    >>> campaign_roi(profit_before=400_000, profit_after=475_000, cost=12_000)
    Decimal('5.25')

    Raises:
        UndefinedMetricError: If *cost* is zero.
        InvalidValueError: For a negative cost, a float, and money beside a number.
        CurrencyMismatchError: If the currencies differ.
    """
    if isinstance(profit_before, Money) and isinstance(profit_after, Money):
        return roi(gain=profit_after - profit_before, cost=check_kind("cost", cost, Money))
    if isinstance(profit_before, Money) or isinstance(profit_after, Money) or isinstance(cost, Money):
        raise refused("profit_before, profit_after, cost", (profit_before, profit_after, cost), "all as Money, or all as Decimal or int")
    gain = _EXACT.subtract(Decimal(check_exact("profit_after", profit_after)), Decimal(check_exact("profit_before", profit_before)))
    return roi(gain=gain, cost=cost)


def activity_by(interactions: F, documents: F, *by: str, period: Period | None = None) -> F:
    """
    What people do before sales show: e-mails, calls, meetings and quotes (leading indicators).

    Definition: outgoing interactions that someone recorded and that reached the party, of the kinds "email", "phone" and "visit" or
        "meeting"; and quotes by their date. Attempts, and what was filed automatically, are not counted.
    Unit: counts.
    Undefined when: never; none is 0.
    Source: Kaplan, Norton, "The Balanced Scorecard", Harvard Business School Press 1996, chapter 7 (lead indicators).

    >>> import polars as pl
    >>> interactions = pl.DataFrame({"salesperson_id": ["anna", "anna", "ben"], "kind": ["phone", "email", "phone"]})
    >>> documents = pl.DataFrame({"salesperson_id": ["anna", "ben"], "document_kind": ["quote", "order"]})
    >>> activity_by(interactions, documents, "salesperson_id").sort("salesperson_id").rows()
    [('anna', 1, 1, 0, 1), ('ben', 0, 1, 0, 0)]

    Args:
        interactions: With `kind`, the columns of *by*, and `happened_on` (Date) where a period is given; `direction`, `reached` and
            `automatic` are used where they are.
        documents: With `document_kind`, the columns of *by*, and `issued_on` (Date) where a period is given.
        by: Columns of both frames that make a group, usually "salesperson_id".
        period: Only what happened, or was issued, in it.

    Returns:
        The columns of *by*, `emails`, `calls`, `meetings`, `quotes` (Int64); one row for each group of either frame.

    Raises:
        MissingColumnError: For a frame without one of these columns.
        MixedFramesError: For frames of two kinds.
    """
    made = (*_ACTIVITIES, "quotes")
    done, papers = opened(Asked(interactions, "interactions", needs=("kind",)), Asked(documents, "documents", needs=("document_kind",)))
    for table in (done, papers):
        table.groups(by, made=made)
    talks = done.within(period, on="happened_on").frame.filter(*contacts(done))
    counted = talks.with_columns(one_where(nw.col("kind").is_in(kinds)).alias(name) for name, kinds in _ACTIVITIES.items())
    quotes = papers.within(period).frame.with_columns(one_where(nw.col("document_kind") == "quote").alias("quotes"))
    return done.back(stacked([counted, quotes], by, dict.fromkeys(made, nw.Int64())))
