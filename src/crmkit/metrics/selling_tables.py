"""Deal size, calls to sales, first responses and quotas, by group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from crmkit._checks import check_date, check_each, check_kind, check_text
from crmkit._frames import (
    Asked,
    F,
    check_currencies_meet,
    check_day,
    day_literal,
    day_number,
    day_ordinal,
    in_each_currency,
    microseconds_between,
    opened,
    ratio,
    share_of,
    stacked,
    summed,
)
from crmkit.facts.purchases import sale_documents
from crmkit.metrics.contacts import contacts
from crmkit.periods import Period

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from crmkit._frames import Lazy, Table

__all__ = ["calls_to_sales_by", "deal_size_by", "lead_response_time_by", "quota_attainment_by"]

_CALLS = ("calls", "sales", "revenue", "sales_per_call", "revenue_per_call")
_RESPONSE = ("leads", "answered", "total_hours", "mean_hours", "median_hours")
_QUOTA = ("revenue", "quota", "attainment_ratio", "expected_by_now", "pace_ratio")
_SECONDS_AN_HOUR = 3600
_HOURS_A_DAY = 24


def deal_size_by(sales: F, *by: str, period: Period | None = None) -> F:
    """
    Average amount of a sale.

    Definition: net revenue (invoices − credit notes) of the period / number of its sales. A sale is an invoice with net revenue above zero
        that is not wholly reversed by credit notes up to the end of the period. Where won opportunities are your sales it is `won_amount`
        / `won` of `win_rate_by`; where orders are, give those of `documents` without `document_kind`, their `amount` as `revenue`.
    Unit: deal_size is an amount per sale (Float64); revenue is in the frame's own numeric type.
    Undefined when: there are no sales: null.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 6 ("Sales Force Effectiveness").

    >>> import polars as pl
    >>> rows = [("R-1", "invoice", 100), ("R-1", "invoice", 50), ("R-2", "invoice", 70), ("G-1", "credit_note", -20)]
    >>> deal_size_by(pl.DataFrame(rows, schema=["document_id", "document_kind", "revenue"], orient="row")).rows()
    [(200, 2, 100.0)]

    Args:
        sales: Lines with `document_id`, `revenue`, the columns of *by*, and `issued_on` (Date) where a period is given; `document_kind`,
            `document_subtype` and `reverses_document_id` are used where they are. Lines without a document are no sale.
        by: Columns that make a group, for example "region" or "salesperson_id".
        period: Only lines issued in it.

    Returns:
        The columns of *by*, `currency` where there is one, `revenue`, `sales` (Int64) and `deal_size` (Float64).

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    (table,) = opened(Asked(sales, "sales", needs=("document_id",), amounts=("revenue",)))
    groups = table.groups(by, made=("revenue", "sales", "deal_size"))
    sums = stacked(_sold(table, groups, period), groups, {"revenue": _dtype(table, "revenue"), "sales": nw.Int64()})
    return table.back(sums.with_columns(ratio(nw.col("revenue"), nw.col("sales")).alias("deal_size")))


def calls_to_sales_by(interactions: F, sales: F, *by: str, kinds: Sequence[str] = ("phone",), period: Period | None = None) -> F:
    """
    Sales and revenue that a call brings.

    Definition: sales / calls and net revenue / calls, of the same groups and period. A call is an outgoing interaction of one of *kinds*
        that someone recorded and that reached the party; a sale is as in `deal_size_by`. Nothing says that a call led to a sale.
    Unit: ratios (Float64): sales per call and amount per call.
    Undefined when: there were no calls: null.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 6 ("Sales Force Effectiveness").

    >>> import polars as pl
    >>> interactions = pl.DataFrame({"salesperson_id": ["anna"] * 4, "kind": ["phone", "phone", "phone", "email"]})
    >>> sales = pl.DataFrame({"salesperson_id": ["anna"], "document_id": ["R-1"], "revenue": [600]})
    >>> calls_to_sales_by(interactions, sales, "salesperson_id").select("calls", "sales", "revenue_per_call").rows()
    [(3, 1, 200.0)]

    Args:
        interactions: With `kind`, the columns of *by*, and `happened_on` (Date) where a period is given; `direction`, `reached` and
            `automatic` are used where they are.
        sales: As for `deal_size_by`.
        by: Columns of both frames that make a group, usually "salesperson_id".
        kinds: Kinds of interactions that are calls.
        period: Only what happened, or was issued, in it.

    Returns:
        The columns of *by*, `currency` where there is one, `calls`, `sales` (Int64), `revenue`, `sales_per_call` and `revenue_per_call`
        (Float64).

    Raises:
        MissingColumnError: For a frame without one of these columns.
        MixedFramesError: For frames of two kinds.
    """
    wanted = check_each("kinds", kinds, check_text)
    done, sold = opened(
        Asked(interactions, "interactions", needs=("kind",)), Asked(sales, "sales", needs=("document_id",), amounts=("revenue",))
    )
    done.groups(by)
    groups = sold.groups(by, made=_CALLS)
    talks = done.within(period, on="happened_on").frame.filter(*contacts(done), nw.col("kind").is_in(wanted))
    calls = summed(talks.with_columns(nw.lit(1).cast(nw.Int64).alias("calls")), by, nw.col("calls").sum())
    calls = in_each_currency(calls, sold.within(period).frame)
    columns = {"calls": nw.Int64(), "sales": nw.Int64(), "revenue": _dtype(sold, "revenue")}
    sums = stacked([calls, *_sold(sold, groups, period)], groups, columns)
    per_call = [ratio(nw.col(name), nw.col("calls")).alias(f"{name}_per_call") for name in ("sales", "revenue")]
    return sold.back(sums.with_columns(*per_call).select(*groups, *_CALLS))


def lead_response_time_by(leads: F, interactions: F, *by: str, period: Period | None = None) -> F:
    """
    How long new leads wait for a first response.

    Definition: hours from the creation of a lead to the first contact after it: an outgoing interaction that someone recorded and that
        reached the lead. With `created_at` to the minute, else in whole local days of 24 hours. mean = total hours / answered.
    Unit: hours (Float64, calendar time) and counts.
    Undefined when: no lead was answered: mean and median are null.
    Source: Oldroyd, McElheran, Elkington, "The Short Life of Online Sales Leads", Harvard Business Review 89 (2011) 3.

    >>> import polars as pl
    >>> from datetime import datetime, timezone
    >>> nine, noon = (datetime(2026, 1, 5, hour, tzinfo=timezone.utc) for hour in (9, 12))
    >>> leads = pl.DataFrame({"customer_id": ["L-1", "L-2"], "created_on": [nine.date()] * 2, "created_at": [nine] * 2})
    >>> interactions = pl.DataFrame({"customer_id": ["L-1"], "happened_at": [noon]})
    >>> lead_response_time_by(leads, interactions).rows()
    [(2, 1, 3.0, 3.0, 3.0)]

    Args:
        leads: With `customer_id`, `created_on` (Date) and the columns of *by*; `created_at` (Instant) where it is known.
        interactions: With `customer_id` and `happened_at` (Instant), without `created_at` `happened_on` (Date); `direction`, `reached` and
            `automatic` are used where they are.
        by: Columns of *leads* that make a group, for example "source".
        period: Only leads created in it.

    Returns:
        The columns of *by*, `leads`, `answered` (Int64), `total_hours`, `mean_hours` and `median_hours` (Float64).

    Raises:
        MissingColumnError: For a frame without one of these columns.
        MixedFramesError: For frames of two kinds.
    """
    new, done = opened(
        Asked(leads, "leads", needs=("customer_id", "created_on")), Asked(interactions, "interactions", needs=("customer_id",))
    )
    groups = new.groups(by, made=_RESPONSE)
    start, happened = ("created_at", "happened_at") if "created_at" in new.dtypes else ("created_on", "happened_on")
    new.require(start)
    done.require(happened)
    keys = tuple(dict.fromkeys((*groups, "customer_id", start)))
    created = new.within(period, on="created_on").frame.select(*keys)
    talks = done.frame.filter(*contacts(done), ~nw.col("customer_id").is_null()).select("customer_id", nw.col(happened).alias("_happened"))
    met = created.join(talks, on="customer_id", how="inner").filter(nw.col("_happened") >= nw.col(start))
    days = day_number(nw.col("_happened")) - day_number(nw.col(start))
    hours = _hours_between(start, met) if start == "created_at" else days * _HOURS_A_DAY
    answers = met.select(*keys, nw.lit(0).cast(nw.Int64).alias("leads"), hours.cast(nw.Float64).alias("_hours"))
    asked = created.select(*keys, nw.lit(1).cast(nw.Int64).alias("leads"), nw.lit(None, dtype=nw.Float64).cast(nw.Float64).alias("_hours"))
    # One row for each lead; grouping keeps those whose id, or group, is null, which a join would not.
    each = nw.concat([asked, answers]).group_by(*keys).agg(nw.col("leads").sum(), nw.col("_hours").min())
    hours = nw.col("_hours")
    sums = summed(
        each.select(*groups, "leads", hours, hours.alias("_median")),
        groups,
        nw.col("leads").sum(),
        hours.sum().alias("total_hours"),
        hours.count().alias("answered"),
        nw.col("_median").median().alias("median_hours"),
    )
    typed = sums.with_columns(nw.col("leads", "answered").cast(nw.Int64))
    return new.back(typed.with_columns(ratio(nw.col("total_hours"), nw.col("answered")).alias("mean_hours")).select(*groups, *_RESPONSE))


def quota_attainment_by(sales: F, quotas: F, *by: str, period: Period, as_of: date) -> F:
    """
    What was sold against what was to be sold, and whether the pace will do.

    Definition: attainment_ratio = net revenue of the period up to a day / quota of the period. A quota counts with its share of days in the
        period; expected_by_now with its share of days up to and including *as_of*. pace_ratio = revenue / expected_by_now.
    Unit: ratios (Float64); 1 is on target. Amounts in the frames' own numeric types; shares of a quota are rounded half away from zero.
    Undefined when: the quota, or what is expected of it by now, is not above zero: null.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 6 ("Sales Force Goals").

    >>> import polars as pl
    >>> from datetime import date
    >>> sales = pl.DataFrame({"salesperson_id": ["anna"], "issued_on": [date(2026, 1, 9)], "revenue": [300]})
    >>> quotas = pl.DataFrame({"salesperson_id": ["anna"], "start": [date(2026, 1, 1)], "end": [date(2026, 2, 1)], "amount": [620]})
    >>> quota_attainment_by(sales, quotas, "salesperson_id", period=Period.month(2026, 1), as_of=date(2026, 1, 10)).rows()
    [('anna', 300, 620, 0.4838709677419355, 200, 1.5)]

    Args:
        sales: Lines with `issued_on` (Date), `revenue` and the columns of *by*.
        quotas: With `start`, `end` (Date, excluded), `amount` and the columns of *by*; a `currency` where sales have one.
        by: Columns of both frames that make a group, usually "salesperson_id".
        period: The time for which quotas are compared.
        as_of: The last day that counts.

    Returns:
        The columns of *by*, `currency` where there is one, `revenue`, `quota`, `attainment_ratio` (Float64), `expected_by_now` and
        `pace_ratio` (Float64).

    Raises:
        MissingColumnError: For a frame without one of these columns.
        MixedFramesError: For frames of two kinds.
        InvalidValueError: When only one of the frames has a currency.
    """
    check_kind("period", period, Period)
    last = day_literal(check_date("as_of", as_of))
    sold, planned = opened(
        Asked(sales, "sales", needs=("issued_on",), amounts=("revenue",)),
        Asked(quotas, "quotas", needs=("start", "end"), amounts=("amount",)),
    )
    for name in ("start", "end"):
        check_day(name, planned.dtypes[name])
    check_currencies_meet(sold, planned)
    planned.groups(by)
    groups = sold.groups(by, made=_QUOTA)
    lines = sold.within(period).frame.filter(nw.col("issued_on") <= last).select(*groups, sold.amount("revenue"))
    due = _due_quotas(planned, groups, period, as_of)
    quota = _dtype(planned, "amount")
    sums = stacked([lines, due], groups, {"revenue": _dtype(sold, "revenue"), "quota": quota, "expected_by_now": quota})
    revenue = nw.col("revenue")
    rates = {"attainment_ratio": ratio(revenue, nw.col("quota")), "pace_ratio": ratio(revenue, nw.col("expected_by_now"))}
    return sold.back(sums.with_columns(rate.alias(name) for name, rate in rates.items()).select(*groups, *_QUOTA))


def _due_quotas(quotas: Table[Any], groups: tuple[str, ...], period: Period, as_of: date) -> Lazy:
    """Quotas with their share of the period, and of what has passed of it."""
    rows = quotas.frame.select(
        *groups, quotas.amount("amount"), day_number(nw.col("start")).alias("_from"), day_number(nw.col("end")).alias("_to")
    )
    first, end = day_ordinal(period.start), day_ordinal(period.end)
    starts, ends = nw.col("_from"), nw.col("_to")
    length = (ends - starts).alias("_length")
    rows = rows.filter(ends > first, starts < end).with_columns(
        nw.when(starts < first).then(nw.lit(first)).otherwise(starts).cast(nw.Int64).alias("_first"), length
    )
    spans = {"quota": end, "expected_by_now": min(end, day_ordinal(as_of) + 1)}
    for name, last in spans.items():
        until = nw.when(ends > last).then(nw.lit(last)).otherwise(ends)
        rows = rows.with_columns((until - nw.col("_first")).cast(nw.Int64).alias("_days"))
        rows = rows.with_columns(nw.when(nw.col("_days") > 0).then(nw.col("_days")).otherwise(nw.lit(0)).cast(nw.Int64).alias("_days"))
        share = share_of(quotas, "amount", nw.col("_days"), nw.col("_length"))
        rows = rows.with_columns(nw.when(nw.col("_days") == nw.col("_length")).then(nw.col("amount")).otherwise(share).alias(name))
    return rows.select(*groups, *spans)


def _sold(table: Table[Any], groups: tuple[str, ...], period: Period | None) -> list[Lazy]:
    """Revenue of the lines of a period, and its sales."""
    lines = table.within(period).frame.select(*groups, table.amount("revenue"))
    return [lines, sale_documents(table, groups, period).with_columns(nw.lit(1).cast(nw.Int64).alias("sales"))]


def _dtype(table: Table[Any], name: str) -> Any:  # noqa: ANN401
    return table.total_dtype(name) or nw.Float64()


def _hours_between(start: str, rows: Lazy) -> nw.Expr:
    return microseconds_between(start, "_happened", rows) / (_SECONDS_AN_HOUR * 1_000_000)
