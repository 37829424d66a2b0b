"""Cases: how many, how quickly closed, what is open, by group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

from crmkit._checks import check_date, check_kind
from crmkit._frames import Asked, F, day_literal, day_number, day_ordinal, one_where, opened, ratio, stacked, summed
from crmkit.periods import Period

if TYPE_CHECKING:
    from datetime import date

__all__ = ["backlog_by", "cases_by", "reopen_rate_by", "same_day_closure_rate_by", "sla_rate_by"]

_SAME_DAY = ("opened", "closed", "same_day", "same_day_rate")
_SLA = ("closed", "kept", "sla_rate", "without_due")


def cases_by(cases: F, *by: str, period: Period) -> F:
    """
    Cases opened and closed, day by day.

    Definition: cases first opened on a local day, and cases last closed on it.
    Unit: counts.
    Undefined when: never; a day on which a group neither opened nor closed a case has no row.
    Source: "ITIL Foundation: ITIL 4 Edition", AXELOS 2019, chapter 5.2.16 ("Service desk").

    >>> import polars as pl
    >>> from datetime import date
    >>> cases = pl.DataFrame({"employee_id": ["anna", "anna"], "opened_on": [date(2026, 1, 5)] * 2, "closed_on": [date(2026, 1, 6), None]})
    >>> cases_by(cases, "employee_id", period=Period.month(2026, 1)).sort("day").rows()
    [('anna', datetime.date(2026, 1, 5), 2, 0), ('anna', datetime.date(2026, 1, 6), 0, 1)]

    Args:
        cases: With `opened_on`, `closed_on` (Date) and the columns of *by*.
        by: Columns that make a group, usually "employee_id".
        period: Only days in it.

    Returns:
        The columns of *by*, `day` (Date), `opened` and `closed` (Int64).

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    check_kind("period", period, Period)
    (table,) = opened(Asked(cases, "cases", needs=("opened_on", "closed_on")))
    groups = table.groups(by, made=("day", "opened", "closed"))
    parts = []
    for name, on in (("opened", "opened_on"), ("closed", "closed_on")):
        counted = table.within(period, on=on).frame.with_columns(nw.col(on).alias("day"), nw.lit(1).cast(nw.Int64).alias(name))
        parts.append(counted.select(*groups, "day", name))
    return table.back(stacked(parts, (*groups, "day"), {"opened": nw.Int64(), "closed": nw.Int64()}))


def same_day_closure_rate_by(cases: F, *by: str, period: Period | None = None) -> F:
    """
    Share of the cases that were closed on the day on which they were opened.

    Definition: same_day = cases whose last closing is on the local day of their opening; same_day_rate = same_day / opened.
    Unit: counts and a ratio (Float64).
    Undefined when: no case was opened: null.
    Source: "ITIL Foundation: ITIL 4 Edition", AXELOS 2019, chapter 5.2.5 ("Incident management").

    >>> import polars as pl
    >>> from datetime import date
    >>> day = date(2026, 1, 5)
    >>> same_day_closure_rate_by(pl.DataFrame({"opened_on": [day] * 4, "closed_on": [day, date(2026, 1, 6), None, None]})).rows()
    [(4, 2, 1, 0.25)]

    Args:
        cases: With `opened_on`, `closed_on` (Date) and the columns of *by*.
        by: Columns that make a group.
        period: Only cases opened in it.

    Returns:
        The columns of *by*, `opened`, `closed` (of those opened), `same_day` (Int64) and `same_day_rate` (Float64).

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    (table,) = opened(Asked(cases, "cases", needs=("opened_on", "closed_on")))
    groups = table.groups(by, made=_SAME_DAY)
    counted = table.within(period, on="opened_on").frame.with_columns(
        nw.lit(1).cast(nw.Int64).alias("opened"),
        one_where(~nw.col("closed_on").is_null()).alias("closed"),
        one_where((nw.col("closed_on") == nw.col("opened_on")).fill_null(value=False)).alias("same_day"),
    )
    sums = summed(counted, groups, nw.col(*_SAME_DAY[:3]).sum()).with_columns(nw.col(*_SAME_DAY[:3]).cast(nw.Int64))
    return table.back(sums.with_columns(ratio(nw.col("same_day"), nw.col("opened")).alias("same_day_rate")).select(*groups, *_SAME_DAY))


def backlog_by(cases: F, *by: str, as_of: date) -> F:
    """
    What is open at the end of a day, and how old the oldest of it is.

    Definition: cases opened by that day, and not closed, or closed later; oldest_days = days since the first of them was opened.
    Unit: count and days (Int64).
    Undefined when: nothing is open: oldest_days is null.
    Source: "ITIL Foundation: ITIL 4 Edition", AXELOS 2019, chapter 5.2.5 ("Incident management").

    >>> import polars as pl
    >>> from datetime import date
    >>> cases = pl.DataFrame({"opened_on": [date(2026, 1, 5), date(2026, 1, 9)], "closed_on": [None, date(2026, 1, 10)]})
    >>> backlog_by(cases, as_of=date(2026, 1, 10)).rows()
    [(1, 5)]

    Args:
        cases: With `opened_on`, `closed_on` (Date) and the columns of *by*.
        by: Columns that make a group.
        as_of: The day.

    Returns:
        The columns of *by*, `open` and `oldest_days` (Int64).

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    day = day_literal(check_date("as_of", as_of))
    (table,) = opened(Asked(cases, "cases", needs=("opened_on", "closed_on")))
    groups = table.groups(by, made=("open", "oldest_days"))
    rows = table.frame.filter(
        nw.col("opened_on") <= day, nw.col("closed_on").is_null() | (nw.col("closed_on") > day).fill_null(value=False)
    )
    aged = rows.with_columns(
        (day_ordinal(as_of) - day_number(nw.col("opened_on"))).alias("oldest_days"), nw.lit(1).cast(nw.Int64).alias("open")
    )
    sums = summed(aged, groups, nw.col("open").sum(), nw.col("oldest_days").max())
    return table.back(sums.with_columns(nw.col("open").cast(nw.Int64)).select(*groups, "open", "oldest_days"))


def reopen_rate_by(cases: F, *by: str, period: Period | None = None) -> F:
    """
    Share of the closed cases that had to be opened again.

    Definition: reopened = cases that were opened again at least once; closed = those, and all that are closed; reopen_rate = reopened /
        closed.
    Unit: counts and a ratio (Float64).
    Undefined when: nothing was closed: null.
    Source: "ITIL Foundation: ITIL 4 Edition", AXELOS 2019, chapter 5.2.5 ("Incident management").

    >>> import polars as pl
    >>> from datetime import date
    >>> cases = pl.DataFrame({"closed_on": [date(2026, 1, 5), date(2026, 1, 6), None, None], "reopened": [0, 1, 2, 0]})
    >>> reopen_rate_by(cases).rows()
    [(3, 2, 0.6666666666666666)]

    Args:
        cases: With `closed_on` (Date), `reopened` (count), the columns of *by*, and `opened_on` (Date) where a period is given.
        by: Columns that make a group.
        period: Only cases opened in it, since one that is open again has no day of closing.

    Returns:
        The columns of *by*, `closed`, `reopened` (Int64) and `reopen_rate` (Float64).

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    (table,) = opened(Asked(cases, "cases", needs=("closed_on",), amounts=("reopened",)))
    groups = table.groups(by, made=("closed", "reopened", "reopen_rate"))
    again = (nw.col("reopened") > 0).fill_null(value=False)
    counted = table.within(period, on="opened_on").frame.with_columns(
        one_where(again).alias("_again"), one_where(again | ~nw.col("closed_on").is_null()).alias("_closed")
    )
    sums = summed(counted, groups, nw.col("_closed", "_again").sum())
    named = sums.select(*groups, nw.col("_closed").cast(nw.Int64).alias("closed"), nw.col("_again").cast(nw.Int64).alias("reopened"))
    return table.back(named.with_columns(ratio(nw.col("reopened"), nw.col("closed")).alias("reopen_rate")))


def sla_rate_by(cases: F, *by: str, period: Period | None = None) -> F:
    """
    Share of the closed cases that were closed in time.

    Definition: kept = closed cases with closed_at ≤ due_at; sla_rate = kept / closed cases that have a due time.
    Unit: counts and a ratio (Float64).
    Undefined when: no closed case has a due time: null.
    Source: "ITIL Foundation: ITIL 4 Edition", AXELOS 2019, chapter 5.2.15 ("Service level management").

    >>> import polars as pl
    >>> from datetime import datetime, timezone
    >>> ten, noon = (datetime(2026, 1, 5, hour, tzinfo=timezone.utc) for hour in (10, 12))
    >>> sla_rate_by(pl.DataFrame({"closed_at": [ten, noon, noon, None], "due_at": [noon, ten, None, ten]})).rows()
    [(2, 1, 0.5, 1)]

    Args:
        cases: With `closed_at`, `due_at` (Instant), the columns of *by*, and `closed_on` (Date) where a period is given.
        by: Columns that make a group.
        period: Only cases closed in it.

    Returns:
        The columns of *by*, `closed`, `kept` (Int64), `sla_rate` (Float64) and `without_due` (Int64: closed, in none of the others).

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    (table,) = opened(Asked(cases, "cases", needs=("closed_at", "due_at")))
    groups = table.groups(by, made=_SLA)
    closed = table.within(period, on="closed_on").frame.filter(~nw.col("closed_at").is_null())
    due = nw.col("due_at")
    counted = closed.with_columns(
        one_where(~due.is_null()).alias("closed"),
        one_where((nw.col("closed_at") <= due).fill_null(value=False)).alias("kept"),
        one_where(due.is_null()).alias("without_due"),
    )
    counts = ("closed", "kept", "without_due")
    sums = summed(counted, groups, nw.col(*counts).sum()).with_columns(nw.col(*counts).cast(nw.Int64))
    return table.back(sums.with_columns(ratio(nw.col("kept"), nw.col("closed")).alias("sla_rate")).select(*groups, *_SLA))
